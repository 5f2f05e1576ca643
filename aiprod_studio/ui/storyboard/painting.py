"""How cards and tiles of the board look. Called for what is visible; keeps nothing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QTextOption

from aiprod_studio.story.board import Panel
from aiprod_studio.ui.footage.tones import Tones
from aiprod_studio.ui.storyboard.model.layout import Box, Card, Drop, Tile
from aiprod_studio.ui.theme import current, pixmap


@dataclass(frozen=True)
class Face:
    """What stands on a card beside the panel itself."""

    number: str
    image: QImage | None
    wrong: str = ""
    chosen: bool = False
    focused: bool = False
    frames: int = 0
    short: int = 0
    dimmed: bool = False
    fill: bool = False


def rect_of(box: Box) -> QRectF:
    """Return a box as Qt has it."""
    return QRectF(box.x, box.y, box.width, box.height)


def seconds_words(frames: int, rate: Fraction) -> str:
    """Return a duration as it stands on a card, say `2.0 s`."""
    return f"{float(frames / rate):.1f} s"


def paint_card(
    painter: QPainter, card: Card, panel: Panel, face: Face, rate: Fraction, words: float,
    shades: Tones,
) -> None:  # fmt: skip
    """Paint one panel: its picture, what is said or done, and how long it lasts."""
    theme, area = shades.theme, rect_of(card.box)
    radius = float(theme.px(5))
    shape = QPainterPath()
    shape.addRoundedRect(area, radius, radius)
    painter.setOpacity(0.35 if face.dimmed else 1.0)
    painter.setClipPath(shape)
    painter.fillRect(area, shades.bar)
    picture = QRectF(area.x(), area.y(), area.width(), area.height() - words)
    _paint_picture(painter, picture, panel, face, shades)
    text = QRectF(area.x(), picture.bottom(), area.width(), words)
    _paint_words(painter, text, panel, face, rate, shades)
    painter.setClipping(False)
    tone = shades.accent if face.chosen else shades.line
    wide = theme.px(2) if face.chosen else 1
    pen = QPen(tone, wide)
    if face.focused and not face.chosen:
        pen = QPen(shades.dim, 1, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    inset = wide / 2
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.setOpacity(1.0)


def _paint_picture(
    painter: QPainter, area: QRectF, panel: Panel, face: Face, shades: Tones
) -> None:
    painter.fillRect(area, shades.ground)
    if face.image is not None and not face.image.isNull():
        mode = Qt.AspectRatioMode.KeepAspectRatio
        if face.fill:
            mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
        size = face.image.size().scaled(area.size().toSize(), mode)
        place = QRectF(QPointF(), size.toSizeF())
        place.moveCenter(area.center())
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.drawImage(place, face.image)
        painter.restore()
    else:
        _paint_missing(painter, area, panel, face, shades)
    _paint_number(painter, area, face.number, shades)


def _paint_missing(
    painter: QPainter, area: QRectF, panel: Panel, face: Face, shades: Tones
) -> None:
    """Say what a card without a picture is: still empty, being read, or damaged."""
    theme = shades.theme
    name, token = ("image", "text_faint")
    words = "" if panel.image else "Drop an image here"
    if face.wrong:
        name, token, words = "image-off", "warn", face.wrong
    side = theme.px(22)
    at = area.center() - QPointF(side / 2, side / 2 + theme.px(10 if words else 0))
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(at, pixmap(name, side, token, ratio))
    painter.setFont(shades.small)
    painter.setPen(theme.colour(token))
    if area.width() < theme.px(84):
        return  # no word would fit; the picture at the side says it
    room = area.adjusted(theme.px(8), 0, -theme.px(8), -theme.px(4))
    room.setTop(at.y() + side + theme.px(4))
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
    painter.drawText(room, words, option)


def _paint_number(painter: QPainter, area: QRectF, words: str, shades: Tones) -> None:
    theme, metrics = shades.theme, shades.metrics
    wide = metrics.horizontalAdvance(words) + theme.px(10)
    if wide > area.width():
        return
    box = QRectF(area.x() + theme.px(6), area.y() + theme.px(6), wide, theme.px(17))
    ground = theme.colour("scrim", 190)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, theme.px(3), theme.px(3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.colour("on_header"))
    painter.setFont(shades.small)
    painter.drawText(box, words, QTextOption(Qt.AlignmentFlag.AlignCenter))


def _paint_words(
    painter: QPainter, area: QRectF, panel: Panel, face: Face, rate: Fraction, shades: Tones
) -> None:
    theme = shades.theme
    room = area.adjusted(theme.px(8), theme.px(6), -theme.px(8), -theme.px(5))
    foot = QRectF(room.x(), room.bottom() - theme.px(14), room.width(), theme.px(14))
    frames = face.frames or panel.frames
    painter.setFont(shades.numbers)
    painter.setPen(shades.dim)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    duration = seconds_words(frames, rate)
    if face.frames:  # while it is dragged, frames count
        duration += f" · {frames} frames"
    painter.drawText(foot, duration, QTextOption(left))
    used = shades.metrics.horizontalAdvance(duration) + theme.px(8)
    if panel.sound:
        used += _paint_sound(painter, foot, used, shades)
    if frames < 1:
        _paint_warning(painter, foot, "never shown", used, shades)
    elif face.short:
        _paint_warning(painter, foot, f"says {seconds_words(face.short, rate)}", used, shades)
    elif panel.camera:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(shades.small)
        painter.setPen(shades.faint)
        words = shades.metrics.elidedText(
            panel.camera, Qt.TextElideMode.ElideRight, max(foot.width() - used, 0)
        )
        painter.drawText(foot, words, QTextOption(right))
    said = room.adjusted(0, 0, 0, -theme.px(16))
    _paint_said(painter, said, panel, shades)


def _paint_sound(painter: QPainter, foot: QRectF, at: float, shades: Tones) -> float:
    """Paint the mark of a panel with a sound; return how much room it takes."""
    side = shades.theme.px(11)
    place = QPointF(foot.x() + at, foot.y() + (foot.height() - side) / 2)
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(place, pixmap("volume-2", side, "text_dim", ratio))
    return float(side + shades.theme.px(8))


def _paint_said(painter: QPainter, room: QRectF, panel: Panel, shades: Tones) -> None:
    theme = shades.theme
    words = f"“{panel.dialogue}”" if panel.dialogue else panel.action or panel.notes
    words = " ".join(words.split())
    font = theme.font("small")
    if not panel.dialogue:
        font.setItalic(True)
    painter.setFont(font)
    painter.setPen(shades.text if panel.dialogue else shades.dim)
    metrics = QFontMetricsF(font)
    lines = max(1, int(room.height() // metrics.lineSpacing()))
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width() * lines * 0.94)
    painter.drawText(room, words, QTextOption(Qt.AlignmentFlag.AlignLeft))


def _paint_warning(painter: QPainter, foot: QRectF, words: str, used: float, shades: Tones) -> None:
    theme = shades.theme
    side = theme.px(12)
    wide = shades.metrics.horizontalAdvance(words) + side + theme.px(4)
    if wide > foot.width() - used:
        words, wide = "", side
    at = QPointF(foot.right() - wide, foot.y() + (foot.height() - side) / 2)
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(at, pixmap("triangle-alert", side, "warn", ratio))
    painter.setFont(shades.small)
    painter.setPen(shades.warn)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(foot, words, QTextOption(right))


def paint_tile(painter: QPainter, tile: Tile, hot: bool, shades: Tones) -> None:
    """Paint the place for a new shot, or of a shot without panels."""
    theme, area = shades.theme, rect_of(tile.box).adjusted(0.5, 0.5, -0.5, -0.5)
    tone = shades.accent if hot else shades.line_strong
    painter.setPen(QPen(tone, 1, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(area, theme.px(5), theme.px(5))
    side = theme.px(18)
    at = area.center() - QPointF(side / 2, side / 2)
    ratio = painter.device().devicePixelRatioF()
    token = "accent" if hot else "text_faint"
    painter.drawPixmap(at, pixmap("plus", side, token, ratio))
    if tile.kind == "empty":
        painter.setFont(shades.small)
        painter.setPen(shades.faint)
        room = area.adjusted(0, area.height() / 2 + side, 0, 0)
        top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(room, "No panel yet", QTextOption(top))


def paint_drop(painter: QPainter, drop: Drop, shades: Tones) -> None:
    """Paint the line where dragged panels would go, or a frame around the card that takes it."""
    wide, mark = current().px(3), drop.mark
    if drop.onto:
        painter.setPen(QPen(shades.accent, wide))
        radius = current().px(5)
        painter.drawRoundedRect(rect_of(mark), radius, radius)
        return
    area = QRectF(mark.x - wide / 2, mark.y, wide, mark.height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shades.accent)
    painter.drawRoundedRect(area, wide / 2, wide / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
