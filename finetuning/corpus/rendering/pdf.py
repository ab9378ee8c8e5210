"""A manual as a PDF: one or two columns, ruled tables or none, running titles, roman pages in front."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors  # type: ignore[import-untyped]  # reportlab has no types
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    BaseDocTemplate,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import (
    Table as Grid,
)
from reportlab.platypus.tableofcontents import TableOfContents  # type: ignore[import-untyped]

from finetuning.corpus.blocks import Heading, NewPage, Notice, Steps, Table, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.corpus.blocks import Block, Layout, Manual

_MARGIN: Final = 20 * mm
_GUTTER: Final = 8 * mm
_FRONT: Final = 2  # cover and contents
_ROMAN: Final = ("i", "ii")
_RULED: Final = [
    ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]
_BARE: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
]
_PADDING: Final = 13.0  # points: reportlab's own, left and right of a cell, and a hair
_BOX: Final = [("BOX", (0, 0), (-1, -1), 1.0, colors.black), ("BACKGROUND", (0, 0), (-1, -1), colors.whitesmoke)]
_CONTENTS: Final = {"en": "Contents", "fr": "Sommaire"}


def to_pdf(manual: Manual) -> bytes:
    """Returns a manual's file."""
    written = io.BytesIO()
    document = _Document(written, manual)
    document.multiBuild([*document.front(), *document.story()])
    return written.getvalue()


class _Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Pages in the manual's layout, with labels and an outline."""

    def __init__(self, file: io.BytesIO, manual: Manual) -> None:
        super().__init__(
            file, pagesize=A4, title=manual.title, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=26 * mm,
            bottomMargin=23 * mm, invariant=1,
        )  # fmt: skip
        self._manual = manual
        self._layout = manual.layout
        self._styles = _styles(manual.layout)
        self._keys = 0
        space = (self.width - _GUTTER * (manual.layout.columns - 1)) / manual.layout.columns
        self._space = space
        lefts = [self.leftMargin + number * (space + _GUTTER) for number in range(manual.layout.columns)]
        frames = [Frame(left, self.bottomMargin, space, self.height, 0, 0, 0, 0) for left in lefts]
        whole = Frame(self.leftMargin, self.bottomMargin, self.width, self.height, 0, 0, 0, 0)
        text = PageTemplate(id="text", frames=frames, onPage=self._decorate)
        front = PageTemplate(id="front", frames=[whole], onPage=self._number)
        self.addPageTemplates([front, text] if manual.layout.front else [text])

    def beforeDocument(self) -> None:  # noqa: N802 (reportlab's name)
        """Declares the labels that are printed in the footers."""
        if self._layout.front:
            self.canv.addPageLabel(0, style="ROMAN_LOWER", start=1)
            self.canv.addPageLabel(_FRONT, style="ARABIC", start=1)

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 (reportlab's name)
        """Notes a heading for contents and outline."""
        name = getattr(getattr(flowable, "style", None), "name", "")
        if name not in {"1", "2"}:
            return
        text, level = flowable.getPlainText(), int(name) - 1
        self._keys += 1
        key = f"heading-{level}-{text}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level)
        self.notify("TOCEntry", (level, escape(text), self.page))

    def front(self) -> list[Any]:
        """Cover and contents, or the title alone."""
        title = Paragraph(escape(self._manual.title), self._styles["title"])
        edition = Paragraph(escape(self._manual.edition), self._styles["body"])
        if not self._layout.front:
            return [title, edition]
        contents = TableOfContents(dotsMinLevel=0, formatter=self._label)
        contents.levelStyles = [ParagraphStyle(f"contents {level}", self._styles["body"]) for level in (1, 2)]
        heading = Paragraph(_CONTENTS[self._manual.language], self._styles["title"])
        return [
            Spacer(1, 60 * mm),
            title,
            edition,
            PageBreak(),
            heading,
            contents,
            NextPageTemplate("text"),
            PageBreak(),
        ]

    def story(self) -> list[Any]:
        """What stands on the pages; a heading stays with what it is the heading of."""
        return [flowable for block in self._manual.blocks for flowable in self._block(block)]

    def _label(self, page: int) -> str:
        front = _FRONT if self._layout.front else 0
        return _ROMAN[page - 1] if page <= front else str(page - front)

    def _number(self, canvas: Any, document: Any) -> None:
        canvas.setFont(self._styles["body"].fontName, 8.5)
        canvas.drawCentredString(A4[0] / 2, 13 * mm, self._label(document.page))

    def _decorate(self, canvas: Any, document: Any) -> None:
        self._number(canvas, document)
        if self._layout.running:
            canvas.drawString(_MARGIN, A4[1] - 15 * mm, self._manual.title)
            canvas.drawRightString(A4[0] - _MARGIN, 13 * mm, self._manual.edition)

    def _block(self, block: Block) -> Sequence[Any]:
        match block:
            case Heading(level, text):
                return [Paragraph(escape(text), self._styles[str(level)])]
            case Text(text):
                return [Paragraph(escape(text), self._styles["body"])]
            case Steps(items, numbered):
                marks = [f"{number}." if numbered else "\u2022" for number in range(1, len(items) + 1)]
                style = self._styles["step"]
                steps = [Paragraph(escape(item), style, mark) for mark, item in zip(marks, items, strict=True)]
                return [*steps, Spacer(1, 8)]
            case Notice(word, text):
                cell = Paragraph(f"<b>{escape(word)}</b> {escape(text)}", self._styles["body"])
                return [KeepTogether(Grid([[cell]], [self._space], style=_BOX, spaceBefore=3, spaceAfter=8))]
            case Table():
                return self._table(block)
            case NewPage():
                return [PageBreak()]

    def _table(self, table: Table) -> Sequence[Any]:
        short = len(table.rows[0]) == 2 and all(len(row[1]) < 30 for row in table.rows)
        lines = [table.header, *table.rows] if table.header else list(table.rows)
        head = 1 if table.header else 0
        widths, scale = _widths(lines, self._space, self._styles["head"])
        styles = [_scaled(self._styles["head" if number < head else "cell"], scale) for number in range(len(lines))]
        cells = [[Paragraph(escape(cell), style) for cell in line] for line, style in zip(lines, styles, strict=True)]
        style = _RULED if self._layout.ruled or not short else _BARE
        grid = Grid(cells, widths, repeatRows=head, style=style, hAlign="LEFT", spaceAfter=9)
        caption = [Paragraph(escape(table.caption), self._styles["caption"])] if table.caption else []
        return [*caption, grid]


def _widths(lines: Sequence[Sequence[str]], space: float, style: ParagraphStyle) -> tuple[list[float], float]:
    """Returns the widths of the columns, and how small the type has to be for the longest words to fit in them."""
    columns = list(zip(*lines, strict=True))
    longest = [
        max(stringWidth(word, style.fontName, style.fontSize) for cell in column for word in (cell.split() or [""]))
        for column in columns
    ]
    scale = min(1.0, (space - _PADDING * len(columns)) / sum(longest))
    words = [width * scale + _PADDING for width in longest]
    lengths = [min(max(map(len, column)), 60) for column in columns]
    free = max(space - sum(words), 0)
    return [word + free * length / sum(lengths) for word, length in zip(words, lengths, strict=True)], scale


def _scaled(style: ParagraphStyle, scale: float) -> ParagraphStyle:
    size = {"fontSize": style.fontSize * scale, "leading": style.leading * scale}
    return ParagraphStyle(style.name, style, **size) if scale < 1 else style


def _styles(layout: Layout) -> dict[str, ParagraphStyle]:
    """Returns the styles by name; headings of level 1 and 2 are named by it."""
    plain, bold = ("Times-Roman", "Times-Bold") if layout.serif else ("Helvetica", "Helvetica-Bold")
    size = 9.0 if layout.columns > 1 else 10.0
    body = ParagraphStyle("body", fontName=plain, fontSize=size, leading=size * 1.32, spaceAfter=7)
    made = {"body": body}
    for name, larger in (("title", 12.0), ("1", 6.0), ("2", 2.5), ("3", 1.2)):
        made[name] = ParagraphStyle(
            name, body, fontName=bold, fontSize=size + larger, leading=(size + larger) * 1.25, spaceBefore=8,
            spaceAfter=5, keepWithNext=1,
        )  # fmt: skip
    made["step"] = ParagraphStyle("step", body, leftIndent=16, spaceAfter=2.5)
    made["caption"] = ParagraphStyle("caption", body, spaceBefore=4, spaceAfter=4, keepWithNext=1)
    made["cell"] = ParagraphStyle("cell", body, fontSize=size - 1, leading=(size - 1) * 1.25, spaceAfter=0)
    made["head"] = ParagraphStyle("head", made["cell"], fontName=bold)
    return made
