"""How like the words of answers are to their references: BLEU and ROUGE-L of torchmetrics, where it is installed.

Both count words that are alike, and measure no rightness: "85 Nm" is half like "80 Nm". Words are those of
`matching.words`, so that accents and decimals stay whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from finetuning.assistant.matching import words

if TYPE_CHECKING:
    from collections.abc import Sequence

_MISSING = 'torchmetrics is not installed: pip install "millhand[finetune]".'


class Likeness(msgspec.Struct, frozen=True):
    """Likeness of answers to their references, from 0 to 1.

    Attributes:
        bleu: Corpus BLEU up to 4 words in a row, smoothed (Papineni 2002; Lin and Och 2004); None where not measured.
        rouge_l: Mean F of the longest common subsequence with the nearest reference (Lin 2004); None likewise.
        why_not: Why neither was measured; empty where they were.
    """

    bleu: float | None
    rouge_l: float | None
    why_not: str = ""


def likeness(pairs: Sequence[tuple[str, Sequence[str]]]) -> Likeness:
    """Returns the likeness of answers, each with its references; empty for one that was not given."""
    if not pairs:
        return Likeness(None, None, "There are no such questions.")
    try:
        from torchmetrics.functional.text import bleu_score, rouge_score
    except ImportError:
        return Likeness(None, None, _MISSING)
    given = [" ".join(words(answer)) for answer, _ in pairs]
    wanted = [[" ".join(words(one)) for one in references] for _, references in pairs]
    rouge = rouge_score(given, wanted, normalizer=str, tokenizer=str.split, rouge_keys="rougeL")
    return Likeness(float(bleu_score(given, wanted, smooth=True)), float(rouge["rougeL_fmeasure"]))
