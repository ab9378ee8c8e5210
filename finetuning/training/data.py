"""The data of a run: data sets read, encoded, checked, and what `data.json` says of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.datasets.folder import INFO, read_dataset
from finetuning.example import Example, Split, Task
from finetuning.training.encoding import Encoded
from plant.errors import BadInput
from plant.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.training.encoding import Encoder
    from finetuning.training.recipe import Recipe

_SAMPLES: Final = 3


class Data(msgspec.Struct, frozen=True):
    """What a run trains on and is measured on.

    Attributes:
        train: Examples to learn.
        validation: Examples that are only looked at, at most `eval_examples`.
        tasks: What the data sets are for.
        described: What `data.json` says: folders, files with hashes, counts.
        samples: Some training examples for people, what is learnt between marks.
    """

    train: list[Encoded]
    validation: list[Encoded]
    tasks: tuple[Task, ...]
    described: dict[str, Any]
    samples: list[str]


def read_data(recipe: Recipe, encoder: Encoder) -> Data:
    """Reads and encodes the data sets of a recipe.

    Raises:
        BadInput: If there is none, one cannot be read, has nothing to learn, or an example is too long and the recipe
            does not say to skip it.
    """
    if not recipe.data:
        raise BadInput("The recipe names no data.", hint="data: FOLDER, made by `millhand finetune pairs`.")
    parts: dict[Split, list[Encoded]] = {Split.TRAIN: [], Split.VALIDATION: []}
    described: list[dict[str, Any]] = []
    tasks: list[Task] = []
    for folder in recipe.data:
        found = read_dataset(folder)
        tasks.append(found.info.task)
        entry: dict[str, Any] = {"folder": str(folder), "task": found.info.task, "info": sha256_of(folder / INFO)}
        for split in parts:
            kept, skipped = _encoded(found.splits[split], encoder, recipe, str(folder))
            part = found.info.part(split)
            entry[split] = _counts(kept, skipped) | {"sha256": part.sha256 if part else None}
            parts[split] += kept
        described.append(entry)
    if not parts[Split.TRAIN]:
        raise BadInput("There is no example to train on.", hint="See `too_long` and `context_length` in the recipe.")
    if len({bool(one.rejected) for part in parts.values() for one in part}) > 1:
        raise BadInput(
            "Some examples have a rejected answer and others have none: they are learnt in different ways.",
            hint="Train on the answers first, then on the preferences with --from RUN.",
        )
    validation = _some(parts[Split.VALIDATION], recipe)
    samples = [encoder.shown(one) for one in parts[Split.TRAIN][:_SAMPLES]]
    return Data(
        parts[Split.TRAIN],
        validation,
        tuple(dict.fromkeys(tasks)),
        {"sets": described, "validation_looked_at": len(validation)},
        samples,
    )


def _encoded(
    examples: Sequence[Example], encoder: Encoder, recipe: Recipe, where: str
) -> tuple[list[Encoded], list[str]]:
    kept, skipped = [], []
    for example in examples:
        one = encoder.encode(example)
        if len(one) <= recipe.context_length:
            kept.append(one)
        elif recipe.too_long == "skip":
            skipped.append(one.id)
        else:
            raise BadInput(
                f"The example {one.id!r} of {where} has {len(one)} tokens, more than context_length "
                f"({recipe.context_length}).",
                hint="Cut it, raise context_length, or say too_long: skip.",
            )
    return kept, skipped


def _counts(kept: Sequence[Encoded], skipped: Sequence[str]) -> dict[str, Any]:
    return {
        "examples": len(kept),
        "tokens": sum(map(len, kept)),
        "supervised_tokens": sum(len(one.answer) + len(one.rejected) for one in kept),
        "skipped_as_too_long": len(skipped),
    }


def _some(examples: list[Encoded], recipe: Recipe) -> list[Encoded]:
    if not recipe.eval_examples or len(examples) <= recipe.eval_examples:
        return examples
    chance = random.Random(recipe.seed)  # noqa: S311 (a sample, no secret)
    chosen = sorted(chance.sample(range(len(examples)), recipe.eval_examples))
    return [examples[number] for number in chosen]
