"""What an alert says in one line, in the operator's language: composed from the episode's own fields.

The command line, the terminal, the agent's answers and the webhook all speak through this module, so that one
alert never says two things. Measured values are written to the digits that their instrument resolves, limits as the
registry has them; French has a decimal comma.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from plant.annunciation import AlarmState
from plant.episodes import EpisodeKind, Feedback, Priority
from plant.readings import Quality
from plant.registry import Registry
from plant.time import to_local

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

_STATES: Final[dict[AlarmState, _Pair]] = {
    AlarmState.NORMAL: ("normal", "normale"),
    AlarmState.UNACKNOWLEDGED: ("unacknowledged", "non acquittée"),
    AlarmState.ACKNOWLEDGED: ("acknowledged", "acquittée"),
    AlarmState.RETURNED: ("returned, unacknowledged", "disparue, non acquittée"),
    AlarmState.LATCHED: ("latched", "mémorisée"),
    AlarmState.SHELVED: ("shelved", "mise de côté"),
    AlarmState.SUPPRESSED: ("suppressed", "supprimée"),
    AlarmState.OUT_OF_SERVICE: ("out of service", "hors service"),
}
_KINDS: Final[dict[EpisodeKind, _Pair]] = {
    EpisodeKind.INSTRUMENT: ("instrument", "instrument"),
    EpisodeKind.PROCESS: ("process", "procédé"),
}
_PRIORITIES: Final[dict[Priority, _Pair]] = {
    Priority.HIGH: ("high", "haute"),
    Priority.MEDIUM: ("medium", "moyenne"),
    Priority.LOW: ("low", "basse"),
}
_FEEDBACK: Final[dict[Feedback, _Pair]] = {
    Feedback.RIGHT: ("right", "juste"),
    Feedback.HARMLESS: ("real but harmless", "réelle mais sans gravité"),
    Feedback.WRONG: ("detector wrong", "détecteur en tort"),
    Feedback.BAD_DATA: ("bad data", "données mauvaises"),
}
_QUALITIES: Final[dict[int, _Pair]] = {
    Quality.GOOD: ("good", "bonne"),
    Quality.BAD: ("bad", "mauvaise"),
    Quality.STALE: ("stale", "périmée"),
}


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
        if episode.rule == "stuck" and episode.actual is not None:
            return self._pick(("{}, unchanged", "{}, figé")).format(self._value(episode.actual, episode))
        if episode.rule == "dropout":
            return self._pick(("no good reading", "pas de mesure valable"))
        if episode.contributors and episode.actual is not None:
            return self._anomaly(episode, episode.actual)
        return episode.reason

    def state(self, state: AlarmState) -> str:
        """Returns the name of a state: `returned, unacknowledged`."""
        return self._pick(_STATES[state])

    def kind(self, kind: EpisodeKind) -> str:
        """Returns what is suspected: `instrument` or `process`."""
        return self._pick(_KINDS[kind])

    def priority(self, priority: Priority) -> str:
        """Returns how soon a person must act: `high`."""
        return self._pick(_PRIORITIES[priority])

    def feedback(self, feedback: Feedback) -> str:
        """Returns what a person said of an alert: `real but harmless`."""
        return self._pick(_FEEDBACK[feedback])

    def quality(self, quality: int) -> str:
        """Returns the quality of the reading that an alert rests on: `good`."""
        return self._pick(_QUALITIES.get(quality, _QUALITIES[Quality.BAD]))

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
