"""One SQLite file, opened so that a kill at any moment leaves it whole.

The store's index and the journal each own one. Writes come in batches and no transaction stays open
between them, so several processes can share a file. A file that is damaged or of another version is
put aside and a new one begun: both hold what can be made again.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

Batch = tuple[str, Sequence[Sequence[Any]]]
PRAGMAS = (
    "PRAGMA auto_vacuum=INCREMENTAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA journal_mode=WAL",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=1000",
)
LARGEST_QUESTION = 500
BUSY_SECONDS = 20.0


class Database:
    """A SQLite file with a lock around it; usable from several threads."""

    def __init__(self, path: Path, schema: Sequence[str], version: int) -> None:
        self.path = path
        self.put_aside: Path | None = None
        self._schema, self._version = tuple(schema), version
        self._lock = threading.RLock()
        self._connection = self._opened()

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows that a question gives.

        Raises:
            sqlite3.Error: the file cannot be read or is damaged.
        """
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def read_many(self, sql: str, keys: Iterable[str]) -> list[tuple[Any, ...]]:
        """Ask one question about many keys; `sql` has `{}` where their list belongs."""
        asked, rows = list(keys), []
        for start in range(0, len(asked), LARGEST_QUESTION):
            part = asked[start : start + LARGEST_QUESTION]
            rows += self.read(sql.format(",".join("?" * len(part))), part)
        return rows

    def write(self, batches: Iterable[Batch]) -> None:
        """Carry out statements, each with its rows, together or not at all.

        Raises:
            sqlite3.Error: the disk is full, or the file cannot be written or is damaged.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for sql, rows in batches:
                    self._connection.executemany(sql, rows)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    def insert(self, sql: str, values: Sequence[Any]) -> int:
        """Insert one row and return its number."""
        with self._lock:
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def shrink(self) -> None:
        """Give pages that are no longer used back to the disk."""
        with self._lock:
            self._connection.execute("PRAGMA incremental_vacuum").fetchall()

    def renew(self) -> None:
        """Put a damaged file aside and begin a new one."""
        with self._lock:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._set_aside()
            self._connection = self._connect()

    def close(self) -> None:
        """Close the file; calling it twice does no harm."""
        with self._lock:
            self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connect()
        except (_OtherVersion, sqlite3.DatabaseError) as error:
            # "locked" and "unable to open" are OperationalErrors: the file itself may be fine.
            if isinstance(error, sqlite3.OperationalError):
                raise
            self._set_aside()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        for pragma in PRAGMAS:
            with closing(connection.execute(pragma)) as answer:
                answer.fetchall()
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == self._version:
            return
        if found:
            raise _OtherVersion(f"{self.path} has version {found}, not {self._version}")
        # Two processes may get here at once; the second finds everything there.
        connection.execute("BEGIN IMMEDIATE")
        for statement in self._schema:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={self._version}")
        connection.execute("COMMIT")

    def _set_aside(self) -> None:
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
        with suppress(FileNotFoundError):
            self.path.rename(aside)
            self.put_aside = aside
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)


class _OtherVersion(sqlite3.DatabaseError):
    """The file was written by another release."""
