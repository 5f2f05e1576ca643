"""A line over a heading of the board, in which a scene or a shot gets its name.

Enter, or going elsewhere, gives the name; Escape leaves the old one.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QLineEdit

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Scene, Shot
from aiprod_studio.story.edits import SetScene, SetShot
from aiprod_studio.ui.storyboard.cards import CardsView
from aiprod_studio.ui.theme import current

HINTS = {"scene": "INT. HARBOUR - NIGHT", "shot": "Name of the shot"}


class NameLine(QLineEdit):
    """Names one heading and goes."""

    finished = Signal()

    def __init__(self, cards: CardsView, kind: str, name: str) -> None:
        super().__init__(cards.viewport(), placeholderText=HINTS[kind])
        self.cards, self.kind, self.name = cards, kind, name
        self._over = False
        self.setAccessibleName(f"Name of the {kind}")
        self.setText(self._named().title)
        self._place()
        self.selectAll()
        self.editingFinished.connect(self._give)

    def _named(self) -> Scene | Shot:
        board = self.cards.board
        return (
            board.find_scene(self.name) if self.kind == "scene" else board.find_shot(self.name)[1]
        )

    def _place(self) -> None:
        heads = self.cards.layout_now.heads
        head = next(each for each in heads if (each.kind, each.name) == (self.kind, self.name))
        at = (head.box.x - self.cards.origin.x(), head.box.y - self.cards.origin.y())
        wide = min(max(head.box.width, current().px(160)), current().px(420))
        tall = self.sizeHint().height()
        self.setGeometry(int(at[0]), int(at[1] + (head.box.height - tall) / 2) - 2, int(wide), tall)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the old name; no key goes on to the cards."""
        if event.key() == Qt.Key.Key_Escape:
            self._end()
        else:
            super().keyPressEvent(event)
        event.accept()

    def _give(self) -> None:
        if self._over:
            return
        words, edit = self.text().strip(), SetScene if self.kind == "scene" else SetShot
        self._end()
        try:
            if words != self._named().title:
                self.cards.wanted.emit((edit(self.name, {"title": words}),), f"Name {self.kind}")
        except Refusal as refusal:
            self.cards.refused.emit(refusal.problems[0])

    def _end(self) -> None:
        self._over = True
        self.cards.setFocus()  # before it hides, or the focus would go to the next field
        self.hide()
        self.finished.emit()
        self.deleteLater()
