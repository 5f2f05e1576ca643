"""The takes of the chosen shot: see, rate, pick, compare two side by side, remove."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from aiprod_studio.story.board import Shot
from aiprod_studio.story.edits import PickTake, RateTake, RemoveTake
from aiprod_studio.story.takes import Take
from aiprod_studio.ui.shell.buttons import label, tool_button
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.timeline.errands import Errands
from aiprod_studio.ui.timeline.model.footage import Picture
from aiprod_studio.ui.timeline.stars import Stars
from aiprod_studio.ui.timeline.takes_list import take_facts


class TakeCard(QFrame):
    """One take."""

    def __init__(self, owner: TakesStrip, shot: Shot, take: Take, number: int) -> None:
        super().__init__(owner)
        self.take, theme = take, current()
        picked = shot.picked == take.name
        self.setProperty("surface", "card" if picked else "")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(1), theme.space(1), theme.space(1), theme.space(1))
        row.setSpacing(theme.space(2))
        self.picture = QLabel(self)
        self.picture.setFixedSize(theme.px(80), theme.px(45))
        self.picture.setScaledContents(True)
        row.addWidget(self.picture)
        column = QVBoxLayout()
        column.setSpacing(0)
        words = f"Take {number}" + ("  ·  picked" if picked else "")
        column.addWidget(label(words, "strong" if picked else "", self))
        facts = label(take_facts(take), "faint", self)
        facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column.addWidget(facts)
        stars = Stars(take.rating, self)
        stars.rated.connect(lambda rating: owner.wanted.emit(RateTake(take.name, rating)))
        column.addWidget(stars)
        row.addLayout(column, 1)
        play = tool_button("play", "Play this take", self)
        play.clicked.connect(partial(owner.played.emit, take.name))
        row.addWidget(play)
        if not picked:
            pick = tool_button("check", "Let this take play in the cut", self)
            pick.clicked.connect(lambda: owner.wanted.emit(PickTake(take.name)))
            remove = tool_button("trash-2", "Take it off the board; its file stays", self)
            remove.clicked.connect(lambda: owner.wanted.emit(RemoveTake(take.name)))
            row.addWidget(pick)
            row.addWidget(remove)
        self.setAccessibleName(f"Take {number}")

    def show_picture(self, errands: Errands) -> None:
        """Show the middle of the take when it has been read."""
        if not self.take.media:
            return
        middle = (self.take.head + self.take.frames // 2) / self.take.rate
        image = errands.picture(Picture(self.take.media, middle))
        if image is not None:
            room = QSize(self.picture.width(), self.picture.height())
            fitted = image.scaled(
                room, Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip
            self.picture.setPixmap(QPixmap.fromImage(fitted))


class TakesStrip(QWidget):
    """All takes of a shot, the latest first."""

    wanted = Signal(object)
    """An edit of the board."""
    played = Signal(str)
    """A take to play."""

    def __init__(self, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.errands = errands
        self.cards: list[TakeCard] = []
        self._facts: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current().space(1))
        errands.arrived.connect(self._show_pictures)

    def show_shot(self, shot: Shot | None) -> None:
        """Show the takes of a shot."""
        facts = (shot.name, shot.takes, shot.picked) if shot is not None else None
        if facts == self._facts:
            return
        self._facts = facts
        for card in self.cards:
            card.hide()
            card.deleteLater()
        takes = shot.takes if shot is not None else ()
        assert shot is not None or not takes
        self.cards = [
            TakeCard(self, shot, take, len(takes) - place)  # type: ignore[arg-type]
            for place, take in enumerate(reversed(takes))
        ]
        for card in self.cards:
            self._column.addWidget(card)
        self._show_pictures()

    def _show_pictures(self) -> None:
        for card in self.cards:
            card.show_picture(self.errands)
