"""The tour at the first start: steps that point at parts of the window; it can be left anytime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import dress, label, push_button


@dataclass(frozen=True)
class TourStep:
    """What is pointed at (None: the whole window), and what is said of it."""

    title: str
    words: str
    target: Callable[[], QWidget | None]


class Tour(QWidget):
    """Dims the window, leaves one part bright and says what it is for."""

    ended = Signal()

    def __init__(self, window: QWidget, steps: Sequence[TourStep]) -> None:
        super().__init__(window)
        theme = current()
        self._window, self._steps, self.place = window, list(steps), 0
        self.setAccessibleName("Tour")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = QFrame(self)
        dress(self.card, "raised")
        self.card.setObjectName("TourCard")
        self.card.setStyleSheet(
            f"#TourCard {{ border: 1px solid {theme.hex('line_strong')}; "
            f"border-radius: {theme.px(6)}px; }}"
        )
        self.card.setFixedWidth(theme.px(340))
        self.title, self.words = label("", "heading"), label("", "dim")
        self.words.setWordWrap(True)
        self.count = label("", "faint")
        self.skip = push_button("Skip", kind="flat")
        self.back = push_button("Back")
        self.next = push_button("Next", kind="primary")
        self.skip.clicked.connect(self.end)
        self.back.clicked.connect(lambda: self.show_step(self.place - 1))
        self.next.clicked.connect(lambda: self.show_step(self.place + 1))
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addStretch(1)
        for button in (self.skip, self.back, self.next):
            row.addWidget(button)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(*[theme.space(4)] * 4)
        column.setSpacing(theme.space(2))
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addSpacing(theme.space(2))
        column.addLayout(row)
        window.installEventFilter(self)

    def start(self) -> None:
        """Begin."""
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.show_step(0)

    def show_step(self, place: int) -> None:
        """Go to a step; behind the last one the tour ends."""
        if place >= len(self._steps):
            self.end()
            return
        self.place = max(0, place)
        step = self._steps[self.place]
        self.title.setText(step.title)
        self.words.setText(step.words)
        self.count.setText(f"{self.place + 1} of {len(self._steps)}")
        self.back.setEnabled(self.place > 0)
        last = self.place == len(self._steps) - 1
        self.next.setText("Begin" if last else "Next")
        self.card.adjustSize()
        self._place_card()
        self.next.setFocus()
        self.update()

    def end(self) -> None:
        """Leave the tour."""
        self._window.removeEventFilter(self)
        self.hide()
        self.ended.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self._place_card()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim all but the part that is pointed at."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dim = QPainterPath()
        dim.addRect(QRectF(self.rect()))
        hole = self._hole()
        if hole is not None:
            bright = QPainterPath()
            bright.addRoundedRect(QRectF(hole), theme.px(6), theme.px(6))
            dim -= bright
        painter.fillPath(dim, theme.colour("scrim", 175))
        if hole is not None:
            painter.setPen(theme.colour("accent"))
            painter.drawRoundedRect(QRectF(hole), theme.px(6), theme.px(6))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep clicks from what lies below."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves; arrows go on and back."""
        moves = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in moves:
            self.show_step(self.place + moves[key])
        else:
            super().keyPressEvent(event)

    def _hole(self) -> QRect | None:
        target = self._steps[self.place].target()
        if target is None or not target.isVisible():
            return None
        corner = target.mapTo(self._window, QPoint(0, 0))
        pad = current().space(1)
        area = QRect(corner, target.size()).adjusted(-pad, -pad, pad, pad)
        return area.intersected(self.rect().adjusted(2, 2, -2, -2))

    def _place_card(self) -> None:
        """Put the card beside what is pointed at, inside the window."""
        gap, hole = current().space(3), self._hole()
        size = self.card.size()
        if hole is None:
            spot = self.rect().center() - QPoint(size.width() // 2, size.height() // 2)
        elif hole.right() + gap + size.width() < self.width():
            spot = QPoint(hole.right() + gap, hole.top())
        elif hole.left() - gap - size.width() > 0:
            spot = QPoint(hole.left() - gap - size.width(), hole.top())
        elif hole.bottom() + gap + size.height() < self.height():
            spot = QPoint(hole.left(), hole.bottom() + gap)
        else:
            spot = QPoint(hole.left(), hole.top() - gap - size.height())
        most = QPoint(self.width() - size.width() - gap, self.height() - size.height() - gap)
        self.card.move(max(gap, min(spot.x(), most.x())), max(gap, min(spot.y(), most.y())))
