"""The models that are measured: the base as it is, the same with the adapter that reads, and others by URL."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from inference.contract import Scoring
from inference.lazy import LazyModel
from inference.models import base_and_adapters, open_model
from tools.manuals.reading import ADAPTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inference.contract import Completion, LanguageModel, Message, Options, Scored
    from plant.settings import Settings

BASE: Final = "base"
TUNED: Final = "tuned"


class Wanted(msgspec.Struct, frozen=True):
    """A model to be measured.

    Attributes:
        name: What its ways are called after; empty for the model's own name.
        url: Where it is, as `model.url` of the settings.
        reads: Whether its adapter for manuals takes part; without, it is asked as it was opened.
    """

    name: str
    url: str
    reads: bool


class Patient(LazyModel):
    """A model that is given all the time it takes: on a busy machine it would fall back to extracts, and differ.

    Args:
        model: The model.
        reads: Whether options may name its adapters; else it has none but the one it was opened with.
    """

    def __init__(self, model: LanguageModel, *, reads: bool) -> None:
        super().__init__(lambda: model)
        self._reads = reads

    @property
    def adapters(self) -> tuple[str, ...]:
        """Names that options may have as their adapter."""
        return super().adapters if self._reads else ()

    def complete(self, messages: Sequence[Message], options: Options, *, n: int = 1) -> list[Completion]:
        """Answers a chat n times, however long it takes."""
        return super().complete(messages, msgspec.structs.replace(options, seconds=math.inf), n=n)


class Candidate:
    """A model that is open.

    Attributes:
        name: What its ways are called after.
        about: The model's own name.
        model: The model.
        size: Bytes of its files, base and adapter; None where it is not in files here.
    """

    def __init__(self, name: str, opened: LanguageModel, *, reads: bool, size: int | None = None) -> None:
        self.name = name or opened.name
        self.about = opened.name
        self.model: LanguageModel = Patient(opened, reads=reads)
        self.size = size
        self._scoring = opened if isinstance(opened, Scoring) else None
        self._adapter = ADAPTER if ADAPTER in self.model.adapters else None

    def score(self, messages: Sequence[Message], answer: str) -> Sequence[Scored | None] | None:
        """Returns what the model thinks of the tokens of an answer; None where it cannot tell."""
        return self._scoring.score_answer(messages, answer, self._adapter) if self._scoring else None


def wanted(settings: Settings, tuned: str | None, others: Sequence[str]) -> list[Wanted]:
    """Returns the models to be measured.

    Args:
        settings: `model.url` is the base.
        tuned: URL of the tuned model; None for the base with its adapter for manuals.
        others: URLs of further models.
    """
    base = settings.model.url.partition("#")[0]
    return [
        Wanted(BASE, base, reads=False),
        Wanted(TUNED, base if tuned is None else tuned, reads="#" not in (tuned or "")),
        *(Wanted("", url, reads="#" not in url) for url in others),
    ]


def open_candidate(one: Wanted, settings: Settings) -> Candidate | None:
    """Opens a model; None where there is none, or the tuned one is to have an adapter and has none.

    Raises:
        MillhandError: As `open_model` does.
    """
    settings = settings.model_copy(update={"model": settings.model.model_copy(update={"url": one.url})})
    model = open_model(settings)
    if model is None:
        return None
    if one.name == TUNED and one.reads and ADAPTER not in model.adapters and one.url == settings.model.url:
        model.close()
        return None
    return Candidate(one.name, model, reads=one.reads, size=_size(settings, one))


def _size(settings: Settings, one: Wanted) -> int | None:
    """Returns the bytes of a model's files; None where they are not on this machine."""
    if one.url and not one.url.startswith("llama:"):
        return None
    base, adapters = base_and_adapters(settings)
    name = one.url.partition("#")[2] or (ADAPTER if one.reads else "")
    over = Path(name).expanduser() if name.endswith(".gguf") else adapters.get(name)
    return base.stat().st_size + (over.stat().st_size if over else 0)
