"""From manuals to a data set in one folder: pairs, what was turned back, coverage, examples.

    DIR/manuals.db        the manuals as they were read from files
    DIR/journal.jsonl     what a model wrote, so that it is not asked twice
    DIR/pairs.jsonl       the pairs; `millhand finetune review` goes through the examples
    DIR/rejected.jsonl    candidates that the gate turned back, each with its reason
    DIR/coverage.json     what came of each page
    DIR/.alone-...        one manual at a time, while examples are made
    DIR/train.jsonl ...   the data set: `finetuning/datasets/folder.py`

A folder that `millhand finetune corpus` made brings its questions, and says which manuals are for validation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from finetuning.corpus.folder import MANIFEST, read_manifest
from finetuning.corpus.questions import manual_pairs
from finetuning.datasets.folder import write_dataset
from finetuning.datasets.overlap import held_apart
from finetuning.datasets.splits import Assigned, By, Shares
from finetuning.example import Split, Task
from finetuning.pairs.examples import examples
from finetuning.pairs.make import Plan, make_pairs, write_pairs
from finetuning.pairs.quota import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from finetuning.corpus.folder import Entry
    from finetuning.datasets.folder import Dataset
    from finetuning.datasets.splits import Splitter
    from finetuning.example import Example
    from finetuning.pairs.contract import Maker, Pair
    from finetuning.pairs.make import Made, Reader
    from plant.store.contract import Document, Store

Tell = Callable[[str, int, int], None]
"""Is told what is being done, how many are done, of how many."""


class Wanted(msgspec.Struct, frozen=True):
    """What data set is wanted.

    Attributes:
        plan: How pairs are made.
        most: The most pairs that are shown with passages of their own, manuals and kinds in turn; 0 for all.
        beside: How many of the other pairs, at most, are asked about the same passages.
        by: What is never split, where no corpus says which manuals are for validation.
    """

    plan: Plan
    most: int
    by: By
    beside: int = 0


def make_dataset(
    store: Store,
    documents: Sequence[Document],
    makers: Sequence[Maker],
    wanted: Wanted,
    out: Path,
    *,
    corpora: Sequence[Path] = (),
    reader: Reader | None = None,
    tell: Tell = lambda doing, done, of: None,  # noqa: ARG005 (nobody is told)
) -> tuple[Made, Dataset]:
    """Makes pairs and examples of some manuals, and writes them.

    Args:
        store: Holds the manuals.
        documents: Those that pairs are made of.
        makers: Who makes pairs.
        wanted: How, and how many.
        out: The folder.
        corpora: Folders that `millhand finetune corpus` made.
        reader: A language model that helps, as the plan wants; None for none.
        tell: Is told what is being done, how many are done, of how many.

    Raises:
        BadInput: If nothing comes of the manuals, or a file cannot be written.
        StoreError: If the store cannot be read.
        ServiceUnavailable: If a maker's model does not answer.
    """
    entries = {entry.file: entry for folder in corpora for entry in read_manifest(folder).manuals}
    persons = _persons(store, documents, entries)
    made = make_pairs(store, documents, makers, wanted.plan, given=persons, reader=reader, tell=partial(tell, "pages"))
    write_pairs(out, made)
    seed = wanted.plan.seed
    chosen = spread(made.pairs, wanted.most or len(made.pairs), seed=seed)
    split = _splitter(entries, wanted.by, seed)
    shown = examples(
        chosen, store, out, others=made.pairs, beside=wanted.beside, seed=seed, tell=partial(tell, "examples")
    )
    kept, left_out = held_apart(shown, split)
    how = {**made.counts(), "seed": seed, "alike_in_another_split": left_out, "manuals": _hashes(documents)}
    return made, write_dataset(out, kept, task=Task.MANUALS, how=how, split=split)


def is_corpus(folder: Path) -> bool:
    """Says whether a folder is one that `millhand finetune corpus` made."""
    return (folder / MANIFEST).is_file()


def _persons(store: Store, documents: Sequence[Document], entries: dict[str, Entry]) -> dict[str, list[Pair]]:
    """Returns the pairs that a corpus brings, by document."""
    return {
        document.name: [
            msgspec.structs.replace(pair, document=document.name)
            for pair in manual_pairs(entries[document.name], document, store.document_passages(document.name))
        ]
        for document in documents
        if document.name in entries
    }


def _splitter(entries: dict[str, Entry], by: By, seed: int) -> Splitter:
    """Returns the splits that the corpora say; without one, a tenth for validation."""
    if not entries:
        return Shares(by=by, seed=seed)

    def of(example: Example) -> Split:
        entry = entries.get(example.source["document"])
        return Split(entry.split) if entry else Split.TRAIN

    return Assigned(of, "by whole family of machines, as the corpus says")


def _hashes(documents: Iterable[Document]) -> dict[str, Any]:
    return {document.name: document.sha256 for document in documents}
