"""Where a question goes: a classifier trained from the repository's utterances, its doubt measured.

Of the questions routed with 80 % confidence about 80 % go where they should: accuracy and
calibration are measured in `tests/unit/agents/test_route.py` on questions that are not in the
training set. What a question names is replaced by placeholders at training and asking alike, so
the plant's own tags do not matter. Where the classifier is not sure, the language model that the settings
name decides between the plausible routes, if it does not waver; else the person is asked.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from agents.classifier import Classifier, trained
from agents.contract import Route
from agents.understand.names import Kind
from agents.understand.question import HORIZON_PLACEHOLDER, PLACEHOLDERS, SPAN_PLACEHOLDER
from agents.understand.words import fold
from inference.contract import Message, Options
from plant.settings import cache_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inference.contract import LanguageModel

OTHER = "other"
"""The class of what millhand does not do."""

SURE = 0.5
"""From this confidence on the classifier decides alone."""

PLAUSIBLE = 0.12
"""Below this confidence a route is not offered as what could be meant."""

_FILL = {
    "{tag}": PLACEHOLDERS[Kind.TAG],
    "{asset}": PLACEHOLDERS[Kind.ASSET],
    "{code}": PLACEHOLDERS[Kind.CODE],
    "{span}": SPAN_PLACEHOLDER,
    "{horizon}": HORIZON_PLACEHOLDER,
}


def utterances() -> list[tuple[str, str]]:
    """Returns the training set: masked text and class, both languages."""
    table = tomllib.loads(files("agents").joinpath("utterances.toml").read_text(encoding="utf-8"))
    return [
        (_mask(text), label) for label, by_language in table.items() for said in by_language.values() for text in said
    ]


def _mask(utterance: str) -> str:
    for name, placeholder in _FILL.items():
        utterance = utterance.replace(name, f" {placeholder} ")
    return " ".join(fold(utterance).split())


@lru_cache(maxsize=1)
def router() -> Classifier:
    """Returns the classifier of the repository's utterances, from the cache or trained."""
    return trained(utterances(), cache_dir())


def decide_by_model(question: str, plausible: Sequence[Route], model: LanguageModel) -> Route | None:
    """Lets a language model choose among the plausible routes; None where it does not settle.

    It chooses twice, the routes named in both orders: a small model likes what comes first, and
    a choice that depends on the order is none.
    """
    chosen = {_choose(question, order, model) for order in (tuple(plausible), tuple(reversed(plausible)))}
    return chosen.pop() if len(chosen) == 1 else None


_MEANINGS = {
    Route.MANUAL: "what the manual says: fault codes, procedures, torques, specifications",
    Route.GRAPH: "what is connected to what, sensors on an asset, work orders, parts",
    Route.FORECAST: "what a value will be",
    Route.ANOMALY: "whether a sensor or an asset is odd",
    Route.ALERTS: "alerts and alarms",
    Route.PARTS: "what technicians complain about in work orders and reviews: worn, leaking, broken parts",
    Route.HELP: "what this program can do",
    Route.CLARIFY: "none of these",
}


def _choose(question: str, routes: Sequence[Route], model: LanguageModel) -> Route:
    listed = "\n".join(f"{route}: {_MEANINGS[route]}" for route in routes)
    messages = [
        Message("system", f"Sort the operator's question into one kind.\n{listed}"),
        Message("user", question),
    ]
    schema = {
        "type": "object",
        "properties": {"kind": {"type": "string", "enum": [str(route) for route in routes]}},
        "required": ["kind"],
        "additionalProperties": False,
    }
    text = model.complete(messages, Options(max_tokens=24, schema=schema))[0].text
    return Route(msgspec.json.decode(text)["kind"])
