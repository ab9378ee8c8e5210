"""Sentences about the plant graph: `tools/graph/answer.py` names their facts, `docs/json.md` the keys of their data.

What was asked is said back as the tool has it from the query that ran, so that a person sees what was understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.compose.speech import Speech, marks

if TYPE_CHECKING:
    from plant.facts import Scalar, Table, ToolResult

MAX_ROWS = 12
"""Rows that are said; the rest stands in the evidence."""

_MAX_WIDE_ROWS = 6

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
    table = next((one.table for one in result.evidence if one.table is not None), None)
    if table is None or not table.rows:
        none = speech.pick("There is no {}: no row in the plant graph.", "Aucun résultat dans le graphe pour : {}.")
        return none.format(meaning)
    colon = speech.pick(":", " :")
    if result.data.get("path"):
        return f"{_capital(meaning)}{colon} {_path(result.data['path'])}."
    return f"{_capital(meaning)}{colon} {_listed(table, speech)}."


def _listed(table: Table, speech: Speech) -> str:
    rows = _rows(table, speech)
    text = ("; " if _wide(table) else ", ").join(rows[:MAX_ROWS])
    if len(rows) > MAX_ROWS:
        more = speech.pick("; all {} rows are in the evidence", " ; les {} lignes sont dans la source")
        text += more.format(len(rows))
    return text


def _wide(table: Table) -> bool:
    return len(table.columns) > 1 and len(table.rows) <= _MAX_WIDE_ROWS


def _rows(table: Table, speech: Speech) -> list[str]:
    """Returns each row as its first value, the others in brackets where there are few rows."""
    said = []
    for row in table.rows:
        values = list(dict.fromkeys(text for text in (_plain(cell, speech) for cell in row) if text))
        more = f" ({', '.join(values[1:])})" if _wide(table) and len(values) > 1 else ""
        said.append(f"{values[0]}{more}" if values else "-")
    return said


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
