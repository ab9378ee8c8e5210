"""Bases and data sets that the tests of exports share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from plant.settings import load_settings  # noqa: F401 (settings' place is read before a test moves it)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class TinyBase(NamedTuple):
    """A base of a family, in both forms."""

    family: str
    folder: Path
    gguf: Path


@pytest.fixture(scope="session")
def base_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], TinyBase]:
    """Makes a tiny base of a family, once; not to be changed."""
    from tests.unit.finetuning.export.tiny import make_base, make_gguf

    made: dict[str, TinyBase] = {}

    def base(family: str = "llama") -> TinyBase:
        if family not in made:
            folder = make_base(tmp_path_factory.mktemp("bases") / family, family)
            made[family] = TinyBase(family, folder, make_gguf(folder, family, folder.parent / f"{family}.gguf"))
        return made[family]

    return base


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set with three validation examples; not to be changed."""
    from tests.unit.finetuning.export.tiny import make_data

    return make_data(tmp_path_factory.mktemp("data") / "set")
