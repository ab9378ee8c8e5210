"""What a store is: one transaction for writers, and the queries that tools need.

Rules every implementation keeps:

- A `Transaction` is atomic and durable: after a crash either all of it is there or none. Nothing
  is visible to readers before it commits. There is one writer at a time; others wait, up to a
  bounded time, then get `StoreError`.
- Every write on behalf of a partition or an asset names the epoch it was claimed with; if
  somebody claimed it since, the transaction raises `Fenced` and changes nothing.
- The store's `next_offset` is the truth about where to go on; the broker's is a hint.
- Read methods never block on a writer and see the last committed state. They may be called from
  any thread; a `Transaction` stays on the thread that began it.
- All may raise `StoreError`: locked for too long, disk full, not a store, made by a newer version.

`tests/conformance/test_store.py` runs over every implementation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from plant.readings import Reading
from plant.store.answers import AnswerStore
from plant.store.documents import Document, DocumentStore, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from plant.episodes import Episode, EpisodeChange, PersonEvent
    from plant.registry import Registry, Sensor
    from plant.series import Series
    from plant.time import Span

__all__ = [
    "ALL_LETTERS",
    "Claim",
    "Counts",
    "DeadLetter",
    "Document",
    "HourBook",
    "HourRow",
    "Inserted",
    "IssuedForecast",
    "Latest",
    "Letters",
    "OutboxMessage",
    "PartitionBook",
    "Passage",
    "Recount",
    "Score",
    "SinkBook",
    "Store",
    "Transaction",
]


class Claim(msgspec.Struct, frozen=True):
    """Proof of ownership of a partition or an asset.

    Attributes:
        epoch: Grows by one with each claim; an older one is fenced off.
        position: Partition: offset to read next. Asset: cursor, UTC milliseconds; None before the first window.
    """

    epoch: int
    position: int | None


class Counts(msgspec.Struct, frozen=True):
    """What one batch adds to the two books of a partition."""

    consumed: int = 0
    decoded_messages: int = 0
    dead_messages: int = 0
    skipped: int = 0
    decoded: int = 0
    stored: int = 0
    duplicates: int = 0
    late: int = 0
    dead_readings: int = 0


class PartitionBook(msgspec.Struct, frozen=True):
    """Where one partition stands, and its books since the beginning."""

    source: str
    partition: int
    next_offset: int
    owner: str
    epoch: int
    seen_at: int
    end_offset: int | None
    watermark: int | None
    counts: Counts


class Recount(msgspec.Struct, frozen=True):
    """The book of a partition, and what the tables really hold of it.

    Attributes:
        book: What the book says.
        readings: Readings that stand in the store.
        dead_letters: Dead letters that stand in the store and wait; redriven ones do not.
        retired: Readings that retention has taken out of the hot store; the lake holds them.
    """

    book: PartitionBook
    readings: int
    dead_letters: int
    retired: int = 0


class Inserted(msgspec.Struct, frozen=True):
    """What became of the readings of one batch.

    Attributes:
        stored: New ones, in the order given; rules judge these only.
        duplicates: How many stood there already with the same value.
        conflicts: Same tag and time, another value: the first wins, these go to dead letters.
        oldest: By tag, the oldest minute that a stored reading has touched, UTC milliseconds.
    """

    stored: tuple[Reading, ...]
    duplicates: int
    conflicts: tuple[Reading, ...]
    oldest: dict[str, int] = {}


class DeadLetter(msgspec.Struct, frozen=True):
    """A message, or one reading of it, that could not be used; bytes kept verbatim.

    Attributes:
        source: Source name, for Kafka the topic.
        partition: Partition number.
        offset: Offset of the message.
        item: Which reading of the message, from 0; -1 for the whole message.
        stage: `decode`, `validate`, `clock` or `conflict`.
        error: Class of the error, a word.
        text: What was wrong, as a sentence.
        key: Key bytes, verbatim.
        value: Value bytes, verbatim.
        at: Wall clock, UTC milliseconds.
        redriven_at: When it was decoded again and went through, wall clock; None while it waits.
    """

    source: str
    partition: int
    offset: int
    item: int
    stage: str
    error: str
    text: str
    key: bytes | None
    value: bytes | None
    at: int
    redriven_at: int | None = None


class Letters(msgspec.Struct, frozen=True):
    """Which dead letters are meant; None means any.

    Attributes:
        stage: Of this stage.
        error: Of this class of error.
        source: Of this source.
        since: Not older, wall clock, UTC milliseconds.
        redriven: Those that were redriven too.
    """

    stage: str | None = None
    error: str | None = None
    source: str | None = None
    since: int | None = None
    redriven: bool = False


ALL_LETTERS = Letters(redriven=True)
"""Every dead letter there is."""


class OutboxMessage(msgspec.Struct, frozen=True):
    """A message to publish; `key` is stable, so a second delivery can be told.

    Attributes:
        id: Its place: messages are sent in this order.
        key: `EPISODE/opened` and the like.
        body: The `EpisodeChange` as JSON.
        at: Wall clock when it was put in, UTC milliseconds.
    """

    id: int
    key: str
    body: str
    at: int


class SinkBook(msgspec.Struct, frozen=True):
    """How far one sink has come with the outbox, and how it is doing.

    Attributes:
        name: `topic`, `webhook`.
        sent: Id of the last message that it has, or has refused.
        waiting: How many messages it does not have yet.
        owner: The worker that delivers to it; empty for none.
        seen_at: That worker's last sign of life, UTC milliseconds.
        tries: Failed ones in a row.
        due_at: When it is tried again, UTC milliseconds.
        error: Why the last try failed; empty when it did not.
        refused: How many messages it has refused for good.
        refusal: Why it refused the last of them.
    """

    name: str
    sent: int
    waiting: int
    owner: str
    seen_at: int
    tries: int
    due_at: int
    error: str
    refused: int
    refusal: str


class Latest(msgspec.Struct, frozen=True):
    """The last reading of a tag, and the partition it came by."""

    tag: str
    ts: int
    value: float | None
    quality: int
    source: str = ""
    partition: int = -1


class HourRow(NamedTuple):
    """A reading as the lake keeps it, its tag apart."""

    ts: int
    value: float | None
    quality: int
    historical: bool
    source: str
    partition: int


class HourBook(msgspec.Struct, frozen=True):
    """An hour that has had readings, and what of it is in the lake.

    Attributes:
        hour: Its begin, UTC milliseconds.
        readings: Rows of its file; there is no file where there is none.
        sha256: Digest of the file.
        sealed_at: Wall clock, UTC milliseconds; 0 where it is not, or is being sealed.
        touched: Whether a reading of it was stored since: it is to be sealed, again.
        kept: Whether the store has readings of it.
        retired: Whether the file holds readings that the store gave up.
    """

    hour: int
    readings: int = 0
    sha256: str = ""
    sealed_at: int = 0
    touched: bool = True
    kept: bool = True
    retired: bool = False


class IssuedForecast(msgspec.Struct, frozen=True):
    """A forecast that was shown to somebody.

    Attributes:
        tag: The tag.
        origin: Begin of its first step, UTC milliseconds.
        step_ms: Distance of its steps.
        horizon: Number of its steps.
        issued_at: Wall clock, UTC milliseconds.
        hindsight: Whether its first step had come already: it was asked for from a time in the past.
        shown: The candidate that was shown.
        settled: Whether its scores are final.
        id: Its number in the store; 0 before it is stored.
    """

    tag: str
    origin: int
    step_ms: int
    horizon: int
    issued_at: int
    hindsight: bool
    shown: str
    settled: bool = False
    id: int = 0

    @property
    def end(self) -> int:
        """The end of its last step, UTC milliseconds."""
        return self.origin + self.horizon * self.step_ms


class Score(msgspec.Struct, frozen=True):
    """How one candidate of an issued forecast did on the steps that have come.

    Attributes:
        forecast: Number of the forecast.
        candidate: The candidate.
        due: How many of its steps are over.
        steps: How many of these came with a value; at least 1.
        mae: Mean absolute error on them, in the tag's unit.
        mase: The same over the scale of the comparison it was issued with; None where there was none.
        inside: Share of values inside its band, 0 to 1, by level as text.
        scored_at: Wall clock, UTC milliseconds.
    """

    forecast: int
    candidate: str
    due: int
    steps: int
    mae: float
    mase: float | None
    inside: dict[str, float]
    scored_at: int


class Transaction(Protocol):
    """One atomic change. Made by `Store.transaction`."""

    def insert_readings(self, source: str, partition: int, readings: Sequence[Reading]) -> Inserted:
        """Inserts readings and folds the good ones into the minute rollups; unknown tags become *discovered*.

        An asset with a tag that is touched before the asset's cursor is marked, to be judged again from there.
        """

    def readings_after(self, tag: str, ts: int) -> Iterator[Reading]:
        """Yields the readings of a tag that are newer than a time, by time, those inserted here included.

        Historical ones are left out: no rule judges them.
        """

    def newest_before(self, tag: str, ts: int) -> int | None:
        """Returns the time of a tag's newest reading that is older than a time; None when there is none."""

    def keeps_since(self, ts: int) -> bool:
        """Says whether the store has given up no reading of the hours from a time on."""

    def newest_times(self, source: str, partition: int) -> dict[str, int]:
        """Returns, by tag, the time of its newest reading, of the tags whose newest came by a partition."""

    def good_readings(self, tags: Iterable[str], span: Span) -> int:
        """Returns how many good readings of some tags lie in the minutes of a span, as `Store.good_readings` does."""

    def add_dead_letters(self, letters: Sequence[DeadLetter]) -> None:
        """Adds dead letters; one that is there already (same place and item) is left as it is."""

    def waiting_letter(self, number: int) -> DeadLetter | None:
        """Returns a dead letter that has not been redriven, or None."""

    def mark_redriven(self, number: int, at: int) -> None:
        """Says that what a dead letter holds is in the store now."""

    def explain_letter(self, number: int, stage: str, error: str, text: str) -> None:
        """Gives a dead letter that failed again its newest reason."""

    def correct_book(self, source: str, partition: int, counts: Counts, watermark: int | None) -> None:
        """Adds to the counts of a partition, whoever owns it: what was dead is stored, late or a duplicate now."""

    def advance(
        self, source: str, partition: int, epoch: int, *, next_offset: int, counts: Counts, watermark: int | None
    ) -> None:
        """Moves a partition's offset and books. Raises `Fenced` if the epoch is not the newest."""

    def advance_asset(self, asset: str, epoch: int, *, cursor: int, amended_from: int | None = None) -> None:
        """Moves an asset's cursor; what was judged again from `amended_from` on need not be again.

        Raises `Fenced` if the epoch is not the newest.
        """

    def load_states(self, prefix: str) -> dict[str, bytes]:
        """Returns the states whose key begins with a prefix."""

    def states(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Returns the states of these keys, those that there are."""

    def save_states(self, states: dict[str, bytes]) -> None:
        """Writes states by key."""

    def drop_states(self, keys: Iterable[str]) -> None:
        """Removes states; a key that there is not is no matter."""

    def episodes_since(self, ts: int, *, tag: str | None = None, asset: str | None = None) -> list[Episode]:
        """Returns the episodes of a tag, or of an asset and its tags, that stand or closed at a time or later."""

    def apply_episodes(self, changes: Sequence[EpisodeChange]) -> None:
        """Writes episodes and their events; what people must hear of goes into the outbox, once each.

        A retracted episode is removed; its events stay, of updates in a row the last one. Keys are `ID/opened` and
        `ID/closed`; when either comes again after an amendment or a retraction, that event's number is added, as it is
        to `ID/amended` and `ID/retracted`.
        """


class Store(DocumentStore, AnswerStore, Protocol):
    """Everything millhand knows. See the module's docstring for the rules."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begins the one write transaction; commits at the end of the block, rolls back on an exception."""

    def claim_partition(self, source: str, partition: int, owner: str) -> Claim:
        """Takes a partition over: a higher epoch, and the offset to go on from.

        A new owner is a sign of life. An owner who claims again what is his is not: he may do so since he stands still.
        """

    def claim_asset(self, asset: str, owner: str, *, expired_before: int) -> Claim | None:
        """Takes an asset over if it is free, ours, or not seen since `expired_before`; else None."""

    def release_assets(self, owner: str) -> None:
        """Gives the assets of an owner up, so that another need not wait until his lease runs out."""

    def heartbeat(self, source: str, owner: str, end_offsets: dict[int, int], at: int) -> None:
        """Says that an owner is alive, and where the log ends, so that lag and blindness can be told.

        A partition with messages left to read is seen only by `Transaction.advance`: an owner who is alive
        and does not get on is as blind as a dead one.
        """

    def amendments(self) -> dict[str, int]:
        """Returns, by asset, the oldest judged minute that a later reading has touched."""

    def books(self, source: str | None = None) -> list[PartitionBook]:
        """Returns the books of every partition, or of those of one source."""

    def recount(self) -> list[Recount]:
        """Counts the tables themselves, to check the books; all of one and the same moment."""

    def registry(self) -> Registry:
        """Returns the sensor registry, discovered tags included."""

    def put_sensors(self, sensors: Sequence[Sensor]) -> None:
        """Adds or replaces sensors of the registry."""

    def readings(self, tag: str, span: Span) -> list[Reading]:
        """Returns the raw readings of a tag in a span, by time."""

    def series(self, tag: str, span: Span, step_ms: int) -> Series:
        """Returns the mean of good readings by step (a multiple of a minute), NaN where none, regular over the span."""

    def good_readings(self, tags: Iterable[str], span: Span) -> int:
        """Returns how many good readings of some tags lie in the minutes of a span, both ends full minutes.

        It grows with every one: if it has not changed, neither have the series.
        """

    def extent(self, tag: str | None = None) -> Span | None:
        """Returns the first and one past the last reading time of a tag or of all; None when there is none."""

    def latest(self) -> list[Latest]:
        """Returns the last reading of every tag."""

    def episodes(
        self, *, standing: bool = False, span: Span | None = None, subject: str | None = None
    ) -> list[Episode]:
        """Returns opened episodes, newest first: standing ones, those touching a span, those of a tag or asset."""

    def episode(self, episode_id: str) -> Episode | None:
        """Returns one episode, pending ones included, or None."""

    def states(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Returns the states of these keys, those that there are: what rules and judges remember."""

    def state_keys(self, prefix: str) -> list[str]:
        """Returns the keys of states that begin with a prefix."""

    def person_events(self, episode_id: str | None = None) -> list[PersonEvent]:
        """Returns what people did, oldest first."""

    def episode_life(self, episode_id: str) -> list[EpisodeChange | PersonEvent]:
        """Returns all that happened to an episode, in the order it was written; empty if it never was one."""

    def add_person_event(self, event: PersonEvent) -> None:
        """Appends what a person did. Raises `BadInput` if it names an episode that there is not."""

    def enlist_sink(self, sink: str, at: int) -> None:
        """Makes a sink known; a new one counts all messages that there are already as had."""

    def claim_sink(self, sink: str, owner: str, *, at: int, expired_before: int) -> bool:
        """Takes the delivery to a known sink over if it is free, ours, or not seen since `expired_before`."""

    def release_sink(self, sink: str, owner: str) -> None:
        """Gives the delivery to a sink up, if it is ours."""

    def sinks(self) -> list[SinkBook]:
        """Returns the books of all sinks, by name."""

    def unsent(self, sink: str, limit: int) -> list[OutboxMessage]:
        """Returns the oldest messages of the outbox that a sink does not have yet; all for one that is not known."""

    def mark_sent(self, sink: str, last: int) -> None:
        """Says that a sink has all messages up to an id."""

    def mark_refused(self, sink: str, last: int, error: str) -> None:
        """Says that a sink has refused a message for good: it goes on behind it."""

    def mark_failed(self, sink: str, error: str, due_at: int) -> None:
        """Counts a failed try, and says when the next one is due."""

    def trim_outbox(self, before: int) -> int:
        """Forgets sinks that nobody has claimed since, and messages of before that time that all others have.

        The newest message is kept, so that ids go on. Returns how many messages were forgotten.
        """

    def dead_letters(self, *, limit: int = 100, which: Letters = ALL_LETTERS) -> list[tuple[int, DeadLetter]]:
        """Returns dead letters with their number, newest first."""

    def letter_sizes(self, which: Letters) -> list[tuple[int, int]]:
        """Returns the numbers of dead letters, oldest first, each with how many bytes its value has."""

    def dead_letter(self, number: int) -> DeadLetter | None:
        """Returns one dead letter by its number, or None."""

    def hours(self) -> list[HourBook]:
        """Returns every hour that has had readings, by time."""

    def hour_rows(self, hour: int) -> Iterator[tuple[str, list[HourRow]]]:
        """Yields the readings of an hour, tag by tag in their order, each by time; tags without any are left out."""

    def begin_sealing(self, hour: int) -> None:
        """Says that an hour is about to be read: what comes from now on touches it."""

    def finish_sealing(self, hour: int, *, readings: int, sha256: str, at: int) -> None:
        """Says what the file of an hour holds."""

    def retire_hour(self, hour: int) -> int:
        """Gives the readings of a sealed hour up, books included, and returns how many; 0 if it was touched since.

        The minute rollups stay, and the newest reading of each tag: series, forecasts and what is stale do not change.
        Done in parts, so that no writer waits long; what a crash or a new reading leaves undone is done at the next
        call, after the hour was sealed again.
        """

    def meta(self, key: str) -> str | None:
        """Returns a note about the store, such as `demo` or `graph.path`."""

    def set_meta(self, key: str, value: str) -> None:
        """Writes a note about the store."""

    def add_forecast(self, forecast: IssuedForecast, body: str) -> bool:
        """Keeps a forecast; False if one of the same tag, origin, step and horizon is there: the first one stands.

        Args:
            forecast: What it is about; `settled` and `id` are the store's to give.
            body: What it said, as JSON: see `tools/scorecard.py`.
        """

    def forecasts(self, tag: str, *, since: int = 0, unsettled: bool = False) -> list[IssuedForecast]:
        """Returns the forecasts of a tag that begin at a time or later, by origin, oldest first.

        Args:
            tag: The tag.
            since: UTC milliseconds.
            unsettled: Only those whose scores may still change.
        """

    def forecast_body(self, number: int) -> str | None:
        """Returns what a forecast said, as JSON; None where there is no such forecast."""

    def forecast_tags(self) -> list[str]:
        """Returns the tags that a forecast was issued for, by name."""

    def drop_forecasts(self, tag: str, before: int) -> None:
        """Forgets the settled forecasts of a tag that begin before a time, with their scores."""

    def put_scores(self, scores: Sequence[Score], settled: Sequence[int] = ()) -> None:
        """Writes scores, each in place of the one before of its forecast and candidate; settles some forecasts.

        A score of fewer steps than the one that is there is left out: another process saw more.

        Args:
            scores: Of forecasts that there are, else `StoreError`.
            settled: Numbers of forecasts whose scores are final from now on.
        """

    def scores(self, tag: str, *, since: int = 0) -> list[Score]:
        """Returns the scores of the forecasts that `forecasts` returns, in their order, then by candidate."""

    def close(self) -> None:
        """Closes every connection; the store may not be used after."""
