r"""A manual of the evaluation as its maker would send it: Markdown with a header becomes a PDF, DOCX, HTML or text.

    +++
    title = "VB 60 Vibratory Bowl Feeder: Operating Manual"
    document = "vb60-operating-manual.pdf"      # the ending is the format
    layout = "two columns"                      # or one column
    language = "en"
    model = "VB 60"
    +++
    # 1 About this manual
    ...
    \newpage

What stands in it is written by the renderers of `finetuning.corpus`; how it looks beyond the columns (lines of tables,
type, contents, running titles) is drawn from its title. A paragraph that begins with a word in capitals and a colon is
a box.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from finetuning.corpus.blocks import Format, Heading, Layout, Manual, NewPage, Notice, Steps, Table, Text
from finetuning.corpus.rendering import render
from finetuning.corpus.rendering.text import to_text
from plant.errors import BadInput, ServiceUnavailable
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from markdown_it.token import Token

    from finetuning.corpus.blocks import Block

_HEADER: Final = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n", re.DOTALL)
_BOX: Final = re.compile(r"([^\W\d_a-zà-ÿ]{4,}(?: [^\W\d_a-zà-ÿ]+)*\s?[:!])\s+(.+)", re.DOTALL)
_NEW_PAGE: Final = "\\newpage"
_LOWEST: Final = 3
_TEXT: Final = "txt"


class Source(msgspec.Struct, frozen=True):
    """A manual of the evaluation.

    Attributes:
        name: Name of its Markdown file, without the ending.
        document: Name of the file that its maker would send.
        manual: What stands in it.
    """

    name: str
    document: str
    manual: Manual


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    document: str
    layout: Literal["one column", "two columns"]
    language: Literal["en", "fr"]
    model: str
    edition: str = ""


def read_source(path: Path) -> Source:
    """Reads a manual of the evaluation.

    Raises:
        BadInput: If it has no header, one that is not as it should be, or names a format that there is not.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = _HEADER.match(text)
        header = msgspec.convert(tomllib.loads(found[1] if found else ""), _Header)
    except (OSError, ValueError) as error:  # TOML, UTF-8 and msgspec's own are values that do not fit
        raise BadInput(f"{path} has no header, or not as it should be: {error}.") from error
    endings = [*Format, _TEXT]
    if header.document.rpartition(".")[2] not in endings:
        raise BadInput(f"{path} is to be {header.document!r}, which ends in none of {', '.join(endings)}.")
    body = text[found.end() if found else 0 :]
    manual = Manual(
        model=header.model,
        title=header.title,
        edition=header.edition,
        language=header.language,
        layout=_layout(header),
        blocks=tuple(_Parsed(body).blocks()),
        facts=(),
        values={},
    )
    return Source(path.stem, header.document, manual)


def write_source(source: Source, folder: Path) -> Path:
    """Writes the file that the manual's maker would send, and returns its path.

    Raises:
        BadInput: If it cannot be written.
        ServiceUnavailable: For a PDF where reportlab is not installed.
    """
    ending = source.document.rpartition(".")[2]
    try:
        content = to_text(source.manual).encode() if ending == _TEXT else render(source.manual, Format(ending))
    except ServiceUnavailable as error:
        raise ServiceUnavailable(
            f"{error} The evaluation has to write {source.document}.", hint="pip install reportlab"
        ) from error
    path = folder / source.document
    write_whole(path, [content])
    return path


def _layout(header: _Header) -> Layout:
    """Returns how a manual looks: its columns as it says, the rest drawn from its title."""
    draws = hashlib.sha256(header.title.encode()).digest()
    return Layout(
        columns=2 if header.layout == "two columns" else 1,
        ruled=draws[0] % 4 > 0,
        front=draws[1] % 2 > 0,
        running=draws[2] % 4 > 0,
        serif=draws[3] % 3 == 0,
    )


class _Parsed:
    """The body of a manual, as tokens of Markdown."""

    def __init__(self, text: str) -> None:
        from markdown_it import MarkdownIt

        self._tokens = MarkdownIt("commonmark").enable("table").parse(text)

    def blocks(self) -> Iterator[Block]:
        """Yields what stands in it."""
        at = 0
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.type == "heading_open":
                yield Heading(min(int(token.tag[1]), _LOWEST), _shown(self._tokens[at + 1]))
            elif token.type == "paragraph_open":
                yield _paragraph(_shown(self._tokens[at + 1]))
            elif token.type in {"ordered_list_open", "bullet_list_open", "table_open"}:
                end = self._end(at)
                inside = self._tokens[at + 1 : end]
                yield (
                    _table(inside)
                    if token.type == "table_open"
                    else _steps(inside, numbered=token.type.startswith("ordered"))
                )
                at = end
            at += 1

    def _end(self, start: int) -> int:
        """Returns where what opens at an index closes."""
        closing, level = self._tokens[start].type.replace("_open", "_close"), self._tokens[start].level
        return next(
            at for at in range(start, len(self._tokens))
            if self._tokens[at].type == closing and self._tokens[at].level == level
        )  # fmt: skip


def _paragraph(text: str) -> Block:
    if text == _NEW_PAGE:
        return NewPage()
    box = _BOX.fullmatch(text)
    return Notice(box[1], box[2]) if box else Text(text)


def _steps(tokens: Sequence[Token], *, numbered: bool) -> Steps:
    """Returns the items of a list; what stands below an item is said with it."""
    items: list[str] = []
    for token in tokens:
        if token.type == "list_item_open" and token.level == tokens[0].level:
            items.append("")
        elif token.type == "inline":
            items[-1] = f"{items[-1]} {_shown(token)}".strip()
    return Steps(tuple(items), numbered)


def _table(tokens: Sequence[Token]) -> Table:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_shown(token))
    header, *others = rows
    return Table("", tuple(header) if any(header) else (), tuple(map(tuple, others)))


def _shown(token: Token) -> str:
    """Returns the text of a run of inline marks as it is shown, on one line."""
    parts = [
        child.content if child.type in {"text", "code_inline"} else " "
        for child in token.children or ()
        if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
    ]
    return " ".join("".join(parts).split())
