"""What a person decided of the examples of a data set: lines of `review.jsonl`, only ever added to.

A decision has the example as it was and as it is to be. It holds for that very example: where the data set is made
again and has another one under the id, it is as if nothing had been decided.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.example import Example, Split
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILE: Final = "review.jsonl"


class Choice(StrEnum):
    """What a person decides."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    UNDO = "undo"  # takes back what was decided of the example


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file.

    Attributes:
        id: The example's.
        choice: What was decided.
        split: The example's.
        before: The example as it was.
        after: As it is to be; None where it is rejected.
        who: Whose decision.
        at: When, ISO-8601 in UTC.
    """

    id: str
    choice: Choice
    split: Split
    before: Example
    after: Example | None
    who: str
    at: str


def as_decided(folder: Path, examples: Iterable[Example]) -> Iterator[Example]:
    """Yields the examples of a data set as people want them: without those rejected, with those edited as they are now.

    Raises:
        BadInput: As `read_decisions` does.
    """
    standing = {decision.id: decision for decision in read_decisions(folder / FILE)[0]}
    for example in examples:
        decision = standing.get(example.id)
        after = decision.after if decision is not None and decision.before == example else example
        if after is not None:
            yield after


def read_decisions(path: Path) -> tuple[list[Decision], int]:
    """Returns the decisions of a file and the bytes they take; a last line that was cut short is none.

    Raises:
        BadInput: If the file cannot be read, or a line of it is no decision.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    whole = text[: text.rfind(b"\n") + 1]
    decisions = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            decisions.append(msgspec.json.decode(line, type=Decision))
        except msgspec.DecodeError as error:
            raise BadInput(
                f"{path}, line {number}, is no decision: {error}.", hint="Remove the line, and decide again."
            ) from error
    return decisions, len(whole)
