"""From an example to tokens and a mask: exactly the tokens that llama.cpp makes when the model is asked.

A chat is rendered by the base's own template; the template's text may have special tokens, contents never: what a
manual says cannot begin a turn (`inference/llama.py` does the same). Learnt are the tokens of the last turn and the one
token that ends it; a rejected answer is made as the chosen one. A text without turns is tokenised as it is, its
completion after it, and the end token.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.example import Example, Turn

CHATML: Final = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
)
"""The template of a base that has none; llama.cpp takes the same."""


class Encoded(msgspec.Struct, frozen=True):
    """An example as the model sees it.

    Attributes:
        id: The example's.
        prompt: Tokens that are read.
        answer: Tokens that are learnt, the end among them; at least two.
        rejected: Tokens of the answer that is not to be given, for examples of preferences; else none.
    """

    id: str
    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    rejected: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer) + len(self.rejected)


class Encoder:
    """Makes tokens of examples, by the tokenizer and template of a base.

    Args:
        tokenizer: Of transformers.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self._template = tokenizer.chat_template or CHATML

    def encode(self, example: Example) -> Encoded:
        """Returns an example's tokens.

        Raises:
            BadInput: If the template refuses its turns or leaves one out, or there is nothing to learn.
        """
        prompt, answer = self._parts(example, example.messages[-1].content)
        if not prompt:
            raise BadInput(f"The example {example.id!r} has an empty prompt.")
        if example.rejected is None:
            return Encoded(example.id, prompt, answer)
        _, rejected = self._parts(example, example.rejected)
        if rejected == answer:
            raise BadInput(f"The example {example.id!r} rejects the answer that it chooses.")
        return Encoded(example.id, prompt, answer, rejected)

    def shown(self, encoded: Encoded) -> str:
        """Returns an example for people: its text, what is learnt between marks, then what is rejected."""
        rejected = f" rejected: {self.tokenizer.decode(encoded.rejected)}" if encoded.rejected else ""
        return f"{self.tokenizer.decode(encoded.prompt)}⟦{self.tokenizer.decode(encoded.answer)}⟧{rejected}"

    def _parts(self, example: Example, content: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Returns the tokens of an example's prompt, and of an answer to it."""
        if example.text is not None:
            prompt = self._tokens(example.text, begin=True)
            answer = (*self._tokens(content), self.tokenizer.eos_token_id)
        else:
            last = msgspec.structs.replace(example.messages[-1], content=content)
            prompt, answer = self._chat((*example.messages[:-1], last), example.id)
        if len(answer) < 2:
            raise BadInput(f"The example {example.id!r} has an empty answer.")
        return prompt, answer

    def _chat(self, turns: Sequence[Turn], name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        marks = [f"content{i}-{secrets.token_hex(4)}" for i in range(len(turns))]
        rest = self._rendered([(turn.role, mark) for turn, mark in zip(turns, marks, strict=True)], name)
        tokens: list[int] = []
        begin = 0
        for turn, mark in zip(turns, marks, strict=True):
            before, found, rest = rest.partition(mark)
            if not found:
                raise BadInput(f"The chat template of the base leaves out the {turn.role} turn of {name!r}.")
            tokens += self._tokens(before, special=True)
            begin = len(tokens)
            tokens += self._tokens(turn.content.strip())
        return tuple(tokens[:begin]), (*tokens[begin:], self._end(rest))

    def _rendered(self, turns: Sequence[tuple[str, str]], name: str) -> str:
        from jinja2 import TemplateError

        messages = [{"role": role, "content": content} for role, content in turns]
        try:
            text: str = self.tokenizer.apply_chat_template(messages, chat_template=self._template, tokenize=False)
        except TemplateError as error:
            raise BadInput(f"The chat template of the base refuses the turns of {name!r}: {error}.") from error
        return text

    def _end(self, rest: str) -> int:
        """Returns the token that ends a turn: the template's own, else the tokenizer's."""
        after = self._tokens(rest, special=True)
        if after and after[0] in self.tokenizer.all_special_ids:
            return after[0]
        end: int = self.tokenizer.eos_token_id
        return end

    def _tokens(self, text: str, *, special: bool = False, begin: bool = False) -> tuple[int, ...]:
        if not text and not begin:
            return ()
        tokens = self.tokenizer.encode(text, add_special_tokens=False, split_special_tokens=not special)
        if begin and getattr(self.tokenizer, "add_bos_token", False):
            tokens = [self.tokenizer.bos_token_id, *tokens]
        return tuple(tokens)
