"""Preferences: the loss is that of the paper, the chosen answer gains, and the reference is the model at the start."""

from __future__ import annotations

import json
import math

import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")

import torch

from finetuning.datasets.folder import write_dataset
from finetuning.datasets.splits import Assigned
from finetuning.example import Example, Split, Task, Turn
from finetuning.training.bases import load_tokenizer, open_base
from finetuning.training.data import read_data
from finetuning.training.encoding import Encoder
from finetuning.training.loop import train
from finetuning.training.model import Trained
from finetuning.training.objective import objective_for
from finetuning.training.recipe import Recipe
from finetuning.training.results import read_results
from plant.errors import BadInput

KEYS = {"rank": 4, "batch_size": 4, "precision": "fp32", "threads": 1, "learning_rate": 0.02, "dpo_beta": 0.3}
STEPS = {"epochs": 3, "log_steps": 3, "eval_steps": 3, "save_steps": 2}


def make_pairs(folder, rejected="[1] 9 bar", count=12):
    """Writes a data set of questions with an answer to give and one not to; the last two are for validation."""
    examples = [
        Example(
            id=f"{i:02}",
            group=f"{i}",
            task=Task.PREFERENCES,
            messages=(Turn("user", f"The pump runs at {i} bar. Question {i}?"), Turn("assistant", f"[1] {i} bar")),
            rejected=rejected if i % 2 else "Not found.",
        )
        for i in range(10, 10 + count)
    ]
    split = Assigned(lambda one: Split.TRAIN if int(one.id) < 8 + count else Split.VALIDATION, "by number")
    write_dataset(folder, examples, task=Task.PREFERENCES, how={}, split=split)
    return folder


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory):
    """A data set of pairs; not to be changed."""
    return make_pairs(tmp_path_factory.mktemp("pairs") / "set")


@pytest.fixture
def recipe(bases, pairs):
    def made(**keys) -> Recipe:
        return Recipe.model_validate({"base": str(bases()), "data": [pairs], **KEYS, **STEPS, **keys})

    return made


def likelihood(model, prompt, answer) -> torch.Tensor:
    """The log-likelihood of an answer by transformers alone."""
    logits = model(input_ids=torch.tensor([[*prompt, *answer]])).logits[0, len(prompt) - 1 : -1]
    return logits.log_softmax(-1).gather(1, torch.tensor(answer).unsqueeze(1)).sum()


def test_the_loss_is_that_of_the_paper(bases, recipe) -> None:
    from transformers import AutoModelForCausalLM

    wanted = recipe(method="full")
    base = open_base(wanted.base, told=print)
    data = read_data(wanted, Encoder(load_tokenizer(base)))
    trained = Trained(base, wanted)
    objective = objective_for(trained, data)
    start, policy = (
        AutoModelForCausalLM.from_pretrained(str(base.folder), attn_implementation="eager", dtype=torch.float32)
        for _ in range(2)
    )
    torch.manual_seed(3)
    with torch.no_grad():
        for mine, theirs in zip(trained.bare.parameters(), policy.parameters(), strict=True):
            theirs.add_(torch.randn_like(theirs) * 0.02)
            mine.copy_(theirs)
    examples = data.train[:3]
    losses, rights = [], []
    for one, outcome in zip(examples, objective.outcomes(examples), strict=True):
        with torch.no_grad():
            before = likelihood(start, one.prompt, one.answer) - likelihood(start, one.prompt, one.rejected)
        after = likelihood(policy, one.prompt, one.answer) - likelihood(policy, one.prompt, one.rejected)
        expected = -torch.log(torch.sigmoid(0.3 * (after - before)))
        expected.backward()
        outcome.loss.backward()
        losses.append((outcome.loss.item(), pytest.approx(expected.item(), rel=1e-4)))
        rights.append((outcome.right, int(after > before)))
    assert all(found == said for found, said in losses + rights)
    gradients = {name: weight.grad for name, weight in policy.named_parameters()}
    scale = max(float(one.abs().max()) for one in gradients.values())
    for name, weight in trained.learnt().items():
        assert torch.allclose(weight.grad, gradients[name], atol=2e-4 * scale), name


def test_the_chosen_answers_gain_and_a_stopped_run_ends_alike(recipe, tmp_path) -> None:
    said: list[str] = []
    run = train(recipe(), tmp_path / "run", told=said.append)
    rows = read_results(run.results)
    assert rows[0]["validation_loss"] == pytest.approx(math.log(2), rel=1e-4)  # nothing gained, nothing lost
    assert rows[-1]["training_loss"] < 0.6
    assert rows[-1]["training_sequence_accuracy"] == 1.0
    assert any("pairs right" in line for line in said)
    assert "DPO" in run.card.read_text()
    assert " rejected: Not found." in run.samples.read_text()

    def stop(text: str) -> None:
        if text.startswith("step 3/"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(recipe(), tmp_path / "cut", told=stop)
    assert json.loads((tmp_path / "cut/status.json").read_text())["state"] == "interrupted"
    cut = train(recipe(), tmp_path / "cut", told=said.append)
    assert [row["validation_loss"] for row in read_results(cut.results)] == [row["validation_loss"] for row in rows]


def test_the_reference_is_the_run_that_it_goes_on_from(recipe, tmp_path) -> None:
    first = train(recipe(), tmp_path / "first", told=lambda _: None)
    more = train(recipe(epochs=1, **{"from": first.folder}), tmp_path / "more", told=lambda _: None)
    assert read_results(more.results)[0]["validation_loss"] == pytest.approx(math.log(2), rel=1e-4)
    assert json.loads(more.data.read_text())["sets"][0]["task"] == "preferences"


def test_answers_and_preferences_in_one_run_are_refused(recipe, pairs, data, tmp_path) -> None:
    with pytest.raises(BadInput, match=r"others have none.*--from RUN"):
        train(recipe(data=[pairs, data]), tmp_path / "run", told=print)
    assert not (tmp_path / "run").exists()


def test_a_pair_of_the_same_is_refused(recipe, tmp_path) -> None:
    same = make_pairs(tmp_path / "same", rejected="[1] 11 bar")
    with pytest.raises(BadInput, match="'11' rejects the answer that it chooses"):
        train(recipe(data=[same]), tmp_path / "run", told=print)
