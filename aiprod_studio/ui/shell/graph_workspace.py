"""The Graph workspace: the canvas in the middle, library left, inspector right, viewer below it.

It joins the panels over one document: what is chosen on the canvas is inspected, what a node gave
is shown in the viewer, and how nodes stand is painted on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from aiprod_studio.app.jobs.messages import Ended, JobPlanned
from aiprod_studio.engine.events import StepDone, StepPreview
from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.actions.action import action_of
from aiprod_studio.ui.canvas import CanvasView
from aiprod_studio.ui.canvas.commands import commands_of
from aiprod_studio.ui.canvas.palette import palette_of
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.shell.panel_frame import PanelFrame
from aiprod_studio.ui.shell.panels import Wishes, panels_for
from aiprod_studio.ui.theme import current, watch
from aiprod_studio.ui.viewer.beside import join

SIZES = (230, 820, 330)
FRAMED = ("video", "image", "file")


class GraphWorkspace(QWidget):
    """The node graph of a document."""

    asked_for_manual = Signal(str)
    favourites_changed = Signal(list)
    files_wanted = Signal(list)
    """These files should become nodes: paths."""
    template_wanted = Signal(object)

    def __init__(
        self, editing: Editing, parent: QWidget | None = None, favourites: tuple[str, ...] = ()
    ) -> None:
        super().__init__(parent)
        self.editing = editing
        self._chosen: list[str] = []
        self._keys: Mapping[str, Iterable[str]] = {}
        wishes = Wishes(
            self.add_node,
            self.go_to,
            self.asked_for_manual.emit,
            self.favourites_changed.emit,
            self.files_wanted.emit,
            self.template_wanted.emit,
        )
        self.panels = panels_for(editing, favourites, wishes)
        self.library = PanelFrame("Library", self.panels.library)
        self.viewer, self.inspector = self.panels.viewer, self.panels.inspector
        self.canvas = self._new_canvas()
        self.side = QSplitter(Qt.Orientation.Vertical)
        self.side.addWidget(self.viewer)
        self.side.addWidget(self.inspector)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        for part in (self.library, self.canvas, self.side):
            self.split.addWidget(part)
        self.split.setStretchFactor(1, 1)
        theme = current()
        self.split.setSizes([theme.px(size) for size in SIZES])
        self.side.setSizes([theme.px(300), theme.px(420)])
        for splitter in (self.split, self.side):
            splitter.setHandleWidth(theme.px(3))
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)
        self.setFocusProxy(self.canvas)
        self._follows = False
        editing.node_looks_changed.connect(self._show_looks)
        editing.job_event.connect(self._hear)
        self.viewer.shown_changed.connect(self._ask_earlier)
        watch().changed.connect(self._take_theme)
        self._show_all_looks()

    @property
    def actions_here(self) -> tuple[Action, ...]:
        """What can be done in this workspace."""
        own = tuple(action_of(command) for command in commands_of(self.canvas))
        return (*own, *self.viewer.actions_here, *self._own_actions())

    def _own_actions(self) -> tuple[Action, ...]:
        return (
            Action(
                "graph.run_to_here", "Run to the chosen node", self.run_to_chosen,
                ("Ctrl+Shift+Return",), self.canvas.nodes_chosen, "run", icon="step-forward",
            ),
            Action(
                "graph.run_fresh", "Run the chosen node anew", self.run_fresh, (),
                self.canvas.nodes_chosen, "run", icon="refresh-cw",
            ),
        )  # fmt: skip

    def bind(self, keys: Mapping[str, Iterable[str]]) -> None:
        """Take the artist's own keys, by the ids of actions."""
        self._keys = keys
        self.canvas.bind(keys)

    def chosen(self) -> list[str]:
        """Return the chosen nodes; inside a sub-graph as `use/inner`."""
        return list(map(self.canvas.path_of, self._chosen))

    def run_to_chosen(self) -> None:
        """Run what leads to the chosen nodes."""
        if self._chosen:
            self.editing.run(self.chosen())

    def run_fresh(self) -> None:
        """Compute the chosen nodes and what leads to them again."""
        if self._chosen:
            self.editing.run(self.chosen(), fresh=True)

    def add_node(self, node_type: str) -> None:
        """Add a node in the middle of what is seen."""
        self.canvas.add_in_view(node_type)

    def go_to(self, node: str) -> None:
        """Choose a node and bring it into sight."""
        top = node.partition("/")[0]
        if top in self.editing.document.nodes:
            while self.canvas.within:
                self.canvas.leave()
            self.canvas.select([top])
            self.canvas.frame_selected()
            self.canvas.setFocus()

    def drop_place(self, place: QPointF) -> QPointF | None:
        """Return where on the graph a point of this workspace is, None beside the canvas."""
        spot = self.canvas.viewer.viewport().mapFrom(self, place.toPoint())
        if not self.canvas.viewer.viewport().rect().contains(spot):
            return None
        return QPointF(self.canvas.viewer.mapToScene(spot))

    def close(self) -> bool:
        """Let go of the document."""
        self.editing.node_looks_changed.disconnect(self._show_looks)
        self.editing.job_event.disconnect(self._hear)
        watch().changed.disconnect(self._take_theme)
        self.canvas.close()
        self.panels.close()
        return super().close()

    # Inside.

    def _new_canvas(self) -> CanvasView:
        editing = self.editing
        canvas = CanvasView(editing.document, editing.specs, palette=palette_of(current().name))
        canvas.setMinimumWidth(current().px(240))
        canvas.selection_changed.connect(self._choose)
        canvas.node_activated.connect(self._show_result)
        canvas.asked_for_manual.connect(self.asked_for_manual)
        canvas.refused.connect(lambda text: editing.said.emit(text))
        canvas.bind(self._keys)
        join(canvas, self.viewer, editing)
        return canvas

    def _choose(self, names: list[str]) -> None:
        self._chosen = names
        self.inspector.show_nodes(names, self.canvas.within)
        paths = self.chosen()
        self._follows = self._follows and not paths
        if len(paths) == 1 and self.editing.result_of(paths[0]) is not None:
            self.viewer.show_node(paths[0])

    def _hear(self, event: object) -> None:
        """Let the viewer follow a run from step to step, until a node is chosen."""
        if isinstance(event, JobPlanned):
            self._follows = not self._chosen
        elif isinstance(event, StepPreview | StepDone) and self._follows:
            result = self.editing.result_of(event.node)
            seen = result is not None and result.kind in ("video", "image")
            if seen or isinstance(event, StepPreview):
                self.viewer.show_node(event.node)
        self.viewer.take(event)
        if isinstance(event, Ended):
            self._show_outcome(event)
            self._look_again()
            self._ask_earlier()

    def _show_outcome(self, ended: Ended) -> None:
        """Show what a run gave at last, also when all of it was there already."""
        if not self._follows or self.viewer.result is not None:
            return
        for node in reversed(list(ended.keys)):
            result = self.editing.result_of(node)
            if result is not None and result.kind in FRAMED:
                self.viewer.show_node(node)
                return

    def _look_again(self) -> None:
        """Show what the viewer could not read yet: it was asked for while it was being filed."""
        viewer = self.viewer
        if viewer.result is not None and viewer.result.kind in FRAMED and not viewer.player.count:
            viewer.show_result(viewer.result)

    def _ask_earlier(self) -> None:
        """Tell the viewer what the node that it shows gave in earlier runs."""
        node, past = self.viewer.node, self.viewer.past
        if node:
            self.editing.ask_earlier(node, lambda found: past.take(node, found))

    def _show_result(self, name: str) -> None:
        self.viewer.show_node(self.canvas.path_of(name))

    def _show_looks(self, names: list[str]) -> None:
        for name in names:
            if name.partition("/")[0] in self.editing.document.nodes:
                self.canvas.set_state(name, self.editing.node_looks.of(name))

    def _show_all_looks(self) -> None:
        self._show_looks(list(self.editing.looks()))

    def _take_theme(self) -> None:
        """Make the canvas anew: what it paints is of one palette."""
        at, zoom = self.canvas.viewer.centre, self.canvas.viewer.transform().m11()
        sizes, old = self.split.sizes(), self.canvas
        self.canvas = self._new_canvas()
        self.split.replaceWidget(1, self.canvas)
        old.close()
        old.deleteLater()
        self.split.setSizes(sizes)
        self.canvas.show()
        self.canvas.viewer.look_at(at, zoom)
        self.setFocusProxy(self.canvas)
        self._show_all_looks()
