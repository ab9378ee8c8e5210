"""The docs say what is so: links, settings, verbs, make targets and options exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from plant.errors import ExitCode
from plant.settings import Settings, load_settings
from tui.actions import ACTIONS
from tui.cli.main import VERBS, main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"^\$ (.+)$", re.MULTILINE)
COMMANDS = [
    pytest.param(command, id=f"{page.name}: {command[:60]}")
    for page in PAGES
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    for command in COMMAND.findall(block)
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_the_settings_page_has_every_setting_and_its_default() -> None:
    rows = dict(
        re.findall(r"^\| `(\w+\.\w+)` \| (.+?) \|", (ROOT / "docs/settings.md").read_text("utf-8"), re.MULTILINE)
    )
    defaults = load_settings().model_dump()
    known = {f"{section}.{key}": value for section, values in defaults.items() for key, value in values.items()}
    assert rows.keys() == known.keys()
    machine = {"store.path", "plant.operator"}  # these differ by machine and person
    shown = {key: default_of(value) for key, value in known.items() if key not in machine}
    assert {key: row for key, row in rows.items() if key not in machine} == shown


def default_of(value: object) -> str:
    """Writes a default as the settings page does: as TOML would."""
    if value in ("", {}, None):
        return "empty"
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


@pytest.mark.parametrize("page", ["settings.md", "install.md", "forecasting.md"])
def test_an_example_of_settings_is_valid(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"```toml\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL)
    assert example
    (tmp_path / "settings.toml").write_text(example[1], encoding="utf-8")
    monkeypatch.setenv("MILLHAND_SETTINGS", str(tmp_path / "settings.toml"))
    assert isinstance(load_settings(), Settings)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_docs_is_one_that_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for word in shlex.split(command) if not re.fullmatch(r"[A-Z_]+=\S*", word)]
    program, rest = Path(words[0]).name, words[1:]
    if program == "make":
        run = subprocess.run(["make", "--dry-run", *rest], cwd=ROOT, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
    elif program == "millhand":
        assert_options_exist(rest, capsys)
    else:
        assert program in {"pip", "python"}, f"{program} is not a command we can vouch for"


def assert_options_exist(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Asks the verb, and its sub-verb where there is one, for help and looks the options up in it."""
    verb = next((word for word in words if word in VERBS), None)
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    if verb is None:
        assert options <= {"--help", "--version"}
        return
    at = words.index(verb)
    paths = [words[: at + 1], words[: at + 2]]
    helps = []
    for path in paths:
        if path[-1].startswith("-") or " " in path[-1] or main([*path, "--help"]) != ExitCode.ANSWERED:
            continue
        helps.append(capsys.readouterr().out)
    assert helps
    assert options <= set(re.findall(r"--[a-z-]+", " ".join(helps)))


def test_help_of_the_installed_command_works_in_a_shell() -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "millhand", "--help"], capture_output=True, text=True, check=True
    )
    assert "millhand VERB --help" in run.stdout


def test_the_terminal_page_has_every_key() -> None:
    page = (ROOT / "docs/terminal.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(.+?)` \| `(.+?)` \| (.+?) \|$", page, re.MULTILINE))
    assert rows == {(action.key, action.id, action.help) for action in ACTIONS}
