"""What people say of an answer from the manuals; the command line and the terminal both write through this.

Appended beside the answer, with who and when. `millhand finetune pairs --task preferences` makes pairs of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plant.errors import BadInput
from plant.store.answers import ManualFeedback

if TYPE_CHECKING:
    from plant.settings import Settings
    from plant.store.answers import Verdict
    from plant.store.contract import Store


ANSWER: Final = "answer"
"""Key of an evidence's detail: the number of the answer that it was quoted for, where the answer is kept."""


def say_of_answer(
    store: Store, settings: Settings, verdict: Verdict, *, number: int | None = None, note: str = "", now: int
) -> ManualFeedback:
    """Appends what the operator of the settings says of an answer, and returns it.

    Args:
        store: Where the answer is.
        settings: Who the operator is.
        verdict: What is said.
        number: The answer's number; None for the newest answer.
        note: A remark.
        now: Wall clock, UTC milliseconds.

    Raises:
        BadInput: If there is no such answer.
        StoreError: If the store cannot be written.
    """
    answer = store.manual_answer(number)
    if answer is None:
        which = "answer from the manuals yet" if number is None else f"answer {number}"
        raise BadInput(f"There is no {which}.", hint='millhand manuals ask "..." says the number of its answer.')
    said = ManualFeedback(answer, verdict, note.strip(), settings.plant.operator, now)
    store.add_manual_feedback(answer.id, verdict, said.note, said.who, now)
    return said
