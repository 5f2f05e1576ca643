"""Edits of transitions: add one over a cut or at the end of a clip, remove it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import Cut, Transition
from aiprod_studio.story.edits.edit import CutEdit
from aiprod_studio.story.edits.laying import with_track
from aiprod_studio.story.problems import DoesNotMeet, NoSuchThing


@dataclass(frozen=True)
class AddTransition(CutEdit):
    """Let one clip pass into the next, or fade in or out; in place of one that is there."""

    title: ClassVar[str] = "Add transition"
    left: str = ""
    right: str = ""
    before: int = 0
    after: int = 0
    kind: str = "dissolve"

    def change(self, cut: Cut) -> Cut:
        track, _ = cut.find(self.left or self.right)
        new = Transition(self.left, self.right, self.before, self.after, self.kind)
        kept = (
            each for each in track.transitions if (each.left, each.right) != (self.left, self.right)
        )
        return with_track(cut, replace(track, transitions=(*kept, new)))

    def apply(self, state: Cut) -> Cut:
        """Return the cut with the transition. Raises a Refusal when the clips do not meet."""
        after = super().apply(state)
        track, _ = after.find(self.left or self.right)
        if not any((t.left, t.right) == (self.left, self.right) for t in track.transitions):
            why = f"clips {self.left!r} and {self.right!r} are no neighbours on one track"
            remedy = "Put them side by side without a gap first."
            raise Refusal(DoesNotMeet("transition", why, remedy))
        return after


@dataclass(frozen=True)
class RemoveTransition(CutEdit):
    """Make a transition a plain cut again."""

    title: ClassVar[str] = "Remove transition"
    left: str = ""
    right: str = ""

    def change(self, cut: Cut) -> Cut:
        track, _ = cut.find(self.left or self.right)
        kept = tuple(t for t in track.transitions if (t.left, t.right) != (self.left, self.right))
        if len(kept) == len(track.transitions):
            why = f"there is none between {self.left or 'nothing'} and {self.right or 'nothing'}"
            raise Refusal(NoSuchThing("transition", why, "Choose one that is on the track."))
        return with_track(cut, replace(track, transitions=kept))
