"""Which defect a text says of which part.

A defect belongs, in this order, to

1. the part that it is linked to by a preposition, where it is a noun ("noise from the bearing") or nothing else is
   named before it; "oil leaking past the seal": oil leaks out, and has no leak;
2. the part that follows it at once ("worn coupling"), unless one stands right before it;
3. the nearest part before it in its clause, or what that one is a part of ("spider of the coupling perished"), with
   those that are joined to it ("seal and sleeve worn");
4. the nearest part after it in its clause;
5. where its clause is about nothing else: what the clause before is about ("replaced the bearing, was noisy"), else the
   clause after, if nothing is said of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.parts.denial import stated
from tools.parts.sentence import sentences
from tools.parts.words import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.parts.defects import Mention
    from tools.parts.gazetteer import Place
    from tools.parts.sentence import Sentence
    from tools.parts.words import Token

_CONJUNCTIONS: Final = frozenset({"and", "et", "or", "ou"})
_GLUE: Final = frozenset({"&", "+", "/"})


def complaints(
    words: Sequence[Token], places: Sequence[Place], mentions: Sequence[Mention]
) -> dict[int, list[Mention]]:
    """Returns, for each part by its number, the defects that a text says it has.

    Args:
        words: Of the text.
        places: The parts it names, in order.
        mentions: The defects it says, in order.
    """
    said: dict[int, list[Mention]] = {}
    for sentence in sentences(words, places, mentions):
        for mention in stated(sentence):
            for part in _parts_of(sentence, mention):
                said.setdefault(part, []).append(mention)
    return said


def _parts_of(sentence: Sentence, mention: Mention) -> list[int]:
    if _led(sentence, mention.first) and _is_of_another(sentence, mention):
        return []
    inside = _bearers(sentence, mention, sentence.clause(mention.first))
    before = [part for part in inside if sentence.places[part].last <= mention.first]
    after = [part for part in inside if sentence.places[part].first >= mention.last]
    if after and _linked(sentence, mention, after[0], named_before=bool(before)):
        return _joined_after(sentence, after)
    if after and not _right_before(sentence, mention, before) and _attributive(sentence, mention, after[0]):
        return after[:1]
    if before:
        return _joined_before(sentence, before)
    return after[:1] or _elsewhere(sentence, mention)


def _bearers(sentence: Sentence, mention: Mention, clause: int) -> list[int]:
    """Returns the parts of a clause that may have a defect: oil leaks out of something else."""
    return [part for part in sentence.in_clause(clause) if not _leaks_out(mention, sentence.places[part])]


def _leaks_out(mention: Mention, place: Place) -> bool:
    return mention.kind == "leakage" and place.name in lexicon().media


def _led(sentence: Sentence, at: int) -> bool:
    """Whether a preposition stands right before a word."""
    return at > sentence.first and sentence.words[at - 1].word in lexicon().prepositions


def _linked(sentence: Sentence, mention: Mention, part: int, *, named_before: bool) -> bool:
    """Whether a preposition makes a defect one of the part that follows."""
    words = lexicon()
    passed = {
        at for place in sentence.places.values() if _leaks_out(mention, place) for at in range(place.first, place.last)
    }
    between = [at for at in range(mention.last, sentence.places[part].first) if at not in passed]
    told = [sentence.words[at].word for at in between]
    links = any(word in words.prepositions for word in told)
    links = links and all(word in words.prepositions or word in words.fillers for word in told)
    return links and (mention.noun or not named_before or mention.first - 1 in passed)


def _attributive(sentence: Sentence, mention: Mention, part: int) -> bool:
    """Whether the part stands right after the defect."""
    between = range(mention.last, sentence.places[part].first)
    return all(sentence.says(at) or sentence.words[at].word in lexicon().fillers for at in between)


def _right_before(sentence: Sentence, mention: Mention, before: Sequence[int]) -> bool:
    """Whether a part stands right before the defect, or a word between that does not join it to the next."""
    if not before:
        return False
    between = sentence.between(sentence.places[before[-1]].last, mention.first)
    return len(between) < 2 and not _CONJUNCTIONS & set(between)


def _joined_before(sentence: Sentence, before: Sequence[int]) -> list[int]:
    """Returns the last part, or what it is told by ("spider of the coupling"), with those joined to it."""
    head = len(before) - 1
    while head and _is_of(sentence, before[head - 1], before[head]):
        head -= 1
    joined = [before[head]]
    for part in reversed(before[:head]):
        if not _are_joined(sentence, part, joined[0]):
            break
        joined.insert(0, part)
    return joined


def _joined_after(sentence: Sentence, after: Sequence[int]) -> list[int]:
    joined = [after[0]]
    for part in after[1:]:
        if not _are_joined(sentence, joined[-1], part):
            break
        joined.append(part)
    return joined


def _is_of(sentence: Sentence, one: int, other: int) -> bool:
    """Whether only a preposition stands between two parts, and an article."""
    words = lexicon()
    told = sentence.between(sentence.places[one].last, sentence.places[other].first)
    linked = bool(told) and told[0] in words.prepositions
    return linked and all(word in words.prepositions or word in words.fillers for word in told)


def _are_joined(sentence: Sentence, one: int, other: int) -> bool:
    """Whether only an "and" stands between two parts, and an article."""
    first = sentence.places[other].first
    told = sentence.between(sentence.places[one].last, first)
    if not told:
        return sentence.words[first].mark in _GLUE
    return any(word in _CONJUNCTIONS for word in told) and all(word in lexicon().conjunctions for word in told)


def _elsewhere(sentence: Sentence, mention: Mention) -> list[int]:
    """Returns the part of the clause before, or after, where the defect's own clause is about nothing else."""
    if not _has_no_subject(sentence, mention):
        return []
    clause = sentence.clause(mention.first)
    before = _bearers(sentence, mention, clause - 1)
    if before:
        return [_subject(sentence, before)]
    after = _bearers(sentence, mention, clause + 1)
    taken = any(sentence.clause(one.first) == clause + 1 for one in sentence.mentions)
    return [_subject(sentence, after)] if after and not taken else []


def _has_no_subject(sentence: Sentence, mention: Mention) -> bool:
    """Whether a clause without a part leaves open what it is about; "water is muddy" does not."""
    words = lexicon()
    before = sentence.around(mention, sentence.first, mention.first)
    if any(word not in words.carrying and word not in words.fillers for word in before):
        return False
    return not (sentence.begins(mention) and _is_of_another(sentence, mention))


def _is_of_another(sentence: Sentence, mention: Mention) -> bool:
    """Whether a defect is said of the word that follows it, which is no part: "hot water", "wet material"."""
    words = lexicon()
    after = sentence.around(mention, mention.last, mention.last + 1)
    if mention.noun or not after or after[0].endswith(("ly", "ment")):
        return False
    sets = (words.prepositions, words.fillers, words.carrying, words.conjunctions, words.denied_after)
    return not any(after[0] in known for known in sets)


def _subject(sentence: Sentence, parts: Sequence[int]) -> int:
    """Returns the part that a clause is about: the first that no preposition leads to."""
    for part in parts:
        first = sentence.places[part].first
        if not any(_led(sentence, at) for at in (first, first - 1)):
            return part
    return parts[0]
