"""The makers of data sets, by task; that of `manuals` is `finetuning/pairs`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from finetuning.datasets.splits import Shares
from finetuning.example import Example, Task
from plant.errors import BadInput, UsageError, did_you_mean
from plant.settings import Settings

if TYPE_CHECKING:
    from finetuning.datasets.splits import Splitter


class Made(NamedTuple):
    """What a maker made.

    Attributes:
        examples: In order, with ids.
        how: How, as JSON: sources with hashes, seed, counts of what was left out by reason.
        split: Decides the split of each.
    """

    examples: Sequence[Example]
    how: Mapping[str, Any]
    split: Splitter


Maker = Callable[[Sequence[str], Settings, int, Callable[[str], None]], Made]
"""Makes examples from sources, with the settings and a seed, and tells its progress a line at a time.

It raises `UsageError` for sources that it does not take, and `BadInput` for one that is not as it should be.
"""


def _cypher(sources: Sequence[str], settings: Settings, seed: int, told: Callable[[str], None]) -> Made:
    from finetuning.cypher.question import World
    from finetuning.datasets.cypher import SPLITTER, WORLDS, cypher_examples

    for source in sources:
        if source == World.FILMS:
            raise UsageError(f"{source} is for testing only.", hint=f"There are {' and '.join(WORLDS)}.")
        if source not in WORLDS:
            hint = did_you_mean(source, WORLDS) or f"There are {' and '.join(WORLDS)}."
            raise UsageError(f"There is no graph {source!r} to learn from.", hint=hint)
    worlds = [world for world in WORLDS if not sources or world in sources]
    examples = list(cypher_examples(settings, worlds, seed=seed, told=told))
    asked = sum(example.source["asked"] for example in examples)
    return Made(examples, {"worlds": worlds, "seed": seed, "asked": asked}, SPLITTER)


def _series(sources: Sequence[str], settings: Settings, _seed: int, told: Callable[[str], None]) -> Made:
    from finetuning.datasets.series import SPLITTER, series_examples
    from tools.toolbox import open_toolbox

    with open_toolbox(settings, told) as box:
        examples, left_out = series_examples(box.store, sources)
    return Made(examples, {"tags": list(sources) or "all", "left_out": left_out}, SPLITTER)


def _preferences(sources: Sequence[str], settings: Settings, seed: int, told: Callable[[str], None]) -> Made:
    from finetuning.datasets.preferences import preference_examples
    from tools.toolbox import open_toolbox

    if sources:
        raise UsageError(f"The task preferences takes no source, but {sources[0]} was given.")
    with open_toolbox(settings, told) as box:
        examples, left_out = preference_examples(box.store.manual_feedback())
    if not examples:
        raise BadInput(
            "Nobody has said of an answer from the manuals that it is right or wrong, so that there is one to prefer.",
            hint="Say it: millhand manuals feedback right|wrong.",
        )
    return Made(examples, {"seed": seed, "left_out": left_out}, Shares(seed=seed))


def _own(sources: Sequence[str], settings: Settings, seed: int, _told: Callable[[str], None]) -> Made:
    from finetuning.datasets.own import own_examples

    if not sources:
        raise UsageError("No file was named.", hint="Example: millhand finetune pairs mine.jsonl --task own --out DIR")
    own = own_examples([Path(source) for source in sources], settings)
    return Made(own.examples, {"files": own.files, "repeated": own.repeated, "seed": seed}, Shares(seed=seed))


def _parts(sources: Sequence[str], _settings: Settings, seed: int, _told: Callable[[str], None]) -> Made:
    from finetuning.datasets.parts import labelled_examples, part_examples

    examples = [*part_examples(seed), *labelled_examples([Path(source) for source in sources])]
    return Made(examples, {"seed": seed, "labelled": list(sources)}, Shares(seed=seed))


MAKERS: Final[dict[Task, Maker]] = {
    Task.CYPHER: _cypher,
    Task.SERIES: _series,
    Task.PREFERENCES: _preferences,
    Task.PARTS: _parts,
    Task.OWN: _own,
}
"""Every task but `manuals`."""
