"""Clips that were copied, and the edits that paste them at another frame.

They keep their tracks, their distances and who is linked with whom. What is pasted replaces what
lies there, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aiprod_studio.story.cut import Clip, Cut, TrackKind
from aiprod_studio.story.edits import AddTrack, CutEdit, Overwrite
from aiprod_studio.story.problems import counted
from aiprod_studio.ui.timeline.model.drafting import Desk
from aiprod_studio.ui.timeline.model.laying import FIRST, Targets


@dataclass(frozen=True)
class Copied:
    """Clips without names, counted from the first of them; each with its track's name and kind."""

    clips: tuple[tuple[str, TrackKind, Clip], ...] = ()

    @property
    def frames(self) -> int:
        """How long they are together."""
        return max((clip.stop for _, _, clip in self.clips), default=0)

    @property
    def words(self) -> str:
        """How many there are."""
        return counted(len(self.clips), "clip")


def copied(desk: Desk) -> Copied:
    """Return the chosen clips."""
    found = [(track, clip) for track, clip in desk.cut.clips() if clip.name in desk.chosen]
    first = min((clip.at for _, clip in found), default=0)
    return Copied(
        tuple(
            (track.name, track.kind, replace(clip, name="", at=clip.at - first, locked=False))
            for track, clip in found
        )
    )


def pasted(cut: Cut, what: Copied, at: int, targets: Targets) -> tuple[CutEdit, ...]:
    """Return the edits that paste clips from a frame on.

    A track that is not there any more is replaced by the target of its kind, else by a new one.
    """
    edits: list[CutEdit] = []
    known = {track.name for track in cut.tracks}
    goes: dict[str, str] = {}
    for track, kind, _ in what.clips:
        goes[track] = track if track in known else targets.get(kind, "") or FIRST[kind]
        if goes[track] not in known:
            edits.append(AddTrack(kind, goes[track]))
            known.add(goes[track])
    for group in _together(what):
        placed = tuple((goes[track], clip) for track, clip in group)
        edits.append(Overwrite(placed, at + group[0][1].at))
    return tuple(edits)


def _together(what: Copied) -> Iterator[list[tuple[str, Clip]]]:
    """Yield clips that are linked and begin together as one group, others alone."""
    groups: dict[tuple[str, int], list[tuple[str, Clip]]] = {}
    for number, (track, _, clip) in enumerate(what.clips):
        key = (clip.link, clip.at) if clip.link else ("", -1 - number)
        group = groups.setdefault(key, [])
        if any(track == other for other, _ in group):
            group = groups.setdefault((f"{clip.link} ", -1 - number), [])
        group.append((track, clip))
    yield from groups.values()
