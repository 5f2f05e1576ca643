"""What all rows of the library have in common: headings, and the ground of a chosen row.

`node_rows` and `file_rows` say what stands in a row.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from aiprod_studio.ui.theme import current

Index = QModelIndex | QPersistentModelIndex
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
HEADING_HEIGHT = 28


class Rows(QStyledItemDelegate):
    """Draws rows; items whose role `heading` is set are headings.

    Args:
        parent: the list or the tree.
        heading: the role.
        height: of a row, in pixels at 100 %.
    """

    def __init__(self, parent: QWidget, heading: int, height: int) -> None:
        super().__init__(parent)
        self._heading, self._height = heading, height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = HEADING_HEIGHT if index.data(self._heading) else self._height
        return QSize(current().px(100), current().px(height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(option.rect)
        if index.data(self._heading):
            self.paint_heading(painter, area, option, str(index.data()))
        else:
            self._paint_ground(painter, area, option)
            self.paint_row(painter, area, index)
        painter.restore()

    def paint_heading(
        self, painter: QPainter, area: QRectF, option: QStyleOptionViewItem, words: str
    ) -> None:
        """Draw a heading."""
        theme = current()
        painter.setFont(theme.font("small", strong=True))
        painter.setPen(theme.colour("text_dim"))
        painter.drawText(area.adjusted(theme.space(1), theme.space(1), 0, 0), LEFT, words)

    def paint_row(self, painter: QPainter, area: QRectF, index: Index) -> None:
        """Draw what stands in a row."""
        raise NotImplementedError

    def _paint_ground(self, painter: QPainter, area: QRectF, option: QStyleOptionViewItem) -> None:
        theme, state = current(), option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selection" if chosen else "hover"))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), theme.radius, theme.radius)
