"""Detectors of ours and of others on labelled series: NAB by NAB's own score, the Tennessee Eastman process.

Every row is made by the functions behind `millhand anomalies --file F.csv --detector NAME --scores OUT.csv`, with the
shipped settings and nothing tuned per file. Two rules say what an alert is:

| rule | NAB | Tennessee Eastman |
|---|---|---|
| benchmark | score at least the threshold that is best over all files | score above the normal run's 99 % quantile |
| shipped | an episode opens: one alert; its rows count for the other columns | a row lies in an episode |

The score is NAB's standard profile (0 to 100), or the share of rows after a fault's onset that are found, mean over the
odd faults. Thresholds are in the detector's own score. The figures of each file are left in
`benchmarks/out/detect-files.json`.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.detect.baselines import AlwaysOn, Null, WindowedGaussian, random
from benchmarks.detect.data import DATA, Labelled, nab_files, tep_runs
from benchmarks.detect.nab import Marked, best_threshold, nab_score
from benchmarks.detect.ranges import alerting, f1, vus_pr
from benchmarks.report import HERE, report
from forecasting.detectors import DETECTORS, NoveltyDetector, ResidualDetector
from plant.facts import Refusal
from plant.time import MINUTE
from tools.anomaly_files import score_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Detector, Floats

    Mask = NDArray[np.bool_]
    Row = dict[str, Any]

OURS: Final = (NoveltyDetector, *(DETECTORS[n] for n in ("residual", "pca-q", "pca-t2", "ewma", "cusum", "forest")))
SEEDS: Final = range(5)


class Scored(NamedTuple):
    """A file and what a detector says of it.

    Attributes:
        file: The file.
        scores: Of each row.
        opened: Rows at which an episode opened.
        standing: Whether each row lies in an episode.
        on: What opens an episode, in words.
    """

    file: Labelled
    scores: Floats
    opened: Mask
    standing: Mask
    on: str


class Board(NamedTuple):
    """One benchmark.

    Attributes:
        rows: Of the table.
        figures: With their goals.
        by_file: The figures of each file, by detector.
    """

    rows: list[Row]
    figures: dict[str, float]
    by_file: dict[str, list[Row]]


def scored(kind: type[Detector], files: Sequence[Labelled], *, plain: bool = False) -> list[Scored]:
    """Scores files as `millhand anomalies` does.

    Args:
        kind: The detector.
        files: The files.
        plain: Without `--fit-until`: the first 15 % are learned from; else the rows before those that count.
    """
    return [_scored(kind, file, None if plain else int(file.rows[file.begin])) for file in files]


def _scored(kind: type[Detector], file: Labelled, fit_until: int | None) -> Scored:
    found = score_file(file.columns, fit_until=fit_until, detector=kind)
    assert not isinstance(found, Refusal), f"{file.name}: {found}"
    place = np.searchsorted(found.times, file.rows)
    opened = np.zeros(len(found.times), dtype=bool)
    opened[[stretch.opened for stretch in found.heard.stretches]] = True
    unit = "novelty" if kind is NoveltyDetector else "surprise"
    on = f"{unit} {found.heard.manner.on:g}"
    return Scored(file, found.scores[place], opened[place], (found.episode_of > 0)[place], on)


def row(
    name: str, rule: str, threshold: float | str, score: float, of: Sequence[Scored], alerts: Sequence[Mask]
) -> Row:
    """Returns a row of the table: what is given, and what the alerts did in each file."""
    did = [alerting(rows, one.file.windows, one.file.begin) for one, rows in zip(of, alerts, strict=True)]
    delays = [
        None if delay is None else float(one.file.rows[first + delay] - one.file.rows[first]) / MINUTE
        for one, of_file in zip(of, did, strict=True)
        for (first, _), delay in zip(one.file.windows, of_file.delays, strict=True)
    ]
    found = [delay for delay in delays if delay is not None]
    rows = {what: sum(getattr(one, what) for one in did) for what in did[0]._fields[1:]}
    return {
        "detector": name,
        "rule": rule,
        "threshold": threshold,
        "score": score,
        "delay_min": median(found) if found else "-",
        "missed": f"{len(delays) - len(found)}/{len(delays)}",
        "false_per_h": rows["false"] / sum(one.file.hours for one in of),
        "false_time": rows["false_rows"] / rows["usual_rows"],
        "f1": f1(rows["true_rows"], rows["false_rows"], rows["odd_rows"]),
    }


def volume(of: Sequence[Scored]) -> Row:
    """Returns VUS-PR, mean over the files with something odd: it knows no threshold."""
    parts = [(one.scores[one.file.begin :], one.file.labels[one.file.begin :]) for one in of if one.file.windows]
    return {"vus_pr": fmean(vus_pr(scores, odd) for scores, odd in parts)}


def marked(of: Sequence[Scored]) -> list[Marked]:
    """Returns files as NAB scores them."""
    return [Marked(one.scores, one.file.windows, one.file.begin) for one in of]


def opened(of: Sequence[Scored]) -> list[Marked]:
    """Returns files as NAB scores them, where the opening of an episode is the only alert."""
    return [Marked(one.opened.astype(float), one.file.windows, one.file.begin) for one in of]


def own(score: float) -> float:
    """Returns the detector's own score for one in [0, 1]."""
    return score / (1.0 - score) if score < 1.0 else float("inf")


def nab_board(files: Sequence[Labelled]) -> Board:
    """Scores all detectors on NAB."""
    dice = [_nab_by_rule(scored(random(seed), files), "random") for seed in SEEDS]
    rows = [_nab_by_rule(scored(Null, files), "null"), _mean_of(dice), _nab_always_on(files)]
    rows.append(_nab_by_rule(scored(WindowedGaussian, files), WindowedGaussian.name))
    board = Board(rows, {}, {})
    for kind in OURS:
        of = scored(kind, files)
        by_rule = _nab_by_rule(of, _named(kind, NoveltyDetector))
        board.rows.extend((by_rule, _nab_shipped(of, by_rule)))
        board.by_file[kind.name] = _nab_by_file(of)
        if kind is NoveltyDetector:
            board.figures.update(_nab_figures(of, scored(kind, files, plain=True)))
    return board


def _nab_by_rule(of: Sequence[Scored], name: str) -> Row:
    best = best_threshold(marked(of))
    alerts = [one.scores >= best.threshold for one in of]
    return row(name, "benchmark", own(best.threshold), best.score, of, alerts) | volume(of)


def _nab_shipped(of: Sequence[Scored], by_rule: Row) -> Row:
    score = nab_score(opened(of), 1.0)
    shipped = row(by_rule["detector"], "shipped", of[0].on, score, of, [one.standing for one in of])
    return shipped | {"vus_pr": by_rule["vus_pr"]}


def _nab_always_on(files: Sequence[Labelled]) -> Row:
    of = scored(AlwaysOn, files)
    score = nab_score(marked(of), float(of[0].scores[0]))
    return row("always-on", "-", "-", score, of, [one.scores > 0 for one in of]) | volume(of)


def _nab_figures(of: Sequence[Scored], plain: Sequence[Scored]) -> dict[str, float]:
    """Returns the shipped default's scores, and whether a threshold found on half of the files holds on the other."""
    halves = [marked(of[0::2]), marked(of[1::2])]
    best = [best_threshold(half) for half in halves]
    return {
        "nab_standard": best_threshold(marked(of)).score,
        "nab_standard_shipped": nab_score(opened(of), 1.0),
        "nab_standard_plain_command": best_threshold(marked(plain)).score,
        "nab_standard_plain_command_shipped": nab_score(opened(plain), 1.0),
        "nab_first_half": best[0].score,
        "nab_first_half_by_threshold_of_second": nab_score(halves[0], best[1].threshold),
        "nab_second_half": best[1].score,
        "nab_second_half_by_threshold_of_first": nab_score(halves[1], best[0].threshold),
    }


def _nab_by_file(of: Sequence[Scored]) -> list[Row]:
    threshold = best_threshold(marked(of)).threshold
    rules = {"benchmark": [one.scores >= threshold for one in of], "shipped": [one.standing for one in of]}
    return [
        {"file": one.file.name, "rule": rule, "windows": len(one.file.windows)}
        | alerting(alerts[place], one.file.windows, one.file.begin)._asdict()
        for place, one in enumerate(of)
        for rule, alerts in rules.items()
    ]


def tep_board(runs: Sequence[Labelled]) -> Board:
    """Scores all detectors on the Tennessee Eastman process."""
    dice = [_tep_by_rule(scored(random(seed), runs), "random") for seed in SEEDS]
    rows = [_tep_by_rule(scored(Null, runs), "null"), _mean_of(dice), _tep_always_on(runs)]
    rows.append(_tep_by_rule(scored(WindowedGaussian, runs), WindowedGaussian.name))
    board = Board(rows, {}, {})
    for kind in OURS:
        of = scored(kind, runs)
        by_rule = _tep_by_rule(of, _named(kind, ResidualDetector))
        shipped = _tep_row(of, by_rule["detector"], "shipped", of[0].on, [one.standing for one in of])
        board.rows.extend((by_rule, shipped | {"vus_pr": by_rule["vus_pr"]}))
        board.by_file[kind.name] = _tep_by_file(of)
        if kind is ResidualDetector:
            board.figures.update(tep_odd_faults=by_rule["score"], tep_odd_faults_shipped=shipped["score"])
        if kind is DETECTORS["forest"]:
            board.figures.update(tep_odd_faults_forest=by_rule["score"])
    return board


def _limit(of: Sequence[Scored]) -> float:
    normal = of[0]
    return float(np.quantile(normal.scores[normal.file.begin :], 0.99))


def _tep_by_rule(of: Sequence[Scored], name: str) -> Row:
    limit = _limit(of)
    return _tep_row(of, name, "benchmark", own(limit), [one.scores > limit for one in of]) | volume(of)


def _tep_always_on(runs: Sequence[Labelled]) -> Row:
    of = scored(AlwaysOn, runs)
    return _tep_row(of, "always-on", "-", "-", [one.scores > 0 for one in of]) | volume(of)


def _tep_row(of: Sequence[Scored], name: str, rule: str, threshold: float | str, alerts: Sequence[Mask]) -> Row:
    score = fmean(_detected(one, rows) for one, rows in zip(of[1:], alerts[1:], strict=True))
    normal = float(alerts[0][of[0].file.begin :].mean())
    return row(name, rule, threshold, score, of, alerts) | {"false_alarms_normal": normal}


def _tep_by_file(of: Sequence[Scored]) -> list[Row]:
    limit = _limit(of)
    return [
        {
            "file": one.file.name,
            "benchmark": _detected(one, one.scores > limit),
            "shipped": _detected(one, one.standing),
        }
        for one in of[1:]
    ]


def _detected(one: Scored, alerts: Mask) -> float:
    (first, last), *_ = one.file.windows
    return float(alerts[first : last + 1].mean())


def _named(kind: type[Detector], default: type[Detector]) -> str:
    return f"{kind.name} (default)" if kind is default else kind.name


def _mean_of(rows: Sequence[Row]) -> Row:
    """Returns one row for several seeds: the mean of what is a number, the first's text."""
    return {
        key: fmean(one[key] for one in rows) if isinstance(value, float) else value for key, value in rows[0].items()
    }


def main() -> int:
    """Runs both benchmarks and returns the exit code."""
    if not DATA.exists():
        print(f"The labelled series are not at {DATA}: there is nothing to score detectors on.", file=sys.stderr)
        return 0
    began = time.perf_counter()
    nab, tep = nab_board(nab_files()), tep_board(tep_runs())
    code = report("detect", nab.rows, nab.figures)
    code = report("detect-tep", tep.rows, tep.figures) or code
    document = {"nab": nab.by_file, "tep": tep.by_file}
    (HERE / "out" / "detect-files.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"seconds: {time.perf_counter() - began:.0f}")
    return code


if __name__ == "__main__":
    sys.exit(main())
