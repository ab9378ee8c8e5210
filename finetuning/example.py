"""An example: the turns of a chat whose last one a model is to learn.

A data set is a folder:

    train.jsonl, validation.jsonl, test.jsonl    one example a line, as below
    dataset_info.json                            task, counts, hashes, how it was made, how it was split
    README.md                                    the data set's card

A line is what other tools call `messages` (or "OpenAI format"), with keys of our own beside it, which they ignore:

    {"messages": [{"role": "system", "content": "..."}, {"role": "user", "content": "..."},
                  {"role": "assistant", "content": "[2] 85 Nm"}],
     "id": "kp-40-torques-3", "task": "manuals", "group": "kp-40/torques/m12", "language": "en", "source": {...}}
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class Task(StrEnum):
    """What a model is tuned for; an adapter is named after it."""

    MANUALS = "manuals"  # read passages, cite, abstain: `tools/manuals/prompt.py`
    CYPHER = "cypher"  # write a query: `tools/graph/prompt.py`
    SERIES = "series"  # continue a series: `forecasting/prompts.py`
    PARTS = "parts"  # name the parts in a text: `tools/parts/prompt.py`
    PREFERENCES = "preferences"  # what people said of answers: chosen and rejected
    OWN = "own"  # a file of the user's


class Split(StrEnum):
    """Parts of a data set. No group is in two of them."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Turn(msgspec.Struct, frozen=True):
    """One turn; `role` is `system`, `user` or `assistant`."""

    role: str
    content: str


class Example(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a data set.

    Attributes:
        messages: The turns. The last one is the assistant's, and alone is learnt; what is before it is read.
        id: Unique in the data set, and the same when it is made again.
        task: What it is for.
        group: Examples that tell the same fact (or come from one section, one manual, one template) share a group, and
            a group is never split.
        language: `en`, `fr`; empty where it has none.
        rejected: For `preferences`: what the last turn should not have been.
        text: For texts without turns (`series`, completions of older APIs): what the prompt is, verbatim, with no chat
            template around it; the one message is then the completion.
        source: Where it comes from, for people: a document with its page, a template, a tag.
    """

    messages: tuple[Turn, ...]
    id: str = ""
    task: Task = Task.OWN
    group: str = ""
    language: str = ""
    rejected: str | None = None
    text: str | None = None
    source: dict[str, Any] = {}
