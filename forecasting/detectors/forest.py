"""Isolation Forest over the tags of an asset: odd is what few random cuts set apart.

Source: Liu, Ting, Zhou, "Isolation Forest", ICDM 2008, as scikit-learn implements it. It sees the
value of each tag and its change over ten rows. It ships because people ask for it by name; on
public plant data the residual detector finds more and cries less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.detectors.base import FittedDetector, FittedState, Rows, expect_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.ensemble import IsolationForest

    from forecasting.contract import Floats
    from forecasting.detectors.scaling import Scaling

_CHANGE_ROWS: Final = 10
_WINDOW: Final = 1_024
_DIGITS: Final = 5
_BLOCK: Final = 512  # rows explained at once


class ForestState(FittedState, frozen=True):
    """What makes the same forest again: no tree is kept, they are grown from the window and the seed.

    Attributes:
        window: The training features, thinned, of shape (n, 2 * n_tags).
        trees: Number of trees.
        samples: Rows each tree is grown from, at most.
        seed: Of the random cuts.
    """

    window: list[list[float]]
    trees: int
    samples: int
    seed: int

    def __post_init__(self) -> None:
        expect_shape("window", self.window, (max(len(self.window), 1), 2 * self.n_tags))


class ForestDetector(FittedDetector[ForestState]):
    """The forest. Missing values count as usual: a sensor's silence is judged by other rules.

    Args:
        trees: Number of trees.
        samples: Rows each tree is grown from, at most.
        seed: Of the random cuts.
    """

    name: ClassVar[str] = "forest"
    memory: ClassVar[int] = _CHANGE_ROWS
    state_type = ForestState

    def __init__(self, *, trees: int = 64, samples: int = 256, seed: int = 0) -> None:
        super().__init__()
        self._trees = trees
        self._samples = samples
        self._seed = seed
        self._forest: Grown | None = None

    def _learned(self, scaling: Scaling, rows: Rows) -> ForestState:
        seen = np.isfinite(rows.scaled).any(axis=1)
        features = _features(rows.scaled)[seen]
        thinned = features[np.linspace(0, len(features) - 1, min(len(features), _WINDOW)).astype(int)]
        return ForestState(scaling, np.round(thinned, _DIGITS).tolist(), self._trees, self._samples, self._seed)

    def _scores(self, state: ForestState, rows: Rows) -> Floats:
        """Returns one score a row, above 0 and below 1; 0.5 is about usual."""
        return self._isolation(state, _features(rows.scaled))

    def _parts(self, state: ForestState, rows: Rows) -> Floats:
        """Returns by how much each row's score falls when one tag is put at its usual value."""
        features, n_tags = _features(rows.scaled), state.n_tags
        shares = np.zeros(rows.scaled.shape)
        for begin in range(0, len(features), _BLOCK):
            block = features[begin : begin + _BLOCK]
            variants = np.repeat(block[np.newaxis], n_tags + 1, axis=0)  # in one pass: 64 trees cost more than rows
            for tag in range(n_tags):
                variants[tag][:, [tag, n_tags + tag]] = 0.0
            scores = self._isolation(state, variants.reshape(-1, block.shape[1])).reshape(n_tags + 1, -1)
            shares[begin : begin + _BLOCK] = np.maximum(scores[-1] - scores[:-1], 0.0).T
        return shares

    def _take(self, state: ForestState) -> None:
        self._forest = None  # grown when it is asked
        super()._take(state)

    def _isolation(self, state: ForestState, features: Floats) -> Floats:
        if not len(features):
            return np.empty(0)
        if self._forest is None:
            self._forest = Grown(state)
        return self._forest.scores(features)


class Grown:
    """The trees of a state, the same each time, as tables of how deep each leaf lies.

    scikit-learn's own `score_samples` spends ten milliseconds on handing 64 trees to workers, however few the rows.

    Args:
        state: What they are grown from.
    """

    def __init__(self, state: ForestState) -> None:
        from sklearn.ensemble import IsolationForest

        samples = min(state.samples, len(state.window))
        self.forest: IsolationForest = IsolationForest(
            n_estimators=state.trees, max_samples=samples, random_state=state.seed
        ).fit(np.asarray(state.window))
        trees = [estimator.tree_ for estimator in self.forest.estimators_]
        self._trees = [(tree, tree.compute_node_depths() - 1.0 + _usual_depth(tree.n_node_samples)) for tree in trees]
        self._usual = len(trees) * float(_usual_depth(np.array([samples]))[0])

    def scores(self, features: Floats) -> Floats:
        """Returns one score a row of features of shape (n, 2 * n_tags): 2 to the power of minus depth / usual depth."""
        rows = features.astype(np.float32)  # as the trees keep their cuts
        depth = np.zeros(len(rows))
        for tree, depths in self._trees:
            depth += depths[tree.apply(rows)]
        scores: Floats = 2.0 ** (-depth / self._usual if self._usual else np.zeros(len(rows)))
        return scores


def _usual_depth(samples: NDArray[np.int64]) -> Floats:
    """Returns how deep a leaf of so many rows would lie if they were cut apart: equation 1 of the paper."""
    n = np.maximum(samples, 2).astype(float)
    depth = 2.0 * (np.log(n - 1.0) + np.euler_gamma) - 2.0 * (n - 1.0) / n
    usual: Floats = np.where(samples <= 1, 0.0, np.where(samples == 2, 1.0, depth))
    return usual


def _features(scaled: Floats) -> Floats:
    """Returns value and change over ten rows, of shape (n_steps, 2 * n_tags); 0, the usual, where missing."""
    change = np.full_like(scaled, np.nan)
    change[_CHANGE_ROWS:] = scaled[_CHANGE_ROWS:] - scaled[:-_CHANGE_ROWS]
    return np.nan_to_num(np.hstack([scaled, change]), nan=0.0)
