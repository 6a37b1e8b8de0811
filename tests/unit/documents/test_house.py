"""About the repository itself: documents say what the code does, and nothing speaks of the machine it was written on."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.support.documents import ROOT, env_example, with_settings

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_of_the_settings_equals_the_settings() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(), "run python -m tests.support.documents"


def test_the_readme_lists_every_setting_as_it_is() -> None:
    assert with_settings(README) == README, "run python -m tests.support.documents"


def test_every_check_of_doctor_and_of_readiness_is_explained_in_the_readme() -> None:
    ids = set(re.findall(r"\bCheck\(\"([a-z.-]+)\"", (ROOT / "app/workflow/readiness.py").read_text(encoding="utf-8")))
    assert ids >= {"database", "dispatch", "connectwise", "chart"}
    for file in (ROOT / "app/doctor").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        ids |= set(re.findall(r"\b(?:ok|warn|fail|skip|Right|_account_findings)\(\s*f?\"([a-z][a-z.-]+)", text))
        ids |= set(re.findall(r"_named\(lookup, \"([a-z][a-z.-]+)", text))
        ids |= set(re.findall(r"\(\"([a-z][a-z.-]+)\", \"/", text))
    ids |= {f"{word}.mini-project" for word in ("status", "type", "subtype", "item", "team")}
    explained = README[README.index("## Troubleshooting") : README.index("## How it is built")]
    missing = sorted(one for one in ids if f"`{one}`" not in explained and not one.startswith("rights."))
    assert missing == []
    assert "`rights.*`" in explained


@pytest.mark.parametrize("command", ["./deploy/demo", "./deploy/test"])
def test_the_two_commands_are_there_and_can_be_run(command: str) -> None:
    assert command in README
    assert (ROOT / command).stat().st_mode & 0o111


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


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
