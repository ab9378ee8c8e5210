"""Who a verb is said of, from what stands around it: "has fed" and "is fed", « alimente » and « alimentée ».

Accents are not needed to be understood, but where they are written they tell « remplacé » from « remplace ».
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.parser.readings import Word

FRONTED: Final = frozenset(
    (
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "with",
        "of",
        "by",
        "dans",
        "sur",
        "a",
        "au",
        "aux",
        "de",
        "vers",
        "pour",
        "chez",
    )
)
"""Prepositions that may stand at the head of a question and not behind their verb: "in which film did she act"."""

BARE: Final = 0.15
"""What such a verb costs."""

_HAVE: Final = frozenset(
    ("have", "has", "had", "having", "ve", "a", "ont", "avait", "avaient", "ayant", "avoir", "aura")
)
_BE: Final = frozenset(
    ("is", "are", "was", "were", "be", "been", "being", "est", "sont", "etait", "etaient", "ete", "etre", "fut", "soit")
)
_EVER: Final = frozenset(("never", "ever", "jamais"))
"""Before these a verb may be said of anything: "who has never acted"."""

GETTING: Final = frozenset(("get", "gets", "got", "gotten", "getting"))
"""What may stand for "be" before what is done to something: "got closed"."""

_CARRYING: Final = frozenset(("with", "avec", "en"))
"""Behind a participle these tell what it is done with, to what the participle is said of: "fed with water"."""

_BETWEEN: Final = frozenset(
    (
        "not",
        "never",
        "ever",
        "also",
        "already",
        "still",
        "directly",
        "currently",
        "just",
        "pas",
        "jamais",
        "deja",
        "encore",
    )
).union(("aussi", "il", "elle", "ils", "elles", "t", "on", "directement", "actuellement", "toujours", "y", "plus"))
"""What may stand between an auxiliary and its verb."""


class Voice(StrEnum):
    """What form of a verb words have."""

    NONE = "none"  # no verb, or one whose subject is never in doubt: "part of", "acted in"
    FRONTED = "fronted"  # acted, without its "in", which stands at the head of the question
    FINITE = "finite"  # feeds, feeding, alimente
    PAST = "past"  # fed, directed: said of who did it
    PERFECT = "perfect"  # (a) réalisé: said of who did it, with its auxiliary
    PASSIVE = "passive"  # fed by, (est) alimenté: said of what it is done to


def fits(words: Sequence[Word], first: int, last: int, voice: Voice, finite: frozenset[str], *, looped: bool) -> bool:
    """Whether words can be a form of a verb where they stand.

    Args:
        words: The question's words.
        first: Index of the verb.
        last: Index after its last word.
        voice: The form.
        finite: Words that are a finite form of some verb.
        looped: Whether the relationship leads from a label to the same, so that only the form tells who is its subject.
    """
    if voice is Voice.NONE:
        return True
    if voice is Voice.FRONTED:
        return words[0].plain in FRONTED or (first > 0 and words[first - 1].plain in _EVER)
    verb = words[first]
    if verb.plain == "did" and (first == 0 or words[first - 1].plain not in {"who", "that"}):
        return False
    have, be = _auxiliary(words, first)
    nobody = have and _by_nobody(words, first)
    accented = verb.written.lower().endswith(("é", "ée", "és", "ées"))
    if voice is Voice.FINITE:
        return not accented and not have and (not be or verb.plain.endswith("ing"))
    carried = last < len(words) and words[last].plain in _CARRYING
    if voice is Voice.PERFECT:
        return have and not (looped and nobody)
    began = any(word.plain in _BE for word in words[:first])
    if voice is Voice.PAST:
        return not be and not (looped and (began or carried))
    finite_form = last == first + 1 and not be and not accented and verb.plain in finite
    if not nobody and (have or finite_form):  # « qu'on a utilisées »: used
        return False
    return nobody or last > first + 1 or be or accented or not looped or began or carried


def _by_nobody(words: Sequence[Word], first: int) -> bool:
    """Whether French « on » is the subject of a verb with its auxiliary: « qu'on n'a jamais utilisées », « a-t-on »."""
    at = first - 1
    while at > 0 and words[at].plain in _BETWEEN and words[at].plain != "on":
        at -= 1
    if words[at].plain == "on":
        at -= 1  # « a-t-on »
        while at > 0 and words[at].plain in _BETWEEN:
            at -= 1
        return at == 0 or words[at - 1].plain != "en"
    return words[at - 1].plain != "en" and any(
        word.plain == "on" for word in words[max(0, at - 2) : at] if word.plain != "n"
    )


def _auxiliary(words: Sequence[Word], first: int) -> tuple[bool, bool]:
    """Returns whether a verb's auxiliary is "have", and whether it is "be"; "has been" is "be"."""
    at = first - 1
    while at >= 0 and words[at].plain in _BETWEEN:
        at -= 1
    if at < 0:
        return False, False
    return words[at].plain in _HAVE and words[at].written.lower() != "à", words[at].plain in _BE | GETTING
