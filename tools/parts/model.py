"""Parts that no list has, named by a tuned language model: only words of the text count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from inference.contract import Options, OutOfTime, PromptTooLong
from tools.parts.defects import OTHER, defect_words
from tools.parts.finder import Defect, Part
from tools.parts.prompt import END, LONGEST, prompt_for, read_completion
from tools.parts.words import is_french, tokens

if TYPE_CHECKING:
    from inference.contract import LanguageModel
    from tools.parts.finder import Finder

ADAPTER: Final = "parts"
_MAX_TOKENS: Final = 96
_SECONDS: Final = 20.0


class ModelFinder:
    """What a list finds, and beside it what a model names.

    The model's adapter `parts` is asked, where it has one; else the model as it is, which may be tuned as a whole.
    Where both name the same words, the list's finding stands: it has the plant's name, and its denials are rules.

    Args:
        listed: Finds what the list has.
        model: The language model.

    Attributes:
        unread: Texts that the model did not read: too long for it, or not in time. They have the list's parts.
        lost: Words that the model wrote and that are not in the text; they count for nothing.
    """

    def __init__(self, listed: Finder, model: LanguageModel) -> None:
        self._listed = listed
        self._model = model
        adapter = ADAPTER if ADAPTER in model.adapters else None
        self._options = Options(max_tokens=_MAX_TOKENS, stop=(END,), adapter=adapter, seconds=_SECONDS)
        self.unread = 0
        self.lost = 0

    def find(self, text: str) -> list[Part]:
        """Returns the parts that a text names, in its order.

        Raises:
            ServiceUnavailable: If the model does not answer at all.
        """
        listed = self._listed.find(text)
        if not text.strip():
            return listed
        try:
            written = self._model.continue_text(prompt_for(text), self._options)[0].text
        except (PromptTooLong, OutOfTime):
            self.unread += 1
            return listed
        said, lost = read_completion(written, text[:LONGEST])
        self.lost += lost
        taken = [(part.start, part.end) for part in listed]
        named = [_part(text, one.part, one.defects) for one in said if not _overlap(one.part, taken)]
        return sorted([*listed, *named], key=lambda part: part.start)


def _part(text: str, place: tuple[int, int], defects: tuple[tuple[int, int], ...]) -> Part:
    start, end = place
    kinds = tuple(Defect(_kind(text[first:last]), text[first:last], first, last) for first, last in defects)
    return Part(" ".join(text[start:end].casefold().split()), text[start:end], start, end, "model", kinds)


def _kind(words: str) -> str:
    read = tokens(words)
    return defect_words().kind_of(read, french=is_french(read, words)) if read else OTHER


def _overlap(place: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in taken)
