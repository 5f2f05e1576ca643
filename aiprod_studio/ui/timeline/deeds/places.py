"""What the workspace does with places on the timeline: gaps, spans, transitions, markers, zoom.

`commands` and the menus call it; what changes the film is one edit each.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiprod_studio.story.edits import RemoveTransition
from aiprod_studio.ui.timeline.tracks.marker_box import MarkerBox

if TYPE_CHECKING:
    from aiprod_studio.ui.timeline.workspace import EditWorkspace


class PlaceDeeds:
    """What is done with places on the timeline."""

    def __init__(self, space: EditWorkspace) -> None:
        self.space, self.state, self.editing = space, space.state, space.editing

    def choose_gap(self) -> None:
        """Choose the gap at the playhead on the target track."""
        track = self.state.target("video")
        gap = self.state.cut.track(track).gap_at(self.state.playhead) if track else None
        if gap is not None:
            self.state.choose_gap((track, *gap))

    def add_title(self) -> None:
        """Put a title at the playhead; what is typed next is its text."""
        name = self.space.laying.add_title()
        if name:
            self.space.takes.open_clip(name)

    def remove_passages(self) -> None:
        """Take the transitions off the chosen clips' ends."""
        names = self.state.chosen
        edits = [
            RemoveTransition(passage.left, passage.right)
            for track in self.state.cut.tracks
            for passage in track.transitions
            if passage.left in names or passage.right in names
        ]
        if edits:
            self.editing.do_story(*edits, title="Remove transitions")

    def edit_marker(self, name: str = "") -> None:
        """Open a marker's box; without a name that of the one at the playhead, made if missing."""
        if not name:
            at = self.state.playhead
            if not any(mark.at == at for mark in self.state.cut.markers):
                self.space.deeds.toggle_marker()
            name = next((m.name for m in self.state.cut.markers if m.at == at), "")
        found = next((m for m in self.state.cut.markers if m.name == name), None)
        if found is not None:
            box = MarkerBox(found, self.state.cut, self.space)
            box.wanted.connect(partial(self.editing.do_story, title="Change marker"))
            box.removed.connect(self.editing.do_story)
            box.open_at(self.space.view.ruler, round(self.state.scale.x(found.at)))

    def zoom_chosen(self) -> None:
        """Show the chosen clips as large as they fit."""
        clips = [self.state.cut.find(name)[1] for name in self.state.chosen]
        if clips:
            start, stop = min(c.at for c in clips), max(c.stop for c in clips)
            self.state.look(self.state.scale.spanning(start, stop, self.state.width))

    def type_time(self) -> None:
        """Put the keyboard into the time field."""
        self.space.view.time.setFocus()
        self.space.view.time.selectAll()
