"""The open documents behind their tabs: which page is seen, and what tabs and title say of it.

Number 0 is the start page. It follows `Documents`; the window follows it by `made` and `shown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.shell.documents import Documents
from aiprod_studio.ui.shell.header import DocumentTabs
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.page import DocumentPage, Workspace

if TYPE_CHECKING:
    from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

TITLE = "AIPROD Studio"


class Pages(QObject):
    """The pages of a window.

    Args:
        window: whose title names the document that is seen.
        start: the page behind the first tab.
    """

    made = Signal(object)
    """A document was opened: its `DocumentPage`, not yet seen."""
    shown = Signal()
    """Another page is seen, or another workspace of it."""

    def __init__(
        self,
        window: QMainWindow,
        start: QWidget,
        documents: Documents,
        registry: ActionRegistry,
        keeper: MemoryKeeper,
    ) -> None:
        super().__init__(window)
        self._window, self._documents = window, documents
        self._registry, self._keeper = registry, keeper
        self._pages: dict[str, DocumentPage] = {}
        self.tabs = DocumentTabs(window)
        self.stack = QStackedWidget(window)
        self.stack.addWidget(start)
        self.tabs.currentChanged.connect(self._show)
        documents.opened.connect(self._open)
        documents.closed.connect(self._close)
        documents.saved.connect(self.show_title)

    @property
    def page(self) -> DocumentPage | None:
        """The page of the document that is seen, None on the start page."""
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, DocumentPage) else None

    @property
    def editing(self) -> Editing | None:
        """The document that is seen, None on the start page."""
        return self.page.editing if self.page is not None else None

    @property
    def graph(self) -> GraphWorkspace | None:
        """The Graph workspace of the document that is seen, None before it was looked at."""
        widget = self.page.widget("graph") if self.page is not None else None
        return cast("GraphWorkspace | None", widget)  # loading its class takes a while

    def all(self) -> list[DocumentPage]:
        """Return the pages of all documents."""
        return list(self._pages.values())

    def show_start(self) -> None:
        """Go to the start page."""
        self.tabs.setCurrentIndex(0)
        self._show(0)

    def show_document(self, document: str) -> DocumentPage | None:
        """Go to the document of this id; None when it is closed."""
        page = self._pages.get(document)
        if page is not None:
            self.tabs.setCurrentIndex(self.stack.indexOf(page))
        return page

    def show_workspace(self, name: str) -> None:
        """Go to a workspace of the document."""
        if self.page is not None:
            self.page.show_workspace(cast(Workspace, name))

    def step(self, by: int) -> None:
        """Go to the next or the previous tab."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    def bind(self) -> None:
        """Give all pages the artist's own keys."""
        for page in self.all():
            page.bind(self._registry.own_keys)

    def focus(self) -> None:
        """Put the keyboard into the page that is seen."""
        if self.page is not None:
            self.page.setFocus()

    def show_title(self, editing: Editing) -> None:
        """Say the title of a document, and whether it holds unsaved changes."""
        page = self._pages.get(editing.id)
        if page is None:
            return
        unsaved = self._documents.is_unsaved(editing)
        place = self.stack.indexOf(page)
        path = str(editing.path or "Never saved")
        self.tabs.show_title(place, editing.title, unsaved=unsaved, path=path)
        if page is self.page:
            mark = " •" if unsaved else ""
            self._window.setWindowTitle(f"{editing.title}{mark}  -  {TITLE}")

    # Inside.

    def _open(self, editing: Editing, workspace: str) -> None:
        page = self._pages.get(editing.id) or self._make(editing)
        usual = self._keeper.memory.workspace
        page.show_workspace(cast(Workspace, workspace or (usual if usual == "board" else "graph")))
        self.show_document(editing.id)
        self.shown.emit()

    def _make(self, editing: Editing) -> DocumentPage:
        page = DocumentPage(editing, favourites=self._keeper.memory.favourites)
        self._pages[editing.id] = page
        self.stack.addWidget(page)
        self.tabs.add(editing.title)
        page.bind(self._registry.own_keys)
        page.workspace_changed.connect(lambda _: self._show_workspace(page))
        for signal in (editing.changed, editing.path_changed):
            signal.connect(lambda *_: self.show_title(editing))
        self.show_title(editing)
        self.made.emit(page)
        return page

    def _close(self, editing: Editing) -> None:
        page = self._pages.pop(editing.id)
        place = self.stack.indexOf(page)
        self._registry.remove("page")
        self.stack.removeWidget(page)
        self.tabs.removeTab(place)
        page.close()
        page.deleteLater()
        self._show(self.tabs.currentIndex())

    def _show(self, place: int) -> None:
        if place < 0:
            return
        self.stack.setCurrentIndex(place)
        page = self.page
        if page is None:
            self._registry.remove("page")
            self._window.setWindowTitle(TITLE)
        else:
            self._show_workspace(page)
            self.show_title(page.editing)
            self.focus()
        self.shown.emit()

    def _show_workspace(self, page: DocumentPage) -> None:
        if page is self.page:
            self._registry.put("page", page.actions_here)
            self._keeper.update(workspace=page.workspace)
            self.shown.emit()
