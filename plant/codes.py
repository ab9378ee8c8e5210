"""One spelling for a code, however it is written: E07, E-07, "e 7" and E7 are the same fault."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_BETWEEN: Final = re.compile(r"(?<=[a-z])[\s._-]+(?=\d)")
_ZEROS: Final = re.compile(r"(?<=[a-z])0+(?=\d)(?!\d*x)")
_HEX: Final = re.compile(r"0x[\da-f]+")


@lru_cache(1 << 14)
def code_key(code: str) -> str:
    """Returns the one spelling of a code: lower case, nothing between letters and a number, no zeros before it.

    `E-07` is `e7`, `P-101` is `p101`, `M8 x 20` is `m8x20`; `6205-2RS` keeps its hyphen, `0x1A` its zero.
    """
    plain = unicodedata.normalize("NFKC", code).casefold().replace("\u00d7", "x")
    plain = " ".join(plain.split())
    if _HEX.fullmatch(plain):
        return plain
    plain = re.sub(r"(?<=\d) ?x ?(?=\d)", "x", plain)
    return _ZEROS.sub("", _BETWEEN.sub("", plain))
