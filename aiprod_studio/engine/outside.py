"""Files of the artist's that stored values point at, and whether they are still the same.

The codec notes them, the store checks them before a value is used. Size and time decide; the
content is only read again when a file of our own was touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aiprod_studio.engine.tensorfile import digest_of


@dataclass(frozen=True, slots=True)
class Outside:
    """A file of the artist's that a value points to: its size and time when the value was made."""

    path: str
    stamp: tuple[int, ...]
    saved: str = ""
    """The digest, when a step of ours wrote the file."""


def stamp(path: Path) -> tuple[int, ...]:
    """Return what changes when a file or folder changes: size and time (and count of files).

    Raises:
        OSError: it is not there.
    """
    found = path.stat()
    if not path.is_dir():
        return (found.st_size, found.st_mtime_ns)
    parts = [item.stat() for item in path.rglob("*") if item.is_file()]
    newest = max((part.st_mtime_ns for part in parts), default=0)
    return (sum(part.st_size for part in parts), newest, len(parts))


def stamp_or_none(path: Path) -> tuple[int, ...]:
    """Return the stamp; nothing for a file that is gone, which never matches again."""
    try:
        return stamp(path)
    except OSError:
        return ()


def unchanged(item: Outside) -> bool:
    """Say whether a file that a value points at is the one it pointed at."""
    try:
        now = stamp(Path(item.path))
        if now == item.stamp:
            return True
        same_size = bool(item.saved) and now[0] == item.stamp[0]
        return same_size and digest_of(Path(item.path)).digest == item.saved
    except (OSError, IndexError):
        return False
