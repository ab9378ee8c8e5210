"""What the novelty detector calls new, and when it says so again."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.detectors import novelty
from forecasting.detectors.novelty import BLOCKS, LONGEST, ON, REST, WINDOW, NoveltyDetector

FIT = 600
BLOCK = FIT // BLOCKS


def noise(n_rows: int = 4_000, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(50.0, 1.0, (n_rows, 1))


def season(n_rows: int = 4_000) -> np.ndarray:
    return noise(n_rows) * 0.02 + 10.0 * np.sin(np.arange(n_rows) * 2 * np.pi / 200)[:, None]


def fitted(frame: np.ndarray) -> NoveltyDetector:
    detector = NoveltyDetector()
    detector.fit(frame[:FIT])
    return detector


def alerts(frame: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(fitted(frame).score(frame) >= ON)
    return rows[rows >= FIT]


@pytest.mark.parametrize(
    ("frame", "change"),
    [
        pytest.param(noise(), lambda rows: rows + 8.0, id="spike"),
        pytest.param(season(), lambda rows: rows + 15.0, id="level"),
        pytest.param(season(), lambda rows: np.full_like(rows, rows[0, 0]), id="season gone"),
        pytest.param(season(), lambda rows: rows[::-1] * -1.0, id="season turned round"),
    ],
)
def test_what_never_was_is_new(frame, change) -> None:
    changed = frame.copy()
    changed[3_000:3_100] = change(frame[3_000:3_100])
    new = fitted(changed).novelty(changed)
    assert new[3_000 : 3_100 + WINDOW * BLOCK].max() > 1.5 * max(ON, new[2_000:3_000].max())


def test_a_window_is_said_at_its_end_and_once() -> None:
    frame = season()
    frame[3_000:] += 30.0  # a new level that stays
    rows = alerts(frame)
    assert rows[0] >= 3_000
    assert rows[0] < 3_000 + BLOCK
    assert rows[-1] < 3_000 + 300  # one season later it is known
    assert len(rows) <= 2 * WINDOW


def test_the_second_time_is_not_new() -> None:
    frame = season()
    frame[2_000:2_050] += 30.0
    frame[3_000:3_050] += 30.0  # five seasons later, at the same phase
    new = fitted(frame).novelty(frame)
    assert new[2_000:2_100].max() > 5 * new[3_000:3_100].max()


def test_after_a_score_only_a_higher_one_speaks() -> None:
    frame = noise()
    frame[3_000, 0] += 20.0
    frame[3_000 + 2 * BLOCK, 0] -= 15.0
    scores = fitted(frame).score(frame)
    rest = slice(3_000 + BLOCK, 3_000 + REST * BLOCK)
    assert scores[3_000 : 3_000 + BLOCK].max() > ON
    assert scores[rest].max() < 1.0


def test_a_restless_series_has_few_alerts_and_a_repeated_one_none() -> None:
    assert len(alerts(noise())) < 12
    assert len(alerts(np.tile(season(200), (20, 1)))) == 0


def test_scores_do_not_depend_on_unit_and_offset() -> None:
    frame = season()
    scores = fitted(frame).score(frame)
    np.testing.assert_allclose(fitted(frame * 1e9 + 1e10).score(frame * 1e9 + 1e10), scores, rtol=1e-3, atol=1e-6)


def test_rows_before_the_first_value_change_nothing() -> None:
    frame = season()
    late = np.vstack([np.full((37, 1), np.nan), frame])
    detector = fitted(frame)
    np.testing.assert_array_equal(detector.score(late)[37:], detector.score(frame))
    assert not detector.score(late)[:37].any()


def test_a_long_history_does_not_make_a_long_wait() -> None:
    frame = noise(8_000)
    detector = NoveltyDetector()
    detector.fit(frame)
    assert detector.rest_rows == REST * LONGEST
    frame[7_000] += 30.0
    assert np.flatnonzero(detector.score(frame) >= ON)[-1] < 7_000 + LONGEST


def test_what_was_forgotten_is_new_again(monkeypatch) -> None:
    frame = season()
    frame[1_000:1_050] += 30.0
    frame[3_000:3_050] += 30.0
    known = fitted(frame).novelty(frame)[3_000:3_100].max()
    monkeypatch.setattr(novelty, "_REMEMBERED", 100)  # windows: 1,000 rows
    assert fitted(frame).novelty(frame)[3_000:3_100].max() > 5 * known
