"""The options of `millhand forecast`, one a name, for the signature of the verb."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Tags = Annotated[list[str] | None, typer.Argument(metavar="TAG", help="Tags; none with --all or --file.")]
All = Annotated[bool, typer.Option("--all", help="Every confirmed tag.")]
Asset = Annotated[str | None, typer.Option("--asset", metavar="NAME", help="With --all: the tags of an asset or area.")]
Horizon = Annotated[str, typer.Option("--horizon", metavar="2h", help="How far: 90s, 30min, 2h, 7d.")]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Forecast from here, not from the newest reading.")
]
File = Annotated[Path | None, typer.Option("--file", metavar="FILE", help="A CSV or Parquet file.")]
Column = Annotated[str | None, typer.Option("--column", metavar="NAME", help="The column of the file.")]
Candidates = Annotated[
    str | None, typer.Option("--candidates", metavar="A,B", help="Methods to compare; else those that run by default.")
]
Deadline = Annotated[
    str | None, typer.Option("--deadline", metavar="30s", help="Who takes longer is reported as timed out.")
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="URL",
        help="llama:PATH.gguf[#ADAPTER], ollama://HOST:PORT/MODEL or none:; again for more. None for several tags.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE.jsonl", help="Append a line a tag; a run with the same file goes on with the rest."
    ),
]
Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw history and forecast as PNG or SVG.")
]
CsvFlag = Annotated[bool, typer.Option("--csv", help="Write the forecast as CSV to stdout.")]
Inputs = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="NAME", help="Another tag or column that may help; may be given again."),
]
Known = Annotated[
    list[str] | None,
    typer.Option(
        "--known", metavar="NAME", help="The same, with values known ahead (a schedule, a set point); may be repeated."
    ),
]
Calendar = Annotated[bool, typer.Option("--calendar", help="Hour, day of the week and weekend may help.")]
Prompt = Annotated[
    str | None, typer.Option("--prompt", metavar="FORM", help="How a history is written for a language model.")
]
