"""What a store offers to whoever issues forecasts and scores them, over every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from plant.errors import StoreError
from plant.store.contract import IssuedForecast, Score
from plant.time import HOUR, MINUTE
from tests.conformance.test_store import OPENERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plant.store.contract import Store


@pytest.fixture(params=OPENERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = OPENERS[request.param](tmp_path)
    yield opened
    opened.close()


def issued(tag: str = "T", origin: int = HOUR, *, hindsight: bool = False) -> IssuedForecast:
    return IssuedForecast(tag, origin, 5 * MINUTE, 24, origin + 1, hindsight, "arima")


def score(forecast: int, candidate: str = "arima", *, due: int = 1, mae: float = 0.5) -> Score:
    return Score(forecast, candidate, due, due, mae, 2 * mae, {"80": 1.0, "90": 1.0}, 9)


def test_forecasts_come_back_by_origin_with_what_they_said(store: Store):
    assert store.add_forecast(issued(origin=2 * HOUR, hindsight=True), '{"b": 2}')
    assert store.add_forecast(issued(), '{"a": 1}')
    assert store.add_forecast(issued("A"), "{}")
    first, second = store.forecasts("T")
    assert (first.origin, first.end, first.shown, first.hindsight, first.settled) == (HOUR, 3 * HOUR, "arima", 0, 0)
    assert second.hindsight
    assert store.forecast_body(first.id) == '{"a": 1}'
    assert store.forecast_body(99) is None
    assert store.forecasts("T", since=HOUR + 1) == [second]
    assert store.forecasts("nobody") == []
    assert store.forecast_tags() == ["A", "T"]


def test_the_same_forecast_asked_twice_is_kept_once(store: Store):
    assert store.add_forecast(issued(), '{"first": true}')
    assert not store.add_forecast(issued(hindsight=True), "{}")
    (kept,) = store.forecasts("T")
    assert (kept.hindsight, store.forecast_body(kept.id)) == (False, '{"first": true}')


def test_old_forecasts_are_forgotten_once_they_are_settled(store: Store):
    for tag, origin in (("T", HOUR), ("T", 2 * HOUR), ("T", 4 * HOUR), ("A", HOUR)):
        store.add_forecast(issued(tag, origin), "{}")
    settled, unsettled, young = store.forecasts("T")
    store.put_scores([score(settled.id), score(unsettled.id)], [settled.id, young.id])
    store.drop_forecasts("T", 3 * HOUR)
    assert [one.origin for one in store.forecasts("T")] == [unsettled.origin, young.origin]
    assert [one.forecast for one in store.scores("T")] == [unsettled.id]
    assert len(store.forecasts("A")) == 1


def test_scoring_again_replaces_and_settles(store: Store):
    store.add_forecast(issued(origin=2 * HOUR), "{}")
    store.add_forecast(issued(), "{}")
    early, late = store.forecasts("T")
    store.put_scores([score(late.id), score(early.id, "naive"), score(early.id)])
    assert store.scores("T") == [score(early.id), score(early.id, "naive"), score(late.id)]
    store.put_scores([score(early.id, due=24, mae=0.7)], settled=[early.id])
    assert store.scores("T")[0] == score(early.id, due=24, mae=0.7)
    assert [one.id for one in store.forecasts("T", unsettled=True)] == [late.id]
    assert [one.settled for one in store.forecasts("T")] == [True, False]
    assert store.scores("T", since=2 * HOUR) == [score(late.id)]
    assert store.scores("A") == []


def test_a_process_that_saw_less_does_not_take_back_what_another_scored(store: Store):
    store.add_forecast(issued(), "{}")
    (kept,) = store.forecasts("T")
    whole = score(kept.id, due=24, mae=0.7)
    store.put_scores([whole], settled=[kept.id])
    store.put_scores([score(kept.id, due=3)])
    assert store.scores("T") == [whole]
    again = msgspec.structs.replace(whole, mae=0.6)
    store.put_scores([again])
    assert store.scores("T") == [again]


def test_a_score_of_no_forecast_is_refused_and_nothing_is_kept(store: Store):
    store.add_forecast(issued(), "{}")
    (kept,) = store.forecasts("T")
    with pytest.raises(StoreError):
        store.put_scores([score(kept.id), score(99)])
    assert store.scores("T") == []
