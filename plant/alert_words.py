"""What an alert says in one line, in the operator's language: composed from the episode's own fields.

The command line, the terminal, the agent's answers and the webhook all speak through this module, so that one
alert never says two things. Measured values are written to the digits that their instrument resolves, limits as the
registry has them; French has a decimal comma.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec

from plant.registry import Registry
from plant.time import to_iso, to_local

if TYPE_CHECKING:
    from plant.episodes import Episode, Outlook

Language = Literal["en", "fr"]

_UNKNOWN_DECIMALS: Final = 2
_SETTING_DECIMALS: Final = 6  # the most a limit is written with; zeros at the end are not

_Pair = tuple[str, str]

_LIMITS: Final[dict[str, _Pair]] = {
    "high_high": ("high-high limit", "seuil très haut"),
    "high": ("high limit", "seuil haut"),
    "low": ("low limit", "seuil bas"),
    "low_low": ("low-low limit", "seuil très bas"),
    "band_high": ("upper set-point edge", "bord haut de consigne"),
    "band_low": ("lower set-point edge", "bord bas de consigne"),
}
_BEYOND: Final[dict[str, _Pair]] = {
    "limit.high_high": ("above its high-high limit {high}", "au-dessus de son seuil très haut {high}"),
    "limit.high": ("above its high limit {high}", "au-dessus de son seuil haut {high}"),
    "limit.low": ("below its low limit {low}", "au-dessous de son seuil bas {low}"),
    "limit.low_low": ("below its low-low limit {low}", "au-dessous de son seuil très bas {low}"),
    "setpoint": ("outside its set-point band, {low} to {high}", "hors de sa plage de consigne, {low} à {high}"),
    "range": ("outside its instrument's range", "hors de l'étendue de son instrument"),
}
"""What a value is at its worst, by the rule that it breaks; a band's lower edge is without its unit."""

_FAULTS: Final[dict[str, _Pair]] = {
    "stuck": ("{}, unchanged", "{}, figé"),
    "saturated": ("{}, flat at the end of its instrument's range", "{}, figé au bout de l'étendue de son instrument"),
    "spike": ("{}, a spike, {typical} before and after", "{}, un pic, {typical} avant et après"),
    "unit": ("{}, what {typical} would be in another unit", "{}, ce que serait {typical} dans une autre unité"),
}
"""What an instrument's value shows of its fault."""

_VALUELESS: Final[dict[str, _Pair]] = {
    "dropout": ("no good reading", "pas de mesure valable"),
    "clock": (
        "readings too close together: a clock went back, or two senders use the tag",
        "mesures trop rapprochées : une horloge a reculé, ou deux émetteurs utilisent ce nom",
    ),
}
"""Faults that no value shows."""


class Particulars(NamedTuple):
    """What a reason is composed from, where there is no whole episode; the attributes are those of `Episode`."""

    rule: str
    tag: str
    actual: float | None = None
    typical: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    reason: str = ""
    contributors: tuple[str, ...] = ()
    outlook: Outlook | None = None


def alert_document(episode: Episode, reason: str) -> dict[str, Any]:
    """Returns what every JSON of an alert has; optional keys are there as None.

    Args:
        episode: The alert.
        reason: Its reason, in the reader's language.
    """
    return {
        "id": episode.id,
        "subject": episode.subject,
        "tag": episode.tag or None,
        "asset": episode.asset or None,
        "rule": episode.rule,
        "kind": episode.kind.value,
        "priority": episode.priority.value,
        "since": None if episode.opened_at is None else to_iso(episode.opened_at),
        "until": None if episode.closed_at is None else to_iso(episode.closed_at),
        "score": episode.score,
        "actual": episode.actual,
        "typical": episode.typical,
        "low": episode.low,
        "high": episode.high,
        "unit": episode.unit,
        "reason": reason,
        "detectors": list(episode.detectors),
        "contributors": list(episode.contributors),
    }


class AlertWords(msgspec.Struct, frozen=True):
    """Says things about alerts in one language, at one place.

    Attributes:
        language: `en` or `fr`.
        registry: Tells the digits an instrument resolves.
        zone: The plant's time zone.
    """

    language: Language
    registry: Registry
    zone: tzinfo

    def reason(self, episode: Episode | Particulars) -> str:
        """Returns why an alert is one: `77.7 kPa at worst, above its high limit 62 kPa`."""
        if episode.outlook is not None:
            return self._outlook(episode, episode.outlook)
        if episode.rule in _BEYOND and episode.actual is not None:
            return self._beyond(episode, episode.actual)
        if episode.rule in _VALUELESS:
            return self._pick(_VALUELESS[episode.rule])
        if episode.rule in _FAULTS and episode.actual is not None:
            typical = "-" if episode.typical is None else self._value(episode.typical, episode)
            return self._pick(_FAULTS[episode.rule]).format(self._value(episode.actual, episode), typical=typical)
        if episode.contributors and episode.actual is not None:
            return self._anomaly(episode, episode.actual)
        return episode.reason

    def _beyond(self, episode: Episode | Particulars, actual: float) -> str:
        worst = self._pick(("{} at worst", "{} au pire")).format(self._value(actual, episode))
        unit = "" if episode.rule == "setpoint" else episode.unit
        low, high = self._setting(episode.low, unit), self._setting(episode.high, episode.unit)
        return f"{worst}, {self._pick(_BEYOND[episode.rule]).format(low=low, high=high)}"

    def _anomaly(self, episode: Episode | Particulars, actual: float) -> str:
        low, typical, high = episode.low, episode.typical, episode.high
        strongest = episode.contributors[0]
        said = [] if strongest == episode.tag else [f"{self._pick(('mostly', 'surtout'))} {strongest}"]
        if low is not None and high is not None and low <= actual <= high:
            said.append(self._pick(("moving unusually", "au comportement inhabituel")))
        said.append(self._value(actual, episode))
        usually = self._pick(("usually {}", "d'habitude {}"))
        if low is not None and high is not None:
            band = self._pick(("{} to {}", "{} à {}"))
            said.append(usually.format(band.format(self._value(low, episode, unit=""), self._value(high, episode))))
        elif typical is not None:
            said.append(usually.format(self._value(typical, episode)))
        return ", ".join(said)

    def _outlook(self, episode: Episode | Particulars, outlook: Outlook) -> str:
        """Says what is to come: `may cross its high limit 62 kPa between 14:05 and 14:40 (62 %)`."""
        edge = episode.low if outlook.limit in {"low_low", "low", "band_low"} else episode.high
        name = self._pick(_LIMITS.get(outlook.limit, (outlook.limit, outlook.limit)))
        text = self._pick(
            ("may cross its {} between {} and {} ({} %)", "peut franchir son {} entre {} et {} ({} %)")
        ).format(
            f"{name} {self._setting(edge, episode.unit)}",
            to_local(outlook.earliest, self.zone),
            to_local(outlook.latest, self.zone),
            f"{outlook.probability * 100:.0f}",
        )
        if outlook.right is None:
            return text
        right = ("; it did", " ; c'est arrivé") if outlook.right else ("; it did not", " ; ce n'est pas arrivé")
        return text + self._pick(right)

    def _value(self, value: float, episode: Episode | Particulars, *, unit: str | None = None) -> str:
        sensor = self.registry.get(next(iter(episode.contributors), episode.tag))
        text = self._number(value, sensor.decimals if sensor else _UNKNOWN_DECIMALS)
        return f"{text} {episode.unit if unit is None else unit}".rstrip()

    def _setting(self, value: float | None, unit: str) -> str:
        if value is None:
            return "-"
        text = self._number(value, _SETTING_DECIMALS).rstrip("0").rstrip(".,")
        return f"{text} {unit}".rstrip()

    def _number(self, value: float, decimals: int) -> str:
        text = f"{value:.{decimals}f}"
        if float(text) == 0:
            text = text.removeprefix("-")
        return text.replace(".", ",") if self.language == "fr" else text

    def _pick(self, pair: _Pair) -> str:
        return pair[1] if self.language == "fr" else pair[0]
