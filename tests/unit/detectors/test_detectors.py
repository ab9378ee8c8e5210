"""What each detector is for: what it finds, and what it leaves to the others."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.detectors import (
    CusumDetector,
    EwmaDetector,
    HoltDetector,
    PcaDistance,
    PcaResidual,
    ResidualDetector,
    SeasonalDetector,
    day_phase,
)
from forecasting.detectors.calibrated import Calibrated
from plant.errors import BadInput
from plant.time import DAY, HOUR, MINUTE

N_ROWS = 3_000


def together(n_rows: int = N_ROWS, *, load: float = 0.0, seed: int = 0) -> np.ndarray:
    """Returns four tags that follow one load, each with a little noise."""
    rng = np.random.default_rng(seed)
    common = load + np.sin(np.arange(n_rows) / 90.0) + rng.normal(0.0, 0.3, n_rows)
    return np.outer(common, [1.0, 2.0, -1.0, 0.5]) + rng.normal(0.0, 0.05, (n_rows, 4))


def noise(n_rows: int = N_ROWS, n_tags: int = 2, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 1.0, (n_rows, n_tags))


def fitted(kind, frame, phase=None):
    detector = kind()
    detector.fit(frame, phase)
    return detector


def test_t2_sees_a_load_never_seen_and_q_does_not() -> None:
    high = together(300, load=6.0, seed=1)
    distance, residual = fitted(PcaDistance, together()), fitted(PcaResidual, together())
    assert distance.score(high)[100:].min() > 3 * distance.score(together(seed=2)).max()
    assert np.median(residual.score(high)[100:]) < 2 * np.median(residual.score(together(seed=2)))


def test_q_sees_tags_that_no_longer_go_together_and_t2_does_not() -> None:
    apart = together(300, seed=1)
    apart[100:, 3] += 0.6  # well inside of what the tag usually does
    distance, residual = fitted(PcaDistance, together()), fitted(PcaResidual, together())
    assert residual.score(apart)[150:].min() > 3 * residual.score(together(seed=2)).max()
    assert distance.score(apart)[150:].max() < 2 * distance.score(together(seed=2)).max()
    assert np.argmax(residual.contributions(apart)[150:].sum(axis=0)) == 3


@pytest.mark.parametrize("gone", [[0], [1, 3]])
def test_a_missing_tag_is_where_the_others_expect_it(gone) -> None:
    residual, whole = fitted(PcaResidual, together()), together(500, seed=1)
    holes = whole.copy()
    holes[::2, gone] = np.nan
    assert residual.score(holes)[50:].max() < 1.5 * residual.score(whole)[50:].max()


def test_one_tag_alone_has_no_q() -> None:
    detector = fitted(PcaResidual, noise(n_tags=1))
    assert np.ptp(detector.score(noise(n_tags=1) * 50.0)[50:]) == pytest.approx(0.0, abs=1e-9)


def test_outliers_do_not_become_components() -> None:
    frame = together()
    frame[::200, 0] += 1e5
    detector = fitted(PcaResidual, frame)
    apart = together(300, seed=1)
    apart[100:, 3] += 0.6
    assert detector.score(apart)[150:].min() > 3 * detector.score(together(300, seed=1))[50:].max()


def test_holt_expects_straight_lines() -> None:
    detector = fitted(HoltDetector, noise())
    line = np.outer(np.arange(450.0), [0.5, -2.0])
    assert detector.score(line)[300:].max() < 1e-6


def test_holt_sees_a_jump_at_once_and_forgets_it() -> None:
    detector = fitted(HoltDetector, noise())
    frame = noise(600, seed=1)
    frame[300:, 1] += 12.0
    score, usual = detector.score(frame), detector.score(noise(600, seed=1))
    assert score[300] > 3 * usual.max()
    assert score[500:].max() < 2 * usual.max()


def test_holt_smooths_noise_and_follows_a_wandering_tag() -> None:
    wandering = np.cumsum(noise(n_tags=1, seed=1), axis=0)
    levels = fitted(HoltDetector, np.hstack([noise(n_tags=1), wandering])).state()["levels"]
    assert levels[0] < 0.2
    assert levels[1] > 0.8


def test_holt_begins_anew_after_a_gap() -> None:
    detector = fitted(HoltDetector, noise())
    frame = noise(600, seed=1)
    frame[200:400] = np.nan
    assert detector.score(frame)[400:].max() < 2 * detector.score(noise(600, seed=1)).max()


def daily(n_days: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Returns a tag that follows the hour, every five minutes, and the phase of its rows."""
    times = np.arange(0, n_days * DAY, 5 * MINUTE)
    phase = day_phase(times)
    wave = np.sin(2 * np.pi * phase)[:, None]
    return 10.0 * wave + np.random.default_rng(seed).normal(0.0, 0.5, wave.shape), phase


def test_a_usual_value_at_an_unusual_hour_is_seasonally_odd() -> None:
    frame, phase = daily(6)
    detector = fitted(SeasonalDetector, frame, phase)
    today, hours = daily(1, seed=1)
    usual = detector.score(today, hours)
    today[36:72] = today[216:252]  # the night's values in the morning
    assert detector.score(today, hours)[60:72].min() > 3 * usual.max()
    without = fitted(SeasonalDetector, frame)
    assert without.score(today).max() < 2 * without.score(daily(1, seed=1)[0]).max()


def test_hours_never_seen_are_between_their_neighbours() -> None:
    frame, phase = daily(4)
    frame[(phase > 0.3) & (phase < 0.4)] = np.nan
    detector = fitted(SeasonalDetector, frame, phase)
    today, hours = daily(1, seed=1)
    assert detector.score(today, hours).max() < 10.0


def test_the_phase_is_the_share_of_the_day() -> None:
    np.testing.assert_allclose(day_phase([0, 6 * HOUR, DAY + 12 * HOUR]), [0.0, 0.25, 0.5])


@pytest.mark.parametrize(("kind", "shift", "rows"), [(EwmaDetector, 3.0, 30), (CusumDetector, 1.5, 59)])
def test_charts_see_a_shift_that_stays(kind, shift, rows) -> None:
    detector = fitted(kind, noise())
    frame = noise(600, seed=1)
    usual = detector.score(frame)
    frame[300:, 0] += shift
    assert detector.score(frame)[300 + rows :].min() > usual.max()
    assert np.argmax(detector.contributions(frame)[400]) == 0


@pytest.mark.parametrize(
    "kind", [EwmaDetector, CusumDetector, SeasonalDetector, HoltDetector, PcaDistance, PcaResidual]
)
def test_a_spike_does_not_ring_for_hours(kind) -> None:
    calibrated = Calibrated.fit(kind, noise(n_tags=3))
    frame = noise(400, 3, seed=1)
    usual = calibrated.surprise(frame)
    frame[100, 0] = 1e9
    np.testing.assert_allclose(calibrated.surprise(frame)[240:], usual[240:], atol=1e-6)


def test_a_small_shift_that_stays_adds_up_in_the_residual() -> None:
    detector = fitted(ResidualDetector, noise(n_tags=6))
    frame = noise(600, 6, seed=1)
    usual = detector.score(frame)
    frame[300:] += 1.0
    assert np.median(detector.score(frame)[340:]) > usual.max()


@pytest.mark.parametrize("what", ["axes", "mean", "kept"])
def test_components_that_do_not_fit_are_bad_input(what) -> None:
    state = fitted(PcaResidual, together()).state()
    wrong = {"axes": state["axes"][:2], "mean": state["mean"][:2], "kept": 9}
    with pytest.raises(BadInput, match="pca-q"):
        PcaResidual().restore(state | {what: wrong[what]})
