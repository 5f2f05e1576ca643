"""The takes of the chosen clip's shot: see, rate, pick, compare, fix one to the clip, remove.

Every change is an edit of the board or of the clip's source, told by `wanted`; comparing is told by
`compared` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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

from aiprod_studio.story.board import Shot
from aiprod_studio.story.cut import Clip
from aiprod_studio.story.edits import PickTake, RateTake, RemoveTake, SetSource
from aiprod_studio.story.takes import Take
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.timeline.errands import Errands
from aiprod_studio.ui.timeline.model.footage import Picture
from aiprod_studio.ui.timeline.stars import Stars


class TakeRow(QFrame):
    """One take."""

    def __init__(self, owner: TakesList, clip: Clip, shot: Shot, take: Take, number: int) -> None:
        super().__init__(owner)
        self.owner, self.clip, self.shot, self.take = owner, clip, shot, take
        theme = current()
        self.plays = (clip.source.take or shot.picked) == take.name
        self.setProperty("surface", "card" if self.plays else "panel")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(1), theme.space(1), theme.space(1), theme.space(1))
        row.setSpacing(theme.space(2))
        self.picture = QLabel(self)
        self.picture.setFixedSize(theme.px(80), theme.px(45))
        self.picture.setScaledContents(True)
        row.addWidget(self.picture)
        column = QVBoxLayout()
        column.setSpacing(0)
        heading = QLabel(f"Take {number}" + ("  ·  plays" if self.plays else ""), self)
        heading.setProperty("role", "strong" if self.plays else "")
        facts = QLabel(take_facts(take), self)
        facts.setProperty("role", "faint")
        facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        stars = Stars(take.rating, self)
        stars.rated.connect(lambda rating: owner.ask(RateTake(take.name, rating)))
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(stars)
        below.addStretch(1)
        self._add_buttons(below)
        column.addWidget(heading)
        column.addWidget(facts)
        column.addLayout(below)
        row.addLayout(column, 1)
        self.setToolTip(take.note or take_facts(take))
        self.setAccessibleName(f"Take {number}")

    def _add_buttons(self, row: QHBoxLayout) -> None:
        take, owner = self.take, self.owner
        picked = self.shot.picked == take.name
        if not picked:
            words = "Let this take play wherever the cut plays the shot"
            row.addWidget(self._button("check", words, lambda: owner.ask(PickTake(take.name))))
        if not self.plays:
            words = "Compare with what plays now"
            compare = self._button("git-compare", words, lambda: owner.compared.emit(take.name))
            row.addWidget(compare)
        fixed = self.clip.source.take == take.name
        words = "Follow the picked take again" if fixed else "Let only this clip play this take"
        row.addWidget(self._button("pin-off" if fixed else "pin", words, self._fix))
        if not picked:
            words = "Take it off the board; its file stays"
            row.addWidget(self._button("trash-2", words, lambda: owner.ask(RemoveTake(take.name))))

    def _fix(self) -> None:
        name = "" if self.clip.source.take == self.take.name else self.take.name
        take = self.shot.take(name)
        span = take.span if take is not None else self.clip.source.span
        source = replace(self.clip.source, take=name, span=span)
        self.owner.ask(SetSource(self.clip.name, source))

    def _button(self, name: str, words: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, "text_dim"))
        button.setIconSize(QSize(current().px(14), current().px(14)))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.clicked.connect(lambda: run())
        return button

    def show_picture(self, errands: Errands) -> None:
        """Show the middle of the take when it has been read."""
        if not self.take.media:
            return
        middle = (self.take.head + self.take.frames // 2) / self.take.rate
        image = errands.picture(Picture(self.take.media, middle))
        if image is not None:
            self.picture.setPixmap(QPixmap.fromImage(image))


class TakesList(QWidget):
    """All takes of one shot, the latest first."""

    wanted = Signal(object)
    """An edit."""
    compared = Signal(str)
    """Compare what plays with this take."""

    def __init__(self, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.errands = errands
        self.rows: list[TakeRow] = []
        self._for: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current().space(1))
        errands.arrived.connect(self._show_pictures)

    def ask(self, edit: object) -> None:
        """Want an edit."""
        self.wanted.emit(edit)

    def show_takes(self, clip: Clip | None, shot: Shot | None) -> None:
        """Show the takes of a clip's shot."""
        facts = (clip.source, clip.name, shot.takes, shot.picked) if clip and shot else None
        if facts == self._for:
            return
        self._for = facts
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        if clip is not None and shot is not None:
            numbered = list(enumerate(shot.takes, 1))
            self.rows = [TakeRow(self, clip, shot, take, n) for n, take in reversed(numbered)]
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
