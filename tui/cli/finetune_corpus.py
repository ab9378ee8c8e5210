"""`millhand finetune corpus`: manuals of invented machines to train and validate the reading of manuals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path  # noqa: TC003 (typer reads the annotation when it runs)
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import UsageError
from tui.cli.common import JsonFlag, print_json, talk, verb_group

if TYPE_CHECKING:
    from finetuning.corpus.blocks import Format

app = verb_group()


@app.command()
def corpus(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where they are written, with manifest.json.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    variants: Annotated[int, typer.Option(min=1, help="Manuals for each family and language.")] = 4,
    formats: Annotated[str, typer.Option(metavar="A,B", help="Of pdf, md, html, docx.")] = "pdf,md,html,docx",
    families: Annotated[str, typer.Option(metavar="A,B", help="Only these families.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Write manuals of invented machines, English and French; their questions become pairs by `finetune pairs`.

    Example: millhand finetune corpus --out corpus --seed 1
    """
    from finetuning.corpus.folder import MANIFEST, write_corpus

    manifest = write_corpus(
        out, seed=seed, variants=variants, formats=_formats(formats), only=families.split(",") if families else ()
    )
    splits = Counter(entry.split for entry in manifest.manuals)
    counts = {
        "folder": str(out),
        "seed": seed,
        "manuals": len(manifest.manuals),
        "families": len({entry.family for entry in manifest.manuals}),
        "splits": dict(splits),
        "languages": dict(Counter(entry.language for entry in manifest.manuals)),
    }
    if as_json:
        print_json(counts)
    else:
        parts = ", ".join(f"{count} {split}" for split, count in splits.items())
        talk(f"{len(manifest.manuals)} manuals of {counts['families']} families: {parts}.")
        print(out / MANIFEST)


def _formats(text: str) -> list[Format]:
    from finetuning.corpus.blocks import Format

    try:
        return [Format(one) for one in text.split(",")]
    except ValueError:
        raise UsageError(f"There is no format {text!r}.", hint=f"There are: {', '.join(Format)}.") from None
