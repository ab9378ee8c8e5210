"""Fits what `tools/manuals/weighing.py` weighs with, on the dev questions: a step of a release, never of the app.

    python -m finetuning.assistant.calibration --data build/adapters/manuals-2

It prints how often the passage of each rank answers, in dev and in what was learnt from, and a logistic regression of
whether an answer is right, with its area under the ROC curve on manuals that it was not fitted on, each left out in
turn. The figures are copied into `weighing.py` by hand: they change when the adapter or the search does.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from finetuning.assistant.candidates import TUNED, open_candidate, wanted
from finetuning.assistant.library import Library
from finetuning.assistant.matching import is_right
from finetuning.assistant.questions import Split, load_questions, manual_files
from finetuning.datasets.folder import read_dataset
from finetuning.example import Split as Part
from plant.errors import BadInput, ExitCode, MillhandError
from plant.settings import load_settings
from plant.store.sqlite import open_store
from tools.manuals.prompt import PASSAGES
from tools.manuals.reading import ADAPTER, as_many_as_fit, options_for, reading_of
from tools.manuals.retrieval import CANDIDATES, retrieve
from tools.manuals.weighing import features, weigh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.assistant.questions import Question
    from inference.contract import LanguageModel
    from tools.manuals.retrieval import Found

_NUMBERED: Final = re.compile(r"\[(\d+)\]$")


class Sample(msgspec.Struct, frozen=True):
    """The answer of most weight to a question.

    Attributes:
        manual: What the question is on.
        features: As `tools.manuals.weighing.features` has them.
        right: Whether it is right; never to a question that nothing answers.
    """

    manual: str
    features: tuple[float, ...]
    right: bool


class Fit(msgspec.Struct, frozen=True):
    """A logistic regression of whether an answer is right.

    Attributes:
        intercept: Log odds where all features are 0.
        weights: One for each feature.
        auc: Area under the ROC curve over all samples, each judged by a fit without its manual.
    """

    intercept: float
    weights: tuple[float, ...]
    auc: float


def fit(samples: Sequence[Sample]) -> Fit:
    """Fits whether an answer is right.

    Raises:
        BadInput: If there are fewer than two manuals, or all answers are right, or none.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

    right = np.array([one.right for one in samples])
    manuals = [one.manual for one in samples]
    if len(set(manuals)) < 2 or len(set(right)) < 2:
        raise BadInput("Right and wrong answers on two manuals at least are needed for a fit.")
    values, model = np.array([one.features for one in samples]), LogisticRegression()
    chances = cross_val_predict(model, values, right, groups=manuals, cv=LeaveOneGroupOut(), method="predict_proba")
    model.fit(values, right)
    return Fit(
        float(model.intercept_[0]), tuple(map(float, model.coef_[0])), float(roc_auc_score(right, chances[:, 1]))
    )


def ranks_learnt(folder: Path) -> list[int]:
    """Returns how often the passage of each rank answers in the examples that were learnt from."""
    answers = (example.messages[-1].content for example in read_dataset(folder).splits[Part.TRAIN])
    counts = Counter(int(found[1]) for answer in answers if (found := _NUMBERED.search(answer)))
    return [counts[rank] for rank in range(1, PASSAGES + 1)]


def ask(model: LanguageModel, question: Question, found: Sequence[Found]) -> Sample | None:
    """Returns the answer of most weight; None where no passage may answer."""
    answers = as_many_as_fit(found, lambda shown: weigh(model, question.question, shown, options_for(model)))
    if not answers:
        return None
    (quoted,) = reading_of([answers[0].span], tuple(found)).quoted
    right = question.answerable and is_right(quoted.words, question.answers, question.kind)
    return Sample(question.manual, features(answers[0]), right)


def main(words: Sequence[str] | None = None) -> int:
    """Asks the dev questions, fits, and prints; returns the exit code."""
    parser = argparse.ArgumentParser(description="Fit what the reading of manuals weighs with.")
    parser.add_argument("--data", type=Path, required=True, help="the data set that the adapter learnt from")
    given = parser.parse_args(words)
    try:
        with TemporaryDirectory() as folder:
            _print(given.data, *_asked(Path(folder)))
    except MillhandError as error:
        print(f"{error.title}: {error}", file=sys.stderr)  # noqa: T201 (a step of making a release)
        return error.exit_code
    return ExitCode.ANSWERED


def _asked(folder: Path) -> tuple[list[int], list[Sample]]:
    """Returns how often the passage of each rank answers, and the answers of most weight."""
    candidate = open_candidate(wanted(load_settings(), None, ())[1], load_settings())
    if candidate is None:
        raise BadInput(f"There is no {TUNED} model: an adapter for {ADAPTER} over the base is needed.")
    ranks, samples = [0] * PASSAGES, []
    with open_store(folder / "manuals.db") as store, closing(candidate.model):
        library = Library(store, folder)
        library.add(manual_files(Split.DEV), lambda _: None)
        for question in load_questions(Split.DEV):
            found = retrieve(store, question.question, language=question.language, limit=CANDIDATES)
            there = {passage for place in library.places(question) for passage in place.passages}
            first = next((rank for rank, one in enumerate(found[:PASSAGES]) if one.passage.id in there), None)
            if first is not None:
                ranks[first] += 1
            samples += [sample] if (sample := ask(candidate.model, question, found)) else []
    return ranks, samples


def _print(data: Path, ranks: Sequence[int], samples: Sequence[Sample]) -> None:
    learnt, fitted = ranks_learnt(data), fit(samples)
    odds = [found / sum(ranks) / (count / sum(learnt)) for found, count in zip(ranks, learnt, strict=True)]
    lines = [
        f"the passage of a rank answers: {ranks} in dev, {learnt} in training",
        f"odds: {', '.join(f'{one:.2f}' for one in odds)}",
        f"right: {sum(one.right for one in samples)} of {len(samples)}",
        f"logit: {fitted.intercept:.2f}; {', '.join(f'{one:.2f}' for one in fitted.weights)}",
        f"area under the ROC curve, each manual by the others: {fitted.auc:.3f}",
    ]
    print("\n".join(lines))  # noqa: T201 (its output)


if __name__ == "__main__":
    sys.exit(main())
