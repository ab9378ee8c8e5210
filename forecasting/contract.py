"""What a forecaster and a detector are.

Rules every forecaster keeps:

- `forecast` sees the history only, and returns `horizon` steps after its last one.
- NaN in the history is missing. A forecaster that cannot bear gaps fills them itself and says so in `fills_gaps`.
- Same history, same arguments, same result: randomness comes from a seed of its own.
- It may raise `CandidateFailed` with a sentence, and nothing else. The failure is a row of the table.
- Between fits and folds it asks its `Budget`, which raises `TimedOut`, a `CandidateFailed` too.
- Its bands are only its opinion: those that people see come from `conformal.py`, over the folds.

Rules every detector keeps:

- **Higher scores are odder.** Written here once; no implementation may turn it round.
- `score` returns one finite value a row, for any row, tags missing included; NaN never comes out.
- State is JSON-able data, never pickle; `restore(state)` gives the same scores.
- `phase` says where in the season (the day) each row lies: shape (n_steps,), from 0 up to but not including 1. A
  detector that knows no season takes it and does nothing with it; one that does works without it too.

`tests/conformance/test_forecaster.py` and `test_detector.py` run over every registered one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.budget import Budget
    from plant.series import Series

Floats = NDArray[np.float64]

ALL_ROWS: Final = sys.maxsize
"""The memory of a detector whose scores depend on every row before."""


class CandidateFailed(Exception):
    """A forecaster cannot forecast this history; the message says why, as a sentence."""


class Forecast(msgspec.Struct, frozen=True):
    """The steps after a history.

    Attributes:
        median: float64 of shape (horizon,).
        lower: For each level in percent, the band's lower edge, of shape (horizon,); may be empty.
        upper: The same for the upper edge.
        tokens: Tokens that a language model read and wrote for it; None for other methods.
    """

    median: Floats
    lower: dict[int, Floats] = msgspec.field(default_factory=dict)
    upper: dict[int, Floats] = msgspec.field(default_factory=dict)
    tokens: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What may help to forecast a series besides its own past; rows lie on the series' steps, the first on its first.

    Attributes:
        names: One a column, those known ahead first.
        known: What is known ahead (a schedule, a set point, the calendar), of shape (n + horizon, n_known).
        seen: What is known up to now only (other tags), of shape (n, n_seen), NaN where missing.
    """

    names: tuple[str, ...]
    known: Floats
    seen: Floats


class Forecaster(Protocol):
    """Forecasts one series."""

    @property
    def name(self) -> str:
        """Its name in tables and in `--candidates`, such as `seasonal-naive` or `arima`."""

    @property
    def seasonal(self) -> bool:
        """Whether it uses the season."""

    @property
    def fills_gaps(self) -> bool:
        """Whether it fills missing values itself, for it cannot bear them."""

    @property
    def costly(self) -> bool:
        """Whether each origin costs it much, as a language model's does.

        It then runs last, and from the scored folds only: its band has no earlier ones to rest on.
        """

    def minimum_length(self, season: int) -> int:
        """Returns the fewest steps it needs."""

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:
        """Forecasts `horizon` steps after the history; `season` is in steps, 1 for none."""

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None = None
    ) -> list[Forecast]:
        """Forecasts from each origin (a number of steps of history, ascending), in order.

        May fit parameters on the first fold's history and apply them to later ones; never looks
        beyond each origin.
        """


class Detector(Protocol):
    """Says how odd each row of a frame of tags is. **Higher is odder.**."""

    name: ClassVar[str]
    """Its name in alerts: `forest`, `residual`, `pca-q`."""

    memory: ClassVar[int]
    """How many rows before a row its score depends on: given these, a row's score is the same in any frame.

    `ALL_ROWS` for one that goes on learning while it scores: it is for files, which are judged whole.
    """

    minimum_rows: ClassVar[int]
    """The fewest rows with a value that `fit` takes; for fewer it raises `BadInput`."""

    def fit(self, frame: Floats, phase: Floats | None = None) -> None:
        """Learns what is usual from a frame of shape (n_steps, n_tags); NaN where missing."""

    def score(self, frame: Floats, phase: Floats | None = None) -> Floats:
        """Returns one score a row, of shape (n_steps,); higher is odder."""

    def contributions(self, frame: Floats, phase: Floats | None = None) -> Floats:
        """Returns how much each tag makes each row odd, of shape (n_steps, n_tags), each at least 0."""

    def state(self) -> dict[str, Any]:
        """Returns what `restore` needs: JSON-able data."""

    def restore(self, state: dict[str, Any]) -> None:
        """Takes a state back. Raises `BadInput` if it is not one of this detector's."""
