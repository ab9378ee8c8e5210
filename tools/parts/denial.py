"""Which defects of a sentence are there: not those that it denies, and not those that it only supposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.parts.words import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.parts.defects import Mention
    from tools.parts.sentence import Sentence

_REACH: Final = 5  # words before a defect in which a denial is looked for
_AFTER: Final = 6  # words after it
_FRENCH_NEGATION: Final = frozenset({"ne", "n"})


def stated(sentence: Sentence) -> Iterator[Mention]:
    """Yields the defects that a sentence says there are or were."""
    denied: dict[int, Mention] = {}
    for mention in sentence.mentions:
        if _says_an_end(sentence, mention):
            continue
        if _denied(sentence, mention) or _listed(sentence, mention, denied):
            denied[mention.last] = mention
        elif not _supposed(sentence, mention):
            yield mention


def _says_an_end(sentence: Sentence, mention: Mention) -> bool:
    """Whether a word that may say that a part is missing says that a defect is: "the noise is gone"."""
    if sentence.words[mention.first].word not in lexicon().denied_after:
        return False
    return any(one.first < mention.first and sentence.together(one.first, mention.first) for one in sentence.mentions)


def _denied(sentence: Sentence, mention: Mention) -> bool:
    words = lexicon()
    before = sentence.around(mention, mention.first - _REACH, mention.first)
    if any(word in words.denying for word in before) and not _of_another(sentence, mention):
        return True
    after = sentence.around(mention, mention.last, mention.last + _AFTER)
    if _FRENCH_NEGATION & set(before[-2:]) and after[:1] and after[0] in words.denied_between:
        return True
    return _ended(sentence, mention) or _closed_by_none(sentence, mention)


def _of_another(sentence: Sentence, mention: Mention) -> bool:
    """Whether the denial before a defect is of one between them: "no leak but the bearing noisy"."""
    words = lexicon()
    before = range(max(mention.first - _REACH, sentence.first), mention.first)
    denial = max((at for at in before if sentence.words[at].word in words.denying), default=mention.first)
    for other in sentence.mentions:
        if denial < other.first < mention.first:
            between = sentence.between(other.last, mention.first)
            return not between or not all(word in words.alternatives for word in between)
    return False


def _ended(sentence: Sentence, mention: Mention) -> bool:
    """Whether its clause goes on to say that it is no more, or normal: before it says another defect."""
    for at in range(mention.last, min(mention.last + _AFTER, sentence.last)):
        if not sentence.together(at, mention.first):
            return False
        if sentence.words[at].word in lexicon().denied_after:
            return True
        if sentence.says(at):
            return False
    return False


def _closed_by_none(sentence: Sentence, mention: Mention) -> bool:
    """Whether the next clause says no more than that there is none: "leaks at the flanges: none"."""
    following = sentence.clause(mention.first) + 1
    at = next((at for at in range(mention.last, sentence.last) if sentence.clause(at) == following), -1)
    alone = at >= 0 and not sentence.together(at, at + 1)
    return alone and sentence.words[at].word in lexicon().denied_after


def _listed(sentence: Sentence, mention: Mention, denied: dict[int, Mention]) -> bool:
    """Whether it goes on a list of nouns that begins with a denial: "no noise, vibration or leak"."""
    before = denied.get(mention.first)
    return before is not None and before.noun and mention.noun and sentence.begins(mention)


def _supposed(sentence: Sentence, mention: Mention) -> bool:
    words = lexicon()
    before = sentence.around(mention, sentence.first, mention.first)
    return any(word in words.supposing or word in words.checking for word in before)
