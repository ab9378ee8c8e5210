"""Reads Markdown (CommonMark, with tables): text as it is shown, without its marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingestion.manuals.contract import WARNING, Heading, Manual, Prose
from ingestion.manuals.layout import kind_of, table_of, tidy
from ingestion.manuals.readers.plain import head_of, text_of
from ingestion.manuals.sections import paged, titled
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from markdown_it.token import Token

    from ingestion.manuals.contract import Block, Watch

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_ADMONITION = re.compile(r"\[!(WARNING|CAUTION|DANGER|IMPORTANT|NOTE|TIP)\]\s*", re.IGNORECASE)
_LINK = re.compile(r"!?\[[^\]]*\]\(\S+\)")
_MARKS = re.compile(r"^(?:#{1,6} |```|\|.*\|.*\||[-*+] |\d+\. |> )", re.MULTILINE)


class MarkdownReader:
    """Reads Markdown; see `ingestion.manuals.contract.Reader`."""

    name = "Markdown"
    endings = (".md", ".markdown")

    def holds(self, path: Path) -> bool:
        """Says whether a file is text; any text is Markdown, but a page of HTML is HTML."""
        from ingestion.manuals.readers.html import looks_like_html

        head = head_of(path)
        if head is None or looks_like_html(head):
            return False
        return path.suffix.lower() in self.endings or bool(_MARKS.search(head) or _LINK.search(head))

    def read(self, path: Path, watch: Watch) -> Manual:  # noqa: ARG002 (a text is read at once)
        """Reads a Markdown file. Raises `BadInput` if it is too large or empty."""
        text, notes = text_of(path)
        text = text.replace("\r\n", "\n")
        front = _FRONT.match(text)
        source = _Source(text[front.end() :] if front else text)
        blocks = list(source.blocks())
        if not blocks:
            raise BadInput(f"{path} is empty.")
        title, moved = titled(blocks)
        if source.pictures:
            notes = (*notes, f"{source.pictures} pictures are not read.")
        return Manual(
            title=title, pages=paged(moved), labels="sections", notes=notes, furniture=front[1] if front else ""
        )


class _Source:
    """A Markdown text as a run of tokens."""

    def __init__(self, text: str) -> None:
        from markdown_it import MarkdownIt

        self._tokens = MarkdownIt("commonmark").enable("table").parse(text)
        self.pictures = 0

    def blocks(self) -> Iterator[Block]:
        """Yields the blocks."""
        at = 0
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.type in {"bullet_list_open", "ordered_list_open", "table_open", "blockquote_open"}:
                end = self._end(at)
                yield from self._inside(token.type, self._tokens[at + 1 : end])
                at = end
            elif token.type == "inline":
                before = self._tokens[at - 1]
                text = self._text(token)
                if before.type == "heading_open" and text:
                    yield Heading(text, int(before.tag[1]))
                elif text:
                    yield Prose(text, kind_of(text))
            elif token.type in {"fence", "code_block"} and token.content.strip():
                yield Prose(token.content.strip("\n"))
            elif token.type == "html_block":
                from ingestion.manuals.readers.html import html_blocks

                yield from html_blocks(token.content)
            at += 1

    def _end(self, start: int) -> int:
        """Returns where what opens at an index closes."""
        level = self._tokens[start].level
        closing = self._tokens[start].type.replace("_open", "_close")
        return next(
            at for at in range(start, len(self._tokens))
            if self._tokens[at].type == closing and self._tokens[at].level == level
        )  # fmt: skip

    def _inside(self, kind: str, tokens: Sequence[Token]) -> Iterator[Block]:
        if kind == "table_open":
            block = table_of(self._rows(tokens), headed=any(map(str.strip, self._rows(tokens)[0])))
            if block is not None:
                yield block
        elif kind == "blockquote_open":
            text = " ".join(filter(None, (self._text(token) for token in tokens if token.type == "inline")))
            found = _ADMONITION.match(text)
            if found:
                warns = found[1].upper() in {"WARNING", "CAUTION", "DANGER"}
                text = f"{found[1].upper()}: {text[found.end() :]}"
                yield Prose(text, WARNING if warns else kind_of(text))
            elif text:
                yield Prose(text, kind_of(text))
        else:
            yield from self._list(tokens, ordered=kind == "ordered_list_open")

    def _list(self, tokens: Sequence[Token], *, ordered: bool) -> Iterator[Prose]:
        """Yields the items of a list as one text, each with its number or bullet, those of lists in it too."""
        lines: list[str] = []
        markers = [""]
        for token in tokens:
            if token.type == "list_item_open":
                markers[-1] = f"{token.info}{token.markup} " if token.info else "- "
            elif token.type.endswith("_list_open"):
                markers.append("")
            elif token.type.endswith("_list_close"):
                markers.pop()
            elif token.type == "inline" and (text := self._text(token)):
                if markers[-1] or not lines:
                    lines.append(f"{markers[-1] or ('1. ' if ordered else '- ')}{text}")
                else:
                    lines[-1] += f" {text}"
                markers[-1] = ""
        if lines:
            yield Prose("\n".join(lines), kind_of(lines[0]))

    def _rows(self, tokens: Sequence[Token]) -> list[list[str]]:
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(self._text(token))
        return rows

    def _text(self, token: Token) -> str:
        """Returns the text of a run of inline marks as it is shown."""
        parts = []
        for child in token.children or ():
            if child.type in {"text", "code_inline"}:
                parts.append(child.content)
            elif child.type in {"softbreak", "hardbreak"}:
                parts.append("\n")
            elif child.type == "image":
                self.pictures += 1
            elif child.type == "html_inline" and child.content.lower().startswith("<br"):
                parts.append("\n")
        return tidy("".join(parts))
