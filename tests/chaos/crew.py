"""Who is hurt: workers as processes of their own, and a broker that dies and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from plant.errors import ExitCode, StoreError
from tests.conftest import wait_until
from tests.integration.servers import started

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
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

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

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
        store: The store.
        group: The consumer group.
        rng: Chooses who is started how, and who is hurt.
    """

    def __init__(self, source: str, alerts: str, store: SqliteStore, group: str, rng: random.Random) -> None:
        self._command = [sys.executable, "-m", "tui.cli.main", "worker", "--source", source, "--store", str(store.path)]
        self._command += ["--group", group]
        self._alerts = alerts
        self._store = store
        self._log = store.path.with_suffix(".log")
        self._rng = rng
        self._hands: list[Hand] = []
        self._frozen: Hand | None = None
        self._seen_at_work: set[int] = set()
        self.starts = self.kills = self.terms = self.freezes = 0

    def fill_up(self, least: int = 1) -> None:
        """Starts workers until there are as many that move as chance says, at least so many."""
        wanted = self._rng.randint(least, MOST)
        for name in ("", "hand-1", "hand-2"):
            if len(self._moving()) < wanted and not (name and any(hand.name == name for hand in self._hands)):
                self._hands.append(Hand(self._start(name), name))

    def kill(self) -> None:
        """Kills some of the workers that move, or all."""
        moving = self._moving()
        for hand in self._rng.sample(moving, self._rng.randint(1, len(moving))):
            hand.process.kill()
            hand.process.wait()
            self._hands.remove(hand)
            self.kills += 1

    def term(self) -> None:
        """Asks a worker that owns a partition to stop, and waits until it has."""
        wait_until(lambda: bool(self._working()), seconds=90, what="a worker that owns a partition")
        self._dismiss(self._rng.choice(self._working()))
        self.terms += 1

    def freeze(self) -> None:
        """Stops a worker that owns a partition where it stands, but not with the store in its hand."""
        wait_until(lambda: self._frozen is None and len(self._owning()) > 1, seconds=90, what="two that own partitions")
        hand = self._rng.choice(self._owning())
        wait_until(lambda: self._frozen_outside_a_transaction(hand), what="a worker frozen outside a transaction")
        self._frozen = hand
        self.freezes += 1

    def look(self) -> None:
        """Fails if a worker has ended that nobody hurt; a frozen one goes on once others have all that it owned."""
        self._seen_at_work |= {hand.process.pid for hand in self._owning()}
        for hand in [hand for hand in self._hands if self._found_no_broker(hand)]:
            self._hands[self._hands.index(hand)] = Hand(self._start(hand.name), hand.name)
        ended = [hand.process.returncode for hand in self._hands if hand.process.poll() is not None]
        assert not ended, f"workers ended by themselves with {ended}; the end of their log:\n{self.log_tail()}"
        if self._frozen is not None and self._frozen not in self._owning():
            self._frozen.process.send_signal(signal.SIGCONT)
            self._frozen = None

    def wait_for(self, count: int) -> None:
        """Waits until so many messages are read."""

        def read() -> bool:
            self.look()
            return sum(book.next_offset for book in self._store.books()) >= count

        wait_until(read, seconds=180, what=f"{count} messages to be read")

    def finish(self) -> None:
        """Asks all that are left to stop."""
        if self._frozen is not None:
            self._frozen.process.send_signal(signal.SIGCONT)
        for hand in list(self._hands):
            self._dismiss(hand)

    @contextmanager
    def until_end(self) -> Iterator[None]:
        """Runs one more worker beside the block, and waits for it: all there is is in the store then, and judged."""
        with self._log.open("ab") as log:
            process = subprocess.Popen([*self._command, "--until-end"], stderr=log, env=self._environment(""))
        try:
            yield
            assert process.wait(timeout=180) == 0, f"it ended with {process.returncode}:\n{self.log_tail()}"
        finally:
            process.kill()
            process.wait()

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

    def _found_no_broker(self, hand: Hand) -> bool:
        """Whether it ended as it began since the broker was dead: whoever runs workers starts such a one again."""
        return (
            hand.process.poll() == ExitCode.UNAVAILABLE
            and hand.process.pid not in self._seen_at_work
            and hand is not self._frozen
        )

    def _dismiss(self, hand: Hand) -> None:
        working = hand in self._owning()
        hand.process.terminate()
        status = hand.process.wait(timeout=60)
        self._hands.remove(hand)
        begun = working or status != -signal.SIGTERM  # one that is still being started knows no better
        assert status == 0 or not begun, f"a worker that was asked to stop ended with {status}:\n{self.log_tail()}"

    def _moving(self) -> list[Hand]:
        return [hand for hand in self._hands if hand is not self._frozen]

    def _working(self) -> list[Hand]:
        return [hand for hand in self._owning() if hand is not self._frozen]

    def _owning(self) -> list[Hand]:
        """The workers that own a partition; an owner's name holds its process number."""
        owners = {int(book.owner.rsplit("-", 2)[1]) for book in self._store.books() if book.owner}
        return [hand for hand in self._hands if hand.process.pid in owners]

    def _frozen_outside_a_transaction(self, hand: Hand) -> bool:
        """Freezes a worker and makes sure that it does not hold the store; else lets it go on."""
        hand.process.send_signal(signal.SIGSTOP)
        try:
            with self._store.transaction():
                return True
        except StoreError:
            hand.process.send_signal(signal.SIGCONT)
            return False
