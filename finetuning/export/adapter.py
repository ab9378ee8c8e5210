"""A LoRA adapter of peft as a GGUF file, which llama.cpp and Ollama lay over the base's own GGUF file.

    adapter/adapter_config.json, adapter_model.safetensors -> NAME.gguf

For each layer, A of shape (rank, inputs) and B of shape (outputs, rank), as f16. llama.cpp scales their product by
alpha / rank; rsLoRA's alpha / sqrt(rank) (Kalajdzievski 2023) goes into B. The file names its base by hash
(`inference/adapters`), and has no date: the same run gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from finetuning.export.checked import checked
from finetuning.export.layout import Layout
from inference.adapters import BASE_NAME, BASE_SHA256, sum_of
from inference.gguf import read_metadata
from plant.errors import BadInput, UsageError
from plant.files import drafted

if TYPE_CHECKING:
    from pathlib import Path

    from finetuning.export.tuned import Tuned

_CONFIG: Final = "adapter_config.json"
_WEIGHTS: Final = "adapter_model.safetensors"
_A, _B = ".lora_A.weight", ".lora_B.weight"
_PREFIX: Final = "base_model.model."


class Config(msgspec.Struct, frozen=True):
    """What of peft's configuration decides how an adapter is applied."""

    peft_type: str
    r: int
    lora_alpha: float
    use_rslora: bool = False
    use_dora: bool = False
    alpha_pattern: dict[str, float] = {}
    bias: str = "none"


class Adapter(msgspec.Struct, frozen=True):
    """An adapter as peft keeps it: its configuration, and A and B by the name of the layer in transformers."""

    config: Config
    layers: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]


def read_adapter(folder: Path) -> Adapter:
    """Reads an adapter of peft.

    Raises:
        BadInput: If it is not there, cut short, or is no LoRA of linear layers.
    """
    try:
        config = msgspec.json.decode((folder / _CONFIG).read_bytes(), type=Config)
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(f"{folder / _CONFIG} is not the configuration of an adapter: {error}.") from error
    if config.peft_type != "LORA":
        raise BadInput(f"{folder} is an adapter of the kind {config.peft_type}.", hint="Only LoRA can be exported.")
    tensors = _read_tensors(folder / _WEIGHTS)
    layers = {}
    for key in sorted(tensors):
        if key.endswith(_A) and key.replace(_A, _B) in tensors:
            layers[key.removeprefix(_PREFIX).removesuffix(_A)] = tensors[key], tensors[key.replace(_A, _B)]
    if not layers:
        raise BadInput(f"{folder / _WEIGHTS} has no matrices A and B of linear layers.")
    return Adapter(config, layers)


def write_adapter(tuned: Tuned, path: Path, *, name: str) -> None:
    """Writes a run's adapter as a GGUF file over its base.

    Args:
        tuned: The run.
        path: The file.
        name: What the adapter is for, as its name within.

    Raises:
        UsageError: If an adapter cannot say what the run learnt: every weight (full), or magnitudes (DoRA).
        BadInput: If the adapter is damaged, is for another base, or the file cannot be written.
    """
    if not tuned.run.adapter.is_dir():
        raise UsageError(
            f"{tuned.run.name} was trained with method {tuned.recipe.method}: it has no adapter, every weight changed.",
            hint="Export it merged: --form f16 or q8_0.",
        )
    adapter = read_adapter(tuned.run.adapter)
    _check_sayable(adapter.config, tuned)
    metadata = read_metadata(tuned.gguf)
    layout = Layout(metadata)
    matrices = _matrices(adapter, layout, tuned.gguf)
    with drafted(path) as draft:
        _write(draft, matrices, layout, _entries(adapter.config, tuned, name))


def _check_sayable(config: Config, tuned: Tuned) -> None:
    """Raises for what the scaled product of two matrices cannot say."""
    if config.use_dora:
        what = "DoRA keeps a magnitude for each output"
    elif config.bias != "none":
        what = "it has biases"
    elif config.alpha_pattern:
        what = "its alpha differs from layer to layer"
    else:
        return
    raise UsageError(
        f"The adapter of {tuned.run.name} cannot be a GGUF adapter: {what}, for which llama.cpp has no place.",
        hint="Export it merged: --form f16 or q8_0.",
    )


def _matrices(adapter: Adapter, layout: Layout, base: Path) -> dict[str, NDArray[np.float32]]:
    """Returns the tensors of the file, by name: A and B of each layer in the layout of GGUF, checked against the base.

    Raises:
        BadInput: If a layer is not in the base, or has another shape there.
    """
    import gguf

    shapes = {tensor.name: tuple(int(size) for size in tensor.shape) for tensor in gguf.GGUFReader(base).tensors}
    matrices = {}
    for layer, (a, b) in adapter.layers.items():
        name = layout.name(f"{layer}.weight")
        if name is None or shapes.get(name) != (a.shape[1], b.shape[0]):
            raise BadInput(
                f"The adapter changes {layer}, {b.shape[0]} times {a.shape[1]}; {base} has "
                f"{'no such layer' if name not in shapes else 'another shape there'}.",
                hint="It was trained over another base: name that one.",
            )
        scale = a.shape[0] ** 0.5 if adapter.config.use_rslora else 1.0
        matrices[f"{name}.lora_a"] = a
        matrices[f"{name}.lora_b"] = layout.rows(name, b) * scale
    return matrices


def _entries(config: Config, tuned: Tuned, name: str) -> dict[str, str | float]:
    return {
        "general.type": "adapter",
        "general.name": name,
        BASE_NAME: tuned.gguf.name,
        BASE_SHA256: sum_of(tuned.gguf),
        "adapter.type": "lora",
        "adapter.lora.alpha": float(config.lora_alpha),
    }


def _write(
    path: Path, matrices: dict[str, NDArray[np.float32]], layout: Layout, entries: dict[str, str | float]
) -> None:
    import gguf

    writer = gguf.GGUFWriter(path, layout.architecture)
    try:
        for key, value in entries.items():
            kind = gguf.GGUFValueType.STRING if isinstance(value, str) else gguf.GGUFValueType.FLOAT32
            writer.add_key_value(key, value, kind)
        writer.add_uint32("general.base_model.count", 1)
        for name, matrix in matrices.items():
            writer.add_tensor(name, checked(matrix.astype(np.float16)))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _read_tensors(path: Path) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise BadInput(f"The adapter {path} cannot be read; it may be cut short: {error}.") from error
