"""Which assets and models of the plant a manual describes.

The surest evidence decides: what a person gave and what the plant graph says; else what the title or the file's
name has; else what the first page has; else what is named in several passages on several pages. A model is looked
for apart from the assets, so that a manual of a model that names the plant's tags is linked to both; the assets of
a model are linked with it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from plant.store.documents import DocumentLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from plant.store.contract import Passage

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 4  # words of a name: "HP 65-200 M" has four
_PASSAGES = 3  # that name it: a manual that names an asset once is not about it
_PAGES = 2
_LETTERS = 6  # of a name without a digit, which may be a word like any other


class Plant(msgspec.Struct, frozen=True):
    """What manuals of a plant may be about.

    Attributes:
        assets: Names of its assets: `P-101`.
        models: Models of its machines, `HP 65-200`, each with its assets.
        described: For each file name or title that the plant graph knows as a manual, the assets it describes.
    """

    assets: tuple[str, ...] = ()
    models: dict[str, tuple[str, ...]] = {}
    described: dict[str, tuple[str, ...]] = {}


def links_of(
    document: str, title: str, passages: Sequence[Passage], plant: Plant, given: Iterable[str] = ()
) -> tuple[DocumentLink, ...]:
    """Returns what a document is about, each with the reason.

    Args:
        document: Its name.
        title: Its title.
        passages: All of it.
        plant: What there is.
        given: Assets or models that a person named.
    """
    models = {name.casefold() for name in plant.models}
    sure = [(subject, "given") for subject in given]
    sure += [(asset, "plant graph") for name in (document, title) for asset in plant.described.get(name, ())]
    found = {
        subject: DocumentLink(document, subject, "model" if subject.casefold() in models else "asset", why)
        for subject, why in reversed(sure)
    }
    for kind, names in (("asset", plant.assets), ("model", plant.models)):
        if not any(link.kind == kind for link in found.values()):
            for name, why in _named(document, title, passages, names):
                found.setdefault(name, DocumentLink(document, name, kind, why))
    for model in [link.subject for link in found.values() if link.kind == "model"]:
        for asset in plant.models.get(model, ()):
            found.setdefault(asset, DocumentLink(document, asset, "asset", f"model {model}"))
    return tuple(sorted(found.values(), key=lambda link: link.subject))


def _named(document: str, title: str, passages: Sequence[Passage], names: Iterable[str]) -> list[tuple[str, str]]:
    """Returns which of some names a document has where it says most, with where that is."""
    by_key = {_key(name): name for name in names if _key(name)}
    own_title = "" if document.startswith(title) else title  # a manual without a title has its file's name
    for text, why in ((own_title, "title"), (document.rpartition(".")[0], "file name")):
        if hits := dict.fromkeys(_keys_in(text) & by_key.keys()):
            return [(by_key[key], why) for key in sorted(hits)]
    coded = {key: name for key, name in by_key.items() if any(map(str.isdigit, key))}
    first = [passage.text for passage in passages if passage.page == passages[0].page]
    if hits := dict.fromkeys(_keys_in("\n".join(first)) & coded.keys()):
        return [(coded[key], "first page") for key in sorted(hits)]
    said: Counter[str] = Counter()
    pages: dict[str, set[int]] = {}
    for passage in passages:
        for key in _keys_in(passage.text) & coded.keys():
            said[key] += 1
            pages.setdefault(key, set()).add(passage.page)
    often = sorted(key for key, count in said.items() if count >= _PASSAGES and len(pages[key]) >= _PAGES)
    return [(coded[key], f"named in {said[key]} passages") for key in often]


def _key(name: str) -> str:
    """Returns a name without what parts its words; empty for one too short to be told from other words."""
    key = "".join(_WORD.findall(name.casefold()))
    return key if len(key) >= _LETTERS or any(map(str.isdigit, key)) else ""


def _keys_in(text: str) -> set[str]:
    """Returns the keys of all runs of a few words that stand close together in a text."""
    return {key for run in re.split(r"[^\w\s./\u2013-]+|\n", text.casefold()) for key in _runs(_WORD.findall(run))}


def _runs(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words)):
        key = ""
        for word in words[start : start + _LONGEST]:
            key += word
            yield key
