"""Asks a broker whether it would serve us, before the client does, and says in words why it would not.

The client (kafka-python) tries for ten seconds and then says only that it could not connect; a peer that
speaks no TLS and says nothing would keep it for ever. So each question is asked here first, on a
connection of our own with a limit on every answer: does it listen, by TLS, with a certificate that we
trust, does it know our user, may we see the topic. The client's own codec writes and reads the messages.
"""

from __future__ import annotations

import socket
import ssl
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kafka.errors import KafkaError, TopicAuthorizationFailedError, UnsupportedSaslMechanismError
from kafka.net.sasl import get_sasl_mechanism
from kafka.protocol.metadata import ApiVersionsRequest, MetadataRequest
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest

from plant.errors import AccessDenied, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingestion.sources.access import KafkaAccess
    from ingestion.sources.address import KafkaAddress

ANSWER_S: Final = 5.0
"""How long a broker may take to answer a question before it counts as away."""

_LONGEST_ANSWER: Final = 16 * 1024 * 1024


def greet(address: KafkaAddress, access: KafkaAccess) -> None:
    """Returns if one of the servers would serve us.

    Raises:
        AccessDenied: If a server refuses us; people have to act.
        ServiceUnavailable: If no server answers, or one hangs up: one that starts or stops does that too.
    """
    reasons = []
    for server in address.servers:
        try:
            _greet_one(server, address.topic, access)
        except OSError as error:
            reasons.append(f"{server}: {error}")
        else:
            return
    raise ServiceUnavailable(f"No Kafka broker answers at {'; '.join(reasons)}.", hint="Check that it runs.")


def _greet_one(server: str, topic: str, access: KafkaAccess) -> None:
    host, _, port = server.rpartition(":")
    try:
        plain = socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER_S)
    except OverflowError as error:  # a port above 65535
        raise OSError(str(error)) from error
    with plain, _encrypted(plain, host.strip("[]"), server, access) as connection:
        questions = _Questions(connection)
        with _hung_up_on(server, _why_no_first_answer(access)):
            questions.ask(ApiVersionsRequest(version=0))
        if access.user is not None:
            _log_in(questions, server, access, access.user)
        with _hung_up_on(server, "it demands a user: set kafka.security to sasl_tls or sasl_plaintext, and kafka.user"):
            metadata = questions.ask(_about(topic))
    if any(found.error_code == TopicAuthorizationFailedError.errno for found in metadata.topics):
        raise AccessDenied(
            f"Kafka at {server} does not let {access.who} see the topic {topic}.",
            hint="Have the right to read (and for alerts to write) it given to this user.",
        )


def _encrypted(plain: socket.socket, host: str, server: str, access: KafkaAccess) -> socket.socket:
    """Returns the connection, by TLS where that is asked for."""
    if access.tls is None:
        return plain
    try:
        return access.tls.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise AccessDenied(
            f"The certificate of Kafka at {server} is not to be trusted: {error.verify_message}.",
            hint="kafka.ca_file has to name who signed it, and it has to be for the host name of the address.",
        ) from error
    except TimeoutError:  # also an OSError, as all that follow: but this one is not about TLS
        raise
    except (ssl.SSLError, ConnectionError) as error:
        raise ServiceUnavailable(
            f"Kafka at {server} does not speak TLS as we do: {_reason(error)}.",
            hint="Check the port; for one without TLS set kafka.security to plaintext or sasl_plaintext.",
        ) from error


def _log_in(questions: _Questions, server: str, access: KafkaAccess, user: str) -> None:
    """Proves who we are. Raises `AccessDenied` if the broker does not believe it, or we do not believe the broker."""
    with _hung_up_on(server, "it ended the login"):
        shaken = questions.ask(SaslHandshakeRequest(mechanism=access.mechanism, version=1))
        if shaken.error_code == UnsupportedSaslMechanismError.errno:
            raise AccessDenied(
                f"Kafka at {server} does not take {access.mechanism}, but {' and '.join(shaken.mechanisms)}.",
                hint="Set kafka.mechanism to one that it takes.",
            )
        if shaken.error_code:
            raise AccessDenied(
                f"Kafka at {server} asks for no user on this port.",
                hint="Check the port; to speak as nobody set kafka.security to plaintext or tls.",
            )
        options = access.options()
        exchange = get_sasl_mechanism(access.mechanism)(host=server, **options)
        while not exchange.is_done():
            answer = questions.ask(SaslAuthenticateRequest(exchange.auth_bytes(), version=0))
            if answer.error_code:
                raise AccessDenied(
                    f"Kafka at {server} does not know the user {user} by this password.",
                    hint="Check kafka.user, kafka.mechanism and the password in MILLHAND_KAFKA_PASSWORD.",
                )
            try:
                exchange.receive(answer.auth_bytes)
            except (ValueError, KeyError) as error:  # the client's word for a proof that does not hold
                raise AccessDenied(
                    f"Kafka at {server} could not prove that it knows the password of {user}.",
                    hint="Check that the address is the plant's broker.",
                ) from error


def _about(topic: str) -> Any:
    named = MetadataRequest.MetadataRequestTopic(name=topic)
    return MetadataRequest(topics=[named], allow_auto_topic_creation=False, version=4)


def _why_no_first_answer(access: KafkaAccess) -> str:
    if access.tls is None:
        return "it may demand TLS: set kafka.security to tls or sasl_tls, or check the port"
    return "it may demand a certificate of ours: set kafka.cert_file and kafka.key_file"


@contextmanager
def _hung_up_on(server: str, why: str) -> Iterator[None]:
    """Says what it most likely means that a broker ended the connection at a question."""
    try:
        yield
    except TimeoutError:
        raise
    except (KafkaError, EOFError, ssl.SSLError, ConnectionError) as error:
        ended = f"Kafka at {server} ended the connection: {_reason(error)}."
        raise ServiceUnavailable(ended, hint=f"Perhaps {why}.") from error


def _reason(error: Exception) -> str:
    """Returns the words of an error without its numbers and places."""
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or "no answer"


class _Questions:
    """One question after the other over a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._codec = KafkaProtocol(client_id="millhand", receive_message_max_bytes=_LONGEST_ANSWER)

    def ask(self, request: Any) -> Any:
        """Returns the answer. Raises `OSError`, `EOFError` or `KafkaError` if there is none."""
        self._codec.send_request(request)
        self._connection.sendall(self._codec.send_bytes())
        while True:
            received = self._connection.recv(65_536)
            if not received:
                raise EOFError("it hung up")
            try:
                for _, response in self._codec.receive_bytes(received):
                    return response
            except struct.error as error:  # the client does not catch an answer that is cut short
                raise EOFError("its answer is cut short") from error
