"""Small steps of a layer that keep less for the way back: a model's memory is mostly what these keep.

    gate(g, u) = silu(g) * u        keeps g and u; torch's own steps keep silu(g) too
    norm(x) = x / rms(x) * weight   keeps x and 1 / rms(x); transformers' own steps keep x twice more

The same numbers, to rounding. They take the place of what Llama's layers do; other families keep their own.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch


class _Gate(torch.autograd.Function):  # type: ignore[misc]  # torch is not followed
    @staticmethod
    def forward(ctx: Any, gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(gate, up)
        return torch.nn.functional.silu(gate).mul_(up)

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        gate, up = ctx.saved_tensors
        into_up = torch.nn.functional.silu(gate).mul_(slope)
        return torch.ops.aten.silu_backward(slope * up, gate), into_up


class _Norm(torch.autograd.Function):  # type: ignore[misc]  # torch is not followed
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, epsilon: float) -> torch.Tensor:
        inverse = torch.rsqrt(x.square().mean(-1, keepdim=True).add_(epsilon))
        ctx.save_for_backward(x, inverse, weight)
        return (x * inverse).mul_(weight)

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None, None]:
        x, inverse, weight = ctx.saved_tensors
        normal = x * inverse
        into = (slope * normal).flatten(0, -2).sum(0) if ctx.needs_input_grad[1] else None
        weighted = slope * weight
        mean = (weighted * normal).mean(-1, keepdim=True)
        return weighted.sub_(normal.mul_(mean)).mul_(inverse), into, None


def thrift(model: torch.nn.Module) -> int:
    """Gives Llama's layers of a model the steps above; returns how many got one."""
    from transformers.models.llama.modeling_llama import LlamaMLP, LlamaRMSNorm

    count = 0
    for layer in model.modules():
        if isinstance(layer, LlamaMLP) and layer.config.hidden_act == "silu":
            layer.forward = partial(_mlp, layer)
        elif isinstance(layer, LlamaRMSNorm):
            layer.forward = partial(_norm, layer)
        else:
            continue
        count += 1
    return count


def _mlp(layer: Any, x: torch.Tensor) -> torch.Tensor:
    result: torch.Tensor = layer.down_proj(_Gate.apply(layer.gate_proj(x), layer.up_proj(x)))
    return result


def _norm(layer: Any, x: torch.Tensor) -> torch.Tensor:
    result: torch.Tensor = _Norm.apply(x, layer.weight, layer.variance_epsilon)
    return result
