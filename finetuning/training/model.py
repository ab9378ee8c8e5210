"""The model while it trains: the base with what the method adds, and the computations that the loop needs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import torch

from finetuning.training.attention import NAME, Layout, register
from finetuning.training.bases import quiet
from finetuning.training.fused import thrift
from finetuning.training.lora import fuse
from finetuning.training.loss import summed_cross_entropy, token_log_likelihoods
from finetuning.training.recipe import Method, Precision, Recipe
from plant.errors import BadInput, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finetuning.training.bases import Base
    from finetuning.training.batches import Packed


class Trained:
    """A base that is being tuned.

    Args:
        base: Where it lies.
        recipe: Says method, precision, seed.
        start: A folder with the adapter (or the model, for `full`) to go on from; None for a new one.

    Raises:
        BadInput: If base or start cannot be loaded, or this machine cannot do what the recipe asks.
        UsageError: If the recipe names layers that the base does not have.
    """

    def __init__(self, base: Base, recipe: Recipe, start: Path | None = None) -> None:
        if recipe.method is Method.QLORA:
            raise BadInput(
                "method: qlora keeps the base in 4 bits, which needs an Nvidia card, and training here runs on the "
                "processor.",
                hint="method: lora trains the same adapter over the base in full precision.",
            )
        torch.manual_seed(recipe.seed)
        register()
        self.recipe = recipe
        full = recipe.method is Method.FULL
        self.bare = _load(start if full and start is not None else base.folder)
        self.bare.set_attn_implementation(NAME)
        thrift(self.bare)
        self.model: Any = self.bare if full else _with_adapter(self.bare, recipe, start)
        self._low = computes_in_bf16(recipe)
        fused = 0 if full else fuse(self.model, torch.bfloat16 if self._low else torch.float32)
        self._cast = self._low and not fused
        if recipe.gradient_checkpointing:
            with quiet():  # a newer name for it is advised
                self.bare.gradient_checkpointing_enable({"use_reentrant": False})
        self._body = getattr(self.bare, self.bare.base_model_prefix)
        self._head = self.bare.get_output_embeddings().weight
        self._cap = getattr(self.bare.config, "final_logit_softcapping", None)

    def learnt(self) -> dict[str, torch.nn.Parameter]:
        """Returns the weights that train, by name, in a fixed order."""
        return {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}

    def sizes(self) -> tuple[int, int]:
        """Returns how many weights train, and how many there are."""
        every = sum(weight.numel() for weight in self.model.parameters())
        return sum(weight.numel() for weight in self.learnt().values()), every

    def flops(self, tokens: int, targets: int) -> int:
        """Returns floating-point operations of a step, estimated: products with weights, without attention's own."""
        head = int(self._head.numel())
        body = sum(int(weight.numel()) for weight in self.bare.parameters() if weight.dim() == 2) - head
        passes = 3 if self.recipe.method is Method.FULL else 2  # forward, back to the inputs, back to the weights
        return 2 * passes * (body * tokens + head * targets)

    def loss(self, packed: Packed) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns the sum of the cross entropies of a batch's learnt tokens, and which of them are the likeliest."""
        return summed_cross_entropy(self._said(packed), self._head, torch.tensor(packed.targets), cap=self._cap)

    def log_likelihoods(self, packed: Packed) -> torch.Tensor:
        """Returns the log-likelihood of each learnt token of a batch, in nats; all logits are there at once."""
        return token_log_likelihoods(self._said(packed), self._head, torch.tensor(packed.targets), cap=self._cap)

    def _said(self, packed: Packed) -> torch.Tensor:
        """Returns what the body says where a learnt token is predicted, of shape (learnt tokens, width)."""
        positions = [seg.position + i for seg in packed.segments for i in range(seg.length)]
        with self._computing():
            said = self._body(
                input_ids=torch.tensor([packed.tokens]),
                position_ids=torch.tensor([positions]),
                use_cache=False,
                layout=Layout(packed),
            ).last_hidden_state[0]
        chosen: torch.Tensor = said.float().index_select(0, torch.tensor(packed.sources))
        return chosen

    @contextlib.contextmanager
    def _computing(self) -> Iterator[None]:
        with torch.autocast("cpu", torch.bfloat16) if self._cast else contextlib.nullcontext():
            yield


def computes_in_bf16(recipe: Recipe) -> bool:
    """Whether a recipe's products are computed in bf16 on this machine."""
    fast: bool = torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 (torch tells it nowhere else)
    return recipe.precision is Precision.BF16 or (recipe.precision is Precision.AUTO and fast)


def _load(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    try:
        with quiet():
            return AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise BadInput(f"The model in {folder} cannot be loaded: {' '.join(str(error).split())[:200]}.") from error


def _with_adapter(bare: Any, recipe: Recipe, start: Path | None) -> Any:
    from peft import LoraConfig, PeftModel, get_peft_model

    with quiet():
        if start is not None:
            try:
                model = PeftModel.from_pretrained(bare, str(start), is_trainable=True)
            except (OSError, ValueError, RuntimeError) as error:
                said = " ".join(str(error).split())[:200]
                raise BadInput(f"The adapter in {start} does not go over this base: {said}.") from error
            _check_alike(model.peft_config["default"], recipe, start)
            return model
        linear = _linear_layers(bare)
        for name in recipe.targets:
            if name not in linear:
                raise UsageError(
                    f"The base has no linear layer {name!r} that could get an adapter.",
                    hint=did_you_mean(name, linear) or f"It has {', '.join(sorted(linear))}.",
                )
        config = LoraConfig(
            r=recipe.rank,
            lora_alpha=recipe.alpha,
            lora_dropout=recipe.dropout,
            target_modules=sorted(recipe.targets or linear),
            use_rslora=recipe.method is Method.RSLORA,
            use_dora=recipe.method is Method.DORA,
            fan_in_fan_out=bare.config.model_type == "gpt2",
            task_type="CAUSAL_LM",
        )
        return get_peft_model(bare, config)


def _check_alike(config: Any, recipe: Recipe, start: Path) -> None:
    """Raises `UsageError` where an adapter to go on from is not of the recipe's shape: it keeps its own."""
    was = {
        "rank": config.r,
        "alpha": config.lora_alpha,
        "method": Method.DORA if config.use_dora else Method.RSLORA if config.use_rslora else Method.LORA,
    }
    for key, value in was.items():
        if value != getattr(recipe, key):
            raise UsageError(f"The adapter in {start} has {key} {value}, the recipe {getattr(recipe, key)}.")


def _linear_layers(bare: Any) -> set[str]:
    """Returns the last names of the layers that can get an adapter: all linear ones but the head."""
    from transformers.pytorch_utils import Conv1D

    head = bare.get_output_embeddings()
    return {
        name.rpartition(".")[2]
        for name, layer in bare.named_modules()
        if isinstance(layer, torch.nn.Linear | Conv1D) and layer is not head
    }
