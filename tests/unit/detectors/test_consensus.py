"""Who may open an alert alone, and who needs a second voice."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.detectors import DETECTORS
from forecasting.detectors.consensus import AGREES, ALONE, COSTLY, GROUPS, YOUNG, at_most, combined

THRESHOLD = 8.0


def voices(**loud: float) -> dict[str, np.ndarray]:
    return {name: np.array([loud.get(name.replace("-", "_"), 0.0)]) for name in GROUPS}


def opens(*, young: bool = False, **loud: float) -> bool:
    return bool(combined(voices(**loud), young=young)[0] >= THRESHOLD)


def test_every_voice_is_a_detector() -> None:
    assert set(GROUPS) <= set(DETECTORS)
    assert set(GROUPS) >= ALONE


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_only_some_are_heard_alone(name) -> None:
    assert opens(**{name.replace("-", "_"): 100.0}) == (name in ALONE)


def test_a_level_opens_with_a_second_voice_of_another_group() -> None:
    agreeing = THRESHOLD * AGREES
    assert opens(ewma=9.0, forest=agreeing)
    assert opens(pca_t2=9.0, holt=agreeing)
    assert not opens(ewma=9.0, forest=agreeing - 0.1)
    assert not opens(ewma=7.9, forest=7.9)


def test_detectors_of_one_group_do_not_confirm_each_other() -> None:
    assert not opens(ewma=90.0, cusum=90.0, pca_t2=90.0, seasonal=90.0)


def test_the_young_need_two_voices_louder_than_the_threshold() -> None:
    second = THRESHOLD * YOUNG
    assert not opens(young=True, residual=100.0, pca_q=100.0)
    assert opens(young=True, residual=100.0, pca_t2=second)
    assert not opens(young=True, residual=100.0, pca_t2=second - 0.1)


def test_the_young_do_not_know_the_hour() -> None:
    assert not opens(young=True, residual=100.0, seasonal=100.0)


def test_more_surprise_is_never_less() -> None:
    rng = np.random.default_rng(0)
    for young in (False, True):
        before = {name: rng.exponential(5.0, 500) for name in GROUPS}
        after = {name: one + rng.exponential(1.0, 500) for name, one in before.items()}
        assert (combined(after, young=young) >= combined(before, young=young)).all()


@pytest.mark.parametrize("young", [False, True])
def test_whatever_the_costly_one_would_say_it_is_at_most_that(young) -> None:
    dice = np.random.default_rng(3)
    asked = {name: dice.exponential(1.5, 500) for name in GROUPS if name != COSTLY}
    bound = at_most(asked, COSTLY, young=young)
    for _ in range(20):
        assert (combined({**asked, COSTLY: dice.uniform(0.0, 30.0, 500)}, young=young) <= bound).all()
    assert (bound < 8.0).any()  # there are rows at which it need not be asked


def test_a_detector_that_is_no_voice_changes_nothing() -> None:
    surprises = voices(residual=5.0)
    np.testing.assert_array_equal(
        combined(surprises | {"of-another": np.array([99.0])}, young=False), combined(surprises, young=False)
    )


def test_one_voice_is_enough_to_ask() -> None:
    assert combined({"residual": np.array([9.0])}, young=False)[0] == 9.0
    assert combined({"residual": np.array([9.0])}, young=True)[0] == 0.0
    assert combined({"seasonal": np.array([9.0])}, young=True)[0] == 0.0
