"""Which passages of the manuals may answer a question: full-text search, narrowed to the machine it is about.

    candidates    FTS5 with bm25 over all manuals, and over each manual that the question names; `dense.py`
    judged        `judging.py`: codes, words by weight; whether that is evidence enough
    ordered       `ranking.py`, the named machine's manual first; merged with the dense order by reciprocal rank

A question names a manual by the model in its title or file name, or by an asset or a model that the manual is linked
to (`Store.document_links`): that manual comes first, those of other machines not at all. Other words of a title only
count for its passages: a title may say "machine" or "parts" and another manual answer. The same store and question
give the same passages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from plant.store.documents import Passage
from tools.manuals.dense import fused
from tools.manuals.judging import Judged, judge, speaks, weigh
from tools.manuals.narrowing import Narrowed, Title, narrow, things_of
from tools.manuals.prompt import PASSAGES, Shown
from tools.manuals.ranking import Ranking

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.store.contract import Store
    from tools.manuals.dense import Dense

CANDIDATES: Final = 100
"""The most passages of one search that are judged."""

_SHORT: Final = 200  # passages of a named manual, all of which are judged
_SPOKEN: Final = 0.4  # for a manual in the question's language
_TITLED: Final = 0.7  # for each nat of the question's words in the title of a manual
_NAMED: Final = 8  # manuals that are searched by themselves, at most


class Found(msgspec.Struct, frozen=True):
    """A passage that may answer.

    Attributes:
        passage: The passage, verbatim.
        title: Title of its manual.
        score: Of the ranking, higher is better.
        enough: Whether it is evidence enough to be quoted as it stands.
        judged: What it says to the question.
        named: Whether the question names its manual, or says most of its title.
    """

    passage: Passage
    title: str
    score: float
    enough: bool
    judged: Judged
    named: bool

    @property
    def shown(self) -> Shown:
        """The passage as a model sees it."""
        return Shown(self.title, self.passage.section, self.passage.text)


def retrieve(
    store: Store,
    question: str,
    *,
    language: str = "en",
    entities: Iterable[str] = (),
    limit: int = PASSAGES,
    dense: Dense | None = None,
) -> list[Found]:
    """Returns the passages that may answer a question, the likeliest first.

    Args:
        store: Where the manuals are.
        question: As it was asked, English or French.
        language: `en` or `fr`, the question's: of passages that say as much, those of manuals in it come first.
        entities: Assets or tags that it is about, as already understood.
        limit: The most passages.
        dense: Finds passages that mean the like too, where there is an embedding model.

    Raises:
        StoreError: If the store cannot be read.
        ServiceUnavailable: If the embedding model does not answer.
    """
    asked = weigh(store, question, entities)
    if not asked.match():
        return []
    documents = {document.name: document for document in store.documents()}
    links = store.document_links()
    titles = {
        name: Title.of(document, (link.subject for link in links if link.document == name))
        for name, document in documents.items()
    }
    narrowed = narrow(question, asked.question, titles, links, things_of(store.registry(), entities))
    match = asked.match([titles[name] for name in narrowed.named])
    near = dense.nearest(question) if dense else []
    passages = _candidates(store, (match, asked.related()), narrowed, near)
    spoken = _in_language(passages, language)
    ranking = Ranking(asked, passages, titles)
    found = []
    for passage in passages:
        if passage.score or passage.id in near or ranking.says(passage):
            judged = judge(asked, passage, titles[passage.document])
            score = ranking.score(passage, judged) + _SPOKEN * (passage.document in spoken)
            score += _TITLED * narrowed.titled.get(passage.document, 0.0)
            title, named = documents[passage.document].title, passage.document in narrowed.likeliest
            found.append(Found(passage, title, score, judged.enough, judged, named))
    surely = narrowed.named
    found.sort(key=lambda one: (one.passage.document in surely, round(one.score, 2), -one.passage.id), reverse=True)
    return (_merged(found, near) if near else found)[:limit]


def _merged(found: Sequence[Found], near: Sequence[int]) -> list[Found]:
    """Returns what was found in the order of both ways to find it; what may be quoted as it stands stays first."""
    scores = fused([[one.passage.id for one in found if one.passage.score or one.enough], near])
    return sorted(found, key=lambda one: (one.enough, scores.get(one.passage.id, 0.0)), reverse=True)


def _candidates(store: Store, matches: tuple[str, str], narrowed: Narrowed, near: Sequence[int]) -> list[Passage]:
    """Returns what full-text search finds in all manuals and in each that is named, and what is near.

    But nothing of manuals of other machines. Of a named manual that is short, all is a candidate. What only other
    words find, or nothing, has no bm25.
    """
    match, related = matches
    found = store.passages(near)
    titled = narrowed.titled
    named = sorted(narrowed.named or titled, key=lambda name: (-titled.get(name, 0.0), name))[:_NAMED]
    for document in named:
        whole = store.document_passages(document)
        if len(whole) <= _SHORT:
            found += whole
        elif related:
            found += _unscored(store.search_passages(related, limit=CANDIDATES, document=document))
    if related and not narrowed.other:
        found += _unscored(store.search_passages(related, limit=CANDIDATES))
    for where in (None, *named):
        found += store.search_passages(match, limit=CANDIDATES, document=where)
    passages = {passage.id: passage for passage in found}
    return [passage for passage in passages.values() if passage.document not in narrowed.other]


def _unscored(passages: Iterable[Passage]) -> list[Passage]:
    return [msgspec.structs.replace(passage, score=0.0) for passage in passages]


def _in_language(passages: Iterable[Passage], language: str) -> set[str]:
    """Returns the manuals that are in a language, as far as their passages tell; a table's row alone seldom does."""
    texts: dict[str, list[str]] = {}
    for passage in passages:
        texts.setdefault(passage.document, []).append(passage.text)
    return {document for document, said in texts.items() if speaks("\n".join(said), language)}
