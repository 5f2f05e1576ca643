"""Pictures and waveforms for the clips, read in two worker threads and kept in memory.

Painting asks with `picture` and `wave`, gets what is there, and hears `arrived` when more is. The
latest wishes are served first, because they are on the screen. Files that cannot be read are asked
for once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from aiprod_studio.sdk import Missing, Problem, Refusal
from aiprod_studio.ui.footage.sources import Picture
from aiprod_studio.ui.loading import load_media

if TYPE_CHECKING:
    from aiprod_studio.media.reels import Reels
    from aiprod_studio.sdk.values import Float32Array, UInt8Array

Locate = Callable[[str], Path]
"""Finds a file of the document, and refuses those that may not be read."""

HEIGHT = 96
"""Pixels of a kept picture; strips scale it down."""
KEPT_PICTURES = 1500
MOST_WISHES = 160
PER_SECOND = 100
"""Values of a waveform a second."""


class Clerk:
    """One thread that serves the latest wish first; old wishes fall off the end.

    A wish has a key, by which a later one replaces it, and what it is about.
    """

    def __init__(self, name: str, serve: Callable[[Any, Any], None]) -> None:
        self._serve = serve
        self._wishes: OrderedDict[Any, Any] = OrderedDict()
        self._changed = threading.Condition()
        self._ended = False
        self._thread: threading.Thread | None = None
        self._name = name

    def wish(self, key: Any, about: Any = None) -> None:
        """Ask for something, before all that was asked before."""
        with self._changed:
            if self._ended:
                return
            self._wishes[key] = about
            self._wishes.move_to_end(key)
            while len(self._wishes) > MOST_WISHES:
                self._wishes.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def forget(self) -> None:
        """Drop all wishes."""
        with self._changed:
            self._wishes.clear()

    def close(self) -> None:
        """End the thread; at most the wish at work is waited for."""
        with self._changed:
            self._ended = True
            self._wishes.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(10)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._wishes and not self._ended:
                    self._changed.wait()
                if self._ended:
                    return
                key, about = self._wishes.popitem()
            self._serve(key, about)


class Errands(QObject):
    """Pictures and waveforms of one document's files."""

    arrived = Signal()
    trouble_changed = Signal()
    """A file cannot be read, or those that could not are tried again."""

    def __init__(
        self, folder: Path, locate: Locate | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._folder, self._locate = folder, locate
        self._lock = threading.Lock()
        self._pictures: OrderedDict[Picture, QImage | None] = OrderedDict()
        self._latest: dict[str, QImage] = {}
        self._waves: dict[str, Float32Array | None] = {}
        self._bad: dict[str, Problem] = {}
        self._read: Reels | None = None
        self._ended = False
        self._turn = 0  # of trying: what failed in an earlier one counts no more
        self._clerks = (Clerk("strips", self._fetch_picture), Clerk("waves", self._fetch_wave))

    def picture(self, picture: Picture) -> QImage | None:
        """Return a picture if it is there, else another of its file until it arrives."""
        with self._lock:
            if picture in self._pictures:
                self._pictures.move_to_end(picture)
                return self._pictures[picture]
            near = self._latest.get(picture.name)
        self._clerks[0].wish(picture)
        return near

    def wave(self, name: str) -> Float32Array | None:
        """Return the loudness of a file, `PER_SECOND` values a second, if it is there."""
        with self._lock:
            if name in self._waves:
                return self._waves[name]
        self._clerks[1].wish(name)
        return None

    def why_not(self, name: str) -> Problem | None:
        """Return why a file cannot be read, as far as that was tried."""
        return self._bad.get(name)

    @property
    def troubled(self) -> bool:
        """Whether any file cannot be read."""
        return bool(self._bad)

    def try_again(self) -> None:
        """Forget what could not be read: it may be there by now."""
        with self._lock:
            bad = self._bad
            self._bad = {}
            self._turn += 1
            for picture in [each for each in self._pictures if each.name in bad]:
                del self._pictures[picture]
            for name in bad:
                self._waves.pop(name, None)
        if bad:
            self.trouble_changed.emit()
            self._tell()

    def renew(self, folder: Path, locate: Locate | None = None) -> None:
        """Forget everything, because the document lies elsewhere or files have changed."""
        for clerk in self._clerks:
            clerk.forget()
        with self._lock:
            old, self._read = self._read, None
            self._folder, self._locate = folder, locate
            self._pictures.clear()
            self._latest.clear()
            self._waves.clear()
            self._bad.clear()
            self._turn += 1
        if old is not None:
            old.close()

    def close(self) -> None:
        """End the threads and let go of all files."""
        self._ended = True
        for clerk in self._clerks:
            clerk.close()
        if self._read is not None:
            self._read.close()

    def _reels(self) -> Reels:
        load_media()
        from aiprod_studio.media.reels import Reels

        with self._lock:
            if self._read is None:
                self._read = Reels(self._folder, self._locate, held=48 << 20)
            return self._read

    def _fetch_picture(self, wanted: Picture, _: object) -> None:
        turn = self._turn
        try:
            image = scaled(self._pixels(wanted))
        except (Refusal, OSError, ValueError) as error:
            image = None
            if not self._note(wanted.name, error, turn):
                self._tell()
                return
        with self._lock:
            self._pictures[wanted] = image
            if image is not None:
                self._latest[wanted.name] = image
            while len(self._pictures) > KEPT_PICTURES:
                self._pictures.popitem(last=False)
        self._tell()

    def _pixels(self, wanted: Picture) -> UInt8Array:
        reels = self._reels()
        if wanted.seconds is None or reels.is_picture(wanted.name):
            return reels.picture(wanted.name)
        return reels.frame(wanted.name, reels.frame_at(wanted.name, wanted.seconds))

    def _fetch_wave(self, name: str, _: object) -> None:
        turn = self._turn
        try:
            wave: Float32Array | None = self._reels().loudness(name, PER_SECOND)
        except (Refusal, OSError, ValueError) as error:
            wave = None
            if not self._note(name, error, turn):
                self._tell()
                return
        with self._lock:
            self._waves[name] = wave
        self._tell()

    def _note(self, name: str, error: Exception, turn: int) -> bool:
        """Remember why a file cannot be read; False where files were renewed meanwhile."""
        if isinstance(error, Refusal):
            problem = error.problems[0]
        else:
            problem = Missing(f"file {name}", f"it cannot be read: {error}", "Choose another file.")
        with self._lock:
            if turn != self._turn:
                return False
            known = name in self._bad
            self._bad[name] = problem
        if not known and not self._ended:
            self.trouble_changed.emit()
        return True

    def _tell(self) -> None:
        if not self._ended:
            self.arrived.emit()


def scaled(pixels: UInt8Array) -> QImage:
    """Return pixels, uint8 (h, w, 3 or 4), as a small image of its own."""
    import numpy as np

    pixels = np.ascontiguousarray(pixels)
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    image = QImage(pixels.data, width, height, channels * width, kind)
    size = QSize(max(1, round(width * HEIGHT / height)), HEIGHT)
    smooth = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    return small.convertToFormat(QImage.Format.Format_RGB32)
