"""The main window: puts header, pages, bottom panels and status bar together and does its actions.

What documents are and how they run is in `documents` and `running`; here is only who shows what.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QPoint, QPointF, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.app.jobs.queue import Sheet
from aiprod_studio.app.session.recent import RecentFiles
from aiprod_studio.sdk import Problem
from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.gallery import GalleryPage
from aiprod_studio.ui.shell import asking
from aiprod_studio.ui.shell.bottom import BottomPanel
from aiprod_studio.ui.shell.command_palette import CommandPalette
from aiprod_studio.ui.shell.documents import Documents
from aiprod_studio.ui.shell.dropping import Drops
from aiprod_studio.ui.shell.header import DocumentTabs, Toolbar
from aiprod_studio.ui.shell.log import Log
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.menus import Menus
from aiprod_studio.ui.shell.notices import Notices
from aiprod_studio.ui.shell.page import DocumentPage, Workspace
from aiprod_studio.ui.shell.running import Running
from aiprod_studio.ui.shell.shortcuts import WindowShortcuts
from aiprod_studio.ui.shell.status import StatusBar
from aiprod_studio.ui.shell.tour import Tour
from aiprod_studio.ui.shell.tour_steps import steps_of
from aiprod_studio.ui.shell.window_actions import window_actions
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import apply, current

TITLE = "AIPROD Studio"


class MainWindow(QMainWindow):
    """The window."""

    def __init__(self, studio: Studio, keeper: MemoryKeeper | None = None) -> None:
        super().__init__()
        self.studio = studio
        self.keeper = keeper or MemoryKeeper(studio.places.data / "window.json", self)
        self.registry = ActionRegistry(self)
        self.registry.bind(self.keeper.memory.keys)
        self.registry.put("window", window_actions(self))
        self.recent = RecentFiles(studio.places.data / "recent.json")
        self.documents = Documents(studio, self.recent, self)
        self.drops = Drops(studio, self)
        self.log = Log(self)
        self.pages: dict[str, DocumentPage] = {}
        self._build()
        self.notices = Notices(self, self.status)
        self.running = Running(studio, self.keeper, self.notices, self.log, self)
        self.palette_box = CommandPalette(self.registry, self)
        self.palette_box.closed.connect(self._focus_page)
        self.shortcuts = WindowShortcuts(self, self.registry)
        self._connect()
        self.setAcceptDrops(True)
        self.resize(current().px(1440), current().px(900))
        self.setMinimumSize(current().px(880), current().px(560))
        self._restore()
        self.show_start()
        for problem in studio.start_problems:
            self.show_problem(problem)
        self.gallery.show_leftovers(self.documents.leftovers())
        if studio.queue.kept():
            self._offer_kept()

    def _build(self) -> None:
        self.tabs = DocumentTabs(self)
        self.toolbar = Toolbar(self.registry, self)
        self.gallery = GalleryPage(self.studio, self.recent)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.gallery)
        self.bottom = BottomPanel(self.studio.bridge, self.log)
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.addWidget(self.stack)
        self.split.addWidget(self.bottom)
        self.split.setStretchFactor(0, 1)
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([current().px(640), current().px(220)])
        self.bottom.hide()
        self.status = StatusBar(self)
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.tabs, self.toolbar):
            column.addWidget(part)
        column.addWidget(self.split, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)
        self.menus = Menus(self, self.registry, self.recent)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._show_tab)
        self.tabs.close_wanted.connect(self._close_tab)
        self.tabs.new_wanted.connect(self.new)
        self.tabs.menu_wanted.connect(self._tab_menu)
        self.toolbar.switch.chosen.connect(lambda name: self.show_workspace(name))
        self.documents.opened.connect(self._take_opened)
        self.documents.closed.connect(self._take_closed)
        self.documents.saved.connect(self._take_saved)
        self.documents.refused.connect(self.show_problem)
        self.documents.found_problems.connect(self._show_found)
        self.menus.file_chosen.connect(self.documents.open_path)
        self.gallery.file_chosen.connect(self.documents.open_path)
        self.gallery.template_chosen.connect(self.documents.open_template)
        self.gallery.new_wanted.connect(self.new)
        self.gallery.open_wanted.connect(self.open)
        self.gallery.recover_wanted.connect(self._recover)
        self.gallery.forget_wanted.connect(self._forget)
        self.drops.refused.connect(self.show_problem)
        self.drops.workflow_found.connect(self._open_dropped)
        self.drops.board_found.connect(self._import_board)
        self.bottom.queue.asked_to_open.connect(self._open_past)
        self.bottom.log.asked_for_node.connect(self._go_to_node)
        self.bottom.closed.connect(lambda: self._remember_panels())
        self.running.asked_for_node.connect(self._go_to)
        self.status.queue_wanted.connect(lambda: self.toggle_bottom("queue"))
        self.studio.bridge.changed.connect(self._show_jobs)
        self.studio.bridge.happened.connect(lambda *_: self._show_jobs())
        self.studio.bridge.measured.connect(self.status.show_use)
        self.studio.refused.connect(self.show_problem)

    # What is open.

    @property
    def page(self) -> DocumentPage | None:
        """The page of the document that is shown, None on the start page."""
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, DocumentPage) else None

    @property
    def editing(self) -> Editing | None:
        """The document that is shown, None on the start page."""
        return self.page.editing if self.page is not None else None

    def has_document(self) -> bool:
        """Say whether a document is shown."""
        return self.page is not None

    def open_path(self, path: Path) -> Editing | None:
        """Open a file."""
        return self.documents.open_path(path)

    def show_start(self) -> None:
        """Go to the start page."""
        self.tabs.setCurrentIndex(0)
        self._show_tab(0)

    def show_workspace(self, name: str) -> None:
        """Go to a workspace of the document."""
        if self.page is not None:
            self.page.show_workspace(cast(Workspace, name))

    def workspace_opener(self, name: str) -> Callable[[], None]:
        """Return what goes to a workspace."""
        return lambda: self.show_workspace(name)

    def workspace_asker(self, name: str) -> Callable[[], bool]:
        """Return what says whether a workspace is shown."""
        return lambda: self.page is not None and self.page.workspace == name

    def step_tab(self, by: int) -> None:
        """Go to the next or the previous tab."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    # Files.

    def new(self) -> None:
        """Open an empty document."""
        self.documents.new()

    def open(self) -> None:
        """Ask for files and open them."""
        for path in asking.files_to_open(self, self.keeper.memory.last_folder):
            self.keeper.update(last_folder=str(path.parent))
            self.documents.open_path(path)

    def save(self) -> bool:
        """Save the document; ask where if it has no file yet."""
        editing = self.editing
        if editing is None:
            return False
        return self.documents.save(editing) if editing.path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask where, and save the document there."""
        editing = self.editing
        if editing is None:
            return False
        folder = Path(self.keeper.memory.last_folder or str(Path.home()))
        proposed = editing.path or folder / f"{editing.title.replace(' ', '_').lower()}.json"
        path = asking.file_to_save(self, proposed)
        if path is None:
            return False
        self.keeper.update(last_folder=str(path.parent))
        return self.documents.save_as(editing, path)

    def close_current(self) -> bool:
        """Close the document, after asking what becomes of unsaved changes."""
        editing = self.editing
        if editing is None:
            return True
        editing.settle()
        if self.documents.is_unsaved(editing):
            answer = asking.keep_changes(self, editing.title)
            if answer == "cancel" or (answer == "save" and not self.save()):
                return False
        self.documents.close(editing)
        return True

    def import_media(self) -> None:
        """Ask for files and put them onto the graph."""
        files = asking.files_to_open(self, self.keeper.memory.last_folder)
        if files:
            self.drops.take_files(files, self.editing, self._middle())

    # Edits.

    def undo(self) -> None:
        """Take the last step of the document back."""
        if self.editing is not None:
            self.editing.undo()

    def redo(self) -> None:
        """Make the step again that was taken back."""
        if self.editing is not None:
            self.editing.redo()

    def can_undo(self) -> bool:
        """Say whether there is a step to take back."""
        return self.editing is not None and self.editing.document.can_undo

    def can_redo(self) -> bool:
        """Say whether a step can be made again."""
        return self.editing is not None and self.editing.document.can_redo

    def paste(self) -> None:
        """Paste files and pictures as nodes, anything else as the workspace does."""
        data = QGuiApplication.clipboard().mimeData()
        if self.drops.takes(data):
            self.drops.drop(data, self.editing, self._middle())
            return
        for name in ("canvas.paste", "timeline.paste", "board.paste"):
            if self.registry.run(name):
                return

    # Running.

    def run_all(self) -> None:
        """Run the whole document."""
        if self.editing is not None:
            self.running.run(self.editing)

    def run_fresh(self) -> None:
        """Compute everything again."""
        if self.editing is not None:
            self.running.run(self.editing, fresh=True)

    def show_plan(self) -> None:
        """Show what a run would do."""
        if self.editing is not None:
            self.running.show_plan(self.editing)

    def toggle_run_on_change(self) -> None:
        """Run after every change, or only when asked."""
        if self.editing is not None:
            self.editing.run_on_change = not self.editing.run_on_change
            self.editing.plan()
            self._show_plan(self.editing)
            state = "on" if self.editing.run_on_change else "off"
            self.status.say(f"Run on change is {state}")

    def runs_on_change(self) -> bool:
        """Say whether the document runs after every change."""
        return self.editing is not None and self.editing.run_on_change

    def cancel_job(self) -> None:
        """Stop the job at work."""
        entry = self.studio.queue.running
        if entry is not None:
            self.studio.queue.cancel(entry.id)

    def works(self) -> bool:
        """Say whether a job is at work."""
        return self.studio.queue.running is not None

    def toggle_pause(self) -> None:
        """Pause the queue, or go on."""
        queue = self.studio.queue
        (queue.resume if queue.paused else queue.pause)()

    def is_paused(self) -> bool:
        """Say whether the queue pauses."""
        return self.studio.queue.paused

    # Looks.

    def toggle_bottom(self, name: str) -> None:
        """Show a bottom panel, or hide it when it is the one that shows."""
        if self.bottom_shown(name):
            self.bottom.hide()
        else:
            self.bottom.show_panel(name)
            self.bottom.show()
        self._remember_panels()

    def bottom_shown(self, name: str) -> bool:
        """Say whether a bottom panel shows."""
        return self.bottom.isVisible() and self.bottom.shown == name

    def toggle_side(self, name: str) -> None:
        """Show or hide the library, or the inspector and viewer."""
        part = self._side(name)
        if part is not None:
            part.setVisible(part.isHidden())
            self._remember_panels()

    def side_shown(self, name: str) -> bool:
        """Say whether a side panel shows."""
        part = self._side(name)
        return part is not None and not part.isHidden()

    def toggle_theme(self) -> None:
        """Switch between dark and light."""
        self.use_theme("dark" if self.is_light() else "light")

    def use_theme(self, name: str) -> None:
        """Dress the window in a theme."""
        self.keeper.update(theme=name)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply(app, "light" if name == "light" else "dark", current().scale)

    def is_light(self) -> bool:
        """Say whether the theme is light."""
        return current().name == "light"

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not."""
        (self.showNormal if self.isFullScreen() else self.showFullScreen)()

    def open_palette(self) -> None:
        """Open the command palette."""
        self.palette_box.open()

    def open_settings(self, page: str = "looks") -> None:
        """Open the settings."""
        from aiprod_studio.ui.shell.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self.studio, self.keeper, self.registry, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.theme_wanted.connect(self.use_theme)
        dialog.restart_wanted.connect(self._say_restart)
        dialog.accepted.connect(self._bind_pages)
        dialog.show_page(page)
        dialog.open()

    def _bind_pages(self) -> None:
        for page in self.pages.values():
            page.bind(self.registry.own_keys)

    def open_shortcuts(self) -> None:
        """Open the page of shortcuts."""
        self.open_settings("shortcuts")

    # Help.

    def start_tour(self) -> None:
        """Show the tour."""
        if self.page is None:
            self.show_start()
        tour = Tour(self, steps_of(self))
        tour.ended.connect(lambda: self.keeper.update(tour_seen=True))
        tour.start()

    def open_manual(self, node_type: str = "") -> None:
        """Open the manual, at a node's page."""
        from aiprod_studio.ui.shell.help import open_manual

        open_manual(self, self.studio, node_type)

    def show_about(self) -> None:
        """Say what this program is."""
        from aiprod_studio.ui.shell.help import show_about

        show_about(self)

    def show_problem(self, problem: Problem) -> None:
        """Say a problem: in a notice, in the log; with a way to its node."""
        editing = self.editing
        node = editing.node_of(problem) if editing is not None else ""
        self.log.add(str(problem), "error", node)
        go = (lambda: self._go_to_node(node)) if node else None
        self.notices.show(str(problem), "warning", "Go to the node" if node else "", go)

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
        at: QPointF | None = None
        if self.page is not None:
            spot = self.page.mapFrom(self, event.position().toPoint())
            at = self.page.drop_place(QPointF(spot)) or self._middle()
        if self.drops.drop(event.mimeData(), self.editing, at, self._within()):
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what becomes of unsaved documents, then let go of everything."""
        for editing in self.documents.editings:
            editing.settle()
        unsaved = [e for e in self.documents.editings if self.documents.is_unsaved(e)]
        for editing in unsaved:
            self._show_editing(editing)
            if not self.close_current():
                event.ignore()
                return
        self._remember()
        self.documents.stop()
        for editing in list(self.documents.editings):
            self.documents.close(editing)
        self.notices.clear()
        self.bottom.close()
        self.keeper.write()
        event.accept()

    # Inside.

    def _take_opened(self, editing: Editing, workspace: str) -> None:
        if editing.id not in self.pages:
            page = DocumentPage(editing, favourites=self.keeper.memory.favourites)
            self.pages[editing.id] = page
            self.stack.addWidget(page)
            self.tabs.add(editing.title)
            page.bind(self.registry.own_keys)
            self._follow(editing, page)
        usual = self.keeper.memory.workspace
        page = self.pages[editing.id]
        page.show_workspace(cast(Workspace, workspace or (usual if usual == "board" else "graph")))
        self._show_editing(editing)
        self._apply_panels()
        self.gallery.show_recent()

    def _follow(self, editing: Editing, page: DocumentPage) -> None:
        page.workspace_changed.connect(lambda _: self._show_workspace(page))
        page.asked_for_manual.connect(self.open_manual)
        page.favourites_changed.connect(lambda names: self.keeper.update(favourites=tuple(names)))
        page.template_wanted.connect(self.documents.open_template)
        page.files_wanted.connect(
            lambda files: self.drops.take_files(files, editing, self._middle(), self._within())
        )
        for signal in (editing.changed, editing.path_changed):
            signal.connect(lambda *_: self._show_title(editing))
        editing.planned.connect(lambda _: self._show_plan(editing))
        editing.said.connect(self.status.say)
        self._show_title(editing)

    def _take_closed(self, editing: Editing) -> None:
        page = self.pages.pop(editing.id)
        place = self.stack.indexOf(page)
        self.registry.remove("page")
        self.stack.removeWidget(page)
        self.tabs.removeTab(place)
        page.close()
        page.deleteLater()
        self._show_tab(self.tabs.currentIndex())
        self.gallery.show_recent()

    def _take_saved(self, editing: Editing) -> None:
        self._show_title(editing)
        self.status.say(f"Saved {editing.title}")

    def _show_editing(self, editing: Editing) -> None:
        self.tabs.setCurrentIndex(self.stack.indexOf(self.pages[editing.id]))

    def _show_tab(self, place: int) -> None:
        if place < 0:
            return
        self.stack.setCurrentIndex(place)
        page = self.page
        self.toolbar.setVisible(page is not None)
        if page is None:
            self.registry.remove("page")
            self.status.show_plan(Sheet())
            self.setWindowTitle(TITLE)
            return
        self._show_workspace(page)
        self._show_plan(page.editing)
        self._show_title(page.editing)
        self._focus_page()

    def _show_workspace(self, page: DocumentPage) -> None:
        if page is not self.page:
            return
        self.toolbar.switch.show_workspace(page.workspace)
        self.registry.put("page", page.actions_here)
        self.keeper.update(workspace=page.workspace)

    def _show_title(self, editing: Editing) -> None:
        page = self.pages.get(editing.id)
        if page is None:
            return
        unsaved = self.documents.is_unsaved(editing)
        place = self.stack.indexOf(page)
        self.tabs.show_title(
            place, editing.title, unsaved=unsaved, path=str(editing.path or "Never saved")
        )
        if page is self.page:
            mark = " •" if unsaved else ""
            self.setWindowTitle(f"{editing.title}{mark}  -  {TITLE}")

    def _show_plan(self, editing: Editing) -> None:
        if editing is self.editing:
            self.toolbar.show_plan(editing.sheet, live=editing.run_on_change)
            self.status.show_plan(editing.sheet or Sheet())

    def _show_jobs(self) -> None:
        queue = self.studio.queue
        running = queue.running
        self.status.show_job(running, len(queue.waiting()))
        if running is None:
            self.status.show_use(None)

    def _show_found(self, editing: Editing, problems: list[Problem]) -> None:
        for problem in problems:
            self.log.add(f"{editing.title}: {problem}", "warning", editing.node_of(problem))
        count = len(problems)
        words = f"{editing.title}: {problems[0]}"
        if count > 1:
            words = f"{editing.title} opened with {count} things to mend. The first: {problems[0]}"
        self.notices.show(words, "warning", "Show all", lambda: self._open_log())

    def _open_log(self) -> None:
        if not self.bottom_shown("log"):
            self.toggle_bottom("log")

    def _go_to(self, document: str, node: str) -> None:
        page = self.pages.get(document)
        if page is not None:
            self._show_editing(page.editing)
            page.go_to(node)

    def _go_to_node(self, node: str) -> None:
        if self.page is not None:
            self.page.go_to(node)

    def _open_dropped(self, dropped: object) -> None:
        from aiprod_studio.app.session.drops import Dropped

        assert isinstance(dropped, Dropped)
        if dropped.kind == "workflow":
            self.documents.open_path(dropped.path)
        else:
            self.documents.open_text(dropped.text, dropped.path.parent, dropped.path.stem)

    def _import_board(self, path: object) -> None:
        from aiprod_studio.ui.shell.boards import import_board

        assert isinstance(path, Path)
        editing = self.editing or self.documents.new()
        import_board(self.studio, editing, path, self.show_problem)
        self.show_workspace("board")

    def _open_past(self, job: int) -> None:
        text, entry = self.studio.queue.text(job), self.studio.queue.entry(job)
        if text is not None and entry is not None:
            self.documents.open_text(text, Path(entry.path).parent, f"{entry.title} (as it ran)")

    def _recover(self, leftover: object) -> None:
        from aiprod_studio.app.session.recovery import Leftover

        assert isinstance(leftover, Leftover)
        self.documents.recover(leftover)
        self.gallery.show_leftovers(self.documents.leftovers())

    def _forget(self, leftover: object) -> None:
        from aiprod_studio.app.session.recovery import Leftover

        assert isinstance(leftover, Leftover)
        self.documents.recovery.forget(leftover)
        self.gallery.show_leftovers(self.documents.leftovers())

    def _offer_kept(self) -> None:
        kept = self.studio.queue.kept()
        words = f"{len(kept)} jobs were not finished when the program ended."
        if len(kept) == 1:
            words = f"“{kept[0].title}” was not finished when the program ended."

        def go_on() -> None:
            for entry in self.studio.queue.kept():
                self.studio.queue.retry(entry.id)

        self.notices.show(words, "error", "Go on", go_on)

    def _close_tab(self, place: int) -> None:
        self.tabs.setCurrentIndex(place)
        self.close_current()

    def _tab_menu(self, place: int, at: QPoint) -> None:
        self.tabs.setCurrentIndex(place)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menus.fill(menu, ("file.save", "file.save_as", "-", "file.close"))
        menu.popup(at)

    def _say_restart(self) -> None:
        self.notices.show("The size of everything changes when the program starts again.", "note")

    def _focus_page(self) -> None:
        if self.page is not None:
            self.page.setFocus()

    def _middle(self) -> QPointF:
        from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

        widget = self.page.widget("graph") if self.page is not None else None
        if isinstance(widget, GraphWorkspace):
            return QPointF(widget.canvas.viewer.centre)
        return QPointF()

    def _within(self) -> str:
        from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

        widget = self.page.widget("graph") if self.page is not None else None
        return widget.canvas.within if isinstance(widget, GraphWorkspace) else ""

    def _side(self, name: str) -> QWidget | None:
        from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

        widget = self.page.widget("graph") if self.page is not None else None
        if not isinstance(widget, GraphWorkspace):
            return None
        return widget.library if name == "library" else widget.side

    # What is remembered.

    def _remember_panels(self) -> None:
        panels = dict(self.keeper.memory.panels)
        panels["bottom"] = self.bottom.isVisible()
        for name in ("library", "side"):
            if self._side(name) is not None:
                panels[name] = self.side_shown(name)
        self.keeper.update(panels=panels)

    def _apply_panels(self) -> None:
        for name in ("library", "side"):
            part = self._side(name)
            if part is not None:
                part.setVisible(self.keeper.memory.panels.get(name, True))
        self._apply_splits()

    def _apply_splits(self) -> None:
        from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

        widget = self.page.widget("graph") if self.page is not None else None
        splits = self.keeper.memory.splits
        if isinstance(widget, GraphWorkspace):
            for name, splitter in (("graph", widget.split), ("graph_side", widget.side)):
                if len(splits.get(name, [])) == splitter.count():
                    splitter.setSizes(splits[name])
                splitter.splitterMoved.connect(lambda *_: self._remember_splits())

    def _remember_splits(self) -> None:
        from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

        widget = self.page.widget("graph") if self.page is not None else None
        splits = dict(self.keeper.memory.splits)
        splits["bottom"] = self.split.sizes()
        if isinstance(widget, GraphWorkspace):
            splits |= {"graph": widget.split.sizes(), "graph_side": widget.side.sizes()}
        self.keeper.update(splits=splits)

    def _remember(self) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self.keeper.update(geometry=geometry)

    def _restore(self) -> None:
        memory = self.keeper.memory
        if memory.geometry:
            self.restoreGeometry(QByteArray.fromBase64(memory.geometry.encode("ascii")))
        if len(memory.splits.get("bottom", [])) == 2:
            self.split.setSizes(memory.splits["bottom"])
        if memory.panels.get("bottom"):
            self.bottom.show()
