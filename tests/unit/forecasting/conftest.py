"""Series with known answers, and a language model that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from inference.contract import Completion
from plant.series import Series
from plant.time import HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inference.contract import Options


def make_series(values: Any, step_ms: int = HOUR) -> Series:
    values = np.asarray(values, dtype=np.float64)
    return Series("T-1", "degC", np.arange(len(values), dtype=np.int64) * step_ms, values, step_ms)


def daily(n: int = 480, *, seed: int = 0, noise: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 20 + 3 * np.sin(2 * np.pi * np.arange(n) / 24) + rng.normal(0, noise, n)


class FakeModel:
    """Answers every continuation with the same texts, and remembers what it was sent."""

    name = "fake"
    context_length = 2_048
    grammars = True

    def __init__(self, *texts: str, answer: Callable[[str], str] | None = None) -> None:
        self._texts = texts
        self._answer = answer
        self.prompts: list[str] = []
        self.options: list[Options] = []

    def continue_text(self, text: str, options: Options, *, n: int = 1) -> list[Completion]:
        self.prompts.append(text)
        self.options.append(options)
        texts = [self._answer(text)] * n if self._answer else [self._texts[i % len(self._texts)] for i in range(n)]
        return [Completion(answer, True, len(text), len(answer), 0.0) for answer in texts]

    def complete(self, messages: Any, options: Options, *, n: int = 1) -> list[Completion]:
        raise NotImplementedError

    def stream(self, messages: Any, options: Options) -> Any:
        raise NotImplementedError

    def count_tokens(self, text: str) -> int:
        return len(text)

    def close(self) -> None:
        pass


@pytest.fixture
def series() -> Callable[..., Series]:
    return make_series


@pytest.fixture
def daily_values() -> Callable[..., np.ndarray]:
    return daily


@pytest.fixture
def fake_model() -> type[FakeModel]:
    return FakeModel


def words(values: Sequence[int]) -> str:
    return ",".join(map(str, values))
