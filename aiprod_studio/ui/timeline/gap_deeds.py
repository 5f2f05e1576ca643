"""Places of the timeline that a model fills: a gap by a new shot, a span of a clip by a new take.

The application makes the edits and the graphs, in a worker because films are read; here they become
one undo step and a job in the queue.
"""

from __future__ import annotations

import math
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

Span = tuple[int, int]


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
        try:
            clip, (start, stop) = self._span()
        except Refusal as refusal:
            self._refuse(refusal.problems[0])
            return
        text, specs = dumps(self.editing.document), self.editing.specs
        board, ground = self.editing.board(), self.space.renders.ground()
        shot, take = clip.source.name, clip.source.take

        def freeze() -> filming.Frozen:
            document = read(text, specs)
            return filming.freeze_span(document, board, shot, ground, start, stop, take=take)

        self.editing.studio.later(freeze, self.space.renders.add, self._refuse, owner=self.space)

    def _span(self) -> tuple[Clip, Span]:
        """Return the clip and the marked frames of its shot, at the board's rate."""
        span, chosen = self.state.span, self.space.chosen()
        under = operations.at_playhead(self.state.desk())
        clip = chosen.clip if chosen is not None else under[1] if under is not None else None
        if span is None or clip is None:
            why = "a retake needs in and out marked over a clip"
            raise Refusal(BadValue("retake", why, "Mark them with I and O, and choose the clip."))
        start, stop = max(span[0], clip.at), min(span[1], clip.stop)
        if start >= stop or not self.space.shot_of(clip):
            why = "no part of a clip that plays a shot lies between in and out"
            raise Refusal(BadValue("retake", why, "Mark a span of a shot's clip."))
        rate, own = self.state.cut.rate, self.editing.board().rate
        first, last = (clip.source_time(frame, rate).to(own).value for frame in (start, stop))
        return clip, (math.floor(first), math.ceil(last))

    def _choose(self, shot: str) -> None:
        clips = (clip for _, clip in self.state.cut.clips() if clip.source.name == shot)
        self.state.choose(clip.name for clip in clips)

    def _refuse(self, problem: Problem) -> None:
        self.editing.refused.emit(problem)
