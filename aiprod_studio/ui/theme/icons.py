"""Icons: Lucide's line drawings from `resources/icons`, tinted by a token of the theme.

They are drawn for the size and the screen that ask, so they are sharp at any scale, and follow a
switch of the theme by themselves.
"""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from aiprod_studio.app.places import shipped
from aiprod_studio.ui.theme import theme

STROKE = 1.75
"""Width of the lines in a drawing of 24 units."""


def icon(name: str, token: str = "text", checked: str = "accent") -> QIcon:
    """Return an icon by its Lucide name, say "scissors-line-dashed".

    Args:
        name: the drawing.
        token: the theme's colour.
        checked: the colour while a button with it is pressed in.

    Raises:
        KeyError: there is no such drawing.
    """
    drawing(name)
    return QIcon(_Engine(name, token, checked))


def pixmap(name: str, size: int, token: str = "text", ratio: float = 1.0) -> QPixmap:
    """Return a drawing as pixels; `size` in logical pixels, `ratio` of the screen."""
    return _painted(name, theme.current().hex(token), size, ratio)


@cache
def drawing(name: str) -> str:
    """Return the SVG text of a drawing.

    Raises:
        KeyError: there is no such drawing.
    """
    file = shipped("resources") / "icons" / f"{name}.svg"
    if not file.is_file():
        raise KeyError(f"there is no icon {name!r} in {file.parent}")
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def _painted(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    text = drawing(name).replace("currentColor", colour)
    text = text.replace('stroke-width="2"', f'stroke-width="{STROKE}"')
    renderer = QSvgRenderer(QByteArray(text.encode()))
    side = max(1, round(size * ratio))
    found = QPixmap(side, side)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    found.setDevicePixelRatio(ratio)
    return found


class _Engine(QIconEngine):
    """Draws an icon when it is asked for, in the colours of that moment."""

    def __init__(self, name: str, token: str, checked: str) -> None:
        super().__init__()
        self._name, self._token, self._checked = name, token, checked

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it in a rectangle."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        side = min(rect.width(), rect.height())
        found = _painted(self._name, self._colour(mode, state), side, ratio)
        place = rect.center() - QPoint((side - 1) // 2, (side - 1) // 2)
        painter.drawPixmap(place, found)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return it as pixels."""
        return _painted(self._name, self._colour(mode, state), min(size.width(), size.height()), 1)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """Return it as pixels of a dense screen; `size` is in its pixels."""
        side = round(min(size.width(), size.height()) / max(scale, 0.01))
        return _painted(self._name, self._colour(mode, state), side, scale)

    def clone(self) -> QIconEngine:
        """Return the same again."""
        return _Engine(self._name, self._token, self._checked)

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        look = theme.current()
        if mode == QIcon.Mode.Disabled:
            return str(look.mixed("text_faint", "panel", 0.5).name())
        token = self._checked if state == QIcon.State.On else self._token
        return look.hex(token)
