"""What is made smaller: the cross entropy of answers, or for examples with a rejected answer the loss of preferences.

Preferences are learnt by direct preference optimisation (Rafailov et al. 2023):

    -log sigmoid(beta * ((log p(chosen) - log p(rejected)) - the same of the reference))

The reference is the model at the start of the run: the base, or what `from` names. What it says of each pair never
changes, so it is computed once. Chosen and rejected lie behind one prompt, which is computed once for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import torch

from finetuning.training.batches import micro_batches, pack_pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.training.batches import Packed
    from finetuning.training.data import Data
    from finetuning.training.encoding import Encoded
    from finetuning.training.model import Trained


class Outcome(NamedTuple):
    """What came of a micro-batch.

    Attributes:
        loss: Summed over its units; gradients flow through it.
        units: Learnt tokens, or pairs.
        right: How many of them are right: the likeliest token, or a pair whose chosen answer is preferred.
        right_examples: How many examples are right in all their units.
        flops: Floating-point operations of a step on it, estimated.
    """

    loss: torch.Tensor
    units: int
    right: int
    right_examples: int
    flops: int


class Objective(Protocol):
    """What the loop makes smaller."""

    right: str
    """What a right example is called."""

    def units(self, examples: Sequence[Encoded]) -> int:
        """Returns over how many units the loss of some examples is a mean."""

    def outcomes(self, examples: Sequence[Encoded]) -> Iterator[Outcome]:
        """Yields what comes of some examples, a micro-batch at a time; the model is computed as each is asked for."""


class Answers:
    """Cross entropy of the answers' tokens.

    Args:
        trained: The model.
    """

    right = "whole answers right"

    def __init__(self, trained: Trained) -> None:
        self._trained = trained

    def units(self, examples: Sequence[Encoded]) -> int:
        """See `Objective`."""
        return sum(len(one.answer) for one in examples)

    def outcomes(self, examples: Sequence[Encoded]) -> Iterator[Outcome]:
        """See `Objective`."""
        for packed in micro_batches(examples, self._trained.recipe.micro_tokens):
            loss, right = self._trained.loss(packed)
            wrong = {owner for owner, is_right in zip(packed.owners, right.tolist(), strict=True) if not is_right}
            yield Outcome(
                loss,
                len(packed.targets),
                int(right.sum()),
                packed.examples - len(wrong),
                _flops(self._trained, packed),
            )


class Preferences:
    """Direct preference optimisation: a pair is right whose chosen answer gained more than its rejected one.

    Args:
        trained: The model, as it is at the start of the run.
        examples: Every one that will be seen.
    """

    right = "pairs right"

    def __init__(self, trained: Trained, examples: Sequence[Encoded]) -> None:
        self._trained = trained
        trained.model.eval()
        with torch.no_grad():
            self._reference = {one: float(self._margin(pack_pair(one))) for one in examples}

    def units(self, examples: Sequence[Encoded]) -> int:
        """See `Objective`."""
        return len(examples)

    def outcomes(self, examples: Sequence[Encoded]) -> Iterator[Outcome]:
        """See `Objective`."""
        for one in examples:
            packed = pack_pair(one)
            gained = self._margin(packed) - self._reference[one]
            loss = -torch.nn.functional.logsigmoid(self._trained.recipe.dpo_beta * gained)
            right = int(gained.item() > 0)
            yield Outcome(loss, 1, right, right, _flops(self._trained, packed))

    def _margin(self, packed: Packed) -> torch.Tensor:
        """Returns by how much the chosen answer is likelier than the rejected one, in nats."""
        sign = 1 - 2 * torch.tensor(packed.owners)
        margin: torch.Tensor = (self._trained.log_likelihoods(packed) * sign).sum()
        return margin


def objective_for(trained: Trained, data: Data) -> Objective:
    """Returns what data is learnt by; `trained` has to be as it is at the start of the run."""
    if data.train[0].rejected:
        return Preferences(trained, [*data.train, *data.validation])
    return Answers(trained)


def _flops(trained: Trained, packed: Packed) -> int:
    return trained.flops(len(packed.tokens), len(packed.targets))
