"""Issued forecasts, and how they did when what they forecast came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plant.store.contract import IssuedForecast, Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.store.connection import Connections

_FORECAST = "tag, origin, step_ms, horizon, issued_at, hindsight, shown, settled, id"
_SCORE = "forecast, candidate, due, steps, mae, mase, inside, scored_at"


class Forecasts:
    """The part of `plant.store.contract.Store` that keeps forecasts and their scores."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add_forecast(self, forecast: IssuedForecast, body: str) -> bool:
        """Keeps a forecast; False if one of the same tag, origin, step and horizon is there: the first one stands."""
        with self._connections.writing() as writer:
            added = writer.execute(
                """INSERT OR IGNORE INTO forecasts (tag, origin, step_ms, horizon, issued_at, hindsight, shown, body)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                (*msgspec.structs.astuple(forecast)[:7], body),
            )
        return added.rowcount > 0

    def forecasts(self, tag: str, *, since: int = 0, unsettled: bool = False) -> list[IssuedForecast]:
        """Returns the forecasts of a tag that begin at a time or later, by origin, oldest first."""
        which = "AND NOT settled" if unsettled else ""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"SELECT {_FORECAST} FROM forecasts WHERE tag = ? AND origin >= ? {which} ORDER BY origin, id",
                (tag, since),
            ).fetchall()
        return [
            IssuedForecast(of, origin, step_ms, horizon, issued_at, bool(hindsight), shown, bool(settled), number)
            for of, origin, step_ms, horizon, issued_at, hindsight, shown, settled, number in rows
        ]

    def forecast_body(self, number: int) -> str | None:
        """Returns what a forecast said, as JSON; None where there is no such forecast."""
        with self._connections.reading() as reader:
            row = reader.execute("SELECT body FROM forecasts WHERE id = ?", (number,)).fetchone()
        return row[0] if row else None

    def forecast_tags(self) -> list[str]:
        """Returns the tags that a forecast was issued for, by name."""
        with self._connections.reading() as reader:
            return [tag for (tag,) in reader.execute("SELECT DISTINCT tag FROM forecasts ORDER BY tag")]

    def drop_forecasts(self, tag: str, before: int) -> None:
        """Forgets the settled forecasts of a tag that begin before a time, with their scores."""
        with self._connections.writing() as writer:
            writer.execute("DELETE FROM forecasts WHERE tag = ? AND origin < ? AND settled", (tag, before))

    def put_scores(self, scores: Sequence[Score], settled: Sequence[int] = ()) -> None:
        """Writes scores, each in place of the one before of its forecast and candidate; settles some forecasts."""
        rows = [
            (*msgspec.structs.astuple(one)[:6], msgspec.json.encode(one.inside).decode(), one.scored_at)
            for one in scores
        ]
        with self._connections.writing() as writer:
            writer.executemany(
                f"""INSERT INTO forecast_scores ({_SCORE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET due = excluded.due, steps = excluded.steps, mae = excluded.mae,
                    mase = excluded.mase, inside = excluded.inside, scored_at = excluded.scored_at
                    WHERE (excluded.due, excluded.steps) >= (due, steps)""",
                rows,
            )
            writer.executemany("UPDATE forecasts SET settled = 1 WHERE id = ?", [(number,) for number in settled])

    def scores(self, tag: str, *, since: int = 0) -> list[Score]:
        """Returns the scores of the forecasts that `forecasts` returns, in their order, then by candidate."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"""SELECT {_SCORE} FROM forecast_scores JOIN forecasts ON forecast = id
                    WHERE tag = ? AND origin >= ? ORDER BY origin, id, candidate""",
                (tag, since),
            ).fetchall()
        return [
            Score(forecast, candidate, due, steps, mae, mase, msgspec.json.decode(inside), scored_at)
            for forecast, candidate, due, steps, mae, mase, inside, scored_at in rows
        ]
