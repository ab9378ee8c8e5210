"""Digits: what is written is read back, and nothing else is accepted."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.digits import Digits, NotDigits

VALUES = st.lists(
    st.one_of(st.floats(-1e12, 1e12, allow_subnormal=False), st.just(float("nan"))), min_size=1, max_size=60
).filter(lambda values: not np.isnan(values).all())


def spread_is_normal(values: list[float]) -> bool:
    good = np.array(values)[~np.isnan(values)]
    return np.ptp(good) == 0 or np.ptp(good) > 1e-9 * max(1.0, np.abs(good).max())


@given(VALUES.filter(spread_is_normal), st.integers(1, 4))
def test_a_round_trip_is_exact_to_half_a_unit(values: list[float], digits: int) -> None:
    series = np.array(values)
    scale = Digits.fit(series, digits=digits)
    back = scale.decode(scale.encode(series), len(series))
    assert np.array_equal(np.isnan(series), np.isnan(back))
    tolerance = 0.5 * scale.unit + 1e-9 * np.nanmax(np.abs(series))
    assert np.nanmax(np.abs(series - back)) <= tolerance


@given(VALUES.filter(spread_is_normal))
def test_a_text_written_twice_is_the_same(values: list[float]) -> None:
    series = np.array(values)
    scale = Digits.fit(series)
    text = scale.encode(series)
    assert scale.encode(scale.decode(text, len(series))) == text
    assert re.fullmatch(r"(-?\d+|x)(,(-?\d+|x))*", text)


@given(st.text(max_size=60), st.integers(1, 10))
def test_the_parser_accepts_only_what_encode_could_write(text: str, count: int) -> None:
    scale = Digits(0.0, 1.0, 2)
    try:
        values = scale.decode(text, count)
    except NotDigits:
        return
    words = text.strip().split(",")
    assert len(words) == len(values) == count
    assert all(re.fullmatch(r"-?[0-9]{1,15}|x", word) for word in words)


@given(st.lists(st.integers(-999, 999), min_size=2, max_size=30), st.integers(0, 29), st.sampled_from("ab .;-+e"))
def test_a_junk_token_is_never_zero(numbers: list[int], at: int, junk: str) -> None:
    words = [str(number) for number in numbers]
    words[at % len(words)] = junk
    with pytest.raises(NotDigits):
        Digits(0.0, 1.0, 2).decode("1," + ",".join(words) + ",1", len(words) + 2)


@given(VALUES.filter(spread_is_normal))
def test_most_values_have_the_digits_promised(values: list[float]) -> None:
    series = np.array(values)
    words = [word for word in Digits.fit(series, digits=2).encode(series).split(",") if word != "x"]
    assert all(not word.startswith("-") for word in words)
    assert np.mean([len(word) <= 2 for word in words]) >= 0.5


def test_values_below_what_was_seen_can_be_written() -> None:
    scale = Digits.fit(np.array([1.0, 2.0, 3.0]))
    assert scale.decode(scale.encode(np.array([-5.0, 50.0])), 2) == pytest.approx([-5.0, 50.0], abs=scale.unit)


@pytest.mark.parametrize("values", [[], [np.nan], [1e308, -1e308], [5e-324, 0.0]])
def test_what_cannot_be_scaled_is_said(values: list[float]) -> None:
    with pytest.raises(ValueError, match="value"):
        Digits.fit(np.array(values))
