"""Lets the language model say an answer in its own words, and shows that only if every claim still resolves.

Off unless `model.rephrase` is set: a base model of 135 million parameters, untuned, is not expected to keep
every figure, and a rephrasing that is thrown away costs the operator its time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agents.claims import unresolved
from agents.understand.words import language_of
from inference.contract import Message, Options
from plant.errors import MillhandError

if TYPE_CHECKING:
    from agents.claims import Ground
    from inference.contract import LanguageModel

_MARK = re.compile(r"\[\d+\]")
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


def rephrase(text: str, on: Ground, language: str, model: LanguageModel) -> str | None:
    """Returns another wording of a checked text, or None where the model's does not hold.

    It holds where every claim resolves, no figure and no mark of the text is lost or added, no
    quotation was in it, and it is in the same language.
    """
    if "“" in text or "«" in text:
        return None
    name = {"en": "English", "fr": "French"}[language]
    messages = [
        Message("system", f"Say the same in one or two plain {name} sentences. Keep every number, name and [mark]."),
        Message("user", text),
    ]
    try:
        said = model.complete(messages, Options(max_tokens=min(256, 2 * len(text.split()) + 64)))[0]
    except MillhandError:  # too long for it, or it does not answer: the checked text stands
        return None
    words = " ".join(said.text.split())
    same = all(sorted(find.findall(words)) == sorted(find.findall(text)) for find in (_MARK, _FIGURE))
    holds = said.finished and same and language_of(words, language) == language and not unresolved(words, on)
    return words if words and holds else None
