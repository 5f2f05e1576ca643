"""Buttons and menus made of actions: title, icon, shortcut and state come from one place."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from aiprod_studio.ui.actions.action import Action
from aiprod_studio.ui.actions.registry import ActionRegistry
from aiprod_studio.ui.actions.shortcuts import keys_shown
from aiprod_studio.ui.theme import icon
from aiprod_studio.ui.theme.pieces import tool_button


def action_button(action: Action, parent: QWidget | None = None) -> QToolButton:
    """Return a tool button that does an action."""
    key = keys_shown(action.keys)
    tip = action.title.rstrip("…") + (f"  ({key})" if key else "")
    button = tool_button(action.icon or "circle", tip, parent)
    button.clicked.connect(lambda: action.run() if action.enabled() else None)
    return button


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
