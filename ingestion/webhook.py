"""Posts alerts to an address of the plant's own: one JSON document each, retried through the outbox.

What is posted is what people are to be told: an alert that opens, unless it is shelved, suppressed or out of service
(`plant/annunciation.py`); its end, amendment or retraction, if its opening was posted. Alerts of a flood are one
message, the incident, and one when the last of them is over. What a worker finds in history, more than an hour after
it happened, is not news and not posted.

Every request carries its message's stable key as `Idempotency-Key`. A server that refuses a message for what it is
(400, 413, 415, 422) is tried again a few times; any other answer than 2xx is about the address or the server, and the
alerts wait until it changes. No redirect is followed. Only the address itself is ever named in logs: user, password,
path and query may hold secrets.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from ingestion.log import get_log
from ingestion.outbox import Refused
from plant.alert_words import AlertWords, alert_document
from plant.annunciation import annunciate
from plant.episodes import ChangeKind, EpisodeChange, EpisodeState
from plant.errors import ServiceUnavailable, SettingsError
from plant.time import DAY, HOUR, Span, now_ms, to_iso, zone_named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plant.annunciation import Annunciation
    from plant.episodes import Episode
    from plant.floods import Incident
    from plant.settings import Settings
    from plant.store.contract import OutboxMessage, Store

TOLD_KEY: Final = "webhook.told"
"""Key of the store's meta: ids of the alerts and incidents that were posted and not ended yet, a JSON list."""

HISTORY: Final = HOUR
"""An alert that was this old when it was found is not news."""

_TIMEOUT_S: Final = 5.0
_REFUSALS: Final = frozenset({400, 413, 415, 422})  # of this message; another one may be taken
_SEEN_FROM: Final = DAY  # before now: floods that began earlier are over
_TEXTS: Final = {
    "en": {
        ChangeKind.OPENED: "{}: {}",
        ChangeKind.CLOSED: "{}: over; {}",
        ChangeKind.AMENDED: "{}: corrected; {}",
        ChangeKind.RETRACTED: "{}: taken back; {}",
    },
    "fr": {
        ChangeKind.OPENED: "{} : {}",
        ChangeKind.CLOSED: "{} : terminé ; {}",
        ChangeKind.AMENDED: "{} : corrigé ; {}",
        ChangeKind.RETRACTED: "{} : retiré ; {}",
    },
}
_FLOODS: Final = {
    "en": {True: "{count} alerts at once, the first: {first}", False: "The {count} alerts at once are over"},
    "fr": {True: "{count} alarmes à la fois, la première : {first}", False: "Les {count} alarmes sont terminées"},
}

_log = get_log(__name__)


class Address(NamedTuple):
    """Where alerts are posted to.

    Attributes:
        secure: Whether by TLS.
        host: The host.
        port: The port.
        path: Path and query.
        authorization: The header that a user and password in the URL make; empty without.
    """

    secure: bool
    host: str
    port: int
    path: str
    authorization: str

    @property
    def place(self) -> str:
        """What may be said of it: no user, no password, no path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"


def parse_webhook(url: str) -> Address:
    """Reads `http(s)://[USER:PASSWORD@]HOST[:PORT]/PATH`. Raises `SettingsError`, without the URL, if it is none."""
    wrong = SettingsError("alerts.webhook is not an address.", hint="Write it like https://HOST:PORT/PATH.")
    if not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
        raise wrong
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")  # as it is done to find the host
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise wrong
    secure = parts.scheme == "https"
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(secure, parts.hostname, port or (443 if secure else 80), path, authorization)


class Webhook:
    """An `ingestion.outbox.Sink` that posts to an address.

    Args:
        store: Tells what alerts are to people, and keeps what was posted.
        settings: The address, the language, what a flood is; the plant's name and time zone.
        clock: The wall clock, UTC milliseconds.

    Raises:
        SettingsError: If `alerts.webhook` is not an address, or the plant's time zone is none.
    """

    at_once: ClassVar[int] = 1

    def __init__(self, store: Store, settings: Settings, *, clock: Callable[[], int] = now_ms) -> None:
        self._store = store
        self._settings = settings
        self._address = parse_webhook(settings.alerts.webhook)
        self._clock = clock
        self._zone = zone_named(settings.plant.timezone)
        self._tls = ssl.create_default_context() if self._address.secure else None

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        """Posts what of these messages people are to be told.

        Raises:
            ServiceUnavailable: If the server does not answer, or not as one that takes alerts.
            Refused: If it refuses this message, or the message cannot be read.
        """
        for message in messages:
            try:
                change = msgspec.json.decode(message.body, type=EpisodeChange)
            except msgspec.DecodeError as error:
                raise Refused(f"The message cannot be read: {error}.") from error
            if message.at - change.episode.updated_at <= HISTORY:
                self._tell(message.key, change)

    def close(self) -> None:
        """Gives nothing up: each request has a connection of its own."""

    def _tell(self, key: str, change: EpisodeChange) -> None:
        episode, now = change.episode, self._clock()
        told = self._told()
        seen = self._annunciation(episode, now)
        status = seen.statuses.get(episode.id)
        incident = next((one for one in seen.incidents if status and one.id == status.incident), None)
        if change.kind is ChangeKind.OPENED and episode.id not in told:
            if status is None or status.hidden or episode.id not in seen.annunciated:  # no status: taken back since
                return
            if incident is not None:
                self._tell_flood(incident, told, begins=True)
                return
        elif episode.id not in told:
            if incident is not None and incident.id in told and self._all_over(incident):
                self._tell_flood(incident, told, begins=False)
            return
        self._post(key, self._alert(change))
        over = change.kind is ChangeKind.RETRACTED or episode.state is EpisodeState.CLOSED
        self._remember(told - {episode.id} if over else told | {episode.id})

    def _tell_flood(self, incident: Incident, told: frozenset[str], *, begins: bool) -> None:
        if begins == (incident.id in told):
            return
        self._post(f"{incident.id}/{'opened' if begins else 'closed'}", self._flood(incident, begins=begins))
        self._remember(told | {incident.id} if begins else told - {incident.id})

    def _all_over(self, incident: Incident) -> bool:
        members = (self._store.episode(member) for member in incident.members)
        return all(member is None or member.state is EpisodeState.CLOSED for member in members)

    def _annunciation(self, episode: Episode, now: int) -> Annunciation:
        now = max(now, episode.updated_at)
        episodes = self._store.episodes(span=Span(now - _SEEN_FROM, now + 1))
        return annunciate(episodes, self._store.person_events(), self._store.registry(), self._settings.alerts, now)

    def _told(self) -> frozenset[str]:
        try:
            return frozenset(msgspec.json.decode(self._store.meta(TOLD_KEY) or "[]", type=list[str]))
        except msgspec.DecodeError as error:  # damaged: some alerts will end unsaid, none will open so
            _log.warning("what was posted is forgotten", reason=str(error))
            return frozenset()

    def _remember(self, told: frozenset[str]) -> None:
        self._store.set_meta(TOLD_KEY, msgspec.json.encode(sorted(told)).decode())

    def _words(self) -> AlertWords:
        return AlertWords(self._settings.alerts.language, self._store.registry(), self._zone)

    def _alert(self, change: EpisodeChange) -> dict[str, Any]:
        episode, reason = change.episode, self._words().reason(change.episode)
        text = _TEXTS[self._settings.alerts.language][change.kind].format(episode.subject, reason)
        return self._document(change.kind, text) | {"alert": alert_document(episode, reason)}

    def _flood(self, incident: Incident, *, begins: bool) -> dict[str, Any]:
        first = self._store.episode(incident.members[0])
        said = f"{first.subject}: {self._words().reason(first)}" if first else "-"
        text = _FLOODS[self._settings.alerts.language][begins].format(count=len(incident.members), first=said)
        kind = ChangeKind.OPENED if begins else ChangeKind.CLOSED
        return self._document(kind, text) | {
            "incident": {
                "id": incident.id,
                "since": to_iso(incident.begun_at),
                "alerts": incident.members,
            }
        }

    def _document(self, kind: ChangeKind, text: str) -> dict[str, Any]:
        return {"plant": self._settings.plant.name, "change": kind.value, "text": text, "alert": None, "incident": None}

    def _post(self, key: str, document: dict[str, Any]) -> None:
        address = self._address
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, "User-Agent": "millhand"}
        if address.authorization:
            headers["Authorization"] = address.authorization
        connection = self._connect()
        try:
            connection.request("POST", address.path, msgspec.json.encode(document), headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise ServiceUnavailable(
                f"The webhook at {address.place} does not answer: {type(error).__name__}.",
                hint="Check alerts.webhook and that its server runs.",
            ) from error
        finally:
            connection.close()
        _check(status, address.place)

    def _connect(self) -> http.client.HTTPConnection:
        address = self._address
        if self._tls is None:
            return http.client.HTTPConnection(address.host, address.port, timeout=_TIMEOUT_S)
        return http.client.HTTPSConnection(address.host, address.port, timeout=_TIMEOUT_S, context=self._tls)


def _check(status: int, place: str) -> None:
    """Raises what an answer means that is not 2xx."""
    if 200 <= status < 300:
        return
    if status in _REFUSALS:
        raise Refused(f"The webhook at {place} refuses the alert: {status}.", hint="Check what its server takes.")
    if 300 <= status < 400:
        raise ServiceUnavailable(
            f"The webhook at {place} answers {status}, a redirect.", hint="Name where it leads to."
        )
    raise ServiceUnavailable(f"The webhook at {place} answers {status}.", hint="Check alerts.webhook and its server.")
