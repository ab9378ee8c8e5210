"""A judge gives the same alerts however its minutes are cut, and from its states goes on as if it never stopped."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.consensus import AssetJudge
from ingestion.readiness import WARM_UP
from plant.time import MINUTE
from tests.unit.alerts.pump import BEGIN, SENSORS, values

PUMP = SENSORS[:3]
WARM = WARM_UP // MINUTE
N_ROWS = 360


@lru_cache
def states() -> tuple[bytes, bytes]:
    judge = AssetJudge("P-1", PUMP, BEGIN)
    judge.fit(BEGIN + WARM_UP, [BEGIN + row * MINUTE for row in range(WARM)], values(faulty=False)[:WARM])
    return judge.state(), judge.models()


def waking(state: bytes, models: bytes) -> AssetJudge:
    judge = AssetJudge("P-1", PUMP, BEGIN)
    judge.restore(state, models)
    return judge


@st.composite
def frames(draw: st.DrawFn) -> np.ndarray:
    """Returns minutes after the warm-up, the context before them, with steps and gaps in them."""
    memory = AssetJudge.memory
    frame = values(faulty=False)[WARM - memory : WARM + N_ROWS].copy()
    for _ in range(draw(st.integers(0, 3))):
        start = memory + draw(st.integers(0, N_ROWS - 1))
        rows = slice(start, start + draw(st.integers(1, 120)))
        tag = draw(st.integers(0, 2))
        frame[rows, tag] += draw(st.sampled_from([np.nan, 1e9, -5.0, 1.0, 8.0]))
    return frame


@settings(max_examples=6, deadline=None)
@given(frame=frames(), cuts=st.sets(st.integers(1, N_ROWS - 1), max_size=2))
def test_cut_and_restored_is_the_same_as_in_one_go(frame: np.ndarray, cuts: set[int]) -> None:
    memory = AssetJudge.memory
    times = [BEGIN + (WARM - memory + row) * MINUTE for row in range(len(frame))]
    state, models = states()
    whole = waking(state, models)
    expected = whole.judge(times, frame, memory)
    changes = []
    bounds = [0, *sorted(cuts), N_ROWS]
    for begin, end in pairwise(bounds):
        judge = waking(state, models)
        changes += judge.judge(times[begin : end + memory], frame[begin : end + memory], memory)
        state, models = judge.state(), judge.models()
    assert changes == expected
    assert state == whole.state()
    assert models == states()[1]
