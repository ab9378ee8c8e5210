"""The settings tried on sample messages: the first readings, what fails and why, what looks wrong."""

from __future__ import annotations

import json
from typing import Any

from ingestion.contract import RawMessage
from ingestion.mapping import decoder_for
from ingestion.trial import Trial, try_messages
from plant.registry import Registry
from plant.settings import MappingSettings
from plant.time import DAY

NOON = 1_764_000_000_000


def tried(bodies: list[Any], **mapping: str) -> Trial:
    messages = [RawMessage(place, None, json.dumps(body).encode()) for place, body in enumerate(bodies)]
    return try_messages(decoder_for(Registry(), MappingSettings(**mapping), "topic"), messages, NOON + 2_000)


def test_the_first_readings_and_what_fails_are_told():
    good = {"n": "T", "ts": NOON, "value": 5.0, "u": "degC"}
    trial = tried([good, {"n": "S", "ts": NOON, "value": None}, {"n": "T"}, {"n": "T"}], tag="n", unit="u?")
    assert (trial.messages, trial.readings, trial.refused) == (4, 2, 2)
    assert trial.details == (
        "T: 5 degC, good, 2025-11-24T16:00:00Z (2 s ago)",
        "S: no value, bad, 2025-11-24T16:00:00Z (2 s ago)",
        "2 times: The message has nothing at ts (mapping.ts).",
    )


def test_our_own_format_is_tried_too():
    assert tried([{"tag": "T", "ts": NOON, "value": 1}, {"tag": "T"}]).details[0].startswith("T: 1, good")


def test_a_time_in_another_unit_and_an_optional_path_that_is_never_there_look_wrong():
    trial = tried([{"n": "T", "ts": NOON // 1_000, "value": 1}], tag="n", quality="qualty?")
    assert trial.refused == 0
    assert trial.details[1:] == (
        "The newest time is more than a day from now: is mapping.time_unit right?",
        "No message has qualty? (mapping.quality): is it spelled so?",
    )
    assert len(tried([{"n": "T", "ts": NOON - DAY // 2, "value": 1}], tag="n").details) == 1
