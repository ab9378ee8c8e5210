"""Which manuals a question is about: those it names by their title, or by the asset or model they describe."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.manuals.words import is_code, searchable, stem, tokens
from plant.codes import code_key
from tools.manuals.judging import codes_in
from tools.manuals.models import Name, named_by, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingestion.manuals.words import Question
    from plant.registry import Registry
    from plant.store.documents import Document, DocumentLink

_EQUAL: Final = 1e-9
_APART: Final = re.compile(r"[_-]")  # words of a file's name


class Title(msgspec.Struct, frozen=True):
    """What the title and the file name of a manual say.

    Attributes:
        words: Their words, as the index sees them.
        names: Those that name the machine ("KP-40", "Tornax 4") and say nothing of what it is.
        codes: Their codes, in their one spelling.
        machines: The names of machines in them: `models.py`.
    """

    words: frozenset[str]
    names: frozenset[str]
    codes: frozenset[str]
    machines: frozenset[Name]

    @classmethod
    def of(cls, document: Document, subjects: Iterable[str]) -> Title:
        """Reads the title and the name of a document.

        Args:
            document: The document.
            subjects: The assets and models that it is linked to.
        """
        return _title(document.title, document.name, tuple(subjects))


@lru_cache(1 << 12)
def _title(title: str, name: str, subjects: tuple[str, ...]) -> Title:
    texts = (title, _APART.sub(" ", PurePath(name).stem))
    words = [word for text in texts for word in tokens(text)]
    machines = frozenset(machine for text in texts for machine in names_in(text))
    names = {word for word in words if is_code(word)} | {stem(piece) for machine in machines for piece in machine}
    names |= {word for subject in subjects for word in tokens(subject)}
    codes = codes_in(words) | {code_key(" ".join(machine)) for machine in machines}
    return Title(frozenset(words) | names, frozenset(names), frozenset(codes), machines)


class Narrowed(msgspec.Struct, frozen=True):
    """Which manuals a question is about.

    Attributes:
        named: Those that it names by the model in a title, or by an asset or model that they are linked to; the only
            manual there is. None where it names none.
        other: Those of other machines, where it names a machine.
        titled: Those whose title says words of it, with how much that tells them from others, in nats.
    """

    named: frozenset[str]
    other: frozenset[str]
    titled: Mapping[str, float]

    @property
    def likeliest(self) -> frozenset[str]:
        """Those that it names, else those whose titles say most of it."""
        most = max(self.titled.values(), default=0.0) - _EQUAL
        return self.named or frozenset(name for name, nats in self.titled.items() if nats >= most)


def narrow(
    text: str, question: Question, titles: Mapping[str, Title], links: Sequence[DocumentLink], things: Iterable[str]
) -> Narrowed:
    """Returns which manuals a question is about: surely, where it names their machine; likely, by their titles' words.

    Args:
        text: The question as it was asked.
        question: Its codes and words.
        titles: Of all manuals, by name.
        links: The assets and models that they describe.
        things: Assets and tags that the question is about, as already understood.
    """
    subjects = {code_key(thing) for thing in things}
    said = f" {searchable(text)} "
    codes = {code_key(code[0]) for code in question.codes}

    def means(subject: str) -> bool:
        return code_key(subject) in subjects | codes or f" {searchable(subject)} " in said

    titled = _titled(question, titles)
    linked = {link.document for link in links if means(link.subject)}
    if linked:
        other = {link.document for link in links} - linked
        return Narrowed(frozenset(linked | (titled.keys() - other)), frozenset(other), titled)
    if modelled := named_by(text, {name: title.machines for name, title in titles.items()}):
        other = {name for name, title in titles.items() if title.machines} - modelled
        return Narrowed(frozenset(modelled), frozenset(other), titled)
    return Narrowed(frozenset(titles if len(titles) == 1 else ()), frozenset(), titled)


def things_of(registry: Registry, entities: Iterable[str]) -> set[str]:
    """Returns assets and tags with the assets that the tags sit on."""
    sensors = {sensor.tag: sensor.asset for sensor in registry}
    return {name for entity in entities for name in (entity, sensors.get(entity, "")) if name}


def _titled(question: Question, titles: Mapping[str, Title]) -> dict[str, float]:
    """Returns the manuals whose title says words or codes of the question, with what these weigh.

    A word weighs the more the fewer titles have it, and nothing where all have it ("manual"); a bare number nothing.
    """
    words = [word for word in question.words if not word[0].isdigit()]
    having = [{name for name, title in titles.items() if not title.words.isdisjoint(word)} for word in words]
    having += [{name for name, title in titles.items() if code_key(code[0]) in title.codes} for code in question.codes]
    weights = dict.fromkeys(titles, 0.0)
    for names in having:
        for name in names:
            weights[name] += math.log(len(titles) / len(names))
    return {name: weight for name, weight in weights.items() if weight > _EQUAL}
