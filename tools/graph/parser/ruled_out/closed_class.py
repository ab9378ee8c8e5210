"""Closed-class words, by which readings beside them are ruled out."""

from __future__ import annotations

from typing import Final

WHO: Final = frozenset(("who", "qui", "whom"))
OF: Final = frozenset(("of", "de", "d", "du", "des"))
AND: Final = frozenset(("and", "et"))
ARTICLES: Final = frozenset(("the", "a", "an", "le", "la", "les", "l", "un", "une", "des"))
