"""What `millhand graph` prints: data on stdout, talk on stderr; every value of the graph is data, never markup."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any, Final

from tui.cli.common import printable, say, talk
from tui.cli.forecast_output import room

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plant.facts import Refusal, Table, ToolResult
    from plant.graph.contract import GraphSchema
    from tools.graph.cookbook import Recipe

_GAP: Final = "  "

_HOW: Final = {
    "recipe": "a recipe answered ({recipe})",
    "parser": "the parser answered",
    "model": "a language model wrote the query: check that it asks what you mean",
    "given": "the query was given",
}


def print_answer(result: ToolResult, *, with_query: bool) -> None:
    """Prints an answer: its rows or its path to stdout; what was understood, and how it was answered, to stderr."""
    data = result.data
    for one in data["spelled"]:
        talk(f'"{one["asked"]}" was taken for {one["taken"]}.')
    talk(_sentence(data))
    if data["path"]:
        say(path_line(data["path"]))
    else:
        for table in result.tables:
            print_rows(table)
    if data["truncated"]:
        talk("There are more rows than these.")
    how = _HOW[data["how"]].format(recipe=data["recipe"])
    talk(f"{how[0].upper()}{how[1:]}{'.' if with_query else '; --query shows the Cypher.'}")
    if with_query:
        talk(data["query"])


def print_refusal(refusal: Refusal, readings: Sequence[Mapping[str, str]] = ()) -> None:
    """Says why there is no answer, and what to choose from.

    Args:
        refusal: The refusal.
        readings: What the question may mean, phrases by language.
    """
    if readings:
        talk(refusal.text)
        for number, phrases in enumerate(readings, 1):
            talk(f"  {number}  {phrases['en']}")
        talk("Ask again with --reading N.")
        return
    talk(f"{refusal.text} {refusal.help}".strip())
    for choice in refusal.choices if refusal.code == "ambiguous" else ():
        talk(f"  - {choice}")


def print_rows(table: Table) -> None:
    """Prints a table; where it is wider than the terminal each row as a block, one value a line."""
    if not table.rows:
        return
    names = [printable(column) for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= room():
        for row in (names, *rows):
            print(_GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    wide = max(map(len, names)) + len(_GAP)
    for number, row in enumerate(rows):
        if number:
            print()
        for name, cell in zip(names, row, strict=True):
            if cell:
                print(wrapped(f"{name}:".ljust(wide) + cell, wide))


def path_line(steps: list[Any]) -> str:
    """Returns `P-101 -FEEDS- E-101`: ids with the types of the relationships between them."""
    return " ".join(str(step) if at % 2 == 0 else f"-{step}-" for at, step in enumerate(steps))


def wrapped(text: str, indent: int) -> str:
    """Returns a text in lines as wide as the terminal; as it is where that is no terminal."""
    width = room()
    if math.isinf(width):
        return text
    bare = text.lstrip()
    return textwrap.fill(
        bare,
        max(int(width), indent + 10),
        initial_indent=text[: len(text) - len(bare)],
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )


def print_schema(schema: GraphSchema) -> None:
    """Prints labels and relationships with their counts and properties."""
    for node in schema.nodes:
        say(wrapped(f"{node.label} ({node.count}): {', '.join(node.properties)}", 4))
    for relation in schema.relations:
        more = f": {', '.join(relation.properties)}" if relation.properties else ""
        triple = f"({relation.start})-[:{relation.type}]->({relation.end}) ({relation.count})"
        say(wrapped(f"{triple}{more}", 4))


def print_recipes(recipes: list[Recipe], refused: dict[str, Refusal], ids: dict[str, str]) -> None:
    """Prints each recipe with an example in both languages, and why the others do not fit."""
    for recipe in recipes:
        say(recipe.name)
        for example in (recipe.example, recipe.exemple):
            say(wrapped(f"    {example.format_map(ids)}", 6))
    for name, refusal in refused.items():
        talk(f"{name} is left out: {refusal.text}")


def _sentence(data: dict[str, Any]) -> str:
    meaning = (data["meaning"] or {}).get("en", "the query")
    rows = data["rows"]
    value = rows[0][0] if len(rows) == 1 == len(data["columns"]) else None
    if not rows:
        said = "none"
    elif data["kind"] == "exists":
        said = "yes" if value else "no"
    elif data["kind"] in {"list", "values", "path"} or value is None:
        said = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    else:
        said = _cell(value)
    return f"{meaning[:1].upper()}{meaning[1:]}: {said}.{_missing(data)}"


def _missing(data: dict[str, Any]) -> str:
    """Says which value of the question no node has."""
    if not data["missing"]:
        return ""
    choices = f"; there is {' or '.join(data['choices'])}" if data["choices"] else ""
    return f" Nothing has the {data['missing']['property']} {data['missing']['value']}{choices}."


def _cell(value: object) -> str:
    return "" if value is None else printable(str(value))
