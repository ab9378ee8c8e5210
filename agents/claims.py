"""The claim check: nothing is shown that does not resolve to a fact.

A claim is a number, a time, a date, a percentage, a code (tag, asset, fault, order) or a comparison
with a number. It resolves when

- it stands verbatim in a text fact or in a quotation that stands verbatim in an evidence;
- or a fact has that value: equal after rounding to the digits shown, of the unit shown, a time as the
  plant's clock shows it, a ratio as its percentage;
- and, for a comparison ("above 5.2 degC", "below", "beats ... by", "lost by", "between ... and"), the
  facts stand in that relation.

Everything here is a pure function of the text and the facts. What it cannot see is a wrong word
between right numbers; that is why sentences come from templates.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from plant.facts import SECONDS, TIME
from plant.time import SECOND, format_duration, parse_time, to_local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo

    from plant.facts import Evidence, Fact

_MINUS = "\N{MINUS SIGN}"
_MARK = re.compile(r"\[(\d+)\]")
_QUOTE = re.compile(r"“([^”]*)”|«\s*([^»]*?)\s*»")
_CODE = re.compile(r"(?<![\w.])(?=[\w.-]*[A-Za-z])(?=[\w.-]*\d)[A-Za-z][\w]*(?:[.-]\w+)*", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{4}-\d{2}-\d{2}) )?(?<![\d:])(\d{1,2}:\d{2})(?!\d|:\d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DURATION = re.compile(r"(?<![\w.,])(\d+ h \d+ min|\d+(?:[.,]\d+)? (?:s|min|h|d|j))(?![\w/])")
_UNIT = r"(?:%|[A-Za-zµ°Ω][\w/°³²]*)"
_NUMBER = re.compile(r"(?<![\w.,])(-?\d+(?:[.,]\d+)?)(?!\d)")
_RANGE = re.compile(rf" (?:to|à|and|et|\+-) -?\d+(?:[.,]\d+)? ?({_UNIT})")
_UNITS = """
    degC °C degF °F K bar mbar Pa kPa MPa psi W kW MW V mV A mA Hz rpm tr/min m3/h m³/h l/s l/min m3 m³ l kg t g
    % mm cm m km mm/s m/s Nm N kN ppm s min h d j ms kWh MWh pH
"""
_COMMON_UNITS = tuple(sorted(_UNITS.split(), key=len, reverse=True))
_WORD_NUMBERS = {
    word: value
    for value, words in enumerate(
        ("", "", "two deux", "three trois", "four quatre", "five cinq", "six", "seven sept", "eight huit", "nine neuf",
         "ten dix", "eleven onze", "twelve douze")
    )
    for word in words.split()
}  # fmt: skip
_WORD_NUMBER = re.compile(
    rf"\b({'|'.join(_WORD_NUMBERS)}|half|twice|double|dozen|demi|moitié|douzaine)\b", re.IGNORECASE
)
_HIGHER = re.compile(
    r"\b(?:above|over|exceeds?|higher than|more than|greater than|au-dessus d[eu]|dépasse|plus de|supérieure? à)\s+"
    r"(?:[^\W\d]+ ){0,4}$",
    re.IGNORECASE,
)
_LOWER = re.compile(
    r"\b(?:below|under|lower than|less than|au-dessous d[eu]|en dessous d[eu]|moins de|inférieure? à)\s+"
    r"(?:[^\W\d]+ ){0,4}$",
    re.IGNORECASE,
)
_LOST = re.compile(r"\b(?:lost|loses|lose|worse|perdu|perd|moins bien)\b[^.;]*$", re.IGNORECASE)
_BEATS = re.compile(r"\b(?:beats?|better|wins?|won|saves?|fait mieux|bat|gagne)\b[^.;]*$", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\b(?:between|from|entre|de)\s+(-?\d+(?:[.,]\d+)?)(?: ?\S+)? (?:and|to|et|à)\s+(-?\d+(?:[.,]\d+)?)(?![\d:.-]*[:-])"
)


class Number(NamedTuple):
    """A numeric fact: value and unit, the unit empty for counts and ratios."""

    value: float
    unit: str


class Ground(NamedTuple):
    """All that claims may rest on.

    Attributes:
        numbers: Numeric facts.
        times: Moments, UTC milliseconds.
        texts: Text facts.
        quotable: Verbatim texts of the evidence.
        marks: How many evidences there are.
        zone: The plant's time zone.
    """

    numbers: tuple[Number, ...]
    times: tuple[int, ...]
    texts: tuple[str, ...]
    quotable: tuple[str, ...]
    marks: int
    zone: tzinfo


def ground(facts: Iterable[Fact], evidence: Sequence[Evidence], zone: tzinfo) -> Ground:
    """Returns what claims may rest on; evidence counts for its title, its text and its rows."""
    numbers, times, texts = [], [], []
    for fact in facts:
        if fact.unit == TIME:
            times.append(parse_time(str(fact.value)))
        elif isinstance(fact.value, str):
            texts.append(fact.value)
        elif isinstance(fact.value, (int, float)) and not isinstance(fact.value, bool):
            numbers.append(Number(float(fact.value), fact.unit or ""))
        texts.extend(part for part in fact.name.split(".") if any(c.isdigit() for c in part))
    for item in evidence:
        texts.append(item.title)
        cells = [cell for row in (item.table.rows if item.table else ()) for cell in row]
        texts += [cell for cell in cells if isinstance(cell, str)]
        numbers += [Number(float(c), "") for c in cells if isinstance(c, (int, float)) and not isinstance(c, bool)]
    quotable = tuple(_plain(item.text) for item in evidence if item.text)
    return Ground(tuple(numbers), tuple(times), tuple(texts), quotable, len(evidence), zone)


def unresolved(text: str, on: Ground) -> list[str]:
    """Returns the claims of a text that resolve to nothing, in the words of the text; empty when all do."""
    missing = [f"[{mark}]" for mark in _MARK.findall(text) if not 1 <= int(mark) <= on.marks]
    text = _MARK.sub(" ", text).replace(_MINUS, "-")
    text = _cut_texts(text, [said for said in on.texts if _QUOTE.search(said)])
    text = _cut_quotes(text, on)
    units = {number.unit for number in on.numbers}
    text = _cut_texts(text, [said for said in on.texts if said not in units])
    for find in (_times, _dates, _codes, _durations):
        text, found = find(text, on)
        missing += found
    missing += [m[0] for m in _BETWEEN.finditer(text) if _read(m[1]) > _read(m[2])]  # a range that runs backwards
    for find in (_numbers, _word_numbers):
        text, found = find(text, on)
        missing += found
    return missing


def _plain(text: str) -> str:
    return " ".join(text.split())


def _blank(text: str, start: int, end: int) -> str:
    """Returns a text with a place struck out, of the same length, that no other pattern matches."""
    return f"{text[:start]}{'·' * (end - start)}{text[end:]}"


def _cut_quotes(text: str, on: Ground) -> str:
    """Strikes out quotations that stand verbatim in an evidence; others are checked like any text."""
    for whole in on.quotable:  # first those with quotation marks of their own inside
        while (start := text.find(f"“{whole}”")) >= 0:
            text = _blank(text, start, start + len(whole) + 2)
    for match in reversed(list(_QUOTE.finditer(text))):
        quoted = _plain(match[1] or match[2] or "")
        if quoted and any(quoted in source for source in (*on.quotable, *map(_plain, on.texts))):
            text = _blank(text, match.start(), match.end())
    return text


def _cut_texts(text: str, facts: Iterable[str]) -> str:
    """Strikes out text facts that stand verbatim, the longest first; mere numbers are left to be checked as such."""
    for said in sorted({said for said in facts if any(c.isdigit() for c in said)}, key=len, reverse=True):
        if _NUMBER.fullmatch(said.strip()):
            continue
        pattern = rf"(?<![\w]){re.escape(_plain(said))}(?![\w]|[.,-]\w)"
        for match in reversed(list(re.finditer(pattern, text, re.IGNORECASE))):
            text = _blank(text, match.start(), match.end())
    return text


def _times(text: str, on: Ground) -> tuple[str, list[str]]:
    clocks = {to_local(ms, on.zone) for ms in on.times}
    dated = {to_local(ms, on.zone, day=True) for ms in on.times}
    missing = []
    for match in reversed(list(_CLOCK.finditer(text))):
        shown = match[2].zfill(5)
        if (f"{match[1]} {shown}" not in dated) if match[1] else (shown not in clocks):
            missing.append(match[0])
        text = _blank(text, match.start(), match.end())
    return text, missing


def _dates(text: str, on: Ground) -> tuple[str, list[str]]:
    days = {datetime.fromtimestamp(ms / 1_000, on.zone).date().isoformat() for ms in on.times}
    return _each(text, _DATE, lambda match: match[0] in days)


def _codes(text: str, on: Ground) -> tuple[str, list[str]]:
    """Any code still there stands in no text fact; a unit with a digit in it (`m3/h`) after a number is no code."""
    missing = []
    for match in _CODE.finditer(text):
        after_number = re.search(r"\d ?$", text[: match.start()]) is not None
        if not (after_number and any(number.unit.startswith(match[0]) for number in on.numbers)):
            missing.append(match[0])
            text = _blank(text, match.start(), match.end())
    return text, missing


def _durations(text: str, on: Ground) -> tuple[str, list[str]]:
    lengths = {format_duration(round(n.value) * SECOND) for n in on.numbers if n.unit == SECONDS}
    shown = lengths | {length.replace(" d", " j") for length in lengths}
    units = {number.unit for number in on.numbers}

    def holds(match: re.Match[str]) -> bool:
        unit = match[0].rpartition(" ")[2]
        return match[0] in shown or (unit in units and _equal(match[0].rpartition(" ")[0], unit, on))

    return _each(text, _DURATION, holds)


def _percent(before: str, shown: str, on: Ground) -> bool:
    """Whether some fact is this percentage; where the text says that something won or lost, so must the fact."""
    lost, beats = _LOST.search(before), _BEATS.search(before)
    sign = 0
    if lost or beats:
        sign = -1 if lost and (not beats or lost.start() > beats.start()) else 1
    return any(_is_percent(shown, number, sign) for number in on.numbers)


def _is_percent(shown: str, number: Number, sign: int) -> bool:
    value = number.value if number.unit == "%" else number.value * 100
    if number.unit not in {"%", ""} or sign * value < 0:
        return False
    return _rounds(shown, -value if sign < 0 else value)


def _numbers(text: str, on: Ground) -> tuple[str, list[str]]:
    units = sorted({number.unit for number in on.numbers if number.unit}, key=len, reverse=True)

    def holds(match: re.Match[str]) -> bool:
        rest = text[match.end() :]
        unit = _unit_at(rest, units)
        if unit is None and (upto := _RANGE.match(rest)):
            unit = _unit_at(rest[upto.start(1) - 1 :], units)
        before = text[: match.start()]
        if unit == "%":
            return _percent(before, match[1], on) and _compares(before, match[1], unit, on)
        return _equal(match[1], unit, on) and _compares(before, match[1], unit, on)

    return _each(text, _NUMBER, holds)


def _unit_at(rest: str, units: list[str]) -> str | None:
    """Returns the unit that follows a number: one of the facts', another that is common, or None."""
    after = rest.removeprefix(" ")
    for unit in (*units, *_COMMON_UNITS):
        if after.startswith(unit) and not re.match(r"[\w/]", after[len(unit) :]):
            return unit
    return None if rest.startswith(" ") or not after[:1].isalpha() else after.split()[0]


def _equal(shown: str, unit: str | None, on: Ground) -> bool:
    """Whether some fact has this value; a number without a unit may only be a count, a ratio or a score."""
    return any(number.unit == (unit or "") and _rounds(shown, number.value) for number in on.numbers)


def _compares(before: str, shown: str, unit: str | None, on: Ground) -> bool:
    """Whether "above" or "below" this number holds for another fact of the unit."""
    values = [number.value for number in on.numbers if number.unit == (unit or "")]
    exact = [value for value in values if value == _read(shown)]
    named = exact or [value for value in values if _rounds(shown, value)]
    if _HIGHER.search(before):
        return any(value > limit for limit in named for value in values)
    if _LOWER.search(before):
        return any(value < limit for limit in named for value in values)
    return True


def _word_numbers(text: str, on: Ground) -> tuple[str, list[str]]:
    def holds(match: re.Match[str]) -> bool:
        value = _WORD_NUMBERS.get(match[0].lower())
        return value is not None and any(n.value == value and not n.unit for n in on.numbers)

    return _each(text, _WORD_NUMBER, holds)


def _each(text: str, pattern: re.Pattern[str], holds: Callable[[re.Match[str]], bool]) -> tuple[str, list[str]]:
    """Strikes out what a pattern matches and returns, beside the text, the matches that do not hold."""
    matches = list(pattern.finditer(text))
    missing = [match[0].strip() for match in matches if not holds(match)]
    for match in matches:
        text = _blank(text, match.start(), match.end())
    return text, missing


def _read(shown: str) -> float:
    return float(shown.replace(",", "."))


def _rounds(shown: str, value: float) -> bool:
    """Whether a value, rounded to the digits shown, is what is shown."""
    plain = shown.replace(",", ".")
    decimals = len(plain.partition(".")[2])
    return float(f"{value:.{decimals}f}") == float(plain)
