"""The detectors, one a module, listed in `DETECTORS`. **Higher scores are odder**, for all of them.

`tail.py` turns their scores into surprise, minus the decimal logarithm of how improbable a score is
on healthy rows, so that scores of different detectors can be compared and a threshold means something.
`consensus.py` makes one surprise of several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from forecasting.detectors.charts import CusumDetector, EwmaDetector
from forecasting.detectors.forest import ForestDetector
from forecasting.detectors.holt import HoltDetector
from forecasting.detectors.novelty import NoveltyDetector
from forecasting.detectors.pca import PcaDistance, PcaResidual
from forecasting.detectors.residual import ResidualDetector
from forecasting.detectors.seasonal import SeasonalDetector, day_phase
from forecasting.detectors.tail import Tail, fit_tail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forecasting.contract import Detector

DETECTORS: Final[Mapping[str, type[Detector]]] = {
    detector.name: detector
    for detector in (
        ResidualDetector,
        PcaResidual,
        PcaDistance,
        HoltDetector,
        SeasonalDetector,
        EwmaDetector,
        CusumDetector,
        ForestDetector,
    )
}

ONLINE: Final[Mapping[str, type[Detector]]] = {NoveltyDetector.name: NoveltyDetector}
"""Those that go on learning while they score, so that only a file, judged whole, can have them."""

__all__ = [
    "DETECTORS",
    "ONLINE",
    "CusumDetector",
    "EwmaDetector",
    "ForestDetector",
    "HoltDetector",
    "NoveltyDetector",
    "PcaDistance",
    "PcaResidual",
    "ResidualDetector",
    "SeasonalDetector",
    "Tail",
    "day_phase",
    "fit_tail",
]
