"""Puts a run's adapter among those that ship: a step of making a release, never of the app.

    python -m finetuning.export.ship RUN --name manuals --command "millhand finetune train ..."

The adapter, its card and its line in `inference/adapters/adapters.toml` are replaced; the other lines stay.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.export.adapter import write_adapter
from finetuning.export.tuned import Tuned, open_tuned
from inference.adapters import FOLDER, LIST, Shipped, shipped, sum_of
from plant.errors import BadInput, ExitCode, MillhandError
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BYTES: Final = 10_000_000
"""An adapter that ships is smaller than this."""

_HEAD: Final = "# Adapters that ship with millhand. `python -m finetuning.export.ship` writes this file.\n"


def ship(tuned: Tuned, name: str, command: str, folder: Path = FOLDER) -> Shipped:
    """Writes an adapter, its card and its line.

    Args:
        tuned: The run.
        name: The adapter's.
        command: What makes the run again.
        folder: Where adapters ship.

    Raises:
        UsageError: If a GGUF adapter cannot say what the run learnt.
        BadInput: If it is too large, the run has no card, or a file cannot be written.
    """
    listed = shipped(folder)
    if not tuned.run.card.is_file():
        raise BadInput(f"{tuned.run.name} has no card {tuned.run.card}.", hint="Training writes it when it ends.")
    file = folder / f"{name}.gguf"
    write_adapter(tuned, file, name=name)
    if (size := file.stat().st_size) >= MOST_BYTES:
        file.unlink()
        raise BadInput(f"The adapter has {size:,} bytes; {MOST_BYTES:,} are the most.", hint="Train a lower rank.")
    write_whole(file.with_suffix(".md"), [tuned.run.card.read_bytes()])
    base = tuned.gguf
    line = Shipped(file.name, sum_of(file), base.name, sum_of(base), base.stat().st_size, command)
    write_whole(folder / LIST, [_toml({**listed, name: line}).encode()])
    return line


def _toml(lines: dict[str, Shipped]) -> str:
    """Returns the list as TOML, whose texts and whole numbers are written as in JSON."""
    tables = [_HEAD]
    for name, line in sorted(lines.items()):
        entries = [
            f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in msgspec.structs.asdict(line).items()
        ]
        tables.append(f"[{name}]\n{''.join(entries)}")
    return "\n".join(tables)


def main(words: Sequence[str] | None = None) -> int:
    """Ships an adapter; returns the exit code."""
    parser = argparse.ArgumentParser(description="Put a run's adapter among those that ship.")
    parser.add_argument("run", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--command", required=True)
    given = parser.parse_args(words)
    try:
        line = ship(open_tuned(given.run, told=_say), given.name, given.command)
    except MillhandError as error:
        _say(f"{error.title}: {error}")
        return error.exit_code
    _say(f"{line.file} ships, {(FOLDER / line.file).stat().st_size:,} bytes.")
    return ExitCode.ANSWERED


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 (a step of making a release talks on stderr)


if __name__ == "__main__":
    sys.exit(main())
