"""The webhook against a real server: what is posted, what is not, and what becomes of answers that are not 2xx."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest

from ingestion import webhook as webhook_module
from ingestion.outbox import PATIENCE, Refused, deliver, enlist, pause_after
from ingestion.webhook import HISTORY, TOLD_KEY, Webhook, parse_webhook
from plant.episodes import ChangeKind, Episode, EpisodeChange, EpisodeKind, EpisodeState, PersonEvent, Priority
from plant.errors import ServiceUnavailable, SettingsError
from plant.registry import Limits, Sensor
from plant.settings import Settings, load_settings
from plant.store.sqlite import open_store
from plant.time import DAY, MINUTE, now_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plant.store.sqlite import SqliteStore

NOW = now_ms()


class Posted(NamedTuple):
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class FakeReceiver(ThreadingHTTPServer):
    """An alerts receiver of the plant: keeps what it is posted, answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[Posted] = []
        self.answers: list[int] = []
        self.go = threading.Event()
        self.go.set()
        self.url = f"http://127.0.0.1:{self.server_port}/alerts?site=7"


class _Handler(BaseHTTPRequestHandler):
    server: FakeReceiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posted.append(Posted(self.path, dict(self.headers), body))
        self.server.go.wait(30)
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def receiver() -> Iterator[FakeReceiver]:
    server = FakeReceiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.go.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "plant.db") as opened:
        opened.put_sensors([Sensor("P-1.VT", unit="mm/s", asset="P-1", limits=Limits(high=4.0))])
        yield opened


def settings_for(url: str, **alerts: object) -> Settings:
    return load_settings({"alerts": {"webhook": url, **alerts}})


def episode(number: int = 1, state: EpisodeState = EpisodeState.OPEN, at: int = NOW) -> Episode:
    return Episode(
        f"ep-{number}", "limit.high", "P-1.VT", "P-1", EpisodeKind.PROCESS, Priority.MEDIUM, state, at - MINUTE, at,
        at + MINUTE if state is EpisodeState.CLOSED else None, at, 64.0, 4.41, high=4.0, unit="mm/s",
    )  # fmt: skip


def put(store: SqliteStore, *changes: EpisodeChange) -> None:
    with store.transaction() as transaction:
        transaction.apply_episodes(changes)


def opened(*numbers: int, at: int = NOW) -> list[EpisodeChange]:
    return [
        EpisodeChange(
            ChangeKind.OPENED,
            msgspec.structs.replace(episode(number, at=at), rule=f"limit.high{number}" if number > 1 else "limit.high"),
        )
        for number in numbers
    ]


def closed(*numbers: int) -> list[EpisodeChange]:
    return [
        EpisodeChange(
            ChangeKind.CLOSED,
            msgspec.structs.replace(
                change.episode, state=EpisodeState.CLOSED, closed_at=NOW + MINUTE, updated_at=NOW + MINUTE
            ),
        )
        for change in opened(*numbers)
    ]


class Plant(NamedTuple):
    """A store whose alerts go to a receiver."""

    store: SqliteStore
    sinks: dict[str, Webhook]

    def deliver(self, after: int = 0) -> int:
        return deliver(self.store, "one", self.sinks, lambda: now_ms() + after)


def plant(store: SqliteStore, url: str, **alerts: object) -> Plant:
    sinks = {"webhook": Webhook(store, settings_for(url, **alerts))}
    enlist(store, sinks, NOW)
    return Plant(store, sinks)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            [
                "P-1.VT: 4.41 mm/s at worst, above its high limit 4 mm/s",
                "P-1.VT: over; 4.41 mm/s at worst, above its high limit 4 mm/s",
            ],
        ),
        (
            "fr",
            [
                "P-1.VT : 4,41 mm/s au pire, au-dessus de son seuil haut 4 mm/s",
                "P-1.VT : terminé ; 4,41 mm/s au pire, au-dessus de son seuil haut 4 mm/s",
            ],
        ),
    ],
)
def test_an_alert_is_posted_with_its_reason_when_it_opens_and_when_it_ends(store, receiver, language, texts) -> None:
    to = plant(store, receiver.url, language=language)
    put(store, *opened(1))
    assert to.deliver() == 1
    put(store, *closed(1))
    assert to.deliver() == 1
    assert to.deliver() == 0
    assert [posted.body["text"] for posted in receiver.posted] == texts
    first, second = receiver.posted
    assert first.path == "/alerts?site=7"
    assert first.headers["Idempotency-Key"] == "ep-1/opened"
    assert first.headers["Content-Type"] == "application/json"
    assert "Authorization" not in first.headers
    assert (first.body["change"], second.body["change"]) == ("opened", "closed")
    assert first.body["incident"] is None
    alert = first.body["alert"]
    assert (alert["id"], alert["subject"], alert["rule"], alert["priority"]) == (
        "ep-1",
        "P-1.VT",
        "limit.high",
        "medium",
    )
    assert (alert["actual"], alert["high"], alert["low"], alert["until"]) == (4.41, 4.0, None, None)
    assert second.body["alert"]["until"] is not None


def test_what_is_posted_has_the_keys_of_the_page(store, receiver) -> None:
    to = plant(store, receiver.url)
    put(store, *opened(1))
    to.deliver()
    body = receiver.posted[0].body
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| `(\w+)`\?? \| (.+) \|$", page.partition("## What the webhook is posted")[2], re.MULTILINE)
    )
    assert set(body) <= rows.keys()
    assert set(body["alert"]) == set(re.findall(r"`(\w+)`", rows["alert"]))


def test_user_and_password_of_the_address_are_sent_and_never_said(store, receiver, caplog) -> None:
    url = receiver.url.replace("http://", "http://ann:s%40cret@")
    receiver.answers = [500]
    to = plant(store, url)
    put(store, *opened(1))
    to.deliver()
    assert receiver.posted[0].headers["Authorization"] == "Basic YW5uOnNAY3JldA=="
    said = caplog.text + store.sinks()[0].error
    assert "127.0.0.1" in said
    for secret in ("ann", "s%40cret", "s@cret", "YW5u", "/alerts", "site"):
        assert secret not in said


def test_a_server_that_fails_or_is_busy_is_tried_again_until_it_takes_the_alert(store, receiver) -> None:
    to = plant(store, receiver.url)
    put(store, *opened(1))
    receiver.answers = [500, 503, 429, 408, 502, 500, 500]
    for tries in range(8):
        to.deliver(after=tries * pause_after(99))
    keys = [posted.headers["Idempotency-Key"] for posted in receiver.posted]
    assert keys == ["ep-1/opened"] * 8
    (book,) = store.sinks()
    assert (book.waiting, book.tries, book.refused) == (0, 0, 0)


@pytest.mark.parametrize("status", [301, 307, 308, 401, 403, 404, 410])
def test_alerts_wait_for_as_long_as_the_address_is_the_trouble(store, receiver, status) -> None:
    to = plant(store, receiver.url)
    put(store, *opened(1))
    receiver.answers = [status] * 3 * PATIENCE
    for tries in range(3 * PATIENCE):
        to.deliver(after=tries * pause_after(99))
    (book,) = store.sinks()
    assert (book.waiting, book.refused) == (1, 0)
    assert f"answers {status}" in book.error
    assert {posted.path for posted in receiver.posted} == {"/alerts?site=7"}  # no redirect is followed
    assert to.deliver(after=DAY) == 1


def test_a_message_that_cannot_be_read_is_left_out_and_stays_visible(store, receiver) -> None:
    to = plant(store, receiver.url)
    put(store, *opened(1, 2))
    with sqlite3.connect(store.path) as damaged:
        damaged.execute("UPDATE outbox SET body = '{' WHERE key = 'ep-1/opened'")
    damaged.close()
    for tries in range(PATIENCE):
        to.deliver(after=tries * pause_after(99))
    assert [posted.headers["Idempotency-Key"] for posted in receiver.posted] == ["ep-2/opened"]
    assert "ep-1/opened: The message cannot be read" in store.sinks()[0].refusal


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_message_that_is_refused_is_given_up_after_some_tries_and_that_stays_visible(store, receiver, status) -> None:
    to = plant(store, receiver.url)
    put(store, *opened(1))
    receiver.answers = [status] * PATIENCE
    for tries in range(PATIENCE + 2):
        to.deliver(after=tries * pause_after(99))
    assert len(receiver.posted) == PATIENCE
    (book,) = store.sinks()
    assert (book.waiting, book.refused) == (0, 1)
    assert f"{status}" in book.refusal


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_who_answers_as_he_should_is_a_sentence(store, receiver, scheme) -> None:
    url = receiver.url.replace("http", scheme)
    if scheme == "http":
        url = "http://127.0.0.1:9/alerts"  # discard: nobody listens
    put(store, *opened(1))
    with pytest.raises(ServiceUnavailable, match=rf"^The webhook at {scheme}://127.0.0.1:\d+ does not answer: \w+\. "):
        Webhook(store, settings_for(url)).send(store.unsent("webhook", 1))


def test_a_server_that_does_not_come_back_is_left_after_a_while(store, receiver, monkeypatch) -> None:
    monkeypatch.setattr(webhook_module, "_TIMEOUT_S", 0.1)
    receiver.go.clear()
    put(store, *opened(1))
    with pytest.raises(ServiceUnavailable, match="does not answer: TimeoutError"):
        Webhook(store, settings_for(receiver.url)).send(store.unsent("webhook", 1))


def test_a_flood_is_one_message_and_one_when_it_is_over(store, receiver) -> None:
    to = plant(store, receiver.url)
    numbers = range(1, 15)
    put(store, *opened(*numbers))
    to.deliver()
    (posted,) = receiver.posted
    assert posted.body["alert"] is None
    assert posted.body["text"].startswith("14 alerts at once, the first: P-1.VT: 4.41 mm/s at worst")
    assert sorted(posted.body["incident"]["alerts"]) == sorted(f"ep-{number}" for number in numbers)
    put(store, *closed(*numbers[:-1]))
    to.deliver()
    assert len(receiver.posted) == 1
    put(store, *closed(numbers[-1]))
    to.deliver()
    assert [posted.body["change"] for posted in receiver.posted] == ["opened", "closed"]
    assert [posted.headers["Idempotency-Key"] for posted in receiver.posted] == ["in-1/opened", "in-1/closed"]


def test_alerts_told_before_a_flood_began_are_ended_one_by_one(store, receiver) -> None:
    to = plant(store, receiver.url)
    for number in range(1, 13):
        put(store, *opened(number))
        to.deliver()
    keys = [posted.headers["Idempotency-Key"] for posted in receiver.posted]
    assert keys == [*(f"ep-{number}/opened" for number in range(1, 11)), "in-1/opened"]
    put(store, *closed(*range(1, 13)))
    to.deliver()
    ended = [posted.headers["Idempotency-Key"] for posted in receiver.posted[11:]]
    assert sorted(ended) == sorted([*(f"ep-{number}/closed" for number in range(1, 11)), "in-1/closed"])


def test_what_was_explained_when_it_opened_is_not_posted_when_it_is_over(store, receiver) -> None:
    store.put_sensors([Sensor("P-1.VT", unit="mm/s", asset="P-1", suppressed_by=("P-2",))])
    cause = Episode(
        "ep-0", "anomaly", "", "P-2", EpisodeKind.PROCESS, Priority.HIGH, EpisodeState.OPEN, NOW - 9, NOW - 9
    )
    to = plant(store, receiver.url)
    put(store, EpisodeChange(ChangeKind.OPENED, cause), *opened(1), *closed(1))
    to.deliver()
    assert [posted.body["alert"]["id"] for posted in receiver.posted] == []


def test_a_note_of_what_was_posted_that_is_damaged_stops_nothing(store, receiver) -> None:
    to = plant(store, receiver.url)
    store.set_meta(TOLD_KEY, "{")
    put(store, *opened(1))
    to.deliver()
    assert [posted.body["alert"]["id"] for posted in receiver.posted] == ["ep-1"]


@pytest.mark.parametrize("kind", [ChangeKind.SHELVED, ChangeKind.OUT_OF_SERVICE])
def test_what_people_have_put_aside_is_not_posted(store, receiver, kind) -> None:
    to = plant(store, receiver.url)
    put(store, *opened(1))
    aside = PersonEvent("ep-1", kind, NOW, "ann", "why", NOW + 60 * MINUTE, rule="limit.high", subject="P-1.VT")
    store.add_person_event(aside)
    to.deliver()
    put(store, *closed(1))
    assert to.deliver() == 1
    assert receiver.posted == []


def test_what_another_alert_explains_is_not_posted(store, receiver) -> None:
    store.put_sensors([Sensor("P-1.VT", unit="mm/s", asset="P-1", suppressed_by=("P-2",))])
    to = plant(store, receiver.url)
    cause = Episode(
        "ep-0", "anomaly", "", "P-2", EpisodeKind.PROCESS, Priority.HIGH, EpisodeState.OPEN, NOW - 9, NOW - 9
    )
    put(store, EpisodeChange(ChangeKind.OPENED, msgspec.structs.replace(cause, updated_at=NOW)), *opened(1))
    to.deliver()
    assert [posted.headers["Idempotency-Key"] for posted in receiver.posted] == ["ep-0/opened"]


def test_an_alert_that_is_taken_back_is_said_to_who_was_told_of_it(store, receiver) -> None:
    to = plant(store, receiver.url)
    put(store, *opened(1))
    to.deliver()
    put(store, EpisodeChange(ChangeKind.RETRACTED, episode()))
    to.deliver()
    put(store, *opened(2, at=NOW - 5), EpisodeChange(ChangeKind.RETRACTED, episode(2)))
    to.deliver()
    assert [posted.body["change"] for posted in receiver.posted] == ["opened", "retracted"]


def test_history_is_not_news(store, receiver) -> None:
    to = plant(store, receiver.url)
    put(store, *opened(1, at=NOW - HISTORY - MINUTE))
    assert to.deliver() == 1
    assert receiver.posted == []


@pytest.mark.parametrize(
    "url",
    ["ftp://host/secret", "host/secret", "http://", "https:///secret", "http://host:99999/secret", "http://[::1/secret",
     "http://host/secret\r\nX: y", "http://host/a secret", "kafka://host/secret", "http://hôte/secret",
     "http://a..b/secret", f"http://{'a' * 70}.fr/secret"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_without_saying_it(url) -> None:
    with pytest.raises(SettingsError, match=r"alerts\.webhook is not an address") as caught:
        parse_webhook(url)
    assert "secret" not in str(caught.value)


def test_an_address_is_read() -> None:
    assert parse_webhook("https://ann:b%3Ac@[::1]/a/b?c=d") == (True, "::1", 443, "/a/b?c=d", "Basic YW5uOmI6Yw==")
    assert parse_webhook("http://host").path == "/"
    assert parse_webhook("https://ann:b%3Ac@[::1]/a/b?c=d").place == "https://[::1]:443"
    assert issubclass(Refused, ServiceUnavailable)
