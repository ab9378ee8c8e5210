"""Understanding one question, deterministically: what it names, when, how far, in which language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from agents.understand.names import Kind, Mention, NameIndex, find_names
from agents.understand.times import TimeMention, find_times
from agents.understand.words import fold, language_of, stem, tokens

if TYPE_CHECKING:
    from datetime import tzinfo

PLACEHOLDERS = {
    Kind.TAG: "tagname",
    Kind.ASSET: "assetname",
    Kind.AREA: "assetname",
    Kind.CODE: "faultcode",
    Kind.UNKNOWN: "tagname",
}
SPAN_PLACEHOLDER, HORIZON_PLACEHOLDER = "timespan", "horizonspan"

_CUE = re.compile(
    r"^(?:(?:and|et|ok|then|alors|also|aussi)\W+)*"
    r"(?:(?:what|how) about|same(?: thing| question)?(?: for| with| again)?|the same(?: for)?|likewise(?: for)?|for|"
    r"(?:et )?(?:pareil|idem|meme chose|la meme chose|meme question)(?: pour| sur)?|qu'en est-il d[eu]s?|"
    r"pour|and|et)?\b"
)
_OTHER = re.compile(r"\b(?:the )?other(?: one)?s?\b|\bl?'?autres?\b")
_FILLER_WORDS = """
    a about also and au aussi aux d de des du en et for idem in l la le les meme o of on one ones or ou pareil please
    pour same stp sur svp tag the then un une with chose other autre autres others alors ok thing question sensor
    capteur asset
"""
_FILLER = frozenset(_FILLER_WORDS.split())
_LISTS = frozenset({"sensors", "capteurs", "assets"})
"""One of them only introduces its name; several are a list that is asked for."""


class Question(msgspec.Struct, frozen=True):
    """What was understood of one question; plain data, kept in a conversation's memory.

    Attributes:
        text: The cleaned question.
        language: `en` or `fr`.
        mentions: What it names, in order.
        start: Beginning of the span it names, UTC milliseconds; None when it names none.
        end: End of that span; None for now.
        horizon_ms: How far ahead; None when it does not say. Not above 0 when it makes no sense.
        masked: The folded question with what it names replaced by placeholders, for the router.
        bare: Whether it holds nothing but names, times and words like "and for": a follow-up.
        other: Whether it says "the other".
        reading: Which of the meanings that were offered for it is meant, from 1; 0 where none was.
    """

    text: str
    language: str
    mentions: tuple[Mention, ...] = ()
    start: int | None = None
    end: int | None = None
    horizon_ms: int | None = None
    masked: str = ""
    bare: bool = False
    other: bool = False
    reading: int = 0

    def of_kind(self, kind: Kind) -> tuple[Mention, ...]:
        """Returns the mentions of one kind, in order."""
        return tuple(mention for mention in self.mentions if mention.kind == kind)

    def sure(self, kind: Kind) -> tuple[str, ...]:
        """Returns the names of one kind that are not in doubt, in order."""
        return tuple(dict.fromkeys(n for m in self.of_kind(kind) if not m.doubtful for n in m.names))

    @property
    def doubts(self) -> tuple[Mention, ...]:
        """The mentions that may be one of several."""
        return tuple(m for m in self.mentions if m.doubtful and m.kind != Kind.UNKNOWN)

    @property
    def asked(self) -> str:
        """The text with fault codes as manuals and graphs write them: `E07` for "e7", "E-07" and "fault 7"."""
        text = self.text
        for mention in reversed(self.of_kind(Kind.CODE)):
            text = f"{text[: mention.start]}{mention.names[0]}{text[mention.end :]}"
        return text

    def word(self, mention: Mention) -> str:
        """Returns a mention as it was typed."""
        return self.text[mention.start : mention.end]


def understand(text: str, index: NameIndex, now: int, zone: tzinfo, *, language: str = "en") -> Question:
    """Understands a cleaned question.

    Args:
        text: From `words.clean`.
        index: The plant's names.
        now: The clock, UTC milliseconds.
        zone: The plant's time zone.
        language: What to take it to be in where its words do not tell.
    """
    folded = fold(text)
    times = _outside_codes(find_times(folded, now, zone), text, index)
    mentions = tuple(find_names(text, index, skip=[(time.start, time.end) for time in times]))
    span = next((time for time in times if time.since is not None), None)
    ahead = next((time for time in times if time.since is None and time.until is not None), None)
    masked = _masked(folded, mentions, times)
    return Question(
        text=text,
        language=language_of(text, language),
        mentions=mentions,
        start=span.since if span else None,
        end=span.until if span else None,
        horizon_ms=ahead.until - now if ahead and ahead.until is not None else None,
        masked=masked,
        bare=_bare(masked),
        other=_OTHER.search(masked) is not None,
    )


def _outside_codes(times: list[TimeMention], text: str, index: NameIndex) -> list[TimeMention]:
    """Drops times that lie inside a plant name written in full."""
    names = [(match.start(), match.end()) for match in index.full_names.finditer(text)]
    return [t for t in times if not any(start < t.end and t.start < end for start, end in names)]


def _masked(folded: str, mentions: tuple[Mention, ...], times: list[TimeMention]) -> str:
    places = [(m.start, m.end, PLACEHOLDERS[m.kind]) for m in mentions]
    places += [(t.start, t.end, HORIZON_PLACEHOLDER if t.since is None else SPAN_PLACEHOLDER) for t in times]
    pieces, at = [], 0
    for start, end, word in sorted(places):
        if start >= at:
            pieces += [folded[at:start], f" {word} "]
            at = end
    return " ".join("".join([*pieces, folded[at:]]).split())


def _bare(masked: str) -> bool:
    known = {*PLACEHOLDERS.values(), SPAN_PLACEHOLDER, HORIZON_PLACEHOLDER}
    kept = [token.word for token in tokens(_CUE.sub("", masked)) if token.word not in known]
    return all(word not in _LISTS and (word in _FILLER or stem(word) in _FILLER) for word in kept)
