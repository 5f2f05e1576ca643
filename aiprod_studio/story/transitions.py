"""Whether a transition fits: it needs a cut between two clips, and frames of both to pass over.

Edits ask before they leave a transition behind, and opening a file asks of every one it finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from aiprod_studio.sdk import Problem
from aiprod_studio.story.cut import Clip, Track, Transition
from aiprod_studio.story.problems import BadValue, DoesNotMeet, TransitionTooLong, counted

KINDS = ("dissolve", "dip", "wipe", "push")
"""What a passage may look like: a cross-fade, through black, or one side moving over the other.

Kinds of other programs are kept and look like dissolves.
"""

SHORTEN = "Make the transition shorter, trim the clip, or render the shot with longer handles."


def meets(track: Track, transition: Transition) -> bool:
    """Say whether the clips it names are there, and neighbours if there are two."""
    left, right = track.clip(transition.left), track.clip(transition.right)
    if transition.left and transition.right:
        return left is not None and right is not None and left.stop == right.at
    return left is not None or right is not None


def in_order(track: Track, transitions: Iterable[Transition]) -> tuple[Transition, ...]:
    """Return transitions of a track in order of time, fades out ahead of fades in."""
    clips = {clip.name: clip for clip in track.clips}

    def place(transition: Transition) -> tuple[int, bool]:
        if transition.left in clips:
            return clips[transition.left].stop, False
        return (clips[transition.right].at if transition.right in clips else 0), True

    return tuple(sorted(transitions, key=place))


def why_not(track: Track, transition: Transition, rate: Fraction) -> Problem | None:
    """Return why a transition of the track cannot be, or None."""
    where = f"transition on {track.name}"
    if transition.frames < 1:
        return BadValue(where, "it lasts no frame", "Give it at least one.")
    if not meets(track, transition):
        why = f"{transition.left or 'nothing'} and {transition.right or 'nothing'} do not meet"
        return DoesNotMeet(where, why, "Put the two clips side by side first.")
    beyond_left = transition.before and not transition.left
    if beyond_left or (transition.after and not transition.right):
        why = "a fade cannot reach beyond the clip it fades"
        return BadValue(where, why, "Give a fade in no `before`, and a fade out no `after`.")
    if _has_rival(track, transition):
        return DoesNotMeet(where, "this cut has a transition already", "Remove that one first.")
    return _why_too_long(where, track, transition, rate)


def _has_rival(track: Track, transition: Transition) -> bool:
    """Say whether a later transition of the track lies on the same end of a clip."""
    out, into = track.out_of.get(transition.left), track.into.get(transition.right)
    return any(other is not None and other is not transition for other in (out, into))


def _why_too_long(
    where: str, track: Track, transition: Transition, rate: Fraction
) -> Problem | None:
    for name in (transition.left, transition.right):
        clip = track.clip(name)
        if clip is None:
            continue
        inside = _inside(track, name)
        if inside > clip.frames:
            has = counted(clip.frames, "frame")
            why = f"clip {name!r} has {has}, and its transitions need {inside}"
            return TransitionTooLong(where, why, SHORTEN)
        missing = _missing(clip, transition, rate)
        if missing:
            why = f"the source of clip {name!r} {missing}"
            return TransitionTooLong(where, why, SHORTEN)
    return None


def _inside(track: Track, name: str) -> int:
    """Return how many frames of the clip itself its transitions pass over."""
    into, out = track.into.get(name), track.out_of.get(name)
    return (into.after if into else 0) + (out.before if out else 0)


def _missing(clip: Clip, transition: Transition, rate: Fraction) -> str:
    span = clip.source.span
    if span is None:
        return ""
    before = transition.before if transition.right == clip.name else 0
    after = transition.after if transition.left == clip.name else 0
    if before and clip.used(rate, before=before).start < span.start:
        return f"has fewer than {counted(before, 'frame')} ahead of the clip"
    if after and clip.used(rate, after=after).stop > span.stop:
        return f"has fewer than {counted(after, 'frame')} behind the clip"
    return ""
