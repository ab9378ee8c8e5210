"""A manual as an HTML page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from finetuning.corpus.blocks import Heading, NewPage, Notice, Steps, Table, Text

if TYPE_CHECKING:
    from finetuning.corpus.blocks import Block, Manual


def to_html(manual: Manual) -> str:
    """Returns a manual as a page of its own."""
    body = "\n".join(map(_block, manual.blocks))
    title = escape(manual.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{manual.language}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n<h1>{title}</h1>\n<p>{escape(manual.edition)}</p>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level + 1}>{escape(text)}</h{level + 1}>"
        case Text(text):
            return f"<p>{escape(text)}</p>"
        case Steps(items, numbered):
            kind = "ol" if numbered else "ul"
            return f"<{kind}>{''.join(f'<li>{escape(item)}</li>' for item in items)}</{kind}>"
        case Notice(word, text):
            return f'<div class="notice"><p><strong>{escape(word)}</strong> {escape(text)}</p></div>'
        case Table():
            return _table(block)
        case NewPage():
            return '<hr class="page">'


def _table(table: Table) -> str:
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    head = f"<thead>{_row(table.header, 'th')}</thead>" if table.header else ""
    rows = "".join(_row(row, "td") for row in table.rows)
    return f"<table>{caption}{head}<tbody>{rows}</tbody></table>"


def _row(cells: tuple[str, ...], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"
