"""The contract of a detector (`forecasting/contract.py`), over every registered one."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from forecasting.detectors import DETECTORS, ONLINE, fit_tail
from plant.errors import BadInput

KINDS = {**DETECTORS, **ONLINE}
N_TAGS = 3


def healthy(n_steps: int = 600, *, seed: int = 1) -> np.ndarray:
    """Three tags that move together, slowly, with noise."""
    rng = np.random.default_rng(seed)
    slow = np.sin(np.arange(n_steps) / 40.0)
    noise = rng.normal(0.0, 0.3, (n_steps, N_TAGS)) * [1.0, 3.0, 10.0]
    return np.column_stack([5.0 + slow, 42.0 - 3.0 * slow, 100.0 + 10.0 * slow]) + noise


@pytest.fixture(params=sorted(KINDS))
def detector(request: pytest.FixtureRequest):
    return KINDS[request.param]()


@pytest.fixture
def fitted(detector):
    detector.fit(healthy())
    return detector


def test_is_registered_under_its_name() -> None:
    assert all(kind.name == name for name, kind in KINDS.items())


def test_one_finite_score_and_contribution_a_row(fitted) -> None:
    frame = healthy(seed=2)
    shares = fitted.contributions(frame)
    assert fitted.score(frame).shape == (len(frame),)
    assert shares.shape == frame.shape
    assert np.isfinite(fitted.score(frame)).all()
    assert np.isfinite(shares).all()
    assert (shares >= 0).all()


def broken_frames() -> dict[str, np.ndarray]:
    gone = healthy()
    gone[:, 1] = np.nan
    holes = healthy()
    holes[::7] = np.nan
    dropped = healthy()
    dropped[200:400, 0], dropped[450:, 2] = np.nan, np.nan
    infinite = healthy()
    infinite[100, 0], infinite[200, 1] = np.inf, -np.inf
    return {
        "a tag gone": gone,
        "rows missing": holes,
        "tags dropping out": dropped,
        "negative": -healthy(),
        "all missing": np.full((50, N_TAGS), np.nan),
        "infinities": infinite,
        "huge": healthy() * 1e300,
        "tiny": healthy() * 1e-300,
        "constant": np.full((200, N_TAGS), 5.0),
        "one row": healthy()[:1],
        "no row": healthy()[:0],
    }


@pytest.mark.parametrize("what", broken_frames())
def test_scores_are_finite_for_any_frame(fitted, what) -> None:
    frame = broken_frames()[what]
    assert fitted.score(frame).shape == (len(frame),)
    assert np.isfinite(fitted.score(frame)).all()
    assert np.isfinite(fitted.contributions(frame)).all()


@pytest.mark.parametrize(
    "what",
    ["a tag gone", "rows missing", "tags dropping out", "negative", "infinities", "huge", "tiny", "constant"],
)
def test_fits_any_frame_that_has_values(detector, what) -> None:
    detector.fit(broken_frames()[what])
    assert np.isfinite(detector.score(healthy())).all()


def test_higher_is_odder(fitted) -> None:
    frame = healthy(seed=3)
    usual = fitted.score(frame)
    frame[300:320] += np.array([8.0, 8.0, -8.0]) * frame.std(axis=0)
    odd = fitted.score(frame)
    assert odd[300:320].max() > usual.max()
    assert odd[300:320].mean() > np.quantile(usual, 0.99)


@pytest.mark.parametrize("where", [0, 1, 2])
def test_the_guilty_tag_contributes_most(fitted, where) -> None:
    frame = healthy(seed=3)
    frame[300:320, where] += 8.0 * frame[:, where].std()
    assert np.argmax(fitted.contributions(frame)[300:320].sum(axis=0)) == where


def test_same_data_same_scores(detector) -> None:
    twin = type(detector)()
    detector.fit(healthy())
    twin.fit(healthy())
    np.testing.assert_array_equal(detector.score(healthy(seed=4)), twin.score(healthy(seed=4)))


def test_state_goes_through_json_and_gives_the_same_scores(fitted) -> None:
    twin = type(fitted)()
    twin.restore(msgspec.json.decode(msgspec.json.encode(fitted.state())))
    frame = healthy(seed=5)
    np.testing.assert_array_equal(fitted.score(frame), twin.score(frame))
    np.testing.assert_array_equal(fitted.contributions(frame), twin.contributions(frame))
    assert twin.state() == fitted.state()


def test_a_score_depends_on_as_many_rows_as_it_says(fitted) -> None:
    frame = healthy(seed=6)
    tail = frame[-(fitted.memory + 40) :]
    np.testing.assert_allclose(fitted.score(frame)[-40:], fitted.score(tail)[-40:], rtol=1e-9)


def test_a_score_does_not_look_ahead(fitted) -> None:
    frame = healthy(seed=7)
    changed = frame.copy()
    changed[300:] *= 50.0
    np.testing.assert_allclose(fitted.score(frame)[:300], fitted.score(changed)[:300], rtol=1e-9)


def test_a_season_is_taken_by_all_and_needed_by_none(detector) -> None:
    frame, phase = healthy(), np.arange(600) / 288 % 1.0
    twin = type(detector)()
    detector.fit(frame, phase)
    twin.restore(msgspec.json.decode(msgspec.json.encode(detector.state())))
    np.testing.assert_array_equal(detector.score(frame, phase), twin.score(frame, phase))
    assert np.isfinite(detector.score(frame, phase)).all()
    assert np.isfinite(detector.contributions(frame, phase)).all()
    assert np.isfinite(detector.score(frame)).all()


def test_a_season_longer_than_the_history_is_borne(detector) -> None:
    phase = np.arange(600) / 5_000 % 1.0
    detector.fit(healthy(), phase)
    assert np.isfinite(detector.score(healthy(seed=9), phase)).all()
    assert np.isfinite(detector.score(healthy(seed=9), (phase + 0.5) % 1.0)).all()


def test_a_score_with_a_season_depends_on_as_many_rows_as_it_says(detector) -> None:
    frame, phase = healthy(seed=6), np.arange(600) / 288 % 1.0
    detector.fit(healthy(), phase)
    tail = slice(-(detector.memory + 40), None)
    np.testing.assert_allclose(
        detector.score(frame, phase)[-40:], detector.score(frame[tail], phase[tail])[-40:], rtol=1e-9
    )


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(healthy()[:10], id="too short"),
        pytest.param(np.full((500, N_TAGS), np.nan), id="all missing"),
        pytest.param(np.empty((500, 0)), id="no tag"),
        pytest.param(np.arange(500.0), id="no table"),
    ],
)
def test_too_little_to_learn_from_is_bad_input(detector, frame) -> None:
    with pytest.raises(BadInput):
        detector.fit(frame)


def test_another_number_of_tags_is_bad_input(fitted) -> None:
    with pytest.raises(BadInput, match="3 tags"):
        fitted.score(healthy()[:, :2])


def test_scoring_before_fitting_is_bad_input(detector) -> None:
    with pytest.raises(BadInput, match="not learned"):
        detector.score(healthy())


@pytest.mark.parametrize("change", [lambda s: {}, lambda s: s | {"extra": 1}])
def test_a_foreign_state_is_bad_input(fitted, change) -> None:
    with pytest.raises(BadInput):
        type(fitted)().restore(change(fitted.state()))


@pytest.mark.parametrize("name", sorted(DETECTORS))
def test_a_state_whose_parts_know_other_tags_is_bad_input(name) -> None:
    fitted = DETECTORS[name]()  # those of `ONLINE` keep nothing of the tags but their scaling
    fitted.fit(healthy())
    with pytest.raises(BadInput):
        DETECTORS[name]().restore(fitted.state() | {"scaling": {"center": [1.0], "spread": [1.0]}})


def test_few_healthy_rows_are_more_surprising_than_one_in_a_thousand(fitted) -> None:
    tail = fit_tail(fitted.score(healthy()))
    surprise = tail.surprise(fitted.score(healthy(5_000, seed=8)))
    assert (surprise > 3.0).mean() < 0.02
    assert np.isfinite(surprise).all()


def test_surprise_never_falls_with_the_score(fitted) -> None:
    tail = fit_tail(fitted.score(healthy()))
    ladder = np.linspace(-1.0, 200.0, 5_000)
    assert (np.diff(tail.surprise(ladder)) >= 0).all()
