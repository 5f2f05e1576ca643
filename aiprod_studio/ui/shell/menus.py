"""The menu bar, filled from the actions that exist when a menu opens."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from aiprod_studio.app.session.recent import RecentFiles
from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.actions.menus import fill_menu
from aiprod_studio.ui.shell.window_actions import MENUS
from aiprod_studio.ui.theme import icon

MOST = 12


class Menus(QWidget):
    """Makes and fills the menus of a window."""

    file_chosen = Signal(object)

    def __init__(self, window: QMainWindow, registry: ActionRegistry, recent: RecentFiles) -> None:
        super().__init__(window)
        self.hide()
        self._registry, self._recent = registry, recent
        self.menus: dict[str, QMenu] = {}
        for title, ids in MENUS.items():
            menu = window.menuBar().addMenu(title)
            menu.aboutToShow.connect(lambda menu=menu, ids=ids: self._open(menu, ids))
            self.menus[title] = menu

    def fill(self, menu: QMenu, ids: Iterable[str]) -> None:
        """Put actions into a menu."""
        fill_menu(menu, self._registry, ids)

    def _open(self, menu: QMenu, ids: tuple[str, ...]) -> None:
        menu.clear()
        self.fill(menu, ids)
        if menu is self.menus["File"]:
            self._add_recent(menu)

    def _add_recent(self, menu: QMenu) -> None:
        files = self._recent.all()[:MOST]
        sub = QMenu("Open recent", menu)
        sub.setIcon(icon("history", "text_dim"))
        sub.setEnabled(bool(files))
        for item in files:
            entry = sub.addAction(f"{item.path.stem}\t{item.path.parent.name}")
            entry.setToolTip(str(item.path))
            entry.triggered.connect(lambda _=False, path=item.path: self.file_chosen.emit(path))
        actions = menu.actions()
        menu.insertMenu(actions[2], sub)
