"""Tiny random bases of each family, with a tokenizer made on the spot, and data sets for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finetuning.datasets.folder import write_dataset
from finetuning.datasets.splits import Assigned
from finetuning.example import Example, Split, Task, Turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
)
SHAPE = {"vocab_size": 400, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "bos_token_id": None}
LLAMA = {**SHAPE, "intermediate_size": 48, "num_key_value_heads": 2, "max_position_embeddings": 512}
GEMMA = {**LLAMA, "head_dim": 8}
CONFIGS = {
    "llama": ("LlamaConfig", LLAMA),
    "gpt2": ("GPT2Config", {"vocab_size": 400, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 512}),
    "gemma": ("GemmaConfig", GEMMA),
    "gemma2": ("Gemma2Config", {**GEMMA, "sliding_window": 24, "query_pre_attn_scalar": 8}),
    "gemma3_text": ("Gemma3TextConfig", {**GEMMA, "sliding_window": 24, "query_pre_attn_scalar": 8}),
}


def tiny_tokenizer():
    """A byte-level BPE tokenizer of 400 tokens; its pad token is its end token, as with SmolLM2."""
    from tokenizers import Tokenizer
    from tokenizers.decoders import ByteLevel as Decoder
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel
    from tokenizers.trainers import BpeTrainer
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(BPE())
    made.pre_tokenizer, made.decoder = ByteLevel(add_prefix_space=False), Decoder()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=ByteLevel.alphabet(), show_progress=False
    )
    made.train_from_iterator(
        ["the pump of the line runs at 85 Nm", "system user assistant", "question answer"], trainer
    )
    end = "<|im_end|>"
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token=end, pad_token=end, chat_template=CHATML)


def make_base(folder: Path, family: str = "llama") -> Path:
    """Writes a random base of a family; the same one each time."""
    import torch
    import transformers

    name, shape = CONFIGS[family]
    torch.manual_seed(7)
    config = getattr(transformers, name)(**shape, eos_token_id=2, pad_token_id=2)
    transformers.AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def make_data(folder: Path, count: int = 24, *, validation: int = 4) -> Path:
    """Writes a data set: fours of questions share a long beginning."""
    examples = [
        Example(
            id=f"{i:03}",
            group=f"{i // 4}",
            messages=(
                Turn("system", "Answer."),
                Turn("user", f"Passage {i // 4 * 7}: the pump runs at {i // 4 + 3} bar.\n\nQuestion {i}: which?"),
                Turn("assistant", f"[1] {i // 4 + 3} bar"),
            ),
        )
        for i in range(count + validation)
    ]
    split = Assigned(lambda one: Split.TRAIN if int(one.id) < count else Split.VALIDATION, "by number")
    write_dataset(folder, examples, task=Task.OWN, how={}, split=split)
    return folder


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A tiny base of a family, made once; not to be changed."""
    made: dict[str, Path] = {}

    def base(family: str = "llama") -> Path:
        if family not in made:
            made[family] = make_base(tmp_path_factory.mktemp("bases") / family, family)
        return made[family]

    return base


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 24 examples to learn and 4 to look at; not to be changed."""
    return make_data(tmp_path_factory.mktemp("data") / "set")
