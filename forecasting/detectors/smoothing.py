"""Exponentially weighted means over a fixed number of rows.

The number is fixed, so that a row's value depends on the rows before it to a known depth and never on where the
frame begins; and rows are added oldest last, one by one, so that it is the same to the last bit.
Source: Roberts, "Control chart tests based on geometric moving averages", Technometrics 1, 1959.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from forecasting.contract import Floats


def filtered(columns: Floats, response: Floats) -> Floats:
    """Applies a finite impulse response to columns of shape (n_steps, n_columns); 0 before the first row."""
    result = np.zeros_like(columns)
    for age, weight in enumerate(response[: len(columns)]):
        result[age:] += weight * columns[: len(columns) - age]
    return result


def weights(newest: float, rows: int) -> Floats:
    """Returns the weights of a moving mean, the newest first, of shape (rows,): `newest` falling geometrically."""
    response: Floats = newest * np.power(1.0 - newest, np.arange(rows, dtype=np.float64))
    return response


def moving_mean(columns: Floats, seen: Floats, response: Floats, *, usual: float) -> Floats:
    """Returns the weighted mean of what was seen, of the shape of `columns`; `usual` where nothing was.

    Args:
        columns: Of shape (n_steps, n_columns), finite.
        seen: 1.0 where a value counts, else 0.0; of shape (n_steps, n_columns) or (n_steps, 1).
        response: The weights, the newest first.
        usual: The mean of nothing.
    """
    total = filtered(columns * seen, response)
    weight = filtered(seen, response)
    mean: Floats = np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), usual)
    return mean
