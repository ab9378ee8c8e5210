"""The forms of one sentence, whose words are read: of what spans all of them, or of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.answering import says_who
from tools.graph.parser.assembly.assemble import assembled
from tools.graph.parser.assembly.scope import all_scopes_show
from tools.graph.parser.complete import forms_of, understood
from tools.graph.parser.compose import Composer
from tools.graph.parser.form import Ask
from tools.graph.parser.grammar.books import rules_of
from tools.graph.parser.grouping import grouped_all
from tools.graph.parser.items import charted, units
from tools.graph.parser.plausible import fit, lacks_negation
from tools.graph.parser.readings import ASKING, Function, Label, Role, Sort
from tools.graph.parser.talk.scenes import asks, parted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tools.graph.catalogue import Catalogue
    from tools.graph.parser.descriptions import Noun
    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.talk.clauses import Charted

Forms = list[tuple[Ask, float]]
"""What may be asked, with its cost, the cheapest first."""

_MARGIN: Final = 0.09
"""A form that costs no more than this beyond the cheapest is another thing that may have been meant."""

_MOST_WORDS: Final = 40
_SUBJECTS: Final = frozenset({"il", "ils", "elle", "elles"})  # "a-t-il": without a word that asks, for yes or no
_SECOND: Final = frozenset({"which", "what", "who", "quel", "quelle", "quels", "quelles", "qui"})
_ASKED_FOR: Final = frozenset({"what", "how", "when", "quel", "quelle", "quels", "quelles", "combien", "quand", "quoi"})
_DAY_WORDS: Final = frozenset({"when", "date", "dates", "day", "days", "quand", "jour", "jours"})


class Forming:
    """Finds the forms of sentences about one graph.

    Args:
        catalogue: What the graph holds.

    Attributes:
        composer: Joins things and what is said of them.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.composer = Composer(catalogue)
        self._rules = rules_of(self.composer)

    def cells(self, read: Read, referents: Mapping[str, Noun]) -> Charted | None:
        """Returns what each span of a sentence's words may be; None where a word has no meaning."""
        written = {read.words[place].written for place in units(read.words, read.readings)}
        if read.unknown or {*read.unread} - written or not 0 < len(read.words) <= _MOST_WORDS:
            return None
        readings = fit(read.words, read.readings)
        if lacks_negation(read.words, readings):
            return None
        return charted(read.words, readings, self._rules, referents)

    def spanning(self, made: Charted) -> Forms:
        """Returns the forms of what spans all words."""
        width, cells = made
        return grouped_all(understood(cells.get((0, width), {}), self._catalogue), self.composer.links)

    def of_parts(self, read: Read, made: Charted) -> Forms:
        """Returns the one form that the parts of a sentence make; none where they make more."""
        forms = [] if _asks_of_others(read) else self._assembled(read, made)
        return grouped_all(forms, self.composer.links) if len(forms) == 1 else []

    def only(self, read: Read, made: Charted, *, whole: bool) -> Forms:
        """Returns the one form of a sentence or, unless it must be `whole`, of its parts; none where two cost alike."""
        twice = sum(word.plain in _ASKED_FOR for word in read.words) > 1  # parts do not tell what is asked of which
        forms = self.spanning(made) or ([] if whole or twice else self.of_parts(read, made))
        return [] if rivals(forms) else forms[:1]

    def _assembled(self, read: Read, made: Charted) -> Forms:
        """Returns the forms that the parts of a sentence make; none for yes or no."""
        readings = fit(read.words, read.readings)
        plains = [word.plain for word in read.words]
        roles = {r.meaning.role for r in readings if isinstance(r.meaning, Function)}
        opening = {r.meaning.role for r in readings if isinstance(r.meaning, Function) and r.first == 0}
        inverted = not (_SUBJECTS.isdisjoint(plains) or roles & ASKING)
        if inverted or Role.WHETHER in opening:
            return []
        forms: dict[Ask, float] = {}
        for asked, cost in assembled(*made, self.composer, dated=not _DAY_WORDS.isdisjoint(plains)):
            if self.composer.naming.is_in_a_state_on_a_day(asked.noun):
                continue
            for ask, more in forms_of(asked, cost, self._catalogue):
                names = Role.WHO not in opening or says_who(ask, self.composer.naming)
                if names and all_scopes_show(readings, ask):
                    forms[ask] = min(more, forms.get(ask, float("inf")))
        return sorted(forms.items(), key=lambda entry: (round(entry[1], 6), repr(entry[0])))


def rivals(forms: Sequence[tuple[Ask, float]]) -> list[Ask]:
    """Returns the forms, but the cheapest, that may have been meant as well as that."""
    return [ask for ask, cost in forms[1:] if cost - forms[0][1] <= _MARGIN]


def _asks_of_others(read: Read) -> bool:
    """Whether a second question is about things of its own: "when was J-1 opened, and which parts are at zero"."""
    own = [r.first for r in read.readings if isinstance(r.meaning, Label | Sort)]
    return asks(read) and any(
        read.words[at].plain in _SECOND and any(first > at for first in own) for at in parted(read)
    )
