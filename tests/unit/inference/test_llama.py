"""llama.cpp in process: what a file must be, and what it leaves behind."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inference.adapters import shipped
from inference.contract import Message, Options
from inference.fetch import model_path
from inference.grammar import any_of, grammar, literal, sequence
from inference.llama import LlamaModel
from inference.models import open_model
from plant.errors import BadInput, ServiceUnavailable
from plant.settings import load_settings
from tests.unit.inference.lora import write_adapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def small_model() -> Path:
    """The file of the small model."""
    if not model_path().exists():
        pytest.skip("no language model: run `make model`")
    return model_path()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.gguf cannot be read: No such file"):
        LlamaModel(tmp_path / "nowhere.gguf")


def test_a_file_that_is_not_gguf_is_said(tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_text("Dear diary")
    with pytest.raises(BadInput, match="is not a GGUF file"):
        LlamaModel(path)


def test_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        LlamaModel(tmp_path)


@pytest.mark.parametrize("length", [4, 1_000, 5_000_000])
def test_a_file_cut_short_is_said(small_model: Path, tmp_path: Path, length: int) -> None:
    path = tmp_path / "cut.gguf"
    with small_model.open("rb") as whole:
        path.write_bytes(whole.read(length))
    with pytest.raises(BadInput, match="cut short"):
        LlamaModel(path)


def test_an_adapter_that_is_none_is_said(small_model: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="adapter"):
        LlamaModel(small_model, adapters={"cypher": small_model})
    with pytest.raises(BadInput, match="cannot be read"):
        LlamaModel(small_model, adapters={"cypher": tmp_path / "nowhere.gguf"})


def test_a_written_grammar_is_kept(small_model: Path) -> None:
    names = ['P-101 "north"', "E-101 \\ south", "débit"]
    text = grammar({"root": sequence(literal("on "), "name"), "name": any_of(names)})
    model = LlamaModel(small_model, context_length=256)
    (completion,) = model.complete([Message("user", "Which?")], Options(max_tokens=40, grammar=text))
    model.close()
    assert completion.text.removeprefix("on ") in names


def test_ctrl_c_ends_a_text_that_is_being_written(small_model: Path, waiting: Callable[..., None]) -> None:
    """In llama.cpp's callback it was printed with a traceback and lost: the forecast went on."""
    written = threading.Event()

    def interrupt() -> None:
        waiting(lambda: written.is_set() or any(one.name.startswith("llama") for one in threading.enumerate()))
        if not written.is_set():
            os.kill(os.getpid(), signal.SIGINT)

    model = LlamaModel(small_model, context_length=512)
    person = threading.Thread(target=interrupt)
    person.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            model.complete([Message("user", "Count to a thousand.")], Options(max_tokens=400))
    finally:
        written.set()
        person.join()
    assert model.complete([Message("user", "Count.")], Options(max_tokens=2))[0].tokens == 2
    model.close()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path has room for a socket, as `tmp_path` has not always."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_nothing_is_left_after_closing(small_model: Path, short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short_folder))
    model = LlamaModel(small_model, context_length=256)
    (folder,) = short_folder.iterdir()
    assert folder.stat().st_mode & 0o077 == 0  # only this user may enter
    model.close()
    assert list(short_folder.iterdir()) == []
    with pytest.raises(ServiceUnavailable, match="closed"):
        model.continue_text("x", Options(max_tokens=1))


def test_a_long_temporary_path_does_no_harm(small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    model = LlamaModel(small_model, context_length=256)
    assert model.count_tokens("pump") > 0
    model.close()


PROBE = """
import os, sys
sys.path.insert(0, ".")
import inference.models, inference.llama
assert "xllamacpp" not in sys.modules
from pathlib import Path
from inference.contract import Options
model = inference.llama.LlamaModel(Path(sys.argv[1]), context_length=256)
model.continue_text("The pump", Options(max_tokens=2))
def listening(kind):
    lines = [line.split() for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]]
    return {line[9] for line in lines if line[3] == "0A"}
files = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
links = {os.readlink(file) for file in files if os.path.islink(file)}
mine = {link[8:-1] for link in links if link.startswith("socket:[")}
assert not mine & (listening("tcp") | listening("tcp6")), "a port is open"
"""


UNUSED = """
import sys
sys.path.insert(0, ".")
from pathlib import Path
import inference.llama as llama
folder = llama.private_folder()
server = llama._open_server(llama._params(Path(sys.argv[1]), [], llama._Socket(Path(folder) / "llama.sock", key="k")))
del server
__import__("shutil").rmtree(folder)
"""


def test_one_that_is_closed_as_soon_as_it_is_open_ends(small_model: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNUSED, str(small_model)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_is_silent_opens_no_port_and_ends(small_model: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(small_model)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_texts_written_together_are_as_many_and_the_same_again(small_model: Path) -> None:
    model = LlamaModel(small_model, context_length=256, parallel=2)
    options = Options(max_tokens=6, temperature=1.0, seed=3)
    first = model.continue_text("The pump", options, n=3)
    model.continue_text("Another text", Options(max_tokens=2))
    again = model.continue_text("The pump", options, n=3)
    model.close()
    assert len({completion.text for completion in first}) == 3
    assert [completion.text for completion in again] == [completion.text for completion in first]
    assert [(completion.prompt_tokens, completion.tokens) for completion in first] == [(2, 6)] * 3


def test_the_tokens_of_an_answer_are_scored(small_model: Path) -> None:
    """What it writes itself is likeliest at each place; the first token's share is the one that a completion tells."""
    model = LlamaModel(small_model, context_length=256)
    prompt = model._tokens("The pump moves")
    (completion,) = model.continue_text("The pump moves", Options(max_tokens=4, probabilities=1))
    written = model._tokens(completion.text)
    scores = model.score(prompt, [*written, model._tokens("\U0001f9ff")[0]])
    end = model.score(prompt, [2])[0]
    model.close()
    assert all(one is not None and one.likeliest for one in scores[:-1])
    assert scores[0] is not None
    assert math.exp(scores[0].logprob) == pytest.approx(completion.alternatives[0].probability, rel=1e-3)
    assert scores[-1] is None  # a third of a character
    assert end is not None
    assert not end.likeliest


def test_base_and_tuned_are_two_models_with_names_of_their_own(small_model: Path, tmp_path: Path) -> None:
    tuned = write_adapter(tmp_path / "pumps.gguf")
    options = Options(max_tokens=8)
    texts = {}
    for url in (f"llama:{small_model}", f"llama:{small_model}#{tuned}", f"llama:{small_model}#pumps"):
        settings = {"model": {"url": url, "context_length": 256, "adapters": {"pumps": str(tuned)}}}
        model = open_model(load_settings(settings))
        assert model is not None
        assert set(model.adapters) == {"pumps", *shipped()}
        texts[url] = model.name, model.continue_text("The pump", options)[0].text
        named = model.continue_text("The pump", Options(max_tokens=8, adapter="pumps"))[0].text
        model.close()
    base, by_file, by_name = texts.values()
    assert (base[0], by_file[0]) == (small_model.stem, f"{small_model.stem}+pumps")
    assert by_file == by_name
    assert base[1] != by_file[1] == named
