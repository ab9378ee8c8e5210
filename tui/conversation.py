"""A conversation as the terminal keeps it, whole, whatever of it is on the screen."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plant.errors import BadInput
from plant.time import to_local
from tui.text import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo
    from pathlib import Path

    from agents.contract import Answer, Estimate
    from plant.facts import Evidence, Table


@dataclass
class Turn:
    """A question and what came of it.

    Attributes:
        number: Its place in the conversation, from 0.
        question: As it was asked.
        asked_at: Wall clock, UTC milliseconds.
        estimate: What could be said before the tools were done; the answer takes its place.
        text: The answer so far; every piece has passed the claim check.
        answer: The answer; None while it is on its way, and where the agent failed.
        failure: Why the agent could not be asked, as a sentence; empty where it could.
    """

    number: int
    question: str
    asked_at: int
    estimate: Estimate | None = None
    text: str = ""
    answer: Answer | None = None
    failure: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing more will come."""
        return self.answer is not None or bool(self.failure)


@dataclass
class Conversation:
    """The turns of one conversation; `thread` names it to the agent."""

    turns: list[Turn] = field(default_factory=list)
    thread: str = field(default_factory=lambda: f"terminal-{uuid.uuid4().hex}")

    def begin(self, question: str, now: int) -> Turn:
        """Adds a question."""
        turn = Turn(len(self.turns), question, now)
        self.turns.append(turn)
        return turn

    @property
    def last_answer(self) -> Answer | None:
        """The newest answer or refusal, or None."""
        return next((turn.answer for turn in reversed(self.turns) if turn.answer), None)


def export(conversation: Conversation, path: Path, zone: tzinfo) -> None:
    """Writes a conversation as Markdown, UTF-8; quotes, queries and rows stand in fences.

    Raises:
        BadInput: If there is such a file already, or it cannot be written.
    """
    parts = ["# millhand: a conversation\n", *(turn_text(turn, zone) for turn in conversation.turns)]
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(parts))
    except FileExistsError as error:
        raise BadInput(f"{path} is there already.", hint="Name another file: /export FILE.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInput(f"{path} cannot be written: {reason}.", hint="Name another file: /export FILE.") from error


def turn_text(turn: Turn, zone: tzinfo) -> str:
    """Returns one turn as Markdown."""
    lines = [f"## {to_local(turn.asked_at, zone, day=True)}  {one_line(turn.question)}", ""]
    lines += [answer_text(turn.answer) if turn.answer else clean(turn.text or turn.failure or "(no answer yet)"), ""]
    for number, evidence in enumerate(turn.answer.evidence if turn.answer else (), start=1):
        lines += [f"[{number}] {one_line(evidence.title)}", "", *_fenced(evidence_text(evidence)), ""]
    return "\n".join(lines)


def answer_text(answer: Answer) -> str:
    """Returns an answer or a refusal as plain text."""
    if answer.refusal is None:
        return clean(answer.answer)
    choices = f"Choices: {', '.join(answer.refusal.choices)}." if answer.refusal.choices else ""
    return clean(" ".join(part for part in ("No answer:", answer.refusal.text, answer.refusal.help, choices) if part))


def evidence_text(evidence: Evidence) -> str:
    """Returns an evidence as plain text: its quote or query, what else is known, its rows."""
    parts = [clean(evidence.text), detail_text(evidence.detail), table_text(evidence.table) if evidence.table else ""]
    return "\n\n".join(part for part in parts if part)


def detail_text(detail: Mapping[str, Any]) -> str:
    """Returns what else is known of an evidence, a line each."""
    return "\n".join(f"{one_line(str(key))}: {one_line(_plain(value))}" for key, value in detail.items())


def _plain(value: object) -> str:
    """Writes a value without brackets: `from 08:40 to 10:45; from 10:45 to 12:50`."""
    if isinstance(value, list | tuple):
        return "; ".join(map(_plain, value))
    return " ".join(f"{key} {_plain(one)}" for key, one in value.items()) if isinstance(value, dict) else str(value)


def table_text(table: Table) -> str:
    """Returns a table as lines of tab-separated cells."""
    rows = [table.columns, *table.rows]
    lines = ["\t".join("" if cell is None else one_line(str(cell)) for cell in row) for row in rows]
    return "\n".join([*lines, "(more rows were left out)"] if table.truncated else lines)


def _fenced(text: str) -> list[str]:
    """Fences text so that Markdown takes none of it as markup."""
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in text).split()), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, text, fence] if text else []
