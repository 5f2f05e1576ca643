"""Dragging the ends of a transition, and markers of the cut."""

from __future__ import annotations

from dataclasses import replace

from aiprod_studio.story.cut import Cut, Marker, Transition
from aiprod_studio.story.edits import AddMarker, AddTransition, CutEdit, RemoveMarker
from aiprod_studio.story.time import timecode
from aiprod_studio.ui.timeline.model.drafting import Desk, Draft, Pointer
from aiprod_studio.ui.timeline.model.gestures.dragging import Drag
from aiprod_studio.ui.timeline.model.hitting import Hit


class StretchPassage(Drag):
    """Drag an end of a transition; both ends go, or with Alt only the one that is held."""

    title = "Change transition"

    def __init__(self, desk: Desk, start: Pointer, hit: Hit) -> None:
        super().__init__(desk, start)
        track = desk.cut.track(hit.track)
        self.track = track.name
        self.outwards = -1 if hit.part == "passage_start" else 1
        self.alone = start.alt
        self.passage = next(
            each for each in track.transitions if (each.left, each.right) == (hit.clip, hit.other)
        )

    def making(self, by: int) -> tuple[CutEdit, ...]:
        """Return the transition with its new lengths."""
        more = by * self.outwards
        old = self.passage
        before, after = old.before, old.after
        if old.left and (not self.alone or self.outwards < 0):
            before = max(before + more, 0)
        if old.right and (not self.alone or self.outwards > 0):
            after = max(after + more, 0)
        return (AddTransition(old.left, old.right, before, after, old.kind),)

    def move(self, pointer: Pointer) -> Draft:
        """Return what letting go here would do, with the length as words."""
        draft = super().move(pointer)
        now = self._now(draft.cut)
        words = f"{timecode(now.frames, draft.cut.rate)} long" if now else ""
        return replace(draft, words=words)

    def _now(self, cut: Cut) -> Transition | None:
        key = (self.passage.left, self.passage.right)
        return next(
            (each for each in cut.track(self.track).transitions if (each.left, each.right) == key),
            None,
        )


class MoveMarker(Drag):
    """Drag a marker of the cut along the ruler."""

    title = "Move marker"

    def __init__(self, desk: Desk, start: Pointer, marker: Marker) -> None:
        super().__init__(desk, start)
        self.marker = marker

    def making(self, by: int) -> tuple[CutEdit, ...]:
        """Return the marker taken away and put elsewhere."""
        moved = replace(self.marker, at=self.marker.at + by)
        return (RemoveMarker(self.marker.name), AddMarker(moved))

    def edges(self) -> tuple[int, ...]:
        """Return where it is."""
        return (self.marker.at,)

    def shown(self, cut: Cut) -> int | None:
        """Return where it would be."""
        found = (each.at for each in cut.markers if each.name == self.marker.name)
        return next(found, None)
