"""What is said of facts: newest readings and alerts, each value once, in both languages."""

from __future__ import annotations

import msgspec
import pytest

from agents.claims import ground, unresolved
from agents.compose.alerts import alerts
from agents.compose.forecast import forecast
from agents.compose.speech import Speech
from agents.compose.talk import refusal_in
from plant.facts import SECONDS, TIME, EvidenceKind, FactSheet, Refusal, RefusalCode, ToolResult
from plant.time import DAY, MINUTE, to_iso, to_local
from tests.unit.agents.conftest import NOW, PARIS
from tools.subjects import Subject, find_subject, no_readings

LIMITS = {"setpoint": 5.0, "tolerance": 0.2}


def reading(sheet, tag, value, *, unit="degC", quality="good", age=60.0, **limits) -> None:
    source = sheet.evidence[0].id if sheet.evidence else sheet.cite(EvidenceKind.READINGS, "newest readings")
    sheet.add("reading.tag", tag, source)
    if value is not None:
        sheet.add("reading.value", value, source, unit)
    sheet.add("reading.at", to_iso(NOW - round(age * 1_000)), source, TIME)
    sheet.add("reading.age", age, source, SECONDS)
    sheet.add("reading.quality", quality, source)
    for name, limit in limits.items():
        sheet.add(f"reading.{name}", limit, source, unit)


def alert(sheet, rule, subject, *, closed=False, **values) -> None:
    source = sheet.cite(EvidenceKind.EPISODES, f"alert of {subject}")
    for name, value in (("id", f"ep-{len(sheet.facts):012x}"), ("subject", subject), ("rule", rule)):
        sheet.add(f"alert.{name}", value, source)
    sheet.add("alert.since", to_iso(NOW - 20 * MINUTE), source, TIME)
    if closed:
        sheet.add("alert.until", to_iso(NOW - 5 * MINUTE), source, TIME)
    sheet.add("alert.lasted", 900.0 if closed else 1200.0, source, SECONDS)
    unit = values.pop("unit", None)
    if contributor := values.pop("contributor", None):
        sheet.add("alert.contributor", contributor, source)
    for name, value in values.items():
        sheet.add(f"alert.{name}", value, source, unit)
    sheet.add("alert.reason", "160.0 kPa for 15 min, high-high limit 90", source)


def counted(sheet, number, standing) -> None:
    source = sheet.cite(EvidenceKind.EPISODES, f"alerts: {number}")
    sheet.add("alerts.count", number, source)
    sheet.add("alerts.standing", standing, source)


def said(sheet, speech: Speech, **data) -> str:
    result = ToolResult("alerts", tuple(sheet.facts), evidence=tuple(sheet.evidence), data=data)
    text = " ".join(alerts(result, speech))
    assert unresolved(text, ground(result.facts, result.evidence, PARIS)) == []
    return text


@pytest.fixture
def sheet() -> FactSheet:
    return FactSheet()


@pytest.mark.parametrize(
    ("value", "facts", "english", "french"),
    [
        (4.97, LIMITS, "is 5.0 degC at 14:09, good; set point 5 +- 0.2 degC. [1]",
         "vaut 5,0 degC à 14:09, bonne qualité ; consigne 5 +- 0,2 degC. [1]"),
        (5.31, LIMITS, "is 5.3 degC at 14:09, good; outside its set point 5 +- 0.2 degC. [1]",
         "vaut 5,3 degC à 14:09, bonne qualité ; hors de sa consigne 5 +- 0,2 degC. [1]"),
        (9.0, {**LIMITS, "high": 6.0, "high_high": 8.0}, "good; above its high-high limit 8 degC. [1]",
         "au-dessus de son seuil très haut 8 degC. [1]"),
        (1.0, {"low": 2.0, "high": 8.0}, "good; below its low limit 2 degC. [1]",
         "au-dessous de son seuil bas 2 degC. [1]"),
        (5.0, {"low": 2.0, "high_high": 8.0}, "good; low limit 2 degC, high-high limit 8 degC. [1]",
         "seuil bas 2 degC, seuil très haut 8 degC. [1]"),
        (5.0, {}, "is 5.0 degC at 14:09, good. [1]", "vaut 5,0 degC à 14:09, bonne qualité. [1]"),
        (4.97, {"quality": "bad"}, "shows 5.0 degC at 14:09, but its quality is bad: do not rely on it. [1]",
         "affiche 5,0 degC à 14:09, mais sa qualité est mauvaise : ne vous y fiez pas. [1]"),
        (4.97, {"quality": "stale", "age": 960.0},
         "was 5.0 degC at 13:54 (16 min ago) and has sent nothing since: it is stale.",
         "valait 5,0 degC à 13:54 (il y a 16 min) et n'envoie plus rien depuis."),
        (None, {"quality": "bad"}, "has no value at 14:09: its quality is bad. [1]",
         "n'a pas de valeur à 14:09 : qualité mauvaise. [1]"),
    ],
)  # fmt: skip
def test_the_newest_reading_is_said_with_what_it_should_be(sheet, speech, value, facts, english, french):
    reading(sheet, "CW-100.TT-02", value, **facts)
    counted(sheet, 0, 0)
    text = said(sheet, speech, standing=True)
    assert text.startswith("CW-100.TT-02 ")
    assert speech.pick(english, french) in text
    assert text.endswith(speech.pick("No alert stands. [2]", "Aucune alerte en cours. [2]"))


def test_an_asset_gets_one_sentence_that_names_what_is_not_good(sheet, speech):
    reading(sheet, "P-101.VT-01", 2.113, unit="mm/s")
    reading(sheet, "P-101.TT-01", 95.0, high=80.0)
    reading(sheet, "P-101.JT-01", None, unit="kW", quality="stale", age=1800.0)
    counted(sheet, 0, 0)
    text = said(sheet, speech, standing=True)
    assert speech.pick("at 14:09: P-101.VT-01 2.11 mm/s, ", "à 14:09 : P-101.VT-01 2,11 mm/s, ") in text
    assert speech.pick("95.0 degC (above its high limit 80 degC)", "(au-dessus de son seuil haut 80 degC)") in text
    assert speech.pick("no value (stale, at 13:40 (30 min ago))", "(périmée, à 13:40 (il y a 30 min))") in text
    assert speech.pick("all good", "bonne qualité") not in text


@pytest.mark.parametrize(
    ("rule", "values", "english", "french"),
    [
        ("limit.high_high", {"actual": 160.0, "high": 90.0, "unit": "kPa"},
         "160.0 kPa at worst, above its high-high limit 90 kPa",
         "160,0 kPa au pire, au-dessus de son seuil très haut 90 kPa"),
        ("setpoint", {"actual": 160.0, "low": 40.0, "high": 50.0, "unit": "kPa"},
         "outside its set-point band, 40 to 50 kPa", "hors de sa plage de consigne, 40 à 50 kPa"),
        ("stuck", {"actual": 160.0, "unit": "kPa"}, "160.0 kPa, unchanged.", "160,0 kPa, figé."),
        ("dropout", {}, ": no good reading.", " : pas de mesure valable."),
        ("anomaly", {"actual": 160.0, "low": 40.0, "high": 50.0, "unit": "kPa", "contributor": "E-101.PDT-01"},
         ": 160.0 kPa, usually 40.0 to 50.0 kPa",
         " : 160,0 kPa, d'habitude 40,0 à 50,0 kPa"),
        ("anomaly", {"actual": 45.0, "low": 40.0, "high": 50.0, "unit": "kPa", "contributor": "E-101.PDT-01"},
         "moving unusually, 45.0 kPa", "au comportement inhabituel, 45,0 kPa"),
    ],
)  # fmt: skip
def test_an_alert_says_its_worst_value_once_and_why(sheet, speech, rule, values, english, french):
    counted(sheet, 1, 0)
    alert(sheet, rule, "E-101.PDT-01", closed=True, **values)
    text = said(sheet, speech)
    assert speech.pick("E-101.PDT-01 from 13:50 to 14:05: ", "E-101.PDT-01 de 13:50 à 14:05 : ") in text
    assert speech.pick(english, french) in text
    assert text.count("kPa") <= 2
    assert "15 min" not in text


def test_a_standing_alert_says_how_long_it_stands_by_its_times(sheet, speech):
    counted(sheet, 1, 1)
    alert(sheet, "stuck", "E-101.PDT-01", actual=160.0, unit="kPa")
    assert speech.pick("since 13:50 (20 min): ", "depuis 13:50 (20 min) : ") in said(sheet, speech)


@pytest.mark.parametrize(
    ("state", "english", "french"),
    [
        ("shelved", "unchanged; shelved.", "figé ; mise de côté."),
        ("acknowledged", "unchanged; acknowledged.", "figé ; acquittée."),
        ("unacknowledged", "unchanged.", "figé."),
    ],
)
def test_what_people_did_to_an_alert_is_said(sheet, speech, state, english, french):
    counted(sheet, 1, 1)
    sheet.add("alerts.hidden", 1, "e1")
    alert(sheet, "stuck", "E-101.PDT-01", actual=160.0, unit="kPa")
    sheet.add("alert.alarm", state, "e2")
    text = said(sheet, speech, standing=True)
    assert speech.pick("1 alert stands, 1 put aside.", "1 alerte en cours, dont 1 en retrait.") in text
    assert speech.pick(english, french) in text


@pytest.mark.parametrize(
    ("states", "english", "french"),
    [
        (("shelved",), "Shelved: 1 alert. [1]", "Mises de côté : 1 alerte. [1]"),
        (("unacknowledged", "returned"), "Not acknowledged: 1 alert. [1]", "Non acquittées : 1 alerte. [1]"),
    ],
)
def test_alerts_in_a_state_are_counted_as_those(sheet, speech, states, english, french):
    counted(sheet, 1, 1)
    alert(sheet, "stuck", "E-101.PDT-01", actual=160.0, unit="kPa")
    assert said(sheet, speech, states=states).startswith(speech.pick(english, french))


def test_a_flood_is_said_as_one_incident(sheet, speech):
    counted(sheet, 13, 0)
    source = sheet.cite(EvidenceKind.EPISODES, "incident in-1: 13 alerts")
    sheet.add("incident.count", 13, source)
    sheet.add("incident.subject", "E-101.PDT-01", source)
    sheet.add("incident.begun", to_iso(NOW - 20 * MINUTE), source, TIME)
    english, french = "An incident of 13 alerts {}, the first on", "Un incident de 13 alertes {}, la première sur"
    assert speech.pick(english, french).format(speech.pick("since 13:50", "depuis 13:50")) in said(sheet, speech)
    sheet.add("incident.ended", to_iso(NOW - 5 * MINUTE), source, TIME)
    both = speech.pick("from 13:50 to 14:05", "de 13:50 à 14:05")
    assert speech.pick(english, french).format(both) in said(sheet, speech)


def test_what_is_out_of_service_is_said_without_an_alert(sheet, speech):
    counted(sheet, 0, 0)
    for name in ("P-101", "E-101.PDT-01"):
        sheet.add("place.out_of_service", name, sheet.cite(EvidenceKind.EPISODES, f"out of service: {name}"))
    joint = speech.pick(
        "Out of service: P-101 and E-101.PDT-01. [2] [3]", "Hors service : P-101 et E-101.PDT-01. [2] [3]"
    )
    assert joint in said(sheet, speech)


def test_a_span_of_two_days_says_both(sheet, speech):
    counted(sheet, 0, 0)
    sheet.add("alerts.start", to_iso(NOW - DAY), "e1", TIME)
    sheet.add("alerts.end", to_iso(NOW), "e1", TIME)
    days = [to_local(ms, PARIS, day=True) for ms in (NOW - DAY, NOW)]
    assert speech.pick(f"between {days[0]} and {days[1]}", f"entre {days[0]} et {days[1]}") in said(sheet, speech)


def test_an_early_warning_says_what_is_to_come(sheet, speech):
    counted(sheet, 1, 1)
    alert(sheet, "warning.high", "E-101.PDT-01", actual=50.0, high=62.0, unit="kPa")
    sheet.add("alert.expected_limit", "high", "e2")
    sheet.add("alert.expected_from", to_iso(NOW + 5 * MINUTE), "e2", TIME)
    sheet.add("alert.expected_until", to_iso(NOW + 40 * MINUTE), "e2", TIME)
    sheet.add("alert.probability", 0.62, "e2")
    english = "may cross its high limit 62 kPa between 14:15 and 14:50 (62 %)"
    french = "peut franchir son seuil haut 62 kPa entre 14:15 et 14:50 (62 %)"
    assert speech.pick(english, french) in said(sheet, speech, standing=True)


def test_three_alerts_are_said_the_others_counted(sheet, speech):
    counted(sheet, 5, 2)
    for _ in range(5):
        alert(sheet, "stuck", "E-101.PDT-01", actual=160.0, unit="kPa")
    text = said(sheet, speech)
    assert text.startswith(speech.pick("5 alerts, 2 standing now. [1]", "5 alertes, dont 2 en cours. [1]"))
    assert text.count("E-101.PDT-01") == 3
    assert text.endswith(speech.pick("All 5 are in the evidence. [1]", "Les 5 sont dans la source. [1]"))


@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_has_a_french_sentence(registry, code):
    refusal = Refusal(code, "Something no template knows.", "Do that.", ())
    french = refusal_in(refusal, Speech("fr", PARIS, NOW, registry))
    assert french.text.endswith(".")
    assert "Something" not in french.text
    assert "Do that" not in french.help


@pytest.mark.parametrize(
    ("refusal", "text", "help_"),
    [
        (Refusal(RefusalCode.UNKNOWN_TAG, 'There is no tag or asset "TT-99".', "Did you mean A?", ("CW-100.TT-02",)),
         "Il n'y a ni capteur ni équipement « TT-99 ».", "Vouliez-vous dire CW-100.TT-02 ?"),
        (Refusal(RefusalCode.UNKNOWN_ENTITY, "There is no P-109 in the plant graph.", "", ("P-101", "P-103")),
         "« P-109 » n'est pas dans le graphe de l'installation.", ""),
        (Refusal(RefusalCode.STALE, "T-101.LT-01 has given no good reading for 2 h, while others went on.", "Check."),
         "T-101.LT-01 n'a rien donné de valable depuis 2 h, alors que les autres continuent.",
         "Vérifiez le capteur et sa ligne."),
        (Refusal(RefusalCode.NOT_FOUND, "Introuvable dans les manuels (le plus proche : p. 12)."),
         "Introuvable dans les manuels (le plus proche : p. 12).", ""),
    ],
)  # fmt: skip
def test_a_refusal_in_french_keeps_names_and_figures(registry, refusal, text, help_):
    french = refusal_in(refusal, Speech("fr", PARIS, NOW, registry))
    assert (french.text, french.help) == (text, help_)


def test_what_tools_really_refuse_is_known_in_french(registry):
    """The templates rest on the tools' sentences: these come from the tools themselves."""
    speech = Speech("fr", PARIS, NOW, registry)
    for refusal in (find_subject(registry, "XX-99"), no_readings(Subject("T-101.LT-01", ()))):
        assert isinstance(refusal, Refusal)
        assert refusal_in(refusal, speech).text != refusal_in(msgspec.structs.replace(refusal, text="?"), speech).text


@pytest.mark.parametrize(
    ("season", "english", "french"),
    [
        (86_400.0, 'beats "same as the season before"', "mieux que « comme la saison précédente »"),
        (None, 'beats "same as the last value"', "mieux que « comme la dernière valeur »"),
    ],
)
def test_a_forecast_names_the_bar_it_beats_and_what_its_band_held(sheet, speech, season, english, french):
    source = sheet.cite(EvidenceKind.BACKTEST, "backtest of 5 folds")
    values = {
        "tag": ("CW-100.TT-02", None),
        "until": (to_iso(NOW + 60 * MINUTE), TIME),
        "end": (5.1, "degC"),
        "band_low": (4.9, "degC"),
        "band_high": (5.3, "degC"),
        "band_level": (90, "%"),
        "coverage": (84.0, "%"),
        "winner": ("smoothing", None),
        "skill": (0.31, None),
        "loser.arima.skill": (-0.001, None),
        "loser.language-model.skill": (-0.9, None),
    } | ({"season": (season, SECONDS)} if season else {})
    for name, (value, unit) in values.items():
        sheet.add(f"forecast.{name}", value, source, unit)
    text = " ".join(forecast(ToolResult("forecast", facts=tuple(sheet.facts)), speech))
    assert speech.pick(english, french) in text
    assert speech.pick("90 % band, which held 84 % when tried", "bande à 90 %, qui a tenu à 84 % à l'essai") in text
    assert speech.pick("the language model lost by 90 %", "le modèle de langue a perdu de 90 %") in text
    assert "ARIMA" not in text
