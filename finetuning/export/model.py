"""A merged model as GGUF: what the base's GGUF file says of itself, with weights of its own.

Metadata, tokenizer and chat template are the base's, entry by entry; only the weights are new. Matrices are f16, q8_0,
q5_0 or q4_0: blocks of 32 with one scale, by the library `gguf`. K-quants need rows divisible by 256, which small
models do not have. As llama.cpp does, embeddings stay q8_0 in the smaller ones, and what is no matrix of a layer f32.
"""

from __future__ import annotations

import math
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from finetuning.export.checked import checked
from finetuning.export.layout import Layout
from inference.gguf import read_metadata
from plant.errors import BadInput
from plant.files import drafted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import gguf
    from numpy.typing import NDArray

_OWN: Final = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version", "general.name")
_EMBEDDINGS: Final = ("token_embd.weight", "output.weight")
_COPIED: Final = ("rope_freqs.weight",)  # computed from the configuration, never trained
_BLOCK: Final = 32
_QUANTIZATION_VERSION: Final = 2


class Weights(StrEnum):
    """What a GGUF model's matrices are kept in."""

    F16 = "f16"
    Q8_0 = "q8_0"
    Q5_0 = "q5_0"
    Q4_0 = "q4_0"


def write_model(folder: Path, base: Path, path: Path, weights: Weights, *, name: str) -> None:
    """Writes a folder of transformers as a GGUF file, which appears whole or not at all.

    Args:
        folder: The merged model.
        base: The GGUF file of its base.
        path: The file.
        weights: What matrices are kept in.
        name: The model's name within.

    Raises:
        BadInput: If a tensor of the base has no counterpart or another shape, or the file cannot be written.
    """
    import gguf

    reader = gguf.GGUFReader(base)
    layout = Layout(read_metadata(base))
    with _weights_of(folder) as weights_of, drafted(path) as draft:
        stored = list(_stored(reader, layout, weights_of, weights))
        writer = gguf.GGUFWriter(draft, layout.architecture)
        try:
            _describe(writer, reader, weights, name)
            for one in stored:
                writer.add_tensor_info(one.name, one.shape, np.dtype(np.float32), one.bytes, raw_dtype=one.kind)
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_ti_data_to_file()
            for one in stored:  # one at a time: a model may be larger than the memory
                writer.write_tensor_data(checked(one.values()))
        finally:
            writer.close()


class _Stored(NamedTuple):
    """A tensor of the file: its values are computed when they are written."""

    name: str
    shape: tuple[int, ...]
    kind: gguf.GGMLQuantizationType
    values: Callable[[], NDArray[Any]]

    @property
    def bytes(self) -> int:
        import gguf

        block, size = gguf.GGML_QUANT_SIZES[self.kind]
        return int(math.prod(self.shape) // block * size)


def _stored(
    reader: gguf.GGUFReader, layout: Layout, weights_of: Mapping[str, Callable[[], Any]], weights: Weights
) -> Iterator[_Stored]:
    """Yields the tensors of the file in the order of the base's, checked against them."""
    theirs = {layout.name(name): load for name, load in weights_of.items()}
    for tensor in reader.tensors:
        shape = tuple(int(size) for size in reversed(tensor.shape))
        if tensor.name in _COPIED:
            yield _Stored(tensor.name, shape, tensor.tensor_type, partial(np.asarray, tensor.data))
            continue
        load = theirs.get(tensor.name)
        if load is None:
            raise BadInput(f"The merged model has no {tensor.name}, which its base has.")
        kind = _kind(tensor.name, shape, weights)
        yield _Stored(tensor.name, shape, kind, partial(_values, tensor.name, shape, kind, load, layout))


def _values(name: str, shape: tuple[int, ...], kind: Any, load: Callable[[], Any], layout: Layout) -> NDArray[Any]:
    import gguf

    values = layout.weight(name, load().float().numpy())
    if values.shape != shape:
        raise BadInput(f"{name} of the merged model is {values.shape}; that of its base {shape}.")
    return np.asarray(gguf.quantize(np.ascontiguousarray(values), kind))


def _kind(name: str, shape: tuple[int, ...], weights: Weights) -> gguf.GGMLQuantizationType:
    """Returns what a tensor is kept in."""
    import gguf

    if len(shape) == 1 or not name.startswith(("blk.", *_EMBEDDINGS)):
        return gguf.GGMLQuantizationType.F32
    if shape[-1] % _BLOCK:
        return gguf.GGMLQuantizationType.F16
    small = name in _EMBEDDINGS and weights is not Weights.F16
    return gguf.GGMLQuantizationType[(Weights.Q8_0 if small else weights).upper()]


def _describe(writer: gguf.GGUFWriter, reader: gguf.GGUFReader, weights: Weights, name: str) -> None:
    """Writes the base's metadata, but for what is ours."""
    import gguf

    for key, field in reader.fields.items():
        if not key.startswith(_OWN):
            inner = field.types[-1] if field.types[0] is gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(key, field.contents(), field.types[0], sub_type=inner)
    writer.add_name(name)
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{weights.upper()}"])
    if weights is not Weights.F16:
        writer.add_quantization_version(_QUANTIZATION_VERSION)


@contextmanager
def _weights_of(folder: Path) -> Iterator[dict[str, Callable[[], Any]]]:
    """Gives, by name, what loads each weight of a folder of transformers."""
    from safetensors import SafetensorError, safe_open

    with ExitStack() as files:
        found: dict[str, Callable[[], Any]] = {}
        try:
            for path in sorted(folder.glob("*.safetensors")):
                file = files.enter_context(safe_open(path, framework="pt"))
                found |= {name: partial(file.get_tensor, name) for name in file.keys()}  # noqa: SIM118 (it is no dict)
        except (OSError, SafetensorError) as error:
            raise BadInput(f"The weights in {folder} cannot be read: {error}.") from error
        yield found
