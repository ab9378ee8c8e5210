"""How a broker is spoken to: what contradicts itself is refused with its key, and nothing shows the password."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ingestion.sources.access import KafkaAccess, kafka_access
from ingestion.sources.address import parse_kafka
from ingestion.sources.greeting import greet
from ingestion.sources.urls import open_source
from plant.errors import ServiceUnavailable, SettingsError
from plant.settings import KafkaSettings, load_settings
from tests.unit.stream.answers import FakePeer
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "s3cret-of-the-plant"

CONTRADICTIONS = {
    "a user is demanded and none is named": ({"security": "sasl_tls"}, SECRET, "kafka.user is empty"),
    "a user without a password": ({"security": "sasl_tls", "user": "u"}, "", "MILLHAND_KAFKA_PASSWORD"),
    "a user who would not be sent": ({"user": "u"}, "", "kafka.user is set, but kafka.security is plaintext"),
    "a password that would not be sent": ({"security": "tls"}, SECRET, "MILLHAND_KAFKA_PASSWORD is set"),
    "a CA without TLS": ({"ca_file": "x"}, "", "kafka.ca_file is set, but kafka.security is plaintext"),
    "a certificate without TLS": (
        {"security": "sasl_plaintext", "user": "u", "cert_file": "x"},
        SECRET,
        "kafka.cert_file is set",
    ),
    "a key without a certificate": ({"security": "tls", "key_file": "x"}, "", "kafka.cert_file is not"),
    "a file that is not there": ({"security": "tls", "ca_file": "/no/such.pem"}, "", "kafka.ca_file: /no/such.pem"),
    "a name that no member may have": ({"instance": "worker one"}, "", "kafka.instance"),
    "a name of dots": ({"instance": ".."}, "", "kafka.instance"),
}


@pytest.mark.parametrize(("settings", "password", "said"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_settings_that_contradict_each_other_are_refused_with_their_key(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], password: str, said: str
) -> None:
    if password:
        monkeypatch.setenv("MILLHAND_KAFKA_PASSWORD", password)
    with pytest.raises(SettingsError) as raised:
        kafka_access(KafkaSettings(**settings))
    assert said in str(raised.value)
    assert SECRET not in str(raised.value)


def test_the_worker_ends_with_2_before_it_asks_any_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MILLHAND_KAFKA__SECURITY", "sasl_plaintext")
    assert main(["worker", "--source", "kafka://127.0.0.1:1/t", "--store", str(tmp_path / "plant.db")]) == 2
    assert "kafka.user" in capsys.readouterr().err


def test_a_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(SettingsError, match=r"kafka\.ca_file: .*ca\.pem holds no certificate"):
        kafka_access(KafkaSettings(security="tls", ca_file=tmp_path / "ca.pem"))


def test_a_key_that_does_not_belong_to_its_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "our.crt").write_text("no certificate")
    (tmp_path / "our.key").write_text("no key")
    with pytest.raises(SettingsError, match=r"kafka\.cert_file: .*our\.crt and its key cannot be used"):
        kafka_access(
            KafkaSettings(security="tls", cert_file=tmp_path / "our.crt", key_file=tmp_path / "our.key"),
        )


def test_the_password_is_shown_by_nothing_but_the_clients_own_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLHAND_KAFKA_PASSWORD", SECRET)
    monkeypatch.setenv("MILLHAND_KAFKA__SECURITY", "sasl_plaintext")
    monkeypatch.setenv("MILLHAND_KAFKA__USER", "operator")
    settings = load_settings()
    access = kafka_access(settings.kafka)
    assert SECRET not in repr(access) + str(access) + repr(settings)
    assert access.options()["sasl_plain_password"] == SECRET


@pytest.mark.parametrize(
    ("mechanism", "written"), [("PLAIN", "a=b,c"), ("SCRAM-SHA-256", "a=3Db=2Cc"), ("SCRAM-SHA-512", "a=3Db=2Cc")]
)
def test_a_user_is_written_as_its_mechanism_wants(mechanism: str, written: str) -> None:
    settings = KafkaSettings(security="sasl_plaintext", user="a=b,c", mechanism=mechanism)
    assert KafkaAccess(settings, "p").options()["sasl_plain_username"] == written


@pytest.mark.parametrize(
    ("security", "says", "said"),
    [
        ("plaintext", b"", "it hung up"),
        ("plaintext", b"\x15\x03\x03\x00\x02\x02\x50", "kafka.security"),  # a TLS alert
        ("plaintext", b"SSH-2.0-OpenSSH_9.2\r\n", "ended the connection"),
        ("plaintext", b"HTTP/1.1 400 Bad Request\r\n\r\n", "ended the connection"),
        ("plaintext", bytes(4), "its answer is cut short"),
        ("tls", b"", "does not speak TLS"),
        ("tls", b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak TLS"),
        ("plaintext", None, "timed out"),  # it says nothing, for ever
        ("tls", None, "timed out"),
    ],
)
def test_a_peer_that_is_no_broker_is_told_apart_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, security: str, says: bytes | None, said: str
) -> None:
    monkeypatch.setattr("ingestion.sources.greeting.ANSWER_S", 0.3)
    with closing(FakePeer(says)) as peer, pytest.raises(ServiceUnavailable) as raised:
        greet(parse_kafka(f"kafka://{peer.address}/topic"), KafkaAccess(KafkaSettings(security=security)))
    assert said in str(raised.value)
    assert peer.address in str(raised.value)


def test_a_server_that_is_away_does_not_matter_where_another_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.sources.greeting.ANSWER_S", 0.3)
    with closing(FakePeer(b"")) as peer, pytest.raises(ServiceUnavailable, match=peer.address):
        greet(parse_kafka(f"kafka://127.0.0.1:1,{peer.address}/topic"), KafkaAccess())


def test_a_source_without_kafka_asks_for_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLHAND_KAFKA__SECURITY", "sasl_tls")
    (tmp_path / "h.csv").write_text("date,A\n2026-01-01T00:00:00Z,1\n")
    open_source(f"file:{tmp_path / 'h.csv'}", load_settings()).close()


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl: it makes the key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-days", "2", "-subj", "/CN=x", "-passout", "pass:secret",
         "-keyout", str(tmp_path / "our.key"), "-out", str(tmp_path / "our.crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    with pytest.raises(SettingsError, match="must have no passphrase"):
        kafka_access(KafkaSettings(security="tls", cert_file=tmp_path / "our.crt", key_file=tmp_path / "our.key"))
