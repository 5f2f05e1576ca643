"""Which panes of the window show, how large they are, and where the window stood: remembered.

The panes themselves belong to the window and to the Graph workspace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSize
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from aiprod_studio.ui.shell.bottom import BottomPanel
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.pages import Pages

if TYPE_CHECKING:
    from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

FRAME = QSize(0, 32)
"""What the desktop's title bar takes of the screen."""
SIZED = "sized"
"""Property of a graph whose panes have been given the remembered sizes."""


class Panes(QObject):
    """The panes of a window: `bottom` below the pages, library and side panels beside the graph."""

    def __init__(
        self,
        window: QMainWindow,
        split: QSplitter,
        bottom: BottomPanel,
        pages: Pages,
        keeper: MemoryKeeper,
    ) -> None:
        super().__init__(window)
        self._window, self._split, self._bottom = window, split, bottom
        self._pages, self._keeper = pages, keeper
        bottom.closed.connect(self._remember)
        split.splitterMoved.connect(lambda *_: self._remember_sizes())
        pages.shown.connect(self._apply)

    def toggle_bottom(self, name: str) -> None:
        """Show a panel of the bottom, or hide it when it is the one that shows."""
        if self.bottom_shown(name):
            self._bottom.hide()
        else:
            self._bottom.show_panel(name)
            self._bottom.show()
        self._remember()

    def bottom_shown(self, name: str) -> bool:
        """Say whether a panel of the bottom shows."""
        return self._bottom.isVisible() and self._bottom.shown == name

    def show_bottom(self, name: str) -> None:
        """Show a panel of the bottom."""
        if not self.bottom_shown(name):
            self.toggle_bottom(name)

    def side(self, name: str) -> QWidget | None:
        """Return the library, or the side with viewer and inspector; None without a graph."""
        graph = self._pages.graph
        if graph is None:
            return None
        return graph.library if name == "library" else graph.side

    def toggle_side(self, name: str) -> None:
        """Show or hide the library, or the inspector and viewer."""
        part = self.side(name)
        if part is not None:
            part.setVisible(part.isHidden())
            self._remember()

    def side_shown(self, name: str) -> bool:
        """Say whether a side panel shows."""
        part = self.side(name)
        return part is not None and not part.isHidden()

    def restore(self) -> None:
        """Put the window where it stood, with what it showed."""
        memory = self._keeper.memory
        if memory.geometry:
            self._window.restoreGeometry(QByteArray.fromBase64(memory.geometry.encode("ascii")))
        fit_on_screen(self._window, placed=bool(memory.geometry))
        if len(memory.splits.get("bottom", [])) == 2:
            self._split.setSizes(memory.splits["bottom"])
        if memory.panels.get("bottom"):
            self._bottom.show()

    def remember_place(self) -> None:
        """Remember where the window stands."""
        geometry = bytes(self._window.saveGeometry().toBase64().data()).decode("ascii")
        self._keeper.update(geometry=geometry)

    # Inside.

    def _apply(self) -> None:
        """Show of the graph's panes what the artist wants to see, whichever document it is."""
        graph = self._pages.graph
        if graph is None:
            return
        for name in ("library", "side"):
            part = self.side(name)
            assert part is not None
            part.setVisible(self._keeper.memory.panels.get(name, True))
        if not graph.property(SIZED):
            graph.setProperty(SIZED, True)
            self._size(graph)

    def _size(self, graph: GraphWorkspace) -> None:
        sizes = self._keeper.memory.splits
        for name, splitter in (("graph", graph.split), ("graph_side", graph.side)):
            if len(sizes.get(name, [])) == splitter.count():
                splitter.setSizes(sizes[name])
            splitter.splitterMoved.connect(lambda *_: self._remember_sizes())

    def _remember(self) -> None:
        panels = dict(self._keeper.memory.panels)
        panels["bottom"] = self._bottom.isVisible()
        for name in ("library", "side"):
            if self.side(name) is not None:
                panels[name] = self.side_shown(name)
        self._keeper.update(panels=panels)

    def _remember_sizes(self) -> None:
        sizes = dict(self._keeper.memory.splits)
        sizes["bottom"] = self._split.sizes()
        graph = self._pages.graph
        if graph is not None:
            sizes |= {"graph": graph.split.sizes(), "graph_side": graph.side.sizes()}
        self._keeper.update(splits=sizes)


def fit_on_screen(window: QWidget, *, placed: bool) -> None:
    """Keep a window as large as its screen allows, and inside it.

    The screen may be smaller than the one of last time, or everything on it larger. A window that
    was not `placed` is left for the desktop to place.
    """
    screen = window.screen().availableGeometry()
    room = screen.size() - FRAME
    window.setMinimumSize(window.minimumSize().boundedTo(room))
    if window.isMaximized() or window.isFullScreen():
        return
    window.resize(window.size().boundedTo(room))
    if not placed:
        return
    place = window.geometry()
    place.moveRight(min(place.right(), screen.right()))
    place.moveBottom(min(place.bottom(), screen.bottom()))
    place.moveLeft(max(place.left(), screen.left()))
    place.moveTop(max(place.top(), screen.top() + FRAME.height()))
    if place.topLeft() != window.geometry().topLeft():
        window.setGeometry(place)
