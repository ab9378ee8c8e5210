"""Going on about a manual: "and for M16?", "et la pression ?", "how do I fix it?" are made whole questions.

Another code takes the place of one like it in the last question; anything else is asked of what the last question
named, which is machine and codes: "the remedy?" after "what does E07 mean on the KP-40?" is "the remedy, E07, KP-40".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.understand.names import Kind

if TYPE_CHECKING:
    from agents.understand.question import Question

_CUE: Final = re.compile(
    r"^(?:(?:and|also|or|then|ok|so|et|ou|alors|aussi|puis)\b[\s,]*)*"
    r"(?:(?:what|how) about|same(?: thing)? for|the same for|qu'en est-il d[eu]s?|(?:pareil|idem|la même chose) pour|"
    r"for|pour|on|sur|with|avec|(?<=\s)at)?\s*",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"(?<![\w.-])(?=[\w./-]*\d)(?=[\w./-]*[^\W\d_])[\w]+(?:[./-]\w+)*")
_NAME: Final = re.compile(r"(?<![\w.-])(?:[A-ZÀ-Ý][^\W\d_]+ )?[\w/-]*\d[\w/-]*")  # "KP-40", "Tornax 4"
_POINTS_BACK: Final = re.compile(
    r"\b(?:it|its|this|that|these|those|cel(?:a|ui-ci|le-ci)|ça|cette?|cet|ces|son|sa|ses)\b", re.IGNORECASE
)
_LONGEST: Final = 6  # words of a follow-up after its cue; a longer one stands alone


def follow_up(question: Question, last: str) -> str:
    """Returns what a question asks after the last one, as a whole question; empty where it is no follow-up.

    Names of the plant and fault codes go into the places of others in any conversation: see `agents/memory.py`.

    Args:
        question: As it was understood by itself.
        last: The last question to the manuals, whole.
    """
    said = question.text.rstrip(" ?!.")
    rest = _CUE.sub("", said, count=1)
    named = any(question.sure(kind) for kind in (Kind.TAG, Kind.ASSET, Kind.CODE))  # the memory knows what to do
    aside = named or question.start is not None or question.horizon_ms is not None
    if not rest or rest == said or aside or len(rest.split()) > _LONGEST:
        return ""
    code = _CODE.search(rest)
    if code is None:
        return with_names(rest, last)
    alike = next((one for one in _CODE.finditer(last) if _shape(one[0]) == _shape(code[0])), None)
    if alike is None:
        return f"{last.rstrip(' ?!.')} {rest}"
    return f"{last[: alike.start()]}{code[0]}{last[alike.end() :]}"


def points_back(question: Question) -> bool:
    """Says whether a question that names nothing speaks of what was named before: "how do I fix it?"."""
    return not question.mentions and _CODE.search(question.text) is None and bool(_POINTS_BACK.search(question.text))


def with_names(text: str, last: str) -> str:
    """Returns a text with what the last question named."""
    names = (name for name in _NAME.findall(last) if name.casefold() not in text.casefold())
    return ", ".join([text, *dict.fromkeys(names)])


def _shape(code: str) -> str:
    """Returns what codes of one kind share: `M#` of M12 and M16, `E#` of E07."""
    return re.sub(r"\d+", "#", code.upper())
