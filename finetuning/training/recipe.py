"""The recipe of a training run: every key typed, with its reason, in one flat YAML file.

    base: ~/models/SmolLM2-135M-Instruct.Q4_1.gguf
    data: [pairs/manuals]
    epochs: 2
    rank: 16

A key on the command line outranks the file. A key that is unknown is refused with the nearest.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from plant.errors import BadInput, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Method(StrEnum):
    """What is trained."""

    FULL = "full"  # every weight of the base
    LORA = "lora"  # Hu et al. 2021
    RSLORA = "rslora"  # alpha / sqrt(rank): Kalajdzievski 2023
    DORA = "dora"  # magnitude apart from direction: Liu et al. 2024
    QLORA = "qlora"  # LoRA over a base in 4 bits: Dettmers et al. 2023; needs CUDA


class Schedule(StrEnum):
    """How the learning rate goes after the warm-up."""

    CONSTANT = "constant"
    LINEAR = "linear"
    COSINE = "cosine"


class Precision(StrEnum):
    """What the products are computed in; weights that train, their gradients and the loss are always fp32."""

    AUTO = "auto"  # bf16 where the processor multiplies in it, else fp32
    FP32 = "fp32"
    BF16 = "bf16"


class Order(StrEnum):
    """How examples are put into batches."""

    SHUFFLE = "shuffle"  # at random
    LENGTH = "length"  # at random, those of like length together
    PREFIX = "prefix"  # at random, those whose prompts begin alike together: their beginning is computed once


class Recipe(BaseModel):
    """What a run is made of. The descriptions are what `millhand finetune schema` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    base: str = Field("", description="A GGUF file, or a folder of transformers; empty: the small model of the cache.")
    data: tuple[Path, ...] = Field((), description="Folders of data sets; several are trained on together.")
    from_run: Path | None = Field(None, alias="from", description="A run whose weights this one goes on from.")
    method: Method = Field(Method.LORA, description="What is trained: full, lora, rslora, dora, qlora.")
    rank: int = Field(16, ge=1, le=1_024, description="Rank of the adapter.")
    alpha: float = Field(32.0, gt=0, description="The adapter counts alpha / rank (rslora: alpha / sqrt(rank)).")
    dropout: float = Field(0.0, ge=0, lt=1, description="Share of an adapter's inputs that are dropped in training.")
    targets: tuple[str, ...] = Field(
        (), description="Names of the linear layers that get an adapter; empty: all but the head."
    )
    epochs: float = Field(2.0, gt=0, description="How often the training examples are gone through.")
    max_steps: int = Field(0, ge=0, description="Stop after so many steps; 0: after the epochs.")
    max_tokens: int = Field(0, ge=0, description="Stop after so many tokens, read ones counted; 0: after the epochs.")
    batch_size: int = Field(16, ge=1, description="Examples a step.")
    micro_tokens: int = Field(
        2_048, ge=16, description="Tokens computed at once; a step gathers as many of these as it needs."
    )
    context_length: int = Field(2_048, ge=16, description="The most tokens an example may have; longer ones: too_long.")
    too_long: str = Field("refuse", pattern="^(refuse|skip)$", description="refuse: name it and stop; skip: count it.")
    order: Order = Field(Order.SHUFFLE, description="How batches are made: shuffle, length, prefix.")
    learning_rate: float = Field(2e-4, gt=0, le=1, description="Highest learning rate (AdamW).")
    schedule: Schedule = Field(Schedule.LINEAR, description="After the warm-up: constant, linear or cosine to 0.")
    warmup: float = Field(0.05, ge=0, le=1, description="Share of the steps in which the learning rate rises.")
    weight_decay: float = Field(0.0, ge=0, description="Decoupled decay of weights; biases and norms have none.")
    beta1: float = Field(0.9, ge=0, lt=1, description="AdamW's first moment.")
    beta2: float = Field(0.999, ge=0, lt=1, description="AdamW's second moment.")
    epsilon: float = Field(1e-8, gt=0, description="AdamW's denominator.")
    dpo_beta: float = Field(
        0.1, gt=0, description="For data with rejected answers: the higher, the nearer the model stays to its start."
    )
    max_grad_norm: float = Field(1.0, ge=0, description="Gradients longer than this are cut to it; 0: never.")
    precision: Precision = Field(Precision.AUTO, description="What products are computed in: auto, fp32, bf16.")
    gradient_checkpointing: bool = Field(False, description="Compute activations twice, to keep fewer of them.")
    threads: int = Field(0, ge=0, description="Processor threads; 0: as many as there are cores.")
    seed: int = Field(1, ge=0, description="Of the adapter's start, the order and the dropout.")
    log_steps: int = Field(10, ge=1, description="Steps between two lines of results.csv.")
    eval_steps: int = Field(50, ge=1, description="Steps between two looks at the validation examples.")
    eval_examples: int = Field(200, ge=0, description="Validation examples looked at, the same each time; 0: all.")
    save_steps: int = Field(50, ge=1, description="Steps between two checkpoints.")
    early_stopping: int = Field(0, ge=0, description="Stop after so many evaluations without a better one; 0: never.")
    loss_limit: float = Field(
        5.0, gt=1, description="Stop when the smoothed training loss is this many times its lowest."
    )

    @field_validator("data", "targets", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("data", "from_run")
    @classmethod
    def _at_home(cls, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(path.expanduser() for path in value)
        return value if value is None else value.expanduser()


KEYS: Final = tuple(field.alias or name for name, field in Recipe.model_fields.items())


def load_recipe(path: Path | None, given: Mapping[str, object] | None = None) -> Recipe:
    """Reads a recipe.

    Args:
        path: A YAML file; None for the defaults.
        given: Keys of the command line, which outrank the file.

    Raises:
        BadInput: If the file cannot be read, is not YAML, or is not a table of keys.
        UsageError: If a key is unknown or a value is wrong; the message names it, and the file.
    """
    written = {} if path is None else _read(path)
    for where, keys in ((f"{path}", written), ("The command line", given or {})):
        for key in keys:
            if key not in KEYS:
                raise UsageError(
                    f"{where}: {key!r} is not a key of a recipe.",
                    hint=did_you_mean(str(key), KEYS) or "`millhand finetune schema` lists them.",
                )
    try:
        return Recipe.model_validate({**written, **(given or {})})
    except ValidationError as error:
        raise UsageError(_sentence(error, path, given or {}), hint="See `millhand finetune schema`.") from error


def to_yaml(recipe: Recipe) -> str:
    """Returns a recipe as YAML, every key, as `load_recipe` reads it."""
    text: str = yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    return text


def schema_lines() -> list[str]:
    """Returns a recipe with all defaults, each key with its explanation, as YAML."""
    lines = []
    defaults = Recipe.model_validate({}).model_dump(mode="json")
    for (key, value), field in zip(defaults.items(), Recipe.model_fields.values(), strict=True):
        shown = yaml.safe_dump({key: value}, default_flow_style=True, width=1_000).strip()[1:-1]
        lines += [f"# {field.description}", shown, ""]
    return lines[:-1]


def parse_given(words: Sequence[str]) -> dict[str, object]:
    """Returns the keys that the command line gave as `--key value` or `--key=value`.

    Raises:
        UsageError: If a word is no key, or a key has no value.
    """
    given: dict[str, object] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            raise UsageError(f"{word!r} belongs to no key.", hint="Keys of a recipe are given as --key value.")
        key, equals, value = word[2:].partition("=")
        if not equals:
            if not rest or rest[0].startswith("--"):
                raise UsageError(f"--{key} has no value.", hint="Keys of a recipe are given as --key value.")
            value = rest.pop(0)
        given[key.replace("-", "_")] = yaml.safe_load(value) if value else value
    return given


def _read(path: Path) -> dict[str, object]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput(f"There is no recipe {path}.") from error
    except OSError as error:
        raise BadInput(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"The recipe {path} is not YAML: {' '.join(str(error).split())}.") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise BadInput(f"The recipe {path} is not a table of keys.", hint="A line is `key: value`.")
    return document


def _sentence(error: ValidationError, path: Path | None, given: Mapping[str, object]) -> str:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    where = "The command line" if key in given or path is None else f"{path}"
    said = first["msg"].removeprefix("Value error, ")
    what = f"{key} is {first['input']!r}: " if key else ""
    return f"{where}: {what}{said[:1].lower()}{said[1:]}."
