"""What the timeline's widgets share: the film, how it is looked at, what is chosen, the draft.

Ruler, tracks and heads show it and tell it what the hand does; the workspace gives it the film and
carries out its wishes. Nothing of it is saved, and it never changes the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from aiprod_studio.sdk import Problem
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut, TrackKind
from aiprod_studio.story.edits import CutEdit
from aiprod_studio.story.wording import in_words
from aiprod_studio.ui.footage.looks import ShotLook, shot_looks
from aiprod_studio.ui.footage.sources import Strips
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.timeline.model.drafting import Desk, Draft
from aiprod_studio.ui.timeline.model.gestures import Tool
from aiprod_studio.ui.timeline.model.rows import Rows, rows_of
from aiprod_studio.ui.timeline.model.scale import Scale
from aiprod_studio.ui.timeline.tracks.filling import Filling

Gap = tuple[str, int, int]
"""A chosen gap: track, first frame, frame behind it."""


class State(QObject):
    """The shared state; every change of it is told once, by the signal that fits."""

    film_changed = Signal()
    """Cut, board, looks or the pictures of what renders are others."""
    view_changed = Signal()
    """Zoom, place or heights of tracks are others."""
    playhead_changed = Signal(int, int)
    """The playhead went from one frame to another."""
    chosen_changed = Signal()
    marks_changed = Signal()
    tool_changed = Signal()
    draft_changed = Signal()
    wanted = Signal(object, str)
    """Edits that the hand made, and what to call them in the history."""
    sought = Signal(int)
    """The hand wants to see a frame."""
    refused = Signal(object)
    """A problem to tell."""
    told = Signal(str)
    """Words for the status bar: why a drag went no further."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.board, self.cut = Board(), Cut()
        self.strips = Strips(self.board)
        self.shots: dict[str, ShotLook] = {}
        self.scale = Scale()
        self.width = 800
        self.top = 0.0
        self.heights: dict[str, int] = {}
        self.playhead = 0
        self.chosen: frozenset[str] = frozenset()
        self.gap: Gap | None = None
        self.start: int | None = None
        self.stop: int | None = None
        self.tool: Tool = "select"
        self.snapping = True
        self.draft: Draft | None = None
        self.filling = Filling()
        self.targets: dict[TrackKind, str] = {}
        self._rows: Rows | None = None

    # The film.

    def show_film(
        self, board: Board, cut: Cut, shots: Mapping[str, ShotLook] | None = None
    ) -> None:
        """Show another state of board and cut; what is no more is no longer chosen."""
        if board is not self.board:
            self.strips = Strips(board)
        self._keep_moments(cut.rate / self.cut.rate)
        self.board, self.cut = board, cut
        self.shots = dict(shots) if shots is not None else shot_looks(board, {})
        self.draft, self._rows = None, None
        names = {clip.name for _, clip in cut.clips()}
        self._keep_targets()
        self.film_changed.emit()
        if not self.chosen <= names:
            self.choose(self.chosen & names)
        if self.gap is not None:
            self.choose_gap(None)

    def _keep_moments(self, pace: Fraction) -> None:
        """Keep playhead, marks and view at their times, when frames are counted anew."""
        if pace != 1:
            self.playhead = round(self.playhead * pace)
            self.start = None if self.start is None else round(self.start * pace)
            self.stop = None if self.stop is None else round(self.stop * pace)
            self.scale = self.scale.counted(pace)

    def show_looks(self, shots: Mapping[str, ShotLook]) -> None:
        """Show other looks of the shots."""
        self.shots = dict(shots)
        self.film_changed.emit()

    def show_live(self, live: Mapping[str, QImage]) -> None:
        """Show the latest pictures of the shots that render."""
        self.filling = Filling(self.filling.strips, self.filling.waves, dict(live))
        self.film_changed.emit()

    def show_filling(self, *, strips: bool | None = None, waves: bool | None = None) -> None:
        """Show or hide strips of pictures and waves."""
        old = self.filling
        self.filling = Filling(
            old.strips if strips is None else strips, old.waves if waves is None else waves,
            old.live,
        )  # fmt: skip
        self.film_changed.emit()

    @property
    def seen_cut(self) -> Cut:
        """The cut as it is painted: the draft of a drag, else the document's."""
        return self.draft.cut if self.draft is not None else self.cut

    @property
    def rows(self) -> Rows:
        """Where the tracks lie."""
        if self._rows is None:
            self._rows = rows_of(self.cut, self.heights, current().scale)
        return self._rows

    def desk(self) -> Desk:
        """Return what gestures and keys need to know."""
        marks = tuple(mark for mark in (self.start, self.stop) if mark is not None)
        return Desk(
            self.cut, self.rows, self.scale, self.chosen, self.playhead, marks, self.snapping,
            8.0 * current().scale,
        )  # fmt: skip

    def names(self) -> frozenset[str]:
        """Return the names of all clips."""
        return frozenset(clip.name for _, clip in self.cut.clips())

    def worded(self, problem: Problem) -> Problem:
        """Return a problem in the artist's words."""
        return in_words(problem, self.board, self.cut)

    def ask(self, edits: Iterable[CutEdit], title: str = "") -> None:
        """Want edits to be done, as one step."""
        found = tuple(edits)
        if found:
            self.wanted.emit(found, title or found[0].title)

    # How it is looked at.

    def look(self, scale: Scale) -> None:
        """Zoom and move."""
        if scale != self.scale:
            self.scale = scale
            self.view_changed.emit()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Zoom around a pixel, around the playhead if it shows, else around the middle."""
        if x is None:
            x = self.scale.x(self.playhead)
            x = x if 0 <= x <= self.width else self.width / 2
        self.look(self.scale.zoomed(factor, x))

    def fit(self) -> None:
        """Show the whole film."""
        self.look(self.scale.fitted(max(self.cut.frames, 24), self.width))

    def scroll_to(self, top: float) -> None:
        """Move the tracks up or down."""
        if top != self.top:
            self.top = top
            self.view_changed.emit()

    def set_height(self, track: str, height: int) -> None:
        """Make a track higher or lower, in pixels at 100 %."""
        self.heights[track] = height
        self.relayout()

    def relayout(self) -> None:
        """Lay the tracks out anew."""
        self._rows = None
        self.view_changed.emit()

    def set_playhead(self, frame: int) -> None:
        """Show the playhead elsewhere; wants nothing."""
        frame = max(frame, 0)
        if frame != self.playhead:
            old, self.playhead = self.playhead, frame
            self.playhead_changed.emit(old, frame)

    def seek(self, frame: int) -> None:
        """Put the playhead to a frame and want to see it."""
        self.set_playhead(frame)
        self.sought.emit(self.playhead)

    # What is chosen.

    def choose(self, names: Iterable[str]) -> None:
        """Choose clips instead of those chosen before."""
        found = frozenset(names)
        gap, self.gap = self.gap, None
        if found != self.chosen or gap is not None:
            self.chosen = found
            self.chosen_changed.emit()

    def choose_gap(self, gap: Gap | None) -> None:
        """Choose a gap instead of clips."""
        self.gap, self.chosen = gap, frozenset()
        self.chosen_changed.emit()

    def mark(self, start: int | None, stop: int | None) -> None:
        """Set in and out: the first frame, and the one behind the last."""
        if start is not None and stop is not None and stop <= start:
            stop = None
        if (start, stop) != (self.start, self.stop):
            self.start, self.stop = start, stop
            self.marks_changed.emit()

    @property
    def span(self) -> tuple[int, int] | None:
        """In and out, missing ones filled by the ends of the film; None when both are missing."""
        if self.start is None and self.stop is None:
            return None
        stop = self.cut.frames if self.stop is None else self.stop
        start = self.start or 0
        return (start, stop) if stop > start else None

    def use(self, tool: Tool) -> None:
        """Take a tool into the hand."""
        if tool != self.tool:
            self.tool = tool
            self.tool_changed.emit()

    def set_snapping(self, snapping: bool) -> None:
        """Let drags snap, or not."""
        self.snapping = snapping
        self.tool_changed.emit()

    def set_draft(self, draft: Draft | None) -> None:
        """Show what a drag would do, or the document again."""
        self.draft = draft
        self.draft_changed.emit()

    def target(self, kind: TrackKind) -> str:
        """Return the track of a kind that new clips go to, "" when there is none."""
        return self.targets.get(kind, "")

    def set_target(self, track: str) -> None:
        """Let new clips go to a track."""
        self.targets[self.cut.track(track).kind] = track
        self.view_changed.emit()

    def _keep_targets(self) -> None:
        for kind in ("video", "audio", "title"):
            names = [track.name for track in self.cut.tracks if track.kind == kind]
            if self.targets.get(kind) not in names:
                self.targets.pop(kind, None)
                if names:
                    self.targets[kind] = names[0]
