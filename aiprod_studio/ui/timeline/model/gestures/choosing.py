"""Gestures that choose and cut: the marquee over the tracks, and the blade."""

from __future__ import annotations

from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits import CutEdit, Split
from aiprod_studio.ui.timeline.model.drafting import Desk, Draft, Pointer, tried
from aiprod_studio.ui.timeline.model.gestures.dragging import snapped
from aiprod_studio.ui.timeline.model.hitting import inside
from aiprod_studio.ui.timeline.model.snapping import points


class Marquee:
    """Drag a box; clips that it touches become chosen, with Shift or Ctrl in addition."""

    def __init__(self, desk: Desk, start: Pointer) -> None:
        self.desk, self.start = desk, start
        self.before = desk.chosen if start.shift or start.ctrl else frozenset()

    def move(self, pointer: Pointer) -> Draft:
        """Return the box and what it chooses."""
        xs, ys = sorted((self.start.x, pointer.x)), sorted((self.start.y, pointer.y))
        box = (xs[0], ys[0], xs[1], ys[1])
        found = inside(self.desk.cut, self.desk.rows, self.desk.scale, box)
        return Draft(self.desk.cut, chosen=self.before | found, box=box)


class Blade:
    """Cut the clip under the mouse, and those linked with it; with Shift all tracks."""

    def __init__(self, desk: Desk, start: Pointer) -> None:
        self.desk = desk
        self._meets = points(desk.cut, (desk.playhead, *desk.marks))

    def move(self, pointer: Pointer) -> Draft:
        """Return the cut in two, and the frame as a line."""
        frame = self.desk.scale.edge(pointer.x)
        found = snapped(self.desk, (frame,), 0, self._meets)
        frame += found.by if found else 0
        edits = self._edits(frame, pointer)
        after, problem = tried(self.desk.cut, edits)
        return Draft(after, () if problem else edits, "Cut", frame, problem=problem, frame=frame)

    def _edits(self, frame: int, pointer: Pointer) -> tuple[CutEdit, ...]:
        if pointer.shift:
            return tuple(splits(self.desk.cut, frame))
        row = self.desk.rows.at(pointer.y)
        clip = self.desk.cut.track(row.track).clip_at(frame) if row else None
        return (Split(clip.name, frame),) if clip is not None and clip.at < frame else ()


def splits(cut: Cut, frame: int, names: frozenset[str] | None = None) -> list[CutEdit]:
    """Return the edits that cut through clips at a frame; locked ones and their tracks stay."""
    edits: list[CutEdit] = []
    done: set[str] = set()
    for track in cut.tracks:
        clip = track.clip_at(frame)
        if clip is None or clip.at >= frame or track.locked or clip.locked:
            continue
        if clip.name in done or (names is not None and clip.name not in names):
            continue
        edits.append(Split(clip.name, frame))
        done.update(cut.linked(clip.name))
    return edits
