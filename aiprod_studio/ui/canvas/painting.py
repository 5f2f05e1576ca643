"""How nodes look: ground, header, sockets, values, picture, badges, footer.

`NodeItem.paint` calls these with its shape; each draws one part and nothing remembers anything.
Far away, text and details are left out, because nobody could read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from aiprod_studio.ui.canvas.looks import NodeLook
from aiprod_studio.ui.canvas.palette import Palette, colour
from aiprod_studio.ui.canvas.shape import HEADER, PAD, ROW, Shape, Socket, Value
from aiprod_studio.ui.theme.theme import FAMILY

ROUND, DOT = 7.0, 5.0
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MIDDLE = Qt.AlignmentFlag.AlignCenter
WRAP = Qt.TextFlag.TextWordWrap
BADGES = {"cached": "good", "stale": "warning", "running": "accent", "error": "danger"}
NO_BRUSH, NO_PEN = Qt.BrushStyle.NoBrush, Qt.PenStyle.NoPen


@lru_cache(maxsize=16)
def font(pixels: int, bold: bool = False) -> QFont:
    """Return the program's font in canvas units."""
    found = QFont(FAMILY)
    found.setPixelSize(pixels)
    found.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return found


@lru_cache(maxsize=4096)
def elided(text: str, width: int, pixels: int, bold: bool = False) -> str:
    """Return the text, shortened to a width in canvas units."""
    first = text.split("\n", 1)[0]
    metrics = QFontMetricsF(font(pixels, bold))
    return metrics.elidedText(first, Qt.TextElideMode.ElideRight, float(width))


@lru_cache(maxsize=4096)
def text_width(text: str, pixels: int, bold: bool = False) -> float:
    """Return how wide a text is, in canvas units."""
    return QFontMetricsF(font(pixels, bold)).horizontalAdvance(text)


@lru_cache(maxsize=256)
def _header_path(width: float, folded: bool) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(QRectF(0, 0, width, HEADER), ROUND, ROUND)
    if not folded:
        path.addRect(QRectF(0, HEADER - ROUND, width, ROUND))
    return path


def paint_ground(
    painter: QPainter, shape: Shape, palette: Palette, edge: str, wide: bool, dashed: bool
) -> None:
    """Draw the body and its edge."""
    pen = QPen(colour(edge), 2.0 if wide else 1.0)
    if dashed:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(colour(palette.node))
    rect = QRectF(0, 0, shape.width, shape.height)
    painter.drawRoundedRect(rect, ROUND, ROUND)


def paint_header(painter: QPainter, shape: Shape, ground: QColor) -> None:
    """Draw the header in the colour of the category."""
    painter.setPen(NO_PEN)
    painter.setBrush(ground)
    painter.drawPath(_header_path(shape.width, shape.folded))


def paint_titles(
    painter: QPainter, shape: Shape, ink: str, name: str, title: str, taken: float
) -> None:
    """Draw the artist's name and, below it, what kind of node it is."""
    room = int(shape.width - 2 * PAD - 4 - taken)
    painter.setPen(colour(ink))
    painter.setFont(font(13, True))
    top = QRectF(PAD + 4, 5, room + 8, 18)
    painter.drawText(top, LEFT, elided(name, room, 13, True))
    painter.setPen(colour(ink, 235))
    painter.setFont(font(11))
    below = QRectF(PAD + 4, 22, shape.width - 2 * PAD - 4, 15)
    painter.drawText(below, LEFT, elided(title, int(below.width()), 11))


def paint_badge(painter: QPainter, shape: Shape, words: str, tone: str) -> float:
    """Draw a pill at the right of the header; return the room it takes."""
    if not words:
        return 0.0
    width = text_width(words, 10, True) + 20
    rect = QRectF(shape.width - width - 7, 7, width, 16)
    painter.setPen(NO_PEN)
    painter.setBrush(colour("#14161a", 205))
    painter.drawRoundedRect(rect, 8, 8)
    painter.setBrush(colour(tone))
    painter.drawEllipse(QPointF(rect.left() + 8, rect.center().y()), 3, 3)
    painter.setPen(colour("#ffffff"))
    painter.setFont(font(10, True))
    painter.drawText(rect.adjusted(14, 0, -4, 0), LEFT, words)
    return width + 4


def paint_digit(painter: QPainter, shape: Shape, digit: int, taken: float) -> float:
    """Draw the key of the viewer left of the badge; return the room it takes."""
    rect = QRectF(shape.width - taken - 7 - 16, 7, 16, 16)
    painter.setPen(NO_PEN)
    painter.setBrush(colour("#ffffff", 225))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(colour("#14161a"))
    painter.setFont(font(10, True))
    painter.drawText(rect, MIDDLE, str(digit))
    return 20.0


def paint_sockets(
    painter: QPainter,
    sockets: Iterable[Socket],
    shape: Shape,
    palette: Palette,
    lit: frozenset[tuple[str, str]] | None,
    near: bool,
) -> None:
    """Draw dots and names; while a link is dragged only `lit` ones stand out."""
    for socket in sockets:
        dim = lit is not None and (socket.side, socket.name) not in lit
        tone = palette.socket(socket.type)
        _paint_dot(painter, socket, tone, palette, dim, lit is not None and not dim, near)
        if near and not shape.folded and not socket.bare:
            _paint_name(painter, socket, shape, palette, dim)


def _paint_dot(
    painter: QPainter,
    socket: Socket,
    tone: QColor,
    palette: Palette,
    dim: bool,
    lit: bool,
    near: bool,
) -> None:
    if socket.bare and not near and not lit:
        return
    shown = colour(tone.name(), 70) if dim else tone
    painter.setPen(QPen(colour(palette.node_edge), 1.2))
    if lit:
        painter.setBrush(colour(palette.accent, 90))
        painter.setPen(NO_PEN)
        painter.drawEllipse(socket.point, DOT + 5, DOT + 5)
        painter.setPen(QPen(colour(palette.on_header), 1.2))
    hollow = socket.side == "input" and socket.optional and not socket.linked
    painter.setBrush(colour(palette.node) if hollow else shown)
    size = DOT - hollow - 1.2 * socket.bare
    if hollow:
        painter.setPen(QPen(shown, 1.4 if socket.bare else 2.0))
    painter.drawEllipse(socket.point, size, size)


def _paint_name(
    painter: QPainter, socket: Socket, shape: Shape, palette: Palette, dim: bool
) -> None:
    painter.setFont(font(12))
    strong = not dim and (socket.linked or not socket.optional)
    painter.setPen(colour(palette.text if strong else palette.dim, 90 if dim else 255))
    room = shape.width / 2 - 14
    left = 12.0 if socket.side == "input" else shape.width / 2 + 2
    rect = QRectF(left, socket.y - ROW / 2, room, ROW)
    words = elided(socket.name.replace("_", " "), int(room), 12)
    painter.drawText(rect, LEFT if socket.side == "input" else RIGHT, words)


def paint_values(painter: QPainter, values: Iterable[Value], palette: Palette) -> None:
    """Draw the first parameters as rows, prompts as blocks of text."""
    for value in values:
        painter.setPen(NO_PEN)
        painter.setBrush(colour(palette.inset))
        painter.drawRoundedRect(value.rect, 4, 4)
        inside = value.rect.adjusted(7, 0, -7, 0)
        painter.setFont(font(12))
        if value.block:
            painter.setPen(colour(palette.text if value.text else palette.dim))
            words = value.text or f"no {value.name}"
            painter.save()
            painter.setClipRect(inside)
            painter.drawText(inside.adjusted(0, 5, 0, -4), LEFT_TOP_WRAP, words)
            painter.restore()
            continue
        label = value.name.replace("_", " ")
        painter.setPen(colour(palette.dim))
        painter.drawText(inside, LEFT, elided(label, int(inside.width() * 0.6), 12))
        painter.setPen(colour(palette.text))
        room = inside.width() - min(text_width(label, 12), inside.width() * 0.6) - 8
        painter.drawText(inside, RIGHT, elided(value.text or "–", int(room), 12))


LEFT_TOP_WRAP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | WRAP


def paint_picture(painter: QPainter, rect: QRectF, picture: QPixmap, palette: Palette) -> None:
    """Draw the preview, whole, in the middle of its place."""
    path = QPainterPath()
    path.addRoundedRect(rect, 4, 4)
    painter.fillPath(path, colour(palette.inset))
    scale = min(rect.width() / picture.width(), rect.height() / picture.height())
    width, height = picture.width() * scale, picture.height() * scale
    at = QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height)
    painter.save()
    painter.setClipPath(path)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(at, picture, QRectF(picture.rect()))
    painter.restore()


def paint_footer(painter: QPainter, rect: QRectF, look: NodeLook, palette: Palette) -> None:
    """Draw progress, cost, time left, or what went wrong."""
    if look.progress is not None:
        share = min(max(look.progress, 0.0), 1.0)
        bar = QRectF(rect.left() + PAD, rect.top(), rect.width() - 2 * PAD, 4)
        painter.setPen(NO_PEN)
        painter.setBrush(colour(palette.inset))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(colour(palette.accent))
        bar.setWidth(max(4.0, bar.width() * share))
        painter.drawRoundedRect(bar, 2, 2)
    words = rect.adjusted(PAD, 3, -PAD, 0)
    painter.setFont(font(11))
    if look.badge == "error" and look.message:
        painter.setPen(colour(palette.danger))
        painter.drawText(words, LEFT, elided(look.message, int(words.width()), 11))
        return
    percent = f"{look.progress:.0%}" if look.progress is not None else ""
    left = "  ".join(part for part in (percent, look.cost or look.message) if part)
    painter.setPen(colour(palette.dim))
    painter.drawText(words, LEFT, elided(left, int(words.width() * 0.65), 11))
    painter.drawText(words, RIGHT, look.eta)


def paint_bend(painter: QPainter, shape: Shape, tone: QColor, edge: str) -> None:
    """Draw a reroute."""
    painter.setPen(QPen(colour(edge), 2))
    painter.setBrush(tone)
    centre = QPointF(shape.width / 2, shape.height / 2)
    painter.drawEllipse(centre, shape.width / 2 - 3, shape.height / 2 - 3)
