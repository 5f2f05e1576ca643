"""How the window looks and explains itself: theme, scale, full screen, settings, tour, manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.notices import Notices
from aiprod_studio.ui.shell.restart import start_again
from aiprod_studio.ui.shell.tour import Tour
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import apply, current

if TYPE_CHECKING:
    from aiprod_studio.ui.shell.window import MainWindow


class Manners(QObject):
    """Looks and help of a window."""

    keys_changed = Signal()
    """The artist has other shortcuts now."""

    def __init__(
        self,
        window: MainWindow,
        studio: Studio,
        keeper: MemoryKeeper,
        registry: ActionRegistry,
        notices: Notices,
    ) -> None:
        super().__init__(window)
        self._window, self._studio, self._keeper = window, studio, keeper
        self._registry, self._notices = registry, notices

    def toggle_theme(self) -> None:
        """Switch between dark and light."""
        self.use_theme("dark" if self.is_light() else "light")

    def use_theme(self, name: str) -> None:
        """Dress the window in a theme."""
        self._keeper.update(theme=name)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply(app, "light" if name == "light" else "dark", current().scale)

    def is_light(self) -> bool:
        """Say whether the theme is light."""
        return current().name == "light"

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not."""
        window = self._window
        (window.showNormal if window.isFullScreen() else window.showFullScreen)()

    def open_settings(self, page: str = "looks") -> None:
        """Open the settings."""
        from aiprod_studio.ui.shell.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._studio, self._keeper, self._registry, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.theme_wanted.connect(self.use_theme)
        dialog.restart_wanted.connect(self._say_restart)
        dialog.accepted.connect(self.keys_changed)
        dialog.show_page(page)
        dialog.open()

    def open_shortcuts(self) -> None:
        """Open the page of shortcuts."""
        self.open_settings("shortcuts")

    def start_tour(self) -> None:
        """Show the tour."""
        from aiprod_studio.ui.shell.tour_steps import steps_of

        window = self._window
        tour = Tour(window, steps_of(window))
        tour.ended.connect(lambda: self._keeper.update(tour_seen=True))
        tour.start()

    def open_manual(self, node_type: str = "") -> None:
        """Open the manual, at a node's page."""
        from aiprod_studio.ui.shell.help import open_manual

        open_manual(self._window, self._studio, node_type)

    def show_about(self) -> None:
        """Say what this program is."""
        from aiprod_studio.ui.shell.help import show_about

        show_about(self._window)

    def _say_restart(self) -> None:
        words = "The size of everything changes when the program starts again."
        self._notices.show(words, "note", "Start again now", self._restart, stays=True)

    def _restart(self) -> None:
        """Close as always, which asks for unsaved work, and open the same files again."""
        files = [e.path for e in self._window.documents.editings if e.path is not None]
        app = QApplication.instance()
        if app is not None and self._window.close():
            # Last of all: the queue is kept by then, so that the next program takes it over.
            app.aboutToQuit.connect(lambda: start_again(files))
