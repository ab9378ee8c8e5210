"""A file is written whole or not at all, and a disk that does not take it is a sentence."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from plant.errors import BadInput
from plant.files import drafted, write_whole, writing
from tests.limits import largest_file

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_too_large_is_said_and_the_one_before_stays(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_whole(path, [b"before"])
    with pytest.raises(BadInput, match=r"report\.json cannot be written: File too large\.") as told, largest_file(100):
        write_whole(path, [b"x" * 101])
    assert "ulimit -f" in told.value.hint
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), Exception("I/O error: No space left on device (os error 28)")],
    ids=["python", "rust"],
)
def test_a_full_disk_is_the_same_sentence_whichever_library_finds_it(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(BadInput) as told, writing(tmp_path / "a.bin"):
        raise error
    assert str(told.value).startswith(f"{tmp_path}/a.bin cannot be written: No space left on device. Free some space")


def test_an_error_of_another_kind_is_not_taken_for_the_disk(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "a.bin"):
        raise ZeroDivisionError
    with pytest.raises(BadInput, match=r"^The base cannot be read"), writing(tmp_path / "a.bin"):
        raise BadInput("The base cannot be read: Is a directory (os error 21).")


def test_a_folder_is_replaced_by_a_folder_but_never_by_a_file(tmp_path: Path) -> None:
    place = tmp_path / "merged"
    for name in ("old", "new"):
        with drafted(place) as draft:
            draft.mkdir()
            (draft / name).write_bytes(b"")
    with pytest.raises(BadInput, match="merged cannot be written: Is a directory"):
        write_whole(place, [b""])
    assert [path.name for path in tmp_path.rglob("*")] == ["merged", "new"]
