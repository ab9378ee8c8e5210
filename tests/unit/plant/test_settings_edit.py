"""One entry of the settings file is changed, and every other byte stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plant.errors import BadInput, SettingsError
from plant.settings import load_settings
from plant.settings_edit import put_in_table

if TYPE_CHECKING:
    from pathlib import Path

ADAPTERS = ("model", "adapters")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[model.adapters]\n"manuals" = "/a.gguf"\n'),
        (
            '# mine\n[model]\nurl = "llama:"  # the small one\n',
            '# mine\n[model]\nurl = "llama:"  # the small one\n\n[model.adapters]\n"manuals" = "/a.gguf"\n',
        ),
        (
            '[ model . adapters ] # tuned\ncypher = "/c.gguf"\n\n[plant]\nname = "Mill"\n',
            '[ model . adapters ] # tuned\n"manuals" = "/a.gguf"\ncypher = "/c.gguf"\n\n[plant]\nname = "Mill"\n',
        ),
        ('[model.adapters]\nmanuals = "/old.gguf"\n', '[model.adapters]\n"manuals" = "/a.gguf"\n'),
    ],
    ids=["none", "another-table", "beside", "in-place"],
)
def test_an_entry_is_put_where_it_belongs(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "new" / "settings.toml"
    if before:
        path.parent.mkdir()
        path.write_text(before, encoding="utf-8")
    put_in_table(path, ADAPTERS, "manuals", "/a.gguf")
    assert path.read_text(encoding="utf-8") == after


def test_what_was_put_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("MILLHAND_SETTINGS", str(path))
    odd = tmp_path / 'a "folder" \\ é' / "a.gguf"
    put_in_table(path, ADAPTERS, "manuals", str(odd))
    assert load_settings().model.adapters == {"manuals": odd}


@pytest.mark.parametrize(
    "text", ['[model]\nadapters = {cypher = "/c.gguf"}\n', '[model]\nadapters.cypher = "/c.gguf"\n', "model = 3\n"]
)
def test_a_form_that_is_not_changed_is_said_with_the_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r'Put this there: "manuals" = "/a\.gguf"'):
        put_in_table(path, ADAPTERS, "manuals", "/a.gguf")
    assert path.read_text(encoding="utf-8") == text


def test_a_file_that_is_no_toml_or_cannot_be_written_is_said(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[model", encoding="utf-8")
    with pytest.raises(SettingsError, match="is not a TOML file"):
        put_in_table(path, ADAPTERS, "manuals", "/a.gguf")
    with pytest.raises(BadInput, match="cannot be written"):
        put_in_table(path / "below.toml", ADAPTERS, "manuals", "/a.gguf")
