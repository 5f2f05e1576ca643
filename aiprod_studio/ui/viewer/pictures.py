"""Painting of pictures on the screen: two beside each other, a wipe, a difference, guides.

The screen says where; nothing here remembers anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from aiprod_studio.ui.theme import current

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

Labels: TypeAlias = tuple[str, str]
Placed: TypeAlias = tuple[QRectF, QImage]
RGB32 = QImage.Format.Format_RGB32
EDGE = 12


def image_of(frame: UInt8Array | None) -> QImage | None:
    """Return a frame as Qt paints it fastest; the pixels are copied."""
    if frame is None:
        return None
    import numpy as np

    pixels = np.ascontiguousarray(frame)
    height, width, channels = pixels.shape
    layout = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    image = QImage(cast("bytes", pixels.data), width, height, width * channels, layout)
    wanted = QImage.Format.Format_ARGB32_Premultiplied if channels == 4 else RGB32
    return image.convertToFormat(wanted)


def paint_side(painter: QPainter, view: QRectF, one: Placed, other: Placed, labels: Labels) -> None:
    """Draw two pictures, each in its half."""
    half = view.width() / 2
    _paint_part(painter, *one, QRectF(0, 0, half - 1, view.height()))
    _paint_part(painter, *other, QRectF(half + 1, 0, half, view.height()))
    room = half - 2 * EDGE
    _paint_label(painter, labels[0], EDGE, room)
    _paint_label(painter, labels[1], half + EDGE, room)


def paint_difference(painter: QPainter, area: QRectF, first: QImage, second: QImage) -> None:
    """Draw where two pictures differ; black is the same."""
    painter.drawImage(area, first)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(area, second)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)


def paint_wipe(
    painter: QPainter,
    view: QRectF,
    area: QRectF,
    edge: float,
    pair: tuple[QImage, QImage],
    labels: Labels,
) -> None:
    """Draw one picture left of an edge and the other right of it."""
    _paint_part(painter, area, pair[0], QRectF(0, 0, edge, view.height()))
    rest = QRectF(edge, 0, max(0.0, view.width() - edge), view.height())
    _paint_part(painter, area, pair[1], rest)
    _paint_edge(painter, edge, max(0.0, area.top()), min(view.height(), area.bottom()))
    left, right = max(0.0, area.left()) + EDGE, min(view.width(), area.right()) - EDGE
    room = view.width() / 2 - 40
    _paint_label(painter, labels[0], left, room)
    _paint_label(painter, labels[1], right, room, ends=True)


def paint_guides(painter: QPainter, area: QRectF) -> None:
    """Draw thirds, and the area in which titles are safe."""
    painter.setPen(QPen(QColor(255, 255, 255, 80), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for share in (1 / 3, 2 / 3):
        x, y = area.left() + area.width() * share, area.top() + area.height() * share
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    painter.setPen(QPen(QColor(255, 255, 255, 120), 1, Qt.PenStyle.DashLine))
    inset = QPointF(area.width() * 0.05, area.height() * 0.05)
    painter.drawRect(QRectF(area.topLeft() + inset, area.bottomRight() - inset))


def _paint_edge(painter: QPainter, edge: float, top: float, bottom: float) -> None:
    """Draw the line of a wipe with its handle."""
    white = QColor(255, 255, 255, 230)
    painter.setPen(QPen(white, 1.5))
    painter.drawLine(QPointF(edge, top), QPointF(edge, bottom))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(20, 22, 26, 220))
    middle = (top + bottom) / 2
    painter.drawEllipse(QPointF(edge, middle), 9, 9)
    for way in (-1, 1):
        tip = QPointF(edge + way * 5.5, middle)
        painter.drawLine(tip, tip + QPointF(-way * 2.5, -3))
        painter.drawLine(tip, tip + QPointF(-way * 2.5, 3))


def _paint_part(painter: QPainter, area: QRectF, image: QImage, clip: QRectF) -> None:
    painter.save()
    painter.setClipRect(clip)
    painter.drawImage(area, image)
    painter.restore()


def _paint_label(
    painter: QPainter, words: str, x: float, room: float, *, ends: bool = False
) -> None:
    """Draw a name on a dark patch that begins, or ends, at a place."""
    if not words:
        return
    painter.setFont(current().font("small", strong=True))
    metrics = painter.fontMetrics()
    text = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, max(20, int(room)))
    width = metrics.horizontalAdvance(text) + 12
    place = QRectF(x - width if ends else x, 10, width, metrics.height() + 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(12, 13, 16, 190))
    painter.drawRoundedRect(place, 4, 4)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
