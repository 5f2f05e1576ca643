"""What a take looks like in a list, and the list; board and timeline each add their buttons.

A card shows picture, number, facts and stars; a list keeps its cards while nothing they show has
changed, and tells edits by `wanted`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.story.edits import RateTake
from aiprod_studio.story.takes import Take
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.sources import Picture
from aiprod_studio.ui.footage.stars import Stars
from aiprod_studio.ui.theme import current, icon


class TakeCard(QFrame):
    """One take; `mark` says in a word that it is the one that plays, "" for others."""

    def __init__(
        self, ask: Callable[[object], None], take: Take, number: int, mark: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.ask, self.take = ask, take
        theme = current()
        self.setProperty("surface", "card" if mark else "panel")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(1), theme.space(1), theme.space(1), theme.space(1))
        row.setSpacing(theme.space(2))
        self.picture = QLabel(self)
        self.picture.setFixedSize(theme.px(80), theme.px(45))
        self.picture.setScaledContents(True)
        row.addWidget(self.picture)
        heading = QLabel(f"Take {number}" + (f"  ·  {mark}" if mark else ""), self)
        heading.setProperty("role", "strong" if mark else "")
        facts = QLabel(take_facts(take), self)
        facts.setProperty("role", "faint")
        facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        stars = Stars(take.rating, self)
        stars.rated.connect(lambda rating: ask(RateTake(take.name, rating)))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(0)
        self._buttons.addWidget(stars)
        self._buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(heading)
        column.addWidget(facts)
        column.addLayout(self._buttons)
        row.addLayout(column, 1)
        self.setToolTip(take.note or take_facts(take))
        self.setAccessibleName(f"Take {number}")

    def add_button(self, name: str, words: str, run: Callable[[], None]) -> None:
        """Add a small button behind the stars."""
        button = QToolButton(self)
        button.setIcon(icon(name, "text_dim"))
        button.setIconSize(QSize(current().px(14), current().px(14)))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.clicked.connect(lambda: run())
        self._buttons.addWidget(button)

    def show_picture(self, errands: Errands) -> None:
        """Show the middle of the take when it has been read."""
        if not self.take.media:
            return
        middle = (self.take.head + self.take.frames // 2) / self.take.rate
        image = errands.picture(Picture(self.take.media, middle))
        if image is not None:
            self.picture.setPixmap(QPixmap.fromImage(image))


Card = TypeVar("Card", bound=TakeCard)


class TakeCards(QWidget, Generic[Card]):
    """Takes of one shot, the latest first."""

    wanted = Signal(object)
    """An edit."""

    def __init__(self, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.errands = errands
        self.rows: list[Card] = []
        self._for: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current().space(1))
        errands.arrived.connect(self._show_pictures)

    def ask(self, edit: object) -> None:
        """Want an edit."""
        self.wanted.emit(edit)

    def renew(
        self, facts: object, takes: Sequence[Take], make: Callable[[Take, int], Card]
    ) -> None:
        """Make the cards again when what they show, `facts`, is something else now."""
        if facts == self._for:
            return
        self._for = facts
        for row in self.rows:
            row.hide()
            row.deleteLater()
        numbered = list(enumerate(takes, 1))
        self.rows = [make(take, number) for number, take in reversed(numbered)]
        for row in self.rows:
            self._column.addWidget(row)
        self._show_pictures()

    def _show_pictures(self) -> None:
        for row in self.rows:
            row.show_picture(self.errands)


def take_facts(take: Take) -> str:
    """Return what is worth knowing of a take in one line."""
    parts = [f"{take.frames} frames"]
    if take.recipe.seed is not None:
        parts.append(f"seed {take.recipe.seed}")
    seconds = take.recipe.cost.get("seconds")
    if isinstance(seconds, int | float):
        parts.append(f"{seconds:.0f} s")
    return "  ·  ".join(parts)
