"""LSTM and foundation models: quiet, bounded, offline; what is missing is a sentence.

The rules of every candidate are in tests/conformance/test_forecaster.py. Weights of real foundation models are not
here: a Chronos-2 that has learnt nothing stands for them.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from forecasting.budget import Budget, TimedOut
from forecasting.candidates import Means, open_candidates
from forecasting.candidates.foundation import Chronos2, TimesFm, TiRex
from forecasting.candidates.recurrent import Recurrent
from forecasting.contract import CandidateFailed
from plant.errors import SettingsError
from plant.series import Series
from plant.settings import load_settings
from plant.time import HOUR
from tests.tiny_chronos import CONFIG, write_chronos

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 240
with_torch = pytest.mark.skipif(
    importlib.util.find_spec("pytorch_lightning") is None, reason="torch is not installed: make test FINETUNE=1"
)


def history() -> Series:
    rng = np.random.default_rng(0)
    values = 20 + 3 * np.sin(2 * np.pi * np.arange(N) / 24) + rng.normal(0, 0.3, N)
    return Series("T-1", "degC", HOUR * np.arange(N, dtype=np.int64), values, HOUR)


@pytest.fixture
def chronos(tmp_path: Path) -> Path:
    folder = tmp_path / "chronos"
    folder.mkdir()
    return write_chronos(folder)


def why(candidate: Chronos2 | TiRex | TimesFm | Recurrent) -> str:
    with pytest.raises(CandidateFailed) as failure:
        candidate.forecast(history(), 6, season=24)
    return str(failure.value)


@pytest.mark.parametrize("name", ["lstm", "chronos-2"])
def test_without_torch_it_is_a_row_that_says_what_to_install(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in ("config.json", "model.safetensors"):
        (tmp_path / file).touch()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    (candidate,) = (one for one in open_candidates([name], Means(weights={name: tmp_path})) if one.name == name)
    assert why(candidate) == "torch is not installed: pip install 'millhand[neural]'"


@with_torch
def test_a_season_is_learnt_in_silence_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import torch

    monkeypatch.chdir(tmp_path)
    threads, state = torch.get_num_threads(), torch.random.get_rng_state()
    median = Recurrent().forecast(history(), 30, season=24).median  # longer than what it gives at once
    assert np.abs(median - 20 - 3 * np.sin(2 * np.pi * np.arange(N, N + 30) / 24)).max() < 1
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.random.get_rng_state(), state)


@with_torch
def test_training_stops_when_its_time_is_up() -> None:
    clock = itertools.count()  # a second each time it is looked at
    with pytest.raises(TimedOut):
        Recurrent().forecast_folds(history(), [N], 6, season=24, budget=Budget(6, clock=lambda: next(clock)))
    assert next(clock) < 12


@with_torch
def test_a_foundation_model_forecasts_offline_from_its_folder(
    chronos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from darts.models.components import huggingface_connector as connector

    monkeypatch.setattr(connector, "hf_hub_download", lambda **_: pytest.fail("the hub was asked"))
    before = sorted(tmp_path.rglob("*"))
    assert np.isfinite(Chronos2(chronos).forecast(history(), 100, season=24).median).all()
    assert capfd.readouterr() == ("", "")
    assert sorted(tmp_path.rglob("*")) == before


@with_torch
def test_the_hub_is_off_while_torch_runs_and_as_it_was_after() -> None:
    import huggingface_hub.constants as hub

    from forecasting.neural import torch_alone

    before = hub.HF_HUB_OFFLINE
    with torch_alone():
        assert hub.is_offline_mode()
    assert before == hub.HF_HUB_OFFLINE


def test_weights_that_nobody_named_are_said() -> None:
    for candidate in (Chronos2(None), TiRex(None), TimesFm(None)):
        assert why(candidate) == f"has no weights: name their folder in the setting forecast.weights.{candidate.name}"


def test_a_folder_that_is_not_there_or_lacks_a_file_is_said(tmp_path: Path) -> None:
    assert why(Chronos2(tmp_path / "none")) == f"its weights are not there: {tmp_path}/none is no folder"
    assert why(Chronos2(tmp_path)) == f"its weights are not there: {tmp_path} has no config.json"
    (tmp_path / "config.json").touch()
    assert why(TimesFm(tmp_path)) == f"its weights are not there: {tmp_path} has no model.safetensors"
    assert why(TiRex(tmp_path)) == f"its weights are not there: {tmp_path} has no model.ckpt"


def spoil_config(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "config.json").write_text(text, encoding="utf-8")


def cut_weights(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1_000])


@with_torch
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(spoil_config("{"), id="not JSON"),
        pytest.param(spoil_config("[]"), id="no object"),
        pytest.param(spoil_config("{}"), id="another model's"),
        pytest.param(spoil_config(json.dumps(CONFIG | {"d_model": 32})), id="another size"),
        pytest.param(spoil_config(json.dumps(CONFIG | {"chronos_config": {"quantiles": 1}})), id="half of it"),
        pytest.param(cut_weights, id="weights cut short"),
    ],
)
def test_a_folder_that_holds_no_model_is_said(
    chronos: Path, spoil: Callable[[Path], object], capfd: pytest.CaptureFixture[str]
) -> None:
    spoil(chronos)
    reason = why(Chronos2(chronos))
    assert reason.startswith(f"{chronos} does not hold a chronos-2 that can be loaded: ")
    assert "\n" not in reason
    assert capfd.readouterr() == ("", "")


@with_torch
def test_a_package_that_a_model_needs_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tirex" else find(name))
    (tmp_path / "model.ckpt").touch()
    assert why(TiRex(tmp_path)) == "tirex-ts is not installed: pip install tirex-ts"


def test_a_foundation_model_runs_by_default_where_its_weights_are_named(tmp_path: Path) -> None:
    names = [one.name for one in open_candidates([], Means(weights={"timesfm": tmp_path}))]
    assert "timesfm" in names
    assert {"lstm", "chronos-2", "tirex"}.isdisjoint(names)


def test_settings_know_the_models(tmp_path: Path) -> None:
    settings = load_settings({"forecast": {"weights": {"timesfm": str(tmp_path)}}})
    assert settings.forecast.weights == {"timesfm": tmp_path}
    with pytest.raises(SettingsError, match="timesfn is none of chronos-2, tirex, timesfm"):
        load_settings({"forecast": {"weights": {"timesfn": str(tmp_path)}}})
