"""Buttons and menus made of actions: title, icon, shortcut and state come from one place."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QToolButton, QWidget

from aiprod_studio.ui.actions import Action, ActionRegistry, keys_shown
from aiprod_studio.ui.theme import current, icon


def tool_button(
    name: str, tip: str, parent: QWidget | None = None, *, token: str = "text_dim"
) -> QToolButton:
    """Return a small button with an icon; its tip is its accessible name too."""
    button = QToolButton(parent)
    side = current().icon_size
    button.setIcon(icon(name, token))
    button.setIconSize(QSize(side, side))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(True)
    return button


def action_button(action: Action, parent: QWidget | None = None) -> QToolButton:
    """Return a tool button that does an action."""
    key = keys_shown(action.keys)
    tip = action.title.rstrip("…") + (f"  ({key})" if key else "")
    button = tool_button(action.icon or "circle", tip, parent)
    button.clicked.connect(lambda: action.run() if action.enabled() else None)
    return button


def push_button(
    title: str, parent: QWidget | None = None, *, kind: str = "", picture: str = "", tip: str = ""
) -> QPushButton:
    """Return a button with words; `kind` is primary, danger, flat or link."""
    button = QPushButton(title, parent)
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


def fill_menu(
    menu: QMenu, registry: ActionRegistry, ids: Iterable[str], *, keys: bool = True
) -> None:
    """Put actions into a menu by id; "-" is a line. Those that do not exist now are left out."""
    wish_line = False
    for name in ids:
        if name == "-":
            wish_line = not menu.isEmpty()
            continue
        action = registry.get(name)
        if action is None:
            continue
        if wish_line:
            menu.addSeparator()
            wish_line = False
        add_to_menu(menu, action, keys=keys)


def add_to_menu(menu: QMenu, action: Action, *, keys: bool = True) -> None:
    """Put an action at the end of a menu."""
    entry = menu.addAction(action.title)
    if action.icon:
        entry.setIcon(icon(action.icon, "text_dim"))
    if keys and action.keys:
        # The tab puts the words where shortcuts stand without making a second shortcut.
        entry.setText(f"{action.title}\t{keys_shown(action.keys)}")
    if action.checked is not None:
        entry.setCheckable(True)
        entry.setChecked(action.checked())
    entry.setEnabled(action.enabled())
    entry.triggered.connect(lambda: action.run())
