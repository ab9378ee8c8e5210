"""The file that conversations are kept in: langgraph's SQLite checkpointer, strict about what it reads back.

Only plain data is written: no pickle either way, and no type beyond langgraph's list of safe ones
is made from what is read. Of each conversation the newest state is kept, the ones before it are not.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from plant.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

_PRUNE = """
DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id <
    (SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?)
"""


class MemoryFile:
    """Conversations in one file.

    Args:
        path: The file; made with its directory if it is not there.

    Raises:
        StoreError: If it cannot be opened, or is not a memory of conversations.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
        except (OSError, sqlite3.Error) as error:
            raise self.problem(error) from error
        serde = JsonPlusSerializer(pickle_fallback=False, allowed_msgpack_modules=None)
        self.saver = SqliteSaver(self._connection, serde=serde)
        try:
            self.saver.setup()
        except sqlite3.Error as error:
            self._connection.close()
            raise self.problem(error) from error

    def problem(self, error: Exception) -> StoreError:
        """Returns what to tell of a failure of the file."""
        return StoreError(
            f"The memory of conversations at {self._path} cannot be used: {error}.",
            hint="Conversations are all it holds: move it away to begin anew.",
        )

    def prune(self, thread: str) -> None:
        """Drops all states of a conversation but the newest."""
        with self.saver.cursor() as cursor:
            for table in ("writes", "checkpoints"):
                cursor.execute(_PRUNE.format(table=table), (thread, thread))

    def forget(self, thread: str) -> None:
        """Drops a conversation."""
        self.saver.delete_thread(thread)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()
