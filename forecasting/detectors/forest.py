"""Isolation Forest over the tags of an asset: odd is what few random cuts set apart.

Source: Liu, Ting, Zhou, "Isolation Forest", ICDM 2008, as scikit-learn implements it. It sees the
value of each tag and its change over ten rows. It ships because people ask for it by name; on
public plant data the residual detector finds more and cries less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec
import numpy as np

from forecasting.detectors.scaling import Scaling, fit_scaling
from forecasting.detectors.states import decode_state
from plant.errors import BadInput

if TYPE_CHECKING:
    from sklearn.ensemble import IsolationForest

    from forecasting.contract import Floats

_CHANGE_ROWS: Final = 10
_WINDOW: Final = 1_024
_DIGITS: Final = 5


class ForestState(msgspec.Struct, forbid_unknown_fields=True):
    """What makes the same forest again: no tree is kept, they are grown from the window and the seed.

    Attributes:
        scaling: How tags are scaled.
        window: The training features, thinned, of shape (n, 2 * n_tags).
        trees: Number of trees.
        samples: Rows each tree is grown from, at most.
        seed: Of the random cuts.
    """

    scaling: Scaling
    window: list[list[float]]
    trees: int
    samples: int
    seed: int


class ForestDetector:
    """The forest. Missing values count as usual: a sensor's silence is judged by other rules.

    Args:
        trees: Number of trees.
        samples: Rows each tree is grown from, at most.
        seed: Of the random cuts.
    """

    name: ClassVar[str] = "forest"
    memory: ClassVar[int] = _CHANGE_ROWS
    minimum_rows: ClassVar[int] = 64

    def __init__(self, *, trees: int = 64, samples: int = 256, seed: int = 0) -> None:
        self._trees = trees
        self._samples = samples
        self._seed = seed
        self._state: ForestState | None = None
        self._forest: IsolationForest | None = None

    def fit(self, frame: Floats) -> None:
        """Learns what is usual. Raises `BadInput` for too few rows."""
        scaling = fit_scaling(frame, self.minimum_rows)
        seen = np.isfinite(frame).any(axis=1)
        features = _features(scaling.apply(frame))[seen]
        thinned = features[np.linspace(0, len(features) - 1, min(len(features), _WINDOW)).astype(int)]
        window = np.round(thinned, _DIGITS).tolist()
        self._grow(ForestState(scaling, window, self._trees, self._samples, self._seed))

    def score(self, frame: Floats) -> Floats:
        """Returns one score a row, above 0 and below 1; 0.5 is about usual."""
        return self._score(_features(self._fitted().scaling.apply(frame)))

    def contributions(self, frame: Floats) -> Floats:
        """Returns by how much each row's score falls when one tag is put at its usual value."""
        features = _features(self._fitted().scaling.apply(frame))
        whole = self._score(features)
        n_tags = frame.shape[1]
        shares = np.zeros(frame.shape)
        for tag in range(n_tags):
            usual = features.copy()
            usual[:, [tag, n_tags + tag]] = 0.0
            shares[:, tag] = np.maximum(whole - self._score(usual), 0.0)
        return shares

    def state(self) -> dict[str, Any]:
        """Returns window, parameters and seed."""
        built: dict[str, Any] = msgspec.to_builtins(self._fitted())
        return built

    def restore(self, state: dict[str, Any]) -> None:
        """Grows the same trees again. Raises `BadInput` if the state is not a forest's."""
        decoded = decode_state(state, ForestState, self.name)
        width = 2 * len(decoded.scaling.center)
        if not decoded.window or any(len(row) != width for row in decoded.window):
            raise BadInput(f"The window of this forest's state does not have {width} columns.")
        self._grow(decoded)

    def _grow(self, state: ForestState) -> None:
        from sklearn.ensemble import IsolationForest

        forest = IsolationForest(
            n_estimators=state.trees, max_samples=min(state.samples, len(state.window)), random_state=state.seed
        )
        self._forest = forest.fit(np.asarray(state.window))
        self._state = state

    def _score(self, features: Floats) -> Floats:
        assert self._forest is not None
        if not len(features):
            return np.empty(0)
        scores: Floats = -self._forest.score_samples(features)
        return scores

    def _fitted(self) -> ForestState:
        if self._state is None:
            raise BadInput("The forest has not learned anything yet.")
        return self._state


def _features(scaled: Floats) -> Floats:
    """Returns value and change over ten rows, of shape (n_steps, 2 * n_tags); 0, the usual, where missing."""
    change = np.full_like(scaled, np.nan)
    change[_CHANGE_ROWS:] = scaled[_CHANGE_ROWS:] - scaled[:-_CHANGE_ROWS]
    return np.nan_to_num(np.hstack([scaled, change]), nan=0.0)
