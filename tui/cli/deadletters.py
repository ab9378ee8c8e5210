"""`millhand deadletters`: list, show and redrive messages that could not be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from plant.errors import BadInput, UsageError
from tui.cli.common import JsonFlag, StoreOption, print_json, printable, settings_from, talk, verb_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingestion.redrive import Redriven
    from plant.store.contract import DeadLetter, Letters, Store

_DUMPED: Final = 1_024  # bytes of a value that `show` prints as hex
_REASONS: Final = 5
_STAGES: Final = ("decode", "validate", "clock", "conflict")

app = verb_group("List, show, redrive unusable messages. Example: millhand deadletters list")


def _known_stage(stage: str | None) -> str | None:
    """Raises `UsageError` where there is no such stage."""
    if stage is not None and stage not in _STAGES:
        raise UsageError(f"There is no stage {stage!r}.", hint=f"Write {', '.join(_STAGES)}.")
    return stage


StageOption = Annotated[
    str | None, typer.Option("--stage", metavar="STAGE", callback=_known_stage, help=f"Only {', '.join(_STAGES)}.")
]
ErrorOption = Annotated[str | None, typer.Option("--error", metavar="WORD", help="Only this error: json, path, unit.")]
SourceOption = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Only of this topic or file.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Not older: 2h, 7d, or 2026-01-31T14:05:00Z.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, metavar="N", help="The most to list.")]


@app.command("list")
def list_dead_letters(
    store: StoreOption = None,
    stage: StageOption = None,
    error: ErrorOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    redriven: Annotated[bool, typer.Option("--redriven", help="Those that were redriven too.")] = False,
    limit: LimitOption = 20,
    as_json: JsonFlag = False,
) -> None:
    """List dead letters that wait, newest first.

    Example: millhand deadletters list --stage validate --since 2h
    """
    from plant.store.contract import Letters
    from plant.store.sqlite import open_store

    which = Letters(stage, error, source, _time(since), redriven)
    with open_store(settings_from(store=store).store.path, read_only=True) as plant_store:
        letters = plant_store.dead_letters(limit=limit, which=which)
    if as_json:
        print_json([_as_json(number, letter) for number, letter in letters])
        return
    for number, letter in letters:
        mark = "" if letter.redriven_at is None else "(redriven) "
        place = f"{letter.source}/{letter.partition}@{letter.offset}{_item(letter)}"
        print(f"{number:>6}  {place}  {letter.stage:<8}  {mark}{printable(letter.text)}")
    if not letters:
        talk("There are no dead letters." if which == Letters(redriven=redriven) else "No dead letter is like that.")


@app.command("show")
def show_dead_letter(
    number: Annotated[int, typer.Argument(metavar="N", help="Its number in the list.")],
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show one dead letter with its bytes.

    In hex where they are no text.

    Example: millhand deadletters show 12
    """
    from plant.store.sqlite import open_store

    with open_store(settings_from(store=store).store.path, read_only=True) as plant_store:
        letter = plant_store.dead_letter(number)
    if letter is None:
        raise _unknown(number)
    shown = _as_json(number, letter)
    if as_json:
        print_json(shown)
        return
    for key, value in shown.items():
        if key in {"key_hex", "value_hex"}:
            continue
        data = {"key": letter.key, "value": letter.value}.get(key)
        if data is None or _is_text(data):
            print(f"{key:<12} {'' if value is None else value}")
        else:
            print(f"{key:<12} {len(data)} bytes")
            _dump(data)


@app.command("redrive")
def redrive_dead_letters(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="N", help="Numbers of the list.", show_default=False)
    ] = None,
    store: StoreOption = None,
    stage: StageOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    keep_late: Annotated[
        bool, typer.Option("--keep-late", help="Store readings beyond the late horizon too; no rule judges them.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Decode dead letters again; store what is good, once.

    With the settings and the registry of now.

    Example: millhand deadletters redrive --stage validate
    """
    from ingestion.redrive import redrive
    from plant.store.contract import Letters
    from plant.store.sqlite import open_store

    which = Letters(stage, source=source, since=_time(since))
    if not numbers and not everything and which == Letters():
        raise UsageError("Say which dead letters to redrive.", hint="Give numbers, --stage STAGE and so on, or --all.")
    settings = settings_from(store=store)
    if not settings.store.path.exists():
        raise BadInput(f"There is no store at {settings.store.path}.", hint="Name it with --store.")
    with open_store(settings.store.path) as plant_store:
        letters = _choose(plant_store, numbers or [], which)
        result = redrive(plant_store, settings, letters, keep_late=keep_late)
    if as_json:
        print_json(result)
    else:
        _say(result, len(letters), keep_late=keep_late)


def _choose(store: Store, numbers: Sequence[int], which: Letters) -> list[tuple[int, int]]:
    """Returns the letters meant, with their sizes; of the numbers given, those that are like `which` too."""
    if unknown := next((number for number in numbers if store.dead_letter(number) is None), None):
        raise _unknown(unknown)
    letters = store.letter_sizes(which)
    return [letter for letter in letters if letter[0] in numbers] if numbers else letters


def _say(result: Redriven, chosen: int, *, keep_late: bool) -> None:
    if not chosen:
        talk("None of these dead letters waits.")
        return
    print(f"{result.redriven} of {result.tried} dead letters went through.")
    print(f"{result.stored} readings stored, {result.duplicates} there already, {result.late} late.")
    if result.late and not keep_late:
        talk("Late readings are counted, not stored; --keep-late stores such readings.")
    for reason, count in list(result.reasons.items())[:_REASONS]:
        print(f"{count:>6} wait  {printable(reason)}")


def _time(text: str | None) -> int | None:
    from plant.time import now_ms, parse_duration, parse_time

    if text is None:
        return None
    try:
        return now_ms() - parse_duration(text)
    except BadInput:
        return parse_time(text)


def _unknown(number: int) -> BadInput:
    return BadInput(f"There is no dead letter {number}.", hint="See millhand deadletters list.")


def _as_json(number: int, letter: DeadLetter) -> dict[str, Any]:
    from plant.time import to_iso

    return {
        "number": number,
        "source": letter.source,
        "partition": letter.partition,
        "offset": letter.offset,
        "item": letter.item,
        "stage": letter.stage,
        "error": letter.error,
        "text": printable(letter.text),
        "at": to_iso(letter.at),
        "redriven_at": None if letter.redriven_at is None else to_iso(letter.redriven_at),
        "key": _text(letter.key),
        "key_hex": _hex(letter.key),
        "value": _text(letter.value),
        "value_hex": _hex(letter.value),
    }


def _item(letter: DeadLetter) -> str:
    return "" if letter.item < 0 else f"#{letter.item}"


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _hex(data: bytes | None) -> str | None:
    """Returns the bytes as hex where they are no text."""
    return None if data is None or _is_text(data) else data.hex()


def _text(data: bytes | None) -> str | None:
    """Returns bytes as text, with escapes for what is no text."""
    return None if data is None else printable(data.decode("utf-8", "backslashreplace"))


def _dump(data: bytes) -> None:
    for at in range(0, min(len(data), _DUMPED), 16):
        row = data[at : at + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        print(f"  {at:08x}  {row.hex(' '):<47}  {text}")
    if len(data) > _DUMPED:
        print(f"  ... and {len(data) - _DUMPED} more; --json has all of them")
