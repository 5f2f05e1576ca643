"""The few moves that all edits of the cut are made of: put, take away, cut through, shift.

They know links and names and keep clips sorted; they check nothing, because `settling` does that
for every edit at its end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import Clip, Cut, Track
from aiprod_studio.story.problems import BadValue


def family(cut: Cut, names: Iterable[str]) -> set[str]:
    """Return the clips and all that are linked with them. Raises a Refusal for unknown names."""
    wanted = set(names)
    links = {clip.link for name in wanted if (clip := cut.find(name)[1]).link}
    return wanted | {clip.name for _, clip in cut.clips() if clip.link in links}


def with_track(cut: Cut, track: Track) -> Cut:
    """Return the cut with a track in place of the one of its name."""
    tracks = (track if each.name == track.name else each for each in cut.tracks)
    return replace(cut, tracks=tuple(tracks))


def with_clips(cut: Cut, changed: Mapping[str, Clip]) -> Cut:
    """Return the cut with clips in place of those of their names; other tracks stay the same."""
    tracks = []
    for track in cut.tracks:
        if any(clip.name in changed for clip in track.clips):
            clips = (changed.get(clip.name, clip) for clip in track.clips)
            track = replace(track, clips=in_order(clips))
        tracks.append(track)
    return replace(cut, tracks=tuple(tracks))


def in_order(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """Return clips in order of time."""
    return tuple(sorted(clips, key=lambda clip: clip.at))


def without_clips(cut: Cut, names: Collection[str]) -> Cut:
    """Return the cut without some clips; where they lay are gaps."""
    tracks = []
    for track in cut.tracks:
        if any(clip.name in names for clip in track.clips):
            kept = tuple(clip for clip in track.clips if clip.name not in names)
            track = replace(track, clips=kept)
        tracks.append(track)
    return replace(cut, tracks=tuple(tracks))


def fresh(cut: Cut, kind: str) -> tuple[Cut, str]:
    """Return a name that nothing in the cut has, and the cut that counts it."""
    used = {clip.name for _, clip in cut.clips()} | {track.name for track in cut.tracks}
    used |= {clip.link for _, clip in cut.clips()}
    serial = cut.serial + 1
    while f"{kind}-{serial}" in used:
        serial += 1
    return replace(cut, serial=serial), f"{kind}-{serial}"


def split(cut: Cut, names: Iterable[str], frame: int) -> Cut:
    """Cut the clips that lie across a frame in two there.

    The later parts are new clips; those whose earlier parts were linked are linked anew.
    """
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        track, clip = cut.find(name)
        if not clip.at < frame < clip.stop:
            continue
        cut, later = fresh(cut, "clip")
        track = _with_halves(cut.track(track.name), clip, later, frame, cut)
        cut = with_track(cut, track)
        if clip.link:
            groups.setdefault(clip.link, []).append(later)
    for laters in groups.values():
        if len(laters) > 1:
            cut = linked(cut, laters)
    return cut


def _with_halves(track: Track, clip: Clip, later: str, frame: int, cut: Cut) -> Track:
    head, tail = frame - clip.at, clip.stop - frame
    first = clip.trimmed(0, tail, cut.rate)
    second = clip.trimmed(head, 0, cut.rate)
    first = replace(first, markers=tuple(mark for mark in clip.markers if mark.at < head))
    marks = tuple(mark for mark in second.markers if mark.at >= 0)
    second = replace(second, name=later, link="", markers=marks)
    clips = in_order([*(each for each in track.clips if each is not clip), first, second])
    outs = (
        replace(each, left=later) if each.left == clip.name else each for each in track.transitions
    )
    return replace(track, clips=clips, transitions=tuple(outs))


def linked(cut: Cut, names: Iterable[str]) -> Cut:
    """Return the cut with clips under one new link."""
    cut, link = fresh(cut, "link")
    return with_clips(cut, {name: replace(cut.find(name)[1], link=link) for name in names})


def split_tracks(cut: Cut, tracks: Iterable[str], frame: int) -> Cut:
    """Cut through what lies across a frame on some tracks."""
    names = (clip.name for name in tracks if (clip := cut.track(name).clip_at(frame)) is not None)
    return split(cut, list(names), frame)


def cleared(cut: Cut, tracks: Collection[str], start: int, stop: int) -> Cut:
    """Return the cut with nothing on some tracks from start to stop."""
    if not 0 <= start < stop:
        why = f"the range {start} to {stop} holds no frame"
        raise Refusal(BadValue("cut", why, "Give a start from 0 on and an end behind it."))
    cut = split_tracks(split_tracks(cut, tracks, start), tracks, stop)
    inside = {
        clip.name
        for name in tracks
        for clip in cut.track(name).clips
        if start <= clip.at and clip.stop <= stop
    }
    return without_clips(cut, inside)


def shifted(cut: Cut, later: Mapping[str, int], by: int, but: Collection[str] = ()) -> Cut:
    """Move clips that begin at or after a frame of their track, and what is linked with them.

    `later` gives the frame by track; clips named in `but` stay.
    """
    starts = {
        clip.name
        for name, frame in later.items()
        for clip in cut.track(name).clips
        if clip.at >= frame and clip.name not in but
    }
    moved = family(cut, starts) - set(but)
    clips = {
        clip.name: replace(clip, at=clip.at + by) for _, clip in cut.clips() if clip.name in moved
    }
    return with_clips(cut, clips) if by else cut
