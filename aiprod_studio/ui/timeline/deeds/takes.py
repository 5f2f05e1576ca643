"""What the workspace does with shots and takes: render, switch, rate, compare, open.

`commands` and the menus call it. Comparing changes nothing; everything else is one edit or a job.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aiprod_studio.story.board import Shot
from aiprod_studio.story.cut import Clip
from aiprod_studio.story.edits import RateTake, SetSource
from aiprod_studio.story.edits.laying import with_clips
from aiprod_studio.ui.timeline.model import operations

if TYPE_CHECKING:
    from aiprod_studio.ui.timeline.panels.clip_panel import Chosen
    from aiprod_studio.ui.timeline.workspace import EditWorkspace


class TakeDeeds:
    """What is done with the shots that clips play."""

    def __init__(self, space: EditWorkspace) -> None:
        self.space, self.state, self.editing = space, space.state, space.editing

    def render(self, another: bool) -> None:
        """Render the shots of the chosen clips, or of the clip under the playhead."""
        names = self.shots()
        if names:
            self.space.renders.render(names, another=another)

    def shots(self) -> list[str]:
        """Return the shots of the chosen clips, else of the list, else under the playhead."""
        clips = [self.state.cut.find(name)[1] for name in sorted(self.state.chosen)]
        if not clips and self.space.shots.hasFocus():
            return [shot.name for shot in self.space.shots.chosen()]
        found = operations.at_playhead(self.state.desk())
        if not clips and found is not None:
            clips = [found[1]]
        return list(dict.fromkeys(filter(None, map(self.space.shot_of, clips))))

    def switch(self, way: int) -> None:
        """Let the chosen clip play the next or previous take of its shot."""
        found = self._found()
        if found is None or not found[1].takes:
            return
        clip, shot = found
        names = [take.name for take in shot.takes]
        now = clip.source.take or shot.picked
        place = (names.index(now) + way) % len(names) if now in names else 0
        take = shot.takes[place]
        source = replace(clip.source, take=take.name, span=take.span)
        self.editing.do_story(SetSource(clip.name, source), title="Switch take")

    def rate(self, rating: int) -> None:
        """Rate the take that the chosen clip plays."""
        found = self._found()
        take = found[1].take(found[0].source.take) if found is not None else None
        if take is not None:
            self.editing.do_story(RateTake(take.name, rating))

    def compare(self, take: str) -> None:
        """Compare what the chosen clip plays with another take, by a wipe."""
        found = self._found()
        other = found[1].take(take) if found is not None else None
        if found is None or other is None:
            return
        clip, shot = found
        source = replace(clip.source, take=take, span=other.span)
        cut = with_clips(self.editing.cut(), {clip.name: replace(clip, source=source)})
        if not clip.at <= self.state.playhead < clip.stop:
            self.state.seek(clip.at)
        names = [each.name for each in shot.takes]
        now = clip.source.take or shot.picked
        words = [f"Take {names.index(name) + 1}" if name in names else "" for name in (now, take)]
        self.space.program.compare(self.editing.board(), cut, words[0], words[1])

    def toggle_comparison(self) -> None:
        """Compare with the best other take, or end comparing."""
        if self.space.program.comparing:
            self.space.program.end_compare()
            return
        found = self._found()
        if found is None:
            return
        now = found[0].source.take or found[1].picked
        others = [take for take in found[1].takes if take.name != now]
        if others:
            self.compare(max(others, key=lambda take: take.rating).name)
        else:
            self.editing.said.emit("This shot has no other take; render another to compare.")

    def open_clip(self, name: str) -> None:
        """Open what a clip plays: a title's text, a shot's graph."""
        _, clip = self.state.cut.find(name)
        if clip.source.kind == "title":
            self.space.panel.values.text.setFocus()
            self.space.panel.values.text.selectAll()
        elif self.space.shot_of(clip):
            self.space.graph_wanted.emit(clip.source.name)

    def open_chosen(self) -> None:
        """Open what the chosen clip plays."""
        chosen: Chosen | None = self.space.chosen()
        if chosen is not None:
            self.open_clip(chosen.clip.name)

    def _found(self) -> tuple[Clip, Shot] | None:
        """Return the chosen clip and its shot; without one, those under the playhead."""
        chosen = self.space.chosen()
        if chosen is None and not self.state.chosen:
            under = operations.at_playhead(self.state.desk())
            clip = under[1] if under is not None else None
        else:
            clip = chosen.clip if chosen is not None else None
        shot = self.state.strips.shots.get(self.space.shot_of(clip)) if clip is not None else None
        return (clip, shot) if clip is not None and shot is not None else None
