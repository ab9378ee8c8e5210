"""A run that is deployed to a real Ollama answers there as it was trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")

from finetuning.export.deployment import Deployment
from finetuning.export.forms import Form
from finetuning.export.tuned import Tuned, open_tuned
from inference.contract import Options
from inference.models import open_model
from inference.ollama_server import OllamaServer
from plant.errors import ServiceUnavailable
from plant.settings import load_settings
from tests.integration.servers import serve
from tests.unit.finetuning.export.tiny import make_base, make_data, make_gguf, make_run, teach

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.ollama


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`HOST:PORT` of an Ollama that has no model yet."""
    with serve("ollama", tmp_path_factory.mktemp("ollama")) as url:
        yield url.removeprefix("http://")


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """A run over a tiny base that knows three answers by heart."""
    folder = tmp_path_factory.mktemp("tuned")
    base = make_base(folder / "base", "llama")
    gguf = make_gguf(base, "llama", folder / "tiny.gguf")
    data = make_data(folder / "data")
    run = make_run(folder / "run", base, data=data)
    teach(run, base, data)
    return open_tuned(run.folder, gguf=gguf, told=print)


@pytest.mark.parametrize("form", [Form.ADAPTER, Form.F16], ids=str)
def test_training_file_and_server_agree(address: str, tuned: Tuned, form: Form) -> None:
    deployment = Deployment(tuned, "manuals", load_settings(), data=(), told=print)
    agreement = deployment.deploy(f"ollama://{address}/tiny-{form}", form, 3)
    assert [way.name for way in agreement.ways] == [f"GGUF {form}", "Ollama"]
    assert all(way.other_prompts == 0 for way in agreement.ways)
    assert agreement.reached, agreement.different


def test_the_settings_name_what_was_deployed(address: str, tuned: Tuned) -> None:
    deployment = Deployment(tuned, "manuals", load_settings(), data=(), told=print)
    deployment.deploy(f"ollama://{address}/tiny-adapter", Form.ADAPTER, 1)
    names = {"url": f"ollama://{address}/tiny-adapter", "ollama_adapters": {"manuals": "tiny-adapter"}}
    model = open_model(load_settings({"model": names}))
    assert model is not None
    assert model.adapters == ("manuals",)
    assert model.continue_text("The pump", Options(max_tokens=2, adapter="manuals"))[0].tokens == 2
    model.close()


def test_what_the_server_cannot_make_is_said(address: str, tuned: Tuned) -> None:
    broken = tuned.run.folder / "broken.gguf"
    broken.write_bytes(tuned.gguf.read_bytes()[:3_000])
    server = OllamaServer(address)
    with pytest.raises(ServiceUnavailable, match="unexpected EOF"):
        server.create("broken", broken, template="{{ .Prompt }}", parameters={})
    server.close()
