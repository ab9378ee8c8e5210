"""Which nodes a question speaks of: by id, code, name, kind and number, or the only one of a kind.

Linking is exact or it is not done: a word that looks like an id and is none is `unknown`, with the
nearest spellings to choose from, and never quietly taken for one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KIND_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "pump": ("pump", "pumps", "pompe", "pompes"),
    "exchanger": ("heat exchanger", "exchanger", "exchangers", "echangeur", "echangeurs"),
    "compressor": ("compressor", "compressors", "compresseur", "compresseurs"),
    "tank": ("tank", "tanks", "reservoir", "reservoirs", "cuve", "cuves", "ballon", "ballons"),
    "condenser": ("condenser", "condensers", "condenseur", "condenseurs"),
    "valve": ("valve", "valves", "vanne", "vannes"),
    "tower": ("cooling tower", "cooling towers", "tower", "towers", "tour", "tours"),
    "building": ("building", "buildings", "batiment", "batiments"),
}
"""What people call the kinds of asset, in English and French, without accents."""

LABEL_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "Area": ("area", "zone", "loop", "boucle", "unit", "unite"),
    "Asset": ("asset", "equipment", "machine", "equipement"),
    "Sensor": ("sensor", "tag", "instrument", "transmitter", "capteur", "mesure"),
    "Manual": ("manual", "manuel", "document"),
    "FailureMode": ("failure mode", "fault code", "fault", "failure", "error", "code", "panne", "defaut", "erreur"),
    "WorkOrder": ("work order", "order", "ordre de travail", "bon de travail", "intervention"),
    "Part": ("spare part", "part", "spare", "piece"),
}
"""What people call a node of a label, in English and French, without accents."""

_ARTICLE: Final = re.compile(r"\b(the|la|le|l|les)$")
_PRONOUN: Final = re.compile(r"\b(it|this one|that one|celui-ci|celle-ci|elle|lui)\b")
_WORD: Final = re.compile(r"[a-z0-9]+(?:[-./][a-z0-9]+)*")


class Entity(msgspec.Struct, frozen=True):
    """A node as people may name it.

    Attributes:
        key: Its id.
        label: Its label.
        name: Its name.
        kind: Its kind, for an asset.
        also: Its other exact names: a code, a part number.
        aliases: What else people call it, from the sensor registry.
    """

    key: str
    label: str
    name: str = ""
    kind: str = ""
    also: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Unknown(msgspec.Struct, frozen=True):
    """A word that looks like an id and is none, with the nearest ones; or that several nodes answer to."""

    word: str
    choices: tuple[str, ...]
    ambiguous: bool = False


class Linked(msgspec.Struct, frozen=True):
    """A question with its entities found.

    Attributes:
        text: The question in lower case without accents, each mention replaced by `<label>`.
        entities: What the mentions mean, in order.
        unknown: Words that look like an id and are none, or that several nodes answer to.
    """

    text: str
    entities: tuple[Entity, ...]
    unknown: tuple[Unknown, ...]


def plain(text: str) -> str:
    """Returns a text in lower case, without accents, apostrophes as spaces."""
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return re.sub(r"['\u2019`]", " ", bare.lower())


class Linker:
    """Finds the nodes of one graph in questions."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._entities = {entity.key: entity for entity in entities}
        self._exact: dict[str, list[Entity]] = defaultdict(list)
        self._names: dict[str, list[Entity]] = defaultdict(list)
        for entity in self._entities.values():
            for spelling in {form for text in (entity.key, *entity.also) for form in _forms(text)}:
                self._exact[spelling].append(entity)
            for name in {plain(entity.name), *map(plain, entity.aliases), *self._by_number(entity)} - {""}:
                self._names[name].append(entity)
        for kind, words in KIND_WORDS.items():
            of_kind = [entity for entity in self._entities.values() if entity.kind == kind]
            for word in words if len(of_kind) == 1 else ():
                self._names[word].extend(of_kind)

    def link(self, question: str, hints: Sequence[str] = ()) -> Linked:
        """Links a question; `hints` are ids that the asker already understood, used where none is mentioned."""
        text = plain(question)
        spans: list[tuple[int, int, Entity]] = []
        unknown: list[Unknown] = []
        for match in _WORD.finditer(text):
            found = self._exact.get(match[0]) or self._exact.get(_squeezed(match[0]), [])
            if len(found) == 1:
                spans.append((match.start(), match.end(), found[0]))
            elif found:
                unknown.append(Unknown(match[0].upper(), tuple(entity.key for entity in found), ambiguous=True))
            elif _looks_like_id(match[0]):
                unknown.append(Unknown(match[0].upper(), self._near(match[0])))
        spans += self._named(text, spans)
        spans.sort(key=lambda span: span[0])
        marked, entities = _marked(text, spans), tuple(entity for _, _, entity in spans)
        hinted = [self._entities[hint] for hint in hints if hint in self._entities]
        if hinted and not entities and not unknown:
            entities = tuple(hinted)
            marked = _PRONOUN.sub(f"<{hinted[0].label.lower()}>", marked, count=1)
        return Linked(marked, entities, tuple(unknown))

    def get(self, key: str) -> Entity | None:
        """Returns the node of an id, or None."""
        return self._entities.get(key)

    def near(self, word: str) -> tuple[str, ...]:
        """Returns the ids nearest in spelling to a word."""
        return self._near(word)

    def _near(self, word: str) -> tuple[str, ...]:
        return tuple(nearest(word, self._entities))

    def _named(self, text: str, taken: list[tuple[int, int, Entity]]) -> list[tuple[int, int, Entity]]:
        """Finds names in what is left, longest first; a name that several nodes carry is none."""
        found: list[tuple[int, int, Entity]] = []
        for name in sorted(self._names, key=len, reverse=True):
            nodes = self._names[name]
            if len(nodes) != 1 or name not in text:
                continue
            for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
                clear = all(match.end() <= start or end <= match.start() for start, end, _ in [*taken, *found])
                if clear and not _before_mention(text, match.end(), taken, nodes[0]):
                    found.append((match.start(), match.end(), nodes[0]))
        return found

    def _by_number(self, entity: Entity) -> set[str]:
        """Returns "pump 101", "pompe 101", "pump n 101" for P-101."""
        number = re.search(r"(\d+)\D*\Z", entity.key)
        words = KIND_WORDS.get(entity.kind, ())
        return {f"{word} {between}{number[1]}" for word in words for between in ("", "no ", "n°")} if number else set()


def entities_of(rows: Iterable[Sequence[Any]], aliases: Mapping[str, tuple[str, ...]]) -> list[Entity]:
    """Makes entities from rows of (labels, id, name, kind, code, number), with the aliases of tags."""
    found = []
    for labels, key, name, kind, code, number in rows:
        if key is not None:
            also = tuple(str(other) for other in (code, number) if other is not None)
            label = labels[0] if labels else ""
            called = aliases.get(str(key), ())
            found.append(Entity(str(key), label, str(name or ""), str(kind or ""), also, called))
    return found


def _before_mention(text: str, end: int, taken: list[tuple[int, int, Entity]], entity: Entity) -> bool:
    """Whether a name only introduces the same node's id: "the exchanger E-101"."""
    return any(start > end and not text[end:start].strip() and other is entity for start, _, other in taken)


def _marked(text: str, spans: list[tuple[int, int, Entity]]) -> str:
    """Replaces mentions by `<label>`, with the words that only introduce them."""
    pieces: list[str] = []
    at = 0
    for start, end, entity in spans:
        before = text[at:start].rstrip()
        for words in (*KIND_WORDS.get(entity.kind, ()), *LABEL_WORDS.get(entity.label, ())):
            if before == words or before.endswith(f" {words}"):
                before = before[: -len(words)].rstrip()
                break
        before = _ARTICLE.sub("", before)
        pieces += [before, f" <{entity.label.lower()}> "]
        at = end
    return re.sub(r"\s+", " ", "".join([*pieces, text[at:]])).strip()


def _forms(text: str) -> set[str]:
    """Returns the spellings that mean an id: as it is, squeezed, and a tag without its area."""
    bare = plain(text)
    return {bare, _squeezed(bare)} | ({bare.rpartition(".")[2]} if "." in bare else set())


def _squeezed(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word)


def _looks_like_id(word: str) -> bool:
    """Whether a word has letters first and digits after, as ids have, and durations and dates have not."""
    return word[0].isalpha() and any(mark.isdigit() for mark in word)
