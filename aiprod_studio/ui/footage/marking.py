"""Marks on clips: stale, locked, never rendered, linked, and how far a render is.

Stale is a badge with a word where there is room, because a colour alone tells too little.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from aiprod_studio.story.cut import Clip
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.tones import Tones
from aiprod_studio.ui.theme import pixmap

ICONS = {
    "stale": ("refresh-cw", "warn"), "locked": ("lock", "text"), "empty": ("circle-dashed", "text"),
    "blocked": ("triangle-alert", "warn"),
}  # fmt: skip
TIPS = {
    "stale": "Changed since it was rendered", "locked": "Locked: it is never rendered again",
    "empty": "Never rendered: its panels stand in", "fresh": "Rendered as it is now",
    "blocked": "Cannot be rendered as it is",
}  # fmt: skip


def paint_badges(
    painter: QPainter,
    clip: Clip,
    look: ShotLook | None,
    room: QRectF,
    shades: Tones,
    *,
    broken: bool = False,
) -> QRectF:
    """Paint the icons at the start of a clip's name; return the room that is left for words."""
    names = [ICONS[look.state]] if look is not None and look.state in ICONS else []
    if broken:
        names.insert(0, ("file-x", "on_header"))
    if clip.locked and (look is None or look.state != "locked"):
        names.append(("lock", "text"))
    if clip.link:
        names.append(("link-2", "text_dim"))
    size = shades.theme.px(11)
    ratio = painter.device().devicePixelRatioF()
    for name, token in names:
        if room.width() < size * 2:
            break
        y = room.y() + (room.height() - size) / 2
        painter.drawPixmap(round(room.x()), round(y), pixmap(name, size, token, ratio))
        room = room.adjusted(size + shades.theme.px(3), 0, 0, 0)
    return room


def paint_progress(painter: QPainter, area: QRectF, look: ShotLook, shades: Tones) -> None:
    """Paint how far the render of a shot is: a bar at the bottom and, where it fits, the note."""
    height = shades.theme.px(3)
    bar = QRectF(area.left(), area.bottom() - height, area.width(), height)
    painter.fillRect(bar, shades.shade)
    bar.setWidth(area.width() * min(max(look.progress or 0.0, 0.0), 1.0))
    painter.fillRect(bar, shades.accent)
    words = look.note or f"{round((look.progress or 0) * 100)} %"
    width = shades.metrics.horizontalAdvance(words) + shades.theme.px(12)
    if width > area.width():
        return
    top = area.bottom() - height - shades.theme.px(18)
    box = QRectF(area.left() + shades.theme.px(3), top, width, shades.theme.px(16))
    ground = QColor(shades.ground)
    ground.setAlpha(200)
    painter.fillRect(box, ground)
    painter.setFont(shades.small)
    painter.setPen(shades.text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
