"""A link as a curve between two sockets, and the same curve while one end is being dragged.

The projection makes one per link of the document and routes it when a node moves. Painting is
Qt's own, because a thousand of these must pan smoothly.
"""

from __future__ import annotations

import itertools

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsSimpleTextItem

from aiprod_studio.graph import Link
from aiprod_studio.graph.records import INTERFACE
from aiprod_studio.ui.canvas.palette import Palette, colour

BEHIND, STUB, TOUCH, APART = -1.0, 46.0, 10.0, 6.0


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """Return the way of a link: level at both ends, wider where it must go back."""
    across = end.x() - start.x()
    bow = min(max(abs(across) * 0.5, 28.0), 160.0) if across >= 0 else min(60 - across * 0.4, 260.0)
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(bow, 0), end - QPointF(bow, 0), end)
    return path


class LinkItem(QGraphicsPathItem):
    """One link; `stray` ones start at no node and show what they ask for."""

    def __init__(self, link: Link, palette: Palette) -> None:
        super().__init__()
        self.link = link
        self.stray = False
        self._palette = palette
        self._label: QGraphicsSimpleTextItem | None = None
        self._colour = colour(palette.dim)
        self._dotted = False
        self._lit = False
        self.setZValue(BEHIND)

    def route(self, start: QPointF | None, end: QPointF) -> None:
        """Draw it from socket to socket, or as a stub when it starts at nothing."""
        self.stray = start is None
        if start is None:
            start = end - QPointF(STUB, 0)
            self._name_stub(start)
        elif self._label is not None:
            self._label.setVisible(False)
        self.setPath(curve(start, end) if not self.stray else _line(start, end))

    def dress(self, kind: QColor, dotted: bool) -> None:
        """Give it the colour of what flows; dotted when nothing does."""
        self._colour, self._dotted = kind, dotted
        self._restyle()

    def light(self, lit: bool) -> None:
        """Show that something would be put into it, or that it would be cut."""
        if lit != self._lit:
            self._lit = lit
            self._restyle()

    def shape(self) -> QPainterPath:
        """Return what the mouse touches."""
        stroker = QPainterPathStroker()
        stroker.setWidth(TOUCH)
        return stroker.createStroke(self.path())

    def places(self) -> list[QPointF]:
        """Return points along it, so close that nothing it crosses is missed."""
        path = self.path()
        count = max(2, min(300, int(path.length() / APART)))
        return [path.pointAtPercent(step / count) for step in range(count + 1)]

    def crossed_by(self, line: QLineF) -> bool:
        """Say whether a line crosses it; its own curve counts, not the area that it bounds."""
        points = self.places()
        bounded = QLineF.IntersectionType.BoundedIntersection
        pieces = itertools.pairwise(points)
        return any(QLineF(a, b).intersects(line)[0] == bounded for a, b in pieces)

    def boundingRect(self) -> QRectF:
        return self.path().controlPointRect().adjusted(-4, -4, 4, 4)

    def _restyle(self) -> None:
        pen = QPen(colour(self._palette.accent) if self._lit else self._colour)
        pen.setWidthF(4.0 if self._lit else 2.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        if self.stray and self.link.source != INTERFACE:
            pen.setColor(colour(self._palette.warning))
        if self.stray or self._dotted:
            pen.setStyle(Qt.PenStyle.DotLine)
        self.setPen(pen)

    def _name_stub(self, start: QPointF) -> None:
        if self._label is None:
            self._label = QGraphicsSimpleTextItem(self)
        given = self.link.source == INTERFACE
        words = self.link.output if given else f"{self.link.source}.{self.link.output}"
        self._label.setText(words)
        self._label.setBrush(colour(self._palette.dim if given else self._palette.warning))
        self._label.setVisible(True)
        rect = self._label.boundingRect()
        self._label.setPos(start - QPointF(rect.width() + 6, rect.height() / 2))


def _line(start: QPointF, end: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    path.lineTo(end)
    return path
