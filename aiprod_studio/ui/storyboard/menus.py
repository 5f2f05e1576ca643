"""The menus of the board: of the chosen panels, of the headings of scenes and shots."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QMenu, QWidget

from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.actions.menus import add_to_menu
from aiprod_studio.ui.storyboard.acts import Acts
from aiprod_studio.ui.theme import icon

PANELS = (
    "new_panel", "new_shot", "-", "write", "draw", "image", "sound", "fit", "-", "cut", "copy",
    "paste", "duplicate", "remove", "-", "split", "join", "back", "on", "-", "render",
    "render_another", "graph", "lock",
)  # fmt: skip
EMPTY = ("new_shot", "new_scene", "import", "paste", "-", "all", "renumber")


def panels_menu(parent: QWidget, actions: Mapping[str, Action], *, some: bool) -> QMenu:
    """Return the menu of the chosen panels, or of the empty board when none is chosen."""
    menu = _menu(parent)
    for name in PANELS if some else EMPTY:
        if name == "-":
            menu.addSeparator()
        else:
            add_to_menu(menu, actions[name])
    return menu


def scene_menu(parent: QWidget, acts: Acts, scene: str, name: Callable[[], None]) -> QMenu:
    """Return the menu of a scene."""
    menu = _menu(parent)
    _add(menu, "Name the scene", "square-pen", name)
    _add(menu, "New shot", "square-plus", lambda: acts.add_shot(scene))
    menu.addSeparator()
    _add(menu, "Move the scene up", "arrow-up-to-line", lambda: acts.move_scene("back", scene))
    _add(menu, "Move the scene down", "arrow-down-to-line", lambda: acts.move_scene("on", scene))
    _add(menu, "Renumber its shots", "hash", lambda: acts.renumber(scene))
    menu.addSeparator()
    _add(menu, "Remove the scene", "trash-2", lambda: acts.remove_scene(scene))
    return menu


def shot_menu(parent: QWidget, acts: Acts, shot: str, name: Callable[[], None]) -> QMenu:
    """Return the menu of a shot that has no panel, which can be reached by its heading alone."""
    menu = _menu(parent)
    _add(menu, "New panel", "plus", lambda: acts.add_first_panel(shot))
    _add(menu, "Name the shot", "square-pen", name)
    menu.addSeparator()
    _add(menu, "Remove the shot", "trash-2", lambda: acts.remove_shot(shot))
    return menu


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _add(menu: QMenu, words: str, picture: str, run: Callable[[], None]) -> None:
    menu.addAction(icon(picture, "text_dim"), words).triggered.connect(lambda: run())
