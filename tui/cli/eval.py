"""`millhand eval`: measure the ways to an answer, and compare two measurements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from finetuning.cypher.controls import ControlName  # noqa: TC001 (typer reads the annotation when it runs)
from finetuning.cypher.question import Split, World
from finetuning.cypher.report import Outcome
from plant.errors import BadInput, UsageError, did_you_mean
from plant.files import write_whole, writing
from tui.cli import eval_assistant
from tui.cli.common import JsonFlag, ModelOption, exit_by_goals, print_json, say, settings_from, talk, verb_group
from tui.cli.eval_extraction import extraction

if TYPE_CHECKING:
    from finetuning.cypher.compare import Comparison
    from finetuning.cypher.report import Report
    from plant.settings import Settings

app = verb_group("Measure how well questions are answered. Example: millhand eval graph --split dev")

eval_assistant.register(app)
app.command()(extraction)

_EMBEDDED: Final = frozenset({"kglite", "kglite:"})


@app.command()
def graph(  # noqa: PLR0913, PLR0917 (one parameter an option: that is how typer reads them)
    split: Annotated[Split, typer.Option("--split", help="Which questions.")] = Split.DEV,
    world: Annotated[list[World] | None, typer.Option("--world", help="Only this graph; again for more.")] = None,
    backend: Annotated[
        str, typer.Option("--backend", metavar="URL", help="kglite, or a server that holds nothing else.")
    ] = "kglite",
    replace: Annotated[bool, typer.Option("--replace", help="Yes, what the server holds may be replaced.")] = False,
    model: ModelOption = None,
    control: Annotated[ControlName | None, typer.Option("--control", help="A negative control beside.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="What the questions are drawn with.")] = 1,
    show: Annotated[
        str, typer.Option("--show", metavar="OUTCOMES", help="Show questions: right, wrong, refused, error, by commas.")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the report as JSON.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 below the goals.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask the graph the questions of a split, and count.

    An answer is right when its rows are those of the reference. With a control, the same questions are asked once more
    of a graph that cannot know.

    Examples: millhand eval graph --split dev --model none: --show wrong,refused
              millhand eval graph --split test --control shuffled-edges --out test.json
              millhand eval graph --backend bolt://127.0.0.1:7687 --replace
    """
    from tui.cli.eval_output import question_lines, report_lines

    shown = _outcomes(show)
    if backend not in _EMBEDDED and not replace:
        raise UsageError(
            f"The evaluation loads its own graphs into {backend}, and what is there would be lost.",
            hint="Name a server that holds nothing else, and say --replace.",
        )
    if out is not None:
        _check_writable(out)
    report = _run(settings_from(model=model), split, world or [], backend, seed, control)
    if out is not None:
        write_whole(out, [msgspec.json.encode(report)])
    if as_json:
        print_json(report)
    else:
        say("\n".join(question_lines(report, shown) + report_lines(report)))
    if check:
        from finetuning.cypher.goals import missed

        exit_by_goals(missed(report.figures))


@app.command()
def compare(
    first: Path,
    second: Path,
    way: Annotated[
        str, typer.Option("--way", metavar="NAME", help="Of the assistant: the first run's way.")
    ] = "tuned+retrieval",
    other: Annotated[
        str | None, typer.Option("--other", metavar="NAME", help="The second run's way; without, the same.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say whether two runs over the same questions differ (McNemar's test), or two ways of the assistant.

    Examples: millhand eval compare none.json model.json
              millhand eval compare test.json test.json --way tuned+retrieval --other extracts
    """
    from tui.cli.eval_output import comparison_lines

    comparison = _compared(first, second, way, other or way)
    if as_json:
        print_json(comparison)
    else:
        say("\n".join(comparison_lines(comparison)))


def _compared(first: Path, second: Path, way: str, other: str) -> Comparison:
    """Compares two reports of the assistant or of the graph, whichever the first is."""
    from finetuning.assistant.report import is_report

    if is_report(first):
        from finetuning.assistant.compare import compare as compare_ways
        from finetuning.assistant.report import read_report as read_assistant

        return compare_ways(read_assistant(first), read_assistant(second), way, other)
    from finetuning.cypher.compare import compare as compare_runs
    from finetuning.cypher.report import read_report

    return compare_runs(read_report(first), read_report(second))


def _run(
    settings: Settings, split: Split, worlds: list[World], backend: str, seed: int, control: ControlName | None
) -> Report:
    from tempfile import TemporaryDirectory

    from finetuning.cypher.evaluate import Evaluation
    from finetuning.cypher.questions import load_templates
    from inference.models import open_model

    templates = load_templates(split)
    model = open_model(settings)
    try:
        with TemporaryDirectory() as folder:
            evaluation = Evaluation(
                templates, settings, model, backend_url=backend, folder=Path(folder), seed=seed, told=talk
            )
            return evaluation.run(worlds, control)
    finally:
        if model is not None:
            model.close()


def _check_writable(path: Path) -> None:
    """Says before the questions are asked that the report has nowhere to go; leaves everything as it is."""
    if not path.parent.is_dir():
        raise BadInput(f"{path} cannot be written: there is no folder {path.parent}.")
    there = path.exists()
    with writing(path), path.open("ab"):
        pass
    if not there:
        path.unlink()


def _outcomes(text: str) -> frozenset[Outcome]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = [str(outcome) for outcome in Outcome]
    for word in words:
        if word not in known:
            raise UsageError(
                f"{word!r} is not an outcome.", hint=did_you_mean(word, known) or f"They are {', '.join(known)}."
            )
    return frozenset(map(Outcome, words))
