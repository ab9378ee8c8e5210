"""A sweep: one run for each combination of a few keys' values."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import yaml

from finetuning.training.recipe import KEYS
from plant.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence


def combinations(words: Sequence[str]) -> list[tuple[str, dict[str, object]]]:
    """Returns the combinations of a sweep, each with the name of its run.

    Args:
        words: `KEY=VALUE,VALUE,...`, one for each key.

    Raises:
        UsageError: If one is not of this form, or names an unknown key.
    """
    axes: list[list[tuple[str, str, object]]] = []
    for word in words:
        key, equals, values = word.partition("=")
        key = key.replace("-", "_")
        if not equals or not values:
            raise UsageError(f"{word!r} is no part of a sweep.", hint="It is KEY=VALUE,VALUE: --sweep rank=8,16.")
        if key not in KEYS:
            raise UsageError(f"A sweep over {key!r}: there is no such key.", hint=did_you_mean(key, KEYS))
        axes.append([(key, value, yaml.safe_load(value)) for value in values.split(",")])
    return [
        ("_".join(f"{key}-{text}" for key, text, _ in choice), {key: value for key, _, value in choice})
        for choice in product(*axes)
    ]
