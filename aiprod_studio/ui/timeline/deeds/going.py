"""Where the playhead goes and what is marked, by keys: steps, jumps, in and out.

Nothing here changes the film.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiprod_studio.ui.timeline.model import operations

if TYPE_CHECKING:
    from aiprod_studio.ui.footage.program import Program
    from aiprod_studio.ui.timeline.state import State


class Going:
    """The playhead, in and out, and what is chosen by them."""

    def __init__(self, state: State, program: Program) -> None:
        self.state, self.program = state, program

    def jump(self, forward: bool) -> None:
        """Go to the next or previous cut."""
        find = operations.next_junction if forward else operations.previous_junction
        self._go(find(self.state.cut, self.state.playhead))

    def jump_marker(self, forward: bool) -> None:
        """Go to the next or previous marker."""
        self._go(operations.next_marker(self.state.cut, self.state.playhead, forward))

    def step(self, frames: int) -> None:
        """Go some frames on."""
        self._go(self.state.playhead + frames)

    def step_second(self, way: int) -> None:
        """Go a second on or back."""
        self.step(way * max(1, round(self.state.cut.rate)))

    def to_start(self) -> None:
        """Go to the first frame."""
        self._go(0)

    def to_end(self) -> None:
        """Go behind the last frame."""
        self._go(self.state.cut.frames)

    def _go(self, frame: int) -> None:
        self.program.player.pause()
        self.state.seek(max(frame, 0))

    def mark_in(self) -> None:
        """Let the marked span begin at the playhead."""
        self.state.mark(self.state.playhead, self.state.stop)

    def mark_out(self) -> None:
        """Let the marked span end with the playhead's frame."""
        start = self.state.start
        stop = self.state.playhead + 1
        self.state.mark(start if start is not None and start < stop else None, stop)

    def mark_chosen(self) -> None:
        """Mark the span of the chosen clips, or of the clip under the playhead."""
        clips = [self.state.cut.find(name)[1] for name in self.state.chosen]
        found = operations.at_playhead(self.state.desk())
        if not clips and found is not None:
            clips = [found[1]]
        if clips:
            self.state.mark(min(c.at for c in clips), max(c.stop for c in clips))

    def unmark(self) -> None:
        """Forget in and out."""
        self.state.mark(None, None)

    def play_span(self) -> None:
        """Play from in to out, again and again while the loop is on."""
        span = self.state.span
        player = self.program.player
        if span is not None and player.source is not None:
            player.set_range(span[0], span[1] - 1)
            player.seek(span[0])
            player.play()

    def choose_all(self) -> None:
        """Choose every clip."""
        self.state.choose(clip.name for _, clip in self.state.cut.clips())

    def choose_under_playhead(self) -> None:
        """Choose the clip under the playhead."""
        found = operations.at_playhead(self.state.desk())
        if found is not None:
            self.state.choose(self.state.cut.linked(found[1].name))

    def choose_later(self) -> None:
        """Choose everything that begins at or after the playhead."""
        at = self.state.playhead
        self.state.choose(clip.name for _, clip in self.state.cut.clips() if clip.at >= at)
