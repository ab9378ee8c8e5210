"""What is wrong with an Ollama server is said in a sentence. A real one is met in tests/integration/ollama."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from inference.contract import Options, OutOfTime
from inference.ollama import OllamaModel
from plant.errors import ServiceUnavailable, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator


class FakeServer(BaseHTTPRequestHandler):
    """Answers everything with one status and body."""

    status = 200
    body = b""
    seen: list[dict[str, str]]
    asked: list[dict[str, Any]]
    may_answer: threading.Event

    def do_POST(self) -> None:
        type(self).seen.append(dict(self.headers))
        type(self).asked.append(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0)))))
        self.may_answer.wait(30)
        try:
            self.send_response(self.status)
            self.send_header("Content-Length", str(len(self.body)))
            self.end_headers()
            self.wfile.write(self.body)
        except ConnectionError:
            self.close_connection = True  # who asked has hung up

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[tuple[type[FakeServer], str]]:
    """A server whose answers a test sets, and its address."""
    handler = type("Handler", (FakeServer,), {"seen": [], "asked": [], "may_answer": threading.Event()})
    handler.may_answer.set()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield handler, f"127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_nobody_there() -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(ServiceUnavailable, match=rf"No Ollama answers at 127\.0\.0\.1:{port}"):
        OllamaModel.from_url(f"ollama://127.0.0.1:{port}/smollm2")


def test_somebody_else_answers(server: tuple[type[FakeServer], str]) -> None:
    handler, address = server
    handler.body = b"<html>It works!</html>"
    with pytest.raises(ServiceUnavailable, match="does not talk like Ollama"):
        OllamaModel(address, "smollm2")


@pytest.mark.parametrize("status", [401, 403, 500, 307])
def test_a_refusal_is_passed_on(server: tuple[type[FakeServer], str], status: int) -> None:
    handler, address = server
    handler.status, handler.body = status, b'{"error": "not for you"}'
    with pytest.raises(ServiceUnavailable, match=str(status)):
        OllamaModel(address, "smollm2")


def test_no_key_of_the_environment_is_sent(
    server: tuple[type[FakeServer], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, address = server
    handler.body = b'{"model_info": {"llama.context_length": 4096}}'
    monkeypatch.setenv("OLLAMA_API_KEY", "secret")
    model = OllamaModel(address, "smollm2", context_length=8_192)
    assert model.context_length == 4_096
    assert "secret" not in str(handler.seen)
    model.close()


ANSWER = b"""{"model_info": {"llama.context_length": 4096}, "model": "smollm2", "response": "yes", "done": true,
    "done_reason": "stop", "prompt_eval_count": 2, "eval_count": 1}"""


def test_as_many_texts_come_back_as_are_asked_for_at_once(server: tuple[type[FakeServer], str]) -> None:
    handler, address = server
    handler.body = ANSWER
    model = OllamaModel(address, "smollm2", parallel=2)
    completions = model.continue_text("The pump", Options(max_tokens=4, seed=5), n=3)
    model.close()
    assert [completion.text for completion in completions] == ["yes"] * 3
    assert sorted(sent["options"]["seed"] for sent in handler.asked[1:]) == [5, 6, 7]


def test_an_adapter_is_a_model_of_its_own(server: tuple[type[FakeServer], str]) -> None:
    handler, address = server
    handler.body = ANSWER
    model = OllamaModel(address, "smollm2", adapters={"manuals": "smollm2-manuals"})
    assert model.adapters == ("manuals",)
    for adapter in (None, "manuals"):
        model.continue_text("The pump", Options(max_tokens=4, adapter=adapter))
    model.close()
    assert [sent["model"] for sent in handler.asked] == ["smollm2", "smollm2-manuals", "smollm2", "smollm2-manuals"]


def test_who_does_not_answer_in_time_is_left(server: tuple[type[FakeServer], str]) -> None:
    handler, address = server
    handler.body = ANSWER
    model = OllamaModel(address, "smollm2")
    handler.may_answer.clear()
    try:
        with pytest.raises(OutOfTime, match="ollama smollm2 did not answer in time"):
            model.continue_text("The pump", Options(max_tokens=4, seconds=0.05))
    finally:
        handler.may_answer.set()
    assert model.continue_text("The pump", Options(max_tokens=4))[0].text == "yes"
    model.close()


@pytest.mark.parametrize("url", ["ollama://127.0.0.1:11434", "ollama:///smollm2", "ollama://127.0.0.1:port/smollm2"])
def test_an_url_that_names_too_little(url: str) -> None:
    with pytest.raises(SettingsError):
        OllamaModel.from_url(url)
