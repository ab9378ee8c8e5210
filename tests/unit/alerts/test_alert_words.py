"""What an alert says in English and in French, from its own fields."""

from __future__ import annotations

from datetime import UTC

import pytest

from plant.alert_words import AlertWords
from plant.episodes import Outlook
from plant.registry import Registry, Sensor
from plant.time import MINUTE
from tests.unit.alerts.alarms import NOW, stood

REGISTRY = Registry([Sensor("T", unit="kPa", decimals=1)])
COMING = Outlook("high", NOW + 5 * MINUTE, NOW + 40 * MINUTE, 0.62)


@pytest.mark.parametrize(
    ("rule", "fields", "english", "french"),
    [
        ("limit.high", {"actual": 77.66, "high": 62.0},
         "77.7 kPa at worst, above its high limit 62 kPa", "77,7 kPa au pire, au-dessus de son seuil haut 62 kPa"),
        ("limit.low_low", {"actual": -0.04, "low": 2.125},
         "0.0 kPa at worst, below its low-low limit 2.125 kPa",
         "0,0 kPa au pire, au-dessous de son seuil très bas 2,125 kPa"),
        ("setpoint", {"actual": 6.0, "low": 4.8, "high": 5.2},
         "6.0 kPa at worst, outside its set-point band, 4.8 to 5.2 kPa",
         "6,0 kPa au pire, hors de sa plage de consigne, 4,8 à 5,2 kPa"),
        ("range", {"actual": 999.0}, "outside its instrument's range", "hors de l'étendue de son instrument"),
        ("stuck", {"actual": 5.0}, "5.0 kPa, unchanged", "5,0 kPa, figé"),
        ("saturated", {"actual": 5.0}, "flat at the end of its instrument's range", "figé au bout de l'étendue"),
        ("spike", {"actual": 9.0, "typical": 5.0}, "9.0 kPa, a spike, 5.0 kPa before", "un pic, 5,0 kPa avant"),
        ("unit", {"actual": 41.0, "typical": 5.0}, "what 5.0 kPa would be in another unit", "ce que serait 5,0 kPa"),
        ("clock", {}, "a clock went back", "une horloge a reculé"),
        ("dropout", {}, "no good reading", "pas de mesure valable"),
        ("warning.high", {"actual": 50.0, "high": 62.0, "outlook": COMING},
         "may cross its high limit 62 kPa between 00:05 and 00:40 (62 %)",
         "peut franchir son seuil haut 62 kPa entre 00:05 et 00:40 (62 %)"),
        ("limit.high", {"reason": "a limit without a value"}, "a limit without a value", "a limit without a value"),
    ],
)  # fmt: skip
def test_a_reason_is_composed_in_the_operators_language(rule, fields, english, french) -> None:
    episode = stood("T", 0, rule=rule, unit="kPa", **fields)
    assert english in AlertWords("en", REGISTRY, UTC).reason(episode)
    assert french in AlertWords("fr", REGISTRY, UTC).reason(episode)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"actual": 9.0, "low": 4.0, "high": 5.0}, "mostly T, 9.0 kPa, usually 4.0 to 5.0 kPa"),
        ({"actual": 4.5, "low": 4.0, "high": 5.0}, "mostly T, moving unusually, 4.5 kPa, usually 4.0 to 5.0 kPa"),
        ({"actual": 9.0, "typical": 5.0}, "mostly T, 9.0 kPa, usually 5.0 kPa"),
        ({"actual": 9.0}, "mostly T, 9.0 kPa"),
        ({"reason": "T moved unusually"}, "T moved unusually"),
    ],
)
def test_an_assets_anomaly_names_the_tag_that_tells_most(fields, said) -> None:
    episode = stood("", 0, asset="P-1", rule="anomaly", unit="kPa", contributors=("T", "U"), **fields)
    assert AlertWords("en", REGISTRY, UTC).reason(episode) == said


@pytest.mark.parametrize(("right", "said"), [(True, "; it did"), (False, "; it did not")])
def test_an_early_warning_says_afterwards_whether_it_was_right(right, said) -> None:
    outlook = Outlook("low", NOW, NOW + MINUTE, 0.4, right)
    episode = stood("T", 0, 1, rule="warning.low", low=2.0, unit="kPa", outlook=outlook)
    assert AlertWords("en", REGISTRY, UTC).reason(episode).endswith(said)
