"""What stands in two splits at once: then a measurement would ask what was learnt by heart.

| looked at | the same when |
|---|---|
| group | two examples have the same group |
| question and answer | the same words but for case, accents and punctuation; which passage is cited does not count |
| prompt | everything that is read before the answer is the same |

An answer that means nothing without its passages ("Not found.", "[2] all") is the same only where the prompt is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.example import Example, Split, Task
from plant.accents import without_accents
from tools.manuals.prompt import MORE, NOT_FOUND, question_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from finetuning.datasets.splits import Splitter

_GROUP: Final = "group"
_CITED: Final = re.compile(r" \[\d+\]$", re.MULTILINE)
_WORD: Final = re.compile(r"\w+(?:[-.,/]\w+)*")
_SHOWN: Final = 80


class Overlap(msgspec.Struct, frozen=True):
    """Something that stands in two splits.

    Attributes:
        what: `group`, `question and answer` or `prompt`.
        splits: The two.
        text: It, or its beginning.
        ids: An example of each.
    """

    what: str
    splits: tuple[Split, Split]
    text: str
    ids: tuple[str, str]


def overlaps(splits: Mapping[Split, Sequence[Example]]) -> list[Overlap]:
    """Returns what stands in two splits, each once, in the order of the examples."""
    first: dict[tuple[str, str], tuple[Split, str]] = {}
    found: dict[tuple[str, str], Overlap] = {}
    for split, examples in splits.items():
        for example in examples:
            for key in _keys(example):
                where, id_ = first.setdefault(key, (split, example.id))
                if where is not split:
                    found.setdefault(key, Overlap(key[0], (where, split), key[1][:_SHOWN], (id_, example.id)))
    return list(found.values())


def held_apart(examples: Iterable[Example], split: Splitter) -> tuple[list[Example], int]:
    """Leaves out of training what is asked and answered alike in another split.

    For generated data, where two machines may have the same figure by chance. Groups are the splitter's to keep.

    Returns:
        What stays, in order, and how many were left out.
    """
    every = list(examples)
    measured = {key for one in every if split(one) is not Split.TRAIN for key in _keys(one) if key[0] != _GROUP}
    kept = [one for one in every if split(one) is not Split.TRAIN or measured.isdisjoint(_keys(one))]
    return kept, len(every) - len(kept)


def _keys(example: Example) -> Iterator[tuple[str, str]]:
    """Yields what no other split may have."""
    *before, answer = example.messages
    if example.group:
        yield _GROUP, example.group
    prompt = "\n".join([example.text or "", *(f"{turn.role}: {turn.content}" for turn in before)])
    yield "prompt", prompt.strip()
    said = _CITED.sub("", answer.content)
    if not (example.task is Task.MANUALS and said.endswith((NOT_FOUND, MORE))):
        yield "question and answer", f"{question_of(example)} / {_plain(said)}"


def question_of(example: Example) -> str:
    """Returns the words of an example's question, without case, accents, and the passages that are read before it."""
    asked = next((turn.content for turn in reversed(example.messages) if turn.role == "user"), example.text or "")
    return _plain(question_in(asked) if example.task is Task.MANUALS else asked)


def _plain(text: str) -> str:
    """Returns the words of a text without case and accents; `m³` is `m3`: the same, typed otherwise."""
    return " ".join(_WORD.findall(without_accents(unicodedata.normalize("NFKC", text.casefold()))))
