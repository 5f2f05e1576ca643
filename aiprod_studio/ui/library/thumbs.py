"""Small pictures of files for lists and fields, read in threads and kept in memory.

Every panel asks the one of its studio (`thumbs_of`). A file that changed is read again; a file that
cannot be shown has no picture, and why is told.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.viewer.pictures import image_of

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

KEPT = 400
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".avif")
SOUNDS = (".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".opus", ".aiff")
FILMS = (".mp4", ".mov", ".mkv", ".webm", ".m4v", ".avi", ".mpg", ".mpeg", ".mxf")


@dataclass(frozen=True)
class Seen:
    """What is known of a file: a picture if it has one, facts in a line, or a problem."""

    image: QImage | None = None
    facts: str = ""
    problem: Problem | None = None


class Thumbs(QObject):
    """Reads and keeps small pictures."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._kept: OrderedDict[tuple[Path, int], tuple[int, Seen]] = OrderedDict()

    def known(self, path: Path, size: int) -> Seen | None:
        """Return what was seen last of a file, without a look at the disk."""
        found = self._kept.get((path, size))
        return found[1] if found else None

    def ask(self, path: Path, size: int, then: Callable[[Seen], None], owner: QObject) -> None:
        """Look at a file; `then` is told in this thread, unless `owner` is gone by then.

        Args:
            size: the most pixels of the longer side.
        """
        before = self._kept.get((path, size))

        def told(found: tuple[int, Seen]) -> None:
            self._kept[path, size] = found
            self._kept.move_to_end((path, size))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            then(found[1])

        self._studio.later(lambda: _look(path, size, before), told, owner=owner)


def thumbs_of(studio: Studio) -> Thumbs:
    """Return the one of a studio."""
    found = studio.findChild(Thumbs)
    return found if isinstance(found, Thumbs) else Thumbs(studio)


def kind_of(path: Path) -> str:
    """Return "image", "video", "audio" or "" by the ending of a file."""
    ending = path.suffix.lower()
    kinds = (("image", PICTURES), ("video", FILMS), ("audio", SOUNDS))
    return next((kind for kind, endings in kinds if ending in endings), "")


def _look(path: Path, size: int, before: tuple[int, Seen] | None) -> tuple[int, Seen]:
    """Look at a file, in a thread."""
    try:
        mark = path.stat().st_mtime_ns
    except OSError:
        why = f"the file {path.name!r} does not exist"
        problem = Problem("", why, "Put it back, or choose another.")
        return 0, Seen(problem=problem)
    if before is not None and before[0] == mark:
        return before
    try:
        return mark, Seen(_picture(path, size), facts_of(path))
    except Refusal as refusal:
        return mark, Seen(problem=refusal.problems[0])


def _picture(path: Path, size: int) -> QImage | None:
    if kind_of(path) not in ("image", "video"):
        return None
    from aiprod_studio.media import thumbnail

    pixels: UInt8Array = thumbnail(path, size).pixels
    return image_of(pixels)


def facts_of(path: Path) -> str:
    """Return a file's facts in a line: size, length, rate; reads the file.

    Raises:
        Refusal: it is damaged, or no media file.
    """
    from aiprod_studio import media

    kind = kind_of(path)
    if kind == "image":
        width, height = media.image_size(path)
        return f"{width} × {height}"
    if kind == "video":
        info = media.probe(path)
        rate = f"{float(info.rate):.5g} fps"
        return f"{info.width} × {info.height}, {float(info.duration):.3g} s, {rate}"
    if kind == "audio":
        sound = media.open_audio(path)
        seconds = sound.sample_count / sound.sample_rate
        return f"{seconds:.3g} s, {sound.sample_rate / 1000:g} kHz"
    return f"{path.stat().st_size / 2**20:.1f} MB"
