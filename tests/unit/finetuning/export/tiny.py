"""A tiny random base of each family, as a folder of transformers and as a GGUF file, and runs over it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import gguf
import numpy as np
import torch
import transformers

from finetuning.datasets.folder import read_dataset, write_dataset
from finetuning.datasets.splits import Assigned
from finetuning.example import Example, Split, Task, Turn
from finetuning.export.model import Weights, write_model
from finetuning.runs import Run
from finetuning.training.bases import Base, load_tokenizer
from finetuning.training.encoding import Encoder
from inference.adapters import sum_of

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = {"vocab_size": 320, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
LLAMA = {**SHAPE, "intermediate_size": 96, "num_key_value_heads": 2, "max_position_embeddings": 512}
GEMMA = {**LLAMA, "head_dim": 16, "query_pre_attn_scalar": 16, "sliding_window": 64}
CONFIGS = {
    "llama": ("LlamaConfig", LLAMA),
    "gpt2": ("GPT2Config", {"vocab_size": 320, "n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 512}),
    "gemma": ("GemmaConfig", {**LLAMA, "head_dim": 16}),
    "gemma2": ("Gemma2Config", GEMMA),
    "gemma3": ("Gemma3TextConfig", GEMMA),
}
FAMILIES = tuple(CONFIGS)
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
_CONTROL, _NORMAL = 3, 1  # kinds of tokens in GGUF


def make_base(folder: Path, family: str) -> Path:
    """Writes a random model and a tokenizer, the same each time, and returns the folder."""
    name, shape = CONFIGS[family]
    torch.manual_seed(5)
    config = getattr(transformers, name)(**shape, bos_token_id=None, eos_token_id=2, pad_token_id=2)
    model = transformers.AutoModelForCausalLM.from_config(config)
    for weight_name, weight in model.named_parameters():  # far from their start, so that a mistake shows
        if weight.dim() == 1:
            torch.nn.init.normal_(weight, mean=1.0 if weight_name.endswith("weight") else 0.0, std=0.3)
        else:
            torch.nn.init.normal_(weight, std=0.15)
    model.save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def make_gguf(folder: Path, family: str, path: Path) -> Path:
    """Writes that model as a GGUF file: its metadata by hand, zeros for weights, then the weights by `write_model`."""
    empty = path.with_suffix(".empty")
    writer = gguf.GGUFWriter(empty, family)
    for key, value in _metadata(folder, family).items():
        (writer.add_uint32 if isinstance(value, int) else writer.add_float32)(key, value)
    _write_tokenizer(writer, load_tokenizer(Base(folder, "tiny", "", family)))
    names = gguf.get_tensor_name_map(
        next(one for one, name in gguf.MODEL_ARCH_NAMES.items() if name == family), SHAPE["num_hidden_layers"]
    )
    for name, weight in transformers.AutoModelForCausalLM.from_pretrained(folder).state_dict().items():
        theirs = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if theirs is None or (name == "lm_head.weight" and family != "llama"):
            continue
        shape = weight.shape[::-1] if family == "gpt2" and ".c_" in name else weight.shape
        writer.add_tensor(theirs, np.zeros(tuple(shape), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    write_model(folder, empty, path, Weights.F16, name="tiny")
    return path


def make_run(folder: Path, base: Path, *, method: str = "lora", data: Path | None = None, strength: float = 0.1) -> Run:
    """Writes a run over a base: an adapter of peft with random matrices, or for `full` a model with other weights."""
    from peft import LoraConfig, get_peft_model

    run = Run(folder)
    folder.mkdir()
    model = transformers.AutoModelForCausalLM.from_pretrained(base)
    torch.manual_seed(9)
    if method == "full":
        for weight in model.parameters():
            weight.data += strength * torch.randn_like(weight)
        model.save_pretrained(run.model)
    else:
        shape = LoraConfig(
            r=4,
            lora_alpha=8,
            use_rslora=method == "rslora",
            use_dora=method == "dora",
            fan_in_fan_out=model.config.model_type == "gpt2",
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        )
        tuned = get_peft_model(model, shape)
        for name, weight in tuned.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=strength)
        tuned.save_pretrained(run.adapter)
    shown = [data] if data else []
    run.recipe.write_text(f"base: {base}\nmethod: {method}\ndata: {json.dumps([str(one) for one in shown])}\n")
    weights = sum_of(base / "model.safetensors")
    run.data.write_text(json.dumps({"base": {"name": base.name, "sha256": weights, "gguf": None}}))
    return run


def teach(run: Run, base: Path, folder: Path, steps: int = 150) -> None:
    """Trains a run's adapter on the validation examples themselves, until it knows them by heart."""
    from peft import PeftModel

    encoder = Encoder(load_tokenizer(Base(base, "tiny", "", "llama")))
    examples = [encoder.encode(one) for one in read_dataset(folder).splits[Split.VALIDATION]]
    tuned = PeftModel.from_pretrained(
        transformers.AutoModelForCausalLM.from_pretrained(base), run.adapter, is_trainable=True
    )
    optimiser = torch.optim.AdamW([weight for weight in tuned.parameters() if weight.requires_grad], lr=1e-2)
    for _ in range(steps):
        for one in examples:
            labels = torch.tensor([[-100] * len(one.prompt) + list(one.answer)])
            tuned(input_ids=torch.tensor([one.prompt + one.answer]), labels=labels).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    tuned.save_pretrained(run.adapter)


def make_data(folder: Path, count: int = 6) -> Path:
    """Writes a data set of which half is for validation."""
    examples = [
        Example(
            id=str(number),
            group=str(number),
            messages=(
                Turn("system", "Answer."),
                Turn("user", f"Pump {number}?"),
                Turn("assistant", f"[1] {number} bar é⟦"),
            ),
        )
        for number in range(count)
    ]
    split = Assigned(lambda one: Split.TRAIN if int(one.id) % 2 else Split.VALIDATION, "by number")
    write_dataset(folder, examples, task=Task.MANUALS, how={}, split=split)
    return folder


def logprobs(model, prompt, answer):
    """Returns what a model of transformers gives each token of an answer."""
    tokens = torch.tensor([[*prompt, *answer]])
    with torch.inference_mode():
        found = model(input_ids=tokens).logits[0].float().log_softmax(-1)
    return [float(found[len(prompt) - 1 + index, token]) for index, token in enumerate(answer)]


def _tokenizer():
    """Returns a byte-level BPE tokenizer; its pad token is its end token, as with SmolLM2."""
    from tokenizers import Tokenizer
    from tokenizers.decoders import ByteLevel as Decoder
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel
    from tokenizers.trainers import BpeTrainer

    made = Tokenizer(BPE())
    made.pre_tokenizer, made.decoder = ByteLevel(add_prefix_space=False), Decoder()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = BpeTrainer(
        vocab_size=320, special_tokens=special, initial_alphabet=ByteLevel.alphabet(), show_progress=False
    )
    made.train_from_iterator(
        ["the pump of the line", "system user assistant", "question answer passage torque"], trainer
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|im_end|>", chat_template=CHATML
    )


def _write_tokenizer(writer, tokenizer) -> None:
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    tokens = [token for token, _ in vocabulary]
    tokens += [f"<unused{number}>" for number in range(len(tokens), SHAPE["vocab_size"])]
    special = set(tokenizer.all_special_tokens) | {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([_CONTROL if token in special else _NORMAL for token in tokens])
    merges = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["merges"]
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_eos_token_id(2)
    writer.add_bos_token_id(1)
    writer.add_add_bos_token(value=False)
    writer.add_chat_template(CHATML)


def _metadata(folder: Path, family: str) -> dict[str, object]:
    config = transformers.AutoConfig.from_pretrained(folder)
    found: dict[str, object] = {
        "context_length": 512,
        "embedding_length": 64,
        "block_count": 2,
        "feed_forward_length": 256 if family == "gpt2" else 96,
        "attention.head_count": 4,
        "vocab_size": 320,
    }
    if family == "gpt2":
        found["attention.layer_norm_epsilon"] = config.layer_norm_epsilon
    else:
        found |= {"attention.head_count_kv": 2, "attention.layer_norm_rms_epsilon": config.rms_norm_eps}
        found |= {"rope.freq_base": 10_000.0, "rope.dimension_count": 16}
        found |= {"attention.key_length": 16, "attention.value_length": 16}
    if family == "gemma2":
        found |= {"attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0}
    if family == "gemma3":
        found["rope.freq_base"] = 1_000_000.0
    if family in {"gemma2", "gemma3"}:
        found["attention.sliding_window"] = 64
    return {f"{family}.{key}": value for key, value in found.items()}
