"""`millhand manuals add`: folders, what it says, how it exits."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from plant.errors import ExitCode
from plant.registry import Sensor
from plant.store.sqlite import open_store
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plant(tmp_path: Path) -> str:
    """A store with one asset, and no graph beside it."""
    path = tmp_path / "plant" / "plant.db"
    with open_store(path) as store:
        store.put_sensors([Sensor("PT-1", asset="P-101")])
    return str(path)


@pytest.fixture
def folder(tmp_path: Path, manual: Path) -> Path:
    """Two manuals in folders, one file that is none, a hidden one, a link, and one that cannot be read."""
    folder = tmp_path / "manuals"
    (folder / "pumps").mkdir(parents=True)
    shutil.copy(manual, folder / "K-7.pdf")
    (folder / "pumps" / "pump.md").write_text("# Pump P-101\n\nGrease it every 500 h.\n")
    (folder / "pumps" / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / ".hidden.md").write_text("# Hidden\n\nText.\n")
    (folder / "link.md").symlink_to(folder / "pumps" / "pump.md")
    (folder / "broken.pdf").write_text("not a manual")
    return folder


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main(["manuals", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_folder_is_added_with_all_that_is_in_it(plant: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manuals", "add", str(folder), "--store", plant]) == ExitCode.BAD_INPUT
    said = capsys.readouterr()
    assert "K-7.pdf: added. 5 pages" in said.out
    assert "pump.md: added. 1 pages (labels from its headings)" in said.out
    assert "  Describes P-101 (title)." in said.out
    assert "broken.pdf is not a PDF" in said.err
    assert "1 file that is no manual was passed by: .jpg." in said.err
    assert "2 added, 0 were there already, 1 could not be read." in said.err
    assert _json(capsys, "list", "--store", plant)[1][1]["name"] == "pump.md"


def test_added_again_a_folder_changes_nothing(plant: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.pdf").unlink()
    _, first = _json(capsys, "add", str(folder), "--store", plant)
    listed = _json(capsys, "list", "--store", plant)
    code, again = _json(capsys, "add", str(folder), "--store", plant)
    assert code == ExitCode.ANSWERED
    assert again == [{**one, "new": False} for one in first]
    assert _json(capsys, "list", "--store", plant) == listed


def test_the_asset_is_spelt_as_the_plant_does(plant: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, (added,) = _json(capsys, "add", str(folder / "K-7.pdf"), "--asset", "p-101", "--store", plant)
    assert added["links"] == [{"subject": "P-101", "kind": "asset", "why": "given"}]


def test_show_says_what_a_manual_is_about(plant: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["manuals", "add", str(folder / "K-7.pdf"), "--asset", "P-101", "--store", plant])
    capsys.readouterr()
    assert main(["manuals", "show", "K-7.pdf", "--store", plant]) == ExitCode.ANSWERED
    said = capsys.readouterr().out
    assert "Describes P-101 (given)." in said
    assert "Bolt sizes: M10, M16." in said
    assert "Fault codes: F1, F2, F3, F4." in said
    _, shown = _json(capsys, "show", "K-7.pdf", "--store", plant)
    assert shown["codes"]["bolt"] == ["m10", "m16"]
    assert "edition" not in shown["report"]


def test_a_revision_is_said_and_replaced_where_that_is_asked(
    plant: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "pumps" / "pump.md"
    main(["manuals", "add", str(path), "--store", plant])
    path.write_text("# Pump P-101\n\nGrease it every 500 h. Or less.\n")
    capsys.readouterr()
    assert main(["manuals", "add", str(path), "--store", plant]) == ExitCode.ANSWERED
    said = capsys.readouterr().out
    assert "pump (2).md: added." in said
    assert "It is another revision of pump.md: 67 % of their words are the same." in said
    assert "add it with --replace" in said
    path.write_text("# Pump P-101\n\nGrease it every 500 h. Or more.\n")
    assert main(["manuals", "add", str(path), "--replace", "--store", plant]) == ExitCode.ANSWERED
    assert "It takes the place of pump (2).md, pump.md." in capsys.readouterr().out
    assert len(_json(capsys, "list", "--store", plant)[1]) == 1


def test_text_that_would_steer_a_terminal_is_escaped(
    plant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Stop \x1b[2J the pump. [bold]Now[/bold].")
    main(["manuals", "add", str(path), "--store", plant])
    main(["manuals", "show", "a.txt", "--page", "1", "--store", plant])
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "Stop \\x1b[2J the pump. [bold]Now[/bold]." in said


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--asset", "P-10", "K-7.pdf"], ExitCode.USAGE, "no asset or model 'P-10' in this plant. Did you mean P-101?"),
        (["pumps/photo.jpg"], ExitCode.BAD_INPUT, "its name ends in .jpg. Manuals are files that end in .pdf,"),
        (["empty"], ExitCode.BAD_INPUT, "There are no manuals in"),
        (["--graph", "bolt://127.0.0.1:1", "K-7.pdf"], ExitCode.ANSWERED, "the assets of the sensor registry alone"),
    ],
    ids=["asset", "picture", "empty", "graph-down"],
)
def test_what_is_wrong_is_said(
    plant: str, folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: ExitCode, sentence: str
) -> None:
    (folder / "empty").mkdir()
    named = [str(folder / word) if (folder / word).exists() else word for word in words]
    assert main(["manuals", "add", *named, "--store", plant]) == code
    said = capsys.readouterr()
    assert sentence in said.err
    assert "Traceback" not in said.err
