"""A Chronos-2 of two small layers that has learnt nothing: its folder is what a user's is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

CONFIG: Final[dict[str, Any]] = {
    "d_model": 16,
    "d_kv": 8,
    "d_ff": 32,
    "num_layers": 2,
    "num_heads": 2,
    "dropout_rate": 0.0,
    "chronos_config": {
        "context_length": 1_024,
        "input_patch_size": 16,
        "input_patch_stride": 16,
        "output_patch_size": 16,
        "max_output_patches": 4,
        "quantiles": [0.1, 0.5, 0.9],
        "use_reg_token": True,
        "use_arcsinh": True,
        "time_encoding_scale": 1_024,
    },
}


def write_chronos(folder: Path) -> Path:
    """Writes its weights, drawn from a seed, and returns the folder. Needs torch."""
    import torch
    from darts.models.forecasting.chronos2_model import _Chronos2Module
    from safetensors.torch import save_file

    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = _Chronos2Module(**CONFIG, input_chunk_length=16, output_chunk_length=16)
    save_file(
        {name: tensor.contiguous() for name, tensor in network.state_dict().items()}, folder / "model.safetensors"
    )
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    return folder
