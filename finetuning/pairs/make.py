"""Makes the pairs of some manuals: page by page, through the gate, within the quota, with questions nobody answers.

    passages of a page -> makers -> gate -> quota -> pairs.jsonl
                          |-> rejected.jsonl           coverage.json: what came of each page

The same manuals, makers and seed give the same files. What a model has written for a page is kept in a journal
(`journal.py`), so a command that was killed goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from finetuning.pairs.contract import Pair
from finetuning.pairs.gate import Gate, Rejected
from finetuning.pairs.manual import Manual, manual_of
from finetuning.pairs.quota import Coverage, coverage_of, within_quota
from finetuning.pairs.unanswerable import unanswerable
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from finetuning.pairs.contract import Maker
    from plant.store.contract import Document, Passage, Store

PAIRS: Final = "pairs.jsonl"
REJECTED: Final = "rejected.jsonl"
COVERAGE: Final = "coverage.json"


class Plan(msgspec.Struct, frozen=True):
    """How pairs are made.

    Attributes:
        per_page: The most pairs of one page.
        unanswerable: For each answered pair, about so many that nothing answers.
        paraphrases: How many other wordings of each pair the reader is asked for.
        summary: Whether the reader keeps a summary of the pages before for the makers.
        seed: What chance is drawn with.
    """

    per_page: int = 16
    unanswerable: float = 0.2
    paraphrases: int = 0
    summary: bool = False
    seed: int = 1


class Reader(Protocol):
    """A language model that helps the makers; `ModelMaker` is one."""

    def paraphrases(self, pair: Pair, count: int) -> Iterator[Pair]:
        """Yields a pair in other words, up to so many times."""

    def summary(self, document: Document, page: Sequence[Passage], before: str) -> str:
        """Returns the summary that the next page is shown with."""


class Made(msgspec.Struct, frozen=True):
    """What was made.

    Attributes:
        pairs: The pairs, by manual.
        rejected: Candidates that the gate turned back.
        beyond_quota: How many the gate let through that were more than the quota.
        coverage: What came of each manual.
    """

    pairs: list[Pair]
    rejected: list[Rejected]
    beyond_quota: int
    coverage: list[Coverage]

    def counts(self) -> dict[str, Any]:
        """Returns the figures, for people and for `dataset_info.json`."""
        return {
            "pairs": len(self.pairs),
            "by_kind": _counted(pair.kind for pair in self.pairs),
            "by_maker": _counted(pair.maker for pair in self.pairs),
            "by_language": _counted(pair.language for pair in self.pairs),
            "rejected": _counted(one.reason for one in self.rejected),
            "beyond_quota": self.beyond_quota,
            "pages": sum(len(one.pages) for one in self.coverage),
            "pages_without": sum(len(one.without) for one in self.coverage),
        }


def make_pairs(
    store: Store,
    documents: Sequence[Document],
    makers: Sequence[Maker],
    plan: Plan,
    *,
    given: Mapping[str, Sequence[Pair]] | None = None,
    reader: Reader | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,  # noqa: ARG005 (nobody is told)
) -> Made:
    """Makes the pairs of some manuals.

    Args:
        store: Holds the manuals.
        documents: Those that pairs are made of.
        makers: Asked in this order, page by page.
        plan: How.
        given: Pairs by document that are there already, such as a person's: through the gate, beyond the quota.
        reader: Puts pairs in other words and keeps a summary, as far as the plan wants; None for neither.
        tell: Is told how many pages are done, of how many.

    Raises:
        StoreError: If the store cannot be read.
        ServiceUnavailable: If a maker's model does not answer.
    """
    total, done = sum(document.pages for document in documents), 0
    names = _plant_names(store)
    bench = [_Bench(manual_of(store, document), names, plan) for document in documents]
    for one in bench:
        before = ""
        for page in one.pages():
            done += 1
            tell(done, total)
            one.take(page, [pair for maker in makers for pair in maker.pairs(one.document, page, before)], reader)
            if reader is not None and plan.summary:
                before = reader.summary(one.document, page, before)
        one.take_given((given or {}).get(one.document.name, ()))
    _add_unanswerable(bench, plan)
    return Made(
        [pair for one in bench for pair in one.pairs],
        [turned for one in bench for turned in one.rejected],
        sum(one.beyond for one in bench),
        [one.coverage() for one in bench],
    )


def write_pairs(folder: Path, made: Made) -> None:
    """Writes pairs, rejected candidates and coverage into a folder. Raises `BadInput` if they cannot be written."""
    write_whole(folder / PAIRS, map(_line, made.pairs))
    write_whole(folder / REJECTED, map(_line, made.rejected))
    write_whole(folder / COVERAGE, [msgspec.json.format(msgspec.json.encode(made.coverage), indent=1), b"\n"])


class _Bench:
    """Where the pairs of one manual come together."""

    def __init__(self, manual: Manual, names: Sequence[str], plan: Plan) -> None:
        self.manual = manual
        self.document = manual.document
        self.pairs: list[Pair] = []
        self.rejected: list[Rejected] = []
        self.beyond = 0
        self._gate = Gate(manual, names)
        self._plan = plan
        self._by_page: dict[int, list[Passage]] = {}
        for passage in manual.passages:
            self._by_page.setdefault(passage.page, []).append(passage)

    def pages(self) -> Iterator[list[Passage]]:
        """Yields the passages of each page; none for a page that has none."""
        for number in range(1, self.document.pages + 1):
            yield self._by_page.get(number, [])

    def take(self, page: Sequence[Passage], candidates: Sequence[Pair], reader: Reader | None) -> None:
        """Lets candidates of one page through the gate, keeps those within the quota, and puts them in other words."""
        passed = self._passed(candidates, page)
        chosen = within_quota(passed, self._plan.per_page, seed=self._plan.seed)
        self.beyond += len(passed) - len(chosen)
        self.pairs += chosen
        if reader is not None and self._plan.paraphrases:
            for pair in chosen:
                self._rephrase(pair, page, reader)

    def _rephrase(self, pair: Pair, page: Sequence[Passage], reader: Reader) -> None:
        for other in reader.paraphrases(pair, self._plan.paraphrases):
            reason = self._gate.judge_paraphrase(other, pair, page)
            if reason is None:
                self.pairs.append(other)
            else:
                self.rejected.append(Rejected(reason, other))

    def take_given(self, pairs: Sequence[Pair]) -> None:
        """Lets pairs of any page, or of none, through the gate."""
        for pair in pairs:
            page = self._by_page.get(pair.source.page, []) if pair.source else []
            self.pairs += self._passed([pair], page)

    def coverage(self) -> Coverage:
        """Returns what came of each page."""
        passages = {number: (page[0].label, len(page)) for number, page in self._by_page.items()}
        return coverage_of(self.document, passages, self.pairs)

    def _passed(self, candidates: Sequence[Pair], page: Sequence[Passage]) -> list[Pair]:
        passed = []
        for pair in candidates:
            reason = self._gate.judge(pair, page)
            if reason is None:
                passed.append(pair)
            else:
                self.rejected.append(Rejected(reason, pair))
        return passed


def _add_unanswerable(bench: Sequence[_Bench], plan: Plan) -> None:
    """Adds to each manual's pairs those that nothing answers, some of them asked of other manuals."""
    answered = {
        one.document.name: [(one.manual.machine, pair) for pair in one.pairs if pair.source and one.manual.machine]
        for one in bench
    }
    for one in bench:
        mine = one.manual.machine
        elsewhere = [(machine, pair) for pairs in answered.values() for machine, pair in pairs if machine != mine]
        count = round(plan.unanswerable * sum(pair.source is not None for pair in one.pairs))
        one.take_given(list(unanswerable(one.manual, elsewhere, count, seed=plan.seed)))


def _plant_names(store: Store) -> list[str]:
    return [name for sensor in store.registry() for name in (sensor.tag, sensor.asset) if name]


def _counted(names: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, names)).items()))


def _line(value: Pair | Rejected) -> bytes:
    return msgspec.json.encode(value) + b"\n"
