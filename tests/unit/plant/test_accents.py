"""Accents are dropped in one way, wherever a text is compared."""

from __future__ import annotations

import unicodedata

import pytest

from ingestion.manuals.words import plain
from plant.accents import without_accents
from tools.parts.words import fold


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accent_is_dropped_whether_it_is_one_character_or_two(form: str) -> None:
    assert without_accents(unicodedata.normalize(form, "Été à Noël, Çà")) == "Ete a Noel, Ca"


@pytest.mark.parametrize("text", ['P-101 "north"', "85 Nm, 12 m²", "œuvre ﬁn"])
def test_all_else_stays(text: str) -> None:
    assert without_accents(text) == text


@pytest.mark.parametrize("compared", [plain, fold])
def test_manuals_and_parts_are_compared_without_accents(compared) -> None:
    assert compared("DÉBIT ÉLEVÉ") == compared(unicodedata.normalize("NFD", "débit élevé")) == "debit eleve"
