"""A real Ollama server keeps the rules of the contract, and what is wrong with it is said."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import numpy as np
import pytest

from forecasting.candidates.language import LanguageForecaster
from forecasting.prompts import FORMS
from inference.fetch import model_path
from inference.models import open_model
from inference.ollama import OllamaModel
from plant.errors import ExitCode, SettingsError
from plant.series import Series
from plant.settings import load_settings
from plant.time import HOUR
from tests.conformance.language_model_rules import LanguageModelRules
from tests.integration.servers import serve
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inference.contract import LanguageModel
    from plant.settings import Settings

pytestmark = pytest.mark.ollama

MODEL = "smollm2"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`HOST:PORT` of an Ollama that has the small model, as `smollm2`."""
    if not model_path().exists():
        pytest.skip("no language model: run `make model`")
    with serve("ollama", tmp_path_factory.mktemp("ollama"), "--model", f"{MODEL}={model_path()}") as url:
        yield url.removeprefix("http://")


@pytest.fixture(scope="module")
def model(address: str) -> Iterator[LanguageModel]:
    """The small model there."""
    opened = OllamaModel(address, MODEL, context_length=512)
    yield opened
    opened.close()


class TestOllama(LanguageModelRules):
    """Ollama by its client."""


def test_is_opened_by_its_url(address: str) -> None:
    settings = load_settings({"model": {"url": f"ollama://{address}/{MODEL}", "context_length": 1_000_000}})
    model = open_model(settings)
    assert model is not None
    assert model.name == f"ollama {MODEL}"
    assert model.context_length == 8_192  # what it was trained for
    model.close()


def test_a_wrong_model_name_offers_the_nearest(address: str) -> None:
    with pytest.raises(SettingsError, match="Did you mean smollm2"):
        OllamaModel(address, "smolm2")


def test_a_proxy_of_the_environment_does_not_apply(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    OllamaModel(address, MODEL).close()


@pytest.mark.parametrize("form", FORMS)
def test_it_writes_exactly_the_steps_that_are_asked_for(model: LanguageModel, form: str) -> None:
    values = np.array([5.0, 5.1, np.nan, 4.9, 5.3, 5.2, 5.05, 4.95])
    times = 490_000 * HOUR + np.arange(len(values)) * HOUR
    candidate = LanguageForecaster(model, samples=2, form=form)
    forecast = candidate.forecast(Series("T-1", "degC", times, values, HOUR), 2, season=1)
    assert forecast.median.shape == (2,)
    assert forecast.tokens


def test_ask_answers_with_it(address: str, demo_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--json", "--store", str(demo_settings.store.path), "--model", f"ollama://{address}/{MODEL}"]
    assert main(["ask", "forecast the chilled water temperature for the next hour", *words]) == ExitCode.ANSWERED
    answer = json.loads(capsys.readouterr().out)
    assert answer["route"] == ["forecast"]
    assert answer["facts"]
    compared = next(one for one in answer["evidence"] if one["kind"] == "backtest")
    methods = [row[0] for row in compared["table"]["rows"]]
    assert "language-model" in methods


def test_ask_goes_on_when_it_is_down(demo_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as held:  # bound and not listening: connections are refused
        held.bind(("127.0.0.1", 0))
        url = f"ollama://127.0.0.1:{held.getsockname()[1]}/{MODEL}"
        code = main(["ask", "what does fault E07 mean?", "--store", str(demo_settings.store.path), "--model", url])
    assert code == ExitCode.ANSWERED
    assert "E07" in capsys.readouterr().out
