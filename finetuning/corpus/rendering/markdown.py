"""A manual as Markdown, with tables of pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finetuning.corpus.blocks import Heading, NewPage, Notice, Steps, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finetuning.corpus.blocks import Block, Manual


def to_markdown(manual: Manual) -> str:
    """Returns a manual's text, its title and edition first."""
    parts = [f"# {manual.title}", manual.edition, *(_block(block) for block in manual.blocks)]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * (level + 1)} {text}"
        case Text(text):
            return text
        case Steps(items, numbered):
            return "\n".join(f"{f'{number}.' if numbered else '-'} {item}" for number, item in enumerate(items, 1))
        case Notice(word, text):
            return f"> **{word}** {text}"
        case Table():
            return "\n".join(_table(block))
        case NewPage():
            return "---"


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"{table.caption}\n"
    header = table.header or ("",) * len(table.rows[0])
    for row in (header, ("---",) * len(header), *table.rows):
        yield f"| {' | '.join(row)} |"
