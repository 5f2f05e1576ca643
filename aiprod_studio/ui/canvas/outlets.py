"""What a sub-graph gives, seen from inside: a named stub at each output that goes out of it.

The projection keeps these beside the links; what comes in is shown by links that start at nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsSimpleTextItem

from aiprod_studio.graph.records import Source
from aiprod_studio.ui.canvas.link_item import BEHIND, STUB
from aiprod_studio.ui.canvas.palette import Palette, colour

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.projection import Projection


class OutletItem(QGraphicsPathItem):
    """A dotted line to the right of an output, and under which names it goes out."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._label = QGraphicsSimpleTextItem(self)
        self.setZValue(BEHIND)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def words(self) -> str:
        """What is written at its end."""
        return self._label.text()

    def show_at(self, start: QPointF, words: str, kind: str) -> None:
        """Draw it from a socket of a type."""
        end = start + QPointF(STUB, 0)
        path = QPainterPath(start)
        path.lineTo(end)
        self.setPath(path)
        self.setPen(QPen(self._palette.socket(kind), 2.2, Qt.PenStyle.DotLine))
        self._label.setText(words)
        self._label.setBrush(colour(self._palette.dim))
        self._label.setPos(end + QPointF(6, -self._label.boundingRect().height() / 2))


class Outlets:
    """The stubs of the graph that is shown, by (node, output)."""

    def __init__(self, projection: Projection, scene: QGraphicsScene) -> None:
        self.items: dict[Source, OutletItem] = {}
        self._projection, self._scene = projection, scene

    def project(self, outputs: Mapping[str, Source]) -> None:
        """Show what a graph gives, by the names under which it does."""
        self.clear()
        for source in dict.fromkeys(outputs.values()):
            item = self.items[source] = OutletItem(self._projection.palette)
            self._scene.addItem(item)
            self._place(source, outputs)

    def follow(self, node: str) -> None:
        """Show the stubs of a node where it is now."""
        for source in self.items:
            if source[0] == node:
                self._place(source, self._projection.graph.outputs)

    def clear(self) -> None:
        """Let go of all items."""
        for item in self.items.values():
            self._scene.removeItem(item)
        self.items.clear()

    def _place(self, source: Source, outputs: Mapping[str, Source]) -> None:
        item, node = self.items[source], self._projection.nodes.get(source[0])
        start = node.socket_point("output", source[1]) if node is not None else None
        item.setVisible(start is not None)
        if start is not None:
            words = ", ".join(name for name, found in outputs.items() if found == source)
            item.show_at(start, words, self._projection.flowing(source)[0])
