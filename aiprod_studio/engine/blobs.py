"""Files of the store, named by the SHA-256 of their content.

The store keeps tensors and adopted files here. A file appears whole or not at all; before a process
first uses one, its content is compared with its name, and again whenever size or time changed.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from aiprod_studio.engine import tensorfile
from aiprod_studio.engine.codec import Adopted, Unstorable
from aiprod_studio.engine.owners import Owner, myself
from aiprod_studio.engine.tensorfile import Altered, Raw, Written

_ROOMS = itertools.count(1)

ORPHANED_AFTER = 3600.0
"""Seconds after which a file that no entry names is taken for left over."""


class Blobs:
    """The folder of content-addressed files, with room for unfinished ones beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "blobs"
        self._rooms = folder / "scratch"
        self.room = self._rooms / str(myself()) / str(next(_ROOMS))
        self._counter = itertools.count(1)
        self._intact: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()
        self.room.mkdir(parents=True, exist_ok=True)
        self._folder.mkdir(exist_ok=True)
        self._sweep_rooms()

    def path(self, digest: str, suffix: str) -> Path:
        """Return where the file of this content lies, or would lie."""
        return self._folder / digest[:2] / f"{digest}{suffix}"

    def new_path(self, name: str) -> Path:
        """Return a path of this process that nobody else uses."""
        return self.room / f"{next(self._counter)}-{name}"

    def write(
        self,
        tensors: Mapping[str, Raw],
        note: Mapping[str, str] | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> Adopted:
        """Keep tensors as one safetensors file.

        Raises:
            OSError: the disk is full or cannot be written.
        """
        unfinished = self.new_path("tensors.part")
        try:
            written = tensorfile.write(unfinished, tensors, note, check)
            return self._placed(unfinished, written, ".safetensors")
        finally:
            unfinished.unlink(missing_ok=True)

    def adopt(self, path: Path, check: Callable[[], None] = lambda: None) -> Adopted:
        """Take over a file: moved when it lies in this process's room, copied when it does not.

        Raises:
            OSError: it is missing, or the disk is full.
            Unstorable: it is a folder.
        """
        if path.is_dir():
            raise Unstorable(f"{path.name!r} is a folder, not a file")
        if path.parent.parent == self._folder:
            return Adopted(path, Written(path.stem, path.stat().st_size))
        written = tensorfile.digest_of(path, check)
        if path.is_relative_to(self.room):
            return self._placed(path, written, path.suffix)
        copy = self.new_path("copy.part")
        try:
            shutil.copyfile(path, copy)
            return self._placed(copy, written, path.suffix)
        finally:
            copy.unlink(missing_ok=True)

    def intact(
        self, digest: str, suffix: str, size: int, check: Callable[[], None] = lambda: None
    ) -> Path:
        """Return the file after making sure that it holds what was written.

        Raises:
            Altered: it is missing, truncated or changed.
            OSError: it cannot be read.
        """
        path = self.path(digest, suffix)
        seen = self._seen(path, size)
        if self._intact.get(path.name) != seen:
            if tensorfile.digest_of(path, check).digest != digest:
                raise Altered("its content is not what was written")
            self._intact[path.name] = seen
        return path

    def read(
        self, digest: str, size: int, check: Callable[[], None] = lambda: None
    ) -> tuple[dict[str, memoryview], dict[str, str]]:
        """Return the tensors of a file, as bytes by name, and the text beside them.

        Raises:
            Altered: it is missing, truncated or changed.
            OSError: it cannot be read.
        """
        path = self.path(digest, ".safetensors")
        self._seen(path, size)
        return tensorfile.read(path, digest, check)

    def looks_intact(self, digest: str, suffix: str, size: int) -> bool:
        """Say whether a file of the right size is there, without reading it."""
        try:
            self._seen(self.path(digest, suffix), size)
        except (Altered, OSError):
            return False
        return True

    def remove(self, digest: str, suffix: str) -> None:
        """Delete a file, if it is there."""
        path = self.path(digest, suffix)
        self._intact.pop(path.name, None)
        with suppress(OSError):
            path.unlink(missing_ok=True)

    def remove_orphans(self, known: Iterable[str]) -> None:
        """Delete files that no entry names and that are not new."""
        named, before = set(known), time.time() - ORPHANED_AFTER
        for path in self._folder.glob("*/*"):
            with suppress(OSError):
                if path.stem not in named and path.stat().st_mtime < before:
                    path.unlink()

    def close(self) -> None:
        """Remove what this process left unfinished."""
        shutil.rmtree(self.room, ignore_errors=True)

    def _placed(self, made: Path, written: Written, suffix: str) -> Adopted:
        path = self.path(written.digest, suffix)
        path.parent.mkdir(exist_ok=True)
        with self._lock:
            # The same content may be there already; replacing it also heals a damaged one.
            os.replace(made, path)  # noqa: PTH105
        found = path.stat()
        self._intact[path.name] = (found.st_size, found.st_mtime_ns)
        return Adopted(path, written)

    def _seen(self, path: Path, size: int) -> tuple[int, int]:
        try:
            found = path.stat()
        except FileNotFoundError:
            raise Altered("it is gone") from None
        if found.st_size != size:
            raise Altered(f"it has {found.st_size} bytes instead of {size}")
        return (found.st_size, found.st_mtime_ns)

    def _sweep_rooms(self) -> None:
        for room in self._rooms.iterdir():
            owner = Owner.read(room.name)
            if owner is not None and not owner.lives():
                shutil.rmtree(room, ignore_errors=True)
