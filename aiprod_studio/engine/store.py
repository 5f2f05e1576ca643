"""The content-addressed store: results by key, in RAM first, then on disk.

The planner asks what is there, the runner puts and gets. Small values lie in a SQLite index,
tensors and files beside it under their digests. Everything is checked when it is read: an entry
that was truncated, altered or points at a file that has changed is dropped, said, and never used.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from aiprod_studio.engine import codec, entries, filing
from aiprod_studio.engine.blobs import Blobs
from aiprod_studio.engine.codec import Adopted, Encoded, Unstorable
from aiprod_studio.engine.decode import Outdated
from aiprod_studio.engine.entries import Blob, Entry, Found
from aiprod_studio.engine.index import Index
from aiprod_studio.engine.notices import Kind, Notice, Notices
from aiprod_studio.engine.outside import unchanged
from aiprod_studio.engine.tensorfile import Altered
from aiprod_studio.engine.warm import Held, Warm
from aiprod_studio.sdk import Missing, Refusal

RECOUNT_AFTER = 64 << 20
"""Bytes written after which the store's size is taken again: other processes write too."""

Check = Callable[[], None]


class Store:
    """Results by key. One thread runs with it; others may look.

    Args:
        folder: where it lies; made when missing. Several processes may share it.
        ram: bytes of values to hold in RAM.
        cap: bytes that it may take on disk; what is in use may go over.

    Raises:
        Refusal: the folder cannot be used.
    """

    def __init__(self, folder: Path, *, ram: int = 256 << 20, cap: int = 20 << 30) -> None:
        self.folder, self.cap = folder, cap
        self._warm = Warm(ram)
        self._notices = Notices()
        self._written = RECOUNT_AFTER
        try:
            self._blobs = Blobs(folder)
            self._index = Index(folder / "index.sqlite", self._blobs, self._notices)
        except (OSError, sqlite3.Error) as error:
            why = f"the folder for results cannot be used ({error})"
            raise Refusal(Missing(str(folder), why, "Choose another cache folder.")) from error

    def known(self, keys: Iterable[str]) -> dict[str, Found]:
        """Return what is filed under these keys, without looking at any file."""
        asked = list(keys)
        found = self._index.pending(asked)
        found |= {key: Found(key, "", "") for key in asked if self._warm.only_here(key)}
        found |= self._index.found([key for key in asked if key not in found])
        self._index.pins.have_files(key for key, entry in found.items() if entry.files)
        return found

    def is_usable(self, found: Found) -> bool:
        """Say whether an entry's files are there and unchanged, without reading them.

        An entry that is not usable is dropped.
        """
        for blob in found.blobs():
            if not self._blobs.looks_intact(blob.digest, blob.suffix, blob.size):
                self._damaged(found.key, "one of its files is gone or was truncated")
                return False
        for item in found.pointed_at():
            if not unchanged(item):
                self.drop(found.key)
                return False
        return True

    def get(self, key: str, check: Check = lambda: None) -> Mapping[str, Any] | None:
        """Return the outputs filed under a key, or None when they are not there or not intact."""
        held = self._warm.get(key)
        if held is None or not self._has_files(key, held, check):
            entry = self._index.entry(key)
            held = self._loaded(entry, check) if entry is not None else None
        if held is None:
            return None
        self._index.was_used(key)
        return held.value

    def put(
        self,
        key: str,
        outputs: Mapping[str, Any],
        *,
        type_name: str = "",
        seconds: float = 0.0,
        precious: bool = False,
        check: Check = lambda: None,
    ) -> Mapping[str, Any]:
        """File outputs under a key and return them as they are safe to hand on.

        What cannot be written stays in RAM until it is released, and a notice says so.

        Args:
            key: the step's key.
            outputs: values by output name.
            type_name: the node's type, for people who look into the index.
            seconds: how long it took to compute.
            precious: the last to leave when the store is full (text embeddings).
            check: called now and then; raises to stop.

        Raises:
            OSError: a file that belongs to the value could not be taken over.
        """
        self._warm.drop(key)
        try:
            encoded = codec.encode(dict(outputs), lambda path: self._adopt(path, check))
        except Unstorable as error:
            return self._only_in_ram(key, outputs, 0, "unkept", f"It cannot be kept: {error}.")
        files = [Blob(f.written.digest, f.path.suffix, f.written.size) for f in encoded.files]
        try:
            blobs = self._tensors(encoded, check) + files
        except OSError as error:
            text = f"The result could not be kept on disk ({error.strerror or error})."
            return self._only_in_ram(key, encoded.value, encoded.size, "full", text)
        entry = entries.entry_of(key, type_name, encoded, blobs, seconds, precious, time.time())
        self._index.add(entry, blobs)
        self._warm.put(key, Held(encoded.value, encoded.size, files=files))
        self._written += sum(blob.size for blob in blobs)
        return encoded.value  # type: ignore[no-any-return]

    def only_in_ram(self, key: str) -> bool:
        """Say whether a value exists in RAM alone, because it could not be written."""
        return self._warm.only_here(key)

    def pin(self, key: str) -> None:
        """Keep an entry until it is released, whatever its size and age."""
        self._index.pins.add(key)

    def cool(self, key: str) -> None:
        """Let the next `get` read an entry from the disk, if it is there."""
        if not self._warm.only_here(key):
            self._warm.drop(key)

    def release(self, key: str) -> None:
        """Say that this run needs an entry no more; large values leave RAM."""
        self._index.pins.discard(key)
        self._warm.release(key)

    def drop(self, key: str) -> None:
        """Forget an entry; its files go when no other entry names them."""
        self._warm.drop(key)
        self._index.drop(key)

    def flush(self) -> None:
        """Write what is new to the index, in one transaction; make room when over the cap."""
        if self._index.write() and self._written >= RECOUNT_AFTER:
            self.make_room()

    def make_room(self, wanted: int = 0) -> None:
        """Delete entries by the rule of `eviction` until `wanted` bytes fit under the cap."""
        self._written = 0
        self._index.make_room(self.cap, wanted)

    def new_folder(self) -> Path:
        """Return an empty folder for a step; what values hold of it is taken over by `put`."""
        folder = self._blobs.new_path("step")
        folder.mkdir(parents=True)
        return folder

    def notices(self) -> list[Notice]:
        """Return what is to be said, once."""
        return self._notices.take()

    def size(self) -> int:
        """Return how many bytes the entries take on disk."""
        return self._index.size()

    def clear(self) -> None:
        """Delete all entries that no process is using."""
        self.flush()
        self._index.clear()
        self._warm.clear()

    def close(self) -> None:
        """Write what is new and close the index."""
        self._index.pins.clear()
        self.flush()
        self._index.close()
        self._blobs.close()

    def _has_files(self, key: str, held: Held, check: Check) -> bool:
        """Say whether the files of a value in RAM are still there and intact."""
        try:
            for blob in held.files:
                self._blobs.intact(blob.digest, blob.suffix, blob.size, check)
        except (Altered, OSError) as error:
            self._damaged(key, str(error))
            return False
        return True

    def _loaded(self, entry: Entry, check: Check) -> Held | None:
        try:
            held = filing.read(self._blobs, entry, check)
        except (Altered, Outdated) as error:
            self._damaged(entry.key, str(error))
            return None
        except OSError as error:
            self._damaged(entry.key, f"it cannot be read ({error.strerror or error})")
            return None
        self._warm.put(entry.key, held)
        return held

    def _adopt(self, path: Path, check: Check) -> Adopted:
        try:
            return self._blobs.adopt(path, check)
        except OSError:
            self.make_room(path.stat().st_size)
            return self._blobs.adopt(path, check)

    def _tensors(self, encoded: Encoded, check: Check) -> list[Blob]:
        try:
            return filing.write(self._blobs, encoded, check)
        except OSError:
            self.make_room(encoded.size)
            return filing.write(self._blobs, encoded, check)

    def _only_in_ram(
        self,
        key: str,
        value: Mapping[str, Any],
        size: int,
        kind: Kind,
        text: str,
    ) -> Mapping[str, Any]:
        self._warm.put(key, Held(value, size, only=True))
        rest = "It stays in memory for this run and will be computed again in the next."
        self._notices.add(kind, key, f"{text} {rest}")
        return value

    def _damaged(self, key: str, why: str) -> None:
        self.drop(key)
        self._notices.add("damaged", key, f"A stored result was not used: {why}.")
