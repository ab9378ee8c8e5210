"""Sentences about the plant graph and the manuals: `tools/graph/answer.py` and `tools/manuals.py` name their facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.compose.speech import Speech, marks

if TYPE_CHECKING:
    from plant.facts import Fact, Table, ToolResult

MAX_ROWS = 12
"""Rows that are said; the rest stands in the evidence."""

_MAX_WIDE_ROWS = 6

_BY_MODEL = (
    "The language model wrote this query: open the evidence and check that it asks what you mean.",
    "Le modèle de langue a écrit cette requête : ouvrez la source et vérifiez qu'elle pose bien votre question.",
)


def graph(result: ToolResult, speech: Speech) -> list[str]:
    """Returns one sentence: what was asked, and the rows that answer it."""
    count = result.first("rows.count")
    meanings = result.data.get("meaning") or {}
    meaning = str(meanings.get(speech.language) or meanings.get("en") or "")
    number = int(str(count.value)) if count else 0
    mark = marks([count])
    if number == 0:
        none = speech.pick("There is no {}: no row in the plant graph.", "Aucun résultat dans le graphe pour : {}.")
        return [none.format(meaning) + mark]
    evidence = next((e for e in result.evidence if count and e.id == count.source), None)
    table = evidence.table if evidence else None
    rows = _rows(table, speech) if table else [speech.plain(f.value) for f in result.facts if f.name.startswith("row.")]
    shown = ("; " if _wide(table) else ", ").join(rows[:MAX_ROWS])
    text = f"{_capital(meaning)}{speech.pick(':', ' :')} {shown}"
    if len(rows) > MAX_ROWS:
        text += speech.pick("; all {} rows are in the evidence", " ; les {} lignes sont dans la source").format(number)
    said = [f"{text}.{mark}"]
    if result.data.get("truncated"):
        said.append(speech.pick("There are more rows than were read.", "Il y a plus de lignes que celles lues."))
    if result.data.get("how") == "model":
        said.append(speech.pick(*_BY_MODEL))
    return said


def _wide(table: Table | None) -> bool:
    return table is not None and len(table.columns) > 1 and len(table.rows) <= _MAX_WIDE_ROWS


def _rows(table: Table, speech: Speech) -> list[str]:
    """Returns each row as its first value, the others in brackets where there are few rows."""
    said = []
    for row in table.rows:
        values = [text for text in map(speech.plain, row) if text]
        more = f" ({', '.join(values[1:])})" if _wide(table) and len(values) > 1 else ""
        said.append(f"{values[0]}{more}" if values else "-")
    return said


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def manual(result: ToolResult, speech: Speech) -> list[str]:
    """Returns the quotes, each with its page, warnings after them; nothing is rephrased."""
    said = [_quote(result, fact) for fact in result.named("quote")]
    warnings = [speech.pick("Warning, {}", "Attention, {}").format(_quote(result, w)) for w in result.named("warning")]
    return said + warnings


def _quote(result: ToolResult, quote: Fact) -> str:
    title = next((e.title for e in result.evidence if e.id == quote.source), "")
    return f"{title}: “{' '.join(str(quote.value).split())}”{marks([quote])}"
