"""The documents describe what the code does, and no file names the machine it was written on."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.support.documents import ROOT, SETTINGS, env_example, with_settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
TROUBLESHOOTING = (ROOT / "deploy/docs/troubleshooting.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for path in (*ROOT.glob("*.md"), *(ROOT / "app").glob("*.md"), *(ROOT / "deploy/docs").rglob("*.md"))
)
_LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")


def test_the_example_of_the_settings_equals_the_settings() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(), "run python -m tests.support.documents"


def test_the_settings_page_lists_every_setting() -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    assert with_settings(text) == text, "run python -m tests.support.documents"


def _checking_code() -> str:
    files = [ROOT / "app/workflow/readiness.py", *sorted((ROOT / "app/doctor").rglob("*.py"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _check_ids() -> set[str]:
    """The ids in the code of readiness and doctor."""
    code = _checking_code()
    ids = set(
        re.findall(r"\b(?:Check|ok|warn|fail|skip|Right|Finding|_account_findings)\(\s*f?\"([a-z][a-z.-]+)", code)
    )
    ids |= set(re.findall(r"_named\(lookup, \"([a-z][a-z.-]+)", code))
    ids |= set(re.findall(r"\(\"([a-z][a-z.-]+)\", \"/", code))
    return ids | {f"{word}.mini-project" for word in ("status", "type", "subtype", "item", "team")}


def test_every_check_of_doctor_and_of_readiness_is_explained() -> None:
    ids = _check_ids()
    assert ids >= {"database", "dispatch", "connectwise", "chart", "runs", "gl", "callback"}
    missing = {check for check in ids if f"`{check}`" not in TROUBLESHOOTING and not check.startswith("rights.")}
    assert missing == set()
    assert "`rights.*`" in TROUBLESHOOTING


def test_troubleshooting_explains_only_checks_that_exist() -> None:
    rows = [line.split(" | ")[0] for line in TROUBLESHOOTING.split("## A decision")[0].splitlines()]
    explained = {check for row in rows if row.startswith("| `") for check in re.findall(r"`([a-z.-]+)`", row)}
    code = _checking_code()
    assert len(explained) > 30
    assert {check for check in explained - _check_ids() if f'"{check}"' not in code} == set()


@pytest.mark.parametrize("command", ["./deploy/demo", "./deploy/test"])
def test_the_two_commands_are_there_and_can_be_run(command: str) -> None:
    assert command in README
    assert (ROOT / command).stat().st_mode & 0o111


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    for target in _LINK.findall((ROOT / document).read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        path = (ROOT / document).parent / name if name else ROOT / document
        assert path.exists(), target
        assert not anchor or anchor in _anchors(path), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_named_files_and_folders_exist(document: Path) -> None:
    named = re.findall(r"`((?:app|tests|deploy)/[\w/.-]*)`", (ROOT / document).read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def _anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) < 150


def test_the_changelog_starts_with_the_version_in_use_and_each_release_has_a_date() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0].startswith(f"{version} ")
    assert f"**Status: {version}.**" in README
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ — \d{4}-\d{2}-\d{2}", heading) for heading in headings)


def test_files_stay_readable() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "app").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_file_names_a_folder_of_a_machine_or_a_host_of_packages() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in {".png", ".lock"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if re.search(r"/(?:work|root)/|\.\./shared|\bpypi\.[a-z]|pythonhosted\.", text):
            found.append(name)
    assert found == []
