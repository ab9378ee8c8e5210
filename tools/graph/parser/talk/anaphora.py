"""What a sentence takes up from those before it: "they", "that pump", "their model", « qui les touchent ».

A thing that was spoken of is a *referent*. Where a sentence takes it up, a word of its own is written in its place
(`TOKENS`), which the lexicon reads as that thing; so the grammar meets an ordinary sentence.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.descriptions import Noun
from tools.graph.parser.readings import Label, Nodes, Property, Relation, Sort, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tools.graph.parser.readings import Reading, Word

TOKENS: Final = ("qzrefa", "qzrefb", "qzrefc", "qzrefd")
"""Words that no language has, one for each referent."""

_SINGULAR: Final = frozenset(
    ("it", "this", "that", "he", "she", "him", "her", "celui ci", "celle ci", "il", "elle", "la dessus")
)
_PLURAL: Final = frozenset(
    ("they", "them", "those", "these", "ils", "elles", "ceux ci", "celles ci", "ceux la", "celles la", "which ones")
)
_LATTER: Final = frozenset(("ce dernier", "cette derniere", "ces derniers", "ces dernieres", "the latter"))
_DEMONSTRATIVES: Final = frozenset(("this", "that", "these", "those", "such", "ce", "cet", "cette", "ces", "said"))
_SEVERAL: Final = frozenset(("these", "those", "ces"))
_OWNERS: Final = frozenset(("its", "his", "her", "their"))
_OWNERS_BEHIND: Final = frozenset(("son", "sa", "ses", "leur", "leurs"))
_PLURAL_OWNERS: Final = frozenset(("their", "leur", "leurs"))
_CLITICS: Final = frozenset(("le", "la", "les", "l", "en"))
_AUXILIARIES: Final = frozenset(("a", "ont", "avait", "avons", "t", "on", "il", "elle", "nous", "deja"))
_BEFORE_CLITIC: Final = frozenset(("qui", "on", "peut", "peuvent", "pourrait", "pourraient", "ne", "quoi", "a"))
_LEFT_ALONE: Final = frozenset(("lesquels", "lesquelles", "lequel", "laquelle"))
_LEFT_BEFORE: Final = frozenset(("which", "combien"))
_VERBS: Final = frozenset(("are", "were", "have", "sont", "ont", "etaient"))
_INSIDE: Final = frozenset(("there", "dedans"))
_UPON: Final = frozenset(("dessus",))
_POINTING: Final = frozenset(("this", "that"))
_PREPOSITIONS: Final = frozenset(("of", "on", "in", "to", "for", "by", "with"))
_IMPERSONAL: Final = frozenset(("y", "reste", "existe", "faut", "en"))
_MOST: Final = 12  # ways to take a sentence up

_Edit = tuple[int, int, str]
"""Where a text is changed, and what stands there then; "{}" for the referent."""


class Referent(msgspec.Struct, frozen=True):
    """A thing that was spoken of.

    Attributes:
        token: The word that stands for it.
        noun: The thing.
    """

    token: str
    noun: Noun

    @property
    def single(self) -> bool:
        """Whether it is one node, which "they" are not."""
        return len(self.noun.thing.ids) == 1


class Anaphor(msgspec.Struct, frozen=True):
    """A place where something is taken up.

    Attributes:
        edits: How the text is changed.
        several: Whether it can be several things only, or one thing only; None for either.
        label: The only label that it may be of; empty for any.
        sort: The value that it must have; None for any.
    """

    edits: tuple[_Edit, ...]
    several: bool | None
    label: str = ""
    sort: tuple[str, object] | None = None

    def takes(self, referent: Referent) -> bool:
        """Whether it may be a referent."""
        thing = referent.noun.thing
        if self.label and self.label != thing.label:
            return False
        if self.sort is not None and not (
            thing.ids or any(f.property == self.sort[0] and f.values == (self.sort[1],) for f in thing.filters)
        ):
            return False
        return self.several is None or not (self.several and referent.single)


def taken_up(
    text: str, words: Sequence[Word], readings: Sequence[Reading], referents: Sequence[Referent]
) -> Iterator[str]:
    """Yields a sentence with its anaphors as the referents that they may be; nothing where one of them is none."""
    found = list(_anaphors(words, readings))
    choices = [[r for r in referents if anaphor.takes(r)] for anaphor in found]
    if not found or not all(choices):
        return
    for chosen in list(product(*choices))[:_MOST]:
        edits = [
            (start, end, new.format(referent.token))
            for anaphor, referent in zip(found, chosen, strict=True)
            for start, end, new in anaphor.edits
        ]
        changed = text
        for start, end, new in sorted(edits, reverse=True):
            changed = changed[:start] + new + changed[end:]
        yield changed


def without_other(text: str) -> str:
    """Returns a sentence without "other"."""
    return re.sub(r"\b(?:other|autres?|d'autres)\s+", "", text, count=1)


def has_anaphor(words: Sequence[Word], readings: Sequence[Reading]) -> bool:
    """Whether a sentence takes something up."""
    return any(True for _ in _anaphors(words, readings))


def _anaphors(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Anaphor]:
    nouns = [r for r in readings if isinstance(r.meaning, Label | Sort | Nodes) and r.cost < 1]
    at = 0
    while at < len(words):
        found, at = _at(words, at, readings, nouns)
        if found is not None:
            yield found


def _at(
    words: Sequence[Word], at: int, readings: Sequence[Reading], nouns: Sequence[Reading]
) -> tuple[Anaphor | None, int]:
    """Returns what is taken up at a word, with the place behind it."""
    word = words[at]
    pair = f"{word.plain} {words[at + 1].plain}" if at + 1 < len(words) else ""
    told = any(r.last <= at for r in nouns)
    left_out = _left_out(words, at)
    if left_out is not None:
        return left_out, at + 1
    if word.plain in _DEMONSTRATIVES:
        made = _demonstrative(words, at, nouns)
        if made is not None:
            return made
    if pair in _LATTER | _SINGULAR | _PLURAL and word.plain not in _CLITICS:
        several = True if pair in _PLURAL or pair.startswith("ces") else None
        new = "which {}" if pair == "which ones" else "{}"
        return Anaphor(((word.start, words[at + 1].end, new),), several), at + 2
    owned = _owned(words, at, readings) if not told else None
    if owned is not None:
        return owned
    if word.plain in _CLITICS:
        return _clitic(words, at, readings)
    if word.plain in _INSIDE and not _is_existential(words, at):
        return Anaphor(((word.start, word.end, "in {}"),), None), at + 1
    if word.plain in _UPON:
        return Anaphor(((word.start, word.end, "sur {}"),), None), at + 1
    return _pronoun(words, at)


def _left_out(words: Sequence[Word], at: int) -> Anaphor | None:
    """Returns the things that are not said behind "which are", "how many have", « lesquels »."""
    begins = at == 0 or words[at - 1].plain in ("and", "et") or words[at].start - words[at - 1].end > 1
    word, behind = words[at], words[at + 1].plain if at + 1 < len(words) else ""
    if word.plain in _LEFT_ALONE and begins:
        return Anaphor(((word.start, word.end, "quels {}"),), None)
    several = word.plain == "many" and at == 1 and words[0].plain == "how"
    if ((word.plain in _LEFT_BEFORE and begins) or several) and behind in _VERBS:
        return Anaphor(((word.end, word.end, " {}"),), True)
    return None


def _pronoun(words: Sequence[Word], at: int) -> tuple[Anaphor | None, int]:
    """Returns "it", "they", « elles »: « y a-t-il », « il reste » and "that feeds" are none."""
    plain = words[at].plain
    before = [word.plain for word in words[max(0, at - 3) : at]]
    behind = words[at + 1].plain if at + 1 < len(words) else ""
    if plain == "il" and (behind in _IMPERSONAL or not _IMPERSONAL.isdisjoint(before)):
        return None, at + 1
    if plain in _POINTING and not (before[-1:] and before[-1] in _PREPOSITIONS and _ends(words, at)):
        return None, at + 1
    if plain in _SINGULAR | _PLURAL:
        if before[-1:] == ["what"] and behind in ("do", "does", "did"):  # what they do is no thing
            return Anaphor((), None, label="?"), at + 1
        inverted = before[-1:] == ["t"] and at > 1  # "a-t-il"
        start = words[at - 1 if inverted else at].start
        return Anaphor(((start, words[at].end, " {} "),), plain in _PLURAL), at + 1
    return None, at + 1


def _ends(words: Sequence[Word], at: int) -> bool:
    """Whether a word ends its clause."""
    return at + 1 == len(words) or words[at + 1].start - words[at].end > 1


def _demonstrative(words: Sequence[Word], at: int, nouns: Sequence[Reading]) -> tuple[Anaphor, int] | None:
    """Returns "those parts", "such a part", « cette pompe »."""
    first = at + 1
    if words[at].plain == "such" and first < len(words) and words[first].plain in ("a", "an"):
        first += 1
    behind = [r for r in nouns if r.first == first and isinstance(r.meaning, Label | Sort)]
    if not behind:
        return None
    best = max(behind, key=lambda r: (r.last, -r.cost))
    meaning = best.meaning
    if not isinstance(meaning, Label | Sort):
        return None
    several = True if words[at].plain in _SEVERAL else None
    sort = (meaning.property, meaning.value) if isinstance(meaning, Sort) else None
    edit = (words[at].start, words[best.last - 1].end, "{}")
    return Anaphor((edit,), several, meaning.label, sort), best.last


def _owned(words: Sequence[Word], at: int, readings: Sequence[Reading]) -> tuple[Anaphor, int] | None:
    """Returns "their model" and « leur modèle », where no noun before them has them already."""
    word = words[at]
    if word.plain in _OWNERS | _OWNERS_BEHIND and _is_joined(words, at):
        return Anaphor(((word.start, word.end, ""),), True if word.plain in _PLURAL_OWNERS else None), at + 1
    if word.plain in _OWNERS:
        several = True if word.plain in _PLURAL_OWNERS else None
        return Anaphor(((word.start, word.end, "{}'s"),), several), at + 1
    if word.plain not in _OWNERS_BEHIND:
        return None
    behind = [r for r in readings if r.first == at + 1 and isinstance(r.meaning, Label | Sort | Property | Nodes)]
    if not behind:
        return None
    last = max(r.last for r in behind)
    article = "les" if word.plain in ("ses", "leurs") else "le"
    several = True if word.plain in _PLURAL_OWNERS else None
    edits = ((word.start, word.end, article), (words[last - 1].end, words[last - 1].end, " de {}"))
    return Anaphor(edits, several), last


def _is_joined(words: Sequence[Word], at: int) -> bool:
    """Whether an owner was said before, as in "its model and its maker"."""
    before = [word.plain for word in words[:at]]
    return before[-1:] in (["and"], ["et"]) and any(word in _OWNERS | _OWNERS_BEHIND for word in before)


def _clitic(words: Sequence[Word], at: int, readings: Sequence[Reading]) -> tuple[Anaphor | None, int]:
    """Returns « qui les touchent », « l'a signé »: what the verb behind has for its object."""
    before = words[at - 1].plain if at > 0 else ""
    first = at + 1
    while first < len(words) and words[first].plain in _AUXILIARIES:
        first += 1
    verbs = [r for r in readings if r.first == first and isinstance(r.meaning, Relation)]
    nouns = [r for r in readings if r.first == first and isinstance(r.meaning, Label | Sort | Nodes | Property | Value)]
    subject = any(r.last == at and isinstance(r.meaning, Label | Sort) for r in readings)
    object_ = words[at].plain == "en" and first > at + 1  # "en a-t-on utilisé"
    inverted = object_ or (first + 1 < len(words) and words[first + 1].plain in ("t", "on"))
    if not verbs or (nouns and before not in _BEFORE_CLITIC) or not (before in _BEFORE_CLITIC or inverted or subject):
        return None, at + 1
    last = (min if object_ else max)(r.last for r in verbs)  # "en a-t-on utilisé lors d'un ordre"
    if inverted and not object_ and last < len(words):
        last += 1 if words[last].plain == "on" else 2 if words[last].plain == "t" else 0
    end = words[min(last, len(words)) - 1].end
    several = words[at].plain in ("les", "en")
    return Anaphor(((words[at].start, words[at].end, ""), (end, end, " {}")), several or None), last


def _is_existential(words: Sequence[Word], at: int) -> bool:
    """Whether "there" says that there is something."""
    near = {word.plain for word in words[max(0, at - 1) : at + 2]}
    return bool(near & {"is", "are", "was", "were", "s", "any", "been", "exist", "exists"})


def standing_for(referents: Mapping[str, Noun]) -> dict[str, Nodes | Label]:
    """Returns what the words for referents mean to the lexicon."""
    return {
        token: Nodes(noun.thing.label, noun.thing.ids) if noun.named else Label(noun.thing.label)
        for token, noun in referents.items()
    }
