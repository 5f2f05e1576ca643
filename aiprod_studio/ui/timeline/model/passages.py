"""Transitions made by one key: as long as asked where the clips reach that far, else shorter.

The workspace's actions and menus call these; the length that was found is in the edits.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.cut import Cut, Track
from aiprod_studio.story.edits import AddTransition, CutEdit
from aiprod_studio.story.problems import DoesNotMeet
from aiprod_studio.ui.timeline.model.drafting import Desk, tried


def usual_frames(rate: Fraction) -> int:
    """Return how long a transition is when nothing else is said: a second."""
    return max(2, round(rate))


def add_passages(desk: Desk, frames: int, kind: str = "dissolve") -> tuple[CutEdit, ...]:
    """Return transitions at both ends of the chosen clips, or at the cut nearest the playhead.

    Raises:
        Refusal: there is no cut, or the clips have no spare frames at all.
    """
    ends = _chosen_ends(desk) or _nearest(desk)
    if not ends:
        why = "there is no cut between two clips here"
        remedy = "Move the playhead to a cut, or choose a clip."
        raise Refusal(DoesNotMeet("transition", why, remedy))
    edits: list[CutEdit] = []
    cut, last = desk.cut, None
    for left, right in ends:
        found, problem = longest(cut, left, right, frames, kind)
        last = problem or last
        if found is not None:
            edits.append(found)
            cut = found.apply(cut)
    if not edits and last is not None:
        raise Refusal(last)
    return tuple(edits)


def longest(
    cut: Cut, left: str, right: str, frames: int, kind: str = "dissolve"
) -> tuple[AddTransition | None, Problem | None]:
    """Return the longest transition up to so many frames that the clips allow, or why none."""
    good, bad, problem = 0, frames + 1, None
    while bad - good > 1:
        middle = frames if bad > frames and good == 0 else (good + bad) // 2
        refused = tried(cut, (_passage(left, right, middle, kind),))[1]
        problem = refused or problem
        good, bad = (middle, bad) if refused is None else (good, middle)
        if good == frames:
            break
    return (_passage(left, right, good, kind) if good else None), problem


def _passage(left: str, right: str, frames: int, kind: str) -> AddTransition:
    before = frames if not right else 0 if not left else frames // 2
    return AddTransition(left, right, before, frames - before, kind)


def _chosen_ends(desk: Desk) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for track, clip in desk.cut.clips():
        if clip.name not in desk.chosen:
            continue
        before, after = track.clip_at(clip.at - 1), track.clip_at(clip.stop)
        found.append((before.name if before else "", clip.name))
        met = after is not None and after.at == clip.stop
        found.append((clip.name, after.name if after is not None and met else ""))
    return list(dict.fromkeys(found))


def _nearest(desk: Desk) -> list[tuple[str, str]]:
    best: tuple[int, str, str] | None = None
    for track in desk.cut.tracks:
        if track.locked or track.kind == "audio":
            continue
        for left, right in _cuts(track, desk.playhead):
            distance = abs(track.by_name[right].at - desk.playhead)
            if best is None or distance < best[0]:
                best = (distance, left, right)
    return [] if best is None else [(best[1], best[2])]


def _cuts(track: Track, frame: int) -> list[tuple[str, str]]:
    index = track.index_at(frame)
    near = track.clips[max(index - 1, 0) : index + 3]
    return [(left.name, right.name) for left, right in pairwise(near) if left.stop == right.at]
