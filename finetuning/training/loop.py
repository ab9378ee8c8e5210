"""The loop: steps, looks at the validation examples, checkpoints, and a folder that tells what happened.

    run = train(recipe, Path("runs/manuals"), told=print)

A step is: its examples packed into micro-batches, the summed loss of each over the step's learnt tokens (or pairs, for
preferences: `objective.py`), backwards, clip, AdamW. So an example counts by its learnt tokens, wherever a micro-batch
ends.
"""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING

import torch

from finetuning.runs import RESULT_COLUMNS, Run
from finetuning.training.bases import load_tokenizer, open_base
from finetuning.training.batches import Plan
from finetuning.training.card import write_card
from finetuning.training.data import read_data
from finetuning.training.encoding import Encoder
from finetuning.training.folder import (
    FAILED,
    FINISHED,
    INTERRUPTED,
    RUNNING,
    STOPPED,
    Status,
    read_status,
    save_learnt,
    start_run,
    write_status,
)
from finetuning.training.model import Trained
from finetuning.training.objective import objective_for
from finetuning.training.recipe import Method, Recipe, Schedule
from finetuning.training.results import Row, write_picture, write_results
from finetuning.training.state import Progress, Window, load_state, save_state
from finetuning.training.watchdog import fault_of_loss
from plant.errors import BadInput, MillhandError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from finetuning.training.bases import Base
    from finetuning.training.data import Data
    from finetuning.training.encoding import Encoded


class TrainingDiverged(MillhandError):
    """The loss is no number, or exploded."""

    title = "Training went wrong"


def train(recipe: Recipe, folder: Path, *, told: Callable[[str], None]) -> Run:
    """Trains to the end, or goes on where a run of this recipe was stopped.

    Args:
        recipe: What to do.
        folder: The run's folder; made where it is not there.
        told: Is told how it goes, line by line.

    Returns:
        The run, finished or stopped early.

    Raises:
        BadInput: If base or data cannot be used, or the disk is full.
        UsageError: If the folder holds a run of another recipe or other data.
        TrainingDiverged: If the loss is no number or explodes; the best weights are kept.
    """
    run = Run(folder)
    base, data = prepare(recipe, told=told)
    start_run(run, recipe, base, data)
    if (status := read_status(run)) is not None and status.over:
        told(f"{folder} is there already. {status.said}")
        return run
    training = Training(run, base, data, Trained(base, recipe, start_of(recipe)), told)
    try:
        training.go()
    except MillhandError as error:
        training.tell_status(FAILED, error.message)
        raise
    except KeyboardInterrupt:
        training.tell_status(INTERRUPTED, "Stopped by hand; the same command goes on where the last checkpoint was.")
        raise
    return run


def prepare(recipe: Recipe, *, told: Callable[[str], None]) -> tuple[Base, Data]:
    """Opens base and data of a recipe, and sets the threads. Raises `BadInput` as `train` does."""
    torch.set_num_threads(recipe.threads or os.cpu_count() or 1)
    base = open_base(recipe.base, told=told)
    return base, read_data(recipe, Encoder(load_tokenizer(base)))


def start_of(recipe: Recipe) -> Path | None:
    """Returns the folder of weights that a recipe goes on from; None for a new adapter.

    Raises:
        BadInput: If that run has none of the kind that the recipe trains.
    """
    if recipe.from_run is None:
        return None
    earlier = Run(recipe.from_run)
    folder = earlier.model if recipe.method is Method.FULL else earlier.adapter
    if not folder.is_dir():
        raise BadInput(f"The run {earlier.folder} has no {folder.name} to go on from.", hint="Is it of this method?")
    return folder


class Training:
    """A run while it goes.

    Args:
        run: Where it is written.
        base: What is tuned.
        data: Examples.
        trained: The model.
        told: Is told how it goes.
    """

    def __init__(self, run: Run, base: Base, data: Data, trained: Trained, told: Callable[[str], None]) -> None:
        self._run, self._base, self._data, self._trained, self._told = run, base, data, trained, told
        self._recipe = trained.recipe
        self._plan = Plan(data.train, self._recipe)
        self._learnt = trained.learnt()
        self._optimiser = _adamw(self._learnt, self._recipe)
        self._objective = objective_for(trained, data)
        self.progress = Progress()

    def go(self) -> None:
        """Trains to the end. Raises what `train` does."""
        found = load_state(self._run.checkpoint, self._learnt, self._optimiser)
        if found is None:
            self._begin()
        else:
            self.progress = found
            self._told(f"Going on at step {found.step} of {self._plan.steps}.")
        self.tell_status(RUNNING, "Training.")
        while self.progress.step < self._plan.steps and not self._waited_enough():
            self._step(self._plan.batch(self.progress.step))
            self._after_step()
        self._finish()

    def tell_status(self, state: str, said: str) -> None:
        """Writes `status.json`."""
        trained, weights = self._trained.sizes()
        progress = self.progress
        status = Status(
            state=state,
            said=said,
            step=progress.step,
            steps=self._plan.steps,
            best_step=progress.best_step,
            best_loss=progress.best_loss,
            trained=trained,
            weights=weights,
        )
        write_status(self._run, status)

    def _begin(self) -> None:
        trained, weights = self._trained.sizes()
        self._told(
            f"{len(self._data.train)} examples, {self._plan.steps} steps; "
            f"{trained:,} of {weights:,} weights train ({trained / weights:.1%})."
        )
        for number, sample in enumerate(self._data.samples, start=1):
            self._told(f"Sample {number}, what is learnt between marks:\n{sample}")
        self._measure()
        self._save()

    def _step(self, examples: Sequence[Encoded]) -> None:
        began = time.perf_counter()
        window = self.progress.window
        units = self._objective.units(examples)
        summed = 0.0
        self._trained.model.train()
        for outcome in self._objective.outcomes(examples):
            (outcome.loss / units).backward()
            summed += outcome.loss.item()
            window.right_tokens += outcome.right
            window.right_examples += outcome.right_examples
            self.progress.flops += outcome.flops
        if said := fault_of_loss(self.progress, summed / units, self._recipe.loss_limit):
            self._diverged(said)
        self._update()
        read = sum(map(len, examples))
        window.loss += summed
        window.targets += units
        window.examples += len(examples)
        window.tokens += read
        self.progress.step += 1
        self.progress.tokens += read
        self.progress.examples += len(examples)
        spent = time.perf_counter() - began
        window.seconds += spent
        self.progress.seconds += spent

    def _update(self) -> None:
        weights = list(self._learnt.values())
        if self._recipe.max_grad_norm:
            torch.nn.utils.clip_grad_norm_(weights, self._recipe.max_grad_norm)
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self._recipe, self.progress.step, self._plan.steps)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)

    def _diverged(self, said: str) -> None:
        if not self.progress.best_step:
            save_learnt(self._run, self._trained, self._base)
        raise TrainingDiverged(
            said,
            hint=f"The weights of step {self.progress.best_step or self.progress.step} are kept. "
            "Try a lower learning_rate or a longer warmup.",
        )

    def _after_step(self) -> None:
        step, recipe = self.progress.step, self._recipe
        last = step == self._plan.steps
        if last or step % recipe.log_steps == 0 or step % recipe.eval_steps == 0:
            self._measure(evaluated=last or step % recipe.eval_steps == 0)
        if last or step % recipe.save_steps == 0:
            self._save()

    def _measure(self, *, evaluated: bool = True) -> None:
        """Adds a line to `results.csv`, with a look at the validation examples where it is time."""
        progress, window = self.progress, self.progress.window
        row: Row = dict.fromkeys(RESULT_COLUMNS)
        row |= {"step": progress.step, "elapsed_tokens": progress.tokens, "elapsed_examples": progress.examples}
        row |= {"flops": progress.flops}
        if window.examples:
            row["training_loss"] = window.loss / window.targets
            row["training_token_accuracy"] = window.right_tokens / window.targets
            row["training_sequence_accuracy"] = window.right_examples / window.examples
            row["learning_rate"] = self._optimiser.param_groups[0]["lr"]
            row["samples_per_s"] = window.examples / window.seconds
            row["tokens_per_s"] = window.tokens / window.seconds
        if evaluated and self._data.validation:
            began = time.perf_counter()
            row |= self.evaluate()
            progress.seconds += time.perf_counter() - began
            self._keep_best(row["validation_loss"] or 0.0)
        row["seconds"] = progress.seconds
        progress.rows.append(row)
        progress.window = Window()
        write_results(self._run.results, progress.rows)
        self._told(_line(row, self._plan.steps, self._objective.right))

    def evaluate(self) -> Row:
        """Returns loss and accuracies on the validation examples."""
        summed, units, right, right_examples = 0.0, 0, 0, 0
        self._trained.model.eval()
        with torch.no_grad():
            for outcome in self._objective.outcomes(self._data.validation):
                summed += outcome.loss.item()
                units += outcome.units
                right += outcome.right
                right_examples += outcome.right_examples
        return {
            "validation_loss": summed / units,
            "validation_token_accuracy": right / units,
            "validation_sequence_accuracy": right_examples / len(self._data.validation),
        }

    def _keep_best(self, loss: float) -> None:
        progress = self.progress
        if progress.step == 0:  # the start is what is to be bettered, not a result
            return
        if progress.best_loss is None or loss < progress.best_loss:
            progress.best_loss, progress.best_step, progress.waited = loss, progress.step, 0
            save_learnt(self._run, self._trained, self._base)
        else:
            progress.waited += 1

    def _waited_enough(self) -> bool:
        return 0 < self._recipe.early_stopping <= self.progress.waited

    def _save(self) -> None:
        save_state(self._run.checkpoint, self.progress, self._learnt, self._optimiser)
        self.tell_status(RUNNING, "Training.")

    def _finish(self) -> None:
        progress = self.progress
        if not progress.best_step:  # nothing to compare by: the last weights are the result
            progress.best_step = progress.step
            save_learnt(self._run, self._trained, self._base)
        write_results(self._run.results, progress.rows)
        write_picture(self._run.picture, progress.rows, self._run.name)
        early = progress.step < self._plan.steps
        best = "" if progress.best_loss is None else f", validation loss {progress.best_loss:.4g}"
        said = f"{progress.step} of {self._plan.steps} steps; the weights of step {progress.best_step} are kept{best}."
        write_card(self._run, self._recipe, progress, self._data.tasks)
        self.tell_status(STOPPED if early else FINISHED, said)
        self._told(said)


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """Returns the learning rate of a step, from 0: rising in the warm-up, then as the schedule says."""
    warm = round(recipe.warmup * steps)
    if step < warm:
        return recipe.learning_rate * (step + 1) / warm
    if recipe.schedule is Schedule.CONSTANT:
        return recipe.learning_rate
    left = 1 - (step - warm) / max(1, steps - warm)
    if recipe.schedule is Schedule.COSINE:
        left = (1 - math.cos(math.pi * left)) / 2
    return recipe.learning_rate * left


def _adamw(learnt: dict[str, torch.nn.Parameter], recipe: Recipe) -> torch.optim.Optimizer:
    decays = [weight for weight in learnt.values() if weight.dim() > 1]
    rest = [weight for weight in learnt.values() if weight.dim() <= 1]
    groups = [{"params": decays, "weight_decay": recipe.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=recipe.learning_rate,
        betas=(recipe.beta1, recipe.beta2),
        eps=recipe.epsilon,
    )


def _line(row: Row, steps: int, right: str) -> str:
    """Returns a line for people on a measurement; `right` is what the objective calls a right example."""
    parts = [f"step {row['step']:.0f}/{steps}"]
    for column, label in (("training_loss", "loss"), ("validation_loss", "validation loss")):
        if (value := row[column]) is not None:
            parts.append(f"{label} {value:.4f}")
    if (value := row["validation_sequence_accuracy"]) is not None:
        parts.append(f"{right} {value:.1%}")
    if (speed := row["tokens_per_s"]) is not None:
        parts.append(f"{speed:.0f} tokens/s")
        if row["step"] and row["seconds"]:
            parts.append(f"{row['seconds'] / row['step'] * (steps - row['step']) / 60:.0f} min left")
    return "  ".join(parts)
