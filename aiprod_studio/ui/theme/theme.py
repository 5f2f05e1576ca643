"""The theme in use, and putting it on the application.

Widgets that paint ask `current()` while they paint, so a switch needs no more than a repaint;
widgets that build something from colours follow `watch().changed`.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from aiprod_studio.app.places import shipped
from aiprod_studio.ui.theme.tokens import ThemeName, mixed, tokens

FAMILY = "Inter"
GRID = 4
"""Pixels of one step of the grid at 100 %."""
SIZES = {"small": 11, "body": 12, "large": 14, "title": 18, "huge": 26}
"""Heights of type in pixels at 100 %."""


@dataclass(frozen=True)
class Theme:
    """One look of the program: the name of its colours and its scale (1.0 is 100 %)."""

    name: ThemeName = "dark"
    scale: float = 1.0

    def colour(self, token: str, alpha: int = 255) -> QColor:
        """Return the colour of a token.

        Raises:
            KeyError: there is no such token.
        """
        found = QColor(tokens(self.name)[token])
        found.setAlpha(alpha)
        return found

    def hex(self, token: str) -> str:
        """Return the colour of a token as "#rrggbb"."""
        return tokens(self.name)[token]

    def mixed(self, one: str, other: str, share: float) -> QColor:
        """Return a colour between two tokens; `share` from 0 (the first) to 1 (the other)."""
        return QColor(mixed(self.hex(one), self.hex(other), share))

    def px(self, pixels: float) -> int:
        """Return a length given for 100 %, scaled, in pixels; never 0 for something visible."""
        return max(1, round(pixels * self.scale)) if pixels > 0 else 0

    def space(self, steps: float = 1) -> int:
        """Return so many steps of the 4 px grid, scaled, in pixels."""
        return self.px(GRID * steps)

    def font_size(self, kind: str = "body") -> int:
        """Return the height of type in pixels, scaled: small, body, large, title or huge."""
        return self.px(SIZES[kind])

    def font(self, kind: str = "body", *, strong: bool = False, numbers: bool = False) -> QFont:
        """Return a font; `numbers` makes all digits equally wide (timecode, values)."""
        found = QFont(FAMILY)
        found.setPixelSize(self.font_size(kind))
        found.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        if numbers:
            found.setFeature(QFont.Tag("tnum"), 1)
        return found

    @property
    def radius(self) -> int:
        """The radius of corners, in pixels."""
        return self.px(4)

    @property
    def icon_size(self) -> int:
        """The side of an icon in a row of text, in pixels."""
        return self.px(16)

    @property
    def row(self) -> int:
        """The height of a row: of a field, a button, a line of a list; in pixels."""
        return self.px(28)


class Watch(QObject):
    """Says when the theme has changed."""

    changed = Signal()


_theme = Theme()
_watch: list[Watch] = []
_fonts: list[int] = []


def current() -> Theme:
    """Return the theme in use."""
    return _theme


def watch() -> Watch:
    """Return what says that the theme has changed."""
    if not _watch:
        _watch.append(Watch())
    return _watch[0]


def apply(app: QApplication, name: ThemeName = "dark", scale: float = 1.0) -> Theme:
    """Put a theme on the whole application and return it.

    `scale` is for text and spaces beside what the screen itself scales, from 1.0 to 2.0.
    """
    from aiprod_studio.ui.theme.sheet import style_sheet
    from aiprod_studio.ui.theme.style import QuietStyle

    global _theme
    _theme = Theme(name, min(2.0, max(1.0, scale)))
    _load_fonts()
    app.setStyle(QuietStyle())
    app.setFont(_theme.font())
    app.setPalette(_palette(_theme))
    app.setStyleSheet(style_sheet(_theme))
    watch().changed.emit()
    return _theme


def _load_fonts() -> None:
    if not _fonts:
        for file in sorted((shipped("resources") / "fonts").glob("*.ttf")):
            _fonts.append(QFontDatabase.addApplicationFont(str(file)))


def _palette(theme: Theme) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: "panel",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "field",
        QPalette.ColorRole.AlternateBase: "panel",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.Button: "raised",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.BrightText: "bad",
        QPalette.ColorRole.Highlight: "selection",
        QPalette.ColorRole.HighlightedText: "text",
        QPalette.ColorRole.ToolTipBase: "raised",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.PlaceholderText: "text_faint",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.LinkVisited: "accent",
        QPalette.ColorRole.Light: "line_strong",
        QPalette.ColorRole.Mid: "line",
        QPalette.ColorRole.Dark: "window",
        QPalette.ColorRole.Shadow: "scrim",
    }
    palette = QPalette()
    for role, token in roles.items():
        palette.setColor(role, theme.colour(token))
    for role in (
        QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText,
    ):  # fmt: skip
        palette.setColor(
            QPalette.ColorGroup.Disabled, role, theme.mixed("text_faint", "panel", 0.4)
        )
    return palette
