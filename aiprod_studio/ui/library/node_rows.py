"""Rows of node types: categories as headings that fold, nodes with the dot of their colour.

The dots have the colours of the canvas.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTreeWidget

from aiprod_studio.ui.canvas.palette import Palette
from aiprod_studio.ui.library.rows import LEFT, Index, Rows
from aiprod_studio.ui.theme import current, icon

CATEGORY, ENTRY = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
ROW, DOT, INDENT, MARK = 28, 10, 18, 12


class NodeRows(Rows):
    """Draws the rows of the tree."""

    def __init__(self, palette: Palette, parent: QTreeWidget) -> None:
        super().__init__(parent, CATEGORY, ROW)
        self._tones = palette

    def paint_heading(
        self, painter: QPainter, area: QRectF, option: QStyleOptionViewItem, words: str
    ) -> None:
        theme = current()
        opened = bool(option.state & QStyle.StateFlag.State_Open)
        side = theme.px(MARK)
        place = QRectF(area.left() + theme.px(2), 0, side, side)
        place.moveCenter(QPointF(place.center().x(), area.center().y() + theme.px(2)))
        icon("chevron-down" if opened else "chevron-right", "text_dim").paint(
            painter, place.toRect()
        )
        left = theme.px(INDENT) - theme.space(1)
        super().paint_heading(painter, area.adjusted(left, 0, 0, 0), option, words)

    def paint_row(self, painter: QPainter, area: QRectF, index: Index) -> None:
        entry, theme = index.data(ENTRY), current()
        side, left = theme.px(DOT), area.left() + theme.px(INDENT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tones.header(entry.category))
        dot = QRectF(left, area.center().y() - side / 2, side, side)
        painter.drawRoundedRect(dot, theme.px(3), theme.px(3))
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        words = area.adjusted(dot.right() + theme.px(10) - area.left(), 0, -theme.space(2), 0)
        title = painter.fontMetrics().elidedText(
            entry.title, Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, LEFT, title)
