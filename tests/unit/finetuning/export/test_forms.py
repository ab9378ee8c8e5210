"""Exported models compute what the trained ones do: llama.cpp's log-probabilities held against those of torch."""

from __future__ import annotations

import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")

import numpy as np

from finetuning.export.adapter import write_adapter
from finetuning.export.merged import load_merged, write_merged
from finetuning.export.model import Weights, write_model
from finetuning.export.tuned import open_tuned
from inference.adapters import BASE_SHA256, sum_of
from inference.gguf import read_metadata
from inference.llama import LlamaModel
from tests.unit.finetuning.export.tiny import FAMILIES, logprobs, make_run

PROMPT, ANSWER = [17, 44, 80, 101, 9, 33], [60, 12, 200]
NEAR = 0.05  # f16 weights, and products of them
FAR = 0.5
"""How far at least a tuned model is from its base in these tests, so that agreeing means something."""


def opened(run, base):
    return open_tuned(run.folder, gguf=base.gguf, told=print)


def scores(path, adapters=None, adapter=None):
    model = LlamaModel(path, context_length=256, threads=1, adapters=adapters)
    try:
        return [one.logprob for one in model.score(PROMPT, ANSWER, adapter)]
    finally:
        model.close()


def farthest(one, other) -> float:
    return float(np.abs(np.subtract(one, other)).max())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_merged_model_of_each_family_computes_the_same(base_of, tmp_path, family):
    base = base_of(family)
    tuned = opened(make_run(tmp_path / "run", base.folder), base)
    expected = logprobs(load_merged(tuned), PROMPT, ANSWER)
    write_merged(tuned, tmp_path / "merged")
    write_model(tmp_path / "merged", base.gguf, tmp_path / "f16.gguf", Weights.F16, name="tiny")
    assert farthest(scores(tmp_path / "f16.gguf"), expected) < NEAR
    assert farthest(scores(base.gguf), expected) > FAR


@pytest.mark.parametrize(("family", "method"), [*((family, "lora") for family in FAMILIES), ("llama", "rslora")])
def test_an_adapter_of_each_family_computes_the_same_over_its_base(base_of, tmp_path, family, method):
    base = base_of(family)
    tuned = opened(make_run(tmp_path / "run", base.folder, method=method), base)
    expected = logprobs(load_merged(tuned), PROMPT, ANSWER)
    file = tmp_path / "manuals.gguf"
    write_adapter(tuned, file, name="manuals")
    assert farthest(scores(base.gguf, {"manuals": file}, "manuals"), expected) < NEAR
    assert farthest(scores(base.gguf, {"manuals": file}), expected) > FAR
    assert read_metadata(file)[BASE_SHA256] == sum_of(base.gguf)


@pytest.mark.parametrize("method", ["dora", "full"])
def test_what_no_adapter_can_say_is_merged(base_of, tmp_path, method):
    base = base_of()
    tuned = opened(make_run(tmp_path / "run", base.folder, method=method), base)
    expected = logprobs(load_merged(tuned), PROMPT, ANSWER)
    write_merged(tuned, tmp_path / "merged")
    write_model(tmp_path / "merged", base.gguf, tmp_path / "f16.gguf", Weights.F16, name="tiny")
    assert farthest(scores(tmp_path / "f16.gguf"), expected) < NEAR
