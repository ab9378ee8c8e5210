"""Which split an example belongs to: all that tell the same are in one, and stay there when data is added.

A key (the fact group, the section, the manual) is hashed with the seed, and the hash, a number in [0, 1), falls into
the share of a split. So a key's split depends on nothing but itself and the seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import msgspec

from finetuning.example import Example, Split
from plant.errors import UsageError


class By(StrEnum):
    """What stays together."""

    GROUP = "group"  # pairs of one fact, one template
    SECTION = "section"  # all that comes from a section of a document
    MANUAL = "manual"  # all that comes from a document


class Splitter(Protocol):
    """Decides the split of each example."""

    def __call__(self, example: Example) -> Split:
        """Returns the split of an example."""

    @property
    def words(self) -> str:
        """How it decides, for people: "by whole manual, seed 1, 10 % validation"."""


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Splits by shares of what stays together.

    Attributes:
        by: What stays together. An example without a document goes by its group.
        validation: Share of the keys, about, that are for validation.
        test: Share that are for testing.
        seed: Another one gives other splits.
    """

    by: By = By.GROUP
    validation: float = 0.1
    test: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.validation, self.test) < 0 or self.validation + self.test >= 1:
            raise UsageError(
                f"Shares of {self.validation:g} for validation and {self.test:g} for testing leave none for training.",
                hint="Give shares from 0 that make less than 1 together, such as 0.1 and 0.1.",
            )

    def __call__(self, example: Example) -> Split:
        """Returns the split of an example."""
        at = _uniform(f"{self.seed}/{key_of(example, self.by)}")
        if at < self.test:
            return Split.TEST
        return Split.VALIDATION if at < self.test + self.validation else Split.TRAIN

    @property
    def words(self) -> str:
        """How it decides, for people."""
        shares = f"{self.validation:.0%} validation, {self.test:.0%} test"
        return f"by {'whole ' if self.by is By.MANUAL else ''}{self.by}, seed {self.seed}, {shares}"


class Assigned(msgspec.Struct, frozen=True):
    """Splits as a function says: by a list of manuals, by time, by the folder of a template.

    Attributes:
        of: Returns the split of an example.
        words: How it decides, for people.
    """

    of: Callable[[Example], Split]
    words: str

    def __call__(self, example: Example) -> Split:
        """Returns the split of an example."""
        return self.of(example)


def key_of(example: Example, by: By) -> str:
    """Returns what an example stays together by; one without group and document by its id, then by its turns."""
    document, section = example.source.get("document"), example.source.get("section", "")
    if document and by is not By.GROUP:
        return f"{document}" if by is By.MANUAL else f"{document}/{section}"
    return example.group or example.id or "\n".join(turn.content for turn in example.messages[:-1]) or f"{example.text}"


def _uniform(key: str) -> float:
    """Returns a number in [0, 1) that looks drawn at random, the same for the same key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7]) / 2**56
