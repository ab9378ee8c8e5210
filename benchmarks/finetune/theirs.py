"""TRL's side, in an environment that has it: `python -m benchmarks.finetune.theirs TASK.json OUT`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.update({"HF_HUB_OFFLINE": "1", "TRL_EXPERIMENTAL_SILENCE": "1"})

import torch
from datasets import Dataset
from peft import PeftModel
from torch.utils.data import SequentialSampler
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

from benchmarks.finetune.clock import Clock


class InOrder(SFTTrainer):
    """SFTTrainer over batches whose order is given."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return SequentialSampler(self.train_dataset if train_dataset is None else train_dataset)


class Timed(TrainerCallback):
    """Tells the clock of each step."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """Is called by the trainer."""
        self._clock.step()


def main() -> None:
    """Trains on the task's batches and writes adapter and measures."""
    task, out = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    torch.set_num_threads(task["threads"])
    examples = [one for some in task["batches"] for one in some]
    rows = [
        {"input_ids": one["prompt"] + one["answer"], "labels": [-100] * len(one["prompt"]) + one["answer"]}
        for one in examples
    ]
    tokenizer = AutoTokenizer.from_pretrained(task["base"])
    tokenizer.pad_token = "<|endoftext|>"
    base = AutoModelForCausalLM.from_pretrained(task["base"], dtype=torch.float32)
    model = PeftModel.from_pretrained(base, task["start"], is_trainable=True)
    config = SFTConfig(
        output_dir=str(out / "trainer"),
        per_device_train_batch_size=task["batch"],
        max_steps=len(task["batches"]),
        learning_rate=task["learning_rate"],
        lr_scheduler_type="constant",
        weight_decay=0.0,
        max_grad_norm=task["max_grad_norm"],
        optim="adamw_torch",
        gradient_checkpointing=False,
        bf16=False,
        fp16=False,
        use_cpu=True,
        max_length=None,
        shuffle_dataset=False,
        logging_strategy="no",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    clock = Clock([sum(len(one["prompt"]) + len(one["answer"]) for one in some) for some in task["batches"]], out)
    trainer = InOrder(
        model=model, args=config, train_dataset=Dataset.from_list(rows), processing_class=tokenizer,
        callbacks=[Timed(clock)],
    )  # fmt: skip
    trainer.train()
    trainer.model.save_pretrained(str(out / "adapter"))


if __name__ == "__main__":
    main()
