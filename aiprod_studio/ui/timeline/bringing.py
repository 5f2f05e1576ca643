"""Things that come onto the timeline from outside: shots from the list, files from the disk.

Files that the document may not read where they are, are copied beside it first, in a worker; what
they last is read there too. What comes lies where it was dropped, as one step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from aiprod_studio.app.session.files import bring_in
from aiprod_studio.sdk import Invalid, Refusal
from aiprod_studio.story.cut import Clip, Cut, Source, TrackKind
from aiprod_studio.story.edits import CutEdit, SetSource
from aiprod_studio.story.time import Span, Time
from aiprod_studio.ui.inspector.bringing import named_from
from aiprod_studio.ui.loading import load_media
from aiprod_studio.ui.timeline.model.drafting import Pointer
from aiprod_studio.ui.timeline.model.gestures import DropClips
from aiprod_studio.ui.timeline.model.laying import Piece, piece_of
from aiprod_studio.ui.timeline.panels.shot_list import MIME

if TYPE_CHECKING:
    from aiprod_studio.ui.editing import Editing
    from aiprod_studio.ui.timeline.deeds.laying import Laying
    from aiprod_studio.ui.timeline.state import State
    from aiprod_studio.ui.timeline.tracks.tracks import Tracks

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".avif")
STILL_SECONDS = 4


@dataclass(frozen=True)
class Media:
    """A file as it can lie on the timeline: its name in the document, what it lasts and has."""

    name: str
    seconds: Fraction | None
    seen: bool
    heard: bool

    def piece(self, rate: Fraction) -> Piece:
        """Return the whole file as it lies on a cut of some rate."""
        seen: tuple[TrackKind, ...] = ("video",) if self.seen else ()
        heard: tuple[TrackKind, ...] = ("audio",) if self.heard else ()
        return Piece(self._clip(rate), (*seen, *heard))

    def _clip(self, rate: Fraction) -> Clip:
        start = Time.at(0, rate)
        if self.seconds is None:
            frames = round(STILL_SECONDS * rate)
            return Clip("", Source("file", self.name), 0, frames, start)
        frames = max(1, int(self.seconds * rate))
        span = Span(start, Time(self.seconds * rate, rate))
        return Clip("", Source("file", self.name, span=span), 0, frames, start)


class Bringing(QObject):
    """Watches the tracks for what is dropped on them."""

    def __init__(self, editing: Editing, state: State, laying: Laying, tracks: Tracks) -> None:
        super().__init__(tracks)
        self.editing, self.state, self.laying, self.tracks = editing, state, laying, tracks
        self._drop: DropClips | None = None
        tracks.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is dragged over the tracks."""
        if isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if isinstance(event, QDragLeaveEvent):
            self._drop = None
            self.state.set_draft(None)
            return True
        if isinstance(event, QDropEvent):
            if event.type() == QEvent.Type.Drop:
                return self._dropped(event)
            assert isinstance(event, QDragMoveEvent)
            return self._over(event)
        return False

    def ask(self) -> None:
        """Ask for files and lay them at the playhead."""
        title, kinds = "Add sound or film", "Sound, film, pictures (*)"
        names, _ = QFileDialog.getOpenFileNames(self.tracks, title, str(self.editing.folder), kinds)
        self.add([Path(name) for name in names], self.state.playhead)

    def add(self, paths: Iterable[Path], at: int, track: str = "", insert: bool = False) -> None:
        """Lay files one after the other from a frame on; slow reading is done in a worker."""
        found = [path for path in paths if path.is_file()]
        if not found:
            return
        folder, assets = self.editing.folder, self.editing.assets
        allowed = tuple(self.editing.settings.folders)

        def read() -> list[Media]:
            load_media()
            return [media_of(path, folder, assets, allowed) for path in found]

        def lay(media: list[Media]) -> None:
            self._lay(media, at, track, insert)

        self.editing.studio.later(read, lay, self.editing.refused.emit, owner=self)

    def find(self, clip: str) -> None:
        """Ask where the file of a clip is; all clips that play it play what is chosen."""
        title = "Find the file"
        chosen, _ = QFileDialog.getOpenFileName(self.tracks, title, str(self.editing.folder))
        if chosen:
            self.replace(self.state.cut.find(clip)[1].source.name, Path(chosen))

    def replace(self, name: str, path: Path) -> None:
        """Let all clips of a file play another; slow reading is done in a worker."""
        folder, assets = self.editing.folder, self.editing.assets
        allowed = tuple(self.editing.settings.folders)

        def read() -> Media:
            load_media()
            return media_of(path, folder, assets, allowed)

        def put(media: Media) -> None:
            cut = self.state.cut
            new = media.piece(cut.rate).clip.source
            self.laying.deeds.do(lambda: replaced(cut, name, new), "Find file")

        self.editing.studio.later(read, put, self.editing.refused.emit, owner=self)

    def _lay(self, media: list[Media], at: int, track: str, insert: bool) -> None:
        self.laying.begin_cut()
        pieces = [each.piece(self.state.cut.rate) for each in media]
        self.laying.lay(pieces, at, "Add media", track, insert=insert)

    # Drag and drop.

    def _enter(self, event: QDragEnterEvent) -> bool:
        if event.mimeData().hasFormat(MIME):
            names = bytes(event.mimeData().data(MIME).data()).decode().split("\n")
            board, cut = self.editing.board(), self.state.cut
            shots = [shot for _, shot in board.shots() if shot.name in names and shot.length]
            pieces = tuple(piece_of(shot, board, cut.rate) for shot in shots)
            self._drop = DropClips(self.state.desk(), pieces, self.state.targets)
            event.acceptProposedAction()
        elif event.mimeData().hasUrls():
            event.acceptProposedAction()
        return True

    def _over(self, event: QDragMoveEvent) -> bool:
        if self._drop is not None:
            pointer = self._pointer(event.position(), event.modifiers())
            self.state.set_draft(self._drop.move(pointer))
        event.acceptProposedAction()
        return True

    def _dropped(self, event: QDropEvent) -> bool:
        at = event.position()
        if self._drop is not None:
            draft = self._drop.move(self._pointer(at, event.modifiers()))
            self._drop = None
            self.state.set_draft(None)
            if draft.problem is not None:
                self.editing.refused.emit(draft.problem)
            elif draft.edits:
                self.state.ask(draft.edits, draft.title)
            elif not self.state.cut.tracks:
                self.laying.append_shots()
        elif event.mimeData().hasUrls():
            paths = [Path(url.toLocalFile()) for url in event.mimeData().urls()]
            row = self.state.rows.at(at.y() + self.state.top)
            frame = max(self.state.scale.edge(at.x()), 0)
            insert = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.add(paths, frame, row.track if row else "", insert)
        event.acceptProposedAction()
        return True

    def _pointer(self, at: QPointF, keys: Qt.KeyboardModifier) -> Pointer:
        ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
        return Pointer(at.x(), at.y() + self.state.top, ctrl=ctrl)


def replaced(cut: Cut, name: str, new: Source) -> tuple[CutEdit, ...]:
    """Return the edits that let all clips of a file play another."""
    return tuple(
        SetSource(clip.name, replace(clip.source, name=new.name, span=new.span))
        for _, clip in cut.clips()
        if clip.source.kind == "file" and clip.source.name == name
    )


def media_of(path: Path, folder: Path, assets: Path, allowed: tuple[str, ...] = ()) -> Media:
    """Return a file as it can lie on the timeline, copied beside the document where it must be.

    Raises:
        Refusal: it cannot be read, or is neither sound, film nor picture.
    """
    name = named_from(path, folder, allowed)
    facts = _facts(path)
    return Media(name if name is not None else bring_in(path, folder, assets), *facts)


def _facts(path: Path) -> tuple[Fraction | None, bool, bool]:
    from aiprod_studio.media.probe import probe
    from aiprod_studio.media.sound_file import open_audio

    if path.suffix.lower() in PICTURES:
        return None, True, False
    try:
        info = probe(path)
    except Refusal as no_film:
        try:
            sound = open_audio(path)
        except Refusal:
            raise no_film from None
        if not sound.sample_count:
            why, remedy = "it holds no sound", "Choose another file."
            raise Refusal(Invalid(f"file {path.name!r}", why, remedy)) from None
        return Fraction(sound.sample_count, sound.sample_rate), False, True
    return Fraction(info.frame_count) / info.rate, True, info.has_audio
