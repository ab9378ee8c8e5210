"""One broker that may be killed, for all tests of chaos."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.chaos.crew import KillableBroker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def killable_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillableBroker]:
    with closing(KillableBroker(tmp_path_factory.mktemp("kafka"))) as broker:
        yield broker
