"""Reads and writes files of examples in any of the formats; which one a file has is seen from what is in it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.datasets.faults import fault_of
from finetuning.datasets.formats import FORMATS, BadEntry, File, Format
from finetuning.example import Example
from plant.errors import BadInput
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_NOT_JSON: Final = (msgspec.DecodeError, UnicodeEncodeError, RecursionError)
_DELIMITERS: Final = ";,\t|"
_KNOWN: Final = "; ".join(f"{form.name} needs {' and '.join(form.needs)}" for form in FORMATS.values())


class Read(msgspec.Struct, frozen=True):
    """A file of examples.

    Attributes:
        format: What it is written in.
        examples: In order.
        places: Where each stands: "FILE, line 3".
    """

    format: Format
    examples: list[Example]
    places: list[str]


def read_examples(path: Path) -> Read:
    """Reads a file of examples.

    Raises:
        BadInput: If it cannot be read, is not UTF-8, is of no format known here, or an entry is not as it should be;
            it names file and line.
    """
    text = _text(path)
    if not text.strip():
        raise BadInput(f"{path} is empty.")
    entries = list(_json_entries(path, text) if text.lstrip()[:1] in {"[", "{"} else _csv_entries(path, text))
    if not entries:
        raise BadInput(f"{path} has no examples.")
    form = _format_of(*entries[0])
    return Read(form, [_example(form, where, entry) for where, entry in entries], [where for where, _ in entries])


def write_examples(path: Path, examples: Iterable[Example], form: Format) -> None:
    """Writes a file of examples, all or nothing.

    Raises:
        BadInput: If the format cannot hold one of them, or the file cannot be written.
    """
    entries = []
    for number, example in enumerate(examples, 1):
        try:
            entries.append(form.write(example))
        except BadEntry as error:
            called = f"The example {example.id!r}" if example.id else f"Example {number}"
            raise BadInput(
                f"{called} cannot be written as {form.name}: {error}", hint="messages and sharegpt hold every chat."
            ) from error
    write_whole(path, [_written(entries, form.file)])


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"{path}, line {line}, is not UTF-8: it has the byte 0x{error.object[error.start]:02x}.",
            hint="Save it as UTF-8 and read it again.",
        ) from error


def _json_entries(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    """Yields the entries of a JSON list, or of JSON lines, each with its place."""
    if text.lstrip().startswith("["):
        try:
            entries = msgspec.json.decode(text, type=list[Any])
        except _NOT_JSON as error:
            raise BadInput(f"{path} is not a JSON list: {error}.") from error
        yield from ((f"{path}, entry {number}", entry) for number, entry in enumerate(entries, 1))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            where = f"{path}, line {number}"
            try:
                yield where, msgspec.json.decode(line)
            except _NOT_JSON as error:
                raise BadInput(f"{where}, is not JSON: {error}.") from error


def _csv_entries(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    """Yields the rows of a CSV file by its header, each with its place."""
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns(path, next(reader, []))
        for cells in reader:
            where = f"{path}, line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                raise BadInput(
                    f"{where}: there are {len(cells)} cells for {len(columns)} columns.",
                    hint=f'Put "quotes" around a text that has the delimiter {delimiter!r} in it.',
                )
            yield where, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        raise BadInput(f"{path}, line {reader.line_num}, is not CSV: {error}.") from error


def _columns(path: Path, header: Sequence[str]) -> list[str]:
    columns = [cell.strip().casefold() for cell in header]
    missing = {"question", "answer"} - set(columns)
    if missing:
        shown = ", ".join(columns) if any(columns) else "none"
        raise BadInput(
            f"{path}, line 1: there is no column {' and no '.join(sorted(missing))}; the columns are {shown}.",
            hint="A CSV file begins with question;answer. The other formats are JSON.",
        )
    return columns


def _format_of(where: str, entry: Any) -> Format:
    keys = set(entry) if isinstance(entry, dict) else set()
    found = next((form for form in FORMATS.values() if keys.issuperset(form.needs)), None)
    if found is None:
        has = f"has {', '.join(map(repr, sorted(keys)))}" if keys else "is no object"
        raise BadInput(f"{where}, is of no format known here: it {has}.", hint=f"Of the formats, {_KNOWN}.")
    return found


def _example(form: Format, where: str, entry: Any) -> Example:
    missing = [key for key in form.needs if not isinstance(entry, dict) or key not in entry]
    if missing:
        raise BadInput(f"{where}: it has no {missing[0]!r}, which {form.name} needs.")
    try:
        example = form.read(entry)
    except BadEntry as error:
        raise BadInput(f"{where}: {error}") from error
    if fault := fault_of(example):
        raise BadInput(f"{where}: {fault}")
    return example


def _written(entries: Sequence[Mapping[str, Any]], file: File) -> bytes:
    if file is File.LINES:
        return b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
    if file is File.LIST:
        return msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n"
    columns = [key for key in (entries[0] if entries else ()) if any(entry[key] for entry in entries)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(columns)
    writer.writerows([entry[key] for key in columns] for entry in entries)
    return text.getvalue().encode()
