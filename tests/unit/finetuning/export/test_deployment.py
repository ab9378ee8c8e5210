"""A deployed model is in the settings, and answers as the trained one."""

from __future__ import annotations

import tomllib

import msgspec
import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")

from finetuning.export.agreement import compare
from finetuning.export.deployment import Deployment
from finetuning.export.examples import examples_of
from finetuning.export.forms import Form
from finetuning.export.stack import Stack
from finetuning.export.tuned import open_tuned
from finetuning.training.bases import load_tokenizer
from finetuning.training.encoding import Encoder
from inference.contract import Completion, Options
from inference.models import open_model
from plant.errors import BadInput, ExitCode, ServiceUnavailable, UsageError
from plant.settings import load_settings
from tests.unit.finetuning.export.tiny import make_run
from tui.cli.main import main


@pytest.fixture
def base(base_of):
    return base_of("llama")


@pytest.fixture
def tuned(base, data, tmp_path):
    return open_tuned(make_run(tmp_path / "run", base.folder, data=data).folder, gguf=base.gguf, told=print)


@pytest.fixture
def settings_at(tmp_path, monkeypatch):
    """Gives millhand a settings file and a place for its data."""
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("MILLHAND_SETTINGS", str(path))
    monkeypatch.setattr("finetuning.export.deploy.data_dir", lambda: tmp_path / "data")
    return path


def quiet(_text: str) -> None:
    pass


class FakeModel:
    """Answers what it is told to; its template is one token longer than in training where it is told so."""

    def __init__(self, texts, more=0):
        self._texts = iter(texts)
        self._more = more
        self._prompts = iter(())

    def expecting(self, asked):
        self._prompts = iter([len(one.encoded.prompt) + self._more for one in asked])
        return self

    def complete(self, messages, options, *, n=1):
        return [Completion(next(self._texts), True, next(self._prompts), 1, 0.0)]


def test_an_adapter_is_in_the_settings_and_answers_as_trained(base, tuned, settings_at, tmp_path):
    settings_at.write_text(f'[model]\nurl = "llama:{base.gguf}"  # tiny\n')
    deployment = Deployment(tuned, "manuals", load_settings(), data=(), told=quiet)
    agreement = deployment.deploy("embedded", Form.ADAPTER, 3)
    assert (agreement.questions, [way.name for way in agreement.ways]) == (3, ["GGUF adapter"])
    assert agreement.ways[0].other_prompts == 0
    place = tmp_path / "data" / "adapters" / "manuals.gguf"
    assert tomllib.loads(settings_at.read_text())["model"]["adapters"] == {"manuals": str(place)}
    model = open_model(load_settings())
    assert model.adapters == ("manuals",)
    texts = {
        name: model.continue_text("The pump", Options(max_tokens=8, adapter=name))[0].text for name in (None, "manuals")
    }
    model.close()
    assert texts[None] != texts["manuals"]


def test_over_another_model_nothing_is_deployed(base_of, tuned, settings_at):
    before = f'[model]\nurl = "llama:{base_of("gpt2").gguf}"\n'
    settings_at.write_text(before)
    with pytest.raises(BadInput, match="the model in use is"):
        Deployment(tuned, "manuals", load_settings(), data=(), told=quiet).deploy("embedded", Form.ADAPTER, 1)
    settings_at.write_text('[model]\nurl = "none:"\n')
    with pytest.raises(UsageError, match="not one in this process"):
        Deployment(tuned, "manuals", load_settings(), data=(), told=quiet).deploy("embedded", Form.ADAPTER, 1)
    assert "adapters" not in settings_at.read_text()


def test_nobody_at_the_server_is_said(tuned, settings_at):
    deployment = Deployment(tuned, "manuals", load_settings(), data=(), told=quiet)
    with pytest.raises(ServiceUnavailable, match="No Ollama answers"):
        deployment.deploy("ollama://127.0.0.1:1/tiny", Form.ADAPTER, 1)


def test_what_differs_is_counted_and_shown(tuned, data):
    encoder = Encoder(load_tokenizer(tuned.base))
    asked = examples_of(tuned, encoder, 3, [data])
    stack = Stack(tuned, encoder)
    right = [stack.answer(one.encoded, max(len(two.encoded.answer) for two in asked) + 8) for one in asked]
    same = FakeModel([f" {text} " for text in right]).expecting(asked)
    other = FakeModel([*right[:2], "nonsense"], more=1).expecting(asked)
    agreement = compare(asked, stack, {"same": (same, None), "other": (other, None)})
    assert [msgspec.structs.astuple(way) for way in agreement.ways] == [("same", 3, 1.0, 0), ("other", 2, 2 / 3, 3)]
    assert not agreement.reached
    (different,) = agreement.different
    assert different.question == asked[2].example.messages[1].content
    assert different.answers["other"] == "nonsense"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "nowhere"], "no place to deploy to"),
        (["--to", "embedded", "--form", "q8_0"], "model.url: llama:FILE.gguf"),
        (["--to", "ollama://127.0.0.1:1/x", "--form", "merged"], "Ollama is given a GGUF file"),
    ],
)
def test_a_place_that_is_none_is_said(tmp_path, capsys, words, said):
    assert main(["finetune", "deploy", str(tmp_path), *words]) == ExitCode.USAGE
    assert said in capsys.readouterr().err
