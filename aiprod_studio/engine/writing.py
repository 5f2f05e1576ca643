"""Putting files into the artist's folder: whole or not at all, and never over another.

A run's `writing` uses it. The file is made under a hidden name in the same folder and renamed at
the end; what a killed process left is removed by the next one. A name that is taken is numbered,
unless what is there has the very same content: so a killed run that writes again leaves one file.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aiprod_studio.engine import tensorfile
from aiprod_studio.engine.owners import Owner, myself
from aiprod_studio.sdk import Failed, Invalid, OutputName, Refusal, SavedFile

MOST_NUMBERS = 100_000
_numbers = itertools.count(1)


class Writer:
    """Writes one step's files into a folder."""

    def __init__(self, folder: Path, check: Callable[[], None]) -> None:
        self._folder, self._check = folder, check
        self.saved: list[SavedFile] = []

    @contextmanager
    def writing(self, name: str, suffix: str) -> Iterator[Path]:
        """Give a temporary path; put what is there in place when the block ends well.

        The path may become a file or a folder.

        Raises:
            Refusal: the name is no file name, or nothing was written.
            OSError: the disk is full or the folder cannot be written.
        """
        why = OutputName().why_not(name)
        if why or "/" in suffix or "\\" in suffix:
            raise Refusal(Invalid("output name", why or f"{suffix!r} is no ending"))
        self._folder.mkdir(parents=True, exist_ok=True)
        _sweep(self._folder)
        unfinished = self._folder / f".part~{next(_numbers)}~{myself()}~{suffix}"
        try:
            yield unfinished
            self.saved.append(self._place(unfinished, name, suffix))
        finally:
            _remove(unfinished)

    def _place(self, made: Path, name: str, suffix: str) -> SavedFile:
        if not made.exists():
            raise Refusal(Failed("", f"nothing was written for {name + suffix!r}"))
        written = tensorfile.digest_of(made, self._check)
        for number in range(1, MOST_NUMBERS):
            path = self._folder / f"{name}{'' if number == 1 else f'_{number:03}'}{suffix}"
            if _same(path, written, self._check) or _moved(made, path):
                return SavedFile(path, written.digest)
        raise Refusal(Failed("", f"there are {MOST_NUMBERS} files called {name!r} already"))


def _same(path: Path, written: tensorfile.Written, check: Callable[[], None]) -> bool:
    """Say whether a path holds this very content already."""
    try:
        if not path.is_dir() and path.stat().st_size != written.size:
            return False
        return tensorfile.digest_of(path, check) == written
    except OSError:
        return False


def _moved(made: Path, path: Path) -> bool:
    """Give a finished file its name, unless the name is taken."""
    if made.is_dir():
        return _moved_folder(made, path)
    _synced(made)
    try:
        os.link(made, path)
    except FileExistsError:
        return False
    except OSError:
        return _moved_without_links(made, path)
    made.unlink()
    return True


def _moved_without_links(made: Path, path: Path) -> bool:
    """Reserve the name first: on file systems without links a rename may replace a file."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    made.replace(path)
    return True


def _moved_folder(made: Path, path: Path) -> bool:
    if path.exists():
        return False
    try:
        made.rename(path)
    except FileExistsError:
        return False
    return True


def _synced(path: Path) -> None:
    """Force a finished file to the disk, so that a power cut does not leave an empty one."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left unfinished."""
    for path in folder.glob(".part~*"):
        owner = Owner.read(path.name.split("~")[2]) if path.name.count("~") >= 3 else None
        if owner is not None and not owner.lives():
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
