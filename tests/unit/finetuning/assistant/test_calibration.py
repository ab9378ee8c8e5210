"""The fit of what answers are weighed with: it finds what tells right from wrong, and says how well."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from finetuning.assistant.calibration import Sample, fit, ranks_learnt
from finetuning.datasets.folder import write_dataset
from finetuning.datasets.splits import Shares
from finetuning.example import Example, Task, Turn
from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("sklearn", reason="needs the extra forecasting")


def _samples(telling: float) -> list[Sample]:
    """Answers on four manuals, right where the first feature says so, as far as it tells; the second tells nothing."""
    chance = Random(1)
    samples = []
    for index in range(400):
        told, noise = chance.gauss(), chance.gauss()
        right = chance.random() < 0.5 + telling * (0.5 if told > 0 else -0.5)
        samples.append(Sample(f"manual {index % 4}", (told, noise), right))
    return samples


def test_what_tells_right_from_wrong_gets_the_weight() -> None:
    fitted = fit(_samples(0.9))
    assert fitted.weights[0] > 5 * abs(fitted.weights[1])
    assert fitted.auc > 0.9


def test_what_tells_nothing_does_not_look_as_if_it_did() -> None:
    assert fit(_samples(0.0)).auc == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("samples", [[], _samples(0.9)[:1], [Sample("a", (1.0,), right=True)] * 9], ids=len)
def test_too_little_is_said(samples: list[Sample]) -> None:
    with pytest.raises(BadInput, match="on two manuals at least"):
        fit(samples)


def test_ranks_are_counted_in_what_was_learnt(tmp_path: Path) -> None:
    examples = [
        Example(
            messages=(Turn("user", f"question {index}?"), Turn("assistant", answer)),
            id=str(index),
            task=Task.MANUALS,
            group=str(index),
        )
        for index, answer in enumerate(("85 Nm [1]", "Not found.", "M12 [4]", "a ... [1]\nb [5]"))
    ]
    split = Shares(validation=0.0)
    write_dataset(tmp_path / "data", examples, task=Task.MANUALS, how={}, split=split)
    assert ranks_learnt(tmp_path / "data") == [1, 0, 0, 1, 1]
