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
    elif answer.refusal:
        talk(as_text(answer))
    else:
        print(as_text(answer))
    if answer.refusal:
        raise typer.Exit(ExitCode.REFUSED)


def as_text(answer: Answer) -> str:
    """Returns an answer as plain lines: the text, the rows where methods were compared, a line for each evidence."""
    from agents.plan import asks_comparison
    from agents.understand.words import fold
    from tui.cli.forecast_output import layout, room

    compared = answer.tables if asks_comparison(fold(answer.question)) else ()
    said = [answer.refusal.text, answer.refusal.help] if answer.refusal else [answer.answer]
    evidence = [f"[{number}] {one.title}" for number, one in enumerate(answer.evidence, 1)]
    return "\n".join(line for line in (*said, *(layout(table, room()) for table in compared), *evidence) if line)
