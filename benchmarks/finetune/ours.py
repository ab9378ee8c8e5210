"""millhand's side: `python -m benchmarks.finetune.ours TASK.json OUT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

from benchmarks.finetune.clock import Clock
from finetuning.runs import Run
from finetuning.training.bases import open_base
from finetuning.training.batches import micro_batches
from finetuning.training.encoding import Encoded
from finetuning.training.folder import save_learnt
from finetuning.training.model import Trained
from finetuning.training.recipe import Recipe


def main() -> None:
    """Trains on the task's batches and writes adapter and measures."""
    task, out = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    torch.set_num_threads(task["threads"])
    batches = [[Encoded("", tuple(one["prompt"]), tuple(one["answer"])) for one in some] for some in task["batches"]]
    base = open_base(task["base"], told=print)
    trained = Trained(base, Recipe.model_validate({"precision": "fp32"}), Path(task["start"]))
    weights = list(trained.learnt().values())
    optimiser = torch.optim.AdamW(weights, lr=task["learning_rate"], weight_decay=0.0)
    clock = Clock([sum(map(len, some)) for some in batches], out)
    trained.model.train()
    for some in batches:
        targets = sum(len(one.answer) for one in some)
        for packed in micro_batches(some, trained.recipe.micro_tokens):
            loss, _ = trained.loss(packed)
            (loss / targets).backward()
        torch.nn.utils.clip_grad_norm_(weights, task["max_grad_norm"])
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        clock.step()
    save_learnt(Run(out), trained, base)


if __name__ == "__main__":
    main()
