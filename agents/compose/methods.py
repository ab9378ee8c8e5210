"""Forecasting methods by the names operators know, and how they did beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from agents.compose.speech import Speech, marks
from forecasting.candidates import BAR, LANGUAGE_MODEL
from forecasting.odd import FOREST

if TYPE_CHECKING:
    from plant.facts import Fact, ToolResult

_METHODS: Final = {
    BAR: ("same as the season before", "comme la saison précédente"),
    "naive": ("same as the last value", "comme la dernière valeur"),
    "drift": ("straight on", "dans la même pente"),
    "smoothing": ("exponential smoothing", "lissage exponentiel"),
    "arima": ("ARIMA", "ARIMA"),
    "theta": ("Theta", "Theta"),
    "mstl": ("MSTL (seasons taken apart)", "MSTL (saisons séparées)"),
    "ensemble": ("the median of the methods", "la médiane des méthodes"),
    "regression": ("regression on inputs", "régression sur d'autres mesures"),
    "lstm": ("LSTM", "LSTM"),
    FOREST: ("Isolation Forest", "Isolation Forest"),
    LANGUAGE_MODEL: ("the language model", "le modèle de langue"),
}
_NO_SEASON: Final = ("same as the last value", "comme la dernière valeur")
"""What seasonal naive is where no season was found."""

_PHRASES: Final = frozenset({BAR, "naive", "drift"})
"""Methods whose name is a phrase: in a sentence it would be read on."""

_STATUSES: Final = {
    "timed out": ("timed out", "hors délai"),
    "there is no language model": ("is not there", "absent"),
}


def method_name(name: str, speech: Speech, *, season: bool = True) -> str:
    """Returns a method as operators call it; of several language models each with its own name, quoted.

    Args:
        name: As the comparison has it.
        speech: In which language.
        season: Whether a season was found: without one seasonal naive is the last value.
    """
    if name == BAR and not season:
        return speech.pick(*_NO_SEASON)
    if name.startswith(f"{LANGUAGE_MODEL} "):
        model = name.removeprefix(f"{LANGUAGE_MODEL} ")
        return f"{method_name(LANGUAGE_MODEL, speech)} {speech.pick(f'“{model}”', f'« {model} »')}"
    return speech.pick(*_METHODS.get(name, (name, name)))


def quoted_name(name: str, speech: Speech, *, season: bool = True) -> str:
    """Returns a method as it stands inside a sentence: in quotes where its name is a phrase.

    Args:
        name: As the comparison has it.
        speech: In which language.
        season: Whether a season was found.
    """
    said = method_name(name, speech, season=season)
    return speech.pick(f'"{said}"', f"« {said} »") if name in _PHRASES else said


def comparison(result: ToolResult, speech: Speech) -> list[str]:
    """Returns the sentences of a comparison: each method's error and skill, which is shown, what finds steps odd."""
    facts = {fact.name: fact for fact in reversed(result.facts)}
    season = "forecast.season" in facts
    rows = [row for row in result.data["candidates"] if row["name"] != FOREST]
    rows.sort(key=lambda row: (row["mase"] is None, row["mase"]))
    listed = [_method(row, speech, season=season) for row in rows]
    opening = speech.pick("{}, {} ahead, {} folds", "{}, à {}, {} essais sur le passé").format(
        facts["forecast.tag"].value, speech.duration(facts["forecast.horizon"]), facts["forecast.folds"].value
    )
    bar = quoted_name(BAR, speech, season=season)
    said = [
        f"{opening}{speech.pick(':', ' :')} {speech.pick('; ', ' ; ').join(listed)}.{marks([facts['forecast.mase']])}",
        speech.pick(
            "Skill is the share of the error of {} that a method avoids; the range holds it with {} % confidence.",
            "Le gain est la part de l'erreur de {} qu'une méthode évite ; la plage vaut à {} % de confiance.",
        ).format(bar, speech.number(float(str(facts["forecast.skill_level"].value)), 0)),
        _shown(facts, speech, season=season),
    ]
    return [*said, *_demoted(result, speech), *_forest(facts, speech)]


def _demoted(result: ToolResult, speech: Speech) -> list[str]:
    found = result.named("forecast.passed_over")
    if not found:
        return []
    names = speech.listed([method_name(str(fact.value), speech) for fact in found])
    text = speech.pick("Demoted for past forecasts: {}", "Écarté pour ses prévisions passées : {}")
    return [f"{text.format(names)}.{marks(found)}"]


def _method(row: dict[str, Any], speech: Speech, *, season: bool) -> str:
    name = quoted_name(row["name"], speech, season=season)
    if row["mase"] is None:
        status = row["status"]
        known = _STATUSES.get(status)
        return f"{name} {speech.pick(*known)}" if known else name + speech.pick(f": “{status}”", f" : « {status} »")
    text = f"{name} MASE {speech.number(row['mase'], 2)}"
    if row["skill"] is not None:
        text += speech.pick(", skill {}", ", gain {}").format(speech.percent(row["skill"]))
    if row["skill_interval"] is not None:
        low, high = (speech.number(100 * end, 0) for end in row["skill_interval"])
        text += f" ({low} {speech.pick('to', 'à')} {high} %)"
    return text


def _shown(facts: dict[str, Fact], speech: Speech, *, season: bool) -> str:
    winner, baseline = facts["forecast.winner"], facts["forecast.baseline"]
    name = method_name(str(winner.value), speech, season=season)
    reason = ""
    if baseline.value:
        reason = speech.pick(", since no method is clearly better", ", car aucune méthode n'est nettement meilleure")
    return f"{speech.pick('Shown', 'Affichée')}{speech.pick(':', ' :')} {name}{reason}.{marks([winner])}"


def _forest(facts: dict[str, Fact], speech: Speech) -> list[str]:
    found = facts.get(f"forecast.loser.{FOREST}.anomalies")
    if found is None:
        return []
    text = speech.pick("Isolation Forest finds {} odd steps on the folds", "Isolation Forest y trouve {} pas anormaux")
    return [f"{text.format(found.value)}.{marks([found])}"]
