"""A data set on the disk: the folder that `finetuning/example.py` describes, written whole and read with care.

    write_dataset(folder, examples, task=Task.MANUALS, how={"seed": 1}, split=Shares(by=By.MANUAL))
    read_dataset(folder).splits[Split.TRAIN]

`dataset_info.json` is written last and has each file's hash, so a folder whose making was cut short is told. Its
entries `train`, `validation` and `test` name file and columns as other trainers read them from a file of that name.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.datasets.card import card_of
from finetuning.datasets.decisions import as_decided
from finetuning.datasets.faults import fault_of
from finetuning.datasets.overlap import overlaps
from finetuning.example import Example, Split, Task
from plant.errors import BadInput
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from finetuning.datasets.splits import Splitter

INFO: Final = "dataset_info.json"
CARD: Final = "README.md"
_SHOWN: Final = 3
_TAGS: Final = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "system_tag": "system",
}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One split's file.

    Attributes:
        file_name: Its name.
        sha256: Its hash.
        examples: How many examples.
        groups: How many groups they are of.
        languages: How many examples of each language; `""` for none.
        formatting: What other trainers call the format; empty for verbatim texts, which they have no name for.
        columns: Where they find the turns, or the text.
        tags: How the turns are written.
    """

    file_name: str
    sha256: str
    examples: int
    groups: int
    languages: dict[str, int]
    formatting: str
    columns: dict[str, str]
    tags: dict[str, str]


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """What `dataset_info.json` says.

    Attributes:
        task: What the data set is for.
        how: How it was made: command, sources with hashes, seeds, counts by reason; as its maker says.
        split: How it was split, for people.
        train: The split's file; None where no example is in it, as for the others.
        validation: The same.
        test: The same.
    """

    task: Task
    how: dict[str, Any]
    split: str
    train: Part | None = None
    validation: Part | None = None
    test: Part | None = None

    def part(self, split: Split) -> Part | None:
        """Returns the file of a split."""
        return {Split.TRAIN: self.train, Split.VALIDATION: self.validation, Split.TEST: self.test}[split]


class Dataset(msgspec.Struct, frozen=True):
    """A data set: what is known of it, and its examples by split; a split without examples is an empty list."""

    info: Info
    splits: dict[Split, list[Example]]


def write_dataset(
    folder: Path, examples: Iterable[Example], *, task: Task, how: Mapping[str, Any], split: Splitter
) -> Dataset:
    """Writes a data set; what else stands in the folder stays, and what people decided of its examples is kept to.

    Args:
        folder: Where to; made where it is not there.
        examples: With ids; the same ones in the same order give the same bytes.
        task: What they are for.
        how: How they were made, as JSON, for `dataset_info.json` and the card.
        split: Decides the split of each.

    Raises:
        BadInput: If there is nothing to train on, an id is there twice or missing, a turn is not as it should be, or
            something stands in two splits (`overlap.py`); then nothing is written. If the disk is full.
    """
    splits: dict[Split, list[Example]] = {part: [] for part in Split}
    for example in as_decided(folder, examples):
        if fault := fault_of(example):
            raise BadInput(f"The example {example.id!r}: {fault}")
        splits[split(example)].append(example)
    _check(splits, split)
    texts = {part: b"".join(_line(one) for one in some) for part, some in splits.items() if some}
    parts = {part.value: _part(part, text, splits[part]) for part, text in texts.items()}
    made = Dataset(Info(task=task, how=dict(how), split=split.words, **parts), splits)
    for part in Split:
        path = folder / f"{part}.jsonl"
        if part in texts:
            write_whole(path, [texts[part]])
        else:
            path.unlink(missing_ok=True)
    write_whole(folder / CARD, [card_of(made).encode()])
    write_whole(folder / INFO, [msgspec.json.format(msgspec.json.encode(made.info), indent=2), b"\n"])
    return made


def read_dataset(folder: Path) -> Dataset:
    """Reads a data set.

    Raises:
        BadInput: If it is none, a file is not the one that `dataset_info.json` tells of, or a line is no example; it
            names file and line.
    """
    info = read_info(folder)
    splits: dict[Split, list[Example]] = {}
    for split in Split:
        part = info.part(split)
        splits[split] = _read_part(folder / part.file_name, part.sha256) if part else []
    return Dataset(info, splits)


def read_info(folder: Path) -> Info:
    """Reads what a data set says of itself. Raises `BadInput` as `read_dataset` does."""
    path = folder / INFO
    try:
        return msgspec.json.decode(path.read_bytes(), type=Info)
    except FileNotFoundError as error:
        raise BadInput(
            f"{folder} is not a data set: it has no {INFO}.",
            hint="Make one: millhand finetune pairs SOURCE --task TASK --out DIR.",
        ) from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not as millhand writes it: {error}.", hint="Make the data set again.") from error


def _check(splits: Mapping[Split, Sequence[Example]], split: Splitter) -> None:
    every = [example for some in splits.values() for example in some]
    if not splits[Split.TRAIN]:
        raise BadInput(f"None of the {len(every)} examples is for training, split {split.words}.")
    for id_, count in Counter(example.id for example in every).items():
        if not id_ or count > 1:
            raise BadInput(f"The id {id_!r} stands at {count} examples.", hint="Every example needs one of its own.")
    found = overlaps(splits)
    if found:
        shown = "; ".join(
            f"{one.what} {one.text!r} in {one.splits[0]} ({one.ids[0]}) and {one.splits[1]} ({one.ids[1]})"
            for one in found[:_SHOWN]
        )
        raise BadInput(
            f"The splits overlap in {len(found)} places: {shown}.",
            hint="Give what tells the same one group, or leave one of them out; nothing was written.",
        )


def _line(example: Example) -> bytes:
    return msgspec.json.encode(example) + b"\n"


def _part(split: Split, text: bytes, examples: Sequence[Example]) -> Part:
    verbatim = any(example.text is not None for example in examples)
    return Part(
        file_name=f"{split}.jsonl",
        sha256=hashlib.sha256(text).hexdigest(),
        examples=len(examples),
        groups=len({example.group or example.id for example in examples}),
        languages=dict(sorted(Counter(example.language for example in examples).items())),
        formatting="" if verbatim else "sharegpt",
        columns={"prompt": "text"} if verbatim else {"messages": "messages"},
        tags={} if verbatim else dict(_TAGS),
    )


def _read_part(path: Path, sha256: str) -> list[Example]:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", hint="Make the data set again.") from error
    if hashlib.sha256(text).hexdigest() != sha256:
        raise BadInput(
            f"{path} is not the file that {INFO} tells of: it was changed, or its making was cut short.",
            hint=f"Make it again, or take it as your own: millhand finetune pairs {path} --task own --out DIR.",
        )
    examples = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            example = msgspec.json.decode(line, type=Example)
        except msgspec.DecodeError as error:
            raise BadInput(f"{path}, line {number}, is no example: {error}.") from error
        if fault := fault_of(example):
            raise BadInput(f"{path}, line {number}: {fault}")
        examples.append(example)
    return examples
