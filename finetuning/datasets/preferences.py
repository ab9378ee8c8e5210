"""Examples from what people said of answers from the manuals: the better answer chosen, the worse one rejected.

| said | chosen | rejected |
|---|---|---|
| right | the answer | a wrong one to the same question on the same passages, else `Not found.` |
| wrong, with a note that is in the words of a passage | the words of the note | the answer |
| wrong, nothing more | `Not found.`: an answer that is not given is better than a wrong one | the answer |

The newest word on an answer counts. The last row is a guess, and `source["review"]` says so: `millhand finetune review`
shows such examples first. What has nothing to be compared with is left out, and counted by its reason.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from finetuning.example import Example, Task, Turn
from plant.store.answers import Verdict
from tools.manuals.prompt import NOT_FOUND, BadReading, Shown, answer_for, fitting, prompt_for, read_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plant.store.answers import ManualAnswer, ManualFeedback

NOTHING_WORSE: Final = "right to abstain, and nothing wrong to compare it with"
NOTHING_BETTER: Final = "wrong to abstain, and nobody said what is right"
NO_PASSAGES: Final = "no passages to answer from"
_GUESSED: Final = "nobody said what is right: not answering is put in its place"


def preference_examples(feedback: Sequence[ManualFeedback]) -> tuple[list[Example], Mapping[str, int]]:
    """Returns the examples that people's words give, and how many were left out by reason.

    Args:
        feedback: What people said, oldest first.
    """
    newest = {one.answer.id: one for one in feedback}
    left_out: Counter[str] = Counter()
    examples = []
    for one in newest.values():
        shown = _shown(one.answer)
        if not shown:
            left_out[NO_PASSAGES] += 1
            continue
        better, worse, guessed = _compared(one, shown, list(newest.values()))
        if better == worse:
            left_out[NOTHING_WORSE if one.verdict is Verdict.RIGHT else NOTHING_BETTER] += 1
            continue
        examples.append(_example(one, shown, better, worse, _GUESSED if guessed else ""))
    return examples, dict(left_out)


def _compared(one: ManualFeedback, shown: Sequence[Shown], others: Sequence[ManualFeedback]) -> tuple[str, str, bool]:
    """Returns the better and the worse answer, the same one where there is no other, and whether that is a guess."""
    said = one.answer.reply or NOT_FOUND
    if one.verdict is Verdict.RIGHT:
        wrong = [
            other.answer.reply
            for other in others
            if other.verdict is Verdict.WRONG and _same_question(one, other) and _shown(other.answer) == shown
        ]
        return said, next((reply for reply in wrong if reply), NOT_FOUND), False
    noted = _quoted(one.note, shown)
    return noted or NOT_FOUND, said, noted is None


def _quoted(note: str, shown: Sequence[Shown]) -> str | None:
    """Returns the answer that a note gives, itself one or words of a passage; None where it gives none."""
    for text in (note, *(f"[{number}] {note}" for number in range(1, len(shown) + 1))):
        try:
            return answer_for(read_answer(text, shown), shown)
        except BadReading:
            continue
    return None


def _same_question(one: ManualFeedback, other: ManualFeedback) -> bool:
    return one.answer.question.casefold().split() == other.answer.question.casefold().split()


def _shown(answer: ManualAnswer) -> list[Shown]:
    shown = [Shown(passage.title, passage.section, passage.text) for passage in answer.passages]
    return shown[: fitting(shown)]


def _example(one: ManualFeedback, shown: Sequence[Shown], better: str, worse: str, review: str) -> Example:
    asked = prompt_for(one.answer.question, shown)
    return Example(
        messages=(*(Turn(turn.role, turn.content) for turn in asked), Turn("assistant", better)),
        rejected=worse,
        id=f"answer-{one.answer.id}",
        task=Task.PREFERENCES,
        group=" ".join(one.answer.question.casefold().split()),
        language=one.answer.language,
        source={
            "documents": sorted({passage.document for passage in one.answer.passages}),
            "said": one.verdict,
            **({"note": one.note} if one.note else {}),
            **({"review": review} if review else {}),
        },
    )
