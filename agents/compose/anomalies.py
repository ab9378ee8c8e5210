"""Sentences about what is odd. The facts are those of `tools/anomalies.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.compose.alerts import MAX_ALERTS, between, each_alert
from agents.compose.speech import Speech, marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plant.facts import Fact, ToolResult

MAX_OTHERS: Final = 2
"""Odd intervals besides the worst that are said one by one; all of them stand in the evidence."""

KINDS: Final = {
    ("spike", "up"): ("a spike", "un pic"),
    ("drop", "down"): ("a drop", "un creux"),
    ("level-shift", "up"): ("a shift to a higher level", "un passage à un niveau plus haut"),
    ("level-shift", "down"): ("a shift to a lower level", "un passage à un niveau plus bas"),
    ("trend-break", "up"): ("a trend upwards", "une tendance à la hausse"),
    ("trend-break", "down"): ("a trend downwards", "une tendance à la baisse"),
    ("flatline", ""): ("stuck, values do not change", "figé, la valeur ne change pas"),
    ("variance", "up"): ("more scatter than usual", "plus de dispersion que d'habitude"),
    ("variance", "down"): ("less scatter than usual", "moins de dispersion que d'habitude"),
    ("drop-out", ""): ("values are missing", "des valeurs manquent"),
    ("unusual", ""): ("an unusual pattern", "une allure inhabituelle"),
}
"""Kind and direction in words."""

SEVERITIES: Final = {
    "low": ("low", "faible"),
    "medium": ("medium", "moyenne"),
    "high": ("high", "élevée"),
    "critical": ("critical", "critique"),
}
"""Severity in words."""


def anomaly(result: ToolResult, speech: Speech) -> list[str]:
    """Returns the sentences about whether a tag or an asset was odd in a span."""
    facts = {fact.name: fact for fact in reversed(result.facts) if fact.name.startswith("anomaly.")}
    if facts["anomaly.odd"].value:
        said = [_odd(result, facts, speech), *_others(result, speech)]
    else:
        said = [_usual(result, facts, speech)]
    said += _assumed(result, facts, speech)
    if facts.get("anomaly.alerts") is not None and facts["anomaly.alerts"].value:
        said += each_alert(result, speech)
    if len(result.named("alert.id")) > MAX_ALERTS:
        text = speech.pick("{} alerts in all.", "{} alertes en tout.").format(facts["anomaly.alerts"].value)
        said.append(text + marks([facts["anomaly.alerts"]]))
    return said


def _usual(result: ToolResult, facts: Mapping[str, Fact], speech: Speech) -> str:
    span = between(facts.get("anomaly.start"), facts.get("anomaly.end"), speech)
    text = speech.pick("Nothing odd on {}{}", "Rien d'anormal sur {}{}").format(facts["anomaly.subject"].value, span)
    alone, usual = result.named("anomaly.detector.odd"), result.named("anomaly.detector.usual")
    if alone:
        one = speech.pick("; only {} says otherwise", " ; seul {} dit le contraire")
        several = speech.pick("; only {} say otherwise", " ; seuls {} disent le contraire")
        text += (one if len(alone) == 1 else several).format(_names(alone, speech))
    elif usual:
        text += speech.pick("; all detectors agree", " ; tous les détecteurs sont d'accord")
    return f"{text}.{marks([facts['anomaly.odd'], *alone, *usual])}"


def _odd(result: ToolResult, facts: Mapping[str, Fact], speech: Speech) -> str:
    subject, since, until = facts["anomaly.subject"], facts.get("anomaly.since"), facts.get("anomaly.until")
    text = speech.pick("{} was odd", "{} était anormal").format(subject.value)
    if since and until:
        text += speech.pick(" from {} to {}", " de {} à {}").format(*speech.times(since, until))
    elif since:
        text = speech.pick("{} is odd since {}", "{} est anormal depuis {}").format(subject.value, speech.time(since))
    else:
        text += between(facts.get("anomaly.start"), facts.get("anomaly.end"), speech)
    what = [*_what(facts, speech), *_measured(facts, speech)]
    text += f"{speech.pick(':', ' :')} {', '.join(what)}" if what else ""
    used = [facts["anomaly.odd"], *result.named("anomaly.detector.odd")]
    return f"{text}{_agreement(result, facts, speech)}.{marks(used)}"


def _what(facts: Mapping[str, Fact], speech: Speech) -> Iterator[str]:
    """Yields kind, severity and score, as far as they are known."""
    if kind := _kind(facts, "anomaly", speech):
        yield kind
    if severity := facts.get("anomaly.severity"):
        yield speech.pick("severity {}", "gravité {}").format(speech.pick(*SEVERITIES[str(severity.value)]))
    if score := facts.get("anomaly.score"):
        yield f"score {speech.number(float(str(score.value)), 0)}"


def _kind(facts: Mapping[str, Fact], prefix: str, speech: Speech) -> str:
    kind, direction = facts.get(f"{prefix}.kind"), facts.get(f"{prefix}.direction")
    if kind is None:
        return ""
    return speech.pick(*KINDS[str(kind.value), str(direction.value) if direction else ""])


def _measured(facts: Mapping[str, Fact], speech: Speech) -> Iterator[str]:
    """Yields `mostly TT-02 5.6 degC at 14:05`, then what it usually is, as far as they are known."""
    tag, actual = facts.get("anomaly.tag"), facts.get("anomaly.actual")
    if tag is None:
        return
    name = "" if tag.value == facts["anomaly.subject"].value else f"{speech.pick('mostly', 'surtout')} {tag.value} "
    if actual is None:
        if name:
            yield name.rstrip()
        return
    at, low, high = facts.get("anomaly.at"), facts.get("anomaly.low"), facts.get("anomaly.high")
    when = speech.pick(" at {}", " à {}").format(speech.time(at)) if at else ""
    yield f"{name}{speech.value(actual, str(tag.value))}{when}"
    if low and high:
        yield speech.pick("usually {}", "d'habitude {}").format(speech.band(low, high, str(tag.value)))


def _agreement(result: ToolResult, facts: Mapping[str, Fact], speech: Speech) -> str:
    """Returns which detectors say so and which do not."""
    odd, usual = result.named("anomaly.detector.odd"), result.named("anomaly.detector.usual")
    if not odd:
        if "anomaly.kind" in facts:
            return speech.pick(
                "; its readings show it, no detector says so", " ; ses mesures le montrent, aucun détecteur ne le dit"
            )
        return speech.pick("; by its alerts, no detector says so", " ; d'après ses alertes, aucun détecteur ne le dit")
    if not usual and len(odd) > 1:
        return speech.pick("; all detectors say so", " ; tous les détecteurs le disent")
    one, several = speech.pick("; {} says so", " ; {} le dit"), speech.pick("; {} say so", " ; {} le disent")
    text = (one if len(odd) == 1 else several).format(_names(odd, speech))
    return text + (speech.pick(", {} not", ", {} non").format(_names(usual, speech)) if usual else "")


def _others(result: ToolResult, speech: Speech) -> Iterator[str]:
    """Yields one sentence about the odd intervals besides the worst."""
    intervals: list[dict[str, Fact]] = []
    for fact in result.facts:
        if fact.name == "anomaly.interval.since":
            intervals.append({})
        if fact.name.startswith("anomaly.interval.") and intervals:
            intervals[-1][fact.name] = fact
    if not intervals:
        return
    said = "; ".join(_other(one, speech) for one in intervals[-MAX_OTHERS:])
    more = speech.pick("; more in the evidence", " ; d'autres dans la source") if len(intervals) > MAX_OTHERS else ""
    used = intervals[0]["anomaly.interval.since"]
    yield f"{speech.pick('Also odd:', 'Anormal aussi :')} {said}{more}.{marks([used])}"


def _other(facts: Mapping[str, Fact], speech: Speech) -> str:
    since, until = facts["anomaly.interval.since"], facts.get("anomaly.interval.until")
    if until:
        when = speech.pick("{} to {}", "de {} à {}").format(*speech.times(since, until))
    else:
        when = speech.pick("since {}", "depuis {}").format(speech.time(since))
    return f"{when} ({_kind(facts, 'anomaly.interval', speech)})"


def _assumed(result: ToolResult, facts: Mapping[str, Fact], speech: Speech) -> Iterator[str]:
    """Yields what the judgement rests on: how much was taken to be usual, and who could not be heard."""
    learned, young = facts.get("anomaly.learned"), facts.get("anomaly.young")
    if learned is None:
        return
    text = speech.pick("Assumed: the {} before were usual", "Supposé : les {} d'avant étaient habituels")
    text = text.format(speech.duration(learned))
    if young is not None and young.value:
        text += speech.pick(
            ", too few to know a weekend, so that no detector was believed alone",
            ", trop peu pour connaître un week-end : aucun détecteur n'a été cru seul",
        )
    silent = result.named("anomaly.silent")
    if silent:
        text += speech.pick("; not judged: {}", " ; non jugés : {}").format(_names(silent, speech))
    yield f"{text}.{marks([learned])}"


def _names(facts: tuple[Fact, ...], speech: Speech) -> str:
    return speech.listed([str(fact.value) for fact in facts])
