"""The viewer above the timeline: plays the cut, shows drafts while dragging, compares takes.

It has the shared player and screen. The cut is composed by the same code as the export; an edit
makes a new composer over the same open files, in a worker, and the picture changes when it is done.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aiprod_studio.sdk import Cancelled, Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut
from aiprod_studio.ui.footage.composed import ComposedFrames
from aiprod_studio.ui.footage.errands import Clerk, Locate
from aiprod_studio.ui.footage.speaker import Speaker
from aiprod_studio.ui.footage.transport import Transport
from aiprod_studio.ui.loading import load_media
from aiprod_studio.ui.viewer.decoder import Decoder
from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.screen import Screen

if TYPE_CHECKING:
    from aiprod_studio.media.reels import Reels

PLAYBACK = "playback"
"""The folder of playback copies in the user's cache."""
EMPTY = "Nothing lies on the timeline yet.\nDrag shots here, or lay all of them with one action."


class Program(QWidget):
    """Screen and transport of one film."""

    frame_changed = Signal(int)
    """Another frame is to be seen."""
    film_shown = Signal()
    """The film that was asked for last can be played."""
    _made = Signal(object, object)
    _peeked = Signal(int, object)

    def __init__(
        self,
        folder: Path,
        locate: Locate | None = None,
        parent: QWidget | None = None,
        copies: Path | None = None,
    ) -> None:
        """Make it for the files of a folder; `copies` is where playback copies are kept."""
        super().__init__(parent)
        self.folder, self._locate, self._copies = folder, locate, copies
        self.player = Player(parent=self)
        self.player.loop = False
        self.picture = Screen(self)
        self.speaker = Speaker(self.player, self)
        self.transport = Transport(self.player, self.picture, self.speaker, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.picture, 1)
        column.addWidget(self.transport)
        self._lock = threading.Lock()
        self._reels: Reels | None = None
        self._wanted: Any = None
        self._film: tuple[Board, Cut] = (Board(), Cut())
        self._clerk = Clerk("composing", self._work)
        self._copyist = Clerk("playback copies", self._copy)
        self._other: Comparison | None = None
        self._peeking = 0
        self._closed = False
        self._made.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._peeked.connect(self._take_peek, Qt.ConnectionType.QueuedConnection)
        self.player.frame_ready.connect(self._show)
        self.player.frame_changed.connect(self._went)
        self.picture.show_words(EMPTY)

    # What it shows.

    @property
    def rate(self) -> Fraction:
        """Frames a second of the film."""
        return self._film[1].rate

    def showing(self, board: Board, cut: Cut) -> bool:
        """Say whether this state of the film can be played already."""
        return (board, cut) == self._film and self.player.source is not None

    def show_film(self, board: Board, cut: Cut) -> None:
        """Show another state of the film, at the frame that is seen."""
        if self.showing(board, cut):
            return
        self._film = (board, cut)
        self.end_peek()
        if not cut.frames:
            self.player.set_source(None)
            self.picture.show_frame(None)
            self.picture.show_words(EMPTY)
            return
        self._clerk.wish("film", self._film)

    def refresh(self, folder: Path, locate: Locate | None = None) -> None:
        """Read everything again: the document lies elsewhere, or its files have changed."""
        with self._lock:
            self.folder, self._locate = folder, locate
            old, self._reels = self._reels, None
        if old is not None:
            old.close()
        film, self._film = self._film, (Board(), Cut())
        self.show_film(*film)

    def seek(self, frame: int) -> None:
        """Show a frame; behind the film it is the last one."""
        self.player.seek(frame)

    def peek(self, cut: Cut, frame: int) -> None:
        """Show a frame of a draft until `end_peek`."""
        self._peeking += 1
        self._clerk.wish("peek", (self._peeking, (self._film[0], cut), frame))

    def end_peek(self) -> None:
        """Show the film again."""
        if self._peeking:
            self._peeking = 0
            self.picture.show_frame(self.player.frame())

    # Comparing takes.

    def compare(self, board: Board, cut: Cut, first: str, second: str) -> None:
        """Show another state of the film beside this one, as a wipe until the artist says else."""
        self.end_compare()
        self.picture.name(first, second)
        self._clerk.wish("other", (board, cut))
        if self.picture.comparison == "one":
            self.picture.set_comparison("wipe")

    def end_compare(self) -> None:
        """Show only the film."""
        if self._other is not None:
            self._other.close()
            self._other = None
        self.picture.show_other(None)
        self.picture.name("")
        self.picture.set_comparison("one")

    @property
    def comparing(self) -> bool:
        """Whether two takes are compared."""
        return self.picture.comparison != "one"

    def close_all(self) -> None:
        """Let go of threads and files."""
        self._closed = True
        self.end_compare()
        self._clerk.close()
        self._copyist.close()
        self.speaker.close()
        self.player.close()
        if self._reels is not None:
            self._reels.close()

    # In the worker.

    def _work(self, kind: str, about: Any) -> None:
        load_media()
        from aiprod_studio.media.composing import Composer

        board, cut = film = about[1] if kind == "peek" else about
        composer = Composer(board, cut, self.folder, reels=self._open_reels())
        frames = ComposedFrames(composer)
        if kind != "peek":
            self._made.emit((kind, film), frames)
        elif about[0] == self._peeking:
            self._peeked.emit(about[0], composer.frame(about[2], frames.size))

    def _open_reels(self) -> Reels:
        from aiprod_studio.media.reels import Reels

        with self._lock:
            if self._reels is None:
                from aiprod_studio.media.playback import Copies

                copies = Copies(self._copies) if self._copies is not None else None
                self._reels = Reels(self.folder, self._locate, copies=copies)
            return self._reels

    def _copy(self, name: str, _: Any) -> None:
        """Make a film's playback copy, so that every frame of it is near."""
        with suppress(Refusal, Cancelled):
            self._open_reels().prepare(name, self._go_on)

    def _go_on(self) -> None:
        if self._closed:
            raise Cancelled

    # In the window's thread.

    def _take(self, wish: Any, frames: Any) -> None:
        if self._closed:
            return
        if wish[0] == "other":
            self._other = Comparison(frames, self.picture, self)
            self._other.follow(self.player.index)
        elif wish[1] is self._film:
            self.picture.show_words("")
            self.speaker.show_film(frames.composer)
            self.player.set_source(frames, keep=True)
            for name in frames.composer.films() if self._copies is not None else ():
                self._copyist.wish(name)
            self.film_shown.emit()

    def _take_peek(self, number: int, picture: object) -> None:
        if number == self._peeking:
            self.picture.show_frame(picture)  # type: ignore[arg-type]

    def _show(self, index: int, frame: object) -> None:
        if not self._peeking:
            self.picture.show_frame(frame)  # type: ignore[arg-type]

    def _went(self, index: int) -> None:
        if self._other is not None:
            self._other.follow(index)
        self.frame_changed.emit(index)


class Comparison(QObject):
    """The other film of a comparison: follows the frame of the first."""

    def __init__(self, frames: ComposedFrames, screen: Screen, parent: QObject) -> None:
        super().__init__(parent)
        self._screen = screen
        self._count = frames.count
        self._index = 0
        self._decoder = Decoder(frames)
        self._decoder.ready.connect(self._arrived)

    def follow(self, index: int) -> None:
        """Show frame `index`, the last one behind the end."""
        self._index = min(index, self._count - 1)
        self._decoder.want(self._index)
        self._arrived(self._decoder, self._index)

    def close(self) -> None:
        """End its thread."""
        self._decoder.close(wait=True)
        self.deleteLater()

    def _arrived(self, _: object, index: int) -> None:
        found = self._decoder.get(self._index) if index == self._index else None
        if found is not None:
            self._screen.show_other(found)
