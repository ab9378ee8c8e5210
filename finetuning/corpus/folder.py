"""Writes a folder of manuals with its manifest.

    DIR/manifest.json               what was made, `Manifest`
    DIR/KP-40-manual.pdf ...        one file for each manual

The same seed writes the same bytes, so a killed command is started again and ends with the same folder. The manifest
is written last: without it the folder is not whole.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.corpus.blocks import Fact, Format
from finetuning.corpus.families import LANGUAGES, family_names, load_family
from finetuning.corpus.manual import write_manual
from finetuning.corpus.rendering import render
from plant.errors import BadInput, UsageError, did_you_mean
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from finetuning.corpus.families import Family

MANIFEST: Final = "manifest.json"


class Entry(msgspec.Struct, frozen=True):
    """One manual of a folder.

    Attributes:
        file: Its file's name, which is the document's name in a store.
        family: Its family.
        split: `train` or `validation`; a family is in one of them.
        language: `en` or `fr`.
        model: The machine's name.
        facts: What may be asked for.
        values: What the slots of questions stand for.
    """

    file: str
    family: str
    split: str
    language: str
    model: str
    facts: tuple[Fact, ...]
    values: dict[str, str]


class Manifest(msgspec.Struct, frozen=True):
    """What is in a folder, and the seed it was made with."""

    seed: int
    manuals: tuple[Entry, ...]


def write_corpus(
    folder: Path,
    *,
    seed: int,
    variants: int = 4,
    formats: Sequence[Format] = tuple(Format),
    only: Sequence[str] = (),
) -> Manifest:
    """Writes manuals of the families.

    Args:
        folder: Where; it is made.
        seed: The same seed gives the same files.
        variants: Manuals for each family and language; at most as many as the family has names of machines.
        formats: The formats they are written in, drawn for each.
        only: Names of families; all where there are none.

    Raises:
        BadInput: If a folder or file cannot be written, or a family is not as it should be.
        UsageError: If there is no such family.
        ServiceUnavailable: As `render` does.
    """
    entries = [
        _written(folder, family, model, f"{seed}/{family.language}/{family.name}/{model}", formats)
        for family in _chosen(only)
        for model in family.models[:variants]
    ]
    manifest = Manifest(seed, tuple(entries))
    write_whole(folder / MANIFEST, [msgspec.json.format(msgspec.json.encode(manifest))])
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Reads a folder's manifest. Raises `BadInput` if it is not there, or is none."""
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(
            f"{path} cannot be read: {error}.", hint="Make the manuals first: millhand finetune corpus --out DIR."
        ) from error


def _chosen(only: Sequence[str]) -> list[Family]:
    names = family_names()
    for name in only:
        if name not in names:
            raise UsageError(f"There is no family {name!r}.", hint=did_you_mean(name, names) or ", ".join(names))
    return [family for name in names if not only or name in only for family in _languages(name)]


def _languages(name: str) -> Iterator[Family]:
    for language in LANGUAGES:
        family = load_family(name, language)
        if family is not None:
            yield family


def _written(folder: Path, family: Family, model: str, seed: str, formats: Sequence[Format]) -> Entry:
    """Writes one manual, and returns its entry."""
    manual = write_manual(family, model, seed)
    kind = Random(seed).choice(list(formats))  # noqa: S311 (a draw, not a secret)
    stem = re.sub(r"\W+", "-", model).strip("-")
    file = f"manuel-{stem}.{kind}" if family.language == "fr" else f"{stem}-manual.{kind}"
    write_whole(folder / file, [render(manual, kind)])
    return Entry(file, family.name, family.split, family.language, model, manual.facts, manual.values)
