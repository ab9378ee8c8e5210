"""The SQLite file: connections, schema, durability, and what its errors mean for people.

One writer connection behind a lock, one reader connection a thread. The journal is a write-ahead
log, so readers never wait for the writer. `synchronous=FULL` syncs that log at every commit: with
`NORMAL` a power cut could take back commits whose offsets were already told to the broker. It
costs about 2 ms a batch.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from plant.errors import StoreBlocked, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID: Final = 0x6D696C6C
"""`mill` in the header of the file (`PRAGMA application_id`): this SQLite file is a store."""

_HINTS: Final = {
    "SQLITE_BUSY": "Another process holds it; try again, or end the other one.",
    "SQLITE_LOCKED": "Another process holds it; try again, or end the other one.",
    "SQLITE_FULL": "The disk is full: free some space. Nothing of this batch was kept, and nothing is lost.",
    "SQLITE_READONLY": "The file or its directory may not be written by this user.",
    "SQLITE_CANTOPEN": "Check that its directory is there and that this user may write in it.",
    "SQLITE_NOTADB": "It is not a millhand store; name another file.",
    "SQLITE_CORRUPT": "The file is damaged: put a copy back, or begin a new store and read the stream again.",
    "SQLITE_IOERR": "The disk failed, or may hold no file that large: check it, and ulimit -f.",
}

_PASSING: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL")


def _explained(error: sqlite3.Error, path: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", None) or ""
    # An extended name, such as SQLITE_IOERR_WRITE, begins with its primary one.
    hint = next((text for primary, text in _HINTS.items() if name.startswith(primary)), "")
    kind = StoreBlocked if name.startswith(_PASSING) else StoreError
    return kind(f"The store {path} cannot be used: {error}.", hint=hint)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into `StoreError`s; a `ProgrammingError` is a bug of ours and stays one."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        raise _explained(error, path) from error


class Connections:
    """The connections to one store.

    Args:
        path: The SQLite file.
        read_only: Open nothing for writing, but to convert a store of an older version.
        wait_s: How long a writer waits for another one, in seconds.

    Raises:
        StoreError: If the file is missing (read only), is not a store, comes from a newer version,
            or cannot be opened.
    """

    def __init__(self, path: Path, *, read_only: bool, wait_s: float) -> None:
        self.path = path
        self._read_only = read_only
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._readers_lock = threading.Lock()
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}
        if read_only and not path.exists():
            raise StoreError(
                f"There is no store at {path}.", hint="Start millhand demo or millhand worker to make one."
            )
        with translated(path):
            self._writer = self._open(query_only=read_only)
            try:
                self._prepare(self._writer)
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lends this thread's reader connection, which sees the last committed state."""
        with translated(self.path):
            yield self._reader()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lends the writer connection inside a transaction: committed at the end, else rolled back.

        Raises:
            StoreError: If another writer holds the store for longer than the bounded wait, or the
                store is open for reading only.
        """
        if self._read_only:
            raise StoreError(f"The store {self.path} is open for reading only.")
        if not self._lock.acquire(timeout=self._wait_s):
            raise StoreBlocked(
                f"The store {self.path} has been busy for {self._wait_s:g} s.", hint=_HINTS["SQLITE_BUSY"]
            )
        try:
            with translated(self.path), _transaction(self._writer):
                yield self._writer
        finally:
            self._lock.release()

    def close(self) -> None:
        """Closes every connection."""
        with self._readers_lock:
            for reader in self._readers.values():
                reader.close()
            self._readers.clear()
        self._writer.close()

    def _reader(self) -> sqlite3.Connection:
        thread = threading.current_thread()
        reader = self._readers.get(thread)
        if reader is None:
            reader = self._open(query_only=True)
            with self._readers_lock:
                for ended in [other for other in self._readers if not other.is_alive()]:
                    self._readers.pop(ended).close()
                self._readers[thread] = reader
        return reader

    def _open(self, *, query_only: bool) -> sqlite3.Connection:
        mode = "ro" if self._read_only else "rwc"
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode={mode}",
            uri=True,
            timeout=self._wait_s,
            isolation_level=None,
            check_same_thread=False,  # `close` may be called from another thread
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if query_only:
            connection.execute("PRAGMA query_only = ON")
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Checks that the file is a store of a known version, and brings it to the newest."""
        migrations = _migrations()
        version = self._checked_version(connection, len(migrations))
        if version == len(migrations):
            return
        if self._read_only:
            self._convert()
            return
        if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise StoreError(f"The file system of {self.path} cannot hold a store.", hint="Use a local disk.")
        with _transaction(connection):
            # Another process may have migrated while this one waited for the lock.
            version = self._checked_version(connection, len(migrations))
            for script in migrations[version:]:
                for statement in _statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(migrations)}")

    def _convert(self) -> None:
        """Brings a store that is to be read to the newest version, which takes a writer for a moment."""
        try:
            Connections(self.path, read_only=False, wait_s=self._wait_s).close()
        except StoreError as error:
            raise StoreError(
                f"The store {self.path} was made by an older millhand and could not be converted. {error.message}",
                hint=error.hint or "Start millhand once as a user who may write to it.",
            ) from error

    def _checked_version(self, connection: sqlite3.Connection, newest: int) -> int:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION_ID and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise StoreError(f"{self.path} is an SQLite file, but not a millhand store.", hint="Name another file.")
        if version > newest:
            raise StoreError(
                f"The store {self.path} was made by a newer millhand (schema {version}, known here: {newest}).",
                hint="Use that version, or name another file.",
            )
        return version


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite rolls back by itself when the disk is full
            connection.execute("ROLLBACK")
        raise


def _migrations() -> list[str]:
    """Returns the scripts of `migrations/`, oldest first; their number is the schema's version."""
    folder = files("plant.store") / "migrations"
    scripts = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [script.read_text(encoding="utf-8") for script in scripts]


def _statements(script: str) -> Iterator[str]:
    """Splits a script, since `executescript` would commit the transaction it runs in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
