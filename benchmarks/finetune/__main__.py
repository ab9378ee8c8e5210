"""Runs both sides and prints them side by side; see the package."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.report import report
from finetuning.runs import Run
from finetuning.training.bases import load_tokenizer, open_base
from finetuning.training.batches import Plan, micro_batches
from finetuning.training.data import read_data
from finetuning.training.encoding import Encoder
from finetuning.training.folder import save_learnt
from finetuning.training.model import Trained
from finetuning.training.recipe import Recipe

if TYPE_CHECKING:
    from finetuning.training.bases import Base
    from finetuning.training.encoding import Encoded

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "ingestion/simulator/cw100/CW-100-manual.pdf"
SIDES = {"millhand": "benchmarks.finetune.ours", "trl": "benchmarks.finetune.theirs"}
VALIDATION = 24


def main() -> int:
    """Runs the benchmark; returns the exit code."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recipe = _recipe(asked, folder)
        base = open_base("", told=print)
        data = read_data(recipe, Encoder(load_tokenizer(base)))
        plan = Plan(data.train, recipe)
        batches = [plan.batch(step) for step in range(recipe.max_steps)]
        start = _start(base, recipe, folder)
        _write_task(folder, base, start, batches, asked)
        found = {side: _best(side, folder, asked) for side in SIDES}
        rows = [
            _row(side, one, _loss(base, recipe, Path(one["adapter"]), data.validation)) for side, one in found.items()
        ]
    ours, theirs = rows
    print(f"Padding in these batches: {_padding(batches):.0%}.", file=sys.stderr)
    figures = {
        "times_trl": ours["tokens_per_cpu_s"] / theirs["tokens_per_cpu_s"],
        "loss_apart": abs(ours["validation_loss"] / theirs["validation_loss"] - 1),
        "memory_share": ours["peak_mib"] / theirs["peak_mib"],
    }
    return report("finetune", rows, figures)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Training speed beside TRL.")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--order", default="shuffle", help="how our plan makes the batches; both get the same")
    parser.add_argument("--longest", type=int, default=512, help="tokens; longer examples are left out")
    parser.add_argument("--trl-python", default=str(ROOT / ".venv-bench/bin/python"))
    return parser.parse_args()


def _recipe(asked: argparse.Namespace, folder: Path) -> Recipe:
    made = [sys.executable, "-c", "import sys; from tui.cli.main import main; sys.exit(main())"]
    made += ["finetune", "pairs", str(MANUAL), "--task", "manuals", "--out", str(folder / "data")]
    subprocess.run(made, check=True, capture_output=True, cwd=ROOT)
    return Recipe.model_validate(
        {
            "data": [folder / "data"],
            "batch_size": asked.batch,
            "max_steps": asked.steps,
            "epochs": 100,
            "order": asked.order,
            "context_length": asked.longest,
            "too_long": "skip",
            "eval_examples": VALIDATION,
            "precision": "fp32",
            "schedule": "constant",
            "warmup": 0,
            "learning_rate": 5e-4,
            "threads": asked.threads,
        }
    )


def _start(base: Base, recipe: Recipe, folder: Path) -> Path:
    """Writes the adapter that both start from."""
    run = Run(folder / "start")
    save_learnt(run, Trained(base, recipe), base)
    return run.adapter


def _write_task(folder: Path, base: Base, start: Path, batches: list[list[Encoded]], asked: argparse.Namespace) -> None:
    """Writes what both sides are given: tokens, where each answer begins, batches in order."""
    task = {
        "base": str(base.folder),
        "start": str(start),
        "threads": asked.threads,
        "batch": asked.batch,
        "learning_rate": 5e-4,
        "max_grad_norm": 1.0,
        "batches": [[{"prompt": one.prompt, "answer": one.answer} for one in batch] for batch in batches],
    }
    (folder / "task.json").write_text(json.dumps(task))


def _best(side: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Runs one side some times; returns its fastest round."""
    python = asked.trl_python if side == "trl" else sys.executable
    rounds = []
    for number in range(asked.rounds):
        out = folder / f"{side}-{number}"
        out.mkdir()
        environment = {**os.environ, "OMP_NUM_THREADS": str(asked.threads), "PYTHONPATH": str(ROOT)}
        command = [python, "-m", SIDES[side], str(folder / "task.json"), str(out)]
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
        rounds.append({**json.loads((out / "measured.json").read_text()), "adapter": str(out / "adapter")})
    return min(rounds, key=lambda one: one["cpu_seconds"])


def _row(side: str, measured: dict[str, Any], loss: float) -> dict[str, Any]:
    return {
        "side": side,
        "tokens": measured["tokens"],
        "tokens_per_s": measured["tokens"] / measured["seconds"],
        "tokens_per_cpu_s": measured["tokens"] / measured["cpu_seconds"],
        "peak_mib": measured["peak_mib"],
        "validation_loss": loss,
    }


def _loss(base: Base, recipe: Recipe, adapter: Path, validation: list[Encoded]) -> float:
    trained = Trained(base, recipe, adapter)
    trained.model.eval()
    packs = list(micro_batches(validation, recipe.micro_tokens))
    with torch.no_grad():
        return sum(float(trained.loss(one)[0]) for one in packs) / sum(len(one.targets) for one in packs)


def _padding(batches: list[list[Encoded]]) -> float:
    padded = sum(max(map(len, batch)) * len(batch) for batch in batches)
    return 1 - sum(len(one) for batch in batches for one in batch) / padded


if __name__ == "__main__":
    sys.exit(main())
