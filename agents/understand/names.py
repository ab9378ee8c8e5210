"""What a question names: tags, assets, areas and fault codes, misspelt ones included.

Four ways lead to a name, tried in this order, each on the words the ones before left over:

1. codes: `CW-100.TT-02`, `TT-02`, `tt02`, `P 101`, `E07`, `e7`, "fault 7";
2. the registry's descriptions and aliases: "chilled water temperature", "débit d'eau", and parts of
   them that hold a measured quantity ("vibration"), narrowed by the asset that is named;
3. the kind of an asset with or without its number: "pump 101", "the exchanger", "les pompes";
4. spellings near to 1 and 2.

A mention with several names is a doubt, unless its word is a plural.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from agents.understand.words import Token, fold, stem, tokens
from plant.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plant.registry import Registry

_DIGITS = r"\d[\dOo]{0,3}|[Oo]\d{1,3}"  # the letter O is typed for a zero
_CODE = re.compile(
    rf"(?<![\w.])([A-Za-z]{{1,4}})([ -]?)({_DIGITS})(?:([. -]?)([A-Za-z]{{1,4}})([ -]?)({_DIGITS}))?(?!\w)"
)
_FAULT = re.compile(r"[EF][ -]?\d{1,2}", re.IGNORECASE)
_NUMBERED_FAULT = re.compile(
    r"\b(?:faults?|errors?|failure|defauts?|erreurs?|panne)(?: code)?(?: ?n°| no\.?| number| numero| #)?"
    r" ?(\d{1,2})(?!\w|[.,]\d)"
)
_NUMBER_AFTER = re.compile(r"\s*(?:n°|no\.?|nr\.?|number|numero|#)?\s*(\d{2,4})(?!\w)")

_STOP_WORDS = "a an and au aux d de des du en et for in l la le les of on s sur the to un une"
_STOP = frozenset(_STOP_WORDS.split())
_COMMON_WORDS = """
    please about which where there their these those would could should today tomorrow yesterday sensor sensors
    alert alerts alarm alarms forecast predict prediction anomaly anomalies normal fault faults meaning manual
    torque order orders working procedure replace happens happened capteur capteurs alerte alertes alarme alarmes
    prevision prevoir anomalie anomalies defaut manuel combien pourquoi comment hours minutes heures prochaines
    prochaine dernieres derniere depuis jusqu demain aujourd montre donne limit limits limite rated
"""
_COMMON = frozenset(_COMMON_WORDS.split())

KIND_WORDS: dict[str, tuple[str, ...]] = {
    "P": ("pump", "pompe"),
    "E": ("exchanger", "echangeur"),
    "C": ("compressor", "compresseur"),
    "T": ("tank", "vessel", "cuve", "reservoir", "ballon"),
    "F": ("fan", "filter", "filtre", "ventilateur"),
    "V": ("valve", "vanne"),
    "M": ("motor", "moteur"),
    "B": ("boiler", "chaudiere"),
}
"""Words for the kind of an asset by the letters its name begins with, folded, in both languages."""

_QUANTITIES_WORDS = """
    temperature pressure flow level speed vibration power current torque voltage humidity density conductivity load
    pression debit niveau vitesse puissance courant tension humidite densite conductivite charge flowrate
"""
_QUANTITIES = frozenset(_QUANTITIES_WORDS.split())
_ABBREVIATED = {"temp": "temperature", "vib": "vibration", "press": "pressure", "lvl": "level", "niv": "niveau"}


class Kind(StrEnum):
    """What a mention is of."""

    TAG = "tag"
    ASSET = "asset"
    AREA = "area"
    CODE = "code"
    UNKNOWN = "unknown"


class Mention(msgspec.Struct, frozen=True):
    """A place in a question that names something.

    Attributes:
        kind: What it is of.
        start: Where it begins in the cleaned question.
        end: One past its end.
        names: What it may be: one name when it is sure; the nearest spellings for `unknown`.
        plural: Whether all of `names` are meant.
    """

    kind: Kind
    start: int
    end: int
    names: tuple[str, ...]
    plural: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether it may be one of several."""
        return len(self.names) > 1 and not self.plural


class NameIndex:
    """The names of a plant, ready to be looked up; made once for a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.assets = registry.assets
        self.areas = tuple(dict.fromkeys(sensor.area for sensor in registry if sensor.area))
        self._codes: dict[str, tuple[Kind, tuple[str, ...]]] = {}
        for area in self.areas:
            self._add(area, Kind.AREA, area)
        for asset in self.assets:
            self._add(asset, Kind.ASSET, asset)
        for sensor in registry:
            self._add(sensor.tag, Kind.TAG, sensor.tag)
            self._add(sensor.tag.rpartition(".")[2], Kind.TAG, sensor.tag)
        self.phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
        for sensor in registry:
            for phrase in (sensor.description, *sensor.aliases):
                self._add_phrase(phrase, sensor.tag)
        self.vocabulary = frozenset(word for phrase in self.phrases for word in phrase)
        names = sorted((sensor.tag for sensor in registry), key=len, reverse=True)
        self.full_names = re.compile(
            rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names)) or '(?!)'})(?![\w-])", re.IGNORECASE
        )

    def _add(self, name: str, kind: Kind, target: str) -> None:
        """Adds a code under its key; where keys meet, tags join and an asset or area keeps its own."""
        key = _key(name)
        known = self._codes.get(key)
        if known is None:
            self._codes[key] = (kind, (target,))
        elif known[0] == kind == Kind.TAG and target not in known[1]:
            self._codes[key] = (kind, (*known[1], target))

    def _add_phrase(self, phrase: str, tag: str) -> None:
        words = tuple(stem(token.word) for token in tokens(fold(phrase)) if token.word not in _STOP)
        if words and tag not in self.phrases.get(words, ()):
            self.phrases[words] = (*self.phrases.get(words, ()), tag)

    def code(self, text: str) -> tuple[Kind, tuple[str, ...]] | None:
        """Returns what a code stands for, ignoring case and separators, or None."""
        return self._codes.get(_key(text))

    def near(self, word: str) -> tuple[str, ...]:
        """Returns the tags, assets and short tag names nearest in spelling to a code."""
        known = [*(sensor.tag for sensor in self.registry), *self.assets]
        short = {sensor.tag.rpartition(".")[2]: sensor.tag for sensor in self.registry}
        hits = nearest(word, [*known, *short])
        return tuple(dict.fromkeys(short.get(hit, hit) for hit in hits))

    def of_kind(self, letters: str, number: str = "") -> tuple[str, ...]:
        """Returns the assets whose name is these letters and a number, or this number."""
        pattern = re.compile(rf"{letters}-?{number or r'[0-9]+'}[A-Z]?", re.IGNORECASE)
        return tuple(asset for asset in self.assets if pattern.fullmatch(asset))

    def siblings(self, asset: str) -> tuple[str, ...]:
        """Returns the assets of the same kind, itself included."""
        return self.of_kind(re.match(r"[A-Za-z]*", asset)[0])  # type: ignore[index]  # `*` always matches

    def asset_of(self, tag: str) -> str:
        """Returns the asset a tag sits on; empty when unknown."""
        sensor = self.registry.get(tag)
        return sensor.asset if sensor else ""


def find_names(text: str, index: NameIndex, *, skip: Iterable[tuple[int, int]] = ()) -> list[Mention]:
    """Returns what a cleaned question names, in order.

    Args:
        text: The question.
        index: The plant's names.
        skip: Places that mean something else, such as times.
    """
    found: list[Mention] = []
    taken = list(skip)

    def keep(mentions: Iterable[Mention]) -> None:
        for mention in mentions:
            found.append(mention)
            taken.append((mention.start, mention.end))

    keep(_full_names(text, index))
    keep(_codes(text, index, taken))
    folded = fold(text)
    keep(_numbered_faults(folded, taken))
    keep(_phrases(_free(tokens(folded), taken), index))
    keep(_kinds(folded, index, taken, found))
    keep(_partial(_free(tokens(folded), taken), index))
    return _narrow(sorted(found, key=lambda mention: mention.start), index)


def _key(name: str) -> str:
    """Returns a name without separators, in capitals, with O for a zero inside numbers put right."""
    plain = re.sub(r"[^A-Za-z0-9]", "", name).upper()
    return re.sub(r"(?<=\d)O|O(?=\d)", "0", plain)


def _free(words: list[Token], taken: list[tuple[int, int]]) -> list[Token]:
    return [word for word in words if not any(start < word.end and word.start < end for start, end in taken)]


def _full_names(text: str, index: NameIndex) -> Iterator[Mention]:
    for match in index.full_names.finditer(text):
        sensor = index.registry.get(match[0])
        if sensor is not None:
            yield Mention(Kind.TAG, match.start(), match.end(), (sensor.tag,))


def _codes(text: str, index: NameIndex, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    at = 0
    while match := _CODE.search(text, at):
        mention = _code(match, index)
        at = mention.end if mention else match.end(3)
        if mention and not any(start < mention.end and mention.start < end for start, end in taken):
            yield mention


def _numbered_faults(folded: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    """Finds "fault 7", which is E07: the codes of faults begin with an E where nothing else is said."""
    for match in _NUMBERED_FAULT.finditer(folded):
        start, end = match.span(1)
        if not any(begin < end and start < stop for begin, stop in taken):
            yield Mention(Kind.CODE, start, end, (f"E{int(match[1]):02d}",))


def _code(match: re.Match[str], index: NameIndex) -> Mention | None:
    """Reads one code: the whole of it, else its first half, else a fault code or an unknown name."""
    start, half = match.start(), match[0][: match.end(3) - match.start()]
    glued = match[5] is not None and match[4] in {".", "-"}
    for text in dict.fromkeys((match[0], match[0] if glued else half)):
        if known := index.code(text):
            return Mention(known[0], start, start + len(text), known[1])
    text = match[0] if glued else half
    if not glued and _FAULT.fullmatch(half):
        return Mention(Kind.CODE, start, match.end(3), (f"{match[1].upper()}{int(match[3]):02d}",))
    if match[2] == " " or (len(match[3]) < 2 and not glued):
        return None  # "last 24" and the thread "M8" are no codes
    return Mention(Kind.UNKNOWN, start, start + len(text), index.near(text))


def _phrases(words: list[Token], index: NameIndex) -> Iterator[Mention]:
    """Finds whole descriptions and aliases, the longest first where several begin alike."""
    content = _content(words, index)
    longest = max(map(len, index.phrases), default=0)
    at = 0
    while at < len(content):
        for length in range(min(longest, len(content) - at), 0, -1):
            tags = index.phrases.get(tuple(word.word for word in content[at : at + length]))
            if tags:
                yield Mention(Kind.TAG, content[at].start, content[at + length - 1].end, tags)
                at += length
                break
        else:
            at += 1


def _partial(words: list[Token], index: NameIndex) -> Iterator[Mention]:
    """Finds runs of words that hold a quantity and belong to some sensor's description."""
    run: list[Token] = []
    for word in [*_content(words, index), None]:
        if word is not None and word.word in index.vocabulary:
            run.append(word)
            continue
        if any(token.word in _QUANTITIES for token in run):
            tags = _tags_with({token.word for token in run}, index)
            if tags:
                yield Mention(Kind.TAG, run[0].start, run[-1].end, tags)
        run = []


def _tags_with(words: set[str], index: NameIndex) -> tuple[str, ...]:
    """Returns the tags one of whose phrases holds all words; without those that only tell the kind of asset."""
    kinds = {word for group in KIND_WORDS.values() for word in group}
    for wanted in (words, words - kinds, words & _QUANTITIES):
        tags = [tag for phrase, tags in index.phrases.items() if wanted <= set(phrase) for tag in tags]
        if wanted and tags:
            return tuple(dict.fromkeys(tags))
    return ()


def _content(words: list[Token], index: NameIndex) -> list[Token]:
    """Returns words without articles, in the singular, misspelt ones put right where one is near."""
    return [
        Token(_ABBREVIATED.get(w.word) or _right(stem(w.word), index), w.start, w.end)
        for w in words
        if w.word not in _STOP
    ]


def _right(word: str, index: NameIndex) -> str:
    """Returns the nearest word of the registry that begins alike, or the word itself."""
    if len(word) < 4 or word in index.vocabulary or word in _COMMON or f"{word}s" in _COMMON:
        return word
    alike = [known for known in index.vocabulary if known[0] == word[0]]
    near = get_close_matches(word, alike, n=1, cutoff=0.83)
    return near[0] if near else word


def _kinds(folded: str, index: NameIndex, taken: list[tuple[int, int]], found: list[Mention]) -> Iterator[Mention]:
    """Finds "pump 101", "the exchanger", "les pompes"; not where the code follows: "pump P-101"."""
    named_at = {mention.start for mention in found if mention.kind in {Kind.ASSET, Kind.UNKNOWN, Kind.TAG}}
    for word in _free(tokens(folded), taken):
        letters = _kind_of(word.word)
        if letters is None or not index.of_kind(letters):
            continue
        if folded[word.end : word.end + 1] == " " and word.end + 1 in named_at:
            continue
        number = _NUMBER_AFTER.match(folded, word.end)
        numbered = index.of_kind(letters, number[1]) if number else ()
        if number and numbered:
            yield Mention(Kind.ASSET, word.start, number.end(), numbered)
        elif number and len(number[1]) == 3:
            yield Mention(Kind.UNKNOWN, word.start, number.end(), index.of_kind(letters))
        else:
            yield Mention(Kind.ASSET, word.start, word.end, index.of_kind(letters), plural=word.word != stem(word.word))


def _kind_of(word: str) -> str | None:
    singular = stem(word)
    for letters, names in KIND_WORDS.items():
        if singular in names:
            return letters
    every = {name: letters for letters, names in KIND_WORDS.items() for name in names if len(name) > 6}
    near = get_close_matches(singular, every, n=1, cutoff=0.83) if len(singular) > 6 else []
    return every[near[0]] if near else None


def _narrow(mentions: list[Mention], index: NameIndex) -> list[Mention]:
    """Settles doubtful tags by the assets that are named, and doubtful assets by the tags."""
    assets = {name for m in mentions if m.kind == Kind.ASSET and not m.doubtful for name in m.names}
    tags = {name for m in mentions if m.kind == Kind.TAG and not m.doubtful for name in m.names}
    homes = {index.asset_of(tag) for tag in tags} | assets
    settled = []
    for mention in mentions:
        names = mention.names
        if mention.doubtful and mention.kind == Kind.TAG:
            names = tuple(tag for tag in names if index.asset_of(tag) in assets) or names
        elif mention.doubtful and mention.kind == Kind.ASSET:
            names = tuple(asset for asset in names if asset in homes) or names
        settled.append(msgspec.structs.replace(mention, names=names))
    return settled
