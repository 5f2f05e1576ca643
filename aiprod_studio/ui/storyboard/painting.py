"""How cards, headings and tiles of the board look. Called for what is visible; keeps nothing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QTextOption

from aiprod_studio.story.board import Panel, Scene, Shot
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.marking import ICONS
from aiprod_studio.ui.footage.tones import Tones
from aiprod_studio.ui.storyboard.model.layout import Box, Card, Head, Tile
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
    painter.drawText(foot, duration, QTextOption(left))
    used = shades.metrics.horizontalAdvance(duration) + theme.px(8)
    if face.short:
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
    room = foot.adjusted(0, 0, 0, 0)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(room, words, QTextOption(right))


def paint_scene(painter: QPainter, head: Head, scene: Scene, facts: str, shades: Tones) -> None:
    """Paint the heading of a scene: number, title, and how long it lasts."""
    theme, area = shades.theme, rect_of(head.box)
    words = f"Scene {scene.number}"
    painter.setFont(theme.font("body", strong=True))
    painter.setPen(shades.text)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    room = area.adjusted(0, 0, 0, -theme.px(8))
    painter.drawText(room, words, QTextOption(left))
    metrics = QFontMetricsF(theme.font("body", strong=True))
    room.setLeft(room.left() + metrics.horizontalAdvance(words) + theme.px(10))
    painter.setFont(shades.font)
    painter.setPen(shades.dim)
    tail = QFontMetricsF(shades.font).horizontalAdvance(facts) + theme.px(12)
    title = QFontMetricsF(shades.font).elidedText(
        scene.title, Qt.TextElideMode.ElideRight, max(0, room.width() - tail)
    )
    painter.drawText(room, title, QTextOption(left))
    painter.setFont(shades.numbers)
    painter.setPen(shades.faint)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(room, facts, QTextOption(right))
    painter.fillRect(QRectF(area.x(), area.bottom() - theme.px(6), area.width(), 1), shades.line)


def paint_shot(
    painter: QPainter, head: Head, shot: Shot, look: ShotLook | None, chosen: bool, shades: Tones
) -> None:
    """Paint the heading over a shot's cards: state, number, title; while it renders, how far."""
    theme, area = shades.theme, rect_of(head.box)
    bottom = area.bottom() - theme.px(3)
    painter.fillRect(
        QRectF(area.x(), bottom, area.width(), theme.px(2)),
        shades.accent if chosen else shades.kinds["video"].edge,
    )
    if look is not None and look.progress is not None:
        wide = area.width() * min(max(look.progress, 0.0), 1.0)
        painter.fillRect(QRectF(area.x(), bottom, wide, theme.px(2)), shades.good)
    room = area.adjusted(theme.px(2), 0, -theme.px(2), -theme.px(4))
    state = look.state if look is not None else "empty"
    name, token = ICONS.get(state, ("circle-check", "good"))
    side = theme.px(12)
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(
        QPointF(room.x(), room.y() + (room.height() - side) / 2), pixmap(name, side, token, ratio)
    )
    room.setLeft(room.left() + side + theme.px(5))
    _paint_title(painter, room, head, shot, look, shades)


def _paint_title(
    painter: QPainter, room: QRectF, head: Head, shot: Shot, look: ShotLook | None, shades: Tones
) -> None:
    theme = shades.theme
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    strong = theme.font("small", strong=True)
    painter.setFont(strong)
    painter.setPen(shades.faint if head.continued else shades.text)
    number = look.number if look is not None else shot.letter
    painter.drawText(room, number, QTextOption(left))
    room.setLeft(room.left() + QFontMetricsF(strong).horizontalAdvance(number) + theme.px(7))
    words = "continued" if head.continued else shot.title or shot.prompt
    if look is not None and look.progress is not None:
        words = look.note or f"{round(look.progress * 100)} %"
    painter.setFont(shades.small)
    painter.setPen(shades.dim)
    elided = shades.metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(room.width(), 0))
    painter.drawText(room, elided, QTextOption(left))


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


def paint_drop(painter: QPainter, mark: Box, shades: Tones) -> None:
    """Paint the line where dragged panels would go."""
    wide = current().px(3)
    area = QRectF(mark.x - wide / 2, mark.y, wide, mark.height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shades.accent)
    painter.drawRoundedRect(area, wide / 2, wide / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
