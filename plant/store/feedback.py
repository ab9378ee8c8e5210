"""Answers from the manuals in the store, what people said of them, and vectors of passages."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

import msgspec

from plant.errors import BadInput
from plant.store.answers import ManualAnswer, ManualFeedback, Verdict
from plant.store.documents import Passage
from plant.store.manuals import OF_DOCUMENT, PASSAGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plant.store.connection import Connections

KEPT_ANSWERS: Final = 500
"""The newest answers are kept, and those that somebody said something of."""


class Answers:
    """The part of `plant.store.contract.Store` that holds answers from the manuals."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add_manual_answer(self, answer: ManualAnswer) -> int:
        """Keeps an answer and returns its number; old ones that nobody said anything of are forgotten."""
        with self._connections.writing() as writer:
            number = int(
                writer.execute(
                    "INSERT INTO manual_answers (at, body) VALUES (?, ?) RETURNING id",
                    (answer.at, msgspec.json.encode(answer).decode()),
                ).fetchone()[0]
            )
            writer.execute(
                "DELETE FROM manual_answers WHERE id <= ? AND id NOT IN (SELECT answer FROM manual_feedback)",
                (number - KEPT_ANSWERS,),
            )
        return number

    def manual_answer(self, number: int | None = None) -> ManualAnswer | None:
        """Returns an answer by its number, or the newest; None where there is none."""
        with self._connections.reading() as reader:
            row = reader.execute(
                "SELECT id, body FROM manual_answers WHERE ?1 IS NULL OR id = ?1 ORDER BY id DESC LIMIT 1", (number,)
            ).fetchone()
        return _answer(*row) if row else None

    def add_manual_feedback(self, number: int, verdict: Verdict, note: str, who: str, at: int) -> None:
        """Appends what a person said of an answer. Raises `BadInput` if there is no such answer."""
        with self._connections.writing() as writer:
            try:
                writer.execute(
                    "INSERT INTO manual_feedback (answer, verdict, note, who, at) VALUES (?, ?, ?, ?, ?)",
                    (number, verdict, note, who, at),
                )
            except sqlite3.IntegrityError as error:
                raise BadInput(
                    f"There is no answer {number}.", hint="Each answer from the manuals says its number."
                ) from error

    def manual_feedback(self) -> list[ManualFeedback]:
        """Returns what people said of answers, oldest first; of what one said of one answer, all."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                """SELECT a.id, a.body, f.verdict, f.note, f.who, f.at
                   FROM manual_feedback f JOIN manual_answers a ON a.id = f.answer ORDER BY f.id"""
            ).fetchall()
        return [ManualFeedback(_answer(*row[:2]), Verdict(row[2]), *row[3:]) for row in rows]

    def passages_without_vector(self, model: str, limit: int) -> list[Passage]:
        """Returns passages that have no vector of a model yet, by id."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"""SELECT {PASSAGE} {OF_DOCUMENT} WHERE NOT EXISTS
                    (SELECT 1 FROM passage_vectors v WHERE v.passage = p.id AND v.model = ?) ORDER BY p.id LIMIT ?""",
                (model, limit),
            ).fetchall()
        return [Passage(*row) for row in rows]

    def put_vectors(self, model: str, vectors: Mapping[int, bytes]) -> None:
        """Keeps vectors of a model by passage; those of a passage that is not there any more are left out."""
        with self._connections.writing() as writer:
            writer.executemany(
                """INSERT OR REPLACE INTO passage_vectors (model, passage, vector)
                   SELECT ?, id, ? FROM passages WHERE id = ?""",
                [(model, vector, passage) for passage, vector in vectors.items()],
            )

    def vectors(self, model: str) -> dict[int, bytes]:
        """Returns the vectors of a model by passage, in the order of ids."""
        with self._connections.reading() as reader:
            return dict(
                reader.execute("SELECT passage, vector FROM passage_vectors WHERE model = ? ORDER BY passage", (model,))
            )

    def passages(self, numbers: Sequence[int]) -> list[Passage]:
        """Returns passages by their ids, in that order, those that there are."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"SELECT {PASSAGE} {OF_DOCUMENT} JOIN json_each(?) wanted ON wanted.value = p.id ORDER BY wanted.key",
                (msgspec.json.encode(list(numbers)).decode(),),
            ).fetchall()
        return [Passage(*row) for row in rows]


def _answer(number: int, body: str) -> ManualAnswer:
    return msgspec.structs.replace(msgspec.json.decode(body, type=ManualAnswer), id=number)
