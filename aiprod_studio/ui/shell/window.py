"""The main window: puts header, pages, bottom panels and status bar together, and their parts.

Each part does its own: `pages` what is seen, `filing` files, `runs` jobs, `panes` the layout,
`telling` messages, `manners` looks and help. Here is only what joins them, and Qt's events.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QVBoxLayout, QWidget

from aiprod_studio.app.session.drops import Dropped
from aiprod_studio.app.session.recent import RecentFiles
from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.gallery import GalleryPage
from aiprod_studio.ui.shell.bottom import BottomPanel
from aiprod_studio.ui.shell.command_palette import CommandPalette
from aiprod_studio.ui.shell.dashboard import Dashboard
from aiprod_studio.ui.shell.documents import Documents
from aiprod_studio.ui.shell.dropping import Drops
from aiprod_studio.ui.shell.filing import Filing
from aiprod_studio.ui.shell.header import Toolbar
from aiprod_studio.ui.shell.log import Log
from aiprod_studio.ui.shell.manners import Manners
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.menus import Menus
from aiprod_studio.ui.shell.notices import Notices
from aiprod_studio.ui.shell.page import DocumentPage
from aiprod_studio.ui.shell.pages import Pages
from aiprod_studio.ui.shell.panes import Panes
from aiprod_studio.ui.shell.run_commands import RunCommands
from aiprod_studio.ui.shell.running import Running
from aiprod_studio.ui.shell.shortcuts import WindowShortcuts
from aiprod_studio.ui.shell.status import StatusBar
from aiprod_studio.ui.shell.telling import Telling
from aiprod_studio.ui.shell.window_actions import window_actions
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current

AS_IT_RAN = " (as it ran)"


class MainWindow(QMainWindow):
    """The window."""

    def __init__(self, studio: Studio, keeper: MemoryKeeper | None = None) -> None:
        super().__init__()
        self.studio = studio
        self.keeper = keeper or MemoryKeeper(studio.places.data / "window.json", self)
        self.registry = ActionRegistry(self)
        self.registry.bind(self.keeper.memory.keys)
        self.recent = RecentFiles(studio.places.data / "recent.json")
        self.documents = Documents(studio, self.recent, self)
        self.drops = Drops(studio, self)
        self.log = Log(self)
        self._make_parts()
        self.registry.put("window", window_actions(self))
        self._lay_out()
        self.dashboard = Dashboard(self.studio, self.pages, self.runs, self.toolbar, self.status)
        self.shortcuts = WindowShortcuts(self, self.registry)
        self._connect()
        self.setAcceptDrops(True)
        self.resize(current().px(1440), current().px(900))
        self.setMinimumSize(current().px(880), current().px(560))
        self.panes.restore()
        self.pages.show_start()
        self.telling.greet()

    def _make_parts(self) -> None:
        """Make what shows something, and what is seen through it."""
        self.gallery = GalleryPage(self.studio, self.recent)
        self.bottom = BottomPanel(self.studio.bridge, self.log)
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.status = StatusBar(self)
        self.pages = Pages(self, self.gallery, self.documents, self.registry, self.keeper)
        self.tabs = self.pages.tabs
        self.panes = Panes(self, self.split, self.bottom, self.pages, self.keeper)
        self.filing = Filing(
            self, self.documents, self.drops, self.pages, self.registry, self.keeper
        )
        self.notices = Notices(self, self.status)
        self.running = Running(self.studio, self.keeper, self.notices, self.log, self)
        self.runs = RunCommands(self.studio, self.running, self.pages)
        self.manners = Manners(self, self.studio, self.keeper, self.registry, self.notices)
        self.telling = Telling(
            self.studio, self.documents, self.gallery, self.pages, self.panes, self.notices,
            self.log,
        )  # fmt: skip
        self.palette_box = CommandPalette(self.registry, self)

    def _lay_out(self) -> None:
        self.toolbar = Toolbar(self.registry, self)
        self.split.addWidget(self.pages.stack)
        self.split.addWidget(self.bottom)
        self.split.setStretchFactor(0, 1)
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([current().px(640), current().px(220)])
        self.bottom.hide()
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.toolbar)
        column.addWidget(self.split, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)
        self.menus = Menus(self, self.registry, self.recent)

    def _connect(self) -> None:
        self.tabs.close_wanted.connect(self.filing.close_tab)
        self.tabs.new_wanted.connect(self.new)
        self.tabs.menu_wanted.connect(self._open_tab_menu)
        self.pages.made.connect(self._join)
        self.documents.opened.connect(lambda *_: self.gallery.show_recent())
        self.documents.closed.connect(lambda _: self.gallery.show_recent())
        self.documents.saved.connect(lambda e: self.status.say(f"Saved {e.title}"))
        for part in (self.menus, self.gallery):
            part.file_chosen.connect(self.documents.open_path)
        self.gallery.template_chosen.connect(self.documents.open_template)
        self.gallery.new_wanted.connect(self.new)
        self.gallery.open_wanted.connect(self.filing.open)
        self.drops.refused.connect(self.telling.show_problem)
        self.drops.workflow_found.connect(self._open_dropped)
        self.drops.board_found.connect(self._import_board)
        self.bottom.queue.asked_to_open.connect(self._open_past)
        self.bottom.queue.folder_wanted.connect(self.studio.show_folder)
        self.bottom.log.asked_for_node.connect(self.telling.go_to_node)
        self.running.asked_for_node.connect(self.telling.go_to)
        self.status.queue_wanted.connect(lambda: self.panes.toggle_bottom("queue"))
        self.palette_box.closed.connect(self.pages.focus)
        self.manners.keys_changed.connect(self.pages.bind)

    # What others ask of the window.

    @property
    def page(self) -> DocumentPage | None:
        """The page of the document that is seen, None on the start page."""
        return self.pages.page

    @property
    def editing(self) -> Editing | None:
        """The document that is seen, None on the start page."""
        return self.pages.editing

    def new(self) -> None:
        """Open an empty document."""
        self.filing.new()

    def open_path(self, path: Path) -> Editing | None:
        """Open a file."""
        return self.documents.open_path(path)

    def show_workspace(self, name: str) -> None:
        """Go to a workspace of the document."""
        self.pages.show_workspace(name)

    # Qt's events.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if self.drops.takes(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take files everywhere."""
        if self.drops.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Make nodes of dropped files where they are dropped, or open them."""
        at = self.filing.place_of(event.position().toPoint())
        if self.drops.drop(event.mimeData(), self.editing, at, self.filing.within()):
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what becomes of unsaved documents, then let go of everything."""
        self.panes.remember_place()
        if not self.filing.close_all():
            event.ignore()
            return
        self.documents.stop()
        self.notices.clear()
        self.bottom.close()
        self.keeper.write()
        event.accept()

    # Inside.

    def _join(self, page: DocumentPage) -> None:
        """Let a page ask the window for what it cannot do itself."""
        editing = page.editing
        page.asked_for_manual.connect(self.manners.open_manual)
        page.favourites_changed.connect(lambda names: self.keeper.update(favourites=tuple(names)))
        page.template_wanted.connect(self.documents.open_template)
        page.files_wanted.connect(
            lambda files: self.drops.take_files(
                files, editing, self.filing.middle(), self.filing.within()
            )
        )

    def _open_dropped(self, dropped: Dropped) -> None:
        if dropped.kind == "workflow":
            self.documents.open_path(dropped.path)
        else:
            self.documents.open_text(
                dropped.text, dropped.path.parent, dropped.path.stem, problems=dropped.problems
            )

    def _import_board(self, path: Path) -> None:
        from aiprod_studio.ui.shell.boards import import_board

        editing = self.editing or self.filing.new()
        import_board(self.studio, editing, path, self.telling.show_problem)
        self.show_workspace("board")

    def _open_past(self, job: int) -> None:
        text, entry = self.studio.queue.text(job), self.studio.queue.entry(job)
        if text is not None and entry is not None:
            title = entry.title.removesuffix(AS_IT_RAN) + AS_IT_RAN
            self.documents.open_text(text, Path(entry.path).parent, title)

    def _open_tab_menu(self, place: int, at: QPoint) -> None:
        self.tabs.setCurrentIndex(place)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menus.fill(menu, ("file.save", "file.save_as", "-", "file.close"))
        menu.popup(at)
