"""A linear layer with its adapter, forward and backward in few products and no copies.

The same numbers as peft's layer: y = W x + scale * B (A x). Kept for the way back are x and A x alone, and what the
adapter adds is added in place. The frozen weight may be kept in bf16, in which the processor multiplies twice as fast;
the adapter's own weights and their gradients stay fp32.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch


class _LoraLinear(torch.autograd.Function):  # type: ignore[misc]  # torch is not followed
    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        down: torch.Tensor,
        up: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        rows = x.reshape(-1, x.shape[-1]).to(weight.dtype)
        down_, up_ = down.to(weight.dtype), up.to(weight.dtype)
        y = torch.nn.functional.linear(rows, weight, bias)
        low = rows @ down_.T
        y.addmm_(low, up_.T, alpha=scale)
        ctx.save_for_backward(rows, low, weight, down, up)
        ctx.scale, ctx.shape, ctx.kind = scale, x.shape, x.dtype
        return y.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, low, weight, down, up = ctx.saved_tensors
        slope = slope.reshape(-1, slope.shape[-1]).to(weight.dtype)
        back_low = (slope @ up.to(weight.dtype)).mul_(ctx.scale)
        into_up = (slope.T @ low).to(up.dtype).mul_(ctx.scale)
        into_down = (back_low.T @ rows).to(down.dtype)
        back = None
        if ctx.needs_input_grad[0]:
            back = (slope @ weight).addmm_(back_low, down.to(weight.dtype)).view(ctx.shape).to(ctx.kind)
        return back, None, None, into_down, into_up, None


def fuse(model: torch.nn.Module, dtype: torch.dtype) -> int:
    """Gives every plain LoRA layer of a peft model the fused computation; returns how many there are.

    Layers with dropout or a variant of LoRA (DoRA) keep peft's own.

    Args:
        model: A peft model with one adapter, `default`.
        dtype: What the frozen weights are kept in.
    """
    from peft.tuners.lora import Linear

    count = 0
    for layer in model.modules():
        if not isinstance(layer, Linear) or layer.lora_variant or _drops(layer):
            continue
        base = layer.get_base_layer()
        weight = base.weight.detach()
        if layer.fan_in_fan_out:  # GPT-2 keeps its weights turned
            weight = weight.T.contiguous()
        bias = None if base.bias is None else base.bias.detach().to(dtype)
        layer.forward = partial(_forward, layer, weight.to(dtype), bias)
        count += 1
    return count


def _forward(
    layer: Any, weight: torch.Tensor, bias: torch.Tensor | None, x: torch.Tensor, *_: Any, **__: Any
) -> torch.Tensor:
    down, up = layer.lora_A["default"].weight, layer.lora_B["default"].weight
    result: torch.Tensor = _LoraLinear.apply(x, weight, bias, down, up, layer.scaling["default"])
    return result


def _drops(layer: Any) -> bool:
    return not isinstance(layer.lora_dropout["default"], torch.nn.Identity)
