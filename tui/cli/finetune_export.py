"""`millhand finetune`: export a run, and deploy it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import ExitCode, UsageError, did_you_mean
from tui.cli.common import JsonFlag, print_json, say, settings_from, talk, verb_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.export.agreement import Agreement
    from finetuning.export.forms import Export
    from finetuning.export.tuned import Tuned

app = verb_group()

_FORMS = ("adapter", "merged", "f16", "q8_0", "q5_0", "q4_0")

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="The run's folder.")]
NameOption = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="What it is called; without, the data set's task.")
]
BaseOption = Annotated[
    Path | None, typer.Option("--gguf", metavar="FILE", help="The base's GGUF file, where the recipe names a folder.")
]
DataOption = Annotated[
    list[Path] | None, typer.Option("--data", metavar="DIR", help="Data set to measure on; again for more.")
]


@app.command()
def export(
    run: RunArgument,
    form: Annotated[
        list[str] | None, typer.Option("--form", metavar="FORM", help=f"{', '.join(_FORMS)}; again for more.")
    ] = None,
    name: NameOption = None,
    gguf: BaseOption = None,
    data: DataOption = None,
    examples: Annotated[int, typer.Option("--examples", min=0, help="To measure on; 0 for no figures.")] = 40,
    as_json: JsonFlag = False,
) -> None:
    """Make a run into files that other programs load, each with what it lost.

    Example: millhand finetune export runs/manuals --form adapter --form q8_0
    """
    wanted = _checked(form or ["adapter"])
    from finetuning.export.forms import Exporter, Form
    from finetuning.export.tuned import open_tuned

    tuned = open_tuned(run, gguf=gguf, told=talk)
    exporter = Exporter(tuned, name or _task(tuned), examples=examples, data=data or (), told=talk)
    made = exporter.export([Form(one) for one in wanted])
    if as_json:
        print_json(made)
    else:
        say("\n".join(_lines(made, run)))


@app.command()
def deploy(
    run: RunArgument,
    to: Annotated[str, typer.Option("--to", metavar="PLACE", help="embedded, or ollama://HOST:PORT/NAME.")],
    form: Annotated[str, typer.Option("--form", metavar="FORM", help="adapter, f16, q8_0, q5_0, q4_0.")] = "adapter",
    name: NameOption = None,
    gguf: BaseOption = None,
    data: DataOption = None,
    questions: Annotated[int, typer.Option("--questions", min=1, help="Asked of each way, to compare.")] = 20,
    as_json: JsonFlag = False,
) -> None:
    """Put a run to work, and ask the same questions of training, GGUF file and server. Exits 1 if they differ.

    Examples: millhand finetune deploy runs/manuals --to embedded
              millhand finetune deploy runs/manuals --to ollama://127.0.0.1:11434/millhand-manuals
    """
    _check_place(to, *_checked([form]))
    from finetuning.export.deployment import Deployment
    from finetuning.export.forms import Form
    from finetuning.export.tuned import open_tuned

    tuned = open_tuned(run, gguf=gguf, told=talk)
    deployment = Deployment(tuned, name or _task(tuned), settings_from(), data=data or (), told=talk)
    agreement = deployment.deploy(to, Form(form), questions)
    if as_json:
        print_json(agreement)
    else:
        say("\n".join(_agreement_lines(agreement)))
    if not agreement.reached:
        raise typer.Exit(ExitCode.BELOW_GOAL)


def _check_place(to: str, form: str) -> None:
    if to != "embedded" and not to.startswith("ollama://"):
        raise UsageError(f"{to!r} is no place to deploy to.", hint="It is embedded, or ollama://HOST:PORT/NAME.")
    if form == "merged" or (to == "embedded" and form != "adapter"):
        raise UsageError(
            f"The form {form} cannot be deployed to {to}.",
            hint="The embedded model takes an adapter; a whole model is named in model.url: llama:FILE.gguf."
            if to == "embedded"
            else "Ollama is given a GGUF file: adapter, f16, q8_0, q5_0 or q4_0.",
        )


def _checked(forms: Sequence[str]) -> Sequence[str]:
    for one in forms:
        if one not in _FORMS:
            raise UsageError(
                f"{one!r} is not a form.", hint=did_you_mean(one, _FORMS) or f"They are {', '.join(_FORMS)}."
            )
    return forms


def _task(tuned: Tuned) -> str:
    """Returns what a run is for: the task of its data; the run's own name where the data is gone."""
    from finetuning.datasets.folder import read_info

    return read_info(tuned.recipe.data[0]).task.value if tuned.recipe.data else tuned.run.name


def _lines(made: Sequence[Export], run: Path) -> list[str]:
    """Returns a table for people: one line a form."""
    lines = [f"{'form':<15} {'MB':>7} {'loss':>8} {'tokens':>7} {'answers':>8} {'reads/s':>8} {'writes/s':>9}  file"]
    for one in made:
        figures, place = one.quality, str(run / "export" / one.file) if one.file else ""
        size = f"{one.bytes / 1e6:.1f}" if one.bytes else ""
        if figures is None:
            lines.append(f"{one.form:<15} {size:>7} {'':>43}  {place}".rstrip())
            continue
        speeds = [f"{speed:.0f}" if speed else "" for speed in (figures.reads_per_s, figures.writes_per_s)]
        right = f"{figures.token_accuracy:>7.1%} {figures.sequence_accuracy:>8.1%}"
        lines.append(
            f"{one.form:<15} {size:>7} {figures.loss:>8.4f} {right} {speeds[0]:>8} {speeds[1]:>9}  {place}".rstrip()
        )
    return lines


def _agreement_lines(agreement: Agreement) -> list[str]:
    """Returns for people how often each way answers as the trained model does, and where it does not."""
    lines = []
    for way in agreement.ways:
        lines.append(
            f"{way.name}: {way.same} of {agreement.questions} answers are the training stack's ({way.share:.1%})."
        )
        if way.other_prompts:
            lines.append(
                f"  It read {way.other_prompts} prompts as another number of tokens: its template is another one."
            )
    for one in agreement.different:
        lines += ["", one.question.rpartition("\n")[2], *(f"  {name}: {text}" for name, text in one.answers.items())]
    return lines
