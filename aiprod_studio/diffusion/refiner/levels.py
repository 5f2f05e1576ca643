"""Nested levels of frames: which are filled when, and between which that are known.

Each level halves the largest gaps that are left, so that coarse levels lay the motion down and
finer ones follow it. Used by fill and refine alike; knows frames by number only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from aiprod_studio.sdk import Invalid, Refusal


@dataclass(frozen=True)
class Place:
    """A frame to be filled and its known neighbours; None where there is none on that side.

    `earlier` and `later` are the next known frames beyond `before` and `after`.
    """

    frame: int
    before: int | None
    after: int | None
    earlier: int | None = None
    later: int | None = None

    @property
    def share(self) -> float:
        """How far it is from `before` to `after`, in (0, 1); 1 or 0 beyond the outer keyframes."""
        if self.before is None or self.after is None:
            return 1.0 if self.before is None else 0.0
        return (self.frame - self.before) / (self.after - self.before)

    @property
    def distance(self) -> float:
        """How far it is from the nearer of both, 0 at them and 1 in the middle."""
        if self.before is None or self.after is None:
            return 1.0
        return 2 * min(self.share, 1 - self.share)


Level = tuple[Place, ...]


def checked(keys: Sequence[int], frames: int) -> tuple[int, ...]:
    """Return the frames of the keyframes in order.

    Raises:
        Refusal: there is none, one is named twice, or one is not in the film.
    """
    found = tuple(sorted(keys))
    if not found:
        raise _wrong("no keyframe is given", "Give at least one picture.")
    for frame in found:
        if not 0 <= frame < frames:
            why = f"frame {frame} is not in the film, whose frames are 0 to {frames - 1}"
            raise _wrong(why, "Choose one of them, or make the film longer.")
    twice = [frame for frame, following in pairwise(found) if frame == following]
    if twice:
        raise _wrong(f"frame {twice[0]} has two pictures", "Keep one of them.")
    return found


def levels(keys: Sequence[int], frames: int, count: int = 0) -> list[Level]:
    """The frames to fill, level by level, each frame once.

    Args:
        keys: the frames that are given.
        frames: how many frames the film has.
        count: how many levels at most; 0 halves down to neighbouring frames, 1 fills all frames at
            once between the given ones. The last level takes all that is left.

    Raises:
        Refusal: the keyframes do not fit the film, as `checked` says.
    """
    return _nested(list(checked(keys, frames)), range(frames), count)


def within(known: Sequence[int], first: int, last: int, count: int = 0) -> list[Level]:
    """The levels of the frames between two neighbours of `known` (in order) alone.

    The other known frames are what lies beyond: `earlier` and `later` of the places.
    """
    return _nested(list(known), range(first + 1, last), count)


def _nested(known: list[int], wanted: range, count: int) -> list[Level]:
    found: list[Level] = []
    left = [frame for frame in wanted if frame not in set(known)]
    while left:
        last = count > 0 and len(found) == count - 1
        chosen = left if last else _halving(known, left)
        found.append(tuple(place_of(frame, known) for frame in chosen))
        known = sorted((*known, *chosen))
        left = sorted(set(left) - set(chosen))
    return found


def place_of(frame: int, known: Sequence[int]) -> Place:
    """Where a frame stands among the known ones, which are in order."""
    before = [other for other in known if other < frame]
    after = [other for other in known if other > frame]
    between = bool(before and after)
    return Place(
        frame,
        before[-1] if before else None,
        after[0] if after else None,
        before[-2] if between and len(before) > 1 else None,
        after[1] if between and len(after) > 1 else None,
    )


def _halving(known: list[int], left: list[int]) -> list[int]:
    """The middles of the largest gaps, and at once what lies beyond the outer known frames."""
    wanted = set(left)
    outside = [frame for frame in left if frame < known[0] or frame > known[-1]]
    gaps = [(after - before, (before + after) // 2) for before, after in pairwise(known)]
    open_gaps = [(gap, middle) for gap, middle in gaps if gap > 1 and middle in wanted]
    widest = max((gap for gap, _ in open_gaps), default=0)
    return sorted(outside + [middle for gap, middle in open_gaps if 2 * gap > widest])


def _wrong(why: str, remedy: str) -> Refusal:
    return Refusal(Invalid("keyframes", why, remedy))
