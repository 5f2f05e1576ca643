"""The small pieces that every room is made of: buttons, words, lines, grounds.

They are dressed by the style sheet; nothing here knows what a button does.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QPushButton, QToolButton, QWidget

from aiprod_studio.ui.theme.icons import icon
from aiprod_studio.ui.theme.theme import current


def tool_button(
    name: str,
    tip: str,
    parent: QWidget | None = None,
    *,
    token: str = "text_dim",
    small: bool = False,
) -> QToolButton:
    """Return a button with an icon, `small` beside an editor; its tip is its accessible name."""
    button = QToolButton(parent)
    side = current().px(14) if small else current().icon_size
    button.setIcon(icon(name, token))
    button.setIconSize(QSize(side, side))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(not small)
    return button


class PushButton(QPushButton):
    """A button with words that Enter presses too; Qt itself does that in dialogs only."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not isinstance(self.window(), QDialog):
            self.click()
        else:
            super().keyPressEvent(event)


def push_button(
    title: str, parent: QWidget | None = None, *, kind: str = "", picture: str = "", tip: str = ""
) -> QPushButton:
    """Return a button with words; `kind` is primary, danger, flat or link."""
    button = PushButton(title, parent)
    if kind:
        button.setProperty("kind", kind)
    if picture:
        token = "accent_text" if kind == "primary" else "text"
        button.setIcon(icon(picture, token))
        side = current().icon_size
        button.setIconSize(QSize(side, side))
    if tip:
        button.setToolTip(tip)
    return button


class Mark(QWidget):
    """An icon that stands by itself; sharp on whatever screen it is moved to."""

    def __init__(self, name: str, token: str, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)
        self.show_icon(name, token)

    def show_icon(self, name: str, token: str) -> None:
        """Show another icon, or the same in another colour of the theme."""
        self._icon = icon(name, token)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


def label(text: str, role: str = "", parent: QWidget | None = None) -> QLabel:
    """Return words in a role of the style sheet: title, heading, dim, faint, error..."""
    found = QLabel(text, parent)
    if role:
        found.setProperty("role", role)
    return found


def line(parent: QWidget | None = None, *, upright: bool = False) -> QFrame:
    """Return a thin line between things."""
    found = QFrame(parent)
    found.setFrameShape(QFrame.Shape.VLine if upright else QFrame.Shape.HLine)
    return found


def dress(widget: QWidget, surface: str) -> None:
    """Give a plain widget a ground of the style sheet: window, panel, raised, card, field, bar."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.setProperty("surface", surface)


def set_role(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and dress the widget anew."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
