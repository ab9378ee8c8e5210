"""A real broker that demands what it is asked to demand: TLS, a certificate of ours, a user, rights."""

from __future__ import annotations

import socket
import subprocess
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from ingestion.sources.connecting import DIRECT
from tests.integration.servers import started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD = "operator", "s3cret, with = and commas"
NOBODY, ONLOOKER, LONER = "visitor", "onlooker", "loner"
"""Users with the same password: one without rights, one who may see topics and join groups, but not read, one who
may read topics but join no group."""

_LOGIN = "org.apache.kafka.common.security"


class Secured(NamedTuple):
    """A broker with a listener for each way to speak to it; values are `HOST:PORT`."""

    plain: str
    tls: str
    mutual: str
    sasl: str
    sasl_tls: str
    only_plain: str
    certificate: Path
    stranger: Path
    ours: Path
    our_key: Path


@contextmanager
def secured_kafka(directory: Path) -> Iterator[Secured]:
    """Starts the broker; `USER` has all rights and is known to PLAIN and SCRAM, the others to PLAIN."""
    names = ("plain", "tls", "mutual", "sasl", "sasl_tls", "only_plain")
    addresses = dict(zip(names, _free_addresses(len(names)), strict=True))
    protocols = dict(
        zip(names, ("PLAINTEXT", "SSL", "SSL", "SASL_PLAINTEXT", "SASL_SSL", "SASL_PLAINTEXT"), strict=True)
    )
    (controller,) = _free_addresses(1)
    (directory / "kafka").mkdir()
    (directory / "kafka" / "controller.port").write_text(controller.rpartition(":")[2])
    server, stranger, ours = (_certificate(directory, name) for name in ("server", "stranger", "ours"))
    (directory / "server.pem").write_text(server[1].read_text() + server[0].read_text())
    listeners = ",".join(f"{name.upper()}://{address}" for name, address in addresses.items())
    settings = {
        "listeners": f"{listeners},CONTROLLER://{controller}",
        "advertised.listeners": listeners,
        "inter.broker.listener.name": "PLAIN",
        "listener.security.protocol.map": ",".join(f"{n.upper()}:{p}" for n, p in protocols.items())
        + ",CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.only_plain.sasl.enabled.mechanisms": "PLAIN",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(directory / "server.pem"),
        "listener.name.mutual.ssl.truststore.type": "PEM",
        "listener.name.mutual.ssl.truststore.location": str(ours[0]),
        "listener.name.mutual.ssl.client.auth": "required",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:ANONYMOUS;User:CN=ours;User:{USER}",
    }
    for listener in ("sasl", "sasl_tls", "only_plain"):
        prefix = f"listener.name.{listener}"
        users = " ".join(f'user_{user}="{PASSWORD}"' for user in (USER, NOBODY, ONLOOKER, LONER))
        settings[f"{prefix}.plain.sasl.jaas.config"] = f"{_LOGIN}.plain.PlainLoginModule required {users};"
        for kind in ("256", "512"):
            settings[f"{prefix}.scram-sha-{kind}.sasl.jaas.config"] = f"{_LOGIN}.scram.ScramLoginModule required;"
    arguments = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    with ExitStack() as stack:
        stack.enter_context(started("kafka", directory / "kafka", *arguments))
        with closing(KafkaAdminClient(bootstrap_servers=addresses["plain"], proxy_url=DIRECT)) as admin:
            _add_scram_users(admin)
            _give_rights(admin)
        yield Secured(**addresses, certificate=server[0], stranger=stranger[0], ours=ours[0], our_key=ours[1])


def _add_scram_users(admin: KafkaAdminClient) -> None:
    for kind in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
        failed = admin.alter_user_scram_credentials([UserScramCredentialUpsertion(USER, kind, PASSWORD)])
        assert not any(failed.values()), failed


def _give_rights(admin: KafkaAdminClient) -> None:
    rights = (
        (ONLOOKER, ResourceType.TOPIC, ACLOperation.DESCRIBE),
        (ONLOOKER, ResourceType.GROUP, ACLOperation.READ),
        (LONER, ResourceType.TOPIC, ACLOperation.READ),
    )
    admin.create_acls(
        [
            ACL(f"User:{user}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, "*"))
            for user, kind, operation in rights
        ]
    )


def _certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """Makes a certificate for 127.0.0.1 that signs itself; returns it and its key, in PEM form."""
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def _free_addresses(count: int) -> list[str]:
    with ExitStack() as stack:
        probes = [stack.enter_context(closing(socket.socket())) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{probe.getsockname()[1]}" for probe in probes]
