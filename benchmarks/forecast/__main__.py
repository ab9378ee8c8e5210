"""Runs the parts of the benchmark of forecasts: `make bench-forecast`, or `ARGS="speed accuracy"` for some of them.

| part | what |
|---|---|
| `speed` | a full comparison beside the loops of darts and statsforecast, 1,000 and 2,000 points |
| `season` | a season of 1,440 steps at 10,080 points |
| `found` | how often a season is found where there is none, and where there is one |
| `growth` | seconds by points, folds and tags |
| `accuracy` | error, skill and coverage on unseen horizons of public series |
| `model` | the language model as a row, where one is in the cache |

Seconds that goals are about are those of processors: the machine may be busy. A comparison is single-threaded, so
that on an idle machine the clock agrees.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from benchmarks.report import report

if TYPE_CHECKING:
    from collections.abc import Callable


def _speed() -> int:
    from benchmarks.forecast import speed

    return report("forecast", *speed.measure())


def _season() -> int:
    from benchmarks.forecast import seasons

    return report("forecast-season", *seasons.measure())


def _found() -> int:
    from benchmarks.forecast import found

    report("forecast-seasons", found.true_seasons(), {})
    return report("forecast-found", *found.measure())


def _growth() -> int:
    from benchmarks.forecast import growth

    return report("forecast-growth", growth.measure(), {})


def _accuracy() -> int:
    from benchmarks.forecast import accuracy
    from benchmarks.forecast.data import DATA

    if not DATA.exists():
        print(f"Accuracy is left out: there is no folder {DATA}.")
        return 0
    scored = accuracy.score_all()
    report("forecast-methods", accuracy.beside_others(scored), {})
    return report("forecast-accuracy", accuracy.by_series(scored), accuracy.figures(scored))


def _model() -> int:
    from benchmarks.forecast import model

    return model.main()


PARTS: Final[dict[str, Callable[[], int]]] = {
    "speed": _speed,
    "season": _season,
    "found": _found,
    "growth": _growth,
    "accuracy": _accuracy,
    "model": _model,
}


def main(arguments: list[str]) -> int:
    """Runs the parts named, all for none; returns 1 if a goal is missed with CHECK=1."""
    parser = argparse.ArgumentParser(prog="benchmarks.forecast")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    chosen = parser.parse_args(arguments).parts
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    missed = 0
    for name in PARTS:
        if not chosen or name in chosen:
            print(f"\n{name}", flush=True)
            missed |= PARTS[name]()
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
