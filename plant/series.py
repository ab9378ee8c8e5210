"""A series: the readings of one tag over a span, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Readings of one tag over a span; NaN where missing, never 0.

    Attributes:
        tag: The sensor's plant name, or the column's name for a file.
        unit: The unit of the values; empty when none.
        times: int64 UTC milliseconds of shape (n,), strictly increasing.
        values: float64 of shape (n,).
        step_ms: The distance between neighbours where the series is regular, else None.
    """

    tag: str
    unit: str
    times: NDArray[np.int64]
    values: NDArray[np.float64]
    step_ms: int | None = None

    def __post_init__(self) -> None:
        if self.times.shape != self.values.shape or self.times.ndim != 1:
            raise ValueError(f"times {self.times.shape} and values {self.values.shape} must be equal and flat")

    def __len__(self) -> int:
        return len(self.times)

    def until(self, n: int) -> Series:
        """Returns the first n steps, sharing memory."""
        return Series(self.tag, self.unit, self.times[:n], self.values[:n], self.step_ms)
