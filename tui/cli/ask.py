"""`millhand ask`: one question, one answer, with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import ExitCode
from tui.cli.common import GraphOption, JsonFlag, ModelOption, StoreOption, print_json, settings_from, talk

if TYPE_CHECKING:
    from agents.contract import Answer


def ask(
    question: Annotated[str, typer.Argument(help="The question, in English or French.")],
    as_json: JsonFlag = False,
    thread: Annotated[
        str,
        typer.Option("--thread", metavar="NAME", help="Go on with this conversation; without it each call is its own."),
    ] = "",
    store: StoreOption = None,
    model: ModelOption = None,
    graph: GraphOption = None,
) -> None:
    """Ask one question and get one grounded answer.

    The answer and its evidence go to stdout; where there is no answer its reason goes to stderr, and
    the exit code is 3.

    Example: millhand ask "any anomaly on the exchanger today?"
    """
    from agents.assistant import open_assistant

    settings = settings_from(store=store, model=model, graph=graph)
    with open_assistant(settings, talk) as assistant:
        answer = assistant.ask(question, thread=thread)
    if as_json:
        print_json(answer)
    else:
        show(answer, may_pick=bool(thread))
    if answer.refusal:
        raise typer.Exit(ExitCode.REFUSED)


def _choices(answer: Answer) -> tuple[str, ...]:
    """Returns the meanings that a question back offers by number; names stand in its text already."""
    choices = answer.refusal.choices if answer.refusal else ()
    return choices if any(" " in choice for choice in choices) else ()


def _print_rows_of_the_graph(answer: Answer) -> None:
    """Prints the rows that the answer had no room for."""
    from agents.compose.plant_graph import MAX_ROWS
    from plant.facts import EvidenceKind
    from tui.cli.graph_output import print_rows

    for one in answer.evidence:
        if one.kind == EvidenceKind.QUERY and one.table is not None and len(one.table.rows) > MAX_ROWS:
            print_rows(one.table)


def show(answer: Answer, *, may_pick: bool) -> None:
    """Prints an answer; a refusal to stderr.

    Args:
        answer: The answer.
        may_pick: Whether what is said next belongs to the same conversation, so that a number picks a meaning.
    """
    if answer.refusal is None:
        print(as_text(answer))
        _print_rows_of_the_graph(answer)
        return
    talk(as_text(answer))
    if _choices(answer) and not may_pick:
        talk("To pick one, ask again with --thread NAME, then: millhand ask 1 --thread NAME")


def as_text(answer: Answer) -> str:
    """Returns an answer as plain lines: the text, the rows where methods were compared, a line for each evidence."""
    from agents.plan import asks_comparison
    from agents.understand.words import fold
    from tui.cli.forecast_output import layout, room

    compared = answer.tables if asks_comparison(fold(answer.question)) else ()
    said = [answer.refusal.text, answer.refusal.help] if answer.refusal else [answer.answer]
    said += [f"  {number}  {choice}" for number, choice in enumerate(_choices(answer), 1)]
    evidence = [f"[{number}] {one.title}" for number, one in enumerate(answer.evidence, 1)]
    return "\n".join(line for line in (*said, *(layout(table, room()) for table in compared), *evidence) if line)
