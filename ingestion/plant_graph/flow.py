"""Where a flow goes round."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def round_trips(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Returns the names from which a way leads back to them, sorted.

    They are the members of the strongly connected components of more than one node, found in linear time
    (S. R. Kosaraju's two searches: A. Aho, J. Hopcroft, J. Ullman, "Data Structures and Algorithms", 1983, 6.7).

    Args:
        pairs: From, to; no pair of a name with itself.
    """
    ahead: dict[str, list[str]] = defaultdict(list)
    behind: dict[str, list[str]] = defaultdict(list)
    for start, end in pairs:
        ahead[start].append(end)
        behind[end].append(start)
    seen: set[str] = set()
    finished = [name for root in list(ahead) for name in _search(root, ahead, seen)]
    seen = set()
    components = [_search(root, behind, seen) for root in reversed(finished)]
    return sorted(name for members in components if len(members) > 1 for name in members)


def _search(root: str, ahead: Mapping[str, Sequence[str]], seen: set[str]) -> list[str]:
    """Returns what can be reached from a name and was not seen yet, in the order in which a depth-first search ends."""
    if root in seen:
        return []
    seen.add(root)
    finished: list[str] = []
    path = [(root, iter(ahead.get(root, ())))]
    while path:
        name, rest = path[-1]
        following = next((end for end in rest if end not in seen), None)
        if following is None:
            finished.append(name)
            path.pop()
        else:
            seen.add(following)
            path.append((following, iter(ahead.get(following, ()))))
    return finished
