"""Reads HTML: what a person would see of it. Scripts, styles, comments and hidden text are dropped, nothing fetched."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingestion.manuals.contract import WARNING, Heading, Manual, Prose
from ingestion.manuals.layout import kind_of, table_of, tidy
from ingestion.manuals.readers.plain import head_of, text_of
from ingestion.manuals.sections import paged, titled
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bs4 import BeautifulSoup, Tag

    from ingestion.manuals.contract import Block, Table, Watch

_LOOKS = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|meta)\b", re.IGNORECASE | re.DOTALL
)
_SCRIPTS: Final = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "head")
_FURNITURE: Final = ("nav", "header", "footer", "form", "button", "select")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.IGNORECASE)
_PARTS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_WARNS = re.compile(r"\b(?:warning|caution|danger|avertissement|attention)\b", re.IGNORECASE)
_DEEPEST = 400  # elements in one another: a page that a person wrote has some twenty
_MAX_SPAN = 50  # columns or rows that one cell may span


class HtmlReader:
    """Reads HTML; see `ingestion.manuals.contract.Reader`."""

    name = "HTML"
    endings = (".html", ".htm", ".xhtml")

    def holds(self, path: Path) -> bool:
        """Says whether a file begins as a page of HTML."""
        head = head_of(path)
        return head is not None and (looks_like_html(head) or bool(re.match(r"\s*<(?:h\d|p|div|table|title)\b", head)))

    def read(self, path: Path, watch: Watch) -> Manual:  # noqa: ARG002 (a text is read at once)
        """Reads a page of HTML. Raises `BadInput` if it is too large, too deep, or shows no text."""
        text, notes = text_of(path)
        soup = _parsed(text)
        if any(_depth(tag) > _DEEPEST for tag in soup.find_all(True)[::_DEEPEST]):
            raise BadInput(f"{path} nests more than {_DEEPEST} elements in one another.", hint="Save it again as text.")
        named = tidy(soup.title.get_text()) if soup.title else ""
        furniture = "\n".join(tidy(tag.get_text(" ")) for tag in soup.find_all(_FURNITURE))[:2_000]
        pictures = len(soup.find_all(["img", "svg", "canvas"]))
        hidden = _drop(soup)
        blocks = list(_Shown(soup).blocks())
        if not blocks:
            raise BadInput(f"{path} shows no text.", hint="A page that scripts fill is saved as PDF from a browser.")
        title, moved = titled(blocks)
        if pictures:
            notes = (*notes, f"{pictures} pictures are not read.")
        if hidden:
            notes = (*notes, f"{hidden} hidden texts were left out.")
        return Manual(title=title or named, pages=paged(moved), labels="sections", notes=notes, furniture=furniture)


def looks_like_html(head: str) -> bool:
    """Says whether a text begins as a page of HTML."""
    return _LOOKS.match(head) is not None


def html_blocks(text: str) -> list[Block]:
    """Returns the blocks of a piece of HTML, as it stands in Markdown."""
    soup = _parsed(text)
    _drop(soup)
    return list(_Shown(soup).blocks())


def _parsed(text: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup

    return BeautifulSoup(text, "html.parser")


def _depth(tag: Tag) -> int:
    return sum(1 for _ in tag.parents)


def _drop(soup: BeautifulSoup) -> int:
    """Takes out what is not shown or is no text of the manual, and returns how many texts were hidden."""
    for tag in soup.find_all([*_SCRIPTS, *_FURNITURE]):
        if not tag.decomposed:
            tag.decompose()
    hidden = 0
    for tag in soup.find_all(_is_hidden):
        if not tag.decomposed:
            hidden += bool(tag.get_text(strip=True))
            tag.decompose()
    return hidden


def _is_hidden(tag: Tag) -> bool:
    style = tag.get("style")
    shown = not tag.has_attr("hidden") and tag.get("aria-hidden") != "true" and tag.get("type") != "hidden"
    return not shown or (isinstance(style, str) and bool(_HIDDEN.search(style)))


class _Shown:
    """Goes through what a page shows, in order, without recursion: a page may nest as deep as it likes."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self._soup = soup
        self._part: Tag | None = None
        self._text = ""

    def blocks(self) -> Iterator[Block]:
        """Yields the blocks."""
        from bs4.element import CData, NavigableString, Tag

        inside: Tag | None = None  # a table or list that is read as a whole
        for node in self._soup.descendants:
            if inside is not None and any(parent is inside for parent in node.parents):
                continue
            inside = None
            if isinstance(node, Tag) and node.name in {"table", "ul", "ol", "dl"}:
                inside = node
                yield from self._flushed()
                if block := _whole(node):
                    yield block
            elif isinstance(node, Tag) and node.name == "br":
                self._text += "\n"
            elif type(node) in {NavigableString, CData}:  # comments and declarations are kinds of it
                part = node.find_parent(list(_PARTS))
                if part is not self._part:
                    yield from self._flushed()
                    self._part = part
                self._text += str(node)
        yield from self._flushed()

    def _flushed(self) -> Iterator[Block]:
        text, part = tidy(self._text), self._part
        self._text, self._part = "", None
        if not text:
            return
        if part is not None and re.fullmatch(r"h[1-6]", part.name):
            yield Heading(text, int(part.name[1]))
        else:
            yield Prose(text, WARNING if part is not None and _warns(part) else kind_of(text))


def _warns(part: Tag) -> bool:
    """Says whether an element is marked as a warning, or stands in a box that is."""
    boxes = [part, *list(part.parents)[:2]]
    return any(_WARNS.search(" ".join(map(str, box.get_attribute_list("class")))) for box in boxes)


def _whole(tag: Tag) -> Table | Prose | None:
    """Returns the block of a table or list."""
    if tag.name == "table":
        caption = tag.find("caption")
        return table_of(_rows(tag), tidy(caption.get_text(" ")) if caption else "", headed=_is_headed(tag))
    if tag.name == "dl":
        names, values = tag.find_all("dt"), tag.find_all("dd")
        return table_of([(tidy(n.get_text(" ")), tidy(v.get_text(" "))) for n, v in zip(names, values, strict=False)])
    lines = []
    counts: dict[int, int] = {}
    for item in tag.find_all("li"):
        around = item.find_parent(["ol", "ul"]) or tag
        number = counts[id(around)] = counts.get(id(around), _start(around) - 1) + 1
        marker = f"{number}." if around.name == "ol" else "-"
        text = tidy("".join(piece for piece in item.find_all(string=True) if piece.find_parent("li") is item))
        if text:
            lines.append(f"{marker} {text}")
    return Prose("\n".join(lines), kind_of(lines[0])) if lines else None


def _is_headed(table: Tag) -> bool:
    """Says whether the first row of a table is marked as its header: in `thead`, or all of `th`."""
    first = table.find("tr")
    if first is None:
        return False
    cells = first.find_all(["td", "th"], recursive=False)
    return len(cells) > 1 and (first.find_parent("thead") is not None or all(cell.name == "th" for cell in cells))


def _start(numbered: Tag) -> int:
    """Returns the number of a list's first item."""
    text = str(numbered.get("start", ""))
    return int(text) if text.isdigit() and len(text) < 9 else 1


def _rows(table: Tag) -> list[list[str | None]]:
    """Returns the rows of a table as a grid: a cell over several rows is None below its first one."""
    grid: list[list[str | None]] = []
    covered: dict[tuple[int, int], None] = {}
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    for number, row in enumerate(rows):
        cells: list[str | None] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            while (number, len(cells)) in covered:
                cells.append(None)
            wide = _span(cell, "colspan")
            for below in range(1, _span(cell, "rowspan")):
                covered |= {(number + below, len(cells) + right): None for right in range(wide)}
            cells += [tidy(cell.get_text(" "))] + [""] * (wide - 1)
        while (number, len(cells)) in covered:
            cells.append(None)
        grid.append(cells)
    width = max(map(len, grid), default=0)
    return [cells + [""] * (width - len(cells)) for cells in grid]


def _span(cell: Tag, name: str) -> int:
    """Returns over how many columns or rows a cell goes, within reason."""
    text = str(cell.get(name, ""))
    return min(_MAX_SPAN, max(1, int(text))) if text.isdigit() and len(text) < 9 else 1
