"""The figures of the scoreboard on cases small enough to do by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.detect.data import DATA, nab_files, tep_runs
from benchmarks.detect.nab import Marked, best_threshold, nab_score, scaled_sigmoid, worth
from benchmarks.detect.ranges import alerting, buffered, f1, range_auc_pr, runs, vus_pr

WINDOWS = [(40, 49), (80, 89)]
N = 120


def alerts_at(*rows: int, begin: int = 10) -> list[Marked]:
    scores = np.zeros(N)
    scores[list(rows)] = 1.0
    return [Marked(scores, WINDOWS, begin)]


def test_the_sigmoid_is_the_published_one() -> None:
    assert scaled_sigmoid(-1.0) == pytest.approx(0.98661, abs=1e-5)
    assert scaled_sigmoid(-0.5) == pytest.approx(0.84828, abs=1e-5)
    assert scaled_sigmoid(0.0) == 0.0
    assert scaled_sigmoid(3.0) == -1.0


def test_saying_nothing_is_0_and_the_first_row_of_each_window_100() -> None:
    assert nab_score(alerts_at(), 1.0) == 0.0
    assert nab_score(alerts_at(40, 80), 1.0) == pytest.approx(100.0)


def test_only_the_earliest_alert_of_a_window_counts() -> None:
    assert nab_score(alerts_at(45, 47, 49), 1.0) == pytest.approx(nab_score(alerts_at(45), 1.0))
    assert nab_score(alerts_at(42), 1.0) > nab_score(alerts_at(47), 1.0) > 0


def test_one_window_found_halfway_earns_what_the_sigmoid_says() -> None:
    earned = scaled_sigmoid(-0.5) / scaled_sigmoid(-1.0)  # row 45 is five of ten rows before the end
    assert nab_score(alerts_at(45), 1.0) == pytest.approx(100.0 * (earned - 1.0 + 2.0) / 4.0)


def test_a_false_alert_costs_011_of_a_window_and_less_soon_after_one() -> None:
    far = nab_score(alerts_at(40, 80), 1.0) - nab_score(alerts_at(20, 40, 80), 1.0)
    near = nab_score(alerts_at(40, 80), 1.0) - nab_score(alerts_at(40, 51, 80), 1.0)
    late = nab_score(alerts_at(40, 80), 1.0) - nab_score(alerts_at(40, 79, 80), 1.0)
    assert far == pytest.approx(100.0 * 0.11 / 4.0)
    assert 0.0 < near < far
    assert late == pytest.approx(far)  # more than three widths behind the first window
    assert worth(N, WINDOWS)[0][51] == pytest.approx(0.11 * (2.0 / (1.0 + math.exp(5.0 * 2 / 9)) - 1.0))


def test_rows_of_the_probation_are_not_scored() -> None:
    assert nab_score(alerts_at(3, 40, 80), 1.0) == pytest.approx(100.0)


def test_the_best_threshold_is_the_best_of_all() -> None:
    rng = np.random.default_rng(3)
    files = [Marked(rng.random(N).round(2), WINDOWS, 10), Marked(rng.random(N).round(2), [(60, 79)], 10)]
    best = best_threshold(files)
    every = {float(score) for file in files for score in file.scores}
    assert best.score == pytest.approx(max(nab_score(files, threshold) for threshold in every))
    assert nab_score(files, best.threshold) == pytest.approx(best.score)


def test_the_best_threshold_of_scores_that_say_nothing_is_to_say_nothing() -> None:
    assert best_threshold([Marked(np.ones(N), WINDOWS, 10)]) == (np.inf, 0.0)


def test_alerts_against_stretches() -> None:
    alerts = np.zeros(N, dtype=bool)
    alerts[[5, 20, 21, 25, 44, 45]] = True  # row 5 does not count
    did = alerting(alerts, WINDOWS, 10)
    assert did == ((4, None), 2, 2, 3, 20, 90)
    assert f1(did.true_rows, did.false_rows, did.odd_rows) == pytest.approx(2 * 2 / (2 + 3 + 20))
    assert f1(0, 0, 0) == 0.0


def test_runs_at_both_ends() -> None:
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert runs(np.zeros(3, dtype=bool)) == []


def test_buffers_fall_from_the_edges_and_never_overlap_upwards() -> None:
    odd = np.zeros(12, dtype=bool)
    odd[[4, 8]] = True
    labels = buffered(odd, 4)
    assert labels[4] == labels[8] == 1.0
    assert labels[3] == pytest.approx(math.sqrt(0.75))
    assert labels[6] == pytest.approx(math.sqrt(0.5))
    assert labels[[0, 1, 11]].tolist() == [0.0, 0.0, 0.0]


def test_without_a_buffer_the_area_is_the_average_precision() -> None:
    odd = np.array([0, 0, 1, 0, 0, 0], dtype=bool)
    assert range_auc_pr(odd.astype(float), odd, 0) == pytest.approx(1.0)
    assert range_auc_pr(np.array([0.0, 0.9, 0.8, 0.1, 0.2, 0.3]), odd, 0) == pytest.approx(0.5)


def test_scores_next_to_a_stretch_are_worth_something_with_a_buffer() -> None:
    odd = np.zeros(400, dtype=bool)
    odd[200:220] = True
    near, far = np.zeros(400), np.zeros(400)
    near[185:205] = 1.0
    far[20:40] = 1.0
    assert vus_pr(odd.astype(float), odd) > vus_pr(near, odd) > vus_pr(far, odd)
    assert vus_pr(np.ones(400), odd, buffer=0) == pytest.approx(20 / 400)


@pytest.mark.skipif(not DATA.exists(), reason="the labelled series are not beside the project")
def test_the_part_of_nab_has_its_39_windows_and_tep_its_odd_faults() -> None:
    files, tep = nab_files(), tep_runs()
    assert sum(len(file.windows) for file in files) == 39
    assert all(first >= file.begin for file in files for first, _ in file.windows)
    assert [len(run.columns) for run in tep] == [52] * 12
    assert [int(run.labels.sum()) for run in tep] == [0] + [800] * 11
