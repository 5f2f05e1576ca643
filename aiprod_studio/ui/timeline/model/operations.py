"""What the keys of the timeline do: edits made from what is chosen, the playhead, in and out.

Each function takes a desk and returns edits for one undo step; empty means that there is nothing
to do, and a Refusal says why not. The actions of the workspace call them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import Clip, Cut, Marker, Track
from aiprod_studio.story.edits import (
    AddMarker,
    CutEdit,
    Extract,
    Lift,
    Link,
    LockClip,
    Remove,
    RemoveMarker,
    Ripple,
    Trim,
    Unlink,
)
from aiprod_studio.story.problems import BadValue
from aiprod_studio.ui.timeline.model.drafting import Desk, applied
from aiprod_studio.ui.timeline.model.gestures.choosing import splits
from aiprod_studio.ui.timeline.model.gestures.moving import Moved, over

Edits = tuple[CutEdit, ...]
MARKERS = ("blue", "green", "yellow", "red", "purple")


def at_playhead(desk: Desk) -> tuple[Track, Clip] | None:
    """Return the clip that keys act on: the chosen one under the playhead, else the topmost."""
    under = [
        (track, clip)
        for track in desk.cut.tracks
        if (clip := track.clip_at(desk.playhead)) is not None
    ]
    chosen = [pair for pair in under if pair[1].name in desk.chosen]
    seen = [pair for pair in under if pair[0].kind != "audio" and not pair[0].off]
    return next(iter(chosen[::-1] or seen[::-1] or under), None)


def cut_through(desk: Desk, everything: bool = False) -> Edits:
    """Cut chosen clips at the playhead, or all when none of the chosen lies there."""
    some = splits(desk.cut, desk.playhead, _families(desk)) if desk.chosen else []
    if some and not everything:
        return tuple(some)
    return tuple(splits(desk.cut, desk.playhead))


def remove(desk: Desk) -> Edits:
    """Take the chosen clips away; gaps stay."""
    return (Remove(tuple(sorted(desk.chosen))),) if desk.chosen else ()


def ripple_remove(desk: Desk) -> Edits:
    """Take the chosen clips away and close their gaps, the last first."""
    families = {tuple(sorted(desk.cut.linked(name))) for name in desk.chosen}
    edits: list[CutEdit] = []
    places = [[desk.cut.find(name) for name in family] for family in families]
    for members in sorted(places, key=lambda found: -found[0][1].at):
        spans = {(clip.at, clip.stop) for _, clip in members}
        if len(spans) == 1:
            (start, stop), tracks = spans.pop(), tuple(track.name for track, _ in members)
            edits.append(Extract(tracks, start, stop))
        else:
            edits.append(Remove((members[0][1].name,)))
    return tuple(edits)


def close_gap(track: str, start: int, stop: int) -> Edits:
    """Close a gap of a track; what comes later moves along."""
    return (Extract((track,), start, stop),)


def lift(desk: Desk, start: int, stop: int) -> Edits:
    """Take away what lies between in and out on the tracks that are not locked."""
    return (Lift(_open_tracks(desk.cut), start, stop),)


def extract(desk: Desk, start: int, stop: int) -> Edits:
    """Take away what lies between in and out, and close the gap."""
    return (Extract(_open_tracks(desk.cut), start, stop),)


def nudge(desk: Desk, by: int) -> Edits:
    """Move the chosen clips by some frames, over what lies there."""
    names = _families(desk)
    moved = [
        Moved(clip, track.name, track.name, clip.at + by)
        for track, clip in desk.cut.clips()
        if clip.name in names
    ]
    if not moved or min(each.at for each in moved) < 0:
        return ()
    return tuple(over(desk.cut, moved, desk.rows))


def trim_to_playhead(desk: Desk, side: str, ripple: bool) -> Edits:
    """Bring the head or tail of the clip under the playhead to the playhead."""
    found = at_playhead(desk)
    if found is None:
        return ()
    clip = found[1]
    by = desk.playhead - clip.at if side == "head" else clip.stop - desk.playhead
    if not 0 < by < clip.frames:
        return ()
    head, tail = (by, 0) if side == "head" else (0, by)
    return (Ripple(clip.name, head, tail) if ripple else Trim(clip.name, head, tail),)


def toggle_link(desk: Desk) -> Edits:
    """Unlink the chosen clips if any is linked, else link them."""
    linked = {clip.link: name for name in desk.chosen if (clip := desk.cut.find(name)[1]).link}
    if linked:
        return tuple(Unlink(name) for name in sorted(linked.values()))
    return (Link(tuple(sorted(desk.chosen))),)


def toggle_lock(desk: Desk) -> Edits:
    """Lock the chosen clips, or unlock them if all are locked."""
    clips = [desk.cut.find(name)[1] for name in sorted(desk.chosen)]
    lock = not all(clip.locked for clip in clips)
    return tuple(LockClip(clip.name, lock) for clip in clips if clip.locked != lock)


def toggle_marker(desk: Desk) -> Edits:
    """Put a marker at the playhead, or take the one that is there away."""
    there = [mark for mark in desk.cut.markers if mark.at == desk.playhead]
    if there:
        return tuple(RemoveMarker(mark.name) for mark in there)
    name = free_marker(desk.cut)
    colour = MARKERS[len(desk.cut.markers) % len(MARKERS)]
    return (AddMarker(Marker(name, desk.playhead, colour=colour)),)


def free_marker(cut: Cut) -> str:
    """Return a name for a new marker."""
    used = {mark.name for mark in cut.markers}
    number = len(used) + 1
    while f"Marker {number}" in used:
        number += 1
    return f"Marker {number}"


def junctions(cut: Cut) -> tuple[int, ...]:
    """Return all frames where a clip begins or ends on a track that plays, and the first."""
    tracks = (track for track in cut.tracks if not track.off)
    return tuple(
        sorted({0, *(edge for each in tracks for c in each.clips for edge in (c.at, c.stop))})
    )


def next_junction(cut: Cut, frame: int) -> int:
    """Return the next frame where a clip begins or ends, or the same frame at the end."""
    found = junctions(cut)
    place = bisect_right(found, frame)
    return found[place] if place < len(found) else frame


def previous_junction(cut: Cut, frame: int) -> int:
    """Return the frame before where a clip begins or ends, or 0."""
    found = junctions(cut)
    return found[max(bisect_left(found, frame) - 1, 0)]


def next_marker(cut: Cut, frame: int, forward: bool = True) -> int:
    """Return the nearest marker ahead or behind, or the same frame when there is none."""
    places = [mark.at for mark in cut.markers if (mark.at > frame if forward else mark.at < frame)]
    return (min(places) if forward else max(places)) if places else frame


def needs(chosen: frozenset[str], what: str) -> None:
    """Refuse to go on while no clip is chosen. Raises a Refusal."""
    if not chosen:
        why = f"no clip is chosen to {what}"
        raise Refusal(BadValue("timeline", why, "Click a clip first."))


def check(cut: Cut, edits: Edits) -> Cut:
    """Return the cut after the edits. Raises a Refusal, as the document would."""
    return applied(cut, edits)


def _families(desk: Desk) -> frozenset[str]:
    return frozenset(_linked(desk.cut, desk.chosen))


def _linked(cut: Cut, names: frozenset[str]) -> Iterator[str]:
    for name in names:
        yield from cut.linked(name)


def _open_tracks(cut: Cut) -> tuple[str, ...]:
    return tuple(track.name for track in cut.tracks if not track.locked)
