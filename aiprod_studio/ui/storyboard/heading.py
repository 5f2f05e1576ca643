"""How the headings of scenes and shots look. Called for what is visible; keeps nothing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QTextOption

from aiprod_studio.story.board import Scene, Shot
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.marking import ICONS
from aiprod_studio.ui.footage.tones import Tones
from aiprod_studio.ui.storyboard.model.layout import Head
from aiprod_studio.ui.storyboard.painting import rect_of
from aiprod_studio.ui.theme import pixmap


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
