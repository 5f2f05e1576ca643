"""The takes of the chosen clip's shot: see, rate, pick, compare, fix one to the clip, remove.

Every change is an edit of the board or of the clip's source, told by `wanted`; comparing is told by
`compared` and changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal

from aiprod_studio.story.board import Shot
from aiprod_studio.story.cut import Clip
from aiprod_studio.story.edits import PickTake, RemoveTake, SetSource
from aiprod_studio.story.takes import Take
from aiprod_studio.ui.footage.take_cards import TakeCard, TakeCards


class TakeRow(TakeCard):
    """One take of the shot that a clip plays."""

    def __init__(self, owner: TakesList, clip: Clip, shot: Shot, take: Take, number: int) -> None:
        plays = (clip.source.take or shot.picked) == take.name
        super().__init__(owner.ask, take, number, "plays" if plays else "", owner)
        self.clip, self.shot, self.plays = clip, shot, plays
        picked = shot.picked == take.name
        if not picked:
            words = "Let this take play wherever the cut plays the shot"
            self.add_button("check", words, lambda: owner.ask(PickTake(take.name)))
        if not plays:
            words = "Compare with what plays now"
            self.add_button("git-compare", words, lambda: owner.compared.emit(take.name))
        fixed = clip.source.take == take.name
        words = "Follow the picked take again" if fixed else "Let only this clip play this take"
        self.add_button("pin-off" if fixed else "pin", words, self._fix)
        if not picked:
            words = "Take it off the board; its file stays"
            self.add_button("trash-2", words, lambda: owner.ask(RemoveTake(take.name)))

    def _fix(self) -> None:
        name = "" if self.clip.source.take == self.take.name else self.take.name
        take = self.shot.take(name)
        span = take.span if take is not None else self.clip.source.span
        source = replace(self.clip.source, take=name, span=span)
        self.ask(SetSource(self.clip.name, source))


class TakesList(TakeCards[TakeRow]):
    """All takes of one shot, the latest first."""

    compared = Signal(str)
    """Compare what plays with this take."""

    def show_takes(self, clip: Clip | None, shot: Shot | None) -> None:
        """Show the takes of a clip's shot."""

        def row(take: Take, number: int) -> TakeRow:
            assert clip is not None and shot is not None
            return TakeRow(self, clip, shot, take, number)

        facts = (clip.source, clip.name, shot.takes, shot.picked) if clip and shot else None
        self.renew(facts, shot.takes if clip and shot else (), row)
