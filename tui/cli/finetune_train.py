"""`millhand finetune`: train, and look at runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from plant.errors import UsageError
from tui.cli.common import JsonFlag, print_json, say, talk, verb_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.training.listing import Told
    from finetuning.training.recipe import Recipe

app = verb_group()

_KEYS: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
_RUNS: Final = Path("runs")
_MEASURED: Final = ("validation_loss", "validation_token_accuracy", "validation_sequence_accuracy", "training_loss")


@app.command(context_settings=_KEYS)
def train(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="What to do; --KEY VALUE outranks it.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The run's folder; runs/RECIPE.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it will take.")] = False,
    sweep: Annotated[
        list[str] | None, typer.Option("--sweep", metavar="KEY=A,B", help="A run for each value; again for more keys.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Tune the small model as a recipe says. Killed and started again, it goes on and ends with the same weights.

    Examples: millhand finetune train recipe.yaml --epochs 1 --out runs/first
              millhand finetune train recipe.yaml --dry-run
              millhand finetune train recipe.yaml --sweep rank=8,16 --sweep learning_rate=1e-4,3e-4
              millhand finetune train more.yaml --from runs/first
    """
    from finetuning.training.recipe import load_recipe, parse_given

    if str(recipe).startswith("--"):
        raise UsageError("The recipe comes first: millhand finetune train RECIPE.yaml --KEY VALUE.")
    given = parse_given(context.args)
    folder = out or _RUNS / recipe.stem
    if sweep:
        _sweep(recipe, given, folder, sweep, as_json=as_json)
        return
    wanted = load_recipe(recipe, given)
    if dry_run:
        _estimate(wanted, as_json=as_json)
        return
    from finetuning.training.listing import tell
    from finetuning.training.loop import train as run

    made = tell(run(wanted, folder, told=talk))
    if as_json:
        print_json(made)


@app.command()
def schema() -> None:
    """Print a recipe with every key, its default and what it is for.

    Example: millhand finetune schema > recipe.yaml
    """
    from finetuning.training.recipe import schema_lines

    say("\n".join(schema_lines()))


@app.command()
def runs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where runs lie.")] = _RUNS, as_json: JsonFlag = False
) -> None:
    """List the runs in a folder.

    Example: millhand finetune runs
    """
    from finetuning.training.listing import find_runs, tell

    told = [tell(run) for run in find_runs(folder)]
    if as_json:
        print_json([{"run": one.run, **msgspec.to_builtins(one.status)} for one in told])
        return
    if not told:
        talk(f"There are no runs in {folder}.")
    for one in told:
        say(f"{one.run}  {one.status.state}  {one.status.said}")


@app.command()
def show(run: Annotated[Path, typer.Argument(metavar="RUN")], as_json: JsonFlag = False) -> None:
    """Show a run: how it stands, what it was made of, what was measured.

    Example: millhand finetune show runs/first
    """
    from finetuning.runs import Run
    from finetuning.training.listing import tell

    told = tell(Run(run))
    if as_json:
        print_json(told)
        return
    say(f"{told.run}: {told.status.state}. {told.status.said}")
    for key, value in told.recipe.items():
        say(f"  {key}: {value}")
    _print_measured([told])


@app.command()
def compare(
    given: Annotated[list[Path], typer.Argument(metavar="RUN RUN...")],
    as_json: JsonFlag = False,
) -> None:
    """Put runs beside each other: the keys in which they differ, and what was measured of the weights they kept.

    Example: millhand finetune compare runs/first runs/second
    """
    from finetuning.runs import Run
    from finetuning.training.listing import tell

    _compare([tell(Run(run)) for run in given], as_json=as_json)


def _sweep(recipe: Path, given: dict[str, object], folder: Path, words: Sequence[str], *, as_json: bool) -> None:
    from finetuning.training.listing import tell
    from finetuning.training.loop import train as run
    from finetuning.training.recipe import load_recipe
    from finetuning.training.sweep import combinations

    wanted = [(name, load_recipe(recipe, {**given, **keys})) for name, keys in combinations(words)]
    told = []
    for name, one in wanted:
        talk(f"{name}:")
        told.append(tell(run(one, folder / name, told=talk)))
    _compare(told, as_json=as_json)


def _estimate(recipe: Recipe, *, as_json: bool) -> None:
    from finetuning.training.estimate import estimate, estimate_lines
    from finetuning.training.loop import prepare, start_of
    from finetuning.training.model import Trained

    base, data = prepare(recipe, told=talk)
    found = estimate(Trained(base, recipe, start_of(recipe)), data)
    if as_json:
        print_json(found)
    else:
        say("\n".join(estimate_lines(found)))


def _compare(told: Sequence[Told], *, as_json: bool) -> None:
    from finetuning.training.listing import differing

    keys = differing(told)
    if as_json:
        print_json(
            [
                {
                    "run": one.run,
                    "differs": {key: one.recipe[key] for key in keys},
                    "kept": one.kept(),
                    "steps": one.status.step,
                }
                for one in told
            ]
        )
        return
    for key in keys:
        say(f"{key}: {'  '.join(f'{one.run} {one.recipe[key]}' for one in told)}")
    _print_measured(told)


def _print_measured(told: Sequence[Told]) -> None:
    """Prints a line for each run, of the weights that it kept."""
    width = max(len(one.run) for one in told)
    say(f"{'run':<{width}}  {'  '.join(name.replace('validation_sequence', 'answer') for name in _MEASURED)}")
    for one in told:
        row = one.kept() if one.rows else dict.fromkeys(_MEASURED)
        cells = ("" if row[name] is None else f"{row[name]:.4g}" for name in _MEASURED)
        say(f"{one.run:<{width}}  {'  '.join(cells)}")
