"""What is understood of a question: language, names, times, horizons; and what is not a question."""

from __future__ import annotations

from datetime import datetime

import pytest

from agents.understand.names import Kind
from agents.understand.words import MAX_CHARACTERS, clean, language_of
from plant.errors import BadInput
from plant.registry import Registry
from plant.time import DAY, HOUR, MINUTE
from tests.unit.agents.conftest import NOW, PARIS


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("Which sensors are on pump P-101?", Kind.ASSET, ("P-101",)),
        ("is CW-100.TT-02 odd?", Kind.TAG, ("CW-100.TT-02",)),
        ("is cw-100.tt-02 odd?", Kind.TAG, ("CW-100.TT-02",)),
        ("forecast TT-02", Kind.TAG, ("CW-100.TT-02",)),
        ("forecast tt02", Kind.TAG, ("CW-100.TT-02",)),
        ("forecast TT 02", Kind.TAG, ("CW-100.TT-02",)),
        ("forecast TT-O2", Kind.TAG, ("CW-100.TT-02",)),
        ("forecast the chilled water temperature", Kind.TAG, ("CW-100.TT-02",)),
        ("forecast the chiled watr temprature", Kind.TAG, ("CW-100.TT-02",)),
        ("prévision du débit d'eau", Kind.TAG, ("CW-100.FT-01",)),
        ("prevision du debit d\u2019eau", Kind.TAG, ("CW-100.FT-01",)),
        ("la température de l'eau glacée", Kind.TAG, ("CW-100.TT-02",)),
        ("will the level rise?", Kind.TAG, ("T-101.LT-01",)),
        ("vibration of P-102", Kind.TAG, ("P-102.VT-01",)),
        ("vibration de la pompe 103", Kind.TAG, ("P-103.VT-01",)),
        ("bearing temperature of pump 101", Kind.TAG, ("P-101.TT-01",)),
        ("P-101 TT-01", Kind.TAG, ("P-101.TT-01",)),
        ("TT-01 of the compressor", Kind.TAG, ("C-101.TT-01",)),
        ("is the exchanger odd?", Kind.ASSET, ("E-101",)),
        ("is the exchangr odd?", Kind.ASSET, ("E-101",)),
        ("l'échangeur est-il normal ?", Kind.ASSET, ("E-101",)),
        ("pompe 101", Kind.ASSET, ("P-101",)),
        ("pump p101", Kind.ASSET, ("P-101",)),
        ("what does E07 mean?", Kind.CODE, ("E07",)),
        ("défaut e7", Kind.CODE, ("E07",)),
        ("in area CW-100", Kind.AREA, ("CW-100",)),
        ("forecast CW-100.TT-2", Kind.UNKNOWN, ("CW-100.TT-02", "CW-100.TT-01", "CW-100.JT-01")),
    ],
)
def test_names(reader, text, kind, names):
    mention = next(m for m in reader.read(clean(text)).mentions if m.kind == kind)
    assert mention.names == names
    assert not mention.doubtful or kind == Kind.UNKNOWN


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("is TT-01 odd?", ("CW-100.TT-01", "C-101.TT-01", "P-101.TT-01", "P-102.TT-01", "P-103.TT-01")),
        ("is the pump odd?", ("P-101", "P-102", "P-103")),
        ("vibration", ("P-101.VT-01", "P-102.VT-01", "P-103.VT-01")),
    ],
)
def test_a_name_of_several_is_a_doubt(reader, text, choices):
    (doubt,) = reader.read(text).doubts
    assert doubt.names == choices


def test_a_plural_means_all(reader):
    question = reader.read("les pompes sont-elles normales ?")
    assert not question.doubts
    assert question.sure(Kind.ASSET) == ("P-101", "P-102", "P-103")


@pytest.mark.parametrize("text", ["torque of the M8 bolts", "the last 24 readings", "what is 2 plus 2?", "page 12"])
def test_what_names_nothing(reader, text):
    assert reader.read(text).mentions == ()


def test_an_unknown_tag_has_its_nearest(reader):
    (mention,) = reader.read("forecast FT-02").mentions
    assert mention.kind == Kind.UNKNOWN
    assert "CW-100.FT-01" in mention.names


def test_a_registry_without_sensors_is_no_trouble(reader):
    empty = reader.index.__class__(Registry())
    question = type(reader)(empty, NOW, PARIS).read("is TT-02 of the exchanger odd today?")
    assert [m.kind for m in question.mentions] == [Kind.UNKNOWN]


TODAY, YESTERDAY = at("2026-01-14"), at("2026-01-13")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("any anomaly today?", TODAY, None),
        ("aujourd'hui", TODAY, None),
        ("odd yesterday?", YESTERDAY, TODAY),
        ("hier", YESTERDAY, TODAY),
        ("since yesterday", YESTERDAY, None),
        ("depuis hier matin", at("2026-01-13 06:00"), None),
        ("since 8:00", at("2026-01-14 08:00"), None),
        ("since 8", at("2026-01-14 08:00"), None),
        ("since 3 pm", at("2026-01-13 15:00"), None),
        ("depuis 8h", at("2026-01-14 08:00"), None),
        ("depuis 8h30", at("2026-01-14 08:30"), None),
        ("in the last 3 hours", NOW - 3 * HOUR, None),
        ("last hour", NOW - HOUR, None),
        ("les 3 dernières heures", NOW - 3 * HOUR, None),
        ("la dernière heure", NOW - HOUR, None),
        ("depuis 2 jours", NOW - 2 * DAY, None),
        ("il y a deux heures", NOW - 2 * HOUR, None),
        ("90 minutes ago", NOW - 90 * MINUTE, None),
        ("between 8 and 10", at("2026-01-14 08:00"), at("2026-01-14 10:00")),
        ("entre 8h et 10h30 hier", at("2026-01-13 08:00"), at("2026-01-13 10:30")),
        ("this morning", at("2026-01-14 06:00"), None),
        ("ce matin", at("2026-01-14 06:00"), None),
        ("last night", at("2026-01-13 22:00"), at("2026-01-14 06:00")),
        ("on 2026-01-10", at("2026-01-10"), at("2026-01-11")),
        ("cette semaine", at("2026-01-12"), None),
        ("last week", at("2026-01-05"), at("2026-01-12")),
        ("avant-hier", at("2026-01-12"), YESTERDAY),
    ],
)
def test_spans(reader, text, start, end):
    question = reader.read(text)
    assert (question.start, question.end) == (start, end)
    assert question.horizon_ms is None


@pytest.mark.parametrize(
    ("text", "horizon"),
    [
        ("for the next 2 hours", 2 * HOUR),
        ("next hour", HOUR),
        ("over the next half an hour", 30 * MINUTE),
        ("in two hours", 2 * HOUR),
        ("for 90 min", 90 * MINUTE),
        ("2h", 2 * HOUR),
        ("over 1h30", 90 * MINUTE),
        ("1.5 hours ahead", 90 * MINUTE),
        ("sur 1 heure", HOUR),
        ("sur une heure et demie de plus: 1 heure", HOUR),
        ("dans les 2 prochaines heures", 2 * HOUR),
        ("pour les prochaines 3 heures", 3 * HOUR),
        ("d'ici deux heures", 2 * HOUR),
        ("les 30 minutes à venir", 30 * MINUTE),
        ("until 18:00", at("2026-01-14 18:00") - NOW),
        ("until 8:00", at("2026-01-15 08:00") - NOW),
        ("jusqu'à 18h", at("2026-01-14 18:00") - NOW),
        ("until tonight", at("2026-01-14 22:00") - NOW),
        ("d'ici ce soir", at("2026-01-14 22:00") - NOW),
        ("until tomorrow", at("2026-01-15") - NOW),
        ("tomorrow", at("2026-01-16") - NOW),
        ("pour demain", at("2026-01-16") - NOW),
        ("until midnight", at("2026-01-15") - NOW),
        ("for the next 0 hours", 0),
        ("the next -5 minutes", -5 * MINUTE),
        ("the next 500 years", 500 * 365 * DAY),
    ],
)
def test_horizons(reader, text, horizon):
    question = reader.read(f"forecast TT-02 {text}")
    assert question.horizon_ms == horizon
    assert question.start is None


@pytest.mark.parametrize(
    "text", ["and why?", "what is it for?", "E-101 and P-101", "CW-100.FT-01", "a pump", "5.2 degC"]
)
def test_no_time_where_none_is_named(reader, text):
    question = reader.read(text)
    assert question.start is question.horizon_ms is None


def test_a_day_of_23_hours_ends_at_midnight(reader):
    march = round(datetime(2026, 3, 29, 1, 0, tzinfo=PARIS).timestamp() * 1_000)
    question = type(reader)(reader.index, march, PARIS).read("until midnight")
    assert question.horizon_ms == 22 * HOUR


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what does E07 mean?", "en"),
        ("que signifie E07 ?", "fr"),
        ("prévision du débit d'eau sur 1 heure", "fr"),
        ("P-102 a un comportement inhabituel ?", "fr"),
        ("any anomaly on the exchanger today?", "en"),
        ("la pompe 101 va bien ?", "fr"),
        ("TT-02?", "en"),
    ],
)
def test_language(text, language):
    assert language_of(text) == language


def test_a_question_that_does_not_tell_is_in_the_language_before():
    assert language_of("TT-02", "fr") == "fr"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("is \x1b[31mTT-02\x1b[0m odd?", "is TT-02 odd?"),
        ("is\x00 TT-02\x07 odd?\n", "is TT-02 odd?"),
        ("[bold]is TT-02 odd?[/bold]", "[bold]is TT-02 odd?[/bold]"),
        ("\uff34\uff34\uff0d\uff10\uff12", "TT-02"),
        ("TT\u201102 \u2014 odd?", "TT-02 - odd?"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
    ],
)
def test_cleaning(text, plain):
    assert clean(text) == plain


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no word"),
        ("   \n\t", "no word"),
        ("?!... --- ***", "no word"),
        ("\x1b[2J\x00", "no word"),
        ("a line of a log\n" * 200, "201 lines"),
        ("x" * (MAX_CHARACTERS + 1), f"{MAX_CHARACTERS + 1} characters"),
    ],
)
def test_what_is_not_one_question_is_told(text, says):
    with pytest.raises(BadInput, match=says):
        clean(text)


@pytest.mark.parametrize("spelt", ["E07", "e7", "E-07", "E 07", "e 7"])
def test_a_fault_code_is_found_however_it_is_spelt(reader, spelt):
    question = reader.read(f"what does {spelt} mean?")
    assert question.sure(Kind.CODE) == ("E07",)
    assert question.asked == "what does E07 mean?"


@pytest.mark.parametrize(
    "text", ["what does fault 7 mean?", "que veut dire le défaut 7 ?", "error no. 7", "erreur n°07"]
)
def test_a_numbered_fault_is_a_code(reader, text):
    assert reader.read(text).sure(Kind.CODE) == ("E07",)


@pytest.mark.parametrize("text", ["faults of the last 7 days", "pump E-101", "fault 7.5", "fault 1234"])
def test_what_only_looks_like_a_fault_is_none(reader, text):
    assert reader.read(text).sure(Kind.CODE) == ()
