"""A gauge of memory: what is used now and what the plan says, against the budget.

The status bar and the plan show it. It measures nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aiprod_studio.memory.budgets import show_size
from aiprod_studio.ui.theme import current

FULL = 0.9
"""From this share of the budget on it is shown as a warning."""


class Gauge(QWidget):
    """One kind of memory."""

    def __init__(self, name: str, parent: QWidget | None = None, *, small: bool = False) -> None:
        super().__init__(parent)
        self.name, self._small = name, small
        self.used: int | None = None
        self.planned, self.budget = 0, 0
        self.setSizePolicy(
            QSizePolicy.Policy.Fixed if small else QSizePolicy.Policy.Expanding,
            QSizePolicy.Policy.Fixed,
        )
        self._describe()

    def show_plan(self, planned: int, budget: int) -> None:
        """Show a planned peak and the budget, in bytes."""
        self.planned, self.budget = planned, budget
        self._describe()

    def show_use(self, used: int | None) -> None:
        """Show what is used now, in bytes; None when nothing is measured."""
        self.used = used
        self._describe()

    def words(self) -> str:
        """Return the numbers as words."""
        shown = self.used if self.used is not None else self.planned
        if not self.budget:
            return show_size(shown) if shown else ""
        return f"{show_size(shown)} of {show_size(self.budget)}"

    def sizeHint(self) -> QSize:
        """Return the size that the words need."""
        theme = current()
        if self._small:
            return QSize(theme.px(148), theme.px(20))
        return QSize(theme.px(160), theme.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint name, numbers and bar."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small", numbers=True))
        bar = 3 if self._small else 4
        top = self.rect().adjusted(0, 0, 0, -theme.px(bar + 3))
        painter.setPen(theme.colour("text_dim"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(top, left, self.name)
        painter.setPen(theme.colour("text"))
        painter.drawText(top, right, self.words())
        self._paint_bar(painter, theme.px(bar))
        painter.end()

    def _paint_bar(self, painter: QPainter, height: int) -> None:
        theme = current()
        area = QRectF(0, self.height() - height - 1, self.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line_strong"))
        painter.drawRoundedRect(area, height / 2, height / 2)
        if not self.budget:
            return
        shown = self.used if self.used is not None else self.planned
        share = min(1.0, shown / self.budget)
        token = "bad" if shown > self.budget else "warn" if share > FULL else "accent"
        if share > 0:
            filled = QRectF(area.left(), area.top(), max(height, area.width() * share), height)
            painter.setBrush(theme.colour(token))
            painter.drawRoundedRect(filled, height / 2, height / 2)
        if self.used is not None and self.planned:
            at = area.width() * min(1.0, self.planned / self.budget)
            painter.setBrush(theme.colour("text"))
            painter.drawRect(QRectF(at - 1, area.top() - 2, 2, height + 3))

    def _describe(self) -> None:
        lines = [f"{self.name}: {self.words()}"]
        if self.used is not None and self.planned:
            lines.append(f"planned peak {show_size(self.planned)}")
        self.setToolTip("\n".join(lines))
        self.setAccessibleName(", ".join(lines))
        self.update()
