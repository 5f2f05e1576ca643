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
