"""A manual is added once, whole, and can be replaced and removed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ingestion.manuals.index import add_manual
from plant.errors import BadInput
from tests.unit.manuals.test_pdf import _write

if TYPE_CHECKING:
    from pathlib import Path

    from plant.store.contract import Store


def test_adding_says_what_was_understood(store: Store, manual: Path) -> None:
    added = add_manual(store, manual)
    assert (added.name, added.title, added.new) == ("K-7.pdf", "K-7 operation manual", True)
    (document,) = store.documents()
    assert document.pages == 5
    assert document.report["passages"] == added.report.passages


def test_adding_again_changes_nothing(store: Store, manual: Path, tmp_path: Path) -> None:
    first = add_manual(store, manual)
    copy = shutil.copy(manual, tmp_path / "copy.pdf")
    again = add_manual(store, copy)
    assert (again.name, again.new, again.report) == (first.name, False, first.report)
    assert len(store.documents()) == 1


def test_another_manual_of_the_same_name_has_a_number(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "pump.pdf"
    add_manual(store, _write(path, ["The limit is 80 degC."]))
    again = add_manual(store, _write(path, ["The limit is 85 degC."]))
    assert (again.name, again.new) == ("pump (2).pdf", True)
    assert [document.name for document in store.documents()] == ["pump (2).pdf", "pump.pdf"]


def test_a_bad_file_leaves_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(b"not a manual")
    with pytest.raises(BadInput):
        add_manual(store, path)
    with pytest.raises(BadInput):
        add_manual(store, tmp_path / "nowhere.pdf")
    with pytest.raises(BadInput):
        add_manual(store, tmp_path)
    assert store.documents() == []


def test_a_removed_manual_is_not_found(stocked: Store) -> None:
    assert stocked.search_passages('"f-02"', limit=5)
    stocked.remove_document("K-7.pdf")
    assert stocked.search_passages('"f-02"', limit=5) == []
