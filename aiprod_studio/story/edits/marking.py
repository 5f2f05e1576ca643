"""Edits of markers, of the cut or of one clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import Cut, Marker
from aiprod_studio.story.edits.edit import CutEdit
from aiprod_studio.story.edits.laying import with_clips
from aiprod_studio.story.problems import BadValue, NameTaken, NoSuchThing


@dataclass(frozen=True)
class AddMarker(CutEdit):
    """Put a marker on the cut, or on a clip, where frames count from the clip's first."""

    title: ClassVar[str] = "Add marker"
    marker: Marker
    clip: str = ""

    def change(self, cut: Cut) -> Cut:
        marker = self.marker
        if not marker.name or marker.frames < 0 or (marker.at < 0 and not self.clip):
            why = "a marker needs a name, a frame from 0 on and a length of at least 0"
            raise Refusal(BadValue("marker", why, "Change it and add it again."))
        markers = _markers(cut, self.clip)
        if any(each.name == marker.name for each in markers):
            why = f"there is a marker called {marker.name!r} already"
            raise Refusal(NameTaken("marker", why, "Choose another name."))
        ordered = sorted((*markers, marker), key=lambda each: each.at)
        return _with_markers(cut, self.clip, tuple(ordered))


@dataclass(frozen=True)
class RemoveMarker(CutEdit):
    """Take a marker away."""

    title: ClassVar[str] = "Remove marker"
    name: str
    clip: str = ""

    def change(self, cut: Cut) -> Cut:
        markers = _markers(cut, self.clip)
        kept = tuple(each for each in markers if each.name != self.name)
        if len(kept) == len(markers):
            why = f"there is no marker {self.name!r}"
            raise Refusal(NoSuchThing(f"clip {self.clip}" if self.clip else "cut", why))
        return _with_markers(cut, self.clip, kept)


def _markers(cut: Cut, clip: str) -> tuple[Marker, ...]:
    return cut.find(clip)[1].markers if clip else cut.markers


def _with_markers(cut: Cut, clip: str, markers: tuple[Marker, ...]) -> Cut:
    if not clip:
        return replace(cut, markers=markers)
    return with_clips(cut, {clip: replace(cut.find(clip)[1], markers=markers)})
