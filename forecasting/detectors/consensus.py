"""Several detectors, one judgement: who may open an alert alone, and who needs a second voice.

| group | detectors | what they see | alone |
|---|---|---|---|
| relation | residual, pca-q | the tags no longer go together | yes |
| course | holt | a tag jumps from its own course | yes |
| level | pca-t2, ewma, cusum, seasonal | a tag stands where it never, or never at this hour, stood | no |
| isolation | forest | few random cuts set the row apart | no |

A level that was never seen may be a new load and nothing wrong, so a level needs a second voice of another group:
detectors of one group are odd together for the same reason and do not confirm each other. A second voice *agrees*
from `AGREES` of the threshold on. The forest is heard since people ask for it: its scores lie so close together that
it has yet to reach the threshold on the demo plant, and only ever agrees.

Who has learned from a few days only may not have seen a weekend: then nobody may speak alone, two groups must both be
louder than the threshold, by `YOUNG` times, and what depends on the hour is not heard.

Combined surprises are on the scale of `tail.py`, and meet one threshold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forecasting.contract import Floats

AGREES: Final = 0.6
"""Share of the threshold from which a second voice agrees."""

YOUNG: Final = 1.25
"""How many times the threshold two voices must both reach that may not have seen a weekend."""

GROUPS: Final[Mapping[str, str]] = {
    "residual": "relation",
    "pca-q": "relation",
    "holt": "course",
    "pca-t2": "level",
    "ewma": "level",
    "cusum": "level",
    "seasonal": "level",
    "forest": "isolation",
}
"""The group of each detector that is heard."""

ALONE: Final = frozenset({"residual", "pca-q", "holt"})
"""Those that may open an alert alone."""

COSTLY: Final = "forest"
"""One minute costs this one as much as all others together, so it is asked only where its answer can matter."""

_OF_THE_HOUR: Final = frozenset({"seasonal"})


def combined(surprises: Mapping[str, Floats], *, young: bool) -> Floats:
    """Returns one surprise a row of those of the detectors heard; others are left out.

    Args:
        surprises: By detector, each of shape (n_steps,); at least one.
        young: Whether they have learned from a few days only.
    """
    heard = {name: one for name, one in surprises.items() if name in GROUPS and not (young and name in _OF_THE_HOUR)}
    loudest: dict[str, Floats] = {}
    for name, one in heard.items():
        group = GROUPS[name]
        loudest[group] = np.maximum(loudest[group], one) if group in loudest else one
    silence = np.zeros_like(next(iter(surprises.values())))
    judged = [silence]
    for group, one in loudest.items():
        others = np.maximum.reduce([silence, *(other for name, other in loudest.items() if name != group)])
        judged.append(np.minimum(one, others) / YOUNG if young else np.minimum(one, others / AGREES))
    if not young:
        judged += [one for name, one in heard.items() if name in ALONE]
    highest: Floats = np.maximum.reduce(judged)
    return highest


def at_most(surprises: Mapping[str, Floats], name: str, *, young: bool) -> Floats:
    """Returns what `combined` could be at most, whatever a detector that was not asked yet would say.

    The combined surprise never falls as one of them rises.
    """
    unheard = np.full_like(next(iter(surprises.values())), np.inf)
    return combined({**surprises, name: unheard}, young=young)
