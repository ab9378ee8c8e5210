"""Questions on manuals, as people type them, with the words that answer.

    [[question]]
    id = "vb60-e12-cause"
    question = "VB60 stopped with E12, what causes that?"
    language = "en"                                        # the question's, whatever the manual's
    kind = "fault"                                         # a Kind of finetuning.pairs.contract
    quote = "E12 | Drum overload | Infeed gate jammed"     # verbatim row, sentence or first step; cells by " | "
    answers = ["Infeed gate jammed"]                       # verbatim words of the quote, any of which is right

One that no manual of the split answers has the kind `unanswerable` and neither quote nor answers. Of a procedure or a
warning the answers are the first words.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal

import msgspec

from finetuning.pairs.contract import Kind
from plant.errors import BadInput

FOLDER: Final = Path(__file__).parent


class Split(StrEnum):
    """Which manuals and questions."""

    DEV = "dev"  # to steer by
    TEST = "test"  # to tell how good it is; whoever betters the assistant never reads it


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question; see the module's docstring.

    Attributes:
        manual: Name of the manual it is about: of both files, without their endings.
    """

    id: str
    manual: str
    question: str
    language: str
    kind: Kind
    quote: str = ""
    answers: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether a manual answers it."""
        return self.kind is not Kind.UNANSWERABLE


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    question: str
    language: Literal["en", "fr"]
    kind: Kind
    quote: str = ""
    answers: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: tuple[_Written, ...]


def manual_files(split: Split, folder: Path = FOLDER) -> list[Path]:
    """Returns the manuals of a split, by name."""
    return sorted((folder / "manuals" / split).glob("*.md"))


def load_questions(split: Split, folder: Path = FOLDER) -> list[Question]:
    """Returns the questions of a split, manual by manual.

    Raises:
        BadInput: If a file is not as it should be, two questions have one id, or there are none.
    """
    questions = [
        question for path in sorted((folder / "questions" / split).glob("*.toml")) for question in _questions(path)
    ]
    if not questions:
        raise BadInput(f"There are no questions in {folder / 'questions' / split}.")
    seen: set[str] = set()
    for one in questions:
        if one.id in seen:
            raise BadInput(f"Two questions of the split {split} have the id {one.id!r}.")
        seen.add(one.id)
    manuals = {path.stem for path in manual_files(split, folder)}
    for name in {one.manual for one in questions} - manuals:
        raise BadInput(f"There are questions on {name}, but no manual {folder / 'manuals' / split / name}.md.")
    return questions


def _questions(path: Path) -> list[Question]:
    try:
        written = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).question
    except (OSError, ValueError) as error:  # TOML, UTF-8 and msgspec's own are values that do not fit
        raise BadInput(f"{path} is not a file of questions: {error}.") from error
    for one in written:
        asks = one.kind is not Kind.UNANSWERABLE
        if asks != bool(one.quote.strip()) or asks != bool(one.answers):
            raise BadInput(
                f"{path}: the question {one.id!r} of kind {one.kind} must have "
                f"{'a quote and answers' if asks else 'neither quote nor answers'}."
            )
    return [Question(manual=path.stem, **msgspec.structs.asdict(one)) for one in written]
