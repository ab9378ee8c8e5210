"""What a form of a tuned model lost, and how fast it is: one row a form, on the same examples.

| figure | what it is |
|---|---|
| loss | mean negative log-likelihood of an answer's token, those before it being there, in nats |
| token accuracy | share of the answers' tokens that were the likeliest |
| sequence accuracy | share of answers all of whose tokens were |
| reads, writes | tokens a second, of prompts and of answers, on this machine as busy as it was |

Tokens that are only a part of a character are left out everywhere: llama.cpp does not tell of all of them.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

import msgspec

from inference.contract import Message, Options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finetuning.export.examples import Asked
    from inference.contract import Completion, LanguageModel, Scored
    from inference.llama import LlamaModel

_TIMED: Final = 4  # examples whose answers are written and timed
_MOST: Final = 48  # tokens of such an answer


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of a form; speeds are None for the training stack."""

    examples: int
    tokens: int
    loss: float
    token_accuracy: float
    sequence_accuracy: float
    reads_per_s: float | None = None
    writes_per_s: float | None = None


def quality(asked: Sequence[Asked], score: Callable[[Asked], Sequence[Scored | None]]) -> Quality:
    """Returns the figures of a model on some examples, without speeds.

    Args:
        asked: At least one.
        score: Scores the tokens of one example's answer.
    """
    losses: list[float] = []
    right = whole = 0
    for one in asked:
        known = [scored for scored, counts in zip(score(one), one.counted, strict=True) if scored and counts]
        losses += [-scored.logprob for scored in known]
        right += sum(scored.likeliest for scored in known)
        whole += all(scored.likeliest for scored in known)
    return Quality(
        examples=len(asked),
        tokens=len(losses),
        loss=math.fsum(losses) / len(losses),
        token_accuracy=right / len(losses),
        sequence_accuracy=whole / len(asked),
    )


def quality_of_llama(model: LlamaModel, asked: Sequence[Asked], adapter: str | None = None) -> Quality:
    """Returns the figures of a GGUF model in this process, with speeds."""
    found = quality(asked, lambda one: model.score(one.encoded.prompt, one.encoded.answer, adapter))
    read = reading = written = writing = 0.0
    for one in asked[:_TIMED]:
        began = time.perf_counter()
        completion = ask(model, one, _MOST, adapter)
        read, written = read + completion.prompt_tokens, written + completion.tokens
        reading += time.perf_counter() - began - completion.seconds
        writing += completion.seconds
    return msgspec.structs.replace(found, reads_per_s=read / reading, writes_per_s=written / writing)


def ask(model: LanguageModel, one: Asked, most: int, adapter: str | None = None) -> Completion:
    """Asks a model what an example asks, the likeliest token each time."""
    options = Options(max_tokens=most, adapter=adapter)
    if one.example.text is not None:
        return model.continue_text(one.example.text, options)[0]
    return model.complete([Message(turn.role, turn.content) for turn in one.example.messages[:-1]], options)[0]
