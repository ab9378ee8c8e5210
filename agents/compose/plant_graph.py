"""Sentences about the plant graph: `tools/graph/answer.py` names their facts, `docs/json.md` the keys of their data.

What was asked is said back as the tool has it from the query that ran, so that a person sees what was understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.compose.speech import Speech, marks
from tools.graph.parser.form import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plant.facts import Scalar, Table, ToolResult

MAX_ROWS = 12
"""Rows that are said; the rest stands in the evidence."""

_MAX_WIDE_ROWS = 6

_FIGURES = frozenset({Kind.COUNT, Kind.SUM, Kind.MEAN, Kind.LEAST, Kind.MOST})
_SIDES = {"feeds it": "en amont", "is fed by it": "en aval", "feeds it and is fed by it": "en amont et en aval"}
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
    shown = table.rows[:MAX_ROWS]
    rows = [_row(dict(zip(table.columns, row, strict=True)), speech, wide=wide, figures=figures) for row in shown]
    text = ("; " if wide else ", ").join(rows)
    if len(table.rows) > MAX_ROWS:
        more = speech.pick("; all {} rows are in the evidence", " ; les {} lignes sont dans la source")
        text += more.format(len(table.rows))
    return text


def _row(row: Mapping[str, Scalar], speech: Speech, *, wide: bool, figures: bool) -> str:
    """Returns a row as its first value; in brackets the others where there are few rows, else its name or figure.

    A name that has the id or the kind in it stands for them: "pump P-101".
    """
    said = {column: text for column, cell in row.items() if (text := _cell(column, cell, speech))}
    name, first = said.get("name", ""), next(iter(said), "")
    if first and first != "name" and _stands_in(said[first], name):
        said = {"name": name, **{column: text for column, text in said.items() if column != first}}
        if _stands_in(said.get("kind", ""), name):
            said.pop("kind", None)
    values = list(dict.fromkeys(said.values()))
    others = values[1:] if wide else values[1:][-1:] if figures else [name] if name not in values[:1] else []
    others = [text for text in others if text]
    return f"{values[0]} ({', '.join(others)})" if values and others else "".join(values[:1]) or "-"


def _stands_in(part: str, name: str) -> bool:
    return bool(part) and f" {part} " in f" {name} "


def _cell(column: str, value: Scalar, speech: Speech) -> str:
    """Returns a value as it is said; on which side an asset lies is a word of ours (`cookbook_safety.py`)."""
    if column == "side" and speech.language == "fr":
        return _SIDES.get(str(value), str(value))
    return _plain(value, speech)


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
