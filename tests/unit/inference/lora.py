"""A LoRA adapter for the small model, written by hand: training one takes a library that is not always there."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_STRING, _FLOAT = 8, 6  # kinds of values in GGUF
_WIDTH = 576  # of SmolLM2-135M
_ALIGN = 32


def write_adapter(
    path: Path, *, rank: int = 2, strength: float = 1.0, entries: Mapping[str, str] | None = None
) -> Path:
    """Writes a GGUF file with random matrices for the queries of the first layer, from a seed; `entries` are added."""
    rng = np.random.default_rng(1)
    tensors = {
        "blk.0.attn_q.weight.lora_a": rng.normal(0, strength, (rank, _WIDTH)).astype("<f4"),
        "blk.0.attn_q.weight.lora_b": rng.normal(0, strength, (_WIDTH, rank)).astype("<f4"),
    }
    entries = {
        "general.type": "adapter",
        "general.architecture": "llama",
        "adapter.type": "lora",
        **(entries or {}),
    }
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(entries) + 1)
    for key, text in entries.items():
        head += _text(key) + struct.pack("<I", _STRING) + _text(text)
    head += _text("adapter.lora.alpha") + struct.pack("<If", _FLOAT, float(rank))
    offset = 0
    for name, matrix in tensors.items():
        head += _text(name) + struct.pack("<IQQIQ", 2, *reversed(matrix.shape), 0, offset)
        offset += matrix.nbytes
    head += bytes(-len(head) % _ALIGN)
    path.write_bytes(head + b"".join(matrix.tobytes() for matrix in tensors.values()))
    return path


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()
