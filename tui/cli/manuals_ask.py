"""The verbs of `millhand manuals` that ask them, and that say what an answer was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import ExitCode
from plant.store.answers import Verdict  # noqa: TC001 (typer reads the annotation when it runs)
from plant.time import now_ms, to_iso
from tui.cli.common import JsonFlag, ModelOption, StoreOption, print_json, say, settings_from, talk

if TYPE_CHECKING:
    from plant.facts import ToolResult


def register(app: typer.Typer) -> None:
    """Adds the verbs to a group."""
    app.command()(ask)
    app.command()(feedback)


def ask(question: str, model: ModelOption = None, as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """Ask the manuals; the answer is quoted, with its page. Exits 3 when they do not say.

    Examples: millhand manuals ask "what does fault E07 mean?"
              millhand manuals ask "couple de serrage M16 ?" --model none:
    """
    from agents.understand.words import language_of
    from tools.contract import ManualInput
    from tools.toolbox import open_toolbox

    with open_toolbox(settings_from(store=store, model=model), talk) as box:
        result = box.tool("manual").run(ManualInput(question=question, language=language_of(question)))
        if box.model_problem is not None:
            talk(f"{box.model_problem} The manuals are quoted without it.")
    if as_json:
        print_json(result.data)
    else:
        _print(result)
    if result.refusal:
        raise typer.Exit(ExitCode.REFUSED)


def feedback(
    said: Annotated[Verdict, typer.Argument(metavar="right|wrong", help="What the answer was.")],
    number: Annotated[int | None, typer.Argument(metavar="[N]", help="Its number; the newest if none.")] = None,
    note: Annotated[str, typer.Option("--note", help="A note.")] = "",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Say whether an answer from the manuals was right.

    The answer is kept with the passages it was read from, and can become training data.

    Examples: millhand manuals feedback right
              millhand manuals feedback wrong 12 --note "that is the torque of M16"
    """
    from plant.store.sqlite import open_store
    from tools.manuals.feedback import say_of_answer

    settings = settings_from(store=store)
    open_store(settings.store.path, read_only=True).close()  # a store that is not there is said, not made
    with open_store(settings.store.path) as opened:
        noted = say_of_answer(opened, settings, said, number=number, note=note, now=now_ms())
    answer = noted.answer
    if as_json:
        row = {"number": answer.id, "question": answer.question, "answer": answer.answer or None}
        print_json({**row, "verdict": noted.verdict, "note": noted.note, "who": noted.who, "at": to_iso(noted.at)})
    talk(f"Noted as {noted.who}: answer {answer.id} was {noted.verdict} ({answer.question}).")


def _print(result: ToolResult) -> None:
    data = result.data
    if result.refusal:
        talk(f"{result.refusal.text} {result.refusal.help}".strip())
    if data["disagree"]:
        talk("The manuals do not agree.")
    for quote in data["quotes"]:
        say(f"{_quote(quote)}\n")
    if data["number"]:
        talk(f"Answer {data['number']}. Was it right? millhand manuals feedback right|wrong {data['number']}")


def _quote(quote: dict[str, Any]) -> str:
    """Returns words with where they stand, and the passage around them where they are not all of it."""
    revision = f" ({quote['revision']})" if quote["revision"] else ""
    where = f"  {quote['document']}{revision}, p. {quote['label']}, {quote['section']}"
    if quote["words"] is None:
        return f"{quote['text']}\n{where}"
    around = " | ".join(line.strip() for line in quote["text"].splitlines())
    return f"{quote['words']}\n{where}:\n  {around}"
