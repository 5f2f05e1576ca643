"""What is filed under which key: a SQLite table, and what waits to be written to it.

The store's one way to its index. Entries are gathered and written in one transaction, because a
graph has hundreds of small steps; until then they are found here. Trouble with the file becomes a
notice and never an error: the store then behaves as if nothing were filed.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiprod_studio.engine import entries, room
from aiprod_studio.engine.blobs import Blobs
from aiprod_studio.engine.database import Batch, Database
from aiprod_studio.engine.entries import Blob, Entry, Found
from aiprod_studio.engine.notices import Notices
from aiprod_studio.engine.pins import Pins

VERSION = 1


class Index:
    """Entries by key, and which of them are in use.

    Raises:
        sqlite3.Error: the file cannot be opened or made.
    """

    def __init__(self, path: Path, blobs: Blobs, notices: Notices) -> None:
        self.pins = Pins()
        self._blobs, self._notices = blobs, notices
        self._pending: dict[str, Entry] = {}
        self._refs: list[tuple[str, str, int, str]] = []
        self._used: set[str] = set()
        # The window's thread plans (and may drop what is damaged) while a run writes.
        self._lock = threading.RLock()
        self._rows = Database(path, entries.SCHEMA, VERSION)
        if self._rows.put_aside is not None:
            text = "The index of earlier results was damaged; they will be computed again."
            notices.add("damaged", "", text)

    def pending(self, keys: Iterable[str]) -> dict[str, Found]:
        """Return those of these keys that wait to be written."""
        return {key: entry.found for key in keys if (entry := self._pending.get(key))}

    def found(self, keys: Sequence[str]) -> dict[str, Found]:
        """Return those of these keys that are written, without looking at any file."""
        return {row[0]: Found(*row) for row in self._read(entries.SELECT_FOUND, keys)}

    def entry(self, key: str) -> Entry | None:
        """Return an entry, written or not."""
        entry = self._pending.get(key)
        if entry is not None:
            return entry
        rows = self._read(entries.SELECT, [key])
        return Entry(*rows[0]) if rows else None

    def add(self, entry: Entry, blobs: Sequence[Blob]) -> None:
        """Take an entry and the files it names; `write` files it."""
        with self._lock:
            self._pending[entry.key] = entry
            self._refs += [(blob.digest, blob.suffix, blob.size, entry.key) for blob in blobs]
        if blobs:
            self.pins.have_files([entry.key])

    def was_used(self, key: str) -> None:
        """Note that an entry was read; what was used lately leaves last."""
        if key not in self._pending:
            self._used.add(key)

    def drop(self, key: str) -> None:
        """Forget an entry; its files go when no other entry names them."""
        with self._lock, suppress(sqlite3.Error):
            self._pending.pop(key, None)
            self._refs = [ref for ref in self._refs if ref[3] != key]
            room.delete(self._rows, self._blobs, [key], {ref[0] for ref in self._refs})

    def write(self) -> bool:
        """Write what is new, in one transaction; False when it could not be."""
        with self._lock:
            batches = self._batches() + self.pins.batches()
            if not batches:
                return True
            try:
                self._rows.write(batches)
            except sqlite3.Error as error:
                self._trouble(error)
                return False
            self._pending, self._refs, self._used = {}, [], set()
            self.pins.written()
        return True

    def make_room(self, cap: int, wanted: int) -> None:
        """Delete entries that are not in use until `wanted` bytes fit under the cap."""
        kept = self.pins.keys | set(self._pending)
        try:
            room.make(self._rows, self._blobs, cap, wanted, kept)
        except sqlite3.Error as error:
            self._trouble(error)

    def clear(self) -> None:
        """Delete all entries that no process is using."""
        room.make(self._rows, self._blobs, 0, 0, self.pins.keys)

    def size(self) -> int:
        """Return how many bytes the entries take on disk."""
        try:
            return room.taken(self._rows)
        except sqlite3.Error:
            return 0

    def close(self) -> None:
        """Close the file; what waits is not written."""
        self._rows.close()

    def _read(self, sql: str, keys: Sequence[str]) -> list[tuple[Any, ...]]:
        if not keys:
            return []
        try:
            return self._rows.read_many(sql, keys)
        except sqlite3.Error as error:
            self._trouble(error)
            return []

    def _batches(self) -> list[Batch]:
        batches: list[Batch] = []
        if self._pending:
            batches.append((entries.INSERT, [entry.row for entry in self._pending.values()]))
        if self._refs:
            batches.append((entries.INSERT_REF, self._refs))
        if self._used:
            now = time.time()
            rows = [(now, key) for key in self._used]
            batches.append(("UPDATE entries SET used=? WHERE key=?", rows))
        return batches

    def _trouble(self, error: sqlite3.Error) -> None:
        """Say once that the file cannot be used; put it aside when it is damaged."""
        damaged = not isinstance(error, sqlite3.OperationalError)
        if damaged:
            with suppress(OSError, sqlite3.Error):
                self._rows.renew()
        text = f"The index of results cannot be {'read' if damaged else 'written'} ({error})."
        self._notices.add("damaged" if damaged else "full", "", text)
