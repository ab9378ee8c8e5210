"""Fixtures of the integration tests: one running server of each kind a session, one topic a test."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from tests.integration.servers import serve, serve_wheel_broker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def real_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`HOST:PORT` of real Apache Kafka."""
    with serve("kafka", tmp_path_factory.mktemp("kafka")) as address:
        yield address


@pytest.fixture(scope="session")
def wheel_broker() -> Iterator[str]:
    """`HOST:PORT` of the broker of the wheel: memory only, joining a group takes five seconds."""
    with serve_wheel_broker() as address:
        yield address


@pytest.fixture(params=["real_kafka", "wheel_broker"])
def kafka_address(request: pytest.FixtureRequest) -> str:
    """`HOST:PORT` of a broker: each in turn."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def new_topic() -> str:
    """A name that no other topic has."""
    return f"test-{uuid.uuid4().hex[:12]}"
