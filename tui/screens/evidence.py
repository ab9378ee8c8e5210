"""Where an answer comes from: a quoted page, a query, rows, a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable

from plant.facts import EvidenceKind
from plant.store.answers import Verdict
from tools.manuals.feedback import ANSWER
from tui.actions import Scope, bindings
from tui.conversation import detail_text, evidence_text
from tui.plots import by_unit
from tui.screens.opened import Opened
from tui.text import clean, one_line
from tui.widgets.curves import CurveView
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from datetime import tzinfo

    from textual.app import ComposeResult

    from agents.contract import Answer
    from plant.facts import Evidence, Table

MOST_ROWS: Final = 500
"""Rows that are shown; an export has all."""

_PLOTTED: Final = {EvidenceKind.READINGS, EvidenceKind.BACKTEST, EvidenceKind.DETECTION}
_WORDS: Final = {
    EvidenceKind.MANUAL: "quoted from the manual, word for word",
    EvidenceKind.QUERY: "the query that was run, and its rows",
    EvidenceKind.BACKTEST: "forecasts of the past beside what came",
    EvidenceKind.READINGS: "readings of the store",
    EvidenceKind.DETECTION: "what the detectors saw",
    EvidenceKind.EPISODES: "alerts of the store",
    EvidenceKind.REGISTRY: "the sensor registry",
    EvidenceKind.HELP: "millhand itself",
}


class EvidenceScreen(Opened):
    """One evidence of an answer; the arrows go to its neighbours.

    Args:
        answer: The answer, with at least one evidence.
        number: Which one, from 1.
        zone: The plant's time zone.
    """

    BINDINGS: ClassVar = bindings(Scope.EVIDENCE)

    class Judged(Message):
        """A person says what an answer from the manuals was."""

        def __init__(self, number: int, verdict: Verdict) -> None:
            super().__init__()
            self.number = number
            self.verdict = verdict

    def __init__(self, answer: Answer, number: int, zone: tzinfo) -> None:
        super().__init__()
        self._answer = answer
        self._at = number - 1
        self._zone = zone

    @property
    def evidence(self) -> Evidence:
        """The evidence that is shown."""
        return self._answer.evidence[self._at]

    def compose(self) -> ComposeResult:
        """Lays out the evidence that is shown."""
        evidence = self.evidence
        with VerticalScroll(classes="page"):
            yield DataText(self._heading(), classes="heading")
            if evidence.text:
                yield DataText(clean(evidence.text), classes="quote")
            if evidence.detail:
                yield DataText(detail_text(evidence.detail), classes="detail")
            if evidence.table is not None and evidence.table.columns:
                yield RowTable(evidence.table)
            if evidence.kind in _PLOTTED:
                for curves in by_unit(self._answer.series):
                    yield CurveView(curves, self._zone)

    async def action_next(self) -> None:
        """Shows the next one, after the last the first."""
        await self._go(1)

    async def action_previous(self) -> None:
        """Shows the one before, before the first the last."""
        await self._go(-1)

    def action_judge(self, said: str) -> None:
        """Says what the answer was that this was quoted for; only answers from the manuals are kept for that."""
        number = self.evidence.detail.get(ANSWER)
        if number is None:
            self.notify("Only an answer from the manuals can be said to be right or wrong.", markup=False)
        else:
            self.post_message(self.Judged(number, Verdict(said)))

    def action_copy(self) -> None:
        """Copies the evidence as text."""
        self.app.copy_text(f"{one_line(self.evidence.title)}\n\n{evidence_text(self.evidence)}")  # type: ignore[attr-defined]  # ours, see tui/app.py

    async def _go(self, step: int) -> None:
        self._at = (self._at + step) % len(self._answer.evidence)
        await self.recompose()
        self.query_one(".page").focus()

    def _heading(self) -> Content:
        count = len(self._answer.evidence)
        judge = "  1 right  3 wrong" if ANSWER in self.evidence.detail else ""
        where = f"[{self._at + 1}] of {count}" + ("  ← → go on" if count > 1 else "")
        return Content.assemble(
            (one_line(self.evidence.title), "bold $accent"),
            f"\n{_WORDS[self.evidence.kind]}",
            (f"\n{where}{judge}  c copies  Esc closes", "dim"),
        )


class RowTable(DataTable[Text]):
    """The rows of an evidence; cells are data, never markup."""

    def __init__(self, table: Table) -> None:
        super().__init__(zebra_stripes=True, cursor_type="row")
        self._table = table

    def on_mount(self) -> None:
        """Fills it."""
        self.add_columns(*(Text(one_line(column)) for column in self._table.columns))
        rows = self._table.rows[:MOST_ROWS]
        self.add_rows([Text("" if cell is None else one_line(str(cell))) for cell in row] for row in rows)
        left = len(self._table.rows) - len(rows)
        if left or self._table.truncated:
            self.border_subtitle = f"{left} more rows" if left else "more rows were left out"
