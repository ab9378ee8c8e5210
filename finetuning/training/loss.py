"""The loss: cross entropy of the learnt tokens, product with the vocabulary and gradient in one go.

Only the places that predict a learnt token are multiplied with the vocabulary, some hundred at a time, and their
gradient is formed on the spot, so the logits of a batch are never there at once. (The idea is that of Liger Kernel's
fused linear cross entropy, Hsu et al. 2024.)
"""

from __future__ import annotations

from typing import Any, Final

import torch

LOGITS_AT_ONCE: Final = 256
"""Learnt tokens at a time: 50 MB of logits for a vocabulary of 49,152."""


class _SummedCrossEntropy(torch.autograd.Function):  # type: ignore[misc]  # torch is not followed
    """Sum of the cross entropies of some tokens, and which of them are the likeliest."""

    @staticmethod
    def forward(
        ctx: Any, hidden: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor, cap: float | None, learn: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        product = weight.to(hidden.dtype)
        total = torch.zeros((), dtype=torch.float32)
        right = torch.empty(len(targets), dtype=torch.bool)
        back = torch.empty_like(hidden) if learn and ctx.needs_input_grad[0] else None
        into = torch.zeros_like(weight) if learn and ctx.needs_input_grad[1] else None
        for begin in range(0, len(targets), LOGITS_AT_ONCE):
            part = slice(begin, begin + LOGITS_AT_ONCE)
            chosen = targets[part].unsqueeze(1)
            logits = torch.nn.functional.linear(hidden[part], product).float()
            if cap is not None:
                logits = torch.tanh_(logits.div_(cap)).mul_(cap)
            right[part] = logits.argmax(dim=1, keepdim=True).eq(chosen).squeeze(1)
            normal = torch.logsumexp(logits, dim=1, keepdim=True)
            total += (normal - logits.gather(1, chosen)).sum()
            if back is None:
                continue
            slope = None if cap is None else 1 - (logits / cap).square_()
            gradient = logits.sub_(normal).exp_()
            gradient.scatter_add_(1, chosen, torch.full_like(normal, -1.0))
            if slope is not None:
                gradient.mul_(slope)
            gradient = gradient.to(hidden.dtype)
            back[part] = gradient @ product
            if into is not None:
                into += gradient.T @ hidden[part]
        ctx.back, ctx.into = back, into
        ctx.mark_non_differentiable(right)
        return total, right

    @staticmethod
    def backward(ctx: Any, scale: torch.Tensor, _: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        back = None if ctx.back is None else ctx.back * scale
        into = None if ctx.into is None else ctx.into * scale
        return back, into, None, None, None


def summed_cross_entropy(
    hidden: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor, *, cap: float | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the sum of the tokens' cross entropies in nats, and which of them are the likeliest.

    Args:
        hidden: What the model's body says where each token is predicted, of shape (tokens, width).
        weight: The head, of shape (vocabulary, width).
        targets: The tokens, of shape (tokens,).
        cap: What logits are held under, smoothly (Gemma 2); None for none.

    Returns:
        A scalar that gradients flow through, and bools of shape (tokens,).
    """
    result: tuple[torch.Tensor, torch.Tensor] = _SummedCrossEntropy.apply(
        hidden, weight, targets, cap, torch.is_grad_enabled()
    )
    return result


def token_log_likelihoods(
    hidden: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor, *, cap: float | None = None
) -> torch.Tensor:
    """Returns the log-likelihood of each token in nats, of shape (tokens,); arguments as `summed_cross_entropy`."""
    logits = torch.nn.functional.linear(hidden, weight.to(hidden.dtype)).float()
    if cap is not None:
        logits = torch.tanh(logits / cap) * cap
    result: torch.Tensor = -torch.nn.functional.cross_entropy(logits, targets, reduction="none")
    return result
