"""The two promises every model keeps: nothing cut in silence, nothing that does not conform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inference.contract import Options, PromptTooLong
from plant.errors import BadInput, SettingsError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


_MOST_PROBABILITIES = 20  # what Ollama tells at most


def check_options(options: Options) -> None:
    """Raises `BadInput` for options that contradict themselves."""
    if options.max_tokens < 1:
        raise BadInput(f"A model cannot write {options.max_tokens} tokens.", hint="Ask for 1 or more.")
    if options.temperature < 0:
        raise BadInput(f"The temperature is {options.temperature}; it has to be 0 or more.")
    if not 0 <= options.probabilities <= _MOST_PROBABILITIES:
        raise BadInput(f"{options.probabilities} probabilities were asked for; 0 to {_MOST_PROBABILITIES} can be told.")
    if options.grammar is not None and options.schema is not None:
        raise BadInput("A grammar and a schema were both given.", hint="Give one of them.")


def check_adapter(name: str | None, known: Iterable[str]) -> None:
    """Raises `SettingsError` for an adapter that is not set up, naming the nearest."""
    known = list(known)
    if name is not None and name not in known:
        hint = did_you_mean(name, known) or f"Adapters in the settings: {', '.join(known) or 'none'}."
        raise SettingsError(f"There is no adapter {name!r}.", hint=hint)


def check_fits(prompt_tokens: int, options: Options, context_length: int) -> None:
    """Raises `PromptTooLong` if the prompt leaves too little room for the answer."""
    if prompt_tokens + options.max_tokens > context_length:
        raise PromptTooLong(
            f"The text has {prompt_tokens} tokens and the answer may have {options.max_tokens}; "
            f"the model reads {context_length} together.",
            hint="Shorten the text, or set model.context_length higher.",
        )


def check_conforms(text: str, options: Options, *, finished: bool) -> None:
    """Raises `BadInput` if a grammar or schema was asked for and the text is not whole."""
    if options.grammar is None and options.schema is None:
        return
    if not finished:
        raise BadInput(
            f"The model did not come to the end of its form in {options.max_tokens} tokens.",
            hint="Allow more tokens, or a shorter form.",
        )
    if options.schema is not None:
        try:
            msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise BadInput(
                f"The model did not write JSON: {error}.", hint="The schema may use words it does not know."
            ) from error
