"""What comes onto the timeline by keys, buttons and menus: shots of the board and titles.

Files come by `bringing`, which lays them through here as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from aiprod_studio.story.board import Shot
from aiprod_studio.story.cut import Clip, Source, TrackKind
from aiprod_studio.story.edits import SetCutRate
from aiprod_studio.story.problems import NoSuchThing
from aiprod_studio.story.sections import TIMELINE
from aiprod_studio.story.time import Time
from aiprod_studio.ui.timeline.model.laying import Piece, free_track, laid, piece_of

if TYPE_CHECKING:
    from aiprod_studio.ui.timeline.deeds.editing import Deeds
    from aiprod_studio.ui.timeline.panels.shot_list import ShotList

TITLE_SECONDS = 3


class Laying:
    """Lays shots and titles, each time as one edit."""

    def __init__(self, deeds: Deeds, shots: ShotList) -> None:
        self.deeds, self.shots = deeds, shots
        self.state, self.editing = deeds.state, deeds.editing

    def place_shots(self, *, insert: bool) -> None:
        """Put the chosen shots of the list, else the next one not used, at the playhead."""
        shots = self.shots.chosen() or self._unused()[:1]
        if not shots:
            why = "the board has no shot that is not on the timeline"
            self.deeds.refuse(NoSuchThing("timeline", why, "Choose shots in the list."))
            return
        self._place(shots, self.state.playhead, insert)

    def append_shots(self) -> None:
        """Put the chosen shots, or all that are not used, behind the last clip."""
        shots = self.shots.chosen() or self._unused()
        track = self.state.target("video")
        at = self.state.cut.track(track).stop if track else 0
        if shots:
            self._place(shots, at, False)

    def lay_all(self) -> None:
        """Begin the timeline with all shots of the board, one after the other."""
        shots = [shot for _, shot in self.editing.board().shots() if shot.length]
        if not shots:
            why = "the board has no shots to lay"
            self.deeds.refuse(NoSuchThing("timeline", why, "Draw or import some panels first."))
            return
        if self.state.cut.frames:
            self.append_shots()
            return
        self._place(shots, 0, False)
        self.state.seek(0)
        self.state.fit()

    def add_title(self) -> str:
        """Put a title at the playhead, on a track that is free there; return its name."""
        self.begin_cut()
        rate = self.state.cut.rate
        clip = Clip("", Source("title", "Title"), 0, round(TITLE_SECONDS * rate), Time.at(0, rate))
        at, before = self.state.playhead, self.state.names()
        free = free_track(self.state.cut, "title", at, clip.frames, self.state.target("title"))
        targets: dict[TrackKind, str] = {"title": free}
        pieces = (Piece(clip, ("title",)),)
        made = partial(laid, self.state.cut, pieces, at, targets, insert=False)
        if not self.deeds.do(made, "Add title"):
            return ""
        self.state.choose(self.state.names() - before)
        return next(iter(self.state.chosen), "")

    def _place(self, shots: list[Shot], at: int, insert: bool) -> None:
        self.begin_cut()
        board, rate = self.editing.board(), self.state.cut.rate
        pieces = tuple(piece_of(shot, board, rate) for shot in shots if shot.length)
        words = "Insert shots" if insert else "Lay shots"
        if self.lay(pieces, at, words, insert=insert):
            self.state.seek(at + sum(piece.clip.frames for piece in pieces))

    def lay(
        self, pieces: Sequence[Piece], at: int, title: str, track: str = "", *, insert: bool = False
    ) -> bool:
        """Put pieces one after the other; a track that is named takes what is of its kind."""
        targets = dict(self.state.targets)
        if track:
            targets[self.state.cut.track(track).kind] = track
        return self.deeds.do(
            lambda: laid(self.state.cut, pieces, at, targets, insert=insert), title
        )

    def begin_cut(self) -> None:
        """Give a timeline that is still empty the rate of the board."""
        cut, board = self.state.cut, self.editing.board()
        begun = TIMELINE in self.editing.document.extra
        if not cut.tracks and cut.rate != board.rate and not begun:
            self.editing.do_story(SetCutRate(board.rate), title="Begin timeline")

    def _unused(self) -> list[Shot]:
        used = {c.source.name for _, c in self.state.cut.clips() if c.source.kind == "shot"}
        return [s for _, s in self.editing.board().shots() if s.name not in used and s.length]
