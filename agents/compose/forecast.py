"""Sentences about a forecast. The facts are those of `tools/forecast.py`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.compose.methods import method_name, quoted_name
from agents.compose.speech import Speech, marks
from forecasting.candidates import BAR, LANGUAGE_MODEL
from plant.registry import Limits

if TYPE_CHECKING:
    from plant.facts import Fact, ToolResult

_LEAST_LOSS = 0.005
"""A skill below this share is no loss worth a word: it is shown as 0 %."""

_MOST_LOSERS: Final = 2
"""So many are named; the table has all."""

_LIMITS = {
    "low_low": ("low-low limit", "seuil très bas"),
    "low": ("low limit", "seuil bas"),
    "high": ("high limit", "seuil haut"),
    "high_high": ("high-high limit", "seuil très haut"),
    "band_low": ("lower edge of the set-point band", "bord bas de la plage de consigne"),
    "band_high": ("upper edge of the set-point band", "bord haut de la plage de consigne"),
}


_MARKS: Final = re.compile(r" \[\d+\]")


def forecast(result: ToolResult, speech: Speech, *, limit: bool = False) -> list[str]:
    """Returns the sentences of a forecast: the band, the limit it crosses, the method and why it is shown.

    Args:
        result: Of the forecasting tool.
        speech: In which language.
        limit: Whether a limit was asked about: then it comes first, and is said to be out of reach where it is.
    """
    facts = {fact.name: fact for fact in reversed(result.facts)}
    crossing = _limit(facts, speech) or ([_no_limit(facts, speech)] if limit else [])
    said = [_band(facts, speech), *crossing] if not limit else [*crossing, _band(facts, speech)]
    return [sentence for sentence in (*said, _method(result, facts, speech)) if sentence]


def limit_name(which: str, speech: Speech) -> str:
    """Returns a limit as operators call it."""
    return speech.pick(*_LIMITS.get(which, (which, which)))


def first_estimate(result: ToolResult, speech: Speech) -> str:
    """Returns what a comparison that still runs says already, without marks; empty where it says nothing or is done."""
    facts = {fact.name: fact for fact in reversed(result.facts)}
    if result.data["complete"] or "forecast.end" not in facts:
        return ""
    said = _MARKS.sub("", _band(facts, speech))
    winner = method_name(str(facts["forecast.winner"].value), speech)
    return speech.pick("First estimate, {}. {}", "Première estimation, {}. {}").format(winner, said)


def _band(facts: dict[str, Fact], speech: Speech) -> str:
    tag = str(facts["forecast.tag"].value)
    low, high = facts.get("forecast.band_low"), facts.get("forecast.band_high")
    until, end = facts["forecast.until"], facts["forecast.end"]
    text = f"{tag}{speech.pick(':', ' :')} "
    if low and high:
        text += speech.pick("{} until {}", "{} jusqu'à {}").format(speech.band(low, high, tag), speech.time(until))
        text += speech.pick(", {} at the end", ", {} à la fin").format(speech.value(end, tag))
    else:
        text += speech.pick("{} at {}", "{} à {}").format(speech.value(end, tag), speech.time(until))
    level = facts.get("forecast.band_level")
    if low and high and level:
        whole = speech.number(float(str(level.value)), 0)
        held = facts.get("forecast.coverage")
        if held is None:
            text += speech.pick(" ({} % band)", " (bande à {} %)").format(whole)
        else:
            measured = speech.number(float(str(held.value)), 0)
            text += speech.pick(
                " ({} % band, which held {} % when tried)", " (bande à {} %, qui a tenu à {} % à l'essai)"
            ).format(whole, measured)
    return f"{text}.{marks([end, low])}"


def _limit(facts: dict[str, Fact], speech: Speech) -> list[str]:
    which, value = facts.get("forecast.limit.which"), facts.get("forecast.limit.value")
    start, end = facts.get("forecast.limit.from"), facts.get("forecast.limit.to")
    if which is None or value is None or start is None:
        return []
    tag = str(facts["forecast.tag"].value)
    name = limit_name(str(which.value), speech)
    amount = speech.setting(value)
    now = facts.get("forecast.limit.now")
    if now is not None and now.value:
        text = speech.pick("{} is beyond its {}, {}, already", "{} est déjà au-delà de son {}, {}").format(
            tag, name, amount
        )
    elif end is None or end.value == start.value:
        text = speech.pick("{} may cross its {}, {}, at {}", "{} peut franchir son {}, {}, à {}").format(
            tag, name, amount, speech.time(start)
        )
    else:
        text = speech.pick(
            "{} may cross its {}, {}, between {} and {}", "{} peut franchir son {}, {}, entre {} et {}"
        ).format(tag, name, amount, speech.time(start), speech.time(end))
    chance, until = facts.get("forecast.limit.probability"), facts.get("forecast.until")
    if chance and until and not (now and now.value):
        text += speech.pick(" (probability {} % by {})", " (probabilité {} % d'ici à {})").format(
            speech.number(float(str(chance.value)), 0), speech.time(until)
        )
    return [f"{text}.{marks([which])}"]


def _no_limit(facts: dict[str, Fact], speech: Speech) -> str:
    tag, until = str(facts["forecast.tag"].value), facts["forecast.until"]
    sensor = speech.registry.get(tag)
    if sensor is not None and sensor.limits == Limits(deadband=sensor.limits.deadband):
        text = speech.pick("No limit is set for {}", "Aucun seuil n'est fixé pour {}").format(tag)
    else:
        text = speech.pick("{} is not expected to cross a limit by {}", "{} ne devrait franchir aucun seuil d'ici à {}")
        text = text.format(tag, speech.time(until))
    return f"{text}.{marks([until])}"


def _method(result: ToolResult, facts: dict[str, Fact], speech: Speech) -> str:
    winner, skill = facts.get("forecast.winner"), facts.get("forecast.skill")
    if winner is None:
        return ""
    season = "forecast.season" in facts
    bar, name = quoted_name(BAR, speech, season=season), method_name(str(winner.value), speech, season=season)
    baseline = facts.get("forecast.baseline")
    used = [winner]
    passed = [method_name(str(fact.value), speech, season=season) for fact in result.named("forecast.passed_over")]
    if baseline is not None and baseline.value and passed:
        text = _capital(name)
    elif baseline is not None and baseline.value:
        text = speech.pick(
            "{}: no method is clearly better here", "{} : aucune méthode n'est nettement meilleure ici"
        ).format(_capital(name))
    elif skill is not None:
        text = speech.pick("{}: it beats {} by {}", "{} : il fait mieux que {} de {}").format(
            _capital(name), bar, speech.percent(float(str(skill.value)))
        )
        text += _confidence(facts, speech)
        used.append(skill)
    else:
        text = _capital(name)
    losers = [_loser(fact, speech, season=season) for fact in _losses(result)]
    if passed:
        text += speech.pick(
            "; demoted for its past forecasts: {}", " ; écarté pour ses prévisions passées : {}"
        ).format(", ".join(passed))
    if losers:
        text += f"; {speech.listed(losers)}" if speech.language == "en" else f" ; {speech.listed(losers)}"
    return f"{text}.{marks(used)}"


def _confidence(facts: dict[str, Fact], speech: Speech) -> str:
    """Says where a skill lies, after a semicolon: it may be worse than none, and no verb before it says otherwise."""
    low, high, level = (facts.get(f"forecast.skill_{end}") for end in ("low", "high", "level"))
    if low is None or high is None or level is None:
        return ""
    ends = [speech.number(100 * float(str(end.value)), 0) for end in (low, high)]
    text = speech.pick("; {} to {} % with {} % confidence", " ; {} à {} % avec {} % de confiance")
    return text.format(*ends, speech.number(float(str(level.value)), 0))


def _losses(result: ToolResult) -> list[Fact]:
    """Returns the skills of methods that did worse than seasonal naive: a language model's, then the worst."""
    prefix, suffix = "forecast.loser.", ".skill"
    lost = [
        fact
        for fact in result.facts
        if fact.name.startswith(prefix) and fact.name.endswith(suffix) and float(str(fact.value)) < -_LEAST_LOSS
    ]
    lost.sort(key=lambda fact: (not fact.name.startswith(prefix + LANGUAGE_MODEL), float(str(fact.value))))
    return lost[:_MOST_LOSERS]


def _loser(fact: Fact, speech: Speech, *, season: bool) -> str:
    name = fact.name.removeprefix("forecast.loser.").removesuffix(".skill")
    share = speech.percent(-float(str(fact.value)))
    return speech.pick("{} lost by {}", "{} a perdu de {}").format(quoted_name(name, speech, season=season), share)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
