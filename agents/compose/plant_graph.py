"""Sentences about the plant graph: `tools/graph/answer.py` names their facts, `docs/json.md` the keys of their data.

What was asked is said back as the tool has it from the query that ran, so that a person sees what was understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.compose.speech import Speech, marks
from tools.graph.parser.form import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.facts import Scalar, Table, ToolResult

MAX_ROWS = 12
"""Rows that are said; the rest stands in the evidence."""

_MAX_WIDE_ROWS = 6

_FIGURES = frozenset({Kind.COUNT, Kind.SUM, Kind.MEAN, Kind.LEAST, Kind.MOST})
_BY_MODEL = (
    "The language model wrote this query: open the evidence and check that it asks what you mean.",
    "Le modèle de langue a écrit cette requête : ouvrez la source et vérifiez qu'elle pose bien votre question.",
)


def graph(result: ToolResult, speech: Speech) -> list[str]:
    """Returns what was taken for what, one sentence with the answer, and what there is to know about it."""
    data = result.data
    said = [_taken(one, speech) for one in data.get("spelled") or ()]
    mark = marks([result.first("rows.count")])
    said.append(_answer(result, speech) + mark)
    if data.get("missing"):
        said.append(_missing(data, speech) + mark)
    if data.get("truncated"):
        said.append(speech.pick("There are more rows than were read.", "Il y a plus de lignes que celles lues."))
    if data.get("how") == "model":
        said.append(speech.pick(*_BY_MODEL))
    return said


def _answer(result: ToolResult, speech: Speech) -> str:
    meanings = result.data.get("meaning") or {}
    meaning = str(meanings.get(speech.language) or meanings.get("en") or "")
    said = f"{_capital(meaning)}{speech.pick(':', ' :')}"
    table = next((one.table for one in result.evidence if one.table is not None), None)
    if table is None or not table.rows:
        return f"{said} {speech.pick('none in the plant graph', 'aucun dans le graphe')}."
    if result.data.get("kind") == Kind.EXISTS:
        asked = speech.pick("What was asked:", "Ce qui a été demandé :")
        return f"{_capital(speech.plain(table.rows[0][0]))}. {asked} {meaning}."
    if result.data.get("path"):
        return f"{said} {_path(result.data['path'])}."
    return f"{said} {_listed(table, speech, figures=result.data.get('kind') in _FIGURES)}."


def _listed(table: Table, speech: Speech, *, figures: bool) -> str:
    wide = len(table.columns) > 1 and len(table.rows) <= _MAX_WIDE_ROWS
    rows = [_row(row, speech, wide=wide, figures=figures) for row in table.rows]
    text = ("; " if wide else ", ").join(rows[:MAX_ROWS])
    if len(rows) > MAX_ROWS:
        more = speech.pick("; all {} rows are in the evidence", " ; les {} lignes sont dans la source")
        text += more.format(len(rows))
    return text


def _row(row: Sequence[Scalar], speech: Speech, *, wide: bool, figures: bool) -> str:
    """Returns a row as its first value; in brackets the others where there are few rows, of groups their figure."""
    values = list(dict.fromkeys(text for text in (_plain(cell, speech) for cell in row) if text))
    others = values[1:] if wide else values[1:][-1:] if figures else []
    return f"{values[0]} ({', '.join(others)})" if values and others else "".join(values[:1]) or "-"


def _plain(value: Scalar, speech: Speech) -> str:
    """Returns a value of a row; of a mean, two digits after the point."""
    if isinstance(value, float) and not value.is_integer():
        return speech.number(value, 2)
    return speech.plain(value)


def _path(steps: list[Any]) -> str:
    """Returns `P-101 -FEEDS- E-101`: ids with the types of the relationships between them."""
    return " ".join(str(step) if at % 2 == 0 else f"-{step}-" for at, step in enumerate(steps))


def _taken(spelled: dict[str, str], speech: Speech) -> str:
    text = speech.pick('"{}" was taken for {}.', "« {} » a été compris comme {}.")
    return text.format(spelled["asked"], spelled["taken"])


def _missing(data: dict[str, Any], speech: Speech) -> str:
    """Says which value of the question no node has, and which it may be."""
    missing, choices = data["missing"], data["choices"]
    text = speech.pick("Nothing has the {} {}", "Rien n'a {1} pour {0}").format(missing["property"], missing["value"])
    if choices:
        text += speech.pick("; there is {}", " ; il y a {}").format(
            speech.listed(choices, last=speech.pick("or", "ou"))
        )
    return f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
