"""A list whose rows are changed in place: the marked row and the scroll position stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from collections.abc import Iterable


class Row(NamedTuple):
    """A row: an id that no other row of the list has, and what it shows."""

    id: str
    content: Content


class Rows(OptionList):
    """Rows of content; never markup.

    Args:
        id: The widget's id.
        empty: What is shown where there are no rows.
    """

    def __init__(self, *, id: str, empty: str) -> None:  # noqa: A002 (the name is Textual's)
        super().__init__(id=id, markup=False, compact=True)
        self.empty = empty
        self._shown: dict[str, Content] = {}

    @property
    def room(self) -> int:
        """How many cells a row's line may have."""
        return max(self.scrollable_content_region.width, 20)

    @property
    def marked_id(self) -> str:
        """The id of the marked row; empty when there is none."""
        return (self.highlighted_option.id or "") if self.highlighted_option else ""

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Shows rows: changes those that differ where the ids are the same, else builds the list anew."""
        wanted = {row.id: row.content for row in rows}
        if wanted and list(wanted) == list(self._shown):
            for row_id, content in wanted.items():
                if content != self._shown[row_id]:
                    self.replace_option_prompt(row_id, content)
        else:
            self._rebuild(wanted)
        self._shown = wanted

    def _rebuild(self, wanted: dict[str, Content]) -> None:
        marked, top = self.marked_id, self.scroll_offset.y
        empty = Option(Content.styled(self.empty, "dim"), disabled=True)
        self.set_options([Option(content, id=row_id) for row_id, content in wanted.items()] or [empty])
        if marked in wanted:
            self.highlighted = self.get_option_index(marked)
        elif wanted and self.has_focus:
            self.highlighted = 0
        self.scroll_to(y=top, animate=False)
