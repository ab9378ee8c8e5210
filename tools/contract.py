"""What a tool is, and what each one is asked.

Rules every tool keeps:

- `run` returns a `ToolResult`, always. What it could not find is a refusal with a reason; only
  `MillhandError`s come out as exceptions, when a service is down or the store cannot be read.
- Every fact names an evidence of the same result.
- It changes nothing on the plant, ever, and nothing in the store but its own records.
- Its module's docstring has a table of the names of its facts: what may be said rests on it.
- It may be called from any thread, one call at a time.

`tests/conformance/test_tool.py` runs over every tool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from plant.time import HOUR

if TYPE_CHECKING:
    from plant.facts import ToolResult

CROSSINGS: Final = "crossings"
"""The tool that forecasts every tag with a limit."""

InputT_contra = TypeVar("InputT_contra", bound=BaseModel, contravariant=True)


class ToolInput(BaseModel):
    """Base of all inputs: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ForecastInput(ToolInput):
    """Forecast a tag.

    Attributes:
        tag: The tag.
        horizon_ms: How far.
        until: Forecast from here, UTC milliseconds; None for the newest reading.
        candidates: Names of candidates to compare; empty for all.
        deadline_s: Candidates that take longer are reported as timed out.
        inputs: Other tags that may help, seen up to now.
        known: Tags that may help and whose values are known to the end of the horizon.
        calendar: Whether hour, day of the week and weekend may help.
    """

    tag: str
    horizon_ms: int = Field(default=2 * HOUR, gt=0)
    until: int | None = None
    candidates: tuple[str, ...] = ()
    deadline_s: float = Field(default=30.0, gt=0)
    inputs: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    calendar: bool = False


class CrossingsInput(ToolInput):
    """Which tags may cross a limit?

    Attributes:
        horizon_ms: How far to look.
        deadline_s: For all tags together.
    """

    horizon_ms: int = Field(gt=0)
    deadline_s: float = Field(default=30.0, gt=0)


class AnomalyInput(ToolInput):
    """Is a tag or an asset odd in a span?

    Attributes:
        subject: A tag or an asset.
        start: Beginning of the span, UTC milliseconds; None for the plant's midnight.
        end: End of the span; None for the newest reading.
        compare: Whether the forecasting methods are asked too, which takes longer.
    """

    subject: str
    start: int | None = None
    end: int | None = None
    compare: bool = False


class GraphInput(ToolInput):
    """Ask the plant graph: a question in words, or a Cypher query.

    Attributes:
        question: The words; empty when a query is given.
        query: Cypher; empty when a question is given.
        entities: Assets or tags the question is about, as already understood.
        reading: Which of the meanings is meant that were offered for this question, from 1; 0 where none was.
    """

    question: str = ""
    query: str = ""
    entities: tuple[str, ...] = ()
    reading: int = Field(default=0, ge=0)


class ManualInput(ToolInput):
    """Ask the manuals.

    Attributes:
        question: The words.
        language: `en` or `fr`, the question's language.
        entities: Assets or tags the question is about.
    """

    question: str
    language: str = "en"
    entities: tuple[str, ...] = ()


class PartsInput(ToolInput):
    """Which parts do work orders complain about?

    Attributes:
        subject: The asset; empty for all.
        newest: How many orders are read, the newest.
        start: Those opened from here on, UTC milliseconds; None for any.
        end: Those opened before; None for any.
    """

    subject: str = ""
    newest: int = Field(default=10, ge=1, le=200)
    start: int | None = None
    end: int | None = None


class AlertsInput(ToolInput):
    """List episodes.

    Attributes:
        subject: A tag or an asset; empty for all.
        standing: Only those that stand now.
        states: Only those that are so to people now, of any time: values of `plant.annunciation.AlarmState`.
        readings: The newest readings of the subject too.
        start: Beginning of the span, UTC milliseconds; None for 24 h before the newest reading.
        end: End of the span; None for the newest reading.
    """

    subject: str = ""
    standing: bool = False
    states: tuple[str, ...] = ()
    readings: bool = False
    start: int | None = None
    end: int | None = None


class Tool(Protocol[InputT_contra]):
    """Something the agent can do. See the module's docstring for the rules."""

    name: ClassVar[str]

    def run(self, request: InputT_contra) -> ToolResult:
        """Does it."""
