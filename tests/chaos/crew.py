"""Who is hurt: workers as processes of their own, and a broker that dies and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from plant.errors import StoreError
from tests.conftest import wait_until
from tests.integration.servers import started

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from plant.store.sqlite import SqliteStore

MOST = 3
POLLS = (40, 150, 600)
"""Few messages a poll: more commits for a kill to fall into; each worker has a size of its own."""


_SOON_BACK = ("--set", "broker.session.timeout.ms=1500", "--set", "broker.heartbeat.interval.ms=300")
"""A broker that was killed is let in again when its last session is over."""


class KillableBroker:
    """Apache Kafka on a directory and a port that it keeps."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stack = ExitStack()
        self._process, self.address = self._stack.enter_context(started("kafka", directory, *_SOON_BACK))
        self.deaths = 0

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self.deaths += 1

    def start(self) -> None:
        self._stack.close()
        port = self.address.rpartition(":")[2]
        self._process, _ = self._stack.enter_context(started("kafka", self._directory, "--port", port, *_SOON_BACK))

    def close(self) -> None:
        self._stack.close()


class Hand(NamedTuple):
    """One worker; `name` is its static membership, empty for none."""

    process: subprocess.Popen[bytes]
    name: str


class Crew:
    """The workers of one consumer group on one store: at most `MOST`, each `millhand worker`.

    Args:
        source: URL of the topic.
        alerts: URL of the alerts topic.
        store: The store's file.
        group: The consumer group.
        rng: Chooses who is started how, and who is hurt.
    """

    def __init__(self, source: str, alerts: str, store: Path, group: str, rng: random.Random) -> None:
        self._command = [sys.executable, "-m", "tui.cli.main", "worker", "--source", source, "--store", str(store)]
        self._command += ["--group", group]
        self._alerts = alerts
        self._log = store.with_suffix(".log")
        self._rng = rng
        self._hands: list[Hand] = []
        self.starts = self.kills = self.terms = self.freezes = 0

    def fill_up(self, least: int = 1) -> None:
        """Starts workers until there are as many as chance says, at least so many."""
        wanted = self._rng.randint(least, MOST)
        for slot in range(MOST):
            name = f"hand-{slot}" if slot else ""
            if len(self._hands) < wanted and not (name and any(hand.name == name for hand in self._hands)):
                self._hands.append(Hand(self._start(name), name))

    def kill(self) -> None:
        """Kills some of the workers, or all."""
        for hand in self._rng.sample(self._hands, self._rng.randint(1, len(self._hands))):
            hand.process.kill()
            hand.process.wait()
            self._hands.remove(hand)
            self.kills += 1

    def term(self) -> None:
        """Asks a worker to stop, and waits until it has."""
        hand = self._rng.choice(self._hands)
        self._dismiss(hand)
        self.terms += 1

    def freeze(self, store: SqliteStore) -> Hand:
        """Stops a worker that owns a partition where it stands, but not with the store in its hand."""
        wait_until(lambda: len(self._owning(store)) > 1, seconds=90, what="two workers that own partitions")
        hand = self._rng.choice(self._owning(store))
        wait_until(lambda: _frozen_outside_a_transaction(hand, store), what="a worker frozen outside a transaction")
        self.freezes += 1
        return hand

    def thaw(self, hand: Hand, store: SqliteStore) -> None:
        """Lets a frozen worker go on once others have taken all that it owned."""
        wait_until(lambda: hand not in self._owning(store), seconds=90, what="its partitions to be taken over")
        hand.process.send_signal(signal.SIGCONT)

    def check(self) -> None:
        """Fails if a worker has ended that nobody hurt."""
        ended = [hand.process.returncode for hand in self._hands if hand.process.poll() is not None]
        assert not ended, f"workers ended by themselves with {ended}; the end of their log:\n{self.log_tail()}"

    def finish(self) -> None:
        """Asks all that are left to stop."""
        for hand in list(self._hands):
            self._dismiss(hand)

    def run_until_end(self) -> None:
        """Runs one more worker until all there is is in the store, and judged."""
        with self._log.open("ab") as log:
            ended = subprocess.run([*self._command, "--until-end"], stderr=log, env=self._environment(""), check=False)
        assert ended.returncode == 0, f"it ended with {ended.returncode}:\n{self.log_tail()}"

    def fenced(self) -> int:
        """Returns how often a worker was told that its partition is another's now."""
        return self._log.read_text(encoding="utf-8", errors="replace").count("partition lost")

    def log_tail(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-4_000:]

    def close(self) -> None:
        """Kills whoever is left."""
        for hand in self._hands:
            hand.process.kill()
            hand.process.wait()

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        self.starts += 1
        with self._log.open("ab") as log:
            return subprocess.Popen(self._command, stderr=log, env=self._environment(name))

    def _environment(self, name: str) -> dict[str, str]:
        return {
            **os.environ,
            "MILLHAND_STREAM__MAX_MESSAGES": str(self._rng.choice(POLLS)),
            "MILLHAND_STREAM__ALERTS": self._alerts,
            "MILLHAND_KAFKA__INSTANCE": name,
        }

    def _dismiss(self, hand: Hand) -> None:
        hand.process.terminate()
        status = hand.process.wait(timeout=60)
        self._hands.remove(hand)
        assert status == 0, f"a worker that was asked to stop ended with {status}:\n{self.log_tail()}"

    def _owning(self, store: SqliteStore) -> list[Hand]:
        """The workers that own a partition; an owner's name holds its process number."""
        owners = {int(book.owner.rsplit("-", 2)[1]) for book in store.books() if book.owner}
        return [hand for hand in self._hands if hand.process.pid in owners]


def _frozen_outside_a_transaction(hand: Hand, store: SqliteStore) -> bool:
    """Freezes a worker and makes sure that it does not hold the store; else lets it go on."""
    hand.process.send_signal(signal.SIGSTOP)
    try:
        with store.transaction():
            return True
    except StoreError:
        hand.process.send_signal(signal.SIGCONT)
        return False
