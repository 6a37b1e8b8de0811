"""Makes .venv and installs what a lock file names. Run by venv.sh, with Python's standard library alone; every failure is one sentence.

Usage: venv.py LOCK_FILE COMMAND_TO_NAME_IN_MESSAGES
"""

# ruff: noqa: E402

from __future__ import annotations

import signal

# Ctrl+C ends this quietly, from here on; what was half-made then is known by _UNFINISHED.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
_PYTHON = VENV / "bin" / "python"
_UNFINISHED = VENV / "unfinished"
_LOG = VENV / "pip.log"
_REASONS = (
    (
        r"No space left on device|Errno 28|[Qq]uota exceeded",
        "the disk is full. Free about 300 MB for the project's folder and for temporary files",
    ),
    (r"DO NOT MATCH THE HASHES", "a package is not the one that the lock file names. Look at the package index in use"),
    (
        r"[Ff]ailed to establish|NewConnectionError|[Tt]imed out|resol(?:ve|ution)|No matching distribution|SSLError",
        "the package index cannot be reached, or does not have them for this Python. Connect this machine to the internet, "
        "name a package index that it reaches in PIP_INDEX_URL, or another Python in PYTHON",
    ),
    (
        r"[Ff]ailed (?:to build|building)|exited-with-error",
        "one has no ready-made form for this Python. Name a more usual one in PYTHON, such as PYTHON=python3.12",
    ),
)


class Trouble(Exception):
    """Why it cannot be done and what to do, up to “then run … again”."""


def main(lock: str, called: str) -> int:
    """Exit code: 0 if .venv has what the lock file names."""
    try:
        install(Path(lock))
    except Trouble as trouble:
        say(f"{trouble}, then run {called} again.")
        return 1
    except OSError as error:
        say(f".venv cannot be made: {_because(str(error)) or f'{error}. Mend that'}, then run {called} again.")
        return 1
    return 0


def install(lock: Path) -> None:
    """Brings .venv to what the lock file names; one call at a time."""
    text = f"{ROOT}\n".encode() + (ROOT / lock).read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    stamp, wanted = VENV / f"installed-{lock.name}", hashlib.sha256(text).hexdigest()
    _refuse_what_may_not_be_used()
    if _read(stamp) == wanted and _usable():
        return
    with _one_at_a_time() as held:
        if _read(stamp) == wanted and _usable():
            return
        _refuse_what_may_not_be_changed()
        fresh = not _usable()
        if fresh:
            _make()
        say("Installing the locked dependencies into .venv (once)...")
        _UNFINISHED.touch()
        stamp.unlink(missing_ok=True)
        try:
            _pip("--require-hashes", "-r", str(lock), held=held)
            _pip("--no-deps", "--no-build-isolation", "-e", ".", held=held)
        except Trouble:
            # What was there before still works; a new one is better made again.
            if not fresh:
                _UNFINISHED.unlink()
            raise
        stamp.write_text(wanted, encoding="utf-8")
        _UNFINISHED.unlink()


def say(text: str) -> None:
    """Tells the person at the terminal."""
    print(text, file=sys.stderr)


def _usable() -> bool:
    """Whether pip works in .venv, it was made in this folder (its scripts name it), and no installing was cut short."""
    if _UNFINISHED.exists() or f"{VENV}/bin/python" not in _read(VENV / "bin" / "miniprojects"):
        return False
    return _PYTHON.exists() and _run([_PYTHON, "-I", "-c", "import pip"]).returncode == 0


def _refuse_what_may_not_be_used() -> None:
    """A .venv of somebody else's may be used, but not looked into or run by everybody."""
    if not VENV.is_symlink() and not VENV.exists():
        return
    try:
        _PYTHON.stat()
        may = os.access(VENV, os.R_OK) and os.access(_PYTHON, os.X_OK)
    except FileNotFoundError:
        may = os.access(VENV, os.R_OK)
    except PermissionError:
        may = False
    if not may:
        raise Trouble(
            f"{VENV} or its Python may not be used by {_me()}. It belongs to {_owner(VENV)}: {_as_owner(VENV)}"
        )


def _refuse_what_may_not_be_changed() -> None:
    if VENV.exists() and VENV.stat().st_uid != os.geteuid():
        raise Trouble(f"{VENV} is not up to date and belongs to {_owner(VENV)}, not to {_me()}: {_as_owner(VENV)}")
    if not os.access(ROOT, os.W_OK):
        whose = "to you" if ROOT.stat().st_uid == os.geteuid() else f"to {_owner(ROOT)}"
        raise Trouble(
            f"{_me()} may not write into {ROOT}, which belongs {whose}. Let {_me()} write there, become a user who may, "
            "or copy the project to a folder of your own"
        )


def _make() -> None:
    if missing := [name for name in ("venv", "ensurepip") if find_spec(name) is None]:
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        raise Trouble(
            f"{sys.executable} lacks its module {' and '.join(missing)}. "
            f"Install it (Debian and Ubuntu: apt-get install python3-venv or {version}-venv)"
        )
    if VENV.is_symlink() or VENV.exists():
        say("The .venv that is here is unfinished or was made for another folder or Python; making it again.")
        VENV.unlink() if VENV.is_symlink() else shutil.rmtree(VENV)
    VENV.mkdir()
    _UNFINISHED.touch()
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = _run([base, "-I", "-m", "venv", VENV])
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        reason = _because(made.stdout) or f"{_last(made.stdout)} Mend that Python"
        raise Trouble(f".venv cannot be made with {base}: {reason}")


def _pip(*words: str, held: int) -> None:
    """Installs. pip holds the lock too, so that nobody starts anew beside one that outlives us."""
    done = _run([_PYTHON, "-I", "-m", "pip", "install", "--quiet", *words], held=held)
    if done.returncode:
        with suppress(OSError):
            _LOG.write_text(done.stdout, encoding="utf-8")
        reason = _because(done.stdout) or f"pip says: {_last(done.stdout)} Mend that"
        raise Trouble(f"The dependencies could not be installed: {reason} (pip's whole output: {_LOG})")


def _run(words: list[str | Path], *, held: int | None = None) -> subprocess.CompletedProcess[str]:
    own = {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return subprocess.run(  # noqa: S603 - our own words
        words, cwd=ROOT, env=os.environ | own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False, pass_fds=() if held is None else (held,),
    )  # fmt: skip


@contextmanager
def _one_at_a_time() -> Iterator[int]:
    """Locks the project's folder; the lock ends with whoever holds it. Some network file systems have none: then without."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another call is installing into .venv; waiting for it...")
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:
            pass
        yield folder
    finally:
        os.close(folder)


def _because(text: str) -> str:
    return next((reason for pattern, reason in _REASONS if re.search(pattern, text)), "")


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["nothing"])[-1]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _me() -> str:
    return _named(os.geteuid())


def _owner(path: Path) -> str:
    return _named(path.lstat().st_uid)


def _as_owner(path: Path) -> str:
    mine = path.lstat().st_uid == os.geteuid()
    return f"remove it (rm -rf {path})" if mine else "become that user, or remove it as that user"


def _named(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
