"""What the Kafka client's errors mean, in sentences that say what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kafka.errors import (
    FencedInstanceIdError,
    GroupAuthorizationFailedError,
    KafkaError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from plant.errors import AccessDenied, MillhandError, ServiceUnavailable, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingestion.sources.access import KafkaAccess
    from ingestion.sources.address import KafkaAddress


@contextmanager
def answering(address: KafkaAddress, access: KafkaAccess, group: str = "") -> Iterator[None]:
    """Turns the client's errors into ours.

    Args:
        address: The broker and the topic.
        access: How the broker is spoken to.
        group: The consumer group, where there is one.

    Raises:
        AccessDenied: If the broker refuses us.
        SettingsError: If another member of the group has our name.
        ServiceUnavailable: If the broker fails otherwise, or does not answer.
    """
    try:
        yield
    except KafkaError as error:
        raise _in_words(error, address, access, group) from error


def _in_words(error: KafkaError, address: KafkaAddress, access: KafkaAccess, group: str) -> MillhandError:
    kafka = f"Kafka at {','.join(address.servers)}"
    if isinstance(error, FencedInstanceIdError):
        return SettingsError(
            f"Another worker of the group {group} has started as kafka.instance {access.instance}; this one ends.",
            hint="Give each worker a name of its own.",
        )
    # What the producer is refused before its first message comes in the words of another error only.
    if isinstance(error, TopicAuthorizationFailedError) or "ClusterAuthorizationFailedError" in str(error):
        return AccessDenied(
            f"{kafka} lets {access.who} neither read nor write the topic {address.topic}.",
            hint="Have this user given the right: Read to read it, Write to play or publish to it.",
        )
    if isinstance(error, GroupAuthorizationFailedError):
        return AccessDenied(
            f"{kafka} does not let {access.who} into the group {group}.",
            hint="Have this user given the right to read the group, or name another with --group.",
        )
    if isinstance(error, SaslAuthenticationFailedError):
        return AccessDenied(
            f"{kafka} does not know {access.who} by this password any more.",
            hint="Check kafka.user and the password in MILLHAND_KAFKA_PASSWORD.",
        )
    if isinstance(error, UnknownTopicOrPartitionError):
        return no_topic(address)
    return ServiceUnavailable(
        f"{kafka} does not serve {address.topic}: {type(error).__name__}: {error}.",
        hint="Check that the broker runs and that the topic is there.",
    )


def no_topic(address: KafkaAddress) -> ServiceUnavailable:
    """Returns the error that says that there is no such topic."""
    return ServiceUnavailable(
        f"There is no topic {address.topic} at {','.join(address.servers)}.",
        hint="Make it, or start what writes to it; it is read as soon as it is there.",
    )
