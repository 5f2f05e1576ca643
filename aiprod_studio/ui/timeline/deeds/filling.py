"""Places of the timeline that a model fills: a gap by a new shot, a span of a clip by a new take.

`app.film` decides which frames and makes the edits and the graphs, the same as without a window;
here they are made in a worker, because films are read, and become an undo step and a job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiprod_studio.app.film import filming
from aiprod_studio.graph import dumps
from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.cut import Clip
from aiprod_studio.story.problems import BadValue, NoSuchThing
from aiprod_studio.ui.footage.renders import read
from aiprod_studio.ui.loading import load_media
from aiprod_studio.ui.timeline.model import operations

if TYPE_CHECKING:
    from aiprod_studio.ui.timeline.workspace import EditWorkspace


class GapDeeds:
    """What fills places of the timeline."""

    def __init__(self, space: EditWorkspace) -> None:
        self.space, self.state, self.editing = space, space.state, space.editing

    def fill(self) -> None:
        """Fill the chosen gap, or the one at the playhead, with a shot between its neighbours."""
        if self.state.gap is None:
            self.space.places.choose_gap()
        gap = self.state.gap
        if gap is None:
            why = "there is no gap here between two clips"
            self._refuse(NoSuchThing("timeline", why, "Click the gap that shall be filled."))
            return
        board, cut, ground = self.editing.board(), self.editing.cut(), self.space.renders.ground()

        def fill() -> filming.Filling:
            load_media()
            return filming.fill_gap(board, cut, ground, gap[0], gap[1])

        def add(filling: filming.Filling) -> None:
            if (board, cut) != (self.editing.board(), self.editing.cut()):
                why = "the film was changed meanwhile"
                self._refuse(BadValue("timeline", why, "Fill the gap again."))
            elif self.editing.do_story(*filling.edits, title="Fill gap"):
                self._choose(filling.shot)
                self.space.renders.render([filling.shot])

        self.editing.studio.later(fill, add, self._refuse, owner=self.space)

    def retake(self) -> None:
        """Render what lies between in and out anew, in the chosen clip or under the playhead."""
        clip, marked = self._clip(), self.state.span
        if clip is None or marked is None:
            why = "a retake needs in and out marked over a clip"
            self._refuse(BadValue("retake", why, "Mark them with I and O, and choose the clip."))
            return
        board, source = self.editing.board(), clip.source
        try:
            start, stop = filming.marked_span(board, self.editing.cut(), clip, *marked)
        except Refusal as refusal:
            self._refuse(refusal.problems[0])
            return
        text, specs = dumps(self.editing.document), self.editing.specs
        ground = self.space.renders.ground()

        def freeze() -> filming.Frozen:
            document = read(text, specs)
            return filming.freeze_span(
                document, board, source.name, ground, start, stop, take=source.take
            )

        self.editing.studio.later(freeze, self.space.renders.add, self._refuse, owner=self.space)

    def _clip(self) -> Clip | None:
        """Return the chosen clip, else the one under the playhead; the one that is marked first."""
        chosen, under = self.space.chosen(), operations.at_playhead(self.state.desk())
        found = [clip for clip in (chosen and chosen.clip, under and under[1]) if clip]
        start, stop = self.state.span or (0, 0)
        marked = (clip for clip in found if clip.at < stop and clip.stop > start)
        return next(marked, found[0] if found else None)

    def _choose(self, shot: str) -> None:
        clips = (clip for _, clip in self.state.cut.clips() if clip.source.name == shot)
        self.state.choose(clip.name for clip in clips)

    def _refuse(self, problem: Problem) -> None:
        self.editing.refused.emit(problem)
