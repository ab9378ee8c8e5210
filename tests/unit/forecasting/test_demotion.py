"""Who is demoted by issued forecasts, and who comes back."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.demotion import LEAST, WINDOW, Outcome, apart, demoted

BAR = "seasonal-naive"
GOOD, BAD = 0.8, 1.3


def outcomes(*errors: float, every: int = 1) -> list[Outcome]:
    """Forecasts of one step each, seasonal naive's error always 1."""
    return [Outcome(k * every, k * every + 1, {"arima": error, BAR: 1.0}) for k, error in enumerate(errors)]


def test_a_candidate_that_was_good_and_decays_is_demoted_with_its_evidence() -> None:
    good = [GOOD] * 20
    assert demoted(outcomes(*good), BAR) == {}
    (demotion,) = demoted(outcomes(*good, *[BAD] * 11), BAR).values()
    assert (demotion.bar, demotion.lost, demotion.of) == (BAR, 11, WINDOW)
    assert demotion.more == pytest.approx((11 * BAD + GOOD) / WINDOW - 1)
    assert demotion.reason == (
        "it was worse than seasonal-naive on 11 of its last 12 issued forecasts, with 26 % more error."
    )


def test_it_comes_back_when_it_wins_half_and_not_before() -> None:
    decayed = [BAD] * WINDOW
    assert demoted(outcomes(*decayed, *[GOOD] * 5), BAR)
    assert not demoted(outcomes(*decayed, *[GOOD] * 8), BAR)


def test_too_few_forecasts_demote_nobody() -> None:
    assert not demoted(outcomes(*[BAD] * (LEAST - 1)), BAR)
    assert demoted(outcomes(*[BAD] * LEAST), BAR)


def test_losing_often_by_little_and_winning_seldom_by_much_is_no_decay() -> None:
    assert not demoted(outcomes(*[1.01] * WINDOW), BAR)
    assert not demoted(outcomes(0.2, 0.2, *[1.1] * 10), BAR)


def test_equally_good_forecasts_count_as_neither() -> None:
    assert not demoted(outcomes(*[1.0] * 40), BAR)
    assert not demoted(outcomes(*[BAD] * (LEAST - 1), *[1.0] * 5), BAR)


def test_forecasts_that_overlap_are_one_piece_of_evidence() -> None:
    crowded = [Outcome(k, k + 24, {"arima": BAD, BAR: 1.0}) for k in range(100)]
    assert [one.start for one in apart(crowded)] == [0, 24, 48, 72, 96]
    assert not demoted(crowded, BAR)


def test_a_candidate_is_judged_by_its_own_forecasts_only() -> None:
    found = [*outcomes(*[BAD] * LEAST), Outcome(99, 100, {"theta": BAD, BAR: 1.0}), Outcome(100, 101, {"theta": 9.0})]
    assert set(demoted(found, BAR)) == {"arima"}
    assert demoted([], BAR) == {}


def test_no_error_of_the_bar_at_all_is_no_division() -> None:
    perfect = [Outcome(k, k + 1, {"arima": 1.0, BAR: 0.0}) for k in range(LEAST)]
    assert demoted(perfect, BAR)["arima"].reason == (
        "it was worse than seasonal-naive on 8 of its last 8 issued forecasts, which had no error."
    )


@pytest.mark.parametrize(("loses", "least", "most"), [(0.3, 0.0, 0.05), (0.9, 0.9, 1.0)])
def test_chance_demotes_seldom_and_decay_is_seen(loses: float, least: float, most: float) -> None:
    rng = np.random.default_rng(0)
    tries = [outcomes(*np.where(rng.random(30) < loses, BAD, GOOD)) for _ in range(100)]
    ever = [any(demoted(one[:end], BAR) for end in range(LEAST, 31)) for one in tries]
    assert least <= np.mean(ever) <= most
