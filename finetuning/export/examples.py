"""The validation examples that an export is measured on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from finetuning.datasets.folder import read_dataset
from finetuning.example import Example, Split
from finetuning.training.encoding import Encoded
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from finetuning.export.tuned import Tuned
    from finetuning.training.encoding import Encoder


class Asked(msgspec.Struct, frozen=True):
    """An example that a model is measured on.

    Attributes:
        example: As it stands in its data set.
        encoded: Its tokens.
        counted: Which tokens of the answer count: all but those that are a part of a character.
    """

    example: Example
    encoded: Encoded
    counted: tuple[bool, ...]


def examples_of(tuned: Tuned, encoder: Encoder, count: int, folders: Sequence[Path] = ()) -> list[Asked]:
    """Returns validation examples of a run, spread evenly over its data sets; the same ones each time.

    Args:
        tuned: The run.
        encoder: Of its base.
        count: How many at most.
        folders: Data sets in place of the recipe's.

    Raises:
        BadInput: If a data set is not there, or none has examples that fit the context.
    """
    found = [one for folder in folders or tuned.recipe.data for one in read_dataset(folder).splits[Split.VALIDATION]]
    every = max(1, len(found) // max(1, count))
    limit = tuned.recipe.context_length
    asked = [_asked(one, encoder) for one in found[::every][:count]]
    fitting = [one for one in asked if len(one.encoded) <= limit]
    if not fitting:
        raise BadInput(
            f"There are no validation examples to measure {tuned.run.name} on.",
            hint="Name a data set that has some: --data DIR, or --examples 0 for no figures.",
        )
    return fitting


def _asked(example: Example, encoder: Encoder) -> Asked:
    encoded = encoder.encode(example)
    counted = tuple("\ufffd" not in encoder.tokenizer.decode([token]) for token in encoded.answer)
    return Asked(example, encoded, counted)
