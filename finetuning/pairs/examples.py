"""Pairs as a model meets them: a question beside the passages that retrieval finds for it, and the answer to give.

The passages are those that `tools.manuals.retrieval.retrieve` gives, so that training looks like asking; of one that
does not find what answers, a passage makes place for it. One half of the examples keeps the order of what was found,
sometimes fewer of them; in the other half it is shuffled: retrieval puts the passage that answers first more often than
not, and a model that trusts the order does not learn to read. Sometimes the passage that answers is taken away: then
the others do not say.

A question that names no machine is asked where its manual is the only one. Some of these are given the tag of an
asset, `P-204: E07, help`: what the plant calls a machine stands in no manual, and the answer is the same.

Further questions may be asked about the passages that are shown anyhow (`beside.py`).
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from finetuning.example import Example, Task, Turn
from finetuning.pairs.beside import Beside
from finetuning.pairs.contract import Kind
from finetuning.pairs.gate import is_whole
from finetuning.pairs.subjects import machine_of, names_machine
from plant.files import writing
from plant.store.documents import About
from plant.store.sqlite import open_store
from tools.manuals.prompt import PASSAGES, Shown, Span, answer_for, fitting, prompt_for
from tools.manuals.retrieval import retrieve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from finetuning.pairs.contract import Pair
    from plant.store.contract import Document, Store

_WORK: Final = ".alone-"
"""How the folder begins that a store of one manual at a time is in meanwhile."""

_ALONE: Final = 0.5
"""Share of the questions with a machine's name that are asked where there is no other manual."""

_TAGGED: Final = 0.12
"""Share of the questions without a machine's name that are given the tag of an asset, which no manual has."""

_LETTERS: Final = ("P", "C", "E", "T", "K", "M", "B", "CV", "AH")
_WITH_TAG: Final = ("{1} ({0})", "{0}: {1}", "{0}, {1}")
_FEWER: Final = 0.3
_SHUFFLED: Final = 0.5
_WITHHELD: Final = 0.12
"""Share of the faults and figures whose passage is taken away: what is told once in a manual, as a row."""

_LINES: Final = 3
"""The most lines of an answer, as `tools/manuals/span_grammar.py` has it."""


def examples(
    pairs: Sequence[Pair],
    store: Store,
    folder: Path,
    *,
    others: Iterable[Pair] = (),
    beside: int = 0,
    seed: int = 1,
    tell: Callable[[int, int], None] = lambda done, of: None,  # noqa: ARG005 (nobody is told)
) -> Iterator[Example]:
    """Yields an example for each pair, in the order of the pairs; the same for the same store and seed.

    Args:
        pairs: Those of one manual after another: the passages of a manual are looked at by themselves.
        store: Holds all their manuals.
        folder: Has room for a store of one manual at a time; of that nothing stays, nor of one that was killed before.
        others: Further pairs of these manuals; those of `pairs` among them are left out.
        beside: How many of those, at most, are asked about the passages that a pair is shown with.
        seed: What chance is drawn with.
        tell: Is told how many are done, of how many.

    Raises:
        BadInput: If there is no room in the folder.
        StoreError: If a store cannot be read.
    """
    documents = {document.name: document for document in store.documents()}
    first = {pair.id for pair in pairs}
    further = Beside((pair for pair in others if pair.id not in first), documents)
    machines = {machine_of(document.title).casefold() for document in documents.values()} - {""}
    with _alone(store, folder) as alone:
        for done, pair in enumerate(pairs, 1):
            chance = Random(f"{seed}/{pair.id}")  # noqa: S311 (a draw, not a secret)
            document = documents[pair.document] if pair.document else None
            named = document is None or names_machine(pair.question, document.title)
            called = any(machine in pair.question.casefold() for machine in machines)
            tag = "" if called or chance.random() >= _TAGGED else _tag(chance)
            question = chance.choice(_WITH_TAG).format(tag, pair.question) if tag else pair.question
            everywhere = document is None or (named and chance.random() >= _ALONE)
            asked = store if document is None or everywhere else alone.with_only(document)
            entities = (tag,) if tag else ()
            passages = retrieve(asked, question, language=pair.language, entities=entities, limit=PASSAGES)
            found = [one.shown for one in passages]
            tell(done, len(pairs))
            shown = _around(pair, found, documents, chance)
            if shown:  # a model is not asked where nothing was found
                yield _example(pair, question, shown, documents)
                for one in further.take(pair, shown, beside, chance):
                    yield _example(one, one.question, shown, documents)


def _tag(chance: Random) -> str:
    """Returns the tag of an asset, as a plant calls a machine of which the manual knows but the model: `P-204`."""
    return f"{chance.choice(_LETTERS)}-{chance.randint(101, 799)}"


@contextmanager
def _alone(store: Store, folder: Path) -> Iterator[_Alone]:
    """Opens a store of one manual at a time within a folder, and removes what a killed command left of one there."""
    for left in folder.glob(f"{_WORK}*"):
        shutil.rmtree(left, ignore_errors=True)
    with writing(folder):
        work = TemporaryDirectory(prefix=_WORK, dir=folder)
    with work, open_store(Path(work.name) / "one.db") as only:
        yield _Alone(store, only)


class _Alone:
    """A store of one manual at a time."""

    def __init__(self, store: Store, only: Store) -> None:
        self._store = store
        self._links = store.document_links()
        self._only = only
        self._name = ""

    def with_only(self, document: Document) -> Store:
        """Returns the store with this manual in it, and no other."""
        if document.name != self._name:
            if self._name:
                self._only.remove_document(self._name)
            links = tuple(link for link in self._links if link.document == document.name)
            passages = self._store.document_passages(document.name)
            self._only.put_document(document, passages, About(links=links))
            self._name = document.name
        return self._only


def _example(pair: Pair, question: str, shown: Sequence[Shown], documents: dict[str, Document]) -> Example:
    source = pair.source
    told: dict[str, Any] = {"document": pair.document, "kind": str(pair.kind), "maker": pair.maker}
    if source is not None:
        told |= {"sha256": source.sha256, "page": source.page, "label": source.label, "section": source.section}
    turns = [Turn(turn.role, turn.content) for turn in prompt_for(question, shown)]
    return Example(
        messages=(*turns, Turn("assistant", answer_for(_spans(pair, shown, documents), shown))),
        id=pair.id,
        task=Task.MANUALS,
        group=pair.group,
        language=pair.language,
        source=told,
    )


def _around(pair: Pair, found: Sequence[Shown], documents: dict[str, Document], chance: Random) -> list[Shown]:
    """Returns the passages that a pair is shown with: what was found, with the one that answers or without."""
    shown = list(dict.fromkeys(found))
    shuffled = chance.random() < _SHUFFLED
    if not shuffled and chance.random() < _FEWER:
        shown = shown[: chance.randint(1, PASSAGES)]
    source = pair.source
    if source is not None:
        gold = Shown(documents[source.document].title, source.section, source.passage)
        others = [one for one in shown if one != gold and source.quote not in one.text]
        if others and pair.kind in {Kind.FAULT, Kind.SPECIFICATION} and chance.random() < _WITHHELD:
            shown = others
        elif gold not in shown:
            shown = shown[: PASSAGES - 1]
            shown.insert(chance.randint(0, len(shown)), gold)
        while gold in shown[fitting(shown) :]:
            shown.remove(next(one for one in reversed(shown) if one != gold))
    shown = shown[: fitting(shown)]
    return chance.sample(shown, len(shown)) if shuffled else shown


def _spans(pair: Pair, shown: Sequence[Shown], documents: dict[str, Document]) -> list[Span]:
    """Returns the words that answer; of a procedure that goes on in other passages, those too."""
    source = pair.source
    if source is None:
        return []
    title = documents[source.document].title
    gold = Shown(title, source.section, source.passage)
    if gold not in shown:
        return []
    spans = [Span(shown.index(gold), source.start, source.end)]
    if is_whole(pair) and pair.kind is Kind.PROCEDURE:
        section = (title, source.section)
        spans += [
            Span(number, 0, len(one.text))
            for number, one in enumerate(shown)
            if one != gold and (one.title, one.section) == section and _goes_on(one.text)
        ]
    return spans[:_LINES]


def _goes_on(text: str) -> bool:
    """Says whether a passage is the further steps of a procedure: it begins with a step after the first."""
    number = text.lstrip("( ").partition(".")[0].partition(")")[0]
    return number.isdigit() and int(number) > 1
