"""Windows for fine-tuning: as the candidate writes and reads, no step on both sides of a split, none lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.candidates.language import LanguageForecaster
from forecasting.contract import CandidateFailed
from forecasting.prompts import FORMS
from forecasting.windows import GAPS, NO_SCALE, OFF_SCALE, Cut, make_windows, split_windows
from inference.contract import Completion
from plant.errors import BadInput
from plant.series import Series
from plant.time import HOUR

if TYPE_CHECKING:
    from inference.contract import Options

START = 490_000 * HOUR

VALUES = st.lists(
    st.one_of(st.floats(-1e3, 1e3).map(lambda value: round(value, 3)), st.just(float("nan"))), min_size=10, max_size=60
)
CUTS = st.builds(
    Cut,
    horizon=st.integers(1, 6),
    context=st.integers(8, 20),
    stride=st.integers(1, 7),
    form=st.sampled_from(sorted(FORMS)),
)


class FakeModel:
    """Writes one text, and remembers what it was sent."""

    name = "fake"
    context_length = 100_000
    grammars = True

    def __init__(self, text: str) -> None:
        self.text = text
        self.sent = ""

    def continue_text(self, text: str, options: Options, *, n: int = 1) -> list[Completion]:
        self.sent = text
        return [Completion(self.text, True, 1, 1, 0.0)] * n

    def count_tokens(self, text: str) -> int:
        return len(text)


def series(values: list[float]) -> Series:
    times = START + np.arange(len(values), dtype=np.int64) * HOUR
    return Series("T-1", "degC", times, np.array(values), HOUR)


@given(VALUES, CUTS)
def test_the_candidate_is_asked_and_answered_as_a_window_says(values: list[float], cut: Cut) -> None:
    whole = series(values)
    for window in make_windows(whole, cut).windows:
        at = int(np.searchsorted(whole.times, window.origin))
        model = FakeModel(window.answer)
        candidate = LanguageForecaster(model, form=cut.form)  # type: ignore[arg-type]  # it is asked by two methods only
        history, actual = _part(whole, at - cut.context, at), whole.values[at : at + cut.horizon]
        scale = FORMS[cut.form](history).digits
        got = outcome(candidate, history, cut.horizon)
        assert model.sent == window.prompt
        if np.isnan(actual).any():
            assert "gave no number" in str(got)
        elif isinstance(got, str):
            assert "no variance" in got
            assert len(set(scale.encode(actual))) == 1
        else:
            assert got == pytest.approx(actual, abs=scale.unit / 2 + 1e-9)


def outcome(candidate: LanguageForecaster, history: Series, horizon: int) -> np.ndarray | str:
    try:
        return candidate.forecast(history, horizon, season=1).median
    except CandidateFailed as failure:
        return str(failure)


def _part(whole: Series, start: int, end: int) -> Series:
    return Series(whole.tag, whole.unit, whole.times[start:end], whole.values[start:end], whole.step_ms)


@given(VALUES, CUTS)
def test_every_window_is_made_or_counted(values: list[float], cut: Cut) -> None:
    made = make_windows(series(values), cut)
    origins = range(cut.context, len(values) - cut.horizon + 1, cut.stride)
    assert len(made.windows) + sum(made.left_out.values()) == len(origins)
    assert set(made.left_out) <= {GAPS, NO_SCALE, OFF_SCALE}


@given(VALUES, CUTS, st.integers(-5, 65))
def test_no_step_is_on_both_sides_of_a_split(values: list[float], cut: Cut, steps: int) -> None:
    at = START + steps * HOUR
    training, validation = split_windows(series(values), cut, at)
    assert all(window.end < at for window in training.windows)
    assert all(at <= window.start < window.origin <= window.end for window in validation.windows)
    whole = make_windows(series(values), Cut(cut.horizon, cut.context, 1, cut.form))
    assert set(training.windows + validation.windows) <= set(whole.windows)


def test_a_window_is_written_like_this() -> None:
    (window,) = make_windows(series([5.0, np.nan, 6.0, 5.5, -5.0, 6.0]), Cut(2, 4, max_missing=0.5)).windows
    assert (window.prompt, window.answer) == ("[11,null,86,48]\n", "[-736,86]\n")
    assert (window.tag, window.start, window.origin, window.end) == ("T-1", START, START + 4 * HOUR, START + 5 * HOUR)


def test_what_is_left_out_is_counted_by_its_reason() -> None:
    values = [5.0, 6.0, 5.0, 6.0, 5.0, 500.0, np.nan, np.nan, np.nan, np.nan]
    made = make_windows(series(values), Cut(1, 4))
    assert [window.answer for window in made.windows] == ["[11]\n"]
    assert made.left_out == {OFF_SCALE: 1, GAPS: 4}
    assert make_windows(series(values), Cut(1, 4, max_missing=1.0)).left_out == {OFF_SCALE: 1}
    assert make_windows(series([np.nan] * 6), Cut(1, 4, max_missing=1.0)).left_out == {NO_SCALE: 2}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"horizon": 0}, "The horizon of windows is 0 steps"),
        ({"horizon": 2, "context": 1}, "The context of windows is 1 steps"),
        ({"horizon": 2, "stride": 0}, "The stride of windows is 0 steps"),
        ({"horizon": 2, "form": "xml"}, "no prompt form 'xml'"),
    ],
)
def test_a_cut_that_makes_no_sense_is_said(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Cut(**arguments)  # type: ignore[arg-type]  # wrong on purpose


def test_a_series_without_steps_is_said() -> None:
    irregular = Series("T-1", "", np.array([0, 1, 5], dtype=np.int64), np.zeros(3))
    with pytest.raises(BadInput, match="no regular steps"):
        make_windows(irregular, Cut(1, 2))
