"""Nothing is lost and nothing is said twice, whoever dies: workers and brokers killed at random.

The plan of a run comes from a seed: what is in the log, after how many messages who is hurt and how.
Each act waits for its message count, not for a time, so what a kill falls into is left to the machine.

| variable | meaning |
|---|---|
| `MILLHAND_TEST_CHAOS` | `long` for the run of `make chaos` |
| `MILLHAND_TEST_CHAOS_SEED` | the plan; the long run draws one if it is not set, and prints it |
| `MILLHAND_TEST_CHAOS_KILLS` | fewest workers killed |
| `MILLHAND_TEST_CHAOS_READINGS` | about how many readings |
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from ingestion.sinks import ALERTS_TOPIC
from ingestion.sources.address import parse_kafka
from ingestion.sources.kafka import KafkaSink
from plant.store.sqlite import SqliteStore, open_store
from tests.chaos.crew import Crew
from tests.chaos.ledger import alerts_differ, books_differ, episodes_differ, outbox_differs, rows_differ
from tests.chaos.plant_log import PARTITIONS, Message, Scale, expected, plant_log, sensors
from tests.integration.kafka.topics import fill, make_topic, publish
from tests.integration.servers import SERVE, serve_wheel_broker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.chaos.crew import KillableBroker

pytestmark = [pytest.mark.kafka, pytest.mark.chaos]

LONG: Final = os.environ.get("MILLHAND_TEST_CHAOS") == "long"
BROKERS: Final = ("apache", "wheel") if LONG else ("apache",) if SERVE.exists() else ("wheel",)
TOPIC, ALERTS = "chaos", "chaos-alerts"
AT_ONCE: Final = 0.4
"""How often something happens while the last act is still being got over."""


class Plan(NamedTuple):
    """How much there is, and how often who is hurt."""

    scale: Scale
    kills: int
    terms: int
    freezes: int
    deaths: int


def _plan() -> Plan:
    default = Plan(Scale(9, 4, 5_760), 20, 3, 2, 3) if LONG else Plan(Scale(2, 3), 3, 1, 1, 1)
    kills = int(os.environ.get("MILLHAND_TEST_CHAOS_KILLS", default.kills))
    scale = default.scale
    if readings := os.environ.get("MILLHAND_TEST_CHAOS_READINGS"):
        scale = scale._replace(minutes=int(readings) // (scale.assets * scale.tags))
    return default._replace(kills=kills, scale=scale)


def _seed() -> int:
    given = os.environ.get("MILLHAND_TEST_CHAOS_SEED") or (random.randrange(1_000_000) if LONG else 4)
    return int(given)


@pytest.mark.parametrize("kind", BROKERS)
def test_whoever_dies_nothing_is_lost_doubled_or_said_differently(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    plan, seed = _plan(), _seed()
    print(f"\nseed {seed}, {kind}: {plan}")
    log = plant_log(plan.scale, seed)
    with ExitStack() as stack:
        broker: KillableBroker | None = request.getfixturevalue("killable_broker") if kind == "apache" else None
        address = broker.address if broker else stack.enter_context(serve_wheel_broker())
        make_topic(address, TOPIC, PARTITIONS)
        make_topic(address, ALERTS, 1)
        stores = [stack.enter_context(_store(tmp_path / name, plan.scale)) for name in ("chaos.db", "calm.db")]
        url, alerts = f"kafka://{address}/{TOPIC}", f"kafka://{address}/{ALERTS}"
        rng = random.Random(seed)
        crew = stack.enter_context(closing(Crew(url, alerts, stores[0], "chaos", rng)))
        _storm(plan, log, crew, broker, address, rng)
        with Crew(url, "", stores[1], "calm", rng).until_end():
            crew.wait_for(len(log))
            crew.finish()
            with crew.until_end():
                pass
        with closing(KafkaSink(parse_kafka(alerts))) as sink:  # what a killed worker's lease still held back
            publish(stores[0], ALERTS_TOPIC, sink)
        print(
            f"{len(log)} messages; workers: {crew.starts} started, {crew.kills} killed, {crew.terms} asked to stop, "
            f"{crew.freezes} frozen, {crew.fenced()} commits fenced; broker deaths: {plan.deaths if broker else 0}; "
            f"{len(stores[1].episodes())} episodes"
        )
        want = expected(log)
        for store in stores:
            assert not rows_differ(store, want), rows_differ(store, want)
            assert not books_differ(store, want), books_differ(store, want)
            assert not outbox_differs(store), outbox_differs(store)
            assert _balances(store.path)
        assert {episode.rule for episode in stores[1].episodes()} >= {"anomaly", "limit.high", "stuck", "dropout"}
        assert not episodes_differ(stores[1], stores[0]), episodes_differ(stores[1], stores[0])
        assert not alerts_differ(stores[0], address, ALERTS), alerts_differ(stores[0], address, ALERTS)
    assert crew.kills >= plan.kills


def _store(path: Path, scale: Scale) -> SqliteStore:
    store = open_store(path, wait_s=1.0)
    store.put_sensors(sensors(scale))
    return store


def _storm(
    plan: Plan, log: Sequence[Message], crew: Crew, broker: KillableBroker | None, address: str, rng: random.Random
) -> None:
    """Sends the log piece by piece; after each something happens: when a part of it has been read, or at once."""
    acts = ["kill"] * plan.kills + ["term"] * plan.terms + ["freeze"] * plan.freezes
    acts += ["broker"] * plan.deaths if broker else []
    rng.shuffle(acts)
    size = -(-len(log) // (len(acts) + 1))
    pieces = [log[begin : begin + size] for begin in range(0, len(log), size)]
    sent, began = 0, time.monotonic()
    crew.fill_up()
    for act, piece in zip([*acts, ""], pieces, strict=True):
        fill(address, TOPIC, [(message.key, message.value, message.partition) for message in piece])
        sent += len(piece)
        if act:
            part = rng.random()
            if rng.random() > AT_ONCE:
                crew.wait_for(sent - int(len(piece) * part))
            print(f"{time.monotonic() - began:6.1f} s, {sent} messages sent: {act}")
            _act(act, crew, broker)
            crew.fill_up()


def _act(act: str, crew: Crew, broker: KillableBroker | None) -> None:
    if act == "kill":
        crew.kill()
    elif act == "term":
        crew.term()
    elif act == "freeze":
        crew.fill_up(least=2)
        crew.freeze()
    elif broker:
        broker.kill()
        broker.start()


def _balances(path: Path) -> bool:
    command = [sys.executable, "-m", "tui.cli.main", "verify", "--store", str(path), "--json"]
    told = subprocess.run(command, capture_output=True, check=False)
    return told.returncode == 0 and bool(json.loads(told.stdout)["sum"]["balanced"])
