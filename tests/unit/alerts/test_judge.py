"""The detectors of an asset together: threshold, who agrees, warm-up as a state, states that do not fit."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from forecasting.detectors.calibrated import Calibrated
from forecasting.detectors.consensus import GROUPS
from ingestion import consensus
from ingestion.assets import AssetStage
from ingestion.consensus import ON, AssetJudge, score_of
from ingestion.readiness import LEARNED_FROM, MATURE, WARM_UP, Progress, Readiness, WarmUp, warm_ups
from plant.episodes import ChangeKind, EpisodeChange
from plant.errors import BadInput
from plant.time import DAY, MINUTE
from tests.unit.alerts.pump import BEGIN, FAULT, N_MINUTES, SENSORS, values, write

PUMP = SENSORS[:3]
WARM = WARM_UP // MINUTE
TIMES = BEGIN + np.arange(N_MINUTES) * MINUTE


def warmed(threshold: float = ON) -> AssetJudge:
    """Returns a judge that has learned from the first three days."""
    judge = AssetJudge("P-1", PUMP, BEGIN, threshold)
    judge.fit(BEGIN + WARM_UP, TIMES[:WARM].tolist(), values()[:WARM])
    return judge


def judged(judge: AssetJudge, begin: int = WARM, end: int = N_MINUTES):
    context = begin - judge.memory
    return judge.judge(TIMES[context:end].tolist(), values()[context:end], judge.memory)


@pytest.fixture(scope="module")
def models() -> tuple[bytes, bytes]:
    judge = warmed()
    return judge.state(), judge.models()


def restored(models: tuple[bytes, bytes], threshold: float = ON) -> AssetJudge:
    judge = AssetJudge("P-1", PUMP, BEGIN, threshold)
    judge.restore(*models)
    return judge


def test_an_alert_names_the_detectors_that_agree_and_the_tag_they_blame(models) -> None:
    opened = next(change.episode for change in judged(restored(models)) if change.kind is ChangeKind.OPENED)
    assert opened.contributors[0] == "P-1.VT"
    assert len({GROUPS[name] for name in opened.detectors}) >= 2  # it is young: one group alone is not heard
    assert "forest" not in opened.detectors[:1]  # the most surprised comes first; the forest never is


def test_minutes_at_which_the_forest_is_not_asked_are_judged_as_if_it_were(models, monkeypatch) -> None:
    def by_the_minute() -> list[EpisodeChange]:
        judge = restored(models)
        return [change for row in range(FAULT.start - 30, FAULT.start + 60) for change in judged(judge, row, row + 1)]

    asked = []
    surprise = Calibrated.surprise
    monkeypatch.setattr(
        Calibrated, "surprise", lambda self, *rows: asked.append(self.detector.name) or surprise(self, *rows)
    )
    changes = by_the_minute()
    assert changes
    assert 0 < asked.count("forest") < asked.count("residual")
    monkeypatch.setattr(consensus, "at_most", lambda asked, *_, **__: np.full(len(asked["residual"]), np.inf))
    assert by_the_minute() == changes


def test_a_higher_threshold_is_quieter_and_a_score_is_50_where_an_alert_begins(models) -> None:
    peak = max(change.episode.score for change in judged(restored(models)))
    assert peak > 50.0
    assert judged(restored(models, threshold=1e6)) == []
    assert score_of(12.0, 12.0) == score_of(ON) == 50.0


def test_warm_up_young_ready(store, settings) -> None:
    assert warm_ups(store) == [
        WarmUp("P-1", Readiness.WARMING, None, 0, WARM_UP, None),
        WarmUp("T-9", Readiness.WARMING, None, 0, WARM_UP, None),
    ]
    frame = np.vstack([values(faulty=False)] * 2)
    write(store, frame[:600])
    AssetStage(store, "one", settings).run(final=True)
    assert warm_ups(store)[0] == WarmUp("P-1", Readiness.WARMING, BEGIN, 600 * MINUTE, WARM_UP, BEGIN + WARM_UP)
    write(store, frame[600 : WARM + 10], 600)
    AssetStage(store, "one", settings).run(final=True)
    young = WarmUp("P-1", Readiness.YOUNG, BEGIN, WARM_UP + 10 * MINUTE, LEARNED_FROM, BEGIN + LEARNED_FROM)
    assert warm_ups(store)[0] == young
    week = LEARNED_FROM // MINUTE
    write(store, frame[WARM + 10 : week + 5], WARM + 10)
    AssetStage(store, "one", settings).run(final=True)
    ready = WarmUp("P-1", Readiness.READY, BEGIN, LEARNED_FROM + 5 * MINUTE, MATURE, None)
    assert warm_ups(store)[0] == ready


@pytest.mark.parametrize("body", [b"rubbish", b"\xff\xfe", b'{"tags": 1}'])
def test_a_damaged_state_is_an_asset_that_warms_up(store, body) -> None:
    with store.transaction() as transaction:
        transaction.save_states({"asset/P-1/anomaly/state": body})
    assert warm_ups(store)[0].readiness is Readiness.WARMING


def test_too_little_that_is_healthy_keeps_an_asset_warming_up() -> None:
    judge = AssetJudge("P-1", PUMP, BEGIN)
    judge.fit(BEGIN + WARM_UP, TIMES[:WARM].tolist(), np.full((WARM, 3), np.nan))
    progress = msgspec.json.decode(judge.state(), type=Progress)
    assert progress.readiness is Readiness.WARMING
    assert progress.next_fit == BEGIN + 7 * DAY
    assert judged(judge) == []


def test_the_models_of_other_tags_are_learned_anew(models) -> None:
    fewer = AssetJudge("P-1", PUMP[:2], BEGIN)
    fewer.restore(*models)
    assert fewer.next_fit == BEGIN + WARM_UP
    again = AssetJudge("P-1", PUMP[:2], BEGIN)
    again.restore(fewer.state(), models[1])  # the models in the store are still those of three tags
    frame = values()[:, :2]
    assert again.judge(TIMES[: WARM + 60].tolist(), frame[: WARM + 60], WARM) == []


@pytest.mark.parametrize("state", [b"{", b'{"tags": 3}', b""])
def test_a_state_that_cannot_be_read_is_bad_input(models, state) -> None:
    with pytest.raises(BadInput):
        AssetJudge("P-1", PUMP, BEGIN).restore(state, models[1])


def test_what_stood_in_an_alert_is_not_learned_from(models) -> None:
    judge = restored(models)
    closed = [change.episode for change in judged(judge) if change.kind is ChangeKind.CLOSED]
    (span,) = msgspec.json.decode(judge.state(), type=Progress).excluded
    assert span == (closed[0].pending_at, closed[0].closed_at)
    assert span[0] - (BEGIN + FAULT.start * MINUTE) < 10 * MINUTE
