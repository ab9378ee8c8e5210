"""No run is posted out: a server named by the tracer's variables hears nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap

SCRIPT = textwrap.dedent(
    """
    import os, sys
    from agents.assistant import GraphAssistant
    from agents.silence import silence_tracers
    if sys.argv[1] == "silenced":
        silence_tracers()
    from agents.desk import Desk
    from agents.memory_file import MemoryFile
    from agents.route import router
    from pathlib import Path
    from plant.registry import Registry
    from plant.settings import load_settings
    from tests.unit.agents.fakes import FakeToolbox
    settings = load_settings({"store": {"path": sys.argv[2] + "/s.db"}})
    with GraphAssistant(Desk(FakeToolbox(Registry(), settings), router()), MemoryFile(settings.memory_path)) as one:
        assert one.ask("help").answer
    from langchain_core.tracers.langchain import wait_for_all_tracers
    wait_for_all_tracers()
    """
)


def _calls(tmp_path, mode: str) -> int:
    """Asks a question in a process of its own with a tracer's server set; returns how many connections it got."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        names = ("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT")
        flags = ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2")
        environment = {
            **os.environ,
            **dict.fromkeys(names, address),
            **dict.fromkeys(flags, "true"),
            "LANGSMITH_API_KEY": "x",
            "LANGCHAIN_API_KEY": "x",
            "PYTHONWARNINGS": "ignore",
        }
        process = subprocess.Popen([sys.executable, "-c", SCRIPT, mode, str(tmp_path)], env=environment)
        heard = 0
        while process.poll() is None or heard == 0:
            try:
                server.accept()[0].close()
                heard += 1
            except TimeoutError:
                if process.poll() is not None:
                    break
        assert process.wait(60) == 0
        return heard


def test_the_tracer_is_silent(tmp_path):
    assert _calls(tmp_path, "silenced") == 0


def test_without_the_silence_it_would_be_heard(tmp_path):
    """The listener can hear: else the test above could not fail."""
    assert _calls(tmp_path, "loud") > 0
