"""`millhand parts`: which parts texts name, what is wrong with them, and how well that is found."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from plant.errors import UsageError
from tui.cli.common import JsonFlag, ModelOption, print_json, say, settings_from, talk
from tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.cypher.report import Share
    from finetuning.partfinding import Counts, Scores
    from tools.parts.finder import Finder, Part
    from tools.parts.reviews import Review

_FIND = "find"
_COMPLAINTS = "complaints.csv"

PartsOption = Annotated[
    Path | None,
    typer.Option("--parts", metavar="FILE", help="The plant's own list of names, before the one that ships."),
]


class _FileFirst(TyperGroup):
    """Takes a file where a verb could stand: `millhand parts FILE` finds."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "--help"}:
            args = [_FIND, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_FileFirst,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Find parts in texts. Example: millhand parts reviews.csv --column text --out parts.csv",
)


@app.command(_FIND)
def find(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")],
    column: Annotated[str, typer.Option("--column", metavar="NAME", help="The column with the texts.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the CSV there, not to stdout.")
    ] = None,
    asset: Annotated[str | None, typer.Option("--asset", metavar="NAME", help="The column with the asset.")] = None,
    to_graph: Annotated[
        Path | None,
        typer.Option("--to-graph", metavar="DIR", help="Write complaints.csv into a plant's folder; needs --asset."),
    ] = None,
    parts: PartsOption = None,
    model: ModelOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a file again with the parts that each text names, how many, and what is said to be wrong with them.

    With --model, a model that is tuned for it names what no list has; only words of the text count.

    Examples: millhand parts reviews.csv --column text --out parts.csv
              millhand parts reviews.csv --column text --asset machine --to-graph plant/
    """
    from plant.files import write_whole
    from tools.parts.reviews import as_csv, complaints_csv, complaints_of, read_reviews

    if to_graph is not None and asset is None:
        raise UsageError("Complaints are counted for each asset.", hint="Name its column: --asset NAME.")
    if to_graph is not None and not to_graph.is_dir():
        raise UsageError(f"{to_graph} is no folder.", hint="Give the folder that millhand graph load reads.")
    reviews = read_reviews(file, column, asset)
    for note in reviews.notes:
        talk(note)
    with _finder(model, parts) as finder:
        found = [finder.find(one.text) for one in _with_bar(reviews.rows)]
    complaints = complaints_of(reviews, found)
    if out is not None:
        write_whole(out, [as_csv(reviews, found).encode()])
    if to_graph is not None:
        write_whole(to_graph / _COMPLAINTS, [complaints_csv(complaints).encode()])
    if as_json:
        texts = [_as_json(review, named) for review, named in zip(reviews.rows, found, strict=True)]
        print_json({"texts": texts, "complaints": complaints})
    elif out is None:
        sys.stdout.write(as_csv(reviews, found))
    talk(_sum(found))
    if to_graph is not None:
        count = plural(len(complaints), "complaint")
        talk(f"{to_graph / _COMPLAINTS}: {count}. They are loaded with the rest: millhand graph load {to_graph}")


@app.command("eval")
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="LABELLED.csv")],
    column: Annotated[str, typer.Option("--column", metavar="NAME", help="The column with the texts.")] = "text",
    labels: Annotated[str, typer.Option("--labels", metavar="NAME", help="The column with the parts.")] = "parts",
    show: Annotated[bool, typer.Option("--show", help="Show the texts where something was wrong.")] = False,
    parts: PartsOption = None,
    model: ModelOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say how well parts are found in texts that a person has labelled, such as "mech seal: leakage; coupling".

    Example: millhand parts eval labelled.csv --show
    """
    from finetuning.partfinding import read_labelled, score

    labelled = read_labelled(file, column, labels)
    with _finder(model, parts) as finder:
        scores = score(labelled, finder)
    if as_json:
        print_json(scores)
    else:
        say("\n".join(_score_lines(scores, show=show)))


@contextmanager
def _finder(model_url: str | None, names: Path | None) -> Iterator[Finder]:
    """Opens what finds: a list of names, and beside it a model that is named, or tuned for parts in the settings."""
    from tools.parts.finder import ListFinder
    from tools.parts.gazetteer import gazetteer
    from tools.parts.model import ADAPTER, ModelFinder

    settings = settings_from(model=model_url)
    listed = ListFinder(gazetteer(names or settings.parts.names))
    if not model_url and ADAPTER not in {*settings.model.adapters, *settings.model.ollama_adapters}:
        yield listed
        return
    from inference.models import open_model

    model = open_model(settings)
    if model is None:
        yield listed
        return
    with closing(model):
        finder = ModelFinder(listed, model)
        yield finder
    if finder.unread:
        talk(f"The model did not read {plural(finder.unread, 'text')}: too long, or not in time.")
    if finder.lost:
        talk(f"{plural(finder.lost, 'finding')} of the model were not in the text and are left out.")


def _with_bar(rows: Sequence[Review]) -> Iterator[Review]:
    """Passes rows on under a progress bar, on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from rows
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(rows, "texts", console=Console(stderr=True), transient=True)


def _as_json(review: Review, parts: Sequence[Part]) -> dict[str, Any]:
    from tools.parts.finder import names_in

    named = {"line": review.line, "asset": review.asset or None, "text": review.text}
    return {**named, "List_part": names_in(parts), "Count_part": len(names_in(parts)), "parts": parts}


def _sum(found: Sequence[Sequence[Part]]) -> str:
    named = [part for parts in found for part in parts]
    faulty = sum(bool(part.defects) for part in named)
    return f"{plural(len(found), 'text')}: {plural(len(named), 'part')} named, {faulty} of them with a defect."


def _score_lines(scores: Scores, *, show: bool) -> list[str]:
    lines = [f"{plural(scores.texts, 'text')}; 95 % intervals in brackets"]
    lines += [_counts("parts", scores.parts), _counts("defects", scores.defects)]
    for language, counts in scores.by_language.items():
        lines += [_counts(f"{what}, {language}", one) for what, one in counts.items()]
    lines.append(f"{'the very words':<14} {_share(scores.exact)}")
    for wrong in scores.wrong if show else ():
        lines.append(f"line {wrong.line}: {wrong.text}")
        lines += [
            f"  {what}: {'; '.join(ones)}" for what, ones in (("extra", wrong.extra), ("missed", wrong.missed)) if ones
        ]
    return lines


def _counts(what: str, counts: Counts) -> str:
    return f"{what:<14} precision {_share(counts.precision)}  recall {_share(counts.recall)}"


def _share(share: Share) -> str:
    if share.share is None or share.low is None or share.high is None:
        return "of none"
    return f"{share.share:.3f} [{share.low:.3f}, {share.high:.3f}] {share.count}/{share.of}"
