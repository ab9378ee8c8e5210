"""Accents dropped from a text, as people do who type fast."""

from __future__ import annotations

import unicodedata


def without_accents(text: str) -> str:
    """Returns a text without accents and other marks upon letters, written as one character or as two.

    Case, and letters of another form (`²`, `ﬁ`), stay: who wants the plain ones (`2`, `fi`) normalises to NFKC before.
    """
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
