"""How a number looks: a field with its share filled, the value and unit in the middle, arrows."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from aiprod_studio.ui.theme import current


class NumberWords(NamedTuple):
    """What is written in the field."""

    text: str
    unit: str = ""
    faint: bool = False


class NumberState(NamedTuple):
    """How the field stands; `share` of its range (0 to 1) for sliders, `arrows` for others."""

    enabled: bool
    focused: bool
    hovered: bool
    bad: bool
    share: float | None
    arrows: bool


def paint_number(painter: QPainter, rect: QRect, words: NumberWords, state: NumberState) -> None:
    """Draw the field."""
    theme = current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(theme.colour(_edge(state)))
    painter.setBrush(theme.colour("field" if state.enabled else "panel"))
    painter.drawRoundedRect(area, theme.radius, theme.radius)
    if state.share is not None and state.share > 0:
        _paint_share(painter, area, min(1.0, state.share), state.enabled)
    if state.arrows and state.hovered and state.enabled:
        _paint_arrows(painter, area)
    _paint_words(painter, area, words, state.enabled)


def _edge(state: NumberState) -> str:
    if not state.enabled:
        return "line"
    if state.bad or state.focused:
        return "bad" if state.bad else "accent"
    return "text_faint" if state.hovered else "line_strong"


def _paint_share(painter: QPainter, area: QRectF, share: float, enabled: bool) -> None:
    theme = current()
    inner = area.adjusted(1, 1, -1, -1)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("selection" if enabled else "line"))
    painter.setClipRect(QRectF(inner.topLeft(), inner.size()).adjusted(
        0, 0, -inner.width() * (1 - share), 0
    ))  # fmt: skip
    painter.drawRoundedRect(inner, theme.radius - 1, theme.radius - 1)
    painter.restore()


def _paint_arrows(painter: QPainter, area: QRectF) -> None:
    theme = current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("text_dim"))
    size, middle = theme.px(3.5), area.center().y()
    for x, way in ((area.left() + theme.px(8), -1), (area.right() - theme.px(8), 1)):
        tip = QPointF(x + way * size, middle)
        foot = x - way * size * 0.4
        painter.drawPolygon(
            QPolygonF([tip, QPointF(foot, middle - size), QPointF(foot, middle + size)])
        )


def _paint_words(painter: QPainter, area: QRectF, words: NumberWords, enabled: bool) -> None:
    theme = current()
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.setFont(theme.font(numbers=True))
    metrics = painter.fontMetrics()
    gap, wide = theme.space(1), metrics.horizontalAdvance(words.text)
    whole = wide + (gap + metrics.horizontalAdvance(words.unit) if words.unit else 0)
    at = area.center().x() - whole / 2
    faint = words.faint or not enabled
    painter.setPen(theme.colour("text_faint" if faint else "text"))
    painter.drawText(QRectF(at, area.top(), wide + 2, area.height()), left, words.text)
    if words.unit:
        painter.setPen(theme.colour("text_faint"))
        place = QRectF(at + wide + gap, area.top(), 200, area.height())
        painter.drawText(place, left, words.unit)
