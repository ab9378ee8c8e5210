"""From transformers' tensors to those of GGUF: names, and the three families whose layouts differ.

| family | what differs in GGUF |
|---|---|
| llama | rows of queries and keys: rotary pairs lie beside each other instead of half a head apart |
| gpt2 | matrices are transposed, since transformers keeps them as (inputs, outputs) |
| gemma, gemma2, gemma3 | weights of norms are one more |

Source: `convert_hf_to_gguf.py` of llama.cpp, which is not installed anywhere; `tests/unit/finetuning/export` holds
both ways against each other by what llama.cpp and transformers make of the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

ARCHITECTURES: Final = ("llama", "gpt2", "gemma", "gemma2", "gemma3")
"""Architectures of GGUF that can be written here."""

_ENDINGS: Final = (".weight", ".bias")
_ROTARY: Final = ("attn_q", "attn_k")
_TRANSPOSED: Final = ("attn_qkv.weight", "attn_output.weight", "ffn_up.weight", "ffn_down.weight")


class Layout:
    """Names and layout of one model.

    Args:
        metadata: Of the base's GGUF file.

    Raises:
        BadInput: If its architecture is none of `ARCHITECTURES`.
    """

    def __init__(self, metadata: Mapping[str, Any]) -> None:
        import gguf

        self.architecture: str = metadata.get("general.architecture", "")
        if self.architecture not in ARCHITECTURES:
            raise BadInput(
                f"Models of the architecture {self.architecture!r} cannot be exported as GGUF.",
                hint=f"Known are {', '.join(ARCHITECTURES)}; form merged works for all.",
            )
        number = next(one for one, name in gguf.MODEL_ARCH_NAMES.items() if name == self.architecture)
        self._names = gguf.get_tensor_name_map(number, metadata[f"{self.architecture}.block_count"])
        heads = metadata[f"{self.architecture}.attention.head_count"]
        key_heads = metadata.get(f"{self.architecture}.attention.head_count_kv", heads)
        self._heads = {"attn_q": heads, "attn_k": key_heads}

    def name(self, theirs: str) -> str | None:
        """Returns the name in GGUF of a tensor of transformers; None where there is no such tensor."""
        found: str | None = self._names.get_name(theirs, try_suffixes=_ENDINGS)
        if found is None and not theirs.startswith("model."):
            found = self._names.get_name(f"model.{theirs}", try_suffixes=_ENDINGS)
        return found

    def weight(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns a weight of transformers in the layout of GGUF.

        Args:
            name: In GGUF.
            values: Of shape (outputs, inputs) or (n,).
        """
        if self.architecture == "gpt2" and name.endswith(_TRANSPOSED):
            return values.T
        if self.architecture.startswith("gemma") and name.endswith("norm.weight"):
            return values + 1.0
        return self.rows(name, values)

    def rows(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns the rows of a matrix in the order of GGUF: of a weight, or of an adapter's B, (outputs, rank)."""
        part = name.split(".")[-2] if "." in name else name
        if self.architecture != "llama" or part not in _ROTARY:
            return values
        heads = self._heads[part]
        halves = values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:])
        return halves.swapaxes(1, 2).reshape(values.shape)
