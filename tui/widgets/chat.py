"""The conversation on the screen: questions, answers as they come, plots, evidence, refusals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from plant.facts import RefusalCode
from tui.conversation import Conversation
from tui.plots import by_unit
from tui.text import clean, fit, one_line, plural, pretty_units
from tui.widgets.curves import CurveView
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from textual.app import ComposeResult

    from agents.contract import Answer, Estimate
    from plant.facts import Refusal, Table
    from tui.conversation import Turn

MOST_TURNS: Final = 30
"""Turns that stay mounted; the conversation keeps all."""

_MARK: Final = re.compile(r"\[(\d{1,3})\]")
_QUESTION_LINES: Final = 6
_TABLE_ROWS: Final = 12
_CELL_WIDTH: Final = 28


class Chat(VerticalScroll, can_focus=False):
    """The turns, newest last. It follows what comes until the reader scrolls up.

    A turn with a first estimate or an answer is shown from its question on where it is taller than the window: what
    it says stands first.
    """

    def __init__(self, zone: tzinfo) -> None:
        super().__init__(id="chat")
        self._zone = zone
        self._conversation = Conversation()
        self._views: list[TurnView] = []
        self._held: TurnView | None = None
        self._away = False

    def show(self, conversation: Conversation) -> None:
        """Begins with another conversation."""
        self._conversation, self._views, self._held = conversation, [], None
        self.remove_children("TurnView, #earlier")
        self.anchor()

    def begin(self, turn: Turn) -> None:
        """Shows a new question, and puts the oldest one away where there are too many."""
        self.query("#hello").remove()
        view = TurnView(turn, self._zone)
        self.mount(view)
        self._views.append(view)
        self._held = None
        while len(self._views) > MOST_TURNS:
            self._views.pop(0).remove()
        self._say_earlier()
        self.anchor()

    def show_earlier(self) -> None:
        """Brings back as many earlier turns as may be shown at once."""
        if self._put_away == 0:
            return
        turns = self._conversation.turns[max(self._put_away - MOST_TURNS, 0) : self._put_away]
        views = [TurnView(turn, self._zone) for turn in turns]
        self.mount_all(views, before=self._views[0])
        self._views[:0] = views
        self._say_earlier()

    def view(self, number: int) -> TurnView | None:
        """Returns the view of a turn, or None where it is put away."""
        return next((view for view in self._views if view.turn.number == number), None)

    def hold(self, view: TurnView) -> None:
        """Shows the newest turn from its question on while it grows, unless the reader has scrolled elsewhere."""
        if view is self._views[-1] and (not self._away or self.scroll_y >= self.max_scroll_y):
            self._held = view

    def grown(self, view: TurnView) -> None:
        """Takes note that a turn has another size."""
        if view is self._held and view.size.height > self.size.height:
            self.scroll_to(y=view.virtual_region.y, animate=False, immediate=True)
            self._held, self._away = view, False

    def anchor(self, anchor: bool = True) -> None:
        """Follows the end again."""
        self._away = False
        super().anchor(anchor)

    def release_anchor(self) -> None:
        """Takes note that the window is moved; but for `grown`, by the reader."""
        self._held, self._away = None, True
        super().release_anchor()

    @property
    def _put_away(self) -> int:
        return self._views[0].turn.number if self._views else 0

    def _say_earlier(self) -> None:
        lines = self.query("#earlier")
        if self._put_away == 0:
            lines.remove()
            return
        text = f"{plural(self._put_away, 'earlier question')} put away; F7 shows them, an export has them."
        if lines:
            lines.first(DataText).update(text)
        else:
            self.mount(DataText(text, id="earlier"), before=0)


class TurnView(Widget):
    """A question, and under it what came of it."""

    def __init__(self, turn: Turn, zone: tzinfo) -> None:
        super().__init__()
        self.turn = turn
        self._zone = zone
        self._body = DataText("", classes="body")

    def compose(self) -> ComposeResult:
        """Lays the question and the room for its answer out; all of it where the turn is done."""
        yield DataText(_question(self.turn.question), classes="question")
        yield self._body
        if self.turn.answer is not None:
            yield from self._parts(self.turn.answer)

    def on_mount(self) -> None:
        """Shows as much as there is."""
        self.refresh_text()

    def refresh_text(self, progress: str = "") -> None:
        """Shows the text so far, or the step that is being taken."""
        turn = self.turn
        if turn.failure:
            self._body.update(Content.assemble(("No answer  ", "bold"), clean(turn.failure)))
        elif turn.answer is not None and turn.answer.refusal is not None:
            self._body.update(refusal_content(turn.answer))
        elif turn.answer is not None:
            self._body.update(linked(turn.answer.answer, turn.number))
        else:
            self._body.update(pretty_units(clean(turn.text)) if turn.text else _under_way(turn.estimate, progress))
            self._show_estimate(None if turn.text else turn.estimate)
        self._body.set_class(bool(turn.failure) or bool(turn.answer and turn.answer.refusal), "refusal")

    def _show_estimate(self, estimate: Estimate | None) -> None:
        """Shows the curves and rows of a first estimate, in place of those of the one before."""
        shown = self.query(EstimateView)
        if estimate is not None or shown:
            self._hold()
        if estimate is None:
            shown.remove()
        elif shown:
            shown.first().show(estimate)
        else:
            self.mount(EstimateView(estimate, self._zone))

    def finish(self) -> None:
        """Shows the whole answer, with plots, rows and evidence, in place of a first estimate."""
        self.refresh_text()
        self._show_estimate(None)
        if self.turn.answer is not None:
            self._hold()
            self.mount_all(self._parts(self.turn.answer))

    def on_resize(self) -> None:
        """Has the chat keep the question in sight."""
        if isinstance(self.parent, Chat):
            self.parent.grown(self)

    def _hold(self) -> None:
        if isinstance(self.parent, Chat):
            self.parent.hold(self)

    def _parts(self, answer: Answer) -> list[Widget]:
        parts: list[Widget] = [CurveView(curves, self._zone) for curves in by_unit(answer.series)]
        parts += [TableView(table) for table in answer.tables if table.rows]
        if answer.evidence:
            parts.append(DataText(evidence_content(answer, self.turn.number), classes="evidence"))
        taken = f"{answer.seconds:.1f} s" + (f", with {one_line(answer.model)}" if answer.model else "")
        parts.append(DataText(taken, classes="footnote"))
        return parts


class EstimateView(Widget):
    """The curves and rows of a first estimate, shown anew as more is known."""

    def __init__(self, estimate: Estimate, zone: tzinfo) -> None:
        super().__init__()
        self._estimate = estimate
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Lays out a plot for each unit, and each table."""
        for curves in by_unit(self._estimate.series):
            yield CurveView(curves, self._zone)
        for table in self._estimate.tables:
            yield TableView(table)

    def on_mount(self) -> None:
        """Shows what came while it was laid out."""
        self.show(self._estimate)

    def show(self, estimate: Estimate) -> None:
        """Shows another estimate of the same question, at the latest once it is mounted."""
        self._estimate = estimate
        for plot, curves in zip(self.query(CurveView), by_unit(estimate.series), strict=False):
            plot.show(curves)
        for view, table in zip(self.query(TableView), estimate.tables, strict=False):
            view.show(table)


class TableView(Widget):
    """The first rows of a table."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def show(self, table: Table) -> None:
        """Shows another table."""
        self._table = table
        self.refresh(layout=True)

    def render(self) -> Content:
        """Writes the rows in as many columns as there is room for."""
        return table_content(self._table, self.size.width or self.container_size.width)


def _under_way(estimate: Estimate | None, progress: str) -> Content:
    """Says what is known so far, or else the step that is being taken."""
    if estimate is not None:
        return Content.assemble(("… ", "dim"), pretty_units(clean(estimate.text)))
    return Content.styled(f"… {clean(progress)}", "dim")


def linked(text: str, turn: int) -> Content:
    """Turns the marks `[1]` of an answer into links that open the evidence."""
    shown = pretty_units(clean(text))
    parts: list[Content] = []
    at = 0
    for mark in _MARK.finditer(shown):
        parts += [Content(shown[at : mark.start()]), _link(mark[0], turn, int(mark[1]))]
        at = mark.end()
    return Content("").join([*parts, Content(shown[at:])])


def evidence_content(answer: Answer, turn: int) -> Content:
    """Lists the evidence by number, each a link."""
    parts = [Content.styled("Evidence", "bold")]
    for number, evidence in enumerate(answer.evidence, start=1):
        parts += [Content("  "), _link(f"[{number}]", turn, number), Content(f" {one_line(evidence.title)}")]
    return Content("").join(parts)


def refusal_content(answer: Answer) -> Content:
    """Says why there is no answer and what would help; a question back where there is one."""
    refusal: Refusal | None = answer.refusal
    assert refusal is not None
    label = {RefusalCode.AMBIGUOUS: "Which one?  ", RefusalCode.CANCELLED: "Cancelled  "}.get(
        refusal.code, "No answer  "
    )
    lines = [Content.assemble((label, "bold"), pretty_units(clean(answer.clarify or refusal.text)))]
    if refusal.help:
        lines.append(Content.assemble(("What would help  ", "bold"), clean(refusal.help)))
    if refusal.choices:
        lines.append(Content.assemble(("Choices  ", "bold"), _choices(refusal.choices)))
    return Content("\n").join(lines)


def _choices(choices: Sequence[str]) -> str:
    """Lists names in a line; what takes several words has a line of its own and a number to answer with."""
    if not any(" " in choice for choice in choices):
        return ", ".join(map(one_line, choices))
    return "".join(f"\n  {number}  {one_line(choice)}" for number, choice in enumerate(choices, 1))


def table_content(table: Table, width: int) -> Content:
    """Writes the first rows of a table in as many columns as there is room for; the evidence has all."""
    rows = [[_cell(cell) for cell in row] for row in table.rows[:_TABLE_ROWS]]
    names = [pretty_units(one_line(column)) for column in table.columns]
    widths = [min(max(map(cell_len, column)), _CELL_WIDTH) for column in zip(names, *rows, strict=True)]
    room = [sum(widths[: i + 1]) + 2 * i <= width for i in range(len(widths))]
    columns = max(sum(room), 1)
    lines = [Content.styled("  ".join(map(fit, names[:columns], widths)).rstrip(), "bold")]
    lines += [Content("  ".join(map(fit, row[:columns], widths)).rstrip()) for row in rows]
    left = [plural(len(table.rows) - len(rows), "row"), plural(len(names) - columns, "column")]
    told = [text for text in left if not text.startswith("0 ")]
    if told or table.truncated:
        lines.append(Content.styled(f"{' and '.join(told) or 'more rows'} more in the evidence", "dim"))
    return Content("\n").join(lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
    return one_line(str(value))


def _link(text: str, turn: int, number: int) -> Content:
    action = Style.from_meta({"@click": f"screen.open_evidence({turn}, {number})"})
    return Content(text).stylize(action).stylize("bold underline $accent")


def _question(question: str) -> Content:
    lines = clean(question).splitlines() or [""]
    shown = [Content.assemble(("> ", "bold $accent"), (lines[0], "bold"))]
    shown += [Content.styled(f"  {line}", "bold") for line in lines[1:_QUESTION_LINES]]
    if len(lines) > _QUESTION_LINES:
        shown.append(Content.styled(f"  … {plural(len(lines) - _QUESTION_LINES, 'more line')}", "dim"))
    return Content("\n").join(shown)
