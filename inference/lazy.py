"""A language model that is opened when it is first used: most questions are answered without one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inference.contract import Completion, LanguageModel, Message, Options


class LazyModel:
    """A `LanguageModel` that opens another one on its first use, and is that one from then on.

    Args:
        open_it: Opens the model. What it raises comes out of the first use, and out of the next one again.
    """

    def __init__(self, open_it: Callable[[], LanguageModel]) -> None:
        self._open_it = open_it
        self._model: LanguageModel | None = None
        self._lock = threading.Lock()

    @property
    def _opened(self) -> LanguageModel:
        with self._lock:
            if self._model is None:
                self._model = self._open_it()
            return self._model

    @property
    def name(self) -> str:
        """What it is, for people."""
        return self._opened.name

    @property
    def context_length(self) -> int:
        """How many tokens prompt and answer may have together."""
        return self._opened.context_length

    @property
    def grammars(self) -> bool:
        """Whether GBNF grammars can be forced."""
        return self._opened.grammars

    @property
    def adapters(self) -> tuple[str, ...]:
        """Names that options may have as their adapter."""
        return self._opened.adapters

    def complete(self, messages: Sequence[Message], options: Options, *, n: int = 1) -> list[Completion]:
        """Answers a chat n times."""
        return self._opened.complete(messages, options, n=n)

    def continue_text(self, text: str, options: Options, *, n: int = 1) -> list[Completion]:
        """Continues a plain text n times."""
        return self._opened.continue_text(text, options, n=n)

    def stream(self, messages: Sequence[Message], options: Options) -> Iterator[str]:
        """Answers a chat piece by piece."""
        return self._opened.stream(messages, options)

    def count_tokens(self, text: str) -> int:
        """Returns how many tokens a text has."""
        return self._opened.count_tokens(text)

    def close(self) -> None:
        """Frees the model, if it was ever opened."""
        with self._lock:
            if self._model is not None:
                self._model.close()
                self._model = None
