"""darts' torch models: the one module here that torch is reached through, and only when a candidate asks for it.

They run on this machine and nothing leaves it: on one thread (the networks are small, and threads wait
for each other longer than they compute), without logs, checkpoints and progress bars, and with the model
hub switched off. Weights come from a folder that the user named.
"""

from __future__ import annotations

import importlib.util
import logging
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from forecasting.contract import CandidateFailed, Floats
from forecasting.series import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forecasting.budget import Budget

INSTALL: Final = "pip install 'millhand[neural]'"

_SEED: Final = 17
_WINDOW: Final = 48
_BLOCK: Final = 24
"""Steps that the LSTM gives at once; a longer horizon is rolled on."""
_WINDOWS: Final = 512
"""Newest windows that the LSTM learns from."""
_EPOCHS: Final = 20
_HIDDEN: Final = 32
_BATCH: Final = 64
_RATE: Final = 1e-2
_PAIRS: Final = 2
"""Sines and cosines of the season that the LSTM is told."""

_CONTEXT: Final = 2_048
"""Newest steps that a foundation model sees: as many as the smallest of them was trained for."""
_AHEAD: Final = 64
"""Steps that a foundation model gives at once; a longer horizon is rolled on."""

FILES: Final = {
    "chronos-2": ("config.json", "model.safetensors"),
    "timesfm": ("config.json", "model.safetensors"),
    "tirex": ("model.ckpt",),
}
"""What the folder of each foundation model holds, by the names its makers give."""

_NEEDED: Final = ("torch", "pytorch_lightning", "huggingface_hub", "safetensors")
_TALKERS: Final = ("pytorch_lightning", "lightning", "darts", "torch", "huggingface_hub")


class Lstm:
    """An LSTM that is trained once: a block of steps from a window, with the phase of the season beside it.

    Args:
        history: float64 of shape (n,), scaled, NaN where missing.
        season: In steps, 1 for none.
        budget: Asked after each epoch.

    Raises:
        CandidateFailed: Where torch is not installed.
    """

    def __init__(self, history: Floats, season: int, budget: Budget) -> None:
        self._season = season
        self._window = min(_WINDOW, len(history) // 3)
        block = min(_BLOCK, len(history) // 3)
        with torch_alone():
            from darts.models import BlockRNNModel

            self._model = BlockRNNModel(
                model="LSTM",
                input_chunk_length=self._window,
                output_chunk_length=block,
                hidden_dim=_HIDDEN,
                n_epochs=_EPOCHS,
                batch_size=_BATCH,
                optimizer_kwargs={"lr": _RATE},
                use_reversible_instance_norm=True,  # a level it has not seen is no news to it
                random_state=_SEED,
                pl_trainer_kwargs=_trainer(budget),
            )
            self._model.fit(
                _series(filled(history)),
                past_covariates=self._phase(0, len(history)),
                max_samples_per_ts=_WINDOWS,
                dataloader_kwargs={"pin_memory": False},
                verbose=False,
            )

    def forecast(self, history: Floats, horizon: int) -> Floats:
        """Continues a history that begins where the first one did; of shape (horizon,)."""
        start = len(history) - self._window
        phase = self._phase(start, len(history) + horizon)
        return _continued(self._model, filled(history)[start:], horizon, past_covariates=phase)

    def _phase(self, start: int, end: int) -> Any:
        """Returns where steps lie in the season, a series for darts; None without a season."""
        if self._season == 1:
            return None
        angle = 2 * np.pi * np.arange(start, end)[:, None] * np.arange(1, _PAIRS + 1) / self._season
        return _series(np.hstack([np.sin(angle), np.cos(angle)]))


class Foundation:
    """A foundation model that forecasts without training, its weights from a folder on this disk.

    Args:
        name: Of `FILES`.
        folder: Where they are.
        length: Steps of the shortest history it will continue.

    Raises:
        CandidateFailed: Where torch is not installed, the folder does not hold the model, or is not one.
    """

    def __init__(self, name: str, folder: Path, length: int) -> None:
        _check_folder(name, folder)
        self._window = min(_CONTEXT, length)
        with torch_alone(), tempfile.TemporaryDirectory() as linked:
            from safetensors import SafetensorError

            try:
                self._model = _open_foundation(name, folder, Path(linked), self._window)
                # Nothing is learnt: darts makes the network when it is given a first series.
                self._model.fit(_series(np.zeros(self._window + _AHEAD)), verbose=False)
            except (ValueError, KeyError, TypeError, RuntimeError, OSError, SafetensorError) as error:
                what = str(error).partition("\n")[0].rstrip(":")
                raise CandidateFailed(f"{folder} does not hold a {name} that can be loaded: {what}") from error

    def forecast(self, history: Floats, horizon: int) -> Floats:
        """Continues a history of at least the shortest length; of shape (horizon,)."""
        return _continued(self._model, filled(history)[-self._window :], horizon)


def _check_folder(name: str, folder: Path) -> None:
    if not folder.is_dir():
        raise CandidateFailed(f"its weights are not there: {folder} is no folder")
    for file in FILES[name]:
        if not (folder / file).is_file():
            raise CandidateFailed(f"its weights are not there: {folder} has no {file}")


def _open_foundation(name: str, folder: Path, linked: Path, window: int) -> Any:
    options: dict[str, Any] = {
        "input_chunk_length": window,
        "output_chunk_length": _AHEAD,
        "random_state": _SEED,
        "pl_trainer_kwargs": _trainer(),
    }
    if name == "chronos-2":
        from darts.models import Chronos2Model

        return Chronos2Model(local_dir=folder, **options)
    if name == "timesfm":
        from darts.models import TimesFM2p5Model

        return TimesFM2p5Model(local_dir=folder, **options)
    if importlib.util.find_spec("tirex") is None:
        raise CandidateFailed("tirex-ts is not installed: pip install tirex-ts")
    from darts.models import TiRexModel

    # The hub's client writes notes of its own beside the file it is pointed to: not in the user's folder.
    (linked / "model.ckpt").symlink_to((folder / "model.ckpt").resolve())
    # The user who names the folder has taken the weights under their licence: docs/forecasting.md says so.
    return TiRexModel(local_dir=linked, accept_license=True, **options)


@contextmanager
def torch_alone() -> Iterator[None]:
    """Runs torch on one thread, silent, with the model hub switched off; then as it was.

    Raises:
        CandidateFailed: Where torch or what darts needs with it is not installed.
    """
    for package in _NEEDED:
        if importlib.util.find_spec(package) is None:
            raise CandidateFailed(f"{package} is not installed: {INSTALL}")
    import huggingface_hub.constants as hub
    import pytorch_lightning  # noqa: F401 (it sets the level of its logger when it is imported: not after we have)
    import torch

    threads, offline = torch.get_num_threads(), hub.HF_HUB_OFFLINE
    levels = {name: logging.getLogger(name).level for name in _TALKERS}
    torch.set_num_threads(1)
    hub.HF_HUB_OFFLINE = True
    for name in _TALKERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)  # lightning asks torch in an old way
            warnings.filterwarnings("ignore", "Total length of", UserWarning)  # darts is given nothing to validate on
            yield
    finally:
        torch.set_num_threads(threads)
        hub.HF_HUB_OFFLINE = offline
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _trainer(budget: Budget | None = None) -> dict[str, Any]:
    """Returns how lightning trains and predicts: on the processor, nothing left behind, a budget asked each epoch."""
    from pytorch_lightning.callbacks import LambdaCallback

    return {
        "accelerator": "cpu",
        "devices": 1,
        "callbacks": [LambdaCallback(on_train_epoch_end=lambda *_: budget.check())] if budget else [],
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }


def _continued(model: Any, window: Floats, horizon: int, **covariates: Any) -> Floats:
    """Returns the steps after a window by a model of darts, of shape (horizon,)."""
    with torch_alone():
        median = model.predict(
            horizon,
            _series(window),
            **covariates,
            dataloader_kwargs={"pin_memory": False},
            verbose=False,
            show_warnings=False,
        )
    return np.asarray(median.values()[:, 0], dtype=np.float64)


def _series(values: Floats) -> Any:
    from darts import TimeSeries

    return TimeSeries.from_values(values.astype(np.float32))
