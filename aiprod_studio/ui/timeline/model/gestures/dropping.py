"""Clips that come from outside, from the list of shots or the file manager, over the timeline.

They replace what they land on, or with Ctrl the rest makes room.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiprod_studio.story.cut import TrackKind
from aiprod_studio.ui.timeline.model.drafting import Desk, Draft, Pointer, tried
from aiprod_studio.ui.timeline.model.gestures.dragging import snapped
from aiprod_studio.ui.timeline.model.laying import Piece, Targets, laid
from aiprod_studio.ui.timeline.model.snapping import points


class DropClips:
    """The gesture: pieces one after the other, from the frame under the mouse on.

    What fits the track under the mouse goes there, the rest of a piece to the target of its kind.
    """

    def __init__(self, desk: Desk, pieces: tuple[Piece, ...], targets: Targets) -> None:
        self.desk, self.pieces, self.targets = desk, pieces, targets
        self._meets = points(desk.cut, (desk.playhead, *desk.marks))
        self._frames = sum(piece.clip.frames for piece in pieces)

    def move(self, pointer: Pointer) -> Draft:
        """Return what letting go here would do; outside of tracks that fit it does nothing."""
        row = self.desk.rows.at(pointer.y)
        if row is None or not self.pieces:
            return Draft(self.desk.cut)
        at = max(self.desk.scale.edge(pointer.x), 0)
        found = snapped(self.desk, (at, at + self._frames), 0, self._meets)
        at = max(at + (found.by if found else 0), 0)
        pieces = tuple(self._fitting(piece, row.kind) for piece in self.pieces)
        targets: Mapping[TrackKind, str] = {**self.targets, row.kind: row.track}
        edits = laid(self.desk.cut, pieces, at, targets, insert=pointer.ctrl)
        after, problem = tried(self.desk.cut, edits)
        title = "Insert clips" if pointer.ctrl else "Lay clips"
        line = found.at if found else None
        return Draft(after, () if problem else edits, title, line, title, problem)

    def _fitting(self, piece: Piece, kind: TrackKind) -> Piece:
        """Return a piece that goes to the track under the mouse, if need be to be refused there."""
        return piece if kind in piece.kinds else Piece(piece.clip, (kind,))
