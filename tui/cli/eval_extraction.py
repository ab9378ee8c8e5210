"""`millhand eval extraction`: what readers keep of manuals whose text is known, and what pair makers get from them."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from plant.errors import UsageError, did_you_mean
from plant.files import write_whole
from tui.cli.common import JsonFlag, exit_by_goals, print_json, say, settings_from
from tui.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finetuning.corpus.blocks import Manual
    from finetuning.extraction.makers import Yield
    from finetuning.extraction.report import Report
    from finetuning.pairs.contract import Maker

_MAKERS_LAYOUT = "docx"


def extraction(
    layouts: Annotated[
        list[str] | None, typer.Option("--layout", metavar="NAME", help="Only this layout; again for more.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="The most manuals; 0 for one of each family.")] = 0,
    models: Annotated[
        list[str] | None, typer.Option("--model", metavar="URL", help="A pair maker beside the rules; again for more.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="What the manuals are made with.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the report as JSON.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 below the goals.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Read manuals whose text is known, with our readers, plain pypdf and plain pdfplumber, and make pairs of them.

    The manuals are those of millhand finetune corpus, of invented machines, written in each layout.

    Examples: millhand eval extraction --limit 4
              millhand eval extraction --layout pdf-columns --layout docx --out extraction.json --check
              millhand eval extraction --limit 2 --model ollama://127.0.0.1:11434/llama3.2:3b
    """
    from finetuning.extraction.layouts import LAYOUTS, manuals
    from finetuning.extraction.measure import measure
    from finetuning.extraction.report import Report

    for name in layouts or ():
        if name not in LAYOUTS:
            raise UsageError(f"There is no layout {name!r}.", hint=did_you_mean(name, LAYOUTS) or ", ".join(LAYOUTS))
    chosen = list(manuals(limit, seed))
    with TemporaryDirectory() as name, progress("files") as tell:
        figures = measure(chosen, layouts or LAYOUTS, Path(name), lambda done, of: tell("files", done, of))
        yields = _yields(chosen, models or [], Path(name), seed, lambda done, of: tell("makers", done, of))
    report = Report(seed, len(chosen), tuple(figures), tuple(yields))
    if out is not None:
        write_whole(out, [msgspec.json.format(msgspec.json.encode(report)), b"\n"])
    if as_json:
        print_json(report)
    else:
        say("\n".join(_lines(report)))
    if check:
        from finetuning.extraction.goals import missed

        exit_by_goals(missed(figures, yields))


def _yields(
    manuals: Sequence[Manual], models: Sequence[str], folder: Path, seed: int, tell: Callable[[int, int], None]
) -> list[Yield]:
    """Has the rules and each model make pairs of the same manuals."""
    from finetuning.extraction.makers import add_all, measure_maker
    from finetuning.pairs.rules import RuleMaker
    from plant.store.sqlite import open_store

    with ExitStack() as held:
        store = held.enter_context(open_store(folder / "manuals.db"))
        add_all(store, manuals, _MAKERS_LAYOUT, folder)
        makers: list[Maker] = [RuleMaker(store, seed=seed)]
        makers += [_model_maker(url, folder / f"{number}.jsonl", held) for number, url in enumerate(models)]
        yields = []
        for done, maker in enumerate(makers, 1):
            yields.append(measure_maker(store, maker, seed))
            tell(done, len(makers))
        return yields


def _model_maker(url: str, journal: Path, held: ExitStack) -> Maker:
    """Opens a model as a maker of pairs; `held` closes it."""
    from finetuning.pairs.journal import Journal
    from finetuning.pairs.model import ModelMaker
    from inference.models import open_model

    model = open_model(settings_from(model=url))
    if model is None:
        raise UsageError(f"{url} is no model that writes.", hint="Leave --model out for rules only.")
    return ModelMaker(Journal(journal, held.enter_context(closing(model))))


def _lines(report: Report) -> list[str]:
    """Lays out a report: shares in percent."""
    head = ("layout", "extractor", "pages", "words", "extra", "order", "cells", "labels", "on page", "s/page")
    rows: list[tuple[str, ...]] = [head]
    for one in report.extractors:
        shares = [one.recall, 1 - one.precision, one.order, one.cells, one.labels, one.on_page]
        cells = ["-" if share is None else f"{100 * share:.1f}" for share in shares]
        rows.append((one.layout, one.extractor, str(one.pages), *cells, f"{one.seconds_a_page:.3f}"))
    makers: list[tuple[str, ...]] = [("maker", "pages", "offered", "accepted", "%", "pages without", "s/page")]
    for made in report.makers:
        counts = (made.pages, made.offered, made.accepted, f"{100 * made.share:.1f}", made.pages_without)
        makers.append((made.maker, *map(str, counts), f"{made.seconds_a_page:.3f}"))
    why = [
        f"{made.maker} turned back: "
        + (", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in made.rejected.items()) or "none")
        for made in report.makers
    ]
    told = (
        f"{report.manuals} manuals, seed {report.seed}. In percent: words found, words that are not there, words in"
        " reading order, cells of tables in their row and column, pages with their label, words on their page."
    )
    return [told, "", *_aligned(rows), "", *_aligned(makers), *why]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
