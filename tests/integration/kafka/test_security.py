"""Against real Kafka that demands it: TLS, a certificate of ours, a user; what it refuses is a sentence."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion.sources.access import kafka_access
from ingestion.sources.address import parse_kafka
from ingestion.sources.kafka import KafkaSink
from ingestion.verify import verify
from plant.errors import ServiceUnavailable
from plant.settings import load_settings
from plant.store.sqlite import open_store
from tests.integration.kafka.secured import LONER, NOBODY, ONLOOKER, PASSWORD, USER, Secured, secured_kafka
from tests.integration.kafka.topics import fill, make_topic, readings
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kafka

TOPIC, COUNT = "readings", 40


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl: it makes the certificates")
    with secured_kafka(tmp_path_factory.mktemp("secured")) as broker:
        make_topic(broker.plain, TOPIC, 1)
        fill(broker.plain, TOPIC, readings(COUNT))
        yield broker


def _given(monkeypatch: pytest.MonkeyPatch, secured: Secured, settings: dict[str, str], password: str) -> None:
    """Puts settings into the environment; a file is named by the field of `Secured` that holds its path."""
    for key, value in settings.items():
        told = str(getattr(secured, value)) if key.endswith("_file") else value
        monkeypatch.setenv(f"MILLHAND_KAFKA__{key}".upper(), told)
    if password:
        monkeypatch.setenv("MILLHAND_KAFKA_PASSWORD", password)


WAYS = {
    "TLS": ("tls", {"security": "tls"}),
    "a certificate of ours": ("mutual", {"security": "tls", "cert_file": "ours", "key_file": "our_key"}),
    **{
        f"{mechanism} {security}": (security.replace("_plaintext", ""), {"security": security, "mechanism": mechanism})
        for security in ("sasl_plaintext", "sasl_tls")
        for mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
    },
}


@pytest.mark.parametrize(("listener", "settings"), WAYS.values(), ids=WAYS)
def test_a_worker_reads_from_a_broker_that_demands_it(
    secured: Secured,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    listener: str,
    settings: dict[str, str],
) -> None:
    if settings["security"].endswith("tls"):
        settings = settings | {"ca_file": "certificate"}
    sasl = settings["security"].startswith("sasl")
    _given(monkeypatch, secured, settings | ({"user": USER} if sasl else {}), PASSWORD if sasl else "")
    url, store = f"kafka://{getattr(secured, listener)}/{TOPIC}", str(tmp_path / "plant.db")
    assert main(["worker", "--source", url, "--store", store, "--group", tmp_path.name, "--until-end"]) == 0
    said = capsys.readouterr()
    assert PASSWORD not in said.err + said.out
    with open_store(Path(store)) as opened:
        assert verify(opened).sum.stored == COUNT


def test_replay_and_doctor_speak_as_the_worker_does(
    secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _given(monkeypatch, secured, {"security": "sasl_tls", "user": USER, "ca_file": "certificate"}, PASSWORD)
    make_topic(secured.plain, "played", 1)
    url = f"kafka://{secured.sasl_tls}/played"
    file = tmp_path / "history.csv"
    file.write_text("date,A\n" + "".join(f"2026-01-01T00:00:{s:02}Z,{s}\n" for s in range(10)))
    assert main(["replay", str(file), "--to", url]) == 0
    monkeypatch.setenv("MILLHAND_STREAM__SOURCE", url)
    main(["doctor", "--json", "--store", str(tmp_path / "plant.db")])
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert checks["stream"]["ok"], checks["stream"]


REFUSED = {
    "a wrong password": ("sasl", {"security": "sasl_plaintext", "user": USER}, "wrong", "MILLHAND_KAFKA_PASSWORD"),
    "a wrong password, PLAIN": (
        "sasl_tls",
        {"security": "sasl_tls", "user": USER, "mechanism": "PLAIN", "ca_file": "certificate"},
        "wrong",
        "does not know the user operator",
    ),
    "a user it has never heard of": ("sasl", {"security": "sasl_plaintext", "user": "x"}, "wrong", "the user x"),
    "a certificate that nobody vouches for": (
        "tls",
        {"security": "tls", "ca_file": "stranger"},
        "",
        "kafka.ca_file",
    ),
    "a certificate unknown to the system": ("tls", {"security": "tls"}, "", "self-signed"),
    "TLS on a port without": ("plain", {"security": "tls", "ca_file": "certificate"}, "", "does not speak TLS"),
    "no TLS on a port with": ("tls", {}, "", "set kafka.security to tls"),
    "no certificate of ours where one is asked for": (
        "mutual",
        {"security": "tls", "ca_file": "certificate"},
        "",
        "kafka.cert_file",
    ),
    "nobody where a user is asked for": ("sasl", {}, "", "kafka.user"),
    "a user where nobody is asked for": (
        "plain",
        {"security": "sasl_plaintext", "user": USER},
        PASSWORD,
        "asks for no user",
    ),
    "a mechanism that the broker does not take": (
        "only_plain",
        {"security": "sasl_plaintext", "user": USER},
        PASSWORD,
        "does not take SCRAM-SHA-512, but PLAIN",
    ),
    "a topic one may not see": (
        "sasl",
        {"security": "sasl_plaintext", "user": NOBODY, "mechanism": "PLAIN"},
        PASSWORD,
        "does not let the user visitor see the topic readings",
    ),
    "a topic one may see and not read": (
        "sasl",
        {"security": "sasl_plaintext", "user": ONLOOKER, "mechanism": "PLAIN"},
        PASSWORD,
        "lets the user onlooker neither read nor write the topic readings",
    ),
    "a group one may not join": (
        "sasl",
        {"security": "sasl_plaintext", "user": LONER, "mechanism": "PLAIN"},
        PASSWORD,
        "does not let the user loner into the group",
    ),
}


@pytest.mark.parametrize(("listener", "settings", "password", "said"), REFUSED.values(), ids=REFUSED)
def test_a_broker_that_refuses_ends_the_worker_with_a_sentence(
    secured: Secured,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    listener: str,
    settings: dict[str, str],
    password: str,
    said: str,
) -> None:
    _given(monkeypatch, secured, settings, password)
    url = f"kafka://{getattr(secured, listener)}/{TOPIC}"
    assert main(["worker", "--source", url, "--store", str(tmp_path / "plant.db"), "--group", tmp_path.name]) == 4
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert not password or password not in told


def test_one_who_may_not_write_is_told_when_he_publishes(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    _given(monkeypatch, secured, {"security": "sasl_plaintext", "user": ONLOOKER, "mechanism": "PLAIN"}, PASSWORD)
    address = parse_kafka(f"kafka://{secured.sasl}/{TOPIC}")
    with (
        closing(KafkaSink(address, kafka_access(load_settings().kafka), patience_s=5.0)) as sink,
        pytest.raises(ServiceUnavailable, match="neither read nor write"),
    ):
        sink.write([(None, b"x")])
