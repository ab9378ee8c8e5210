"""The forest's own walk through scikit-learn's trees gives scikit-learn's scores."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.detectors.forest import ForestState, Grown
from forecasting.detectors.scaling import Scaling


@pytest.mark.parametrize("rows", [2, 3, 40, 1_000])
def test_scores_are_those_of_scikit_learn(rows: int) -> None:
    dice = np.random.default_rng(rows)
    window = dice.normal(size=(rows, 6))
    grown = Grown(ForestState(Scaling((0.0,) * 3, (1.0,) * 3), window.tolist(), 64, 256, 0))
    seen = np.vstack([dice.normal(size=(200, 6)), dice.normal(size=(20, 6)) * 50.0])
    np.testing.assert_allclose(grown.scores(seen), -grown.forest.score_samples(seen), rtol=1e-12)
