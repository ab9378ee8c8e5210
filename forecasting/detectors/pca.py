"""Principal components of an asset's tags: T2 and Q, two detectors of one model.

The components that hold 90 % of the variance span what the tags usually do together. T2 (Hotelling's) is how far a
row lies from the middle *within* that space: a load never seen, with all tags in their usual proportion. Q (squared
prediction error) is how far it lies *off* it: the tags no longer go together, whatever the load. Both are smoothed.

Missing tags are put where the others of their row expect them (the conditional mean).
Sources: Jackson and Mudholkar, "Control procedures for residuals associated with principal component analysis",
Technometrics 21, 1979; Nelson, Taylor and MacGregor, "Missing data methods in PCA and PLS", Chemometrics and
Intelligent Laboratory Systems 35, 1996; Qin, "Statistical process monitoring", Journal of Chemometrics 17, 2003
(contributions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.detectors.base import FittedDetector, FittedState, Rows, expect_length, expect_shape
from forecasting.detectors.smoothing import moving_mean, weights

if TYPE_CHECKING:
    from forecasting.contract import Floats
    from forecasting.detectors.scaling import Scaling

SHARE: Final = 0.9
"""Share of the variance that the components kept must hold."""

SMOOTHING: Final = 0.1
_SMOOTHED_ROWS: Final = 50
_FAR: Final = 30.0  # scaled values are cut here
_FAR_TO_LEARN: Final = 5.0  # an outlier must not become a component
_ENERGY_CAP: Final = 100.0  # one row's energy nears this, so that one spike does not ring for hours
_DEVIATION_FLOOR: Final = 1e-3
_VARIANCE_FLOOR: Final = 1e-3  # of a component, in units of one tag's variance


class PcaState(FittedState, frozen=True):
    """The fitted components.

    Attributes:
        mean: Of the scaled tags.
        deviation: Of the scaled tags.
        axes: All principal axes, one a row, of shape (n_tags, n_tags), the strongest first.
        variances: Of the components, in the same order.
        kept: How many of them hold `SHARE` of the variance.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    axes: list[list[float]]
    variances: tuple[float, ...]
    kept: int

    def __post_init__(self) -> None:
        expect_shape("axes", self.axes, (self.n_tags, self.n_tags))
        for what in ("mean", "deviation", "variances"):
            expect_length(what, getattr(self, what), self.n_tags)
        if not 0 <= self.kept <= self.n_tags:
            raise ValueError(f"kept must lie between 0 and {self.n_tags}")


class _PcaDetector(FittedDetector[PcaState]):
    memory: ClassVar[int] = _SMOOTHED_ROWS
    state_type = PcaState

    def _learned(self, scaling: Scaling, rows: Rows) -> PcaState:
        scaled = rows.scaled[np.isfinite(rows.scaled).any(axis=1)].clip(-_FAR_TO_LEARN, _FAR_TO_LEARN)
        known = np.nan_to_num(scaled, nan=0.0)
        mean, deviation = known.mean(axis=0), np.maximum(known.std(axis=0), _DEVIATION_FLOOR)
        standard = (known - mean) / deviation
        values, vectors = np.linalg.eigh(standard.T @ standard / len(standard))
        variances = np.maximum(values[::-1], _VARIANCE_FLOOR)
        kept = int(np.searchsorted(np.cumsum(variances), SHARE * variances.sum())) + 1
        kept = max(min(kept, len(mean) - 1), 1)
        return PcaState(
            scaling,
            tuple(mean.tolist()),
            tuple(deviation.tolist()),
            vectors[:, ::-1].T.tolist(),
            tuple(variances.tolist()),
            kept,
        )

    def _scores(self, state: PcaState, rows: Rows) -> Floats:
        shares, seen = self._shares(state, rows)
        return _smoothed(shares.sum(axis=1, keepdims=True), seen, usual=1.0)[:, 0]

    def _parts(self, state: PcaState, rows: Rows) -> Floats:
        shares, seen = self._shares(state, rows)
        return np.maximum(_smoothed(shares, seen, usual=1.0 / state.n_tags), 0.0)

    def _shares(self, state: PcaState, rows: Rows) -> tuple[Floats, Floats]:
        """Returns each tag's share of the statistic, x_i (M x)_i, which may be negative; and which rows have a value.

        The shares of a row add up to its statistic.
        """
        axes, variances = np.asarray(state.axes), np.asarray(state.variances)
        standard = (rows.scaled.clip(-_FAR, _FAR) - np.asarray(state.mean)) / np.asarray(state.deviation)
        present = np.isfinite(standard)
        filled = _filled(standard, present, axes.T * variances @ axes)
        shares = filled * (filled @ self._form(axes, variances, state.kept))
        shares /= 1.0 + shares.sum(axis=1, keepdims=True) / _ENERGY_CAP
        return shares, present.any(axis=1, keepdims=True).astype(float)

    @staticmethod
    def _form(axes: Floats, variances: Floats, kept: int) -> Floats:
        """Returns the matrix M of the statistic x'Mx, of mean 1 on the rows learned from."""
        raise NotImplementedError


class PcaDistance(_PcaDetector):
    """T2: how far within the usual space; its mean is near 1 on usual rows."""

    name: ClassVar[str] = "pca-t2"

    @staticmethod
    def _form(axes: Floats, variances: Floats, kept: int) -> Floats:
        form: Floats = axes[:kept].T / (variances[:kept] * kept) @ axes[:kept]
        return form


class PcaResidual(_PcaDetector):
    """Q: how far off the usual space; its mean is near 1 on usual rows. One tag alone has no Q: it is usual always."""

    name: ClassVar[str] = "pca-q"

    @staticmethod
    def _form(axes: Floats, variances: Floats, kept: int) -> Floats:
        form: Floats = axes[kept:].T @ axes[kept:] / max(float(variances[kept:].sum()), _VARIANCE_FLOOR)
        return form


def _smoothed(shares: Floats, seen: Floats, *, usual: float) -> Floats:
    return moving_mean(shares, seen, weights(SMOOTHING, _SMOOTHED_ROWS), usual=usual)


def _filled(standard: Floats, present: Floats, covariance: Floats) -> Floats:
    """Puts missing values where the present ones of their row expect them, one pattern of gaps after the other."""
    filled = np.where(present, standard, 0.0)
    gaps = np.unique(present[~present.all(axis=1) & present.any(axis=1)], axis=0)
    for known in gaps:
        rows = (present == known).all(axis=1)
        expected = np.linalg.solve(covariance[np.ix_(known, known)], covariance[np.ix_(known, ~known)])
        filled[np.ix_(rows, ~known)] = filled[np.ix_(rows, known)] @ expected
    return filled
