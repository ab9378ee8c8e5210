"""The claim check: what compose writes from any facts passes, and any altered figure is caught."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agents.claims import ground, unresolved
from agents.compose.alerts import alerts
from agents.compose.anomalies import KINDS, SEVERITIES, anomaly
from agents.compose.forecast import forecast
from agents.compose.manuals import manual
from agents.compose.plant_graph import graph
from agents.compose.speech import Speech
from plant.facts import TIME, EvidenceKind, FactSheet, Table, ToolResult
from plant.registry import Registry, Sensor
from plant.time import HOUR, to_iso

PARIS = ZoneInfo("Europe/Paris")
NOW = 1_768_396_200_000
TAGS = {"CW-100.TT-02": ("degC", 1), "CW-100.FT-01": ("m3/h", 1), "P-101.VT-01": ("mm/s", 2), "T-101.LT-01": ("%", 0)}
REGISTRY = Registry(Sensor(tag, unit=unit, decimals=decimals) for tag, (unit, decimals) in TAGS.items())

tags = st.sampled_from(sorted(TAGS))
values = st.floats(-50, 900, allow_nan=False)
times = st.integers(NOW - 72 * HOUR, NOW + 24 * HOUR).map(lambda ms: to_iso(ms // 1_000 * 1_000))
skills = st.floats(-3, 0.95, allow_nan=False)


def speak(language: str) -> Speech:
    return Speech(language, PARIS, NOW, REGISTRY)


def result_of(tool: str, sheet: FactSheet, **data: object) -> ToolResult:
    return ToolResult(tool, tuple(sheet.facts), evidence=tuple(sheet.evidence), data=data)


@st.composite
def forecasts(draw) -> ToolResult:
    sheet = FactSheet()
    tag = draw(tags)
    unit = TAGS[tag][0]
    backtest, readings = (
        sheet.cite(EvidenceKind.BACKTEST, "backtest of 5 folds"),
        sheet.cite(EvidenceKind.READINGS, "x"),
    )
    low, middle, high = sorted(draw(st.tuples(values, values, values)))
    sheet.add("forecast.tag", tag, readings)
    sheet.add("forecast.until", draw(times), readings, TIME)
    sheet.add("forecast.end", middle, backtest, unit)
    if draw(st.booleans()):
        sheet.add("forecast.band_low", low, backtest, unit)
        sheet.add("forecast.band_high", high, backtest, unit)
        sheet.add("forecast.band_level", draw(st.sampled_from([80.0, 90.0, 90])), backtest, "%")
    if draw(st.booleans()):
        sheet.add("forecast.limit.which", draw(st.sampled_from(["low", "high_high", "band_high"])), readings)
        sheet.add("forecast.limit.value", draw(values), readings, unit)
        sheet.add("forecast.limit.from", draw(times), readings, TIME)
        sheet.add("forecast.limit.to", draw(times), readings, TIME)
        sheet.add("forecast.limit.probability", draw(st.floats(10, 100)), readings, "%")
        sheet.add("forecast.limit.now", draw(st.booleans()), readings)
    baseline = draw(st.booleans())
    sheet.add(
        "forecast.winner", "seasonal-naive" if baseline else draw(st.sampled_from(["smoothing", "arima"])), backtest
    )
    sheet.add("forecast.baseline", baseline, backtest)
    if not baseline:
        sheet.add("forecast.skill", draw(st.floats(0.001, 0.95)), backtest)
    for name in ("theta", "language"):
        sheet.add(f"forecast.loser.{name}.skill", draw(skills), backtest)
    return result_of("forecast", sheet)


def newest_readings(draw, sheet: FactSheet) -> None:
    source = sheet.cite(EvidenceKind.READINGS, "newest readings", table=Table(("tag", "unit"), (("x", "m3/h"),)))
    for tag in draw(st.lists(tags, min_size=1, max_size=4)):
        unit, limits = TAGS[tag][0], sorted(draw(st.tuples(values, values, values, values)))
        sheet.add("reading.tag", tag, source)
        if draw(st.booleans()):
            sheet.add("reading.value", draw(values), source, unit)
        sheet.add("reading.at", draw(times), source, TIME)
        sheet.add("reading.age", draw(st.floats(0, 400_000)), source, "s")
        sheet.add("reading.quality", draw(st.sampled_from(["good", "bad", "stale"])), source)
        for name, limit in zip(("low_low", "low", "high", "high_high"), limits, strict=True):
            if draw(st.booleans()):
                sheet.add(f"reading.{name}", round(limit, 2), source, unit)
        if draw(st.booleans()):
            sheet.add("reading.setpoint", 5.0, source, unit)
            sheet.add("reading.tolerance", 0.2, source, unit)


@st.composite
def alert_lists(draw) -> ToolResult:
    sheet = FactSheet()
    if draw(st.booleans()):
        newest_readings(draw, sheet)
    listed = sheet.cite(EvidenceKind.EPISODES, "alerts")
    count = draw(st.integers(0, 7))
    sheet.add("alerts.count", count, listed)
    sheet.add("alerts.standing", draw(st.integers(0, count)), listed)
    sheet.add("alerts.start", draw(times), listed, TIME)
    sheet.add("alerts.end", draw(times), listed, TIME)
    for number in range(count):
        source, tag = sheet.cite(EvidenceKind.EPISODES, f"alert {number}"), draw(tags)
        unit = TAGS[tag][0]
        sheet.add("alert.id", f"ep-{number:012x}", source)
        sheet.add("alert.subject", tag, source)
        sheet.add("alert.since", draw(times), source, TIME)
        if draw(st.booleans()):
            sheet.add("alert.until", draw(times), source, TIME)
        sheet.add("alert.actual", draw(values), source, unit)
        low, high = sorted(draw(st.tuples(values, values)))
        sheet.add("alert.low", low, source, unit)
        sheet.add("alert.high", high, source, unit)
        sheet.add("alert.rule", draw(st.sampled_from(["setpoint", "stuck", "dropout", "anomaly", "own"])), source)
        sheet.add("alert.lasted", draw(st.integers(0, 400_000)), source, "s")
        if draw(st.booleans()):
            sheet.add("alert.contributor", draw(tags), source)
        sheet.add(
            "alert.reason",
            draw(st.sampled_from(["above its set-point band 4.8 to 5.2", "no change in 31 min"])),
            source,
        )
    sheet.add("tag.stale", draw(tags), listed)
    sheet.add("tag.stale_for", draw(st.integers(1, 400_000)), listed, "s")
    return result_of("alerts", sheet, standing=draw(st.booleans()))


@st.composite
def anomalies(draw) -> ToolResult:
    sheet = FactSheet()
    source, tag = sheet.cite(EvidenceKind.DETECTION, "detectors"), draw(tags)
    unit = TAGS[tag][0]
    sheet.add("anomaly.subject", draw(st.sampled_from([tag, "E-101"])), source)
    sheet.add("anomaly.odd", draw(st.booleans()), source)
    sheet.add("anomaly.start", draw(times), source, TIME)
    sheet.add("anomaly.end", draw(times), source, TIME)
    sheet.add("anomaly.since", draw(times), source, TIME)
    _tell_shape(sheet, draw, "anomaly", source)
    sheet.add("anomaly.score", draw(st.floats(0, 100)), source)
    sheet.add("anomaly.at", draw(times), source, TIME)
    sheet.add("anomaly.tag", tag, source)
    sheet.add("anomaly.actual", draw(values), source, unit)
    sheet.add("anomaly.low", draw(values), source, unit)
    sheet.add("anomaly.high", draw(values), source, unit)
    sheet.add("anomaly.detector.odd", "forest", source)
    sheet.add("anomaly.detector.usual", "residual", source)
    for _ in range(draw(st.integers(0, 3))):
        sheet.add("anomaly.interval.since", draw(times), source, TIME)
        sheet.add("anomaly.interval.until", draw(times), source, TIME)
        _tell_shape(sheet, draw, "anomaly.interval", source)
    sheet.add("anomaly.learned", draw(st.integers(86_400, 604_800)), source, "s")
    sheet.add("anomaly.young", draw(st.booleans()), source)
    sheet.add("anomaly.silent", "CW-100.FT-01", source)
    return result_of("anomaly", sheet)


def _tell_shape(sheet: FactSheet, draw, prefix: str, source: str) -> None:
    kind, direction = draw(st.sampled_from(list(KINDS)))
    sheet.add(f"{prefix}.kind", kind, source)
    if direction:
        sheet.add(f"{prefix}.direction", direction, source)
    sheet.add(f"{prefix}.severity", draw(st.sampled_from(list(SEVERITIES))), source)


@st.composite
def graph_rows(draw) -> ToolResult:
    sheet = FactSheet()
    cell = st.one_of(
        st.none(), st.sampled_from(["P-101.VT-01", "WO-1042", "2026-01-03", "bearing 6205"]), st.integers(0, 99)
    )
    rows = tuple(tuple(draw(cell) for _ in range(2)) for _ in range(draw(st.integers(0, 15))))
    source = sheet.cite(EvidenceKind.QUERY, "work orders", table=Table(("title", "stock"), rows))
    sheet.add("rows.count", len(rows), source)
    sheet.add("entity", "P-101", source)
    meaning = {"en": "open work orders on P-101", "fr": "ordres de travail ouverts sur P-101"}
    return result_of("graph", sheet, meaning=meaning, truncated=draw(st.booleans()), how="model")


@st.composite
def quotes(draw) -> ToolResult:
    sheet = FactSheet()
    text = draw(
        st.sampled_from(
            ["E07 High differential pressure, above 60 kPa.", "Tighten M12 bolts\nto 85 Nm.", "Stop “at once” 3 times."]
        )
    )
    source = sheet.cite(EvidenceKind.MANUAL, "CW-100-manual.pdf, p. 12", text=text)
    sheet.add("quote", text, source)
    sheet.add("quote.page", "12", source)
    return result_of("manual", sheet)


CASES = [
    (forecast, forecasts()),
    (alerts, alert_lists()),
    (anomaly, anomalies()),
    (graph, graph_rows()),
    (manual, quotes()),
]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("composer", "results"), CASES, ids=[case[0].__name__ for case in CASES])
@given(data=st.data())
def test_what_compose_writes_always_resolves(composer, results, language, data):
    result = data.draw(results)
    text = " ".join(composer(result, speak(language)))
    assert unresolved(text, ground(result.facts, result.evidence, PARIS)) == []


FIGURE = re.compile(r"(?<![\w\[.,-])\d+(?:[.,]\d+)?(?![\w\]])")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("composer", "results"), CASES[:3], ids=[case[0].__name__ for case in CASES[:3]])
@given(data=st.data())
def test_an_altered_figure_is_caught(composer, results, language, data):
    result = data.draw(results)
    text = " ".join(composer(result, speak(language)))
    figures = list(FIGURE.finditer(text))
    assume(figures)
    figure = data.draw(st.sampled_from(figures))
    altered = figure[0][:-1] + str((int(figure[0][-1]) + data.draw(st.integers(1, 9))) % 10)
    wrong = f"{text[: figure.start()]}{altered}{text[figure.end() :]}"
    on = ground(result.facts, result.evidence, PARIS)
    missing = unresolved(wrong, on)
    # another fact may happen to have the altered value: then the sentence is about it, and nothing can tell
    assume(not _is_some_fact(altered, result))
    assert missing, wrong


def _is_some_fact(figure: str, result: ToolResult) -> bool:
    shown = figure.replace(",", ".")
    decimals = len(shown.partition(".")[2])
    numbers = [f.value for f in result.facts if isinstance(f.value, (int, float)) and not isinstance(f.value, bool)]
    said = " ".join(str(f.value) for f in result.facts if isinstance(f.value, str))
    rounded = {f"{n * factor:.{decimals}f}".lstrip("-") for n in numbers for factor in (1, 100)}
    return shown in rounded or figure in FIGURE.findall(said) or _in_a_time(figure, result)


def _in_a_time(figure: str, result: ToolResult) -> bool:
    return any(f.unit in {TIME, "s"} for f in result.facts) and len(figure) <= 2


FACTS = FactSheet()
SOURCE = FACTS.cite(EvidenceKind.BACKTEST, "backtest", text="Do not exceed 85 Nm at the flange.")
FACTS.add("now", 5.234, SOURCE, "degC")
FACTS.add("limit", 5.2, SOURCE, "degC")
FACTS.add("flow", 42.04, SOURCE, "m3/h")
FACTS.add("count", 3, SOURCE)
FACTS.add("skill", 0.314, SOURCE)
FACTS.add("loser", -0.12, SOURCE)
FACTS.add("tag", "CW-100.TT-02", SOURCE)
FACTS.add("at", "2026-01-14T13:10:00Z", SOURCE, TIME)
FACTS.add("age", 540, SOURCE, "s")
ON = ground(FACTS.facts, FACTS.evidence, PARIS)


@pytest.mark.parametrize(
    "text",
    [
        "It is 5.2 degC, or 5.23 degC, or 5 degC [1].",
        "Il est à 5,23 degC.",
        "42.0 m3/h through CW-100.TT-02 at 14:10 for 9 min.",
        "On 2026-01-14, 2026-01-14 14:10.",
        "It beats the other by 31 %; the model lost by 12 %.",
        "It is above its limit of 5.2 degC.",
        "The manual says “Do not exceed 85 Nm at the flange.” [1]",
        "There are 3 alerts, three of them open.",
        "5.20 to 5.23 degC",
    ],
)
def test_what_resolves(text):
    assert unresolved(text, ON) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("It is 5.3 degC.", "5.3"),
        ("It is 5.234 bar.", "5.234"),
        ("It is 42.0 degC.", "42.0"),
        ("It is 5.2 without a unit", "5.2"),
        ("at 13:10", "13:10"),
        ("at 2026-01-13 14:10", "2026-01-13 14:10"),
        ("on 2026-01-15", "2026-01-15"),
        ("for 8 min", "8 min"),
        ("It beats the other by 12 %.", "12"),
        ("The model lost by 31 %.", "31"),
        ("by 32 %", "32"),
        ("It is below its limit of 5.2 degC.", "5.2"),
        ("It is above 42 m3/h.", "42"),
        ("between 5.23 and 5.20 degC", "between 5.23 and 5.20"),
        ("CW-100.TT-03 rises", "CW-100.TT-03"),
        ("CW-100.TT-02 and P-101", "P-101"),
        ("see [2]", "[2]"),
        ("see [0]", "[0]"),
        ("The manual says “Do not exceed 95 Nm at the flange.”", "95"),
        ("There are four alerts.", "four"),
        ("twice the flow", "twice"),
        ("-5.2 degC", "-5.2"),
        ("\N{MINUS SIGN}5.2 degC", "-5.2"),
    ],
)
def test_what_does_not_resolve(text, claim):
    assert unresolved(text, ON) == [claim]


@given(st.text(max_size=300))
def test_any_text_can_be_checked(text):
    assert isinstance(unresolved(text, ON), list)


@given(st.integers(6, 10**9))
def test_a_number_that_is_no_fact_is_caught_whatever_stands_around_it(number):
    assume(number not in {31, 42, 314, 540, 523, 12, 9})
    assert unresolved(f"about {number} degC today", ON)
