"""Frames and notes on the canvas, painted.

The projection makes them from the document's records; gestures move and resize them by commands.
"""

from __future__ import annotations

from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from aiprod_studio.graph import Frame, Note
from aiprod_studio.ui.canvas import painting
from aiprod_studio.ui.canvas.palette import Palette, colour

TITLE, GRIP, ROOM = 30.0, 18.0, 26.0
LEAST = (120.0, 70.0)
FRAME_SIZE, NOTE_SIZE = (360.0, 240.0), (260.0, 110.0)
BACK = -5.0
PLAIN_FRAME = "#5b6679"


class GroupItem(AbstractNodeItem):  # type: ignore[misc]
    """What frames and notes share: a place, a size, a corner to drag."""

    def __init__(self, name: str, palette: Palette) -> None:
        super().__init__(name)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable, False)
        self._palette = palette
        self._size = LEAST

    @property
    def area(self) -> QRectF:
        """What it covers on the canvas."""
        return QRectF(self.pos().x(), self.pos().y(), *self._size)

    def cover(self, area: QRectF) -> None:
        """Take this place and size."""
        size = (max(area.width(), LEAST[0]), max(area.height(), LEAST[1]))
        if size != self._size:
            self.prepareGeometryChange()
            self._size = size
        self.setPos(area.topLeft())
        self.update()

    def grip_at(self, point: QPointF) -> bool:
        """Say whether a point of the canvas is on the corner that resizes."""
        area = self.area
        corner = QRectF(area.right() - GRIP, area.bottom() - GRIP, GRIP + 4, GRIP + 4)
        return corner.contains(point)

    def boundingRect(self) -> QRectF:
        return QRectF(-2, -2, self._size[0] + 4, self._size[1] + 4)

    def _paint_grip(self, painter: QPainter, tone: QColor) -> None:
        right, bottom = self._size
        painter.setPen(QPen(tone, 1.4))
        for away in (5.0, 9.0, 13.0):
            start = QPointF(right - away, bottom - 4)
            painter.drawLine(start, QPointF(right - 4, bottom - away))


class FrameItem(GroupItem):
    """A named, coloured group behind its members."""

    def __init__(self, frame: Frame, palette: Palette) -> None:
        super().__init__(frame.name, palette)
        self.frame = frame
        self.setZValue(BACK)

    def show_frame(self, frame: Frame) -> None:
        """Show the frame as the document has it; `cover` says where."""
        self.frame = frame
        self.name = frame.name
        self.setToolTip("")
        self.update()

    def title_at(self, point: QPointF) -> bool:
        """Say whether a point of the canvas is on the title, which drags the frame."""
        area = self.area
        return QRectF(area.x(), area.y(), area.width(), TITLE).contains(point)

    def shape(self) -> QPainterPath:
        """Return what a marquee touches: the title, so that nodes inside can be chosen alone."""
        path = QPainterPath()
        path.addRect(0, 0, self._size[0], TITLE)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        tone = QColor(self.frame.colour or PLAIN_FRAME)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self._palette.accent if self.isSelected() else tone.name()
        painter.setPen(QPen(colour(edge), 2 if self.isSelected() else 1.2))
        painter.setBrush(colour(tone.name(), 38))
        painter.drawRoundedRect(QRectF(0, 0, *self._size), 9, 9)
        painter.setPen(painting.NO_PEN)
        painter.setBrush(colour(tone.name(), 150))
        painter.drawRoundedRect(QRectF(4, 4, self._size[0] - 8, TITLE - 6), 6, 6)
        if option.levelOfDetailFromTransform(painter.worldTransform()) > 0.15:
            painter.setPen(colour(self._palette.text))
            painter.setFont(painting.font(14, True))
            room = int(self._size[0] - 28)
            title = QRectF(14, 4, room, TITLE - 6)
            painter.drawText(title, painting.LEFT, painting.elided(self.name, room, 14, True))
        self._paint_grip(painter, colour(tone.name(), 220))


class NoteItem(GroupItem):
    """A text on the canvas."""

    def __init__(self, note: Note, palette: Palette) -> None:
        super().__init__(note.name, palette)
        self.note = note
        self.setZValue(BACK + 2)

    def show_note(self, note: Note) -> None:
        """Show the note as the document has it."""
        self.note = note
        self.name = note.name
        self.setToolTip("")
        pos, size = note.pos or (0.0, 0.0), note.size or NOTE_SIZE
        self.cover(QRectF(pos[0], pos[1], size[0], size[1]))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        palette = self._palette
        ground = self.note.colour or palette.note
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = colour(palette.accent) if self.isSelected() else QColor(ground).darker(125)
        painter.setPen(QPen(edge, 2 if self.isSelected() else 1))
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(QRectF(0, 0, *self._size), 6, 6)
        ink = palette.note_text if not self.note.colour else palette.ink(QColor(ground))
        if option.levelOfDetailFromTransform(painter.worldTransform()) > 0.3:
            painter.setPen(colour(ink))
            painter.setFont(painting.font(13))
            inside = QRectF(12, 9, self._size[0] - 24, self._size[1] - 18)
            painter.drawText(inside, painting.LEFT_TOP_WRAP, self.note.text)
        self._paint_grip(painter, colour(ink, 120))
