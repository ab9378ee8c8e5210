"""What detectors share: scaling, the phase of each row, typed state, a score made of the tags' parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec
import numpy as np

from forecasting.detectors.scaling import Scaling, fit_scaling
from plant.errors import BadInput

if TYPE_CHECKING:
    from forecasting.contract import Floats


class Rows(NamedTuple):
    """Rows as a detector sees them.

    Attributes:
        scaled: Robustly scaled values of shape (n_steps, n_tags); NaN where missing.
        phase: Share of the season at each row, of shape (n_steps,); zeros where nobody knows it.
    """

    scaled: Floats
    phase: Floats


class FittedState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every fitted detector keeps: JSON.

    A subclass checks the shapes of what it adds in `__post_init__`, by `expect_shape`.

    Attributes:
        scaling: How tags are scaled.
    """

    scaling: Scaling

    @property
    def n_tags(self) -> int:
        """Number of tags."""
        return len(self.scaling.center)


StateT = TypeVar("StateT", bound=FittedState)


class FittedDetector(Generic[StateT]):
    """A detector whose score is the sum of its tags' parts, unless a subclass says otherwise.

    A subclass gives `name`, `memory`, `state_type`, and two functions: `_learned` makes the state, `_parts` says how
    much each tag makes each row odd, at least 0.
    """

    name: ClassVar[str]
    memory: ClassVar[int]
    minimum_rows: ClassVar[int] = 64
    state_type: type[StateT]

    def __init__(self) -> None:
        self._state: StateT | None = None

    def fit(self, frame: Floats, phase: Floats | None = None) -> None:
        """Learns what is usual. Raises `BadInput` for too few rows."""
        scaling = fit_scaling(frame, self.minimum_rows)
        self._take(self._learned(scaling, _rows(scaling, frame, phase)))

    def score(self, frame: Floats, phase: Floats | None = None) -> Floats:
        """Returns one score a row; higher is odder."""
        state = self._fitted()
        return self._scores(state, _rows(state.scaling, frame, phase))

    def contributions(self, frame: Floats, phase: Floats | None = None) -> Floats:
        """Returns how much each tag makes each row odd."""
        state = self._fitted()
        return self._parts(state, _rows(state.scaling, frame, phase))

    def state(self) -> dict[str, Any]:
        """Returns the fitted state as JSON-able data."""
        built: dict[str, Any] = msgspec.to_builtins(self._fitted())
        return built

    def restore(self, state: dict[str, Any]) -> None:
        """Takes a state back. Raises `BadInput` if it is not one of this detector's."""
        try:
            self._take(msgspec.convert(state, self.state_type))
        except msgspec.ValidationError as error:
            raise BadInput(f"This is not a state of the detector {self.name}: {error}.") from error

    def _learned(self, scaling: Scaling, rows: Rows) -> StateT:
        raise NotImplementedError

    def _parts(self, state: StateT, rows: Rows) -> Floats:
        raise NotImplementedError

    def _scores(self, state: StateT, rows: Rows) -> Floats:
        scores: Floats = self._parts(state, rows).sum(axis=1)
        return scores

    def _take(self, state: StateT) -> None:
        self._state = state

    def _fitted(self) -> StateT:
        if self._state is None:
            raise BadInput(f"The detector {self.name} has not learned anything yet.")
        return self._state


class ChartDetector(FittedDetector[StateT]):
    """A chart for each tag: a row is as odd as its oddest tag."""

    def _scores(self, state: StateT, rows: Rows) -> Floats:
        scores: Floats = self._parts(state, rows).max(axis=1)
        return scores


def expect_shape(what: str, rows: list[list[float]], shape: tuple[int, int]) -> None:
    """Checks a table of a state. Raises `ValueError` if its shape is another."""
    if len(rows) != shape[0] or any(len(row) != shape[1] for row in rows):
        raise ValueError(f"{what} must have the shape {shape}")


def expect_length(what: str, values: tuple[float, ...], length: int) -> None:
    """Checks a row of a state. Raises `ValueError` if its length is another."""
    if len(values) != length:
        raise ValueError(f"{what} must have {length} values, not {len(values)}")


def _rows(scaling: Scaling, frame: Floats, phase: Floats | None) -> Rows:
    return Rows(scaling.apply(frame), np.zeros(len(frame)) if phase is None else phase)
