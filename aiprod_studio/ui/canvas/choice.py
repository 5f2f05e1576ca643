"""What is chosen on the canvas: nodes, frames and notes, by name.

A thin layer over the scene's own selection, which is the one place where it is kept.
"""

from __future__ import annotations

from collections.abc import Collection

from aiprod_studio.ui.canvas.projection import Projection


class Choice:
    """Reads and sets what is selected in the scene."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def nodes(self) -> list[str]:
        """Return the chosen nodes, in the order of the document."""
        return [name for name, item in self._projection.nodes.items() if item.isSelected()]

    def frames(self) -> list[str]:
        """Return the chosen frames."""
        frames = self._projection.groups.frames
        return [name for name, item in frames.items() if item.isSelected()]

    def notes(self) -> list[str]:
        """Return the chosen notes."""
        notes = self._projection.groups.notes
        return [name for name, item in notes.items() if item.isSelected()]

    def any(self) -> bool:
        """Say whether anything is chosen."""
        return bool(self.nodes() or self.frames() or self.notes())

    def one(self) -> bool:
        """Say whether exactly one thing is chosen."""
        return len(self.nodes()) + len(self.frames()) + len(self.notes()) == 1

    def any_node(self) -> bool:
        """Say whether nodes are chosen."""
        return bool(self.nodes())

    def two_nodes(self) -> bool:
        """Say whether two nodes or more are chosen."""
        return len(self.nodes()) >= 2

    def three_nodes(self) -> bool:
        """Say whether three nodes or more are chosen."""
        return len(self.nodes()) >= 3

    def any_use(self) -> bool:
        """Say whether the use of a sub-graph is chosen."""
        nodes = self._projection.graph.nodes
        return any(nodes[name].subgraph is not None for name in self.nodes())

    def choose(self, names: Collection[str]) -> None:
        """Choose what has these names, and nothing else."""
        for item in self._projection.items():
            if item.isSelected() != (item.name in names):
                item.setSelected(item.name in names)

    def choose_item(self, chosen: object) -> None:
        """Choose one item, and nothing else."""
        for item in self._projection.items():
            if item.isSelected() != (item is chosen):
                item.setSelected(item is chosen)

    def everything(self) -> None:
        """Choose all nodes, frames and notes."""
        for item in self._projection.items():
            item.setSelected(True)
