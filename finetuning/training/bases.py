"""Bases: what a model is tuned from, as a folder of transformers.

A GGUF file is converted once, into a folder of the cache named after its hash: weights as fp32, tokenizer, chat
template. Every base gets a pad token that is not one of those that end a turn: where pad is the end, nothing that
learns ever sees where to stop.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import shutil
import struct
import tempfile
import warnings
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from inference.fetch import model_path
from plant.errors import BadInput
from plant.files import sha256_of, to_disk, writing
from plant.settings import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAMILIES: Final = ("llama", "gpt2", "gemma", "gemma2", "gemma3_text")
"""Model types of transformers that training and export know."""

_PADS: Final = ("<pad>", "<|pad|>", "<|endoftext|>", "<unk>")
_SINGLE_DIGITS: Final = frozenset({"smollm", "starcoder", "refact", "command-r", "codeshell"})
"""Names in GGUF files of the ways to split text in which every digit stands alone (llama.cpp, `llama-vocab.cpp`)."""

_WEIGHTS: Final = ("model.safetensors", "model.safetensors.index.json")


class Base(msgspec.Struct, frozen=True):
    """A base on this disk.

    Attributes:
        folder: Its folder of transformers.
        name: What it is, for people: the file's or the folder's name.
        sha256: Hash of the GGUF file; for a folder, of its weights.
        family: One of `FAMILIES`.
        gguf: The GGUF file it was converted from; None for a folder.
    """

    folder: Path
    name: str
    sha256: str
    family: str
    gguf: Path | None = None


def open_base(text: str, *, told: Callable[[str], None]) -> Base:
    """Finds a base, and converts it where it is a GGUF file that was not converted yet.

    Args:
        text: The recipe's `base`: a file, a folder, or empty for the small model of the cache.
        told: Is told, in a sentence, what takes long.

    Raises:
        BadInput: If there is no such base, it cannot be read, is of another family, or the cache cannot be written.
    """
    path = Path(text.removeprefix("llama:")).expanduser() if text else model_path()
    if path.is_dir():
        return _from_folder(path)
    if not path.is_file():
        raise BadInput(
            f"There is no base {path}.",
            hint="A base is a GGUF file or a folder of transformers; `make model` gets the small model of the cache.",
        )
    return _from_gguf(path, told)


def _from_folder(folder: Path) -> Base:
    try:
        family = json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"]
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            f"{folder} is not a folder of transformers: its config.json cannot be read.",
            hint="A base is a GGUF file, or a folder with config.json, *.safetensors and a tokenizer.",
        ) from error
    _check_family(family, folder)
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise BadInput(f"{folder} has no weights as safetensors.", hint="Pickled weights (*.bin) are not loaded.")
    digest = hashlib.sha256()
    for file in weights:
        digest.update(sha256_of(file).encode())
    return Base(folder, folder.name, digest.hexdigest() if len(weights) > 1 else sha256_of(weights[0]), family)


def _from_gguf(path: Path, told: Callable[[str], None]) -> Base:
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise BadInput(f"{path} is not a GGUF file.", hint="A base is a GGUF file or a folder of transformers.")
    sha256 = sha256_of(path)
    folder = cache_dir() / "bases" / f"{path.stem}-{sha256[:12]}"
    if not (folder / _WEIGHTS[0]).exists():
        told(f"Converting {path.name} for training, once (about a minute) ...")
        _convert(path, folder)
    converted = _from_folder(folder)
    return Base(folder, path.stem, sha256, converted.family, path)


def _convert(path: Path, folder: Path) -> None:
    """Writes a GGUF file as a folder of transformers, which appears whole or not at all."""
    with quiet(), redirect_stderr(io.StringIO()):  # a progress bar that cannot be turned off otherwise
        try:
            clean, tokenizer = _clean(path), tokenizer_in(path)
        except (OSError, ValueError, LookupError, RuntimeError, struct.error) as error:  # what is said of odd files
            raise BadInput(
                f"{path} cannot be converted for training: {' '.join(str(error).split())[:200]}.",
                hint="The file may be cut short, or of an architecture that transformers cannot read from GGUF.",
            ) from error
        with writing(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))  # two may convert at a time
            try:
                clean.save_pretrained(draft)
                tokenizer.save_pretrained(draft)
                to_disk(draft)
                if not folder.exists():
                    draft.replace(folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)


def _clean(path: Path) -> Any:
    """Loads the model of a GGUF file; as transformers loads it, it says "quantised", and refuses to be saved."""
    import torch
    from transformers import AutoModelForCausalLM

    place, name = str(path.parent), path.name
    loaded = AutoModelForCausalLM.from_pretrained(place, gguf_file=name, dtype=torch.float32)
    described = loaded.config.to_dict()
    _check_family(described["model_type"], path)
    described.pop("quantization_config", None)
    described["_name_or_path"] = ""
    clean = AutoModelForCausalLM.from_config(type(loaded.config).from_dict(described), dtype=torch.float32)
    clean.load_state_dict(loaded.state_dict())
    return clean


def tokenizer_in(path: Path) -> Any:
    """Returns the tokenizer of a GGUF file as one of transformers.

    Digits stand alone where they do for llama.cpp: transformers' conversion does not look at what the file says of it.
    """
    from gguf import GGUFReader
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    field = GGUFReader(path).get_field("tokenizer.ggml.pre")
    if field is not None and field.contents() in _SINGLE_DIGITS:
        split = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
        tokenizer.backend_tokenizer.pre_tokenizer = split
    return tokenizer


def load_tokenizer(base: Base) -> Any:
    """Returns the tokenizer of a base, with a pad token of its own.

    Raises:
        BadInput: If the folder has none, or no token that can end an answer.
    """
    from transformers import AutoTokenizer

    try:
        with quiet():
            tokenizer = AutoTokenizer.from_pretrained(str(base.folder), local_files_only=True)
    except (OSError, ValueError) as error:
        raise BadInput(f"The base {base.folder} has no tokenizer that can be read.") from error
    if tokenizer.eos_token_id is None:
        raise BadInput(f"The tokenizer of {base.name} has no end token, so a tuned model would never stop.")
    set_pad(tokenizer)
    return tokenizer


def set_pad(tokenizer: Any) -> None:
    """Gives a tokenizer a pad token that ends nothing; no token is added, since an adapter keeps the base's shape."""
    if tokenizer.pad_token_id not in {None, tokenizer.eos_token_id}:
        return
    known = tokenizer.get_vocab()
    for token in _PADS:
        if token in known and known[token] != tokenizer.eos_token_id:
            tokenizer.pad_token = token
            return
    number = next(number for number in range(len(tokenizer)) if number != tokenizer.eos_token_id)
    tokenizer.pad_token = tokenizer.convert_ids_to_tokens(number)


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps transformers and peft from talking: progress bars and advice are for their own programs."""
    from transformers.utils import logging as told

    bars, level = told.is_progress_bar_enabled(), told.get_verbosity()
    told.disable_progress_bar()
    told.set_verbosity(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        told.set_verbosity(level)
        if bars:
            told.enable_progress_bar()


def _check_family(family: str, path: Path) -> None:
    if family not in FAMILIES:
        raise BadInput(f"{path} is of the family {family!r}.", hint=f"Training knows {', '.join(FAMILIES)}.")
