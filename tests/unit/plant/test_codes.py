"""A code has one spelling, and different codes have different ones."""

from __future__ import annotations

import pytest

from plant.codes import code_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("E07", "e7"),
        ("e-07", "e7"),
        ("E 7", "e7"),
        ("P-101", "p101"),
        ("F.012", "f12"),
        ("AL 3", "al3"),
        ("M8 x 20", "m8x20"),
        ("M8\u00d720", "m8x20"),
        ("6205-2RS", "6205-2rs"),
        ("0x1A", "0x1a"),
        ("HP-65-0331", "hp65-0331"),
        ("114", "114"),
    ],
)
def test_a_code_has_one_spelling(written: str, key: str) -> None:
    assert code_key(written) == key
    assert code_key(key) == key


def test_other_codes_stay_other_codes() -> None:
    assert len({code_key(code) for code in ("E07", "E70", "E007A", "E17", "F07", "E0")}) == 6
