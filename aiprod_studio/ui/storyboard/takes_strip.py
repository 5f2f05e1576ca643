"""The takes of the chosen shot: see, play, rate, pick, remove."""

from __future__ import annotations

from PySide6.QtCore import Signal

from aiprod_studio.story.board import Shot
from aiprod_studio.story.edits import PickTake, RemoveTake
from aiprod_studio.story.takes import Take
from aiprod_studio.ui.footage.take_cards import TakeCard, TakeCards


class TakesStrip(TakeCards[TakeCard]):
    """All takes of a shot, the latest first."""

    played = Signal(str)
    """A take to play."""

    def show_shot(self, shot: Shot | None) -> None:
        """Show the takes of a shot."""
        picked, takes = (shot.picked, shot.takes) if shot is not None else ("", ())
        facts = (shot.name, takes, picked) if shot is not None else None
        self.renew(facts, takes, lambda take, number: self._card(take, number, picked))

    def _card(self, take: Take, number: int, picked: str) -> TakeCard:
        plays = take.name == picked
        card = TakeCard(self.ask, take, number, "picked" if plays else "", self)
        card.add_button("play", "Play this take", lambda: self.played.emit(take.name))
        if not plays:
            words = "Let this take play in the cut"
            card.add_button("check", words, lambda: self.ask(PickTake(take.name)))
            words = "Take it off the board; its file stays"
            card.add_button("trash-2", words, lambda: self.ask(RemoveTake(take.name)))
        return card
