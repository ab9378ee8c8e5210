"""`millhand eval assistant`: questions on manuals that no training has seen, asked in every way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finetuning.assistant.questions import Split
from plant.errors import BadInput
from tui.cli.common import JsonFlag, exit_by_goals, print_json, say, settings_from, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.assistant.report import Report


def register(app: typer.Typer) -> None:
    """Adds the verb to a group."""
    app.command()(assistant)


def assistant(  # noqa: PLR0913, PLR0917 (one parameter an option: that is how typer reads them)
    split: Annotated[Split, typer.Option("--split", help="Which manuals and questions.")] = Split.DEV,
    tuned: Annotated[
        str | None,
        typer.Option("--tuned", metavar="URL", help="The tuned model; without, the base and its adapter for manuals."),
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option("--model", metavar="URL", help="A further model; again for more.")
    ] = None,
    way: Annotated[
        list[str] | None,
        typer.Option("--way", metavar="NAME", help="Only extracts, base, tuned, base+retrieval ...; again for more."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Questions of each manual; 0 for all.")] = 0,
    perplexity: Annotated[
        bool, typer.Option("--perplexity/--no-perplexity", help="Score the references too; takes as long again.")
    ] = True,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", metavar="FILE", help="Write the report: .json, .html or .csv; again for more."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 below the goals of tuned+retrieval.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask questions on manuals that no training has seen, in every way, and count.

    The base is the model of the settings. A way is a model by heart (base, tuned), a model that reads what was found
    (base+retrieval, tuned+retrieval), or extracts.

    Examples: millhand eval assistant --split dev --limit 5 --way extracts
              millhand eval assistant --split test --out test.json --out test.html --check
              millhand eval assistant --tuned llama:#runs/manuals/export/manuals.gguf --no-perplexity
    """
    from tui.cli.eval_assistant_output import report_lines

    files = out or []
    _check_files(files)
    report = _run(split, tuned, model or [], way or [], limit=limit, scores=perplexity)
    for file in files:
        _write(file, report)
    if as_json:
        print_json(report)
    else:
        say("\n".join(report_lines(report)))
    if check:
        from finetuning.assistant.goals import missed

        exit_by_goals(missed(report))


def _run(
    split: Split, tuned: str | None, models: Sequence[str], ways: Sequence[str], *, limit: int, scores: bool
) -> Report:
    from tempfile import TemporaryDirectory

    from finetuning.assistant.evaluate import Evaluation

    with TemporaryDirectory() as folder:
        evaluation = Evaluation(
            split,
            settings_from(),
            folder=Path(folder),
            told=talk,
            tuned=tuned,
            others=models,
            ways=ways,
            limit=limit,
            scores=scores,
        )
        return evaluation.run()


def _check_files(files: Sequence[Path]) -> None:
    """Says before the questions are asked that a report has nowhere to go, or no format."""
    for file in files:
        if file.suffix not in {".json", ".html", ".csv"}:
            raise BadInput(f"{file} is no report: it ends in none of .json, .html, .csv.")
        if not file.parent.is_dir():
            raise BadInput(f"{file} cannot be written: there is no folder {file.parent}.")


def _write(file: Path, report: Report) -> None:
    from finetuning.assistant.files import written
    from plant.files import write_whole

    write_whole(file, [written(report, file.suffix)])
