"""Training: it learns, says what it did, goes on where it was stopped, and leaves nothing half."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")

import torch
from safetensors.torch import load_file, save_file

from finetuning.runs import RESULT_COLUMNS
from finetuning.training.loop import TrainingDiverged, learning_rate, train
from finetuning.training.recipe import Recipe, to_yaml
from finetuning.training.results import read_results
from finetuning.training.state import Progress
from finetuning.training.watchdog import fault_of_loss
from plant.errors import BadInput, UsageError
from tests.unit.finetuning.training.conftest import make_base, make_data
from tui.cli.main import main

UNSTOPPED = {"dropout": 0.2, "epochs": 2.5}


@pytest.fixture(scope="module")
def recipe(bases, data):
    """A recipe over the tiny Llama; keys of a test over it."""

    def made(**keys) -> Recipe:
        small = {"rank": 4, "batch_size": 4, "epochs": 2, "learning_rate": 0.02, "warmup": 0.1, "precision": "fp32"}
        steps = {"log_steps": 2, "eval_steps": 4, "save_steps": 3, "threads": 1}
        return Recipe.model_validate({"base": str(bases()), "data": [data], **small, **steps, **keys})

    return made


def quiet(_: str) -> None:
    """Hears nothing."""


def weights(run) -> dict[str, torch.Tensor]:
    return load_file(run.adapter / "adapter_model.safetensors")


def figures(run) -> list[dict]:
    timed = {"seconds", "tokens_per_s", "samples_per_s"}
    return [{key: value for key, value in row.items() if key not in timed} for row in read_results(run.results)]


def same(one, other) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def test_a_run_learns_and_says_what_it_did(recipe, tmp_path) -> None:
    said: list[str] = []
    run = train(recipe(epochs=6), tmp_path / "run", told=said.append)
    rows = read_results(run.results)
    assert tuple(rows[0]) == RESULT_COLUMNS
    assert rows[0]["step"] == 0
    assert rows[-1]["validation_loss"] < rows[0]["validation_loss"] * 0.97
    assert rows[-1]["training_loss"] < rows[1]["training_loss"] * 0.97
    assert rows[-1]["elapsed_examples"] == 24 * 6
    assert rows[-1]["training_token_accuracy"] > rows[1]["training_token_accuracy"]
    status = json.loads(run.status.read_text())
    assert status["state"] == "finished"
    assert status["best_loss"] == pytest.approx(
        min(row["validation_loss"] for row in rows[1:] if row["validation_loss"])
    )
    assert status["said"] in said
    assert "weights train" in said[0]
    assert [line.splitlines()[1] for line in said[1:4]] == [
        text.splitlines()[0] for text in run.samples.read_text().split("\n\n----\n\n")
    ]
    data = json.loads(run.data.read_text())
    assert data["sets"][0]["train"]["examples"] == 24
    assert data["base"]["family"] == "llama"
    assert run.samples.read_text().count("⟦") == 3
    assert run.picture.read_bytes().startswith(b"\x89PNG")
    assert "whole answers right" in run.card.read_text()
    assert json.loads((run.adapter / "adapter_config.json").read_text())["base_model_name_or_path"] == "llama"


def test_the_same_recipe_gives_the_same_weights(recipe, tmp_path) -> None:
    one, two, other = (
        train(recipe(dropout=0.2, seed=seed), tmp_path / name, told=quiet)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert same(weights(one), weights(two))
    assert figures(one) == figures(two)
    assert not same(weights(one), weights(other))


class Stopped(Exception):
    """Stands for whatever ends a process."""


@pytest.fixture(scope="module")
def whole(recipe, tmp_path_factory: pytest.TempPathFactory):
    """A run with dropout that nothing stopped; not to be changed."""
    return train(recipe(**UNSTOPPED), tmp_path_factory.mktemp("runs") / "whole", told=quiet)


@pytest.mark.parametrize("told_before", ["step 2/", "step 4/", "step 8/"])
def test_a_run_that_was_stopped_goes_on_to_the_same_end(recipe, tmp_path, whole, told_before) -> None:
    heard: list[str] = []

    with pytest.raises(Stopped):
        train(recipe(**UNSTOPPED), tmp_path / "cut", told=raising_at(told_before))
    cut = train(recipe(**UNSTOPPED), tmp_path / "cut", told=heard.append)
    assert any(text.startswith("Going on at step") for text in heard)
    assert same(weights(cut), weights(whole))
    assert figures(cut) == figures(whole)


def test_a_run_that_was_killed_goes_on_to_the_same_end(recipe, tmp_path) -> None:
    wanted = recipe(epochs=10, save_steps=1, eval_steps=20)
    path = tmp_path / "r.yaml"
    path.write_text(to_yaml(wanted))
    command = [sys.executable, "-m", "tui.cli.main", "finetune", "train", str(path), "--out", str(tmp_path / "cut")]
    code = "import sys; from tui.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command[1:3] = ["-c", code]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        for text in child.stderr:
            if text.startswith("step 10/"):
                break
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stderr.close()
    assert json.loads((tmp_path / "cut" / "status.json").read_text())["state"] == "running"
    cut = train(wanted, tmp_path / "cut", told=quiet)
    whole = train(wanted, tmp_path / "whole", told=quiet)
    assert same(weights(cut), weights(whole))
    assert figures(cut) == figures(whole)


def test_a_finished_run_stays_and_another_recipe_is_refused(recipe, tmp_path) -> None:
    run = train(recipe(epochs=1), tmp_path / "run", told=quiet)
    before = run.results.read_bytes()
    said: list[str] = []
    train(recipe(epochs=1), tmp_path / "run", told=said.append)
    assert "is there already" in said[0]
    assert run.results.read_bytes() == before
    with pytest.raises(UsageError, match=r"holds a run of another recipe: rank differ.*--out"):
        train(recipe(epochs=1, rank=8), tmp_path / "run", told=quiet)
    other = recipe(epochs=1, data=[make_data(tmp_path / "data", 8)])
    with pytest.raises(UsageError, match="another recipe: data"):
        train(other, tmp_path / "run", told=quiet)


def test_other_data_under_the_same_name_is_refused(recipe, tmp_path) -> None:
    wanted = recipe(epochs=1, data=[make_data(tmp_path / "data", 8)])
    train(wanted, tmp_path / "run", told=quiet)
    make_data(tmp_path / "data", 12)
    with pytest.raises(UsageError, match="on other data"):
        train(wanted, tmp_path / "run", told=quiet)


def test_a_run_goes_on_from_another(recipe, tmp_path) -> None:
    first = train(recipe(epochs=6), tmp_path / "first", told=quiet)
    more = train(recipe(epochs=1, **{"from": first.folder}), tmp_path / "more", told=quiet)
    assert read_results(more.results)[0]["validation_loss"] == pytest.approx(
        json.loads(first.status.read_text())["best_loss"], rel=1e-4
    )
    with pytest.raises(UsageError, match="has rank 4, the recipe 8"):
        train(recipe(rank=8, **{"from": first.folder}), tmp_path / "other", told=quiet)
    with pytest.raises(BadInput, match="has no adapter to go on from"):
        train(recipe(**{"from": tmp_path}), tmp_path / "none", told=quiet)


@pytest.mark.parametrize(
    "keys", [{"method": "full", "learning_rate": 0.002}, {"method": "dora"}, {"order": "prefix"}], ids=str
)
def test_other_ways_train_too(recipe, tmp_path, keys) -> None:
    run = train(recipe(epochs=6, **keys), tmp_path / "run", told=quiet)
    rows = read_results(run.results)
    assert rows[-1]["validation_loss"] < rows[0]["validation_loss"]
    if keys.get("method") == "full":
        assert (run.model / "model.safetensors").is_file()
        more = train(recipe(epochs=1, **keys, **{"from": run.folder}), tmp_path / "more", told=quiet)
        assert read_results(more.results)[0]["validation_loss"] == pytest.approx(
            min(row["validation_loss"] for row in rows if row["validation_loss"]), rel=1e-4
        )


def test_it_stops_early_and_keeps_the_best(recipe, tmp_path) -> None:
    run = train(recipe(epochs=200, early_stopping=2, learning_rate=0.1), tmp_path / "run", told=quiet)
    status = json.loads(run.status.read_text())
    assert status["state"] == "stopped early"
    assert status["step"] < status["steps"]
    looked = [row for row in read_results(run.results)[1:] if row["validation_loss"]]
    assert looked[-3]["step"] == status["best_step"]


def test_without_validation_the_last_weights_are_kept(recipe, tmp_path) -> None:
    run = train(recipe(epochs=1, data=[make_data(tmp_path / "d", 8, validation=0)]), tmp_path / "run", told=quiet)
    assert json.loads(run.status.read_text())["best_step"] == 2
    assert weights(run)


def test_a_loss_that_is_no_number_stops_it(recipe, tmp_path) -> None:
    base = make_base(tmp_path / "base")
    tensors = load_file(base / "model.safetensors")
    tensors["model.norm.weight"][0] = float("nan")
    save_file(tensors, base / "model.safetensors", {"format": "pt"})
    with pytest.raises(TrainingDiverged, match=r"The loss of step 1 is no number.*lower learning_rate"):
        train(recipe(base=str(base)), tmp_path / "run", told=quiet)
    assert json.loads((tmp_path / "run/status.json").read_text())["state"] == "failed"


def test_a_rise_of_the_loss_is_told_and_a_ripple_is_not() -> None:
    def first_fault(losses: list[float]) -> tuple[int, str] | None:
        progress = Progress()
        for progress.step, loss in enumerate(losses):
            if said := fault_of_loss(progress, loss, 3.0):
                return progress.step, said
        return None

    assert first_fault([2.0] * 30 + [0.01, 0.4] * 30) is None
    assert first_fault([9.0] * 3 + [2.0, 5.0] * 40) is None
    step, said = first_fault([2.0] * 30 + [40.0] * 30)
    assert 30 <= step < 35
    assert said.startswith("The loss rose from 2 to ")
    assert first_fault([2.0, float("inf")]) == (1, "The loss of step 2 is no number.")


def test_a_full_disk_is_said_and_leaves_what_was_there(recipe, tmp_path, monkeypatch) -> None:
    heard: list[str] = []

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def told(text: str) -> None:
        heard.append(text)
        if text.startswith("step 4/"):
            monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(BadInput, match="cannot be written: No space left on device"):
        train(recipe(), tmp_path / "run", told=told)
    assert not list((tmp_path / "run").rglob("*.new"))
    monkeypatch.undo()
    whole = train(recipe(), tmp_path / "whole", told=quiet)
    assert same(weights(train(recipe(), tmp_path / "run", told=quiet)), weights(whole))


def test_a_damaged_checkpoint_is_named(recipe, tmp_path) -> None:
    with pytest.raises(Stopped):
        train(recipe(), tmp_path / "run", told=raising_at("step 6/"))
    state = tmp_path / "run/checkpoint/state.safetensors"
    state.write_bytes(state.read_bytes()[:1_000])
    with pytest.raises(BadInput, match=r"checkpoint .*state\.safetensors cannot be used.*Remove the run's folder"):
        train(recipe(), tmp_path / "run", told=quiet)


def raising_at(start: str):
    def told(text: str) -> None:
        if text.startswith(start):
            raise Stopped

    return told


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"base": "/nowhere/base.gguf"}, "There is no base /nowhere/base.gguf"),
        ({"data": []}, "The recipe names no data"),
        ({"context_length": 16}, r"The example '000' of .* has \d+ tokens, more than context_length \(16\)"),
        ({"context_length": 16, "too_long": "skip"}, "no example to train on"),
    ],
    ids=["base", "data", "long", "none-left"],
)
def test_what_cannot_be_trained_is_said_before_it_begins(recipe, tmp_path, keys, said) -> None:
    with pytest.raises(BadInput, match=said):
        train(recipe(**keys), tmp_path / "run", told=quiet)
    assert not (tmp_path / "run").exists()


def test_bases_that_are_none(recipe, tmp_path) -> None:
    (tmp_path / "text.gguf").write_text("no model")
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare/config.json").write_text('{"model_type": "llama"}')
    (tmp_path / "cut.gguf").write_bytes(b"GGUF\x03\x00\x00\x00")
    for name, said in {
        "text.gguf": "is not a GGUF file",
        "cut.gguf": "cannot be converted for training",
        "empty": "is not a folder of transformers",
        "other": "is of the family 'bert'.*Training knows llama",
        "bare": "has no weights as safetensors",
    }.items():
        with pytest.raises(BadInput, match=said):
            train(recipe(base=str(tmp_path / name)), tmp_path / "run", told=quiet)


@pytest.mark.parametrize("schedule", ["linear", "cosine", "constant"])
def test_the_learning_rate_rises_and_falls(recipe, schedule) -> None:
    wanted = recipe(schedule=schedule, warmup=0.1)
    rates = [learning_rate(wanted, step, 100) for step in range(100)]
    assert rates[9] == max(rates) == wanted.learning_rate
    assert rates[:10] == sorted(rates[:10])
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert (rates[-1] < wanted.learning_rate / 50) == (schedule != "constant")


def test_the_verbs(recipe, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(to_yaml(recipe(epochs=1)))
    assert main(["finetune", "train", "r.yaml", "--dry-run", "--json"]) == 0
    estimated = json.loads(capsys.readouterr().out)
    assert estimated["steps"] == 6
    assert estimated["computed"] < estimated["tokens"]
    assert estimated["seconds"] > 0
    assert not (tmp_path / "runs").exists()
    assert main(["finetune", "train", "r.yaml", "--sweep", "rank=2,4", "--json"]) == 0
    swept = json.loads(capsys.readouterr().out)
    assert [one["differs"] for one in swept] == [{"rank": 2}, {"rank": 4}]
    assert main(["finetune", "runs", "runs/r", "--json"]) == 0
    assert [one["run"] for one in json.loads(capsys.readouterr().out)] == ["rank-2", "rank-4"]
    assert main(["finetune", "show", "runs/r/rank-2"]) == 0
    assert "rank: 2" in capsys.readouterr().out
    assert main(["finetune", "compare", "runs/r/rank-2", "runs/r/rank-4"]) == 0
    assert "rank: rank-2 2  rank-4 4" in capsys.readouterr().out
    assert main(["finetune", "show", "runs"]) == 5
    assert "is not a run" in capsys.readouterr().err
    assert main(["finetune", "train", "--rank", "4", "r.yaml"]) == 2
    assert "The recipe comes first" in capsys.readouterr().err
