"""The walls of the house: who may import whom, and what a fast command may not import."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("plant", "inference", "forecasting", "ingestion", "tools", "finetuning", "agents", "tui")
SLOW = (
    "numpy",
    "pandas",
    "sklearn",
    "darts",
    "statsmodels",
    "textual",
    "langgraph",
    "kafka",
    "xllamacpp",
    "typer",
    "pydantic",
)


def modules_after(code: str) -> set[str]:
    """Runs code in a fresh interpreter and returns the top-level modules it leaves loaded."""
    script = f"{code}\nimport sys, json; print(json.dumps(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_imports_go_downwards_only() -> None:
    run = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def test_help_imports_nothing_slow() -> None:
    loaded = modules_after("from tui.cli.main import main; main(['--help'])")
    assert loaded.isdisjoint(SLOW)


def test_the_first_paint_waits_for_no_model_and_no_statistics() -> None:
    loaded = modules_after("import tui.app")
    assert loaded.isdisjoint({"pandas", "sklearn", "darts", "statsmodels", "langgraph", "kafka", "xllamacpp", "torch"})


@pytest.mark.parametrize("room", ROOMS)
def test_importing_a_room_opens_nothing(room: str) -> None:
    assert modules_after(f"import {room}").isdisjoint(SLOW)


def test_opening_every_candidate_imports_no_library_of_theirs() -> None:
    code = "from forecasting.candidates import CANDIDATES, open_candidates; open_candidates(tuple(CANDIDATES))"
    heavy = {"torch", "pytorch_lightning", "darts", "statsmodels", "statsforecast", "sklearn", "pandas"}
    assert modules_after(code).isdisjoint(heavy)


def test_no_installed_distribution_owns_one_of_our_names() -> None:
    owners = importlib.metadata.packages_distributions()
    clashes = {room: owners[room] for room in ROOMS if set(owners.get(room, [])) - {"millhand"}}
    assert not clashes


def test_only_the_guard_seals_queries() -> None:
    callers = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "GuardedQuery" in (text := path.read_text(encoding="utf-8")) and "seal(" in text
    ]
    assert sorted(callers) == ["plant/graph/contract.py", "tools/graph/guard.py"]


@pytest.mark.parametrize("word", ["pickle", "joblib", "shelve", "marshal"])
def test_nothing_is_pickled(word: str) -> None:
    offenders = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if any(line.split()[:2] in (["import", word], ["from", word]) for line in path.read_text("utf-8").splitlines())
    ]
    assert not offenders
