"""One open document in the window: its three workspaces, made when they are first looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeAlias, get_args

from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from aiprod_studio.app.film.place import file_of_shot, node_of_shot
from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.editing import Editing

Workspace: TypeAlias = Literal["board", "graph", "edit"]
WORKSPACES: tuple[Workspace, ...] = get_args(Workspace)


class DocumentPage(QWidget):
    """A document and its workspaces."""

    workspace_changed = Signal(str)
    asked_for_manual = Signal(str)
    favourites_changed = Signal(list)
    files_wanted = Signal(list)
    template_wanted = Signal(object)

    def __init__(
        self, editing: Editing, parent: QWidget | None = None, favourites: tuple[str, ...] = ()
    ) -> None:
        super().__init__(parent)
        self.editing = editing
        self._favourites = favourites
        self._keys: Mapping[str, Iterable[str]] = {}
        self._made: dict[Workspace, QWidget] = {}
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.workspace: Workspace = "graph"

    def show_workspace(self, name: Workspace) -> None:
        """Go to a workspace."""
        widget = self._made.get(name)
        if widget is None:
            widget = self._made[name] = self._make(name)
            self._stack.addWidget(widget)
            self._bind(widget)
            graph_wanted = getattr(widget, "graph_wanted", None)
            if graph_wanted is not None:
                graph_wanted.connect(self.show_graph_of)
        self.workspace = name
        self._stack.setCurrentWidget(widget)
        self.setFocusProxy(widget)
        widget.setFocus()
        self.workspace_changed.emit(name)

    def bind(self, keys: Mapping[str, Iterable[str]]) -> None:
        """Take the artist's own keys, by the ids of actions."""
        self._keys = keys
        for widget in self._made.values():
            self._bind(widget)

    def _bind(self, widget: QWidget) -> None:
        take = getattr(widget, "bind", None)
        if take is not None:
            take(self._keys)

    def widget(self, name: Workspace) -> QWidget | None:
        """Return a workspace, None when it was never looked at."""
        return self._made.get(name)

    @property
    def actions_here(self) -> tuple[Action, ...]:
        """What can be done in the workspace that is shown."""
        widget = self._made.get(self.workspace)
        found: Iterable[Action] = getattr(widget, "actions_here", ())
        return tuple(found)

    def go_to(self, node: str) -> None:
        """Show a node on the graph."""
        from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

        self.show_workspace("graph")
        widget = self._made["graph"]
        assert isinstance(widget, GraphWorkspace)
        widget.go_to(node)

    def show_graph_of(self, shot: str) -> None:
        """Show the graph that a shot renders through; one in a file of its own is named."""
        editing = self.editing
        board = editing.board()
        node = node_of_shot(editing.document, board, shot)
        if node:
            self.go_to(node)
            return
        self.show_workspace("graph")
        file = file_of_shot(board, shot, editing.folder)
        if file is not None:
            editing.said.emit(
                f"Shot {board.number_of(shot)} renders through {file}: open that file."
            )

    def drop_place(self, place: QPointF) -> QPointF | None:
        """Return where on the graph a point of this page is, None elsewhere."""
        from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

        widget = self._made.get(self.workspace)
        if not isinstance(widget, GraphWorkspace):
            return None
        return widget.drop_place(QPointF(widget.mapFrom(self, place.toPoint())))

    def close(self) -> bool:
        """Let go of the document."""
        for widget in self._made.values():
            widget.close()
        return super().close()

    def _make(self, name: Workspace) -> QWidget:
        makers: dict[Workspace, Callable[[], QWidget]] = {
            "board": self._board, "graph": self._graph, "edit": self._edit,
        }  # fmt: skip
        return makers[name]()

    def _graph(self) -> QWidget:
        from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

        workspace = GraphWorkspace(self.editing, favourites=self._favourites)
        workspace.asked_for_manual.connect(self.asked_for_manual)
        workspace.favourites_changed.connect(self.favourites_changed)
        workspace.files_wanted.connect(self.files_wanted)
        workspace.template_wanted.connect(self.template_wanted)
        return workspace

    def _board(self) -> QWidget:
        from aiprod_studio.ui.storyboard import BoardWorkspace

        return BoardWorkspace(self.editing)

    def _edit(self) -> QWidget:
        from aiprod_studio.ui.timeline import EditWorkspace

        return EditWorkspace(self.editing)
