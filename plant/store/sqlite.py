"""The store in one SQLite file: `open_store`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from plant.errors import StoreError
from plant.store.books import Books
from plant.store.connection import Connections
from plant.store.feedback import Answers
from plant.store.forecasts import Forecasts
from plant.store.hours import Hours
from plant.store.manuals import Manuals
from plant.store.outbox import Outbox
from plant.store.queries import Queries
from plant.store.writer import Numbers, SqliteTransaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self


class SqliteStore(Books, Outbox, Hours, Queries, Manuals, Answers, Forecasts):
    """`plant.store.contract.Store` over one SQLite file. Made by `open_store`; a context manager."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._numbers = Numbers()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return self._connections.path

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Begins the one write transaction; commits at the end of the block, rolls back on an exception."""
        with self._connections.writing() as writer:
            transaction = SqliteTransaction(writer, self._numbers)
            yield transaction
        self._numbers.sensors.update(transaction.numbers.sensors)
        self._numbers.partitions.update(transaction.numbers.partitions)

    def close(self) -> None:
        """Closes every connection; the store may not be used after."""
        self._connections.close()


def open_store(path: Path, *, read_only: bool = False, wait_s: float = 10.0) -> SqliteStore:
    """Opens a store; makes it, with its directory, if it is not there yet.

    Args:
        path: The SQLite file.
        read_only: Only read; the store must be there.
        wait_s: How long a writer waits for another one before it gives up, in seconds.

    Raises:
        StoreError: If it cannot be opened, is not a store, or was made by a newer version.
    """
    if not read_only:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The directory {path.parent} cannot be made: {error.strerror}.") from error
    return SqliteStore(Connections(path, read_only=read_only, wait_s=wait_s))
