"""Seconds from a question to the first piece of its answer and to its end: `make bench-ask`.

The five demo questions on the demo plant, without a language model and, where one is in the cache,
with it. Cold is the first question of a process, imports, store and tools included; warm is the
median of three in an assistant that has answered each of them once. CHECK=1 compares the slowest
warm answer with `benchmarks/goals.toml`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.report import report
from tui.cli.play import QUESTIONS

ROUNDS = 3


def once(assistant: Any, question: str) -> tuple[float, float]:
    """Asks, and returns the seconds to the first piece and to the answer."""
    from agents.contract import Piece

    began = time.perf_counter()
    first = None
    for event in assistant.stream(question):
        if first is None and isinstance(event, Piece):
            first = time.perf_counter() - began
        answer = event
    seconds = time.perf_counter() - began
    if answer.refusal:
        raise SystemExit(f"{question!r} was refused: {answer.refusal.text}")
    return first or seconds, seconds


def cold(store: str, model: str, question: str) -> tuple[float, float]:
    """Asks in a process of its own; the time includes the process."""
    began = time.perf_counter()
    out = subprocess.run(
        [sys.executable, "-m", "benchmarks.ask", "--once", store, model, question], check=True, capture_output=True
    )
    seconds = time.perf_counter() - began
    piece, answer = json.loads(out.stdout)
    return seconds - answer + piece, seconds


def measure(store: str, model: str) -> list[dict[str, Any]]:
    """Returns a row for each question."""
    from agents.assistant import open_assistant

    rows = [dict(zip(("question", "cold_first", "cold"), (q, *cold(store, model, q)), strict=True)) for q in QUESTIONS]
    with open_assistant(_settings(store, model)) as assistant:
        for question in QUESTIONS:
            once(assistant, question)
        for row in rows:
            pairs = [once(assistant, row["question"]) for _ in range(ROUNDS)]
            row["warm_first"], row["warm"] = (statistics.median(column) for column in zip(*pairs, strict=True))
    return rows


def main() -> int:
    """Builds the demo plant, measures, and reports."""
    from inference.fetch import model_path
    from ingestion.demo import ensure_demo

    models = {"none": "none:"} | ({"default": f"llama:{model_path()}"} if model_path().exists() else {})
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "millhand.db")
        ensure_demo(_settings(store, "none:"), lambda text: print(text, file=sys.stderr))
        for name, url in models.items():
            rows += [{"model": name, **row} for row in measure(store, url)]
    slowest = max(row["warm"] for row in rows if row["model"] == "none")
    return report("ask", rows, {"answer_seconds_warm": slowest})


def _settings(store: str, model: str) -> Any:
    from plant.settings import load_settings

    return load_settings({"store": {"path": store}, "model": {"url": model}})


def _one_cold(store: str, model: str, question: str) -> None:
    from agents.assistant import open_assistant

    with open_assistant(_settings(store, model)) as assistant:
        print(json.dumps(once(assistant, question)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        _one_cold(*sys.argv[2:5])
    else:
        sys.exit(main())
