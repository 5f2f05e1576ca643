"""Drags along the time that stop at what is allowed: ends of clips, cuts, slip and slide.

Each says which edits a move by so many frames makes, which edges snap, and what the viewer shows;
the base measures, snaps and finds the limit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar

from aiprod_studio.story.cut import Clip, Cut
from aiprod_studio.story.edits import CutEdit, Ripple, Roll, Slide, Slip, Trim
from aiprod_studio.story.time import timecode
from aiprod_studio.ui.timeline.model.drafting import Desk, Draft, Pointer, Reach
from aiprod_studio.ui.timeline.model.snapping import Snap, points, snap


def snapped(desk: Desk, edges: tuple[int, ...], by: int, meets: tuple[int, ...]) -> Snap | None:
    """Return what a move by so many frames snaps to, if the desk snaps."""
    if not desk.snapping or not edges:
        return None
    return snap((edge + by for edge in edges), meets, desk.reach / desk.scale.per_frame)


def delta_words(by: int, cut: Cut) -> str:
    """Return a move as words, with its sign."""
    return f"{'-' if by < 0 else '+'}{timecode(abs(by), cut.rate)}"


class Drag(ABC):
    """The base: measures how far the mouse went, in whole frames."""

    title: ClassVar[str] = "Trim clip"

    def __init__(self, desk: Desk, start: Pointer) -> None:
        self.desk, self.start = desk, start
        self._reach = Reach(desk.cut, self.making)
        self._meets: tuple[int, ...] | None = None

    @abstractmethod
    def making(self, by: int) -> tuple[CutEdit, ...]:
        """Return the edits of a move by so many frames."""

    def edges(self) -> tuple[int, ...]:
        """Return the frames that snap, before the move."""
        return ()

    def moving(self) -> frozenset[str]:
        """Return the clips whose own edges are nothing to snap to."""
        return frozenset()

    def shown(self, cut: Cut) -> int | None:
        """Return the frame that the viewer shows, given the cut as it would be."""
        return None

    def move(self, pointer: Pointer) -> Draft:
        """Return what letting go here would do."""
        by = round((pointer.x - self.start.x) / self.desk.scale.per_frame)
        found = snapped(self.desk, self.edges(), by, self.meets) if by else None
        by += found.by if found else 0
        allowed, draft = self._reach.draft(by)
        line = found.at if found and allowed == by else None
        words = delta_words(allowed, draft.cut)
        return replace(draft, title=self.title, line=line, words=words, frame=self.shown(draft.cut))

    @property
    def meets(self) -> tuple[int, ...]:
        """The points to snap to."""
        if self._meets is None:
            others = (self.desk.playhead, *self.desk.marks)
            self._meets = points(self.desk.cut, others, self.moving())
        return self._meets


class ClipDrag(Drag):
    """A drag of one clip."""

    def __init__(self, desk: Desk, start: Pointer, clip: str) -> None:
        super().__init__(desk, start)
        self.clip: Clip = desk.cut.find(clip)[1]

    def moving(self) -> frozenset[str]:
        """Return the clip and those linked with it."""
        return frozenset(self.desk.cut.linked(self.clip.name))


class TrimHead(ClipDrag):
    """Drag the start of a clip; with `ripple` what comes later moves along."""

    def __init__(self, desk: Desk, start: Pointer, clip: str, ripple: bool = False) -> None:
        super().__init__(desk, start, clip)
        self.ripple = ripple

    def making(self, by: int) -> tuple[CutEdit, ...]:
        """Return a trim or a ripple."""
        name = self.clip.name
        return (Ripple(name, head=by),) if self.ripple else (Trim(name, head=by),)

    def edges(self) -> tuple[int, ...]:
        """Return its first frame."""
        return (self.clip.at,)

    def shown(self, cut: Cut) -> int | None:
        """Return its new first frame."""
        return cut.find(self.clip.name)[1].at


class TrimTail(TrimHead):
    """Drag the end of a clip; with `ripple` what comes later moves along."""

    def making(self, by: int) -> tuple[CutEdit, ...]:
        """Return a trim or a ripple."""
        name = self.clip.name
        return (Ripple(name, tail=-by),) if self.ripple else (Trim(name, tail=-by),)

    def edges(self) -> tuple[int, ...]:
        """Return the frame behind it."""
        return (self.clip.stop,)

    def shown(self, cut: Cut) -> int | None:
        """Return its new last frame."""
        return cut.find(self.clip.name)[1].stop - 1


class RollCut(ClipDrag):
    """Drag the cut behind a clip; both clips stay where they are."""

    title = "Roll cut"

    def making(self, by: int) -> tuple[CutEdit, ...]:
        """Return a roll."""
        return (Roll(self.clip.name, by),)

    def edges(self) -> tuple[int, ...]:
        """Return the cut."""
        return (self.clip.stop,)

    def shown(self, cut: Cut) -> int | None:
        """Return the first frame behind the cut."""
        return cut.find(self.clip.name)[1].stop


class SlipClip(ClipDrag):
    """Drag what a clip shows; the picture follows the hand, the clip stays."""

    title = "Slip clip"

    def making(self, by: int) -> tuple[CutEdit, ...]:
        """Return a slip; to the right is earlier in the source."""
        return (Slip(self.clip.name, -by),)

    def shown(self, cut: Cut) -> int | None:
        """Return the clip's first frame."""
        return self.clip.at


class SlideClip(ClipDrag):
    """Drag a clip between its neighbours, which give and take the frames."""

    title = "Slide clip"

    def making(self, by: int) -> tuple[CutEdit, ...]:
        """Return a slide."""
        return (Slide(self.clip.name, by),)

    def edges(self) -> tuple[int, ...]:
        """Return both ends."""
        return (self.clip.at, self.clip.stop)

    def shown(self, cut: Cut) -> int | None:
        """Return its first frame."""
        return cut.find(self.clip.name)[1].at
