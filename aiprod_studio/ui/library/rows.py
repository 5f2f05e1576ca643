"""How the rows of the library look: categories as headings, nodes with the dot of their colour.

Colours are those of the canvas; nothing here knows a document.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget

from aiprod_studio.ui.canvas.palette import Palette, colour
from aiprod_studio.ui.theme import current

CATEGORY, ENTRY = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
HEADING, ROW = 30, 28
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Rows(QStyledItemDelegate):
    """Draws the rows of the tree."""

    def __init__(self, palette: Palette, parent: QTreeWidget) -> None:
        super().__init__(parent)
        self._tree = parent
        self._tones = palette

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(100, current().px(HEADING if index.data(CATEGORY) else ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)
        if index.data(CATEGORY):
            open_now = bool(option.state & QStyle.StateFlag.State_Open)
            self._paint_heading(painter, area, str(index.data()), open_now)
        else:
            self._paint_row(painter, area, option, index)
        painter.restore()

    def _paint_heading(self, painter: QPainter, area: QRectF, words: str, opened: bool) -> None:
        font = QFont(self._tree.font())
        font.setPixelSize(current().font_size("small"))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(colour(self._tones.dim))
        painter.drawText(area.adjusted(18, 4, 0, 0), LEFT, words)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._tones.dim))
        painter.drawPolygon(_arrow(area.left() + 8, area.center().y() + 2, opened))

    def _paint_row(
        self,
        painter: QPainter,
        area: QRectF,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry = index.data(ENTRY)
        state = option.state
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(colour(self._tones.accent, 60 if chosen else 28))
            painter.drawRoundedRect(area.adjusted(2, 1, -2, -1), 5, 5)
        painter.setBrush(self._tones.header(entry.category))
        painter.drawRoundedRect(QRectF(area.left() + 18, area.center().y() - 5, 10, 10), 3, 3)
        font = QFont(self._tree.font())
        font.setPixelSize(current().font_size())
        painter.setFont(font)
        painter.setPen(colour(self._tones.text))
        words = area.adjusted(38, 0, -8, 0)
        title = painter.fontMetrics().elidedText(
            entry.title, Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, LEFT, title)


def _arrow(x: float, y: float, opened: bool) -> QPolygonF:
    if opened:
        points = [QPointF(x - 3.5, y - 2), QPointF(x + 3.5, y - 2), QPointF(x, y + 2.5)]
    else:
        points = [QPointF(x - 2, y - 3.5), QPointF(x - 2, y + 3.5), QPointF(x + 2.5, y)]
    return QPolygonF(points)
