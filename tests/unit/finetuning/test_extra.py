"""The extra `finetune`: what it installs trains a small model here, offline."""

from __future__ import annotations

import importlib.metadata

import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")


def test_torch_is_the_pinned_one_and_brought_no_cuda() -> None:
    assert importlib.metadata.version("torch").partition("+")[0] == "2.13.0"
    assert not [dist.name for dist in importlib.metadata.distributions() if dist.name.startswith("nvidia-")]


def test_an_adapter_learns_and_the_base_stays_as_it_is() -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4)
    base = LlamaForCausalLM(shape)
    frozen = base.model.layers[0].self_attn.q_proj.weight.detach().clone()
    model = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    tokens = torch.randint(0, 64, (4, 16))
    optimiser = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=0.02)
    losses = []
    for _ in range(20):
        loss = model(input_ids=tokens, labels=tokens).loss
        losses.append(loss.item())
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    assert losses[-1] < 0.9 * losses[0]
    assert torch.equal(model.base_model.model.model.layers[0].self_attn.q_proj.base_layer.weight, frozen)
