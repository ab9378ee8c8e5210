"""Seconds from a question to the first piece of its answer and to its end: `make bench-ask`.

The five demo questions on the demo plant, without a language model and, where one is in the cache,
with it. Cold is the first question of a process, imports, store and tools included; warm is the
median of three in an assistant that has answered each of them once. CHECK=1 compares the slowest
warm answer with `benchmarks/goals.toml`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

QUESTIONS = (
    "Which sensors are on pump P-101?",
    "forecast the chilled water temperature for the next 2 hours",
    "what does fault E07 mean?",
    "prévision du débit d'eau sur 1 heure",
    "any anomaly on the exchanger today?",
)
ROUNDS = 3
OUT = Path(__file__).parent / "out"


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
    """Builds the demo plant, measures, prints a table, writes the JSON; 1 where CHECK=1 finds a goal missed."""
    from inference.fetch import model_path
    from ingestion.demo import ensure_demo

    models = {"none": "none:"} | ({"default": f"llama:{model_path()}"} if model_path().exists() else {})
    report: dict[str, Any] = {"cores": os.cpu_count(), "rounds": ROUNDS, "models": {}}
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "millhand.db")
        ensure_demo(_settings(store, "none:"), lambda text: print(text, file=sys.stderr))
        for name, url in models.items():
            report["models"][name] = rows = measure(store, url)
            print(f"\nmodel: {name}\n{'cold':>14} {'warm':>14}   seconds to the first piece / to the answer")
            for row in rows:
                cells = [f"{row[f'{kind}_first']:6.2f} /{row[kind]:6.2f}" for kind in ("cold", "warm")]
                print(f"{cells[0]:>14} {cells[1]:>14}   {row['question']}")
    slowest = max(row["warm"] for row in report["models"]["none"])
    report["answer_seconds_warm"] = slowest
    OUT.mkdir(exist_ok=True)
    (OUT / "ask.json").write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    goal = tomllib.loads((Path(__file__).parent / "goals.toml").read_text("utf-8"))["ask"]["answer_seconds_warm"]
    if slowest > goal["at_most"] and os.environ.get("CHECK") == "1":
        print(f"missed: answer_seconds_warm {slowest:.2f} > {goal['at_most']} ({goal['reason']})")
        return 1
    return 0


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
