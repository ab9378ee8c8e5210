"""What a manual is about, and in which language: what a question needs to stand alone."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from finetuning.pairs.rows import plain
from finetuning.pairs.wordings import LANGUAGES, wordings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.store.contract import Passage

_NUMBER: Final = re.compile(
    r"^(?:(?:chapter|section|appendix|chapitre|annexe?)\s+)?"
    r"(?:\d{1,3}(?:\.\d{1,3})*\.?|[A-Z](?:\.\d{1,2})+\.?|[IVX]{1,5}\.|\u00a7\s*\d+)[\s:\u2013-]+",
    re.IGNORECASE,
)
_MODEL: Final = re.compile(
    r"(?<![\w-])(?:[A-Z]{2,4} )?(?=[\w./-]*\d)(?=[\w./-]*[A-Z])[A-Z0-9][\w./-]*\w(?: (?:[A-Z]{1,3}|\d{1,4}))?(?![\w-])"
)
_SPACED: Final = re.compile(r"(?<![\w-])[A-Z][A-Za-z]*\s\d+(?:[./x-]\w+)*[A-Za-z]{0,2}(?![\w-])")
_KIND_OF_TEXT: Final = re.compile(
    r"\b(?:(?:installation|operat(?:ion|ing|or'?s?)|maintenance|service|user'?s?|instruction|reference|technical|owner'?s?|"
    r"and|&|of|for|the|safety|original|rev(?:ision)?|edition|ed|issue|v(?:ersion)?|manuals?|handbook|guide|instructions?|"
    r"notice|manuel|d'utilisation|d'exploitation|d'entretien|de|du|des|la|le|les|et|pour|utilisation|exploitation|"
    r"entretien|technique|originale?|livret|mode|d'emploi|d'instructions)\b|d'|l')",
    re.IGNORECASE,
)


def machine_of(title: str) -> str:
    """Returns what a title calls its machine: the model, `KP-40`, else the title without "manual" and the like.

    Empty where nothing is left, as of "Operating manual".
    """
    told = _KIND_OF_TEXT.sub(" ", title)
    models = [match for match in (_SPACED.search(told), _MODEL.search(told)) if match]
    if models:
        return min(models, key=lambda match: match.start())[0]
    bare = " ".join(re.sub(r"[\s_,:;\u2013-]+", " ", told).split())
    return bare if re.search(r"[^\W\d_]", bare) else ""


def names_machine(question: str, title: str) -> bool:
    """Says whether a question says what a manual's title calls its machine."""
    machine = machine_of(title)
    return bool(machine) and machine.casefold() in question.casefold()


def heading(section: str) -> str:
    """Returns a heading without its number: `6.3 Replacing the seal` is "Replacing the seal"."""
    return _NUMBER.sub("", section).strip()


def language_of(text: str) -> str:
    """Returns `fr` or `en`, by the small words of a text; `en` where there are none."""
    words = re.findall(r"[a-z]+", plain(text))
    small = {language: set(wordings(language).words["small"].split()) for language in LANGUAGES}
    return max(LANGUAGES, key=lambda language: sum(word in small[language] for word in words))


def manual_language(passages: Iterable[Passage]) -> str:
    """Returns the language that most of a manual is written in."""
    counts = Counter[str]()
    for passage in passages:
        counts[language_of(passage.text)] += len(passage.text)
    return counts.most_common(1)[0][0] if counts else "en"
