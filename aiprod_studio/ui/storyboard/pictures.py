"""The images of panels at the size of their cards, read in threads and kept by the studio.

Painting asks with `picture` and gets what is there; `arrived` says that more is. Sizes are rounded
up, so that growing cards find most pictures read already.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from statistics import median_low

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.library.thumbs import Seen, thumbs_of

SIZES = (160, 320, 640, 1280)
USUAL, NARROWEST, WIDEST = 16 / 9, 0.8, 2.4
"""Shapes of a card: width over height."""


class Pictures(QObject):
    """Pictures of one document's panels."""

    arrived = Signal()

    def __init__(
        self, editing: Editing, locate: Callable[[str], Path], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._editing, self._locate = editing, locate
        self._thumbs = thumbs_of(editing.studio)
        self._asked: set[tuple[str, int]] = set()
        self._wrong: dict[str, str] = {}
        self._paths: dict[str, Path | None] = {}
        self._aspects: dict[str, float] = {}

    def picture(self, name: str, wide: int) -> QImage | None:
        """Return an image of the document at about `wide` pixels, None until it is read."""
        path = self._path(name) if name else None
        if path is None:
            return None
        size = next((each for each in SIZES if each >= wide), SIZES[-1])
        if (name, size) not in self._asked:
            self._asked.add((name, size))
            self._thumbs.ask(path, size, lambda seen: self._took(name, seen), self)
        for each in (size, *reversed(SIZES)):
            seen = self._thumbs.known(path, each)
            if seen is not None and seen.image is not None:
                return seen.image
        return None

    def why_not(self, name: str) -> str:
        """Return why an image cannot be shown, "" while nothing is known against it."""
        return self._wrong.get(name, "")

    @property
    def aspect(self) -> float:
        """The width of most pictures over their height, 16:9 while none is read."""
        if not self._aspects:
            return USUAL
        return min(max(median_low(self._aspects.values()), NARROWEST), WIDEST)

    def renew(self) -> None:
        """Look at the files again: they have changed, or the document lies elsewhere."""
        self._asked.clear()
        self._wrong.clear()
        self._paths.clear()
        self._aspects.clear()
        self.arrived.emit()

    def _path(self, name: str) -> Path | None:
        """Return the file of an image; None, with a reason, where the document may not read it."""
        if name not in self._paths:
            self._paths[name] = path = self._editing.folder / name
            try:
                if path.exists():  # of what is missing the reader says more
                    self._locate(name)
            except Refusal as refusal:
                self._paths[name] = None
                self._wrong[name] = _said(name, refusal.problems[0])
            except (OSError, ValueError):
                self._paths[name] = None
                self._wrong[name] = f"{name[:80]} is no path. Choose another image."
        return self._paths[name]

    def _took(self, name: str, seen: Seen) -> None:
        if seen.problem is not None:
            self._wrong[name] = _said(name, seen.problem)
        else:
            self._wrong.pop(name, None)
        if seen.image is not None and seen.image.height():
            self._aspects[name] = seen.image.width() / seen.image.height()
        self.arrived.emit()


def _said(name: str, problem: Problem) -> str:
    """Return in a sentence what is wrong with an image; it names the file."""
    file, why = PurePosixPath(name).name, problem.why
    if file in why:
        return f"{why[:1].upper()}{why[1:]}. {problem.remedy}".strip()
    return f"{file} {why}. {problem.remedy}".strip()
