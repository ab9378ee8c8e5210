"""The widget for all text that is data: never markup, never an escape sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.text import clean

if TYPE_CHECKING:
    from textual.visual import VisualType


class DataText(Static):
    """Shows text as it is: `[PT-101]` and `[/temp]` stay, control characters become visible signs.

    `Content` is shown as it was built: who builds one from data cleans the data first.

    Args:
        content: A text, or content with styles.
        id: The widget's id.
        classes: The widget's CSS classes.
    """

    def __init__(
        self,
        content: VisualType = "",
        *,
        id: str | None = None,  # noqa: A002 (the name is Textual's)
        classes: str | None = None,
    ) -> None:
        super().__init__(_harmless(content), id=id, classes=classes, markup=False)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Shows another text.

        Args:
            content: A text, or content with styles.
            layout: Whether the size may change with it.
        """
        super().update(_harmless(content), layout=layout)


def _harmless(content: VisualType) -> VisualType:
    return Content(clean(content)) if isinstance(content, str) else content
