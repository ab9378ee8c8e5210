"""What judges an asset, and what its judges know and knew: so that a late minute is judged in its place.

The judges know what follows from all minutes before a cursor. Snapshots of that are kept: where their history begins,
hourly for the last day, and behind the last two fits. To judge a minute again they go back to the newest snapshot
before it; a fit that falls in what is judged again is made again.

Other rules (limits, tags, a threshold) cut the past: what was judged by the rules of before stands.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import msgspec

from ingestion.consensus import ON, AssetJudge
from ingestion.log import get_log
from ingestion.outlook import OutlookJudge
from ingestion.rules import digest_of
from plant.errors import BadInput
from plant.time import DAY, HOUR, MINUTE, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from forecasting.contract import Floats
    from ingestion.contract import MinuteJudge
    from plant.episodes import Episode, EpisodeChange
    from plant.registry import Sensor

_CHUNK: Final = DAY
_HOURLY_FOR: Final = DAY
_FITS_KEPT: Final = 2

_OWN_KEY: Final = re.compile(r"[^/]+(/state|/\d+)?")

_T = TypeVar("_T")

_log = get_log(__name__)


def judges_of(asset: str, sensors: Sequence[Sensor], first: int, threshold: float | None) -> tuple[MinuteJudge, ...]:
    """Makes the judges of an asset.

    Args:
        asset: The asset.
        sensors: Its tags; at least one.
        first: Begin of their history, a full minute, UTC milliseconds.
        threshold: Surprise that is odd; None for the default.
    """
    return (AssetJudge(asset, sensors, first, threshold or ON), OutlookJudge(asset, sensors, first))


class Snapshot(msgspec.Struct, frozen=True):
    """What the judges knew when all minutes before a time were judged.

    Attributes:
        at: That time, UTC milliseconds.
        states: Their states, by judge; one without a state knew nothing.
        fitted: When the models were fitted that they judged with, by judge; one without had none.
    """

    at: int
    states: dict[str, bytes] = {}
    fitted: dict[str, int] = {}


def belongs(key: str, asset: str) -> bool:
    """Whether a state is one of an asset's: an asset's name may begin another's, `P-1` and `P-1/A`."""
    return _OWN_KEY.fullmatch(key, len(f"asset/{asset}/")) is not None


class Now(msgspec.Struct, frozen=True):
    """What the states of the judges, each in a row of its own, belong to: `at` and `fitted` as in `Snapshot`."""

    at: int
    fitted: dict[str, int] = {}


class Past(msgspec.Struct):
    """What the judges of an asset knew at a few past times.

    Attributes:
        digest: Of the rules that they judged by.
        first: Begin of the history, UTC milliseconds.
        snapshots: Oldest first; never empty. The first lies at `first`, or where other rules cut the past.
    """

    digest: str
    first: int
    snapshots: Annotated[list[Snapshot], msgspec.Meta(min_length=1)]


class Judges:
    """The judges of one asset.

    Args:
        asset: The asset.
        sensors: Its tags, in order; at least one.
        threshold: Surprise that is odd; None for the default.
        frame: Returns the minutes of a span, and their means of shape (n_minutes, n_tags).

    Attributes:
        cursor: All minutes before it are judged, UTC milliseconds.
    """

    def __init__(
        self,
        asset: str,
        sensors: Sequence[Sensor],
        threshold: float | None,
        frame: Callable[[Sequence[Sensor], Span], tuple[list[int], Floats]],
    ) -> None:
        self.sensors = tuple(sensors)
        self.tags = tuple(sensor.tag for sensor in sensors)
        self.digest = digest_of_rules(sensors, threshold)
        self.cursor = 0
        self._asset = asset
        self._threshold = threshold
        self._frame = frame
        self._judges: tuple[MinuteJudge, ...] = ()
        self._past = Past(self.digest, 0, [Snapshot(0)])
        self._fitted: dict[str, int] = {}
        self._unsaved: dict[str, bytes] = {}
        self._stored: set[str] = set()

    @property
    def rules(self) -> frozenset[str]:
        """The rules whose episodes they make."""
        return frozenset().union(*(judge.rules for judge in self._judges))

    @property
    def new(self) -> bool:
        """Whether they have judged nothing yet."""
        return self.cursor == self._past.first

    def begin(self, first: int) -> None:
        """Begins where the history does."""
        self._past = Past(self.digest, first, [Snapshot(first)])
        self._keep_past()
        self._restore(self._past.snapshots[0], {})

    def load(self, states: dict[str, bytes], cursor: int, first: int) -> bool:
        """Takes the states back that belong to a cursor.

        Args:
            states: All of the asset.
            cursor: The asset's cursor, UTC milliseconds.
            first: Begin of the history, should the states not say.

        Returns:
            Whether they could be read. If not, the judges know nothing until they `go_back`.
        """
        self._stored = set(states)
        if self._now_key not in states:  # forgotten, as an asset without tags is: nothing is known of what was
            self._past = Past("", first, [Snapshot(cursor)])
            self._restore(self._past.snapshots[0], {})
            return True
        self._past = Past(self.digest, first, [Snapshot(first)])
        try:
            self._past = _decoded(states, self._past_key, Past)
            now = _decoded(states, self._now_key, Now)
            self._restore(Snapshot(now.at, self._states_in(states), now.fitted), states)
            self._check_cursor(cursor)
        except BadInput as error:
            _log.warning("the state of an asset cannot be read: judged again", asset=self._asset, reason=str(error))
            if self._past.digest != self.digest:
                self._past = Past(self.digest, self._past.first, [Snapshot(self._past.first)])
            return False
        return True

    def cut(self, states: dict[str, bytes]) -> bool:
        """Cuts the past here if the rules are others than before; returns whether they are."""
        if self._past.digest == self.digest:
            return False
        self._past = Past(self.digest, self._past.first, [self._now()])
        self._keep_past()
        self._restore(self._past.snapshots[0], states)  # what no rule remembers is under way no more
        return True

    def go_back(self, ts: int, states: dict[str, bytes], first: int) -> None:
        """Goes back to what was known before a minute, or to the beginning.

        Args:
            ts: The minute, UTC milliseconds.
            states: All of the asset.
            first: Begin of the history now; an earlier one than before is where judging begins.
        """
        past = self._past
        if past.snapshots[0].at == past.first and first < past.first:
            past.first, past.snapshots = first, [Snapshot(first)]
        while past.snapshots:
            snapshot = past.snapshots[-1]
            try:
                if snapshot.at <= ts or len(past.snapshots) == 1:
                    self._restore(snapshot, states)
                    break
            except BadInput as error:
                _log.warning("a snapshot of an asset cannot be read", asset=self._asset, reason=str(error))
            past.snapshots.pop()
        else:
            self.begin(past.first)
        self._keep_past()

    def told(self) -> list[Episode]:
        """Returns the episodes under way, as last told."""
        return [episode for judge in self._judges for episode in judge.told()]

    def next_span(self, until: int) -> Span:
        """Returns what is judged in one go: to the next fit, or a day, or `until`.

        It stops at the two full hours before `until`: judging again mostly begins there.
        """
        fits = [judge.next_fit for judge in self._judges if judge.next_fit is not None]
        fit = max(min(fits, default=until), self.cursor + MINUTE)
        hour = until - until % HOUR
        stops = [stop for stop in (hour - HOUR, hour) if stop > self.cursor]
        return Span(self.cursor, min(until, self.cursor + _CHUNK, fit, *stops))

    def judge(self, span: Span) -> list[EpisodeChange]:
        """Judges the minutes from the cursor on, and fits what is due at their end."""
        memory = max(judge.memory for judge in self._judges)
        times, frame = self._frame(self.sensors, Span(span.start - memory * MINUTE, span.end))
        changes: list[EpisodeChange] = []
        for judge in self._judges:
            spare = memory - judge.memory
            changes += judge.judge(times[spare:], frame[spare:], judge.memory)
        self.cursor = span.end
        due = [judge for judge in self._judges if judge.next_fit is not None and judge.next_fit <= span.end]
        for judge in due:
            judge.fit(span.end, *self._frame(self.sensors, judge.learns_from(span.end)))
            self._fitted[judge.name] = span.end
            self._unsaved[self._models_key(judge.name, span.end)] = judge.models()
        if due or span.end % HOUR == 0:
            self._take_snapshot()
        return changes

    def dirty(self) -> tuple[dict[str, bytes], set[str]]:
        """Returns the states that changed since the last call, and the keys of those no longer needed."""
        states, self._unsaved = self._unsaved, {}
        states |= {self._state_key(judge.name): judge.state() for judge in self._judges}
        states[self._now_key] = msgspec.msgpack.encode(Now(self.cursor, self._fitted))
        fits = [self._fitted, *(snapshot.fitted for snapshot in self._past.snapshots)]
        used = {self._models_key(*fit) for fitted in fits for fit in fitted.items()}
        used |= {self._now_key, self._past_key, *(self._state_key(judge.name) for judge in self._judges)}
        needless = self._stored - used
        self._stored = (self._stored | states.keys()) & used
        return {key: body for key, body in states.items() if key in used}, needless

    def _restore(self, snapshot: Snapshot, states: dict[str, bytes]) -> None:
        """Takes a snapshot back. Raises `BadInput` if it, or models that it needs, cannot be read."""
        judges = judges_of(self._asset, self.sensors, self._past.first, self._threshold)
        for judge in judges:
            if (state := snapshot.states.get(judge.name)) is not None:
                fitted = snapshot.fitted.get(judge.name)
                models = b"" if fitted is None else states.get(self._models_key(judge.name, fitted), b"")
                if fitted is not None and not models:
                    raise BadInput(f"The models of {judge.name} are gone.")
                _restore(judge, state, models)
        self._judges, self._fitted, self.cursor = judges, dict(snapshot.fitted), snapshot.at

    def _check_cursor(self, cursor: int) -> None:
        if self.cursor != cursor:
            raise BadInput(f"The state of {self._asset} is not that of its cursor.")

    def _now(self) -> Snapshot:
        return Snapshot(self.cursor, {judge.name: judge.state() for judge in self._judges}, dict(self._fitted))

    def _take_snapshot(self) -> None:
        base, *later = [*self._past.snapshots, self._now()]
        at_fits = [snapshot.at for snapshot in later if snapshot.at in snapshot.fitted.values()]
        kept = [one for one in later if one.at >= self.cursor - _HOURLY_FOR or one.at in at_fits[-_FITS_KEPT:]]
        self._past.snapshots = [base, *kept]
        self._keep_past()

    def _keep_past(self) -> None:
        self._unsaved[self._past_key] = msgspec.msgpack.encode(self._past)

    def _states_in(self, states: dict[str, bytes]) -> dict[str, bytes]:
        names = (judge.name for judge in judges_of(self._asset, self.sensors, self._past.first, self._threshold))
        return {name: states[key] for name in names if (key := self._state_key(name)) in states}

    @property
    def _now_key(self) -> str:
        return f"asset/{self._asset}/now"

    @property
    def _past_key(self) -> str:
        return f"asset/{self._asset}/past"

    def _state_key(self, judge: str) -> str:
        return f"asset/{self._asset}/{judge}/state"

    def _models_key(self, judge: str, at: int) -> str:
        return f"asset/{self._asset}/{judge}/{at}"


def digest_of_rules(sensors: Sequence[Sensor], threshold: float | None) -> str:
    """Returns a digest of all that judging an asset depends on, beside its readings."""
    parts = [repr(threshold), *(digest_of(sensor) for sensor in sensors)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _restore(judge: MinuteJudge, state: bytes, models: bytes) -> None:
    try:
        judge.restore(state, models)
    except UnicodeDecodeError as error:
        raise BadInput(f"The state of {judge.name} is not text.") from error


def _decoded(states: dict[str, bytes], key: str, kind: type[_T]) -> _T:
    """Decodes a state. Raises `BadInput` if it is not there or cannot be read."""
    try:
        return msgspec.msgpack.decode(states[key], type=kind)
    except KeyError as error:
        raise BadInput(f"The state {key} is gone.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The state {key} cannot be read: {error}.") from error
