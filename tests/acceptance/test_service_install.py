"""`deploy/install --service`, `deploy/backup` and `deploy/restore`, below a folder of the test."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import Database, KeyValueStore
from tests.support.command import ROOT
from tests.support.databases import BOTH, fresh_database

pytestmark = pytest.mark.slow


def script(name: str, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **settings}
    return subprocess.run(
        [ROOT / "deploy" / name, *words], cwd="/", env=environment, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_service_is_set_up_once_and_nothing_of_its_operator_is_changed_again(tmp_path: Path) -> None:
    first = script("install-service", DESTDIR=str(tmp_path))
    assert (first.returncode, first.stderr) == (0, "")
    settings = tmp_path / "etc/miniprojects"
    assert mode(settings) == 0o750
    assert mode(tmp_path / "var/lib/miniprojects") == 0o700
    assert {name: mode(settings / name) for name in (".env", "api_token", "cwm_private_key")} == {
        ".env": 0o640, "api_token": 0o640, "cwm_private_key": 0o640,
    }  # fmt: skip
    assert len((settings / "api_token").read_text(encoding="utf-8").strip()) == 64
    unit = (tmp_path / "etc/systemd/system/miniprojects.service").read_text(encoding="utf-8")
    assert f"ExecStart={ROOT}/.venv/bin/miniprojects serve" in unit
    assert "fill in" in first.stdout

    token = (settings / "api_token").read_text(encoding="utf-8")
    text = (settings / ".env").read_text(encoding="utf-8")
    for name in ("CWM_SITE", "CWM_COMPANY", "CWM_PUBLIC_KEY", "CWM_CLIENT_ID"):
        text = text.replace(f"\n{name}=\n", f"\n{name}=given\n")
    (settings / ".env").write_text(text, encoding="utf-8")
    (settings / "cwm_private_key").write_text("key", encoding="utf-8")
    second = script("install-service", DESTDIR=str(tmp_path))
    assert second.stdout.startswith("The settings are filled in. Next: miniprojects doctor")
    assert ((settings / ".env").read_text(encoding="utf-8"), (settings / "api_token").read_text(encoding="utf-8")) == (
        text, token,
    )  # fmt: skip


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        database = Database(url)
        database.migrate()
        database.close()
        yield url


async def test_a_backup_is_put_back(url: str, tmp_path: Path) -> None:
    settings, backups = tmp_path / "settings", tmp_path / "backups"
    settings.mkdir()
    (settings / ".env").write_text(f"DATABASE_URL={url}\n", encoding="utf-8")
    database = Database(url)
    await KeyValueStore(database).put("word", "before")
    made = script("backup", str(backups), SETTINGS=str(settings))
    assert made.returncode == 0, made.stderr
    folder = Path(made.stdout.splitlines()[-1].removeprefix("Backup: "))
    assert mode(folder) == 0o700
    assert (folder / "settings/.env").exists()
    await KeyValueStore(database).put("word", "after")
    database.close()

    done = script("restore", str(folder), SETTINGS=str(settings))
    assert done.returncode == 0, done.stderr
    assert "MODE=dry-run" in done.stdout
    restored = Database(url)
    assert await KeyValueStore(restored).get("word") == "before"
    restored.close()
    assert script("restore", str(backups), SETTINGS=str(settings)).returncode == 1
