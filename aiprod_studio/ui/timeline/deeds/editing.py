"""Edits of what is chosen, by keys, buttons and menus.

Each deed asks the model for edits and the document to do them as one step; what is not allowed is
told as the sentence of its refusal. The list of actions is in `commands`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.edits import SetSpeed
from aiprod_studio.story.problems import BadValue
from aiprod_studio.ui.timeline.model import copying, operations, passages
from aiprod_studio.ui.timeline.model.drafting import Desk

if TYPE_CHECKING:
    from aiprod_studio.ui.editing import Editing
    from aiprod_studio.ui.timeline.state import State

SPEEDS = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2), Fraction(4))


class Deeds:
    """Does edits as one step each, and tells refusals."""

    def __init__(self, editing: Editing, state: State) -> None:
        self.editing, self.state = editing, state
        self.copied = copying.Copied()

    def do(self, make: Callable[[], operations.Edits], title: str = "") -> bool:
        """Do the edits that a function makes, as one step; tell a refusal."""
        try:
            edits = make()
        except Refusal as refusal:
            self.refuse(refusal.problems[0])
            return False
        return bool(edits) and self.editing.do_story(*edits, title=title or edits[0].title)

    def cut(self, everything: bool = False) -> None:
        """Cut at the playhead."""
        self.do(lambda: operations.cut_through(self.state.desk(), everything), "Cut")

    def remove(self) -> None:
        """Take away what is chosen; a gap stays."""
        self.do(lambda: operations.remove(self.state.desk()))

    def ripple_remove(self) -> None:
        """Take away what is chosen and close the gap; of a gap, close it."""
        gap = self.state.gap
        if gap is not None:
            self.do(lambda: operations.close_gap(*gap), "Close gap")
        else:
            self.do(lambda: operations.ripple_remove(self.state.desk()), "Ripple delete")

    def copy(self) -> None:
        """Remember the chosen clips."""
        self.copied = copying.copied(self.state.desk())
        self.editing.said.emit(f"Copied {self.copied.words}")

    def cut_away(self) -> None:
        """Remember the chosen clips and take them away; a gap stays."""
        self.copied = copying.copied(self.state.desk())
        self.do(lambda: operations.remove(self.state.desk()), f"Cut {self.copied.words}")

    def paste(self) -> None:
        """Put what was copied at the playhead, over what lies there, and go behind it."""
        what, at, before = self.copied, self.state.playhead, self.state.names()
        targets = self.state.targets
        make = partial(copying.pasted, self.state.cut, what, at, targets)
        if what.clips and self.do(make, f"Paste {what.words}"):
            self.state.choose(self.state.names() - before)
            self.state.seek(at + what.frames)

    def lift(self, extract: bool = False) -> None:
        """Take away what lies between in and out."""
        span = self.state.span
        if span is None:
            why = "neither in nor out is marked"
            self.refuse(BadValue("timeline", why, "Mark them with I and O."))
            return
        deed = operations.extract if extract else operations.lift
        if self.do(lambda: deed(self.state.desk(), *span)) and extract:
            self.state.mark(None, None)
            self.state.seek(span[0])

    def nudge(self, by: int) -> None:
        """Move what is chosen by some frames."""
        self.do(lambda: operations.nudge(self.state.desk(), by), "Nudge clips")

    def trim(self, side: str, ripple: bool = False) -> None:
        """Bring an end of the clip under the playhead to the playhead."""
        self.do(lambda: operations.trim_to_playhead(self.state.desk(), side, ripple))

    def toggle_link(self) -> None:
        """Link what is chosen, or unlink it."""
        self._needing("link", operations.toggle_link)

    def toggle_lock(self) -> None:
        """Lock the chosen clips, or unlock them."""
        self._needing("lock", operations.toggle_lock)

    def _needing(self, what: str, make: Callable[[Desk], operations.Edits]) -> None:
        def edits() -> operations.Edits:
            operations.needs(self.state.chosen, what)
            return make(self.state.desk())

        self.do(edits)

    def set_speed(self, speed: Fraction) -> None:
        """Play the chosen clips at a speed."""
        names = self._families()
        self.do(lambda: tuple(SetSpeed(name, speed) for name in names), "Change speed")

    def add_passages(self) -> None:
        """Add dissolves at the chosen clips' ends, or at the cut nearest the playhead."""
        frames = passages.usual_frames(self.state.cut.rate)
        self.do(lambda: passages.add_passages(self.state.desk(), frames), "Add transition")

    def toggle_marker(self) -> None:
        """Put a marker at the playhead, or take it away."""
        self.do(lambda: operations.toggle_marker(self.state.desk()))

    def _families(self) -> list[str]:
        """Return one clip of each chosen link."""
        seen: set[str] = set()
        found = []
        for name in sorted(self.state.chosen):
            if name not in seen:
                found.append(name)
                seen |= set(self.state.cut.linked(name))
        return found

    def refuse(self, problem: Problem) -> None:
        """Tell why something is not done, in the artist's words."""
        self.editing.refused.emit(self.state.worded(problem))
