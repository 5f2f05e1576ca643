"""What the mouse does over time: each gesture is an object with move, end and cancel.

The viewer starts one when a button goes down and forgets it when the button comes up or Escape is
pressed. Here are panning, the marquee, cutting links and resizing; moving and linking have files of
their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from aiprod_studio.ui.canvas.group_items import LEAST, FrameItem, GroupItem
from aiprod_studio.ui.canvas.link_item import LinkItem
from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.canvas.palette import colour
from aiprod_studio.ui.canvas.shape import LEAST_WIDTH

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.viewer import Viewer

Keys = Qt.KeyboardModifier
OVER = 20.0


class Gesture:
    """Something that the mouse does between press and release."""

    def __init__(self, viewer: Viewer, at: QPointF) -> None:
        self.viewer = viewer
        self.start = at

    def move(self, at: QPointF, keys: Keys) -> None:
        """Follow the mouse to a point of the canvas."""

    def end(self, at: QPointF, keys: Keys) -> None:
        """Do it."""

    def cancel(self) -> None:
        """Leave everything as it was."""


class Pan(Gesture):
    """Moves the view; the point that was taken stays under the mouse."""

    def move(self, at: QPointF, keys: Keys) -> None:
        self.viewer.pan(self.start - at)


class Marquee(Gesture):
    """Chooses what a rectangle touches; Shift adds, Ctrl takes away."""

    def __init__(self, viewer: Viewer, at: QPointF, keys: Keys) -> None:
        super().__init__(viewer, at)
        projection = viewer.projection
        self._before = {id(item) for item in projection.items() if item.isSelected()}
        if not keys & (Keys.ShiftModifier | Keys.ControlModifier):
            viewer.scene().clearSelection()

    def move(self, at: QPointF, keys: Keys) -> None:
        corner = self.viewer.mapFromScene(self.start)
        frame = QRect(corner, self.viewer.mapFromScene(at)).normalized()
        if frame.width() + frame.height() < 6:
            return
        self.viewer.band.setGeometry(frame)
        self.viewer.band.show()
        self._choose(_around(self.start, at), keys)

    def end(self, at: QPointF, keys: Keys) -> None:
        self.viewer.band.hide()
        self.viewer.band.setGeometry(QRect(0, 0, 0, 0))

    def cancel(self) -> None:
        self.viewer.band.hide()
        for item in self.viewer.projection.items():
            item.setSelected(id(item) in self._before)

    def _choose(self, area: QRectF, keys: Keys) -> None:
        touched = {id(item) for item in self.viewer.scene().items(area)}
        if keys & Keys.ShiftModifier:
            wanted = self._before | touched
        elif keys & Keys.ControlModifier:
            wanted = self._before - touched
        else:
            wanted = touched
        for item in self.viewer.projection.items():
            if item.isSelected() != (id(item) in wanted):
                item.setSelected(id(item) in wanted)


class Cut(Gesture):
    """Cuts the links that a line crosses."""

    def __init__(self, viewer: Viewer, at: QPointF) -> None:
        super().__init__(viewer, at)
        self._line = QGraphicsPathItem()
        self._line.setZValue(OVER)
        pen = QPen(colour(viewer.projection.palette.danger), 2, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        viewer.scene().addItem(self._line)
        self._crossed: list[LinkItem] = []

    def move(self, at: QPointF, keys: Keys) -> None:
        path = QPainterPath(self.start)
        path.lineTo(at)
        self._line.setPath(path)
        crossed = [
            item
            for item in self.viewer.scene().items(_around(self.start, at))
            if isinstance(item, LinkItem) and item.crossed_by(QLineF(self.start, at))
        ]
        for item in self._crossed:
            item.light(False)
        for item in crossed:
            item.light(True)
        self._crossed = crossed

    def end(self, at: QPointF, keys: Keys) -> None:
        links = [item.link for item in self._crossed]
        self.cancel()
        self.viewer.editor.cut(links)

    def cancel(self) -> None:
        for item in self._crossed:
            item.light(False)
        self.viewer.scene().removeItem(self._line)


def _around(start: QPointF, end: QPointF) -> QRectF:
    """Return what a line covers; never empty, since empty areas touch nothing."""
    return QRectF(start, end).normalized().adjusted(-2, -2, 2, 2)


class Resize(Gesture):
    """Gives a frame, a note or a node another size by its corner."""

    def __init__(self, viewer: Viewer, at: QPointF, item: GroupItem | NodeItem) -> None:
        super().__init__(viewer, at)
        self._item = item
        self._area = item.area

    def move(self, at: QPointF, keys: Keys) -> None:
        area = self._wanted(at)
        if isinstance(self._item, NodeItem):
            self._item.stretch(area.width(), area.height())
            self.viewer.projection.carry(self._item.name, self._item.pos())
        else:
            self._item.cover(area)

    def end(self, at: QPointF, keys: Keys) -> None:
        if at != self.start and self._wanted(at) != self._area:
            kind = "node" if isinstance(self._item, NodeItem) else "note"
            kind = "frame" if isinstance(self._item, FrameItem) else kind
            self.viewer.editor.placing.resize(kind, self._item.name, self._wanted(at))

    def cancel(self) -> None:
        if isinstance(self._item, NodeItem):
            self.viewer.projection.put_back(self._item.name)
        else:
            self._item.cover(self._area)

    def _wanted(self, at: QPointF) -> QRectF:
        away = at - self.start
        least = (LEAST_WIDTH, 40.0) if isinstance(self._item, NodeItem) else LEAST
        width = max(least[0], self._area.width() + away.x())
        height = max(least[1], self._area.height() + away.y())
        return QRectF(self._area.topLeft(), QSize(round(width), round(height)))
