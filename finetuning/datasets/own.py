"""Examples from a user's files, in any of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.datasets.files import read_examples
from finetuning.datasets.overlap import question_of
from finetuning.example import Example, Task
from inference.models import open_model
from plant.errors import BadInput
from plant.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plant.settings import Settings

_BYTES: Final = 4
"""Bytes of a token, about, where there is no model to count them."""


class Own(msgspec.Struct, frozen=True):
    """What user's files hold.

    Attributes:
        examples: In order, each with an id.
        files: Name, hash and format of each.
        repeated: How many were left out because the very same turns came before.
    """

    examples: list[Example]
    files: list[dict[str, str]]
    repeated: int


def own_examples(paths: Sequence[Path], settings: Settings) -> Own:
    """Reads files. What asks the same is of one group, unless the file says another.

    Args:
        paths: The files.
        settings: Name the model whose context every example has to fit.

    Raises:
        BadInput: As `read_examples` does; for an id that is there twice, and an example that is longer than the
            model's context.
    """
    placed: dict[str, Example] = {}
    ids: dict[str, str] = {}
    turns: set[bytes] = set()
    files, repeated = [], 0
    for path in paths:
        read = read_examples(path)
        files.append({"name": path.name, "sha256": sha256_of(path), "format": read.format.name})
        for number, (where, example) in enumerate(zip(read.places, read.examples, strict=True), 1):
            same = msgspec.json.encode((example.messages, example.text, example.rejected))
            if same in turns:
                repeated += 1
                continue
            turns.add(same)
            named = msgspec.structs.replace(
                example,
                id=example.id or f"{path.stem}-{number}",
                task=Task.OWN,
                group=example.group or question_of(example),
                source={"file": path.name, **example.source},
            )
            if named.id in ids:
                raise BadInput(f"{where}: the id {named.id!r} is that of {ids[named.id]} too.")
            ids[named.id] = where
            placed[where] = named
    _check_lengths(placed, settings)
    return Own(list(placed.values()), files, repeated)


def _check_lengths(placed: dict[str, Example], settings: Settings) -> None:
    """Raises `BadInput` for an example that a model could not read to its end."""
    most = settings.model.context_length
    long = {where: text for where, example in placed.items() if len((text := _whole(example)).encode()) > most}
    if not long:  # a token has at least one byte
        return
    model = open_model(settings)
    try:
        for where, text in long.items():
            tokens = model.count_tokens(text) if model else len(text.encode()) // _BYTES
            if tokens > most:
                raise BadInput(
                    f"{where}: question and answer have {'' if model else 'about '}{tokens:,} tokens; "
                    f"a model reads {most:,} together.",
                    hint="Shorten it, or allow more: the setting model.context_length.",
                )
    finally:
        if model is not None:
            model.close()


def _whole(example: Example) -> str:
    return "\n".join([example.text or "", *(turn.content for turn in example.messages)])
