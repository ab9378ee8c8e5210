r"""Makes the demo plant's manual, `cw100/CW-100-manual.pdf`, from the text beside it.

    python -m ingestion.simulator.manual OUT.pdf

The text is `cw100/manual.md`, in a small language:

| line | what it becomes |
|---|---|
| `# 1 Title`, `## 1.1 Title` | a heading, in the contents and the outline |
| `!! WARNING: ...`, `!! CAUTION: ...` | a box |
| `1. ...`, `- ...` | a step, a point of a list |
| `Table 4-1: Caption {50 50}` | a caption; the numbers are the widths of the columns of the table below, in percent |
| `\| a \| b \|` | a row of a table; the first is its head |
| `@instruments`, `@faults`, `@parts` | a table from the registry, `faults.csv` or the plant graph |

Anything else is a paragraph. The same text gives the same bytes: no dates, no random names, nothing
compressed. reportlab is a dependency of development only; what is shipped is the PDF.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors  # type: ignore[import-untyped]  # reportlab has no types
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    BaseDocTemplate,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents  # type: ignore[import-untyped]

from ingestion.simulator.registry import PLANT_DIR, load_registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plant.registry import Limits

TITLE: Final = "CW-100 operation and maintenance manual"
EDITION: Final = "Edition 2.1"

_FRONT_PAGES: Final = 2  # cover and contents carry i and ii, the text begins with 1
_ROMAN: Final = ("i", "ii")
_MARGIN: Final = 22 * mm
_WIDTH: Final = A4[0] - 2 * _MARGIN
_WHOLE_ROWS: Final = 16  # a table of more rows may begin on one page and go on on the next
_STEP: Final = re.compile(r"(\d+\.|-) (.+)")
_CAPTION: Final = re.compile(r"(Table .+?) \{([\d ]+)\}")

_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=13.5, spaceAfter=7)
_STYLES: Final = {
    "body": _BODY,
    "#": ParagraphStyle("#", _BODY, fontName="Helvetica-Bold", fontSize=17, leading=21, spaceAfter=10),
    "##": ParagraphStyle(
        "##", _BODY, fontName="Helvetica-Bold", fontSize=12.5, leading=16, spaceBefore=9, spaceAfter=5, keepWithNext=1
    ),
    "step": ParagraphStyle("step", _BODY, leftIndent=16, spaceAfter=2.5),
    "caption": ParagraphStyle(
        "caption", _BODY, fontName="Helvetica-Oblique", spaceBefore=6, spaceAfter=4, keepWithNext=1
    ),
    "caption of a long table": ParagraphStyle(
        "caption of a long table", _BODY, fontName="Helvetica-Oblique", spaceBefore=6, spaceAfter=4
    ),
    "cell": ParagraphStyle("cell", _BODY, fontSize=9, leading=11.5, spaceAfter=0),
    "head": ParagraphStyle("head", _BODY, fontName="Helvetica-Bold", fontSize=9, leading=11.5, spaceAfter=0),
    "title": ParagraphStyle("title", _BODY, fontName="Helvetica-Bold", fontSize=30, leading=38, spaceAfter=16),
    "subtitle": ParagraphStyle("subtitle", _BODY, fontSize=15, leading=21, spaceAfter=8),
}
_GRID: Final = [
    ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]
_PADDINGS: Final = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
_BOX: Final = [("BOX", (0, 0), (-1, -1), 1.2, colors.black), ("BACKGROUND", (0, 0), (-1, -1), colors.whitesmoke)]


def write_manual(path: Path) -> None:
    """Writes the manual as a PDF. Raises `OSError` if the file cannot be written."""
    text = (PLANT_DIR / "manual.md").read_text(encoding="utf-8")
    document = _Document(
        str(path),
        pagesize=A4,
        title=TITLE,
        author="CW-100 engineering",
        subject=EDITION,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=27 * mm,
        bottomMargin=24 * mm,
        pageCompression=0,
        invariant=1,
    )
    document.multiBuild([*_front(), *_story(text)])


class _Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Pages with header, footer, printed labels and an outline."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(path, **options)
        frame = Frame(self.leftMargin, self.bottomMargin, self.width, self.height, 0, 0, 0, 0, id="text")
        self.addPageTemplates([
            PageTemplate(id="cover", frames=[frame], onPage=_cover_page),
            PageTemplate(id="text", frames=[frame], onPage=_text_page),
        ])  # fmt: skip

    def beforeDocument(self) -> None:  # noqa: N802 (reportlab's name)
        """Declares the labels that are printed in the footers."""
        self.canv.addPageLabel(0, style="ROMAN_LOWER", start=1)
        self.canv.addPageLabel(_FRONT_PAGES, style="ARABIC", start=1)

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 (reportlab's name)
        """Notes a heading for contents and outline."""
        style = getattr(getattr(flowable, "style", None), "name", "")
        if style not in {"#", "##"}:
            return
        text = flowable.getPlainText()
        level, key = len(style) - 1, f"section-{text.split()[0]}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level, closed=level > 0)
        self.notify("TOCEntry", (level, escape(text), self.page, key))


def page_label(page: int) -> str:
    """Returns what is printed on a page, counted from 1."""
    return _ROMAN[page - 1] if page <= _FRONT_PAGES else str(page - _FRONT_PAGES)


def _cover_page(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8.5)
    canvas.drawCentredString(A4[0] / 2, 14 * mm, page_label(document.page))


def _text_page(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8.5)
    canvas.drawString(_MARGIN, A4[1] - 16 * mm, TITLE)
    canvas.drawRightString(A4[0] - _MARGIN, A4[1] - 16 * mm, EDITION)
    canvas.setLineWidth(0.4)
    canvas.line(_MARGIN, A4[1] - 18 * mm, A4[0] - _MARGIN, A4[1] - 18 * mm)
    _cover_page(canvas, document)


def _front() -> list[Any]:
    """The cover and the contents."""
    contents = TableOfContents(dotsMinLevel=0, formatter=page_label)
    contents.tableStyle = TableStyle([(side, (0, 0), (-1, -1), 0) for side in _PADDINGS])
    contents.levelStyles = [
        ParagraphStyle("contents", _BODY, fontName="Helvetica-Bold", spaceBefore=5, spaceAfter=0, leading=13),
        ParagraphStyle("contents 2", _BODY, fontSize=9, leftIndent=14, spaceAfter=0, leading=12),
    ]
    heading = ParagraphStyle("contents title", _STYLES["#"])
    return [
        Spacer(1, 70 * mm),
        Paragraph("Chilled-water loop CW-100", _STYLES["title"]),
        Paragraph("Operation and maintenance manual", _STYLES["subtitle"]),
        Paragraph(EDITION, _STYLES["subtitle"]),
        Spacer(1, 40 * mm),
        Paragraph("Pumps P-101, P-102, P-103. Exchanger E-101. Compressor C-101. Expansion tank T-101.", _BODY),
        Paragraph("Read chapter 3, Safety, before you work on the loop.", _BODY),
        NextPageTemplate("text"),
        PageBreak(),
        Paragraph("Contents", heading),
        contents,
    ]


def _story(text: str) -> Iterator[Any]:
    """Yields what stands on the pages, block by block; blocks are parted by blank lines."""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        first = lines[0]
        if first.startswith("#"):
            yield from _heading(first)
        elif first.startswith("!! "):
            yield KeepTogether(_box(" ".join(lines)[3:]))
        elif first.startswith("@"):
            yield from _GENERATED[first[1:]]()
        elif caption := _CAPTION.fullmatch(first):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
            yield from _table(caption[1], [int(width) for width in caption[2].split()], rows)
        elif _STEP.match(first):
            yield from _steps(lines)
        else:
            yield Paragraph(escape(" ".join(lines)), _BODY)


def _heading(line: str) -> Iterator[Any]:
    marks, _, title = line.partition(" ")
    if marks == "#":
        yield PageBreak()
    yield Paragraph(escape(title), _STYLES[marks])


def _steps(lines: Sequence[str]) -> Iterator[Any]:
    for line in lines:
        match = _STEP.match(line)
        assert match is not None, line
        yield Paragraph(escape(match[2]), _STYLES["step"], bulletText=match[1])
    yield Spacer(1, 5)


def _box(text: str) -> list[Any]:
    word, _, rest = text.partition(":")
    cell = Paragraph(f"<b>{word}:</b>{escape(rest)}", _BODY)
    return [Table([[cell]], colWidths=[_WIDTH], style=_BOX, spaceBefore=2, spaceAfter=8)]


def _table(caption: str, widths: Sequence[int], rows: Sequence[Sequence[str]]) -> list[Any]:
    head, *body = rows
    cells = [
        [Paragraph(escape(cell), _STYLES["head"]) for cell in head],
        *([Paragraph(escape(cell), _STYLES["cell"]) for cell in row] for row in body),
    ]
    columns = [_WIDTH * width / sum(widths) for width in widths]
    table = Table(cells, colWidths=columns, repeatRows=1, style=_GRID, hAlign="LEFT", spaceAfter=9)
    style = _STYLES["caption" if len(rows) <= _WHOLE_ROWS else "caption of a long table"]
    return [Paragraph(escape(caption), style), table]


def _instruments() -> list[Any]:
    rows = [["Tag", "Measures", "Unit", "Range", "Limits"]]
    for sensor in load_registry():
        span = f"{sensor.range_low:g} to {sensor.range_high:g}"
        rows.append([sensor.tag, sensor.description, sensor.unit, span, _limits(sensor.limits)])
    return _table("Table 4-6: Instruments and alarm limits", (19, 33, 9, 14, 25), rows)


def _limits(limits: Limits) -> str:
    named = (("LL", limits.low_low), ("L", limits.low), ("H", limits.high), ("HH", limits.high_high))
    parts = [f"{name} {value:g}" for name, value in named if value is not None]
    if limits.setpoint is not None and limits.tolerance is not None:
        parts.append(f"band {limits.setpoint - limits.tolerance:g} to {limits.setpoint + limits.tolerance:g}")
    return ", ".join(parts) or "none"


def _faults() -> list[Any]:
    names = {row["code"]: row["name"] for row in _rows("graph/failure_modes.csv")}
    rows = [[row["code"], _sentence(names[row["code"]]), row["cause"], row["remedy"]] for row in _rows("faults.csv")]
    return _table("Table 8-1: Fault codes", (8, 22, 35, 35), [["Code", "Meaning", "Cause", "Remedy"], *rows])


def _parts() -> list[Any]:
    where: dict[str, list[str]] = {}
    for row in _rows("graph/has_part.csv"):
        where.setdefault(row["part"], []).append(row["asset"])
    rows = [[row["number"], _sentence(row["name"]), ", ".join(where[row["id"]])] for row in _rows("graph/parts.csv")]
    return _table("Table 9-1: Spare parts", (24, 42, 34), [["Number", "Part", "Fits"], *rows])


_GENERATED: Final = {"instruments": _instruments, "faults": _faults, "parts": _parts}


def _rows(name: str) -> list[dict[str, str]]:
    with (PLANT_DIR / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


if __name__ == "__main__":
    write_manual(Path(sys.argv[1]))
