"""What the actions of the Edit workspace do: edits by keys, marks, shots onto the timeline.

Each deed asks the model for edits and the document to do them as one step; what is not allowed is
told as the sentence of its refusal. The list of actions is in `commands`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from aiprod_studio.graph.commands import SetSection
from aiprod_studio.sdk import Refusal
from aiprod_studio.story.assembling import first_cut
from aiprod_studio.story.board import Shot
from aiprod_studio.story.cut import Clip, Cut, Source, TrackKind
from aiprod_studio.story.edits import AddTrack, CutEdit, Insert, Overwrite, SetSpeed
from aiprod_studio.story.problems import BadValue, NoSuchThing
from aiprod_studio.story.sections import TIMELINE, dump_cut
from aiprod_studio.story.time import Time
from aiprod_studio.ui.timeline.model import operations, passages
from aiprod_studio.ui.timeline.model.drafting import Desk
from aiprod_studio.ui.timeline.model.gestures.dropping import laid
from aiprod_studio.ui.timeline.shot_list import clip_of

if TYPE_CHECKING:
    from aiprod_studio.ui.editing import Editing
    from aiprod_studio.ui.footage.program import Program
    from aiprod_studio.ui.timeline.shot_list import ShotList
    from aiprod_studio.ui.timeline.state import State

TITLE_SECONDS = 3
SPEEDS = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2), Fraction(4))


class Deeds:
    """Everything that keys, buttons and menus do with the timeline."""

    def __init__(self, editing: Editing, state: State, program: Program, shots: ShotList) -> None:
        self.editing, self.state, self.program, self.shots = editing, state, program, shots

    def do(self, make: Callable[[], operations.Edits], title: str = "") -> bool:
        """Do the edits that a function makes, as one step; tell a refusal."""
        try:
            edits = make()
        except Refusal as refusal:
            self.editing.refused.emit(refusal.problems[0])
            return False
        return bool(edits) and self.editing.do_story(*edits, title=title or edits[0].title)

    # Edits of what is chosen.

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

    def lift(self, extract: bool = False) -> None:
        """Take away what lies between in and out."""
        span = self.state.span
        if span is None:
            why = "neither in nor out is marked"
            self._refuse(BadValue("timeline", why, "Mark them with I and O."))
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

    def choose_all(self) -> None:
        """Choose every clip."""
        self.state.choose(clip.name for _, clip in self.state.cut.clips())

    def choose_under_playhead(self) -> None:
        """Choose the clip under the playhead."""
        found = operations.at_playhead(self.state.desk())
        if found is not None:
            self.state.choose(self.state.cut.linked(found[1].name))

    def choose_later(self) -> None:
        """Choose everything that begins at or after the playhead."""
        at = self.state.playhead
        self.state.choose(clip.name for _, clip in self.state.cut.clips() if clip.at >= at)

    # Playhead and marks.

    def jump(self, forward: bool) -> None:
        """Go to the next or previous cut."""
        find = operations.next_junction if forward else operations.previous_junction
        self._go(find(self.state.cut, self.state.playhead))

    def jump_marker(self, forward: bool) -> None:
        """Go to the next or previous marker."""
        self._go(operations.next_marker(self.state.cut, self.state.playhead, forward))

    def step(self, frames: int) -> None:
        """Go some frames on."""
        self._go(self.state.playhead + frames)

    def step_second(self, way: int) -> None:
        """Go a second on or back."""
        self.step(way * max(1, round(self.state.cut.rate)))

    def to_start(self) -> None:
        """Go to the first frame."""
        self._go(0)

    def to_end(self) -> None:
        """Go behind the last frame."""
        self._go(self.state.cut.frames)

    def _go(self, frame: int) -> None:
        self.program.player.pause()
        self.state.seek(max(frame, 0))

    def mark_in(self) -> None:
        """Let the marked span begin at the playhead."""
        self.state.mark(self.state.playhead, self.state.stop)

    def mark_out(self) -> None:
        """Let the marked span end with the playhead's frame."""
        start = self.state.start
        stop = self.state.playhead + 1
        self.state.mark(start if start is not None and start < stop else None, stop)

    def mark_chosen(self) -> None:
        """Mark the span of the chosen clips, or of the clip under the playhead."""
        clips = [self.state.cut.find(name)[1] for name in self.state.chosen]
        found = operations.at_playhead(self.state.desk())
        if not clips and found is not None:
            clips = [found[1]]
        if clips:
            self.state.mark(min(c.at for c in clips), max(c.stop for c in clips))

    def unmark(self) -> None:
        """Forget in and out."""
        self.state.mark(None, None)

    def play_span(self) -> None:
        """Play from in to out, again and again while the loop is on."""
        span = self.state.span
        player = self.program.player
        if span is not None and player.source is not None:
            player.set_range(span[0], span[1] - 1)
            player.seek(span[0])
            player.play()

    # Shots onto the timeline.

    def place_shots(self, *, insert: bool) -> None:
        """Put the chosen shots of the list, else the next one not used, at the playhead."""
        shots = self.shots.chosen() or self._unused()[:1]
        if not shots:
            why = "the board has no shot that is not on the timeline"
            self._refuse(NoSuchThing("timeline", why, "Choose shots in the list."))
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
        board = self.editing.board()
        if not any(shot.length for _, shot in board.shots()):
            why = "the board has no shots to lay"
            self._refuse(NoSuchThing("timeline", why, "Draw or import some panels first."))
            return
        if self.state.cut.frames:
            self.append_shots()
            return
        cut = first_cut(board)
        whole = replace(cut, tracks=(*cut.tracks, *Cut().tracks))
        self.editing.do(SetSection(TIMELINE, dump_cut(whole)), title="Lay all shots")
        self.state.fit()

    def add_title(self) -> None:
        """Put a title at the playhead."""
        rate = self.state.cut.rate
        clip = Clip("", Source("title", "Title"), 0, round(TITLE_SECONDS * rate), Time.at(0, rate))
        before = {each.name for _, each in self.state.cut.clips()}
        if self._put((clip,), "title", self.state.playhead, False, "Add title"):
            made = {each.name for _, each in self.state.cut.clips()} - before
            self.state.choose(made)

    def _place(self, shots: list[Shot], at: int, insert: bool) -> None:
        board = self.editing.board()
        clips = tuple(clip_of(shot, board) for shot in shots if shot.length)
        words = "Insert shots" if insert else "Lay shots"
        if self._put(clips, "video", at, insert, words):
            self.state.seek(at + sum(clip.frames for clip in clips))

    def _put(
        self, clips: tuple[Clip, ...], kind: TrackKind, at: int, insert: bool, title: str
    ) -> bool:
        """Put clips on the target track of a kind; the track is made when there is none."""
        self.begin_cut()
        edits: list[CutEdit] = []
        track = self.state.target(kind)
        if not track:
            track = {"video": "V1", "audio": "A1", "title": "T1"}[kind]
            edits.append(AddTrack(kind, track))
        if insert and len(clips) > 1:
            edits += [Insert(((track, clip),), at) for clip in reversed(clips)]
        elif insert or len(clips) > 1:
            edits += laid(track, clips, at, insert=insert)
        else:
            edits += [Overwrite(((track, clip),), at) for clip in clips]
        return self.do(lambda: tuple(edits), title)

    def begin_cut(self) -> None:
        """Give a timeline that is still empty the rate of the board."""
        cut, board = self.state.cut, self.editing.board()
        if not cut.tracks and cut.rate != board.rate:
            new = dump_cut(replace(cut, rate=board.rate))
            self.editing.do(SetSection(TIMELINE, new), title="Begin timeline")

    def _unused(self) -> list[Shot]:
        used = {c.source.name for _, c in self.state.cut.clips() if c.source.kind == "shot"}
        return [s for _, s in self.editing.board().shots() if s.name not in used and s.length]

    def _families(self) -> list[str]:
        """Return one clip of each chosen link."""
        seen: set[str] = set()
        found = []
        for name in sorted(self.state.chosen):
            if name not in seen:
                found.append(name)
                seen |= set(self.state.cut.linked(name))
        return found

    def _refuse(self, problem: object) -> None:
        self.editing.refused.emit(problem)
