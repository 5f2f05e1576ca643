"""Dragging chosen clips along the time and over tracks: over others, between them, or as copies.

Without a key the clips replace what they land on; with Ctrl the rest makes room for them; with Alt
copies are laid and the clips stay. Links, names and transitions among the moved clips are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aiprod_studio.story.cut import Clip, Cut, Transition
from aiprod_studio.story.edits import (
    AddTransition,
    CutEdit,
    Extract,
    Insert,
    Lift,
    Move,
    Overwrite,
)
from aiprod_studio.ui.timeline.model.drafting import Desk, Draft, Pointer, tried
from aiprod_studio.ui.timeline.model.gestures.dragging import delta_words, snapped
from aiprod_studio.ui.timeline.model.rows import Rows
from aiprod_studio.ui.timeline.model.snapping import points


@dataclass(frozen=True)
class Moved:
    """A clip on its way: from a track and a frame to others."""

    clip: Clip
    track: str
    to: str
    at: int


class MoveClips:
    """The gesture: `grabbed` is the clip under the mouse, the others are chosen too."""

    def __init__(self, desk: Desk, start: Pointer, grabbed: str) -> None:
        self.desk, self.start = desk, start
        chosen = desk.chosen if grabbed in desk.chosen else frozenset({grabbed})
        self.names = _families(desk.cut, chosen)
        self.track, self.grabbed = desk.cut.find(grabbed)
        self._meets = points(desk.cut, (desk.playhead, *desk.marks), self.names)
        self._least = min(desk.cut.find(name)[1].at for name in self.names)

    def move(self, pointer: Pointer) -> Draft:
        """Return what letting go here would do."""
        cut, scale = self.desk.cut, self.desk.scale
        by = max(round((pointer.x - self.start.x) / scale.per_frame), -self._least)
        found = snapped(self.desk, (self.grabbed.at, self.grabbed.stop), by, self._meets)
        if found is not None and by + found.by >= -self._least:
            by += found.by
        else:
            found = None
        steps = self._steps(pointer)
        if not by and not steps:
            return Draft(cut, words="")
        edits = self._edits(by, steps, pointer)
        after, problem = tried(cut, edits)
        return Draft(
            after,
            () if problem else edits,
            title="Copy clips" if pointer.alt else "Move clips",
            line=found.at if found else None,
            words=delta_words(by, cut),
            problem=problem,
        )

    def _steps(self, pointer: Pointer) -> int:
        row = self.desk.rows.at(pointer.y)
        return self.desk.rows.steps(self.track.name, row.track) if row is not None else 0

    def _edits(self, by: int, steps: int, pointer: Pointer) -> tuple[CutEdit, ...]:
        moved = self._moved(by, steps)
        if pointer.alt:
            return tuple(_copies(self.desk.cut, moved))
        if pointer.ctrl and len({each.clip.at for each in moved}) == 1:
            return tuple(_between(moved))
        if not steps and len(_leaders(self.desk.cut, moved)) == 1:
            alone = (Move(self.grabbed.name, self.grabbed.at + by),)
            if tried(self.desk.cut, alone)[1] is None:
                return alone
        return tuple(over(self.desk.cut, moved, self.desk.rows))

    def _moved(self, by: int, steps: int) -> list[Moved]:
        found = []
        for track, clip in self.desk.cut.clips():
            if clip.name not in self.names:
                continue
            goes = track.kind == self.track.kind
            to = self.desk.rows.away(track.name, steps) if goes else track.name
            found.append(Moved(clip, track.name, to, clip.at + by))
        return found


def over(cut: Cut, moved: list[Moved], rows: Rows) -> Iterator[CutEdit]:
    """Yield the edits that move clips in place of what lies there.

    They go behind the end of the film first, so that they never meet on the way, and come back
    when room is made.
    """
    far = cut.frames + max(each.at for each in moved) + 1
    leaders = _leaders(cut, moved)
    yield from (Move(each.clip.name, each.clip.at + far) for each in leaders)
    down = sum(rows.steps(each.track, each.to) for each in moved) > 0
    places = {row.track: number for number, row in enumerate(rows.rows)}
    for each in sorted(moved, key=lambda each: places.get(each.track, 0), reverse=down):
        if each.to != each.track:
            yield Move(each.clip.name, each.clip.at + far, each.to)
    for each in moved:
        yield Lift((each.to,), each.at, each.at + each.clip.frames)
    yield from (Move(each.clip.name, each.at) for each in leaders)
    yield from (
        AddTransition(kept.left, kept.right, kept.before, kept.after, kept.kind)
        for kept in _passages(cut, moved)
    )


def _passages(cut: Cut, moved: list[Moved]) -> Iterator[Transition]:
    """Yield the transitions between two clips that move, and those alone at the end of one."""
    to = {each.clip.name: each.to for each in moved}
    for track in cut.tracks:
        for passage in track.transitions:
            names = [name for name in (passage.left, passage.right) if name]
            if all(name in to for name in names) and len({to[name] for name in names}) == 1:
                yield passage


def _leaders(cut: Cut, moved: list[Moved]) -> list[Moved]:
    """Return one clip of each link, because the others go along."""
    seen: set[str] = set()
    found = []
    for each in moved:
        if not each.clip.link or each.clip.link not in seen:
            found.append(each)
        seen.add(each.clip.link)
    return found


def _copies(cut: Cut, moved: list[Moved]) -> Iterator[CutEdit]:
    groups: dict[tuple[str, int], list[Moved]] = {}
    for each in moved:
        groups.setdefault((each.clip.link or each.clip.name, each.at), []).append(each)
    for (_, at), group in groups.items():
        yield Overwrite(tuple((each.to, replace(each.clip, name="")) for each in group), at)


def _between(moved: list[Moved]) -> Iterator[CutEdit]:
    """Yield the edits that take clips out, close the gap, and make room at the new place."""
    tracks = tuple(sorted({each.track for each in moved}))
    start = moved[0].clip.at
    frames = max(each.clip.frames for each in moved)
    at = moved[0].at
    yield Extract(tracks, start, start + frames)
    at = max(at - frames, start) if at > start else at
    yield Insert(tuple((each.to, each.clip) for each in moved), at)


def _families(cut: Cut, names: frozenset[str]) -> frozenset[str]:
    return frozenset(member for name in names for member in cut.linked(name))
