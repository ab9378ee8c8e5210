"""How a Kafka broker is spoken to: in the clear or by TLS, as nobody or as a user who proves it.

The settings section `kafka` says how; the password comes from the environment variable
`MILLHAND_KAFKA_PASSWORD` alone and is in no setting, log, repr or error text. What contradicts itself is
refused before anything is sent: a user with a security that names none would be a user who is not sent.
"""

from __future__ import annotations

import os
import re
import ssl
from typing import TYPE_CHECKING, Any, Final

from plant.errors import SettingsError
from plant.settings import KafkaSettings

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD: Final = "MILLHAND_KAFKA_PASSWORD"  # noqa: S105 (the variable's name)
"""The environment variable that holds the password."""

_PROTOCOLS: Final = {"plaintext": "PLAINTEXT", "tls": "SSL", "sasl_plaintext": "SASL_PLAINTEXT", "sasl_tls": "SASL_SSL"}
_INSTANCE: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")  # as Kafka has it


class KafkaAccess:
    """How a broker is spoken to. The default is in the clear, as nobody. Made by `kafka_access`.

    Args:
        settings: The section `kafka`.
        password: Of `settings.user`; shown by nothing.

    Raises:
        SettingsError: If a certificate or key cannot be used; it names the key.

    Attributes:
        tls: The TLS context; None where the connection is in the clear.
        user: Who we are; None where nobody is asked.
        mechanism: How a user proves who he is.
        instance: Name of a static member of the group; None for a member of its own each time.
    """

    def __init__(self, settings: KafkaSettings | None = None, password: str = "") -> None:
        settings = settings or KafkaSettings()
        self._protocol = _PROTOCOLS[settings.security]
        self._password = password
        self.tls = _tls_context(settings) if settings.security.endswith("tls") else None
        self.user = settings.user if settings.security.startswith("sasl") else None
        self.mechanism = settings.mechanism
        self.instance = settings.instance or None

    def __repr__(self) -> str:
        return f"KafkaAccess({self._protocol}, user={self.user!r})"

    @property
    def who(self) -> str:
        """Who we are, for sentences."""
        return "this machine" if self.user is None else f"the user {self.user}"

    def options(self) -> dict[str, Any]:
        """Returns the client's options. They hold the password: hand them to the client, show them to nobody."""
        options: dict[str, Any] = {"security_protocol": self._protocol, "ssl_context": self.tls}
        if self.user is not None:
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self._written_user(self.user),
                "sasl_plain_password": self._password,
            }
        return options

    def _written_user(self, user: str) -> str:
        """Writes a name as SCRAM wants it (RFC 5802, section 5.1), which the client does not."""
        return user if self.mechanism == "PLAIN" else user.replace("=", "=3D").replace(",", "=2C")


def kafka_access(settings: KafkaSettings) -> KafkaAccess:
    """Makes the access that settings and environment ask for.

    Raises:
        SettingsError: If settings contradict each other, or a certificate or key cannot be used; it names the key.
    """
    password = os.environ.get(PASSWORD, "")
    for wrong, text, hint in _contradictions(settings, password):
        if wrong:
            raise SettingsError(text, hint=hint)
    return KafkaAccess(settings, password)


def _contradictions(settings: KafkaSettings, password: str) -> list[tuple[bool, str, str]]:
    """Returns what may be wrong: whether it is, the sentence, and what to do."""
    security = f"kafka.security is {settings.security}"
    sasl, tls = settings.security.startswith("sasl"), settings.security.endswith("tls")
    to_sasl = "Set kafka.security to sasl_tls (or sasl_plaintext), or take it away."
    found = [
        (sasl and not settings.user, f"{security}, but kafka.user is empty.", "Name the user."),
        (sasl and not password, f"{security}, but there is no password.", f"Put it into {PASSWORD}."),
        (not sasl and bool(settings.user), f"kafka.user is set, but {security}, which names no user.", to_sasl),
        (not sasl and bool(password), f"{PASSWORD} is set, but {security}, which sends none.", to_sasl),
        (
            settings.key_file is not None and settings.cert_file is None,
            "kafka.key_file is set, but kafka.cert_file is not.",
            "Name the certificate that the key belongs to.",
        ),
        (
            bool(settings.instance) and not _INSTANCE.fullmatch(settings.instance),
            f"kafka.instance {settings.instance!r} is no name for a member of a group.",
            "Write up to 249 letters, digits, dots, dashes and underscores.",
        ),
    ]
    for key in ("ca_file", "cert_file", "key_file"):
        text = f"kafka.{key} is set, but {security}, which uses no certificates."
        given = getattr(settings, key) is not None
        found.append((given and not tls, text, "Set kafka.security to tls or sasl_tls, or take it away."))
    return found


def _tls_context(settings: KafkaSettings) -> ssl.SSLContext:
    """Makes a context that checks the broker's certificate and its host name, by TLS 1.2 or newer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for key in ("ca_file", "cert_file", "key_file"):
        _check_readable(key, getattr(settings, key))
    try:
        if settings.ca_file is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(settings.ca_file)
    except (ssl.SSLError, OSError) as error:
        raise SettingsError(f"kafka.ca_file: {settings.ca_file} holds no certificate in PEM form.") from error
    if settings.cert_file is None:
        return context
    try:
        context.load_cert_chain(settings.cert_file, settings.key_file, password=_no_passphrase)
    except (ssl.SSLError, OSError) as error:
        raise SettingsError(
            f"kafka.cert_file: {settings.cert_file} and its key cannot be used: {error}.",
            hint="Both have to be in PEM form, belong together, and the key must have no passphrase.",
        ) from error
    return context


def _no_passphrase() -> str:
    """Keeps OpenSSL from asking for one on the terminal."""
    return ""


def _check_readable(key: str, path: Path | None) -> None:
    if path is None:
        return
    try:
        path.open("rb").close()
    except OSError as error:
        raise SettingsError(f"kafka.{key}: {path} cannot be read: {error.strerror}.") from error
