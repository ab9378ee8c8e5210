"""Which steps of the folds are odd, by residual and by Isolation Forest, and what the methods say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from forecasting.backtest import Folds, make_folds
from forecasting.odd import odd_by_forest, odd_by_residual
from forecasting.rows import agreement, empty_row
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

NONE = np.empty((0, 24))


def residuals() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (10, 24))


def test_a_residual_far_beyond_those_of_the_other_folds_is_odd_and_hides_no_other() -> None:
    missed = residuals()
    missed[7, 3], missed[9, 23] = 40.0, 60.0
    odd = odd_by_residual(missed[5:], missed[:5])
    assert odd is not None
    assert odd[2, 3], "one oddity elsewhere does not hide it: a 99 % band of 216 residuals is not their largest"
    assert odd[4, 23]
    assert odd.sum() <= 6


def test_about_one_healthy_residual_in_a_hundred_is_called_odd() -> None:
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(40):
        missed = rng.normal(0, 1, (10, 24))
        odd = odd_by_residual(missed[5:], missed[:5])
        assert odd is not None
        shares.append(odd.mean())
    assert 0.003 < np.mean(shares) < 0.02


def test_too_few_other_residuals_cannot_tell_and_a_missing_step_is_not_odd() -> None:
    assert odd_by_residual(residuals()[:2, :18], np.empty((0, 18))) is None
    missed = residuals()[5:]
    missed[1, 1] = np.nan
    odd = odd_by_residual(missed, NONE)
    assert odd is not None
    assert not odd[1, 1]


def folds_of(values: np.ndarray) -> Folds:
    folds = make_folds(values, 24, 5)
    assert folds
    return folds


def test_the_forest_finds_a_spike_on_the_folds_and_sees_nothing_after_a_step(
    daily_values: Callable[..., np.ndarray],
) -> None:
    values = daily_values()
    values[-50] += 15
    odd = odd_by_forest(values, folds_of(values)).ravel()
    assert odd[-50]
    assert odd.sum() <= 12
    changed = values.copy()
    changed[-40:] = np.linspace(90, 99, 40)
    assert np.array_equal(odd_by_forest(changed, folds_of(changed)).ravel()[:-40], odd[:-40])


def test_the_forest_calls_no_missing_step_odd_and_needs_a_history(daily_values: Callable[..., np.ndarray]) -> None:
    values = daily_values()
    values[-30:-20] = np.nan
    assert not odd_by_forest(values, folds_of(values)).ravel()[-30:-20].any()
    with pytest.raises(BadInput, match="needs 128 steps before the first fold"):
        odd_by_forest(values[-200:], folds_of(values[-200:]))


def test_agreement_tells_which_steps_all_or_most_find_odd() -> None:
    found = {"arima": (1, 2, 3), "theta": (2, 3), "isolation-forest": (3, 9), "seasonal-naive": (7,), "ensemble": (7,)}
    rows = [msgspec.structs.replace(empty_row(name, "ok"), anomalies=times) for name, times in found.items()]
    together = agreement([*rows, empty_row("mstl", "timed out")])
    assert (together.odd_for_all, together.odd_for_most) == ((3,), (2, 3))
    assert agreement(rows[:1]).odd_for_most == ()
