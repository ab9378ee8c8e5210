"""Which defect a text says of which part, and which it denies or only supposes.

A text is cut into clauses, at its marks. A defect belongs, in this order, to

1. the part that it is linked to by a preposition, where it is a noun ("noise from the bearing"), where nothing else is
   named before it ("oil leaking past the seal": oil leaks out, and has no leak);
2. the part that follows it at once ("worn coupling"), unless one stands right before it;
3. the nearest part before it in its clause, or what that one is a part of ("spider of the coupling perished"), with
   those that are joined to it ("seal and sleeve worn");
4. the nearest part after it in its clause;
5. where its clause is about nothing else: what the clause before is about ("replaced the bearing, was noisy"), else the
   clause after, if nothing is said of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tools.parts.words import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.parts.defects import Mention
    from tools.parts.gazetteer import Place
    from tools.parts.words import Token

_STRONG: Final = re.compile(r"[.;!?\n]")
_WEAK: Final = re.compile(r"[,:()\u2013\u2014]")
_REACH: Final = 5  # words before a defect in which a denial is looked for
_AFTER: Final = 6  # words after it
_CONJUNCTIONS: Final = frozenset({"and", "et", "or", "ou"})
_FRENCH_NEGATION: Final = frozenset({"ne", "n"})


class Clauses:
    """The clauses of a text, and what stands in each.

    Args:
        words: Of the text.
        places: The parts it names.
        mentions: The defects it says.
    """

    def __init__(self, words: Sequence[Token], places: Sequence[Place], mentions: Sequence[Mention]) -> None:
        self.words = words
        self.places = places
        self.mentions: Sequence[Mention] = mentions
        self._clause: list[int] = []
        self._sentence: list[int] = []
        clause = sentence = 0
        inside = {at for one in places for at in range(one.first + 1, one.last)}
        inside |= {at for one in mentions for at in range(one.first + 1, one.last)}
        for at, word in enumerate(words):
            if at and at not in inside:
                strong = _STRONG.search(word.mark) is not None
                clause += strong or _WEAK.search(word.mark) is not None
                sentence += strong
            self._clause.append(clause)
            self._sentence.append(sentence)
        self._named = {at for place in places for at in range(place.first, place.last)}
        self.mentions = [one for one in mentions if not self._ends(one)]

    def complaints(self) -> dict[int, list[Mention]]:
        """Returns, for each part by its number, the defects that the text says it has."""
        said: dict[int, list[Mention]] = {}
        for mention in self.mentions:
            if self._denied(mention) or self._supposed(mention):
                continue
            for part in self._parts_of(mention):
                said.setdefault(part, []).append(mention)
        return said

    def _ends(self, mention: Mention) -> bool:
        """Whether words that may say that a part is missing say that a defect is: "the noise is gone"."""
        earlier = any(one.last <= mention.first and self._together(one.first, mention.first) for one in self.mentions)
        return earlier and self.words[mention.first].word in lexicon().denied_after

    # What is denied or supposed

    def _denied(self, mention: Mention) -> bool:
        words = lexicon()
        clause = self._clause[mention.first]
        before = self._span(mention.first - _REACH, mention.first, clause)
        if any(word in words.denying for word in before) and not self._other_between(mention):
            return True
        after = self._span(mention.last, mention.last + _AFTER, clause)
        if any(word in words.denied_after for word in after) and not self._said_between(mention):
            return True
        if _FRENCH_NEGATION & set(before[-2:]) and after[:1] and after[0] in words.denied_between:
            return True
        return self._closed_by_none(mention) or self._listed_denial(mention)

    def _span(self, first: int, last: int, clause: int) -> list[str]:
        """Returns the words of a clause in a range that are no part's name and no defect's."""
        inner = {at for one in self.mentions for at in range(one.first, one.last)}
        return [
            self.words[at].word
            for at in range(max(first, 0), min(last, len(self.words)))
            if self._clause[at] == clause and at not in inner and at not in self._named
        ]

    def _other_between(self, mention: Mention) -> bool:
        """Whether a denial before a defect is of another one: "no leak but the bearing noisy"."""
        words = lexicon()
        start = max(mention.first - _REACH, 0)
        denials = [at for at in range(start, mention.first) if self.words[at].word in words.denying]
        if not denials:
            return False
        for other in self.mentions:
            if denials[-1] < other.first < mention.first:
                between = [self.words[at].word for at in range(other.last, mention.first)]
                return not all(word in words.alternatives for word in between) or not between
        return False

    def _said_between(self, mention: Mention) -> bool:
        """Whether another defect follows before the word that would deny this one."""
        last = mention.last + _AFTER
        return any(
            mention.last <= other.first < last and self._together(mention.first, other.first) for other in self.mentions
        )

    def _closed_by_none(self, mention: Mention) -> bool:
        """Whether the next clause says no more than that there is none: "leaks at the flanges: none"."""
        following = [
            at for at in range(mention.last, len(self.words)) if self._clause[at] == self._clause[mention.first] + 1
        ]
        return len(following) == 1 and self.words[following[0]].word in lexicon().denied_after

    def _listed_denial(self, mention: Mention) -> bool:
        """Whether it goes on a list that begins with a denial: "no noise, vibration or leak"."""
        first, clause = mention.first, self._clause[mention.first]
        starts = first == 0 or self._clause[first - 1] != clause
        if not starts or not first or self._sentence[first - 1] != self._sentence[first]:
            return False
        before = next((one for one in reversed(self.mentions) if one.last == first), None)
        return before is not None and before.noun and mention.noun and self._denied(before)

    def _supposed(self, mention: Mention) -> bool:
        words = lexicon()
        before = self._span(0, mention.first, self._clause[mention.first])
        if any(word in words.supposing for word in before):
            return True
        return any(word in words.checking for word in before)

    # Of which part

    def _parts_of(self, mention: Mention) -> list[int]:
        led = mention.first and self.words[mention.first - 1].word in lexicon().prepositions
        if led and self._is_of_another(mention):
            return []
        inside = [at for at in self._bearers(mention) if self._together(self.places[at].first, mention.first)]
        before = [at for at in inside if self.places[at].last <= mention.first]
        after = [at for at in inside if self.places[at].first >= mention.last]
        if after and self._linked(mention, after[0], before):
            return self._joined_after(after)
        if after and not self._right_before(mention, before) and self._attributive(mention, after[0]):
            return after[:1]
        if before:
            return self._joined_before(before)
        if after:
            return after[:1]
        return self._elsewhere(mention)

    def _bearers(self, mention: Mention) -> list[int]:
        """Returns the parts that may have a defect: oil leaks out of something else."""
        leaks, media = mention.kind == "leakage", lexicon().media
        return [at for at, place in enumerate(self.places) if not (leaks and place.name in media)]

    def _together(self, one: int, other: int) -> bool:
        return self._clause[one] == self._clause[other]

    def _linked(self, mention: Mention, part: int, before: Sequence[int]) -> bool:
        """Whether a preposition makes a defect one of the part that follows."""
        words = lexicon()
        passed = {
            at
            for one in self.places
            if mention.kind == "leakage" and one.name in words.media
            for at in range(one.first, one.last)
        }
        between = [self.words[at].word for at in range(mention.last, self.places[part].first) if at not in passed]
        if not any(word in words.prepositions for word in between):
            return False
        linked = all(word in words.prepositions or word in words.fillers for word in between)
        return linked and (mention.noun or not before or mention.first - 1 in passed)

    def _attributive(self, mention: Mention, part: int) -> bool:
        """Whether the part stands right after the defect."""
        between = range(mention.last, self.places[part].first)
        others = {at for one in self.mentions for at in range(one.first, one.last)}
        return all(at in others or self.words[at].word in lexicon().fillers for at in between)

    def _right_before(self, mention: Mention, before: Sequence[int]) -> bool:
        between = [self.words[at].word for at in range(self.places[before[-1]].last, mention.first)] if before else []
        return bool(before) and len(between) < 2 and not _CONJUNCTIONS & set(between)

    def _joined_before(self, before: Sequence[int]) -> list[int]:
        """Returns the last part, or what it is told by ("spider of the coupling"), with those joined to it."""
        head = len(before) - 1
        while head and self._is_of(before[head - 1], before[head]):
            head -= 1
        joined = [before[head]]
        for part in reversed(before[:head]):
            if not self._are_joined(part, joined[0]):
                break
            joined.insert(0, part)
        return joined

    def _joined_after(self, after: Sequence[int]) -> list[int]:
        joined = [after[0]]
        for part in after[1:]:
            if not self._are_joined(joined[-1], part):
                break
            joined.append(part)
        return joined

    def _is_of(self, one: int, other: int) -> bool:
        """Whether only a preposition stands between two parts, and an article."""
        words = lexicon()
        between = [self.words[at] for at in range(self.places[one].last, self.places[other].first)]
        told = [word.word for word in between]
        linked = bool(told) and told[0] in words.prepositions and not any(word.mark for word in between[1:])
        return linked and all(word in words.prepositions or word in words.fillers for word in told)

    def _are_joined(self, one: int, other: int) -> bool:
        between = [self.words[at] for at in range(self.places[one].last, self.places[other].first)]
        glued = not between and self.words[self.places[other].first].mark in {"&", "+", "/"}
        said = any(word.word in _CONJUNCTIONS for word in between)
        return glued or (said and all(word.word in lexicon().conjunctions for word in between))

    def _elsewhere(self, mention: Mention) -> list[int]:
        """Returns the part of the clause before, or after, in the same sentence."""
        clause, sentence = self._clause[mention.first], self._sentence[mention.first]
        if not self._has_no_subject(mention):
            return []
        for other in (clause - 1, clause + 1):
            there = [at for at in self._bearers(mention) if self._clause[self.places[at].first] == other]
            there = [at for at in there if self._sentence[self.places[at].first] == sentence]
            if there and (other < clause or not self._says_a_defect(other)):
                return [self._subject(there)]
        return []

    def _has_no_subject(self, mention: Mention) -> bool:
        """Whether a clause without a part leaves open what it is about; "water is muddy" does not."""
        words = lexicon()
        if any(
            word not in words.carrying and word not in words.fillers
            for word in self._span(0, mention.first, self._clause[mention.first])
        ):
            return False
        starts = not mention.first or not self._together(mention.first - 1, mention.first)
        return not (starts and self._is_of_another(mention))

    def _is_of_another(self, mention: Mention) -> bool:
        """Whether a defect is said of the word that follows it, which is no part: "hot water", "wet material"."""
        words = lexicon()
        after = self._span(mention.last, mention.last + 1, self._clause[mention.first])
        open_ = words.prepositions | words.fillers | words.carrying | words.conjunctions | words.denied_after
        return bool(after) and not mention.noun and after[0] not in open_ and not after[0].endswith(("ly", "ment"))

    def _says_a_defect(self, clause: int) -> bool:
        return any(self._clause[one.first] == clause for one in self.mentions)

    def _subject(self, parts: Sequence[int]) -> int:
        """Returns the part that a clause is about: the first that no preposition leads to."""
        prepositions = lexicon().prepositions
        for part in parts:
            first = self.places[part].first
            led = [self.words[at].word for at in range(max(first - 2, 0), first)]
            if not any(word in prepositions for word in led):
                return part
        return parts[0]
