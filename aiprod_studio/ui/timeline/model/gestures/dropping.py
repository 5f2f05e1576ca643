"""Clips that come from outside, from the list of shots or the file manager, over the timeline.

They replace what they land on, or with Ctrl the rest makes room.
"""

from __future__ import annotations

from aiprod_studio.story.cut import Clip
from aiprod_studio.story.edits import CutEdit, Insert, Overwrite
from aiprod_studio.ui.timeline.model.drafting import Desk, Draft, Pointer, tried
from aiprod_studio.ui.timeline.model.gestures.dragging import snapped
from aiprod_studio.ui.timeline.model.snapping import points


class DropClips:
    """The gesture: `clips` one after the other, from the frame under the mouse on."""

    def __init__(self, desk: Desk, clips: tuple[Clip, ...]) -> None:
        self.desk, self.clips = desk, clips
        self._meets = points(desk.cut, (desk.playhead, *desk.marks))
        self._frames = sum(clip.frames for clip in clips)

    def move(self, pointer: Pointer) -> Draft:
        """Return what letting go here would do; outside of tracks that fit it does nothing."""
        row = self.desk.rows.at(pointer.y)
        if row is None or not self.clips:
            return Draft(self.desk.cut)
        at = max(self.desk.scale.edge(pointer.x), 0)
        found = snapped(self.desk, (at, at + self._frames), 0, self._meets)
        at = max(at + (found.by if found else 0), 0)
        edits = tuple(laid(row.track, self.clips, at, insert=pointer.ctrl))
        after, problem = tried(self.desk.cut, edits)
        title = "Insert clips" if pointer.ctrl else "Lay clips"
        line = found.at if found else None
        return Draft(after, () if problem else edits, title, line, title, problem)


def laid(track: str, clips: tuple[Clip, ...], at: int, *, insert: bool) -> list[CutEdit]:
    """Return the edits that put clips on a track one after the other."""
    edits: list[CutEdit] = []
    for clip in clips:
        placed = ((track, clip),)
        edits.append(Insert(placed, at) if insert else Overwrite(placed, at))
        at += clip.frames
    return edits
