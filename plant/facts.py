"""What a tool found, and where: the only place a number in an answer may come from.

A tool returns a `ToolResult`. Its facts are typed values with a unit and a source; the source is
the id of an `Evidence`, which a person can open: a manual page, the rows of a query, a backtest.
Nothing here is formatted for people; sentences are made in `agents/compose.py`.

All types are msgspec structs, so `msgspec.json.encode` gives the JSON of `docs/json.md`, with
absent optional values there as null.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

Scalar = str | int | float | bool | None

TIME = "time"
"""Unit of a fact whose value is a moment, as ISO-8601 UTC text."""

SECONDS = "s"
"""Unit of a fact whose value is a length of time in seconds."""


class RefusalCode(StrEnum):
    """Why an answer is not given. The text beside it says it in words."""

    AMBIGUOUS = "ambiguous"
    NOT_UNDERSTOOD = "not_understood"
    NOT_FOUND = "not_found"
    UNKNOWN_TAG = "unknown_tag"
    UNKNOWN_ENTITY = "unknown_entity"
    NO_DATA = "no_data"
    TOO_SHORT = "too_short"
    TOO_MANY_GAPS = "too_many_gaps"
    CONSTANT = "constant"
    STUCK = "stuck"
    STALE = "stale"
    NOTHING_BEATS_NAIVE = "nothing_beats_naive"
    COVERAGE_BELOW_TARGET = "coverage_below_target"
    HORIZON_TOO_LONG = "horizon_too_long"
    UNSAFE_QUERY = "unsafe_query"
    INVALID_QUERY = "invalid_query"
    TIMED_OUT = "timed_out"
    UNGROUNDED = "ungrounded"
    UNAVAILABLE = "unavailable"
    OUT_OF_SCOPE = "out_of_scope"
    CANCELLED = "cancelled"


class Refusal(msgspec.Struct, frozen=True):
    """An answer that is not given.

    Attributes:
        code: The reason as a word scripts can rely on.
        text: The reason as one sentence.
        help: What would help, as one sentence; empty where nothing would.
        choices: Nearest names or readings of the question to choose from, best first.
    """

    code: RefusalCode
    text: str
    help: str = ""
    choices: tuple[str, ...] = ()


class EvidenceKind(StrEnum):
    """What a person sees when an evidence is opened."""

    MANUAL = "manual"
    QUERY = "query"
    BACKTEST = "backtest"
    READINGS = "readings"
    DETECTION = "detection"
    EPISODES = "episodes"
    REGISTRY = "registry"
    HELP = "help"


class Table(msgspec.Struct, frozen=True):
    """Rows under named columns; every row has as many values as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]
    title: str = ""
    truncated: bool = False


class Curve(msgspec.Struct, frozen=True):
    """A line to plot: history, a forecast with its bands, points marked as odd.

    Attributes:
        name: What the line is: `history`, `forecast`, `past forecast`, the name of a language model's candidate.
        unit: Unit of the values.
        times: UTC milliseconds.
        values: One value a time; None where missing.
        lower: For each level as text (`"90"`), the band's lower edge, one value a time.
        upper: The same for the upper edge.
        marked: Indices of times that are flagged.
    """

    name: str
    unit: str
    times: tuple[int, ...]
    values: tuple[float | None, ...]
    lower: dict[str, tuple[float | None, ...]] = msgspec.field(default_factory=dict)
    upper: dict[str, tuple[float | None, ...]] = msgspec.field(default_factory=dict)
    marked: tuple[int, ...] = ()


class Evidence(msgspec.Struct, frozen=True):
    """Something a person can open to see where a fact comes from.

    Attributes:
        id: Unique within one result, `e1`.
        kind: What it is.
        title: One line: "backtest of 5 folds", "work_orders: 3 rows", "CW-100 manual, page 12".
        text: The verbatim quote, the query, or another plain text; data, never markup.
        detail: What the kind needs besides: document, page and label; parameters; fold dates.
        table: Its rows, if it has any.
    """

    id: str
    kind: EvidenceKind
    title: str
    text: str = ""
    detail: dict[str, Any] = msgspec.field(default_factory=dict)
    table: Table | None = None


class Fact(msgspec.Struct, frozen=True):
    """One typed value with unit, source and id.

    Attributes:
        id: Unique within one result, `f1`.
        name: What the value is, dotted, from the table in the tool's docstring.
        value: The value at full precision; a time is ISO-8601 UTC text with unit `time`.
        unit: Its unit; None for a text, a count or a ratio.
        source: The id of the evidence it comes from.
    """

    id: str
    name: str
    value: Scalar
    unit: str | None
    source: str


class ToolResult(msgspec.Struct, frozen=True):
    """All that a tool found, or why it did not answer.

    Attributes:
        tool: The tool's name.
        facts: What may be said. Empty when refused, but for facts that explain the refusal.
        tables: What may be shown as rows.
        series: What may be plotted.
        evidence: Where all of it comes from.
        refusal: Why there is no answer; None when there is one.
        data: The tool's own typed JSON (design section 6), for scripts and for composing.
        seconds: How long it took.
    """

    tool: str
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    series: tuple[Curve, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    refusal: Refusal | None = None
    data: dict[str, Any] = msgspec.field(default_factory=dict)
    seconds: float = 0.0

    def named(self, name: str) -> tuple[Fact, ...]:
        """Returns the facts of one name, in order."""
        return tuple(fact for fact in self.facts if fact.name == name)

    def first(self, name: str) -> Fact | None:
        """Returns the first fact of one name, or None."""
        return next((fact for fact in self.facts if fact.name == name), None)


class FactSheet:
    """Collects facts and evidence while a tool runs, numbering both."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.evidence: list[Evidence] = []

    def cite(self, kind: EvidenceKind, title: str, *, text: str = "", table: Table | None = None, **detail: Any) -> str:
        """Adds an evidence and returns its id, to be the source of facts."""
        key = f"e{len(self.evidence) + 1}"
        self.evidence.append(Evidence(key, kind, title, text, detail, table))
        return key

    def add(self, name: str, value: Scalar, source: str, unit: str | None = None) -> Fact:
        """Adds a fact and returns it."""
        fact = Fact(f"f{len(self.facts) + 1}", name, value, unit, source)
        self.facts.append(fact)
        return fact
