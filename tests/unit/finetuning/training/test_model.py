"""The same numbers as transformers and peft, one example at a time, whatever is packed, shared and fused."""

from __future__ import annotations

import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")

import torch

from finetuning.runs import Run
from finetuning.training.bases import load_tokenizer, open_base
from finetuning.training.batches import micro_batches
from finetuning.training.data import read_data
from finetuning.training.encoding import Encoder
from finetuning.training.folder import save_learnt
from finetuning.training.loss import summed_cross_entropy
from finetuning.training.model import Trained
from finetuning.training.recipe import Recipe
from plant.errors import BadInput, UsageError
from plant.files import writing
from tests.limits import largest_file
from tests.unit.finetuning.training.conftest import CONFIGS, tiny_tokenizer


def opened(folder, data, **keys):
    recipe = Recipe.model_validate({"base": str(folder), "data": [data], "precision": "fp32", **keys})
    base = open_base(recipe.base, told=print)
    examples = read_data(recipe, Encoder(load_tokenizer(base))).train
    return base, recipe, examples


def stir(trained: Trained) -> None:
    """Moves an adapter from where it adds nothing."""
    torch.manual_seed(3)
    for name, weight in trained.learnt().items():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.2)


def ours(trained: Trained, examples, most: int):
    loss = 0.0
    for packed in micro_batches(examples, most):
        part, _ = trained.loss(packed)
        part.backward()
        loss += part.item()
    return loss, {name: weight.grad for name, weight in trained.learnt().items()}


def theirs(model, examples):
    """The same by transformers alone: one example at a time, eager attention, all logits."""
    loss = 0.0
    for one in examples:
        tokens = torch.tensor([[*one.prompt, *one.answer]])
        logits = model(input_ids=tokens).logits[0, len(one.prompt) - 1 : -1]
        part = torch.nn.functional.cross_entropy(logits.float(), torch.tensor(one.answer), reduction="sum")
        part.backward()
        loss += part.item()
    return loss, {name: weight.grad for name, weight in model.named_parameters() if weight.requires_grad}


def check_same(one, other, tolerance: float = 2e-4) -> None:
    assert one[0] == pytest.approx(other[0], rel=1e-4)
    assert one[1].keys() == other[1].keys()
    scale = max(float(gradient.abs().max()) for gradient in other[1].values())
    for name, gradient in one[1].items():
        assert torch.allclose(gradient, other[1][name], atol=tolerance * scale), name


@pytest.mark.parametrize("family", sorted(CONFIGS))
@pytest.mark.parametrize("method", ["lora", "full"])
def test_packed_is_one_by_one(bases, data, family: str, method: str) -> None:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    base, recipe, examples = opened(bases(family), data, method=method, rank=4)
    examples = examples[:9]
    trained = Trained(base, recipe)
    stir(trained)
    found = ours(trained, examples, 200)
    model = AutoModelForCausalLM.from_pretrained(str(base.folder), attn_implementation="eager", dtype=torch.float32)
    if method == "lora":
        layers = sorted(trained.model.peft_config["default"].target_modules)
        config = LoraConfig(r=4, lora_alpha=32, target_modules=layers, fan_in_fan_out=family == "gpt2")
        model = get_peft_model(model, config)
        learnt = trained.learnt()
        with torch.no_grad():
            for name, weight in model.named_parameters():
                if weight.requires_grad:
                    weight.copy_(learnt[name])
    check_same(found, theirs(model, examples))


@pytest.mark.parametrize("keys", [{"method": "dora"}, {"method": "rslora"}, {"gradient_checkpointing": True}], ids=str)
def test_ways_to_train_pack_alike(bases, data, keys) -> None:
    base, recipe, examples = opened(bases(), data, rank=4, **keys)
    trained = Trained(base, recipe)
    stir(trained)
    trained.model.train()
    together = ours(trained, examples[:8], 500)
    trained.model.zero_grad()
    alone = Trained(base, recipe)
    stir(alone)
    alone.model.train()
    check_same(together, ours(alone, examples[:8], 16))


def test_bf16_is_near(bases, data) -> None:
    base, recipe, examples = opened(bases(), data)
    low = Trained(base, recipe.model_copy(update={"precision": "bf16"}))
    exact = Trained(base, recipe)
    stir(low)
    stir(exact)
    near, right = ours(low, examples, 500), ours(exact, examples, 500)
    assert near[0] == pytest.approx(right[0], rel=1e-2)
    flat = [torch.cat([gradient.flatten() for gradient in one[1].values()]) for one in (near, right)]
    assert torch.nn.functional.cosine_similarity(*flat, dim=0) > 0.99


def test_rslora_counts_more_and_dropout_drops(bases, data) -> None:
    base, recipe, examples = opened(bases(), data, rank=4, method="rslora", dropout=0.5)
    trained = Trained(base, recipe)
    layer = next(one for one in trained.model.modules() if hasattr(one, "lora_A"))
    assert layer.scaling["default"] == pytest.approx(32 / 2)
    stir(trained)
    trained.model.train()
    first, second = (ours(trained, examples[:4], 500)[0] for _ in range(2))
    assert first != second
    trained.model.eval()
    first, second = (ours(trained, examples[:4], 500)[0] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("cap", [None, 5.0])
def test_the_loss_is_cross_entropy(cap) -> None:
    torch.manual_seed(1)
    hidden, weight = torch.randn(600, 8, requires_grad=True), torch.randn(50, 8, requires_grad=True)
    targets = torch.randint(0, 50, (600,))
    total, right = summed_cross_entropy(hidden, weight, targets, cap=cap)
    (total / 3).backward()
    got = hidden.grad.clone(), weight.grad.clone()
    hidden.grad = weight.grad = None
    logits = hidden @ weight.T
    logits = logits if cap is None else torch.tanh(logits / cap) * cap
    expected = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
    (expected / 3).backward()
    assert total.item() == pytest.approx(expected.item(), rel=1e-5)
    assert torch.equal(right, logits.argmax(1) == targets)
    assert torch.allclose(got[0], hidden.grad, atol=1e-5)
    assert torch.allclose(got[1], weight.grad, atol=1e-4)


def test_a_layer_that_is_not_there_is_named(bases, data) -> None:
    base, recipe, _ = opened(bases(), data, targets="q_proj,v_porj")
    with pytest.raises(UsageError, match=r"no linear layer 'v_porj'.*Did you mean v_proj"):
        Trained(base, recipe)


def test_qlora_says_what_it_needs(bases, data) -> None:
    base, recipe, _ = opened(bases(), data, method="qlora")
    with pytest.raises(BadInput, match=r"needs an Nvidia card.*method: lora trains the same adapter"):
        Trained(base, recipe)


@pytest.mark.parametrize(("method", "largest"), [("lora", 300), ("lora", 5_000), ("full", 300), ("full", 5_000)])
def test_weights_that_the_disk_does_not_take_leave_those_before(bases, data, tmp_path, method, largest) -> None:
    base, recipe, _ = opened(bases(), data, method=method, rank=4)
    run, trained = Run(tmp_path / "run"), Trained(base, recipe)
    save_learnt(run, trained, base)
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    assert max(map(len, before.values())) > 5_000
    with torch.no_grad():
        for weight in trained.learnt().values():
            weight.add_(1)
    said = r"run/(adapter|model).* cannot be written: File too large\. No file may be that large there"
    with pytest.raises(BadInput, match=said), largest_file(largest):
        save_learnt(run, trained, base)
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before


def test_a_tokenizer_that_the_disk_does_not_take_is_said(tmp_path) -> None:
    path = tmp_path / "base"
    with pytest.raises(BadInput, match="base cannot be written: File too large"), largest_file(500), writing(path):
        tiny_tokenizer().save_pretrained(path)
