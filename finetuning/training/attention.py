"""Attention over packed batches: each segment sees the segments it hangs on, and itself up to each token.

transformers' models call what is registered under `NAME`, with the keywords that the model was called with: `layout`
is ours. A segment that hangs on none is plain causal attention, for which torch has a kernel that computes half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import torch

    from finetuning.training.batches import Packed, Segment

NAME: Final = "millhand_packed"


class Layout:
    """Where the segments of a packed batch lie, and what each may see.

    Args:
        packed: The batch.
    """

    def __init__(self, packed: Packed) -> None:
        self.segments = packed.segments
        self.lengths = [segment.length for segment in packed.segments]
        self._masks: dict[tuple[int, int | None, torch.dtype], torch.Tensor] = {}

    def mask(self, segment: Segment, window: int | None, dtype: torch.dtype) -> torch.Tensor:
        """Returns what is added to a segment's scores, of shape (its length, length of its path): 0 or -inf."""
        import torch

        key = (segment.path[-1], window, dtype)
        if key not in self._masks:
            seen = segment.position + segment.length
            rows = torch.arange(segment.position, seen).unsqueeze(1)
            columns = torch.arange(seen).unsqueeze(0)
            hidden = columns > rows
            if window is not None:
                hidden |= columns <= rows - window
            self._masks[key] = torch.zeros(hidden.shape, dtype=dtype).masked_fill_(hidden, float("-inf"))
        return self._masks[key]


def register() -> None:
    """Makes transformers' models know `NAME`; again is harmless."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, packed_attention)


def packed_attention(  # noqa: PLR0913 (transformers calls it so)
    module: torch.nn.Module,  # noqa: ARG001
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None = None,  # noqa: ARG001 (the layout is the mask)
    *,
    layout: Layout,
    scaling: float | None = None,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Computes attention as transformers' attention functions do.

    Args:
        module: The layer.
        query: Of shape (1, heads, tokens, width).
        key: Of shape (1, key heads, tokens, width).
        value: The same.
        attention_mask: Not used.
        layout: Of the packed batch.
        scaling: What scores are multiplied with.
        dropout: Share of the weights that is dropped.
        sliding_window: How far back a token sees, where the layer has a window.
        softcap: What scores are held under, smoothly (Gemma 2).

    Returns:
        Values of shape (1, tokens, heads, width), and no weights.
    """
    import torch

    query, key = query.to(value.dtype), key.to(value.dtype)  # turning positions in makes fp32 of bf16
    repeat = query.shape[1] // key.shape[1]
    queries = query.split(layout.lengths, dim=2)
    keys = _repeated(key, repeat).split(layout.lengths, dim=2)
    values = _repeated(value, repeat).split(layout.lengths, dim=2)
    found = []
    for segment, asked in zip(layout.segments, queries, strict=True):
        seen = segment.position + segment.length
        plain = len(segment.path) == 1 and softcap is None and (sliding_window is None or seen <= sliding_window)
        path = [keys[i] for i in segment.path], [values[i] for i in segment.path]
        one, other = (part[0] if len(part) == 1 else torch.cat(part, dim=2) for part in path)
        mask = None if plain else layout.mask(segment, sliding_window, asked.dtype)
        found.append(_attended(asked, one, other, mask, scaling=scaling, dropout=dropout, softcap=softcap))
    return torch.cat(found, dim=2).transpose(1, 2), None


def _attended(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    *,
    scaling: float | None,
    dropout: float,
    softcap: float | None,
) -> torch.Tensor:
    """Computes attention of one segment, of shape (1, heads, its tokens, width); without a mask it is plain causal."""
    import torch

    if softcap is None:
        return torch.nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, dropout_p=dropout, is_causal=mask is None, scale=scaling
        )
    scores = query @ key.transpose(2, 3) * (scaling or query.shape[-1] ** -0.5)
    weights = torch.softmax(torch.tanh(scores / softcap) * softcap + mask, dim=-1)
    return torch.nn.functional.dropout(weights, dropout) @ value


def _repeated(heads: torch.Tensor, times: int) -> torch.Tensor:
    return heads if times == 1 else heads.repeat_interleave(times, dim=1)
