"""Numbers for a language model: what is written is read back, and nothing else is accepted."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.digits import Digits
from forecasting.prompts import FORMS, BadAnswer, Prompt
from plant.series import Series
from plant.time import HOUR

VALUES = st.lists(
    st.one_of(st.floats(-1e12, 1e12, allow_subnormal=False), st.just(float("nan"))), min_size=1, max_size=60
).filter(lambda values: not np.isnan(values).all())

NUMBERS = st.lists(st.one_of(st.integers(-999, 999), st.none()), min_size=1, max_size=30)

JUNK = st.sampled_from(["1.5", "1e2", "007", '"7"', "true", "x", "", "NaN", "[1]", "{}", "1 2", "--1", "1000", "-1000"])


def spread_is_normal(values: list[float]) -> bool:
    good = np.array(values)[~np.isnan(values)]
    return np.ptp(good) == 0 or np.ptp(good) > 1e-9 * max(1.0, np.abs(good).max())


def prompt(form: str) -> Prompt:
    """Returns a prompt whose scale is 1: numbers are values."""
    values = np.array([0.0, 1.0])
    made = FORMS[form](Series("T-1", "", np.arange(2, dtype=np.int64) * HOUR, values, HOUR))
    return type(made)(Digits(0.0, 1.0, 2), made.history)  # type: ignore[attr-defined, call-arg]  # both forms are made so


@given(VALUES.filter(spread_is_normal), st.integers(1, 4))
def test_a_round_trip_is_exact_to_half_a_unit(values: list[float], digits: int) -> None:
    series = np.array(values)
    scale = Digits.fit(series, digits=digits)
    back = scale.decode(scale.encode(series))
    assert np.array_equal(np.isnan(series), np.isnan(back))
    tolerance = 0.5 * scale.unit + 1e-9 * np.nanmax(np.abs(series))
    assert np.nanmax(np.abs(series - back)) <= tolerance


@given(VALUES.filter(spread_is_normal))
def test_numbers_written_twice_are_the_same(values: list[float]) -> None:
    scale = Digits.fit(np.array(values))
    numbers = scale.encode(np.array(values))
    assert scale.encode(scale.decode(numbers)) == numbers


@given(VALUES.filter(spread_is_normal))
def test_most_values_have_the_digits_promised_and_no_sign(values: list[float]) -> None:
    numbers = [
        number for number in Digits.fit(np.array(values), digits=2).encode(np.array(values)) if number is not None
    ]
    assert min(numbers) >= 0
    assert np.mean([number <= 99 for number in numbers]) >= 0.5


def test_values_below_what_was_seen_can_be_written() -> None:
    scale = Digits.fit(np.array([1.0, 2.0, 3.0]))
    assert scale.decode(scale.encode(np.array([-5.0, 50.0]))) == pytest.approx([-5.0, 50.0], abs=scale.unit)


@pytest.mark.parametrize("values", [[], [np.nan], [1e308, -1e308], [5e-324, 0.0]])
def test_what_cannot_be_scaled_is_said(values: list[float]) -> None:
    with pytest.raises(ValueError, match="value"):
        Digits.fit(np.array(values))


@pytest.mark.parametrize("form", FORMS)
@given(NUMBERS)
def test_what_is_written_is_read(form: str, numbers: list[int | None]) -> None:
    values = np.array([np.nan if number is None else number for number in numbers])
    written = prompt(form).write(values)
    assert np.array_equal(prompt(form).read(f" {written}\n", len(values)), values, equal_nan=True)
    assert len(written) <= len(prompt(form).widest(len(values)))


TEXT = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),  # lone surrogates too: servers send them
    st.text(st.sampled_from('[],-0123456789nul .e+"x\n'), max_size=30),
)


@given(TEXT, st.integers(1, 10))
def test_a_text_is_no_list_of_dated_values(text: str, count: int) -> None:
    with pytest.raises(BadAnswer):
        prompt("json").read(text, count)


@given(TEXT, st.integers(1, 4))
def test_the_parser_gives_only_numbers_that_were_written(text: str, count: int) -> None:
    try:
        values = prompt("digits").read(text, count)
    except BadAnswer:
        return
    words = [word.strip() for word in text.strip().removeprefix("[").removesuffix("]").split(",")]
    assert [None if np.isnan(value) else int(value) for value in values] == [
        None if word == "null" else int(word) for word in words
    ]


@given(NUMBERS, st.integers(0, 30), JUNK)
def test_a_junk_token_is_never_a_number(numbers: list[int | None], at: int, junk: str) -> None:
    words = [json.dumps(number) for number in numbers]
    words.insert(at, junk)
    with pytest.raises(BadAnswer):
        prompt("digits").read(f"[{','.join(words)}]", len(words))


@given(NUMBERS, st.integers(0, 30), st.sampled_from(["time", "value"]), st.one_of(JUNK, st.just("1970-02-30T00:00")))
def test_a_step_with_another_time_or_a_junk_value_is_no_step(
    numbers: list[int | None], at: int, key: str, junk: str
) -> None:
    values = np.array([np.nan if number is None else number for number in numbers])
    steps: list[dict[str, Any]] = json.loads(prompt("json").write(values))
    steps[at % len(steps)][key] = junk
    with pytest.raises(BadAnswer):
        prompt("json").read(json.dumps(steps), len(steps))


@pytest.mark.parametrize("form", FORMS)
@given(NUMBERS, st.integers(1, 31))
def test_another_number_of_steps_is_no_answer(form: str, numbers: list[int | None], count: int) -> None:
    values = np.array([np.nan if number is None else number for number in numbers])
    if count != len(values):
        with pytest.raises(BadAnswer, match=f"gave {len(values)} values where {count} were asked for"):
            prompt(form).read(prompt(form).write(values), count)
