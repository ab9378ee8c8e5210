"""What a run will take, before it starts: memory by counting, time by trying one micro-batch."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import torch

from finetuning.training.batches import Plan, micro_batches
from finetuning.training.loss import LOGITS_AT_ONCE
from finetuning.training.model import computes_in_bf16
from finetuning.training.recipe import Method

if TYPE_CHECKING:
    from finetuning.training.batches import Packed
    from finetuning.training.data import Data
    from finetuning.training.model import Trained

_TRIED: Final = 64  # steps whose packing is looked at, spread over the run
_MIB: Final = 1 << 20
_PROGRAM: Final = 400 * _MIB  # Python, torch and transformers, measured
_WIDE, _DEEP = 16, 5  # values that a token keeps for the way back in a layer: of the model's width, of its inner width


class Estimate(msgspec.Struct, frozen=True):
    """What a run will take.

    Attributes:
        steps: Steps planned.
        tokens: Tokens that will be read.
        computed: Tokens that will be computed: less where prompts begin alike.
        trained: Weights that train.
        weights: Weights in all.
        memory_mib: Memory at most, about.
        available_mib: Memory that is free now; None where the system does not say.
        seconds: Time of all steps, about, at the speed of one micro-batch now.
    """

    steps: int
    tokens: int
    computed: int
    trained: int
    weights: int
    memory_mib: float
    available_mib: float | None
    seconds: float


def estimate(trained: Trained, data: Data) -> Estimate:
    """Estimates a run; it computes one micro-batch, forward and back, and changes nothing."""
    recipe = trained.recipe
    plan = Plan(data.train, recipe)
    looked = sorted({round(i * (plan.steps - 1) / (_TRIED - 1)) for i in range(_TRIED)})
    packed = [list(micro_batches(plan.batch(step), recipe.micro_tokens)) for step in looked]
    read = sum(one.read for step in packed for one in step)
    computed = sum(len(one.tokens) for step in packed for one in step)
    largest = max((one for step in packed for one in step), key=lambda one: len(one.tokens))
    share = plan.steps / len(looked)
    trained_weights, weights = trained.sizes()
    return Estimate(
        steps=plan.steps,
        tokens=round(read * share),
        computed=round(computed * share),
        trained=trained_weights,
        weights=weights,
        memory_mib=_memory(trained, len(largest.tokens)) / _MIB,
        available_mib=_available_mib(),
        seconds=_seconds_a_token(trained, largest) * computed * share,
    )


def estimate_lines(estimated: Estimate) -> list[str]:
    """Returns an estimate for people; the last line warns where memory will not do."""
    share = estimated.trained / estimated.weights
    lines = [
        f"{estimated.trained:,} of {estimated.weights:,} weights train ({share:.1%}).",
        f"{estimated.steps} steps, {estimated.tokens:,} tokens read, {estimated.computed:,} of them computed.",
        f"About {estimated.memory_mib:,.0f} MiB of memory and {_duration(estimated.seconds)} at the speed of now.",
    ]
    if estimated.available_mib is not None and estimated.memory_mib > estimated.available_mib:
        lines.append(
            f"Only {estimated.available_mib:,.0f} MiB are free: lower micro_tokens, or set gradient_checkpointing."
        )
    return lines


def _seconds_a_token(trained: Trained, packed: Packed) -> float:
    trained.model.train()
    spent = 0.0
    for _ in range(2):  # the first time memory is new
        state = torch.get_rng_state()
        began = time.perf_counter()
        loss, _right = trained.loss(packed)
        loss.backward()
        spent = time.perf_counter() - began
        torch.set_rng_state(state)
        trained.model.zero_grad(set_to_none=True)
    return spent / len(packed.tokens)


def _memory(trained: Trained, tokens: int) -> float:
    """Returns bytes: program, weights, copies in bf16, gradients and moments, logits, what a micro-batch keeps.

    Measured with SmolLM2-135M and LoRA in fp32: 1,554 MiB with 252 tokens, 2,510 with 764.
    """
    learnt, every = trained.sizes()
    config = trained.bare.config
    width = config.hidden_size
    inner = getattr(config, "intermediate_size", None) or 4 * width
    half = computes_in_bf16(trained.recipe) and trained.recipe.method is not Method.FULL
    layers = 2 if trained.recipe.gradient_checkpointing else config.num_hidden_layers
    kept: int = (_WIDE * width + _DEEP * inner) * layers * tokens * (2 if half else 4)
    logits: int = 2 * LOGITS_AT_ONCE * config.vocab_size * 4  # and their gradient
    weights: int = every * 4 + (every - learnt) * (2 if half else 0) + learnt * 12
    return _PROGRAM + weights + logits + kept


def _available_mib() -> float | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"
