"""Searching for a node and adding it: at a place, into a link, or linked to a socket.

The view has one; it remembers what the search was opened for until something is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.canvas.editor import Editor
from aiprod_studio.ui.canvas.gestures import OVER
from aiprod_studio.ui.canvas.link_item import curve
from aiprod_studio.ui.canvas.offer import Offer
from aiprod_studio.ui.canvas.palette import colour
from aiprod_studio.ui.canvas.search_box import SearchBox
from aiprod_studio.ui.canvas.shape import Side
from aiprod_studio.ui.canvas.viewer import Viewer

BESIDE = 224
"""So far left of an input its new source is put."""


class Searching(QObject):
    """Opens the search box with what fits, and adds what is chosen in it."""

    def __init__(
        self, box: SearchBox, viewer: Viewer, editor: Editor, specs: Mapping[str, NodeSpec]
    ) -> None:
        super().__init__(box)
        self._box, self._viewer, self._editor = box, viewer, editor
        self._offer = Offer(specs)
        self._wish: tuple[QPointF, str, str, str] = (QPointF(), "", "", "")
        self._loose: QGraphicsPathItem | None = None
        box.chosen.connect(self._add)
        box.closed.connect(self._drop_loose)

    def begin(self, at: QPointF, side: str, node: str, socket: str) -> None:
        """Search at a place, for all (side "") or for what fits a node's input or output."""
        self._wish = (at, side, node, socket)
        self._drop_loose()
        self._hang_loose()
        entries, hint = self._offer.fitting(self._editor.projection, side, node, socket)
        spot = self._viewer.viewport().mapToGlobal(self._viewer.mapFromScene(at))
        host = self._box.parentWidget()
        assert host is not None
        self._box.open_at(host.mapFromGlobal(spot), entries, hint)

    def _add(self, node_type: str) -> None:
        at, side, node, socket = self._wish
        self._drop_loose()
        self._viewer.setFocus(Qt.FocusReason.OtherFocusReason)
        if side:
            shift = QPointF(0 if side == "output" else -BESIDE, -40)
            self._editor.add_linked(node_type, at + shift, side, node, socket)
            return
        link = self._viewer.link_under(at)
        self._editor.add(node_type, at - QPointF(60, 20), link.link if link else None)

    def _hang_loose(self) -> None:
        """Draw the link that waits for its node."""
        at, side, node, socket = self._wish
        item = self._editor.projection.nodes.get(node)
        start: Side = "output" if side == "output" else "input"
        here = item.socket_point(start, socket) if item is not None else None
        if here is None:
            return
        palette = self._editor.projection.palette
        loose = QGraphicsPathItem(curve(*((here, at) if side == "output" else (at, here))))
        loose.setZValue(OVER)
        loose.setPen(QPen(colour(palette.accent), 2.2))
        self._viewer.scene().addItem(loose)
        self._loose = loose

    def _drop_loose(self) -> None:
        loose, self._loose = self._loose, None
        if loose is not None:
            self._viewer.scene().removeItem(loose)
