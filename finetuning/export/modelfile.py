"""Ollama's Modelfile of a tuned model: the template of its training, said in the language of Ollama (Go).

Ollama does not read a GGUF file's own template. A model that is asked in another one than it was trained in answers
worse, and one whose end is not a stop text does not stop. So the training template itself is rendered with marks in
place of contents, and what stands before each turn, which depends on its role and on the turn before, is taken from
there: exact for every chat of a system turn, where there is one, and users and assistants in turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.training.encoding import CHATML
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK: Final = "\x02"  # what no template writes
_START: Final = ""


class ChatTemplate(msgspec.Struct, frozen=True):
    """What stands around the turns of a chat.

    Attributes:
        before: What stands before a turn, by the role of the turn before (empty for the first) and its own.
        end: What stands after the last user turn, where the assistant begins.
        stop: What ends the assistant's turn.
    """

    before: dict[tuple[str, str], str]
    end: str
    stop: str

    def go(self) -> str:
        """Returns the template in the language of Go, as Ollama reads it."""
        *roles, otherwise = dict.fromkeys(role for _, role in self.before)
        ifs = "".join(f'{{{{ if eq .Role "{role}" }}}}{self._go_before(role)}{{{{ else }}}}' for role in roles)
        turn = ifs + self._go_before(otherwise) + "{{ end }}" * len(roles) + "{{ .Content }}{{ $last = .Role }}"
        return f'{{{{ $last := "" }}}}{{{{ range .Messages }}}}{turn}{{{{ end }}}}{self.end}'

    def render(self, turns: Sequence[tuple[str, str]]) -> str:
        """Returns a chat of roles and contents, as `go` says it, up to where the assistant begins."""
        text, last = "", _START
        for role, content in turns:
            text += self.before[last, role] + content
            last = role
        return text + self.end

    def _go_before(self, role: str) -> str:
        cases = [(last, text) for (last, own), text in self.before.items() if own == role]
        *first, (_, otherwise) = cases
        if all(text == otherwise for _, text in first):
            return otherwise
        ifs = "".join(f'{{{{ if eq $last "{last}" }}}}{text}{{{{ else }}}}' for last, text in first)
        return ifs + otherwise + "{{ end }}" * len(first)


def chat_template(tokenizer: Any) -> ChatTemplate:
    """Takes a chat template from a tokenizer of transformers.

    Raises:
        BadInput: If the template cannot be said turn by turn.
    """
    system, user, assistant = "system", "user", "assistant"
    whole = _pieces(tokenizer, [system, user, assistant, user])
    alone = _pieces(tokenizer, [user])
    found = ChatTemplate(
        before={
            (_START, system): whole[0],
            (_START, user): alone[0],
            (system, user): whole[1],
            (assistant, user): whole[3],
            (user, assistant): whole[2],
        },
        end=whole[2],
        stop=_stop(tokenizer, whole[3]),
    )
    _check(found, tokenizer, [[system, user], [user], [user, assistant, user], [system, user, assistant, user]])
    return found


def modelfile(model: str, adapter: str | None, template: ChatTemplate, context_length: int) -> str:
    """Returns a Modelfile, from which `ollama create` makes the model.

    Args:
        model: The GGUF file of the base, or of base and adapter in one.
        adapter: The GGUF file of the adapter over it; None where it is in the model.
        template: Of the training.
        context_length: Tokens of prompt and answer together.
    """
    lines = [f"FROM {model}"]
    if adapter is not None:
        lines.append(f"ADAPTER {adapter}")
    lines.append(f'TEMPLATE """{template.go()}"""')
    for key, value in (parameters(template, context_length) | {"stop": template.stop}).items():
        lines.append(f"PARAMETER {key} {msgspec.json.encode(value).decode()}")
    return "\n".join(lines) + "\n"


def parameters(template: ChatTemplate, context_length: int) -> dict[str, Any]:
    """Returns the parameters that a tuned model is asked with in Ollama, as its API takes them."""
    return {"stop": [template.stop], "temperature": 0, "num_ctx": context_length}


def _pieces(tokenizer: Any, roles: Sequence[str]) -> list[str]:
    """Returns what stands around the contents of a chat of these roles."""
    pieces = _rendered(tokenizer, [(role, _MARK) for role in roles]).split(_MARK)
    if len(pieces) != len(roles) + 1:
        raise BadInput(f"The chat template of the base leaves out or repeats a turn of {', '.join(roles)}.")
    return pieces


def _rendered(tokenizer: Any, turns: Sequence[tuple[str, str]]) -> str:
    from jinja2 import TemplateError

    messages = [{"role": role, "content": content} for role, content in turns]
    template = tokenizer.chat_template or CHATML
    try:
        text: str = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False)
    except TemplateError as error:
        raise BadInput(f"The chat template of the base refuses a chat: {error}.") from error
    return text


def _stop(tokenizer: Any, after: str) -> str:
    """Returns the text that ends the assistant's turn: a special token that begins what comes after, else the end."""
    special = sorted(tokenizer.all_special_tokens, key=len, reverse=True)
    end: str = tokenizer.eos_token
    return next((token for token in special if after.lstrip().startswith(token)), end)


def _check(found: ChatTemplate, tokenizer: Any, chats: Sequence[Sequence[str]]) -> None:
    """Raises if the template depends on more than roles, or has what Go would read as its own."""
    said = "The chat template of the base cannot be said as one of Ollama's: "
    if any("{{" in text for text in (*found.before.values(), found.end)):
        raise BadInput(f"{said}it has two braces in its text.")
    for roles in chats:
        turns = [(role, f"{role} {number}") for number, role in enumerate(roles)]
        answered = _rendered(tokenizer, [*turns, ("assistant", _MARK)])
        if found.render(turns) != answered.partition(_MARK)[0]:
            raise BadInput(f"{said}what stands around a turn depends on more than the turn before.")
