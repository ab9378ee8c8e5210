"""Whether a deployed model answers as the trained one: the same questions through each way, texts compared.

Good in training and bad in use is nearly always the template, the stop text or the precision, and this tells which:
a way that read another number of tokens was asked in another template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.export.measure import ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finetuning.export.examples import Asked
    from finetuning.export.stack import Stack
    from inference.contract import LanguageModel

GOAL: Final = 0.95
"""The least share of answers that have to be the training stack's, word for word."""

_ROOM: Final = 8  # tokens that an answer may be longer than the longest one of the data
_SHOWN: Final = 5


class Way(msgspec.Struct, frozen=True):
    """How one way of asking compares with the training stack.

    Attributes:
        name: The way.
        same: How many answers are the training stack's, spaces at the ends aside.
        share: Of all.
        other_prompts: How many questions it read as another number of tokens than they have in training.
    """

    name: str
    same: int
    share: float
    other_prompts: int


class Different(msgspec.Struct, frozen=True):
    """A question that was not answered the same by all: the answers by way, the training stack's first."""

    question: str
    answers: dict[str, str]


class Agreement(msgspec.Struct, frozen=True):
    """What came of asking all ways; `different` has the first few."""

    questions: int
    ways: list[Way]
    different: list[Different]

    @property
    def reached(self) -> bool:
        """Whether every way reaches `GOAL`."""
        return all(way.share >= GOAL for way in self.ways)


def compare(asked: Sequence[Asked], stack: Stack, ways: Mapping[str, tuple[LanguageModel, str | None]]) -> Agreement:
    """Asks the training stack, and every way.

    Args:
        asked: The questions, at least one.
        stack: The model as it was trained.
        ways: Models with the adapter to ask them with, by name.

    Raises:
        ServiceUnavailable: If a server does not answer.
    """
    most = max(len(one.encoded.answer) for one in asked) + _ROOM
    answers = {"training stack": [stack.answer(one.encoded, most).strip() for one in asked]}
    found = []
    for name, (model, adapter) in ways.items():
        replies = [ask(model, one, most, adapter) for one in asked]
        answers[name] = [reply.text.strip() for reply in replies]
        same = sum(mine == theirs for mine, theirs in zip(answers[name], answers["training stack"], strict=True))
        others = sum(reply.prompt_tokens != len(one.encoded.prompt) for reply, one in zip(replies, asked, strict=True))
        found.append(Way(name, same, same / len(asked), others))
    return Agreement(len(asked), found, _different(asked, answers))


def _different(asked: Sequence[Asked], answers: Mapping[str, Sequence[str]]) -> list[Different]:
    found = []
    for index, one in enumerate(asked):
        said = {name: texts[index] for name, texts in answers.items()}
        if len(set(said.values())) > 1:
            turns = one.example.messages
            found.append(Different(one.example.text or turns[-2].content, said))
    return found[:_SHOWN]
