"""What happens when the mouse rests on a node: its result is asked for, and its film plays.

The canvas asks by `hovered`; whoever knows results answers with `CanvasView.show_film`. One node
plays at a time, so that a large graph stays quiet.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from aiprod_studio.ui.canvas.projection import Projection

REST, PACE = 250, 90
"""Milliseconds until a rest is meant, and between two pictures of the film."""


class Hovering(QObject):
    """Follows which node is under the mouse."""

    hovered = Signal(str)
    """The mouse rests on this node (its name in the graph that is seen)."""

    def __init__(self, projection: Projection, parent: QObject) -> None:
        super().__init__(parent)
        self._projection = projection
        self._over = ""
        self._moment = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._rested)
        self._pace = QTimer(self)
        self._pace.setInterval(PACE)
        self._pace.timeout.connect(self._next)

    def over(self, name: str) -> None:
        """Learn which node is under the mouse, "" for none."""
        if name == self._over:
            return
        self.stop()
        self._over = name
        if name:
            self._rest.start()

    def play(self, name: str, film: Sequence[QImage]) -> None:
        """Play a film on a node for as long as the mouse stays on it."""
        item = self._projection.nodes.get(name)
        if item is not None and name == self._over and len(film) > 1:
            item.show_film(film)
            self._moment = 0
            self._pace.start()

    def stop(self) -> None:
        """Show the still picture again."""
        self._rest.stop()
        self._pace.stop()
        item = self._projection.nodes.get(self._over)
        if item is not None:
            item.show_film(())
        self._over = ""

    @property
    def playing(self) -> str:
        """The node whose film plays, "" for none."""
        return self._over if self._pace.isActive() else ""

    def _rested(self) -> None:
        if self._over in self._projection.nodes:
            self.hovered.emit(self._over)

    def _next(self) -> None:
        item = self._projection.nodes.get(self._over)
        if item is None:
            self.stop()
            return
        self._moment += 1
        item.show_moment(self._moment)
