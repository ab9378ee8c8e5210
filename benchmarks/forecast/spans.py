"""Which origins lie in a stationary span, told by the history before each one, before anything is scored.

A band made from what was missed can hold its level only where what comes is like what was. A history counts as
stationary if, after differences at the season (which make a season and a wandering level stationary), KPSS at 5 %
rejects neither a constant mean of the differences nor a constant mean of their size.

Source: Kwiatkowski, Phillips, Schmidt and Shin (1992); lags by Hobijn, Franses and Ooms (2004).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from forecasting.contract import Floats

REJECTED: Final = 0.05


def stationary(history: Floats, season: int) -> bool:
    """Returns whether neither the seasonal differences nor their absolute values change their mean."""
    differences = history[season:] - history[:-season]
    return all(_p_value(values) > REJECTED for values in (differences, np.abs(differences)))


def _p_value(values: Floats) -> float:
    """Returns the p-value of KPSS around a constant, which its table ends at .01 and .10."""
    from statsmodels.tools.sm_exceptions import InterpolationWarning
    from statsmodels.tsa.stattools import kpss

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InterpolationWarning)  # beyond the table: still above or below 5 %
        return float(kpss(values, regression="c", nlags="auto", result_object=True).pvalue)
