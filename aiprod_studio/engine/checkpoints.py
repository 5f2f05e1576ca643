"""Where a step keeps its progress while it works: one file per step key, whole or absent.

The journal owns the folder and the table; the runner hands each node a `StepCheckpoint`. The file
is in place before the journal names it, and the old one goes after, so that a kill at any moment
leaves one of the two.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiprod_studio.engine import codec, tensorfile
from aiprod_studio.engine.codec import Unstorable
from aiprod_studio.engine.database import Database
from aiprod_studio.engine.decode import Outdated, decode
from aiprod_studio.engine.tensorfile import Altered

SCHEMA = """CREATE TABLE IF NOT EXISTS checkpoints (
    key TEXT PRIMARY KEY, node TEXT, file TEXT, digest TEXT, size INTEGER, saved REAL)"""
SAVE = "INSERT OR REPLACE INTO checkpoints VALUES (?,?,?,?,?,?)"
FORGET = "DELETE FROM checkpoints WHERE key=?"
KEPT_SECONDS = 30 * 86_400.0
SYNC_EVERY = 1.0
"""Seconds between two that are forced to the disk, against power cuts; a kill needs none."""

_serial = itertools.count(1)


class Checkpoints:
    """All checkpoints of a journal."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._synced = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def keys(self) -> set[str]:
        """Return the keys of all steps that have a checkpoint."""
        with suppress(sqlite3.Error):
            return {row[0] for row in self._database.read("SELECT key FROM checkpoints")}
        return set()

    def load(self, key: str) -> Mapping[str, Any] | None:
        """Return the state of a step, or None when there is none or it is not intact."""
        rows = self._database.read("SELECT file, digest FROM checkpoints WHERE key=?", (key,))
        if not rows:
            return None
        try:
            tensors, note = tensorfile.read(self._folder / rows[0][0], rows[0][1])
            state = decode(note["structure"], tensors)
        except (Altered, Outdated, OSError):
            self.forget(key)
            return None
        return state if isinstance(state, dict) else None

    def save(self, key: str, node: str, state: Mapping[str, Any]) -> None:
        """Replace the state of a step.

        Raises:
            Unstorable: the state has a part that cannot be written.
            OSError: the disk is full.
            sqlite3.Error: the journal cannot be written.
        """
        encoded = codec.encode(dict(state))
        name = f"{key}.{os.getpid()}-{next(_serial)}.safetensors"
        path = self._folder / name
        try:
            note = {"structure": encoded.structure}
            written = tensorfile.write(path, encoded.tensors, note)
            self._sync(path)
            old = self._names(key)
            row = (key, node, name, written.digest, written.size, time.time())
            self._database.write([(SAVE, [row])])
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self._remove(old)

    def forget(self, key: str) -> None:
        """Delete the state of a step that is done; one that stays does no harm."""
        with suppress(sqlite3.Error):
            old = self._names(key)
            self._database.write([(FORGET, [(key,)])])
            self._remove(old)

    def _names(self, key: str) -> list[str]:
        rows = self._database.read("SELECT file FROM checkpoints WHERE key=?", (key,))
        return [row[0] for row in rows]

    def _remove(self, names: list[str]) -> None:
        for name in names:
            with suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)

    def _sync(self, path: Path) -> None:
        now = time.monotonic()
        if now - self._synced < SYNC_EVERY:
            return
        self._synced = now
        handle = os.open(path, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        """Remove what is old, and files that a killed process left unnamed."""
        before = time.time() - KEPT_SECONDS
        self._database.write([("DELETE FROM checkpoints WHERE saved<?", [(before,)])])
        named = {row[0] for row in self._database.read("SELECT file FROM checkpoints")}
        for path in self._folder.glob("*.safetensors"):
            with suppress(OSError):
                # A young unnamed file may belong to another process, about to be named.
                if path.name not in named and path.stat().st_mtime < time.time() - 3600:
                    path.unlink()


class StepCheckpoint:
    """One step's checkpoint, as `sdk.Checkpoint` promises it to the node.

    `saved` are the keys that have a checkpoint, shared with the runner. A checkpoint that cannot
    be saved does not stop the work: it is said once, and the step goes on.
    """

    def __init__(
        self,
        checkpoints: Checkpoints,
        key: str,
        node: str,
        say: Callable[[str], None],
        saved: set[str],
    ) -> None:
        self._checkpoints, self._key, self._node, self._say = checkpoints, key, node, say
        self._saved = saved
        self._failed = False

    def load(self) -> Mapping[str, Any] | None:
        """Return what was saved last for this very step, or None."""
        if self._key in self._saved:
            with suppress(sqlite3.Error):
                return self._checkpoints.load(self._key)
        return None

    def save(self, state: Mapping[str, Any]) -> None:
        """Keep tensors, numbers and text by name, atomically.

        Raises:
            TypeError: the state holds something else; that is a mistake of the node.
        """
        try:
            self._checkpoints.save(self._key, self._node, state)
            self._saved.add(self._key)
        except Unstorable as error:
            raise TypeError(f"a checkpoint cannot hold this: {error}") from error
        except (OSError, sqlite3.Error) as error:
            if not self._failed:
                self._failed = True
                self._say(f"Progress cannot be saved ({error}); if stopped, it begins anew.")
