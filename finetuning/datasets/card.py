"""The card of a data set: what is in it, how it was made and split, and what it cannot be used for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.example import Split, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from finetuning.datasets.folder import Dataset
    from finetuning.example import Example

_ABOUT: Final = {
    Task.MANUALS: "Passages of manuals with a question: the answer cites a passage in its own words, or says that none "
    "answers. It teaches reading, citing and abstaining, not the facts themselves.",
    Task.CYPHER: "Questions about a graph with the Cypher that answers them, in the format in which millhand asks.",
    Task.SERIES: "Windows of measured series: the history as prompt, what came after as completion.",
    Task.PARTS: "Free texts of maintenance with the parts they name, in the words of the text.",
    Task.PREFERENCES: "Answers that people called right, and those they called wrong, to the same question.",
    Task.OWN: "Taken from a file of the user's.",
}
_LIMITS: Final = {
    Task.MANUALS: "Answers are words of a page; whether the page is right, nobody has checked. Pairs made by rules ask "
    "the way their rules do: `millhand finetune review DIR` goes through them one at a time.",
    Task.CYPHER: "Drawn from templates over made-up graphs; a plant's own words may be others.",
    Task.SERIES: "Scaled to each history's own range; says nothing about sensors that behave otherwise.",
    Task.PARTS: "Labelled by rules where nobody has reviewed it; slang and new spellings are missed.",
    Task.PREFERENCES: "As few and as partial as the people who gave it.",
    Task.OWN: "As its source. What is wrong there is wrong here.",
}
_SHOWN: Final = 3
_LONGEST: Final = 1_500


def card_of(dataset: Dataset) -> str:
    """Returns the card, Markdown with the front matter that model hubs read."""
    info = dataset.info
    every = [example for examples in dataset.splits.values() for example in examples]
    languages = sorted({example.language for example in every} - {""})
    return "\n".join(
        [
            "---",
            f"pretty_name: millhand {info.task}",
            *([f"language: [{', '.join(languages)}]"] if languages else []),
            "---",
            "",
            f"# Data set: {info.task}",
            "",
            _ABOUT[info.task],
            "",
            *_counts(dataset),
            "",
            f"Split {info.split}. No group, no question with its answer and no prompt stands in two splits.",
            "",
            "## How it was made",
            "",
            *_block(msgspec.json.format(msgspec.json.encode(info.how)).decode()),
            "",
            "## Limits",
            "",
            _LIMITS[info.task],
            "",
            "## Examples",
            *_examples(every),
            "",
        ]
    )


def _counts(dataset: Dataset) -> Iterator[str]:
    yield "| split | examples | groups | languages |"
    yield "|---|---|---|---|"
    for split in Split:
        part = dataset.info.part(split)
        if part is not None:
            spoken = ", ".join(f"{name or 'none'} {count}" for name, count in part.languages.items())
            yield f"| {split} | {part.examples} | {part.groups} | {spoken} |"


def _examples(examples: list[Example]) -> Iterator[str]:
    """Yields three examples from all over the data set."""
    for example in examples[:: max(1, len(examples) // _SHOWN)][:_SHOWN]:
        turns = [f"{turn.role}: {turn.content}" for turn in example.messages]
        yield ""
        yield from _block("\n".join([*([example.text] if example.text else []), *turns])[:_LONGEST])


def _block(text: str) -> Iterable[str]:
    """Returns a text as an indented block, in which nothing is markup."""
    return [f"    {line}" for line in text.splitlines()]
