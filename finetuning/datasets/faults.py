"""What is wrong with an example, wherever it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from finetuning.example import Example

_ROLES: Final = frozenset({"system", "user", "assistant"})


def fault_of(example: Example) -> str | None:
    """Returns what is wrong with an example, as the end of a sentence; None for a sound one."""
    if not example.messages or example.messages[-1].role != "assistant":
        return "its last turn is not the assistant's, so there is nothing to learn."
    *before, answer = example.messages
    if stranger := next((turn.role for turn in example.messages if turn.role not in _ROLES), None):
        return f"{stranger!r} is no role; there are system, user and assistant."
    if not answer.content.strip():
        return "the answer is empty."
    if example.rejected is not None and not example.rejected.strip():
        return "the rejected answer is empty."
    if example.text is None and not any(turn.role == "user" and turn.content.strip() for turn in before):
        return "the question is empty."
    if example.text is not None and before:
        return "it has both a text and turns before the answer."
    return None
