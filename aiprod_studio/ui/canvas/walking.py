"""Going into sub-graphs and out of them: which graph is shown, and the breadcrumbs.

The view has one; it tells when another graph is shown. One canvas shows them all, one at a time.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from aiprod_studio.ui.canvas.depth import Depth
from aiprod_studio.ui.canvas.editor import Editor
from aiprod_studio.ui.canvas.trail import Trail


class Walking(QObject):
    """Walks through the graphs of a document."""

    left = Signal()
    """The graph that was shown is about to go."""
    arrived = Signal()
    """Another graph is shown, from scratch."""

    def __init__(self, editor: Editor, trail: Trail) -> None:
        super().__init__(trail)
        self._editor, self._trail = editor, trail
        self._depth = Depth()
        trail.wanted.connect(self.go_out)

    @property
    def prefix(self) -> str:
        """What comes before a node's name in its path."""
        return self._depth.prefix

    def go_in(self, name: str) -> bool:
        """Show the inside of a node; False when it is no use of a sub-graph."""
        inside = self._editor.projection.graph.nodes[name].subgraph
        if inside is None or inside not in self._editor.document.subgraphs:
            return False
        self._depth.enter(name, inside)
        self._show()
        return True

    def go_out(self, keep: int | None = None) -> None:
        """Show the graph around, or the one so many steps from the document's own."""
        self._depth.leave(len(self._depth.steps) - 1 if keep is None else keep)
        self._show()

    def rename(self, old: str, new: str) -> None:
        """Give the sub-graph that is shown another name, and stay in it."""
        steps = [(use, new if inside == old else inside) for use, inside in self._depth.steps]
        if self._editor.rename_subgraph(old, new):
            self._depth.steps = steps
            self._show()

    def put_out(self) -> bool:
        """Follow the projection, which leaves a sub-graph that is gone; say whether it did."""
        if self._editor.within == self._depth.within:
            return False
        self._depth.leave(0)
        self._trail.show_way([])
        return True

    def _show(self) -> None:
        self.left.emit()
        self._editor.projection.project(self._depth.within, self._depth.prefix)
        self._trail.show_way(self._depth.names())
        self.arrived.emit()
