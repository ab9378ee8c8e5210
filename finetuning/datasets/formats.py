"""The formats in which data sets are exchanged: each says how an entry is read and written, and one registry has them.

| format | file | an entry |
|---|---|---|
| `messages` | JSON lines | `{"messages": [{"role", "content"}, ...]}`; canonical, see `finetuning/example.py` |
| `prompt` | JSON lines | `{"prompt": "... ->", "completion": " ... END"}`, the marks of older APIs |
| `alpaca` | JSON list | `{"instruction", "input", "output"}`, and `system`, `history` where there are such turns |
| `sharegpt` | JSON list | `{"conversations": [{"from": "human", "value"}, {"from": "gpt", "value"}]}` |
| `csv` | CSV | a line with `question` and `answer`; and `system`, `group`, `language`, `id` where there are any |

Our own keys (`id`, `task`, `group`, `language`, `rejected`, `source`) stand beside those of JSON formats, and are
ignored by others. `prompt` is what a model reads verbatim, with no chat around it (`Example.text`); from a chat, it is
the turns before the answer. To a chat format a text becomes a user's turn without its marks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from finetuning.example import Example, Task, Turn

ASKED: Final = " ->"
"""Ends the prompt of older APIs."""

ENDED: Final = " END"
"""Ends their completion."""

_FROM: Final = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "system": "system"}
_TO: Final = {"user": "human", "assistant": "gpt", "system": "system"}
_OWN: Final = ("id", "group", "language")


class BadEntry(ValueError):
    """An entry is not of its format; the message is the end of a sentence."""


class File(StrEnum):
    """How entries are kept in a file."""

    LINES = "jsonl"
    LIST = "json"
    CSV = "csv"


class Format(msgspec.Struct, frozen=True):
    """A format.

    Attributes:
        name: What it is called.
        file: How it is written; both JSON shapes are read.
        needs: Keys by which an entry is known.
        read: Makes an example of an entry. It may raise `BadEntry`.
        write: Makes an entry of an example. It may raise `BadEntry` for one that the format cannot hold.
        chat: Whether it holds turns rather than a verbatim prompt.
    """

    name: str
    file: File
    needs: tuple[str, ...]
    read: Callable[[Mapping[str, Any]], Example]
    write: Callable[[Example], dict[str, Any]]
    chat: bool = True


def as_chat(example: Example) -> Example:
    """Returns an example whose verbatim prompt, if it has one, is a user's turn, without the marks of older APIs."""
    if example.text is None:
        return example
    question, answer = example.text.strip(), example.messages[-1].content.strip()
    turns = (
        Turn("user", question.removesuffix(ASKED.strip()).rstrip()),
        Turn("assistant", answer.removesuffix(ENDED.strip()).rstrip()),
    )
    return msgspec.structs.replace(example, text=None, messages=turns)


def _read_messages(entry: Mapping[str, Any]) -> Example:
    turns = _turns(entry["messages"], "role", "content")
    text = entry.get("text")
    return _example(entry, turns, text=None if text is None else _text(entry, "text"))


def _write_messages(example: Example) -> dict[str, Any]:
    return dict(msgspec.to_builtins(example))


def _read_prompt(entry: Mapping[str, Any]) -> Example:
    answer = Turn("assistant", _text(entry, "completion"))
    return _example(entry, [answer], text=_text(entry, "prompt"))


def _write_prompt(example: Example) -> dict[str, Any]:
    *before, answer = example.messages
    if example.text is not None:
        return {"prompt": example.text, "completion": answer.content, **_kept(example)}
    if any(turn.role == "assistant" for turn in before):
        raise BadEntry("it has several questions, which a prompt with its completion cannot hold.")
    prompt = "\n\n".join(turn.content for turn in before)
    return {"prompt": prompt + ASKED, "completion": f" {answer.content}{ENDED}", **_kept(example)}


def _read_alpaca(entry: Mapping[str, Any]) -> Example:
    turns = [Turn("system", _text(entry, "system"))] if entry.get("system") else []
    history = entry.get("history") or []
    if not isinstance(history, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in history):
        raise BadEntry("`history` is not a list of pairs of question and answer.")
    for question, answer in history:
        turns += [Turn("user", _plain(question, "history")), Turn("assistant", _plain(answer, "history"))]
    asked = "\n".join(part for part in (_text(entry, "instruction"), _text(entry, "input", "")) if part)
    return _example(entry, [*turns, Turn("user", asked), Turn("assistant", _text(entry, "output"))])


def _write_alpaca(example: Example) -> dict[str, Any]:
    system, (*pairs, (question, answer)) = _paired(as_chat(example))
    entry: dict[str, Any] = {"instruction": question, "input": "", "output": answer}
    if system is not None:
        entry["system"] = system
    if pairs:
        entry["history"] = [list(pair) for pair in pairs]
    return {**entry, **_kept(example)}


def _read_sharegpt(entry: Mapping[str, Any]) -> Example:
    turns = _turns(entry["conversations"], "from", "value", _FROM)
    if entry.get("system"):
        turns.insert(0, Turn("system", _text(entry, "system")))
    return _example(entry, turns)


def _write_sharegpt(example: Example) -> dict[str, Any]:
    turns = [{"from": _TO[turn.role], "value": turn.content} for turn in as_chat(example).messages]
    return {"conversations": turns, **_kept(example)}


def _read_csv(entry: Mapping[str, Any]) -> Example:
    system = [Turn("system", entry["system"])] if entry.get("system") else []
    return _example(entry, [*system, Turn("user", entry["question"]), Turn("assistant", entry["answer"])])


def _write_csv(example: Example) -> dict[str, Any]:
    system, pairs = _paired(as_chat(example))
    if len(pairs) > 1:
        raise BadEntry("it has several questions, which a line with one question and one answer cannot hold.")
    ((question, answer),) = pairs
    own = {key: getattr(example, key) for key in _OWN}
    return {"question": question, "answer": answer, "system": system or "", **own}


FORMATS: Final[dict[str, Format]] = {
    form.name: form
    for form in (
        Format("messages", File.LINES, ("messages",), _read_messages, _write_messages),
        Format("prompt", File.LINES, ("prompt", "completion"), _read_prompt, _write_prompt, chat=False),
        Format("alpaca", File.LIST, ("instruction", "output"), _read_alpaca, _write_alpaca),
        Format("sharegpt", File.LIST, ("conversations",), _read_sharegpt, _write_sharegpt),
        Format("csv", File.CSV, ("question", "answer"), _read_csv, _write_csv),
    )
}
"""Every format by its name."""


def _example(entry: Mapping[str, Any], turns: list[Turn], text: str | None = None) -> Example:
    """Returns an example of turns, with those of our own keys that an entry has."""
    task, source, rejected = entry.get("task"), entry.get("source"), entry.get("rejected")
    return Example(
        messages=tuple(turns),
        text=text,
        task=Task(task) if isinstance(task, str) and task in set(Task) else Task.OWN,
        rejected=rejected if isinstance(rejected, str) else None,
        source=source if isinstance(source, dict) else {},
        **{key: str(entry[key]) for key in _OWN if entry.get(key) is not None},
    )


def _kept(example: Example) -> dict[str, Any]:
    """Returns our own keys of an example."""
    return {key: value for key, value in msgspec.to_builtins(example).items() if key not in {"messages", "text"}}


def _turns(turns: Any, role: str, content: str, names: Mapping[str, str] | None = None) -> list[Turn]:
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise BadEntry("its turns are not a list of objects.")
    read = []
    for turn in turns:
        said = _text(turn, role)
        if names is not None and said not in names:
            raise BadEntry(f"{said!r} is nobody who speaks; there are {', '.join(names)}.")
        read.append(Turn(names[said] if names else said, _text(turn, content)))
    return read


def _text(entry: Mapping[str, Any], key: str, default: str | None = None) -> str:
    if key not in entry and default is None:
        raise BadEntry(f"it has no `{key}`.")
    return _plain(entry.get(key, default), key)


def _plain(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise BadEntry(f"`{key}` is not a text.")
    return value


def _paired(example: Example) -> tuple[str | None, list[tuple[str, str]]]:
    """Returns a chat as its system turn and its pairs of question and answer, the last one learnt."""
    turns = list(example.messages)
    system = turns.pop(0).content if turns[0].role == "system" else None
    if [turn.role for turn in turns] != ["user", "assistant"] * (len(turns) // 2):
        raise BadEntry("its turns are not questions and answers in turn.")
    return system, [(turns[at].content, turns[at + 1].content) for at in range(0, len(turns), 2)]
