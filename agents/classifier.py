"""A small text classifier whose coefficients are cached as plain arrays: no pickle, no import of scikit-learn to ask.

TF-IDF over words, pairs of words and character n-grams; logistic regression, one class against the
rest; one temperature for all classes fitted on cross-validated scores (Guo et al. 2017, "On
Calibration of Modern Neural Networks"), so that the confidences mean what they say.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import tempfile
from collections import Counter
from contextlib import suppress
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+")
_TEMPERATURES = np.geomspace(0.1, 2.0, 40)
_FORMAT = "2"


class Ranked(NamedTuple):
    """A class and how sure it is; the confidences of one text sum to 1."""

    label: str
    confidence: float


class Classifier(NamedTuple):
    """A trained classifier.

    Attributes:
        labels: The classes.
        grams: Column of each gram.
        idf: float64 of shape (n_grams,).
        weights: float64 of shape (n_classes, n_grams).
        offsets: float64 of shape (n_classes,).
        temperature: What the scores are divided by before the softmax.
    """

    labels: tuple[str, ...]
    grams: dict[str, int]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]
    offsets: NDArray[np.float64]
    temperature: float

    def rank(self, text: str) -> list[Ranked]:
        """Returns every class with its confidence, the surest first."""
        counts = Counter(gram for gram in grams(text) if gram in self.grams)
        columns = np.array([self.grams[gram] for gram in counts], dtype=np.intp)
        values = np.array([1 + math.log(count) for count in counts.values()]) * self.idf[columns]
        norm = float(np.linalg.norm(values)) or 1.0
        scores = (self.weights[:, columns] @ (values / norm) + self.offsets) / self.temperature
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        return [Ranked(self.labels[i], float(shares[i])) for i in np.argsort(-shares, kind="stable")]


def grams(text: str) -> list[str]:
    """Returns the features of a text: words, pairs of neighbours, and 3 to 4 characters inside padded words."""
    words = _WORD.findall(text)
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    padded = [f"_{word}_" for word in words]
    pieces = [f"#{word[i : i + n]}" for word in padded for n in (3, 4) for i in range(len(word) - n + 1)]
    return [*words, *pairs, *pieces]


def train(examples: Sequence[tuple[str, str]]) -> Classifier:
    """Trains on pairs of text and class; the same examples give the same classifier."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.multiclass import OneVsRestClassifier

    texts, labels = zip(*examples, strict=True)
    features = TfidfVectorizer(analyzer=grams, sublinear_tf=True)
    matrix = features.fit_transform(texts)
    # liblinear's dual solver is the fast one where there are more features than examples
    model = OneVsRestClassifier(LogisticRegression(C=30.0, solver="liblinear", dual=True, random_state=0))
    folds = StratifiedKFold(4, shuffle=True, random_state=0)
    scores = cross_val_predict(model, matrix, labels, cv=folds, method="decision_function")
    model.fit(matrix, labels)
    classes = tuple(str(label) for label in model.classes_)
    right = np.array([classes.index(label) for label in labels])
    return Classifier(
        labels=classes,
        grams={gram: int(column) for gram, column in features.vocabulary_.items()},
        idf=features.idf_,
        weights=np.vstack([one.coef_[0] for one in model.estimators_]),
        offsets=np.array([one.intercept_[0] for one in model.estimators_]),
        temperature=float(min(_TEMPERATURES, key=lambda t: _log_loss(scores / t, right))),
    )


def _log_loss(scores: NDArray[np.float64], right: NDArray[np.intp]) -> float:
    """Returns the mean negative log likelihood of the right classes under a softmax of scores (n, n_classes)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_shares = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log_shares[np.arange(len(right)), right].mean())


def trained(examples: Sequence[tuple[str, str]], folder: Path) -> Classifier:
    """Returns the classifier of these examples from the cache, or trains and caches it.

    A cache that cannot be read or written costs time, nothing else.
    """
    key = hashlib.sha256(msgspec.json.encode([_FORMAT, version("scikit-learn"), list(examples)])).hexdigest()[:16]
    path = folder / f"router-{key}.npz"
    with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile, msgspec.DecodeError):
        return _load(path)
    classifier = train(examples)
    with suppress(OSError):
        _save(classifier, path)
    return classifier


def _save(classifier: Classifier, path: Path) -> None:
    """Writes a file of plain arrays, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = msgspec.json.encode([classifier.labels, sorted(classifier.grams, key=classifier.grams.__getitem__)])
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(
                file,
                words=np.frombuffer(words, dtype=np.uint8),
                idf=classifier.idf,
                weights=classifier.weights,
                offsets=classifier.offsets,
                temperature=np.array(classifier.temperature),
            )
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _load(path: Path) -> Classifier:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        labels, names = msgspec.json.decode(kept["words"].tobytes(), type=tuple[tuple[str, ...], list[str]])
        classifier = Classifier(
            labels,
            {gram: column for column, gram in enumerate(names)},
            kept["idf"],
            kept["weights"],
            kept["offsets"],
            float(kept["temperature"]),
        )
    if classifier.weights.shape != (len(labels), len(names)) or len(classifier.idf) != len(names):
        raise ValueError(f"{path} does not hold together")
    return classifier
