"""The state that training goes on from: one file, so that it is whole or not there.

`checkpoint/state.safetensors` holds the weights that train, AdamW's moments and torch's random state as tensors, and
everything else (step, counters, measured rows) as JSON in its header. Training that is killed at any moment and
started again ends with the same weights, to the last bit, on the same machine with the same threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import torch

from plant.errors import BadInput
from plant.files import drafted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = "state.safetensors"
_KEY: Final = "millhand"
_MOMENTS: Final = ("exp_avg", "exp_avg_sq")


class Window(msgspec.Struct):
    """Sums since the last line of `results.csv`."""

    loss: float = 0.0
    targets: int = 0
    right_tokens: int = 0
    examples: int = 0
    right_examples: int = 0
    tokens: int = 0
    seconds: float = 0.0


class Progress(msgspec.Struct):
    """Where training stands.

    Attributes:
        step: Steps done.
        tokens: Tokens read, those of shared beginnings counted for each example.
        examples: Examples seen.
        flops: Floating-point operations, estimated.
        seconds: Time spent in steps and evaluations.
        rows: The lines of `results.csv`.
        window: Sums since the last of them.
        best_step: The step of the best validation loss; 0 before there is one.
        best_loss: That loss; None before there is one.
        waited: Evaluations since.
        smooth: Smoothed training loss; None before the first step.
        lowest: The lowest it has been.
    """

    step: int = 0
    tokens: int = 0
    examples: int = 0
    flops: int = 0
    seconds: float = 0.0
    rows: list[dict[str, float | None]] = msgspec.field(default_factory=list)
    window: Window = msgspec.field(default_factory=Window)
    best_step: int = 0
    best_loss: float | None = None
    waited: int = 0
    smooth: float | None = None
    lowest: float | None = None


def save_state(
    folder: Path, progress: Progress, learnt: Mapping[str, torch.nn.Parameter], optimiser: torch.optim.Optimizer
) -> None:
    """Writes a checkpoint over the one before. Raises `BadInput` if the disk is full; then the one before stays."""
    tensors = {"random": torch.get_rng_state()}
    for name, weight in learnt.items():
        tensors[f"weight/{name}"] = weight.detach()
        for moment in _MOMENTS:
            if moment in optimiser.state[weight]:
                tensors[f"{moment}/{name}"] = optimiser.state[weight][moment]
    write_tensors(folder / FILE, tensors, {_KEY: msgspec.json.encode(progress).decode()})


def load_state(
    folder: Path, learnt: Mapping[str, torch.nn.Parameter], optimiser: torch.optim.Optimizer
) -> Progress | None:
    """Puts weights, moments and random state back, and returns where training stood; None where there is no checkpoint.

    Raises:
        BadInput: If the file is damaged, or of other weights.
    """
    from safetensors import SafetensorError, safe_open

    path = folder / FILE
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            progress = msgspec.json.decode(file.metadata()[_KEY], type=Progress)
            with torch.no_grad():
                for name, weight in learnt.items():
                    weight.copy_(file.get_tensor(f"weight/{name}"))
                    optimiser.state[weight] = _moments(file, name, progress.step)
            torch.set_rng_state(file.get_tensor("random"))
    except (SafetensorError, OSError, KeyError, RuntimeError, msgspec.MsgspecError) as error:
        raise BadInput(
            f"The checkpoint {path} cannot be used: {' '.join(str(error).split())}.",
            hint="Remove the run's folder to begin again.",
        ) from error
    return progress


def _moments(file: Any, name: str, step: int) -> dict[str, torch.Tensor]:
    if not step:
        return {}
    moments = {moment: file.get_tensor(f"{moment}/{name}") for moment in _MOMENTS}
    return {"step": torch.tensor(float(step)), **moments}


def write_tensors(path: Path, tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> None:
    """Writes a safetensors file, all or nothing.

    Raises:
        BadInput: If it cannot be written: no right, a full disk.
    """
    from safetensors.torch import save_file

    with drafted(path) as draft:
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, draft, dict(metadata))
