"""Dead letters decoded again, with the settings and the registry of now.

A letter that goes through is marked as redriven, and the books of its own partition are corrected in the same
transaction: what was dead-lettered is stored, late or a duplicate now. So the books balance before, between and after,
and a letter goes through once, however often or by how many processes it is redriven. One that fails again waits on,
with its newest reason. Of a whole message that can be decoded now, the items that still cannot be used become letters
of their own.

Late readings amend episodes as they do on the stream; those beyond the late horizon are counted late and not stored,
unless they are kept as historical ones, which no rule judges.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.contract import RawMessage
from ingestion.decode import Refused
from ingestion.intake import Intake, Newest, load_newest
from ingestion.mapping import decoder_for
from plant.store.contract import Counts
from plant.time import now_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ingestion.decode import Decoder, Placed
    from plant.settings import Settings
    from plant.store.contract import DeadLetter, Store, Transaction

    _Letter = tuple[int, DeadLetter]

AT_ONCE: Final = 500
"""The most letters of one transaction."""

BYTES_AT_ONCE: Final = 16_000_000
"""The most bytes of one transaction's letters, unless a single one has more."""


class Redriven(msgspec.Struct, frozen=True):
    """What became of letters; the JSON of `millhand deadletters redrive`.

    Attributes:
        tried: Letters that were waiting and were decoded again.
        redriven: Letters that went through.
        stored: Readings stored.
        duplicates: Readings that were there already.
        late: Readings beyond the late horizon, counted and not stored.
        failed: Letters that wait on, and new ones for items of redriven messages.
        reasons: How many of these have which reason, `stage: sentence`.
    """

    tried: int = 0
    redriven: int = 0
    stored: int = 0
    duplicates: int = 0
    late: int = 0
    failed: int = 0
    reasons: dict[str, int] = {}


def redrive(
    store: Store,
    settings: Settings,
    letters: Sequence[tuple[int, int]],
    *,
    keep_late: bool = False,
    clock: Callable[[], int] = now_ms,
) -> Redriven:
    """Decodes dead letters again and stores what is good.

    Args:
        store: Where they are.
        settings: Mapping, clock bound and late horizon.
        letters: Number and size of each, as `Store.letter_sizes` gives them; one that waits no more is left alone.
        keep_late: Store readings beyond the late horizon as historical ones.
        clock: The wall clock, UTC milliseconds.

    Raises:
        SettingsError: If the mapping can never work.
        StoreError: If the store cannot be written; what was committed stands, and the rest waits.
    """
    registry = store.registry()
    lines: dict[tuple[str, int], _Line] = {}
    parts: list[Redriven] = []
    for numbers in _cut(letters):
        with store.transaction() as transaction:
            waiting = [(number, found) for number in numbers if (found := transaction.waiting_letter(number))]
            for place, group in _by_place(waiting).items():
                if place not in lines:
                    intake = Intake(*place, registry, settings.stream, clock)
                    lines[place] = _Line(place, intake, decoder_for(registry, settings.mapping, place[0]), keep_late)
                parts.append(lines[place].take(transaction, group, clock()))
    return _sum(parts)


class _Line:
    """The letters of one partition on their way into the store.

    Args:
        place: Source and partition.
        intake: The way.
        decoder: Decodes them by the settings of now.
        keep_late: Store readings beyond the late horizon as historical ones.
    """

    def __init__(self, place: tuple[str, int], intake: Intake, decoder: Decoder, keep_late: bool) -> None:
        self._place = place
        self._intake = intake
        self._decoder = decoder
        self._keep_late = keep_late
        self._newest: Newest = {}

    def take(self, transaction: Transaction, letters: Sequence[_Letter], now: int) -> Redriven:
        """Takes letters in, all of one transaction, and corrects the partition's books."""
        for tag, ts in load_newest(transaction, *self._place).items():
            self._newest[tag] = max(ts, self._newest.get(tag, ts))
        numbers = {(letter.offset, letter.item): number for number, letter in letters}
        whole = {number for number, letter in letters if letter.item < 0}

        def number_of(one: Placed | Refused) -> int:
            return numbers.get((one.message.offset, one.item)) or numbers[one.message.offset, -1]

        placed, refused = self._decode(letters)
        found = sum(number_of(one) in whole for one in placed)
        found += sum(number_of(one) in whole for one in refused if one.item >= 0)
        placed, early = self._intake.split_clock(placed)
        placed, late = self._intake.split_late(placed, self._newest)
        if self._keep_late:
            placed, late = [*placed, *map(_as_history, late)], []
        stored, duplicates, conflicts = self._intake.insert(transaction, placed)

        items: list[Refused] = []  # of whole messages that can be decoded now
        failed: dict[int, Refused] = {}
        for one in (*refused, *early, *conflicts):
            number = number_of(one)
            if number in whole and one.item >= 0:
                items.append(one)
            else:
                failed[number] = one
        self._mark(transaction, numbers.values(), failed, now)
        self._intake.add_dead_letters(transaction, items)
        through = set(numbers.values()) - failed.keys()
        counts = Counts(
            decoded_messages=len(through & whole),
            dead_messages=-len(through & whole),
            decoded=found,
            stored=len(stored),
            duplicates=duplicates,
            late=len(late),
            dead_readings=len(items) - len(through - whole),
        )
        transaction.correct_book(*self._place, counts, max((reading.ts for reading in stored), default=None))
        waits = Counter(f"{one.stage}: {one.text}" for one in (*failed.values(), *items))
        return Redriven(
            len(letters), len(through), len(stored), duplicates, len(late), len(failed) + len(items), dict(waits)
        )

    @staticmethod
    def _mark(transaction: Transaction, letters: Iterable[int], failed: dict[int, Refused], now: int) -> None:
        """Gives letters that failed their newest reason, and marks the others as redriven."""
        for number in letters:
            if one := failed.get(number):
                transaction.explain_letter(number, one.stage, one.error, one.text)
            else:
                transaction.mark_redriven(number, now)

    def _decode(self, letters: Sequence[_Letter]) -> tuple[list[Placed], list[Refused]]:
        """Decodes the messages of letters, each once; of a letter for one item only that item counts."""
        wanted: dict[int, list[DeadLetter]] = {}
        for _, letter in letters:
            wanted.setdefault(letter.offset, []).append(letter)
        placed: list[Placed] = []
        refused: list[Refused] = []
        for offset, own in wanted.items():
            message = RawMessage(offset, own[0].key, own[0].value)
            good, bad = self._decoder.decode([message])
            items = {letter.item for letter in own}
            if -1 not in items:
                good = [one for one in good if one.item in items]
                if bad and bad[0].item < 0:
                    bad = [bad[0]._replace(item=item) for item in items]
                bad = [one for one in bad if one.item in items]
                for item in items - {one.item for one in good} - {one.item for one in bad}:
                    text = f"The message has no item {item} by the settings of now."
                    bad.append(Refused(message, item, "decode", "item", text))
            placed += good
            refused += bad
        return placed, refused


def _as_history(one: Placed) -> Placed:
    return msgspec.structs.replace(one, reading=msgspec.structs.replace(one.reading, historical=True))


def _by_place(letters: Sequence[_Letter]) -> dict[tuple[str, int], list[_Letter]]:
    places: dict[tuple[str, int], list[_Letter]] = {}
    for number, letter in letters:
        places.setdefault((letter.source, letter.partition), []).append((number, letter))
    return places


def _cut(letters: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Yields the numbers of letters in parts that one transaction can hold."""
    part: list[int] = []
    held = 0
    for number, size in letters:
        if part and (len(part) == AT_ONCE or held + size > BYTES_AT_ONCE):
            yield part
            part, held = [], 0
        part.append(number)
        held += size
    if part:
        yield part


def _sum(parts: Sequence[Redriven]) -> Redriven:
    reasons: Counter[str] = Counter()
    for part in parts:
        reasons.update(part.reasons)
    return Redriven(
        tried=sum(part.tried for part in parts),
        redriven=sum(part.redriven for part in parts),
        stored=sum(part.stored for part in parts),
        duplicates=sum(part.duplicates for part in parts),
        late=sum(part.late for part in parts),
        failed=sum(part.failed for part in parts),
        reasons=dict(reasons.most_common()),
    )
