"""What File and the tabs do: new, open, save, close; the questions that go with it.

What opening and saving are is in `documents`; here is only who is asked, and which one is meant.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QPointF
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.shell import asking
from aiprod_studio.ui.shell.documents import Documents
from aiprod_studio.ui.shell.dropping import Drops
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.pages import Pages

PASTES = ("canvas.paste", "timeline.paste")


class Filing(QObject):
    """Opens, saves and closes what the artist sees."""

    def __init__(
        self,
        window: QWidget,
        documents: Documents,
        drops: Drops,
        pages: Pages,
        registry: ActionRegistry,
        keeper: MemoryKeeper,
    ) -> None:
        super().__init__(window)
        self._window, self._documents, self._drops = window, documents, drops
        self._pages, self._registry, self._keeper = pages, registry, keeper

    def new(self) -> Editing:
        """Open an empty document."""
        return self._documents.new()

    def open(self) -> None:
        """Ask for files and open them."""
        for path in asking.files_to_open(self._window, self._keeper.memory.last_folder):
            self._keeper.update(last_folder=str(path.parent))
            self._documents.open_path(path)

    def save(self) -> bool:
        """Save the document; ask where if it has no file yet."""
        editing = self._pages.editing
        if editing is None:
            return False
        return self._documents.save(editing) if editing.path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask where, and save the document there."""
        editing = self._pages.editing
        if editing is None:
            return False
        folder = Path(self._keeper.memory.last_folder or str(Path.home()))
        proposed = editing.path or folder / f"{editing.title.replace(' ', '_').lower()}.json"
        path = asking.file_to_save(self._window, proposed)
        if path is None:
            return False
        self._keeper.update(last_folder=str(path.parent))
        return self._documents.save_as(editing, path)

    def close(self) -> bool:
        """Close the document that is seen, after asking what becomes of unsaved changes."""
        editing = self._pages.editing
        if editing is None:
            return True
        editing.settle()
        if self._documents.is_unsaved(editing):
            answer = asking.keep_changes(self._window, editing.title)
            if answer == "cancel" or (answer == "save" and not self.save()):
                return False
        self._documents.close(editing)
        return True

    def close_tab(self, place: int) -> None:
        """Close the document behind a tab."""
        self._pages.tabs.setCurrentIndex(place)
        self.close()

    def close_all(self) -> bool:
        """Close all documents; False when the artist wants to stay with one."""
        for editing in self._documents.editings:
            editing.settle()
        for editing in [e for e in self._documents.editings if self._documents.is_unsaved(e)]:
            self._pages.show_document(editing.id)
            if not self.close():
                return False
        for editing in list(self._documents.editings):
            self._documents.close(editing)
        return True

    def import_media(self) -> None:
        """Ask for files and put them onto the board where it is shown, else onto the graph."""
        if self._registry.run("board.import"):
            return
        files = asking.files_to_open(self._window, self._keeper.memory.last_folder)
        if files:
            self._drops.take_files(files, self._pages.editing, self.middle())

    def paste(self) -> None:
        """Paste files and pictures as panels or nodes, anything else as the workspace does."""
        if self._registry.run("board.paste"):
            return
        data = QGuiApplication.clipboard().mimeData()
        if self._drops.takes(data):
            self._drops.drop(data, self._pages.editing, self.middle(), self.within())
            return
        for name in PASTES:
            if self._registry.run(name):
                return

    def place_of(self, spot: QPoint) -> QPointF | None:
        """Return where on the graph a point of the window is; its middle when it is elsewhere."""
        page = self._pages.page
        if page is None:
            return None
        inside = QPointF(page.mapFrom(self._window, spot))
        return page.drop_place(inside) or self.middle()

    def middle(self) -> QPointF:
        """Return the middle of what is seen of the graph."""
        graph = self._pages.graph
        return QPointF(graph.canvas.viewer.centre) if graph is not None else QPointF()

    def within(self) -> str:
        """Return the sub-graph that is seen, "" for the graph itself."""
        graph = self._pages.graph
        return graph.canvas.within if graph is not None else ""
