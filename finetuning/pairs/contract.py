"""What a pair is: a question, and the words of a page that answer it.

Rules every maker keeps, and the gate checks:

- The answer is words of the passage, verbatim, or the whole passage; its quote is on that page of that document.
- The question stands alone: it names what it is about (a machine, a code, a part), not "this table" or "the above".
- The same manuals, maker and seed give the same pairs, with the same ids.
- A pair that nothing answers (`source` None) is about what none of the manuals says.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plant.store.contract import Document, Passage


PERSON: Final = "person"
"""The maker of pairs that people wrote."""


class Kind(StrEnum):
    """What a pair asks for."""

    FAULT = "fault"  # what a code means, its cause, its remedy
    SPECIFICATION = "specification"  # a figure with its unit, a material, a type
    PROCEDURE = "procedure"  # how to do something, how often
    WARNING = "warning"  # what is dangerous, forbidden
    TEXT = "text"  # anything else a paragraph says
    UNANSWERABLE = "unanswerable"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The words that answer.

    Attributes:
        document: Name of the document.
        sha256: Hash of its file.
        page: Physical page, from 1.
        label: Page label as printed.
        section: Heading it stands under.
        passage: The passage's verbatim text.
        start: Where the quote begins in it.
        end: Where it ends; `passage[start:end]` is the quote.
        quote: The verbatim words; the answer.
    """

    document: str
    sha256: str
    page: int
    label: str
    section: str
    passage: str
    start: int
    end: int
    quote: str


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its answer.

    Attributes:
        id: Unique among the pairs, and the same when they are made again.
        question: As a person would ask.
        kind: What it asks for.
        language: `en` or `fr`, the question's.
        group: The fact it is about; pairs of one fact, such as paraphrases, share it.
        maker: `rules`, a model's name, or `person`.
        document: Name of the document it is asked about, whether it answers or not; empty for no one in particular.
        source: The words that answer; None where the manuals do not say.
    """

    id: str
    question: str
    kind: Kind
    language: str
    group: str
    maker: str
    document: str = ""
    source: Source | None = None


class Maker(Protocol):
    """Makes candidates of pairs from the passages of one page; the gate decides which become pairs."""

    name: str

    def pairs(self, document: Document, page: Sequence[Passage], before: str) -> Iterator[Pair]:
        """Yields candidates for a page.

        Args:
            document: The manual.
            page: Its passages on one page, in reading order; their warnings among them.
            before: A summary of the pages before; empty where none is kept.
        """
