"""The context menu of the canvas, built from its commands and from what is under the mouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from aiprod_studio.ui.canvas.commands import CanvasCommand
from aiprod_studio.ui.canvas.link_item import LinkItem
from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.canvas.palette import colour
from aiprod_studio.ui.canvas.shape import Socket

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.view import CanvasView

COLOURS: Mapping[str, str] = {
    "Of its kind": "", "Red": "#a34848", "Orange": "#a86a35", "Yellow": "#8a7a2c",
    "Green": "#3f7f4f", "Teal": "#2f7f80", "Blue": "#3f66a8", "Violet": "#6f55a8",
    "Pink": "#9c4a7f", "Grey": "#5b6679",
}  # fmt: skip
ON_EMPTY = ("inside", "add", "edit", "arrange", "view")
ON_CHOICE = ("nodes", "clipboard", "groups", "arrange")
FAR_LEFT, FAR_RIGHT = QPointF(-190, -14), QPointF(50, -14)
"""Where the names of a sub-graph's sockets are written, from the socket."""


def menu_for(view: CanvasView, at: QPointF) -> QMenu:
    """Return the menu for a point of the canvas."""
    menu = QMenu(view)
    item, link = view.viewer.item_at(at), view.viewer.link_under(at)
    if item is None and link is not None:
        _add_link(view, menu, link, at)
        return menu
    socket = item.socket_at(at) if isinstance(item, NodeItem) else None
    if isinstance(item, NodeItem) and socket is not None and view.within:
        _add_exposing(view, menu, item, socket)
    groups = ON_EMPTY if item is None else ON_CHOICE
    for group in groups:
        for command in view.commands:
            needed = item is not None or group == "inside"
            if command.group == group and (command.enabled() or not needed):
                _add(menu, command)
        menu.addSeparator()
    if item is not None:
        _add_colours(view, menu)
    if view.editor.choice.two_nodes():
        align = menu.addMenu("Align")
        for command in (c for c in view.commands if c.group == "align"):
            _add(align, command)
    return menu


def _add_link(view: CanvasView, menu: QMenu, item: LinkItem, at: QPointF) -> None:
    link = item.link  # the record; the item may be gone when the menu is used
    menu.addAction("Remove link").triggered.connect(lambda: view.editor.cut([link]))
    if not item.stray:  # a stub has no way to bend
        bend = menu.addAction("Add reroute")
        bend.triggered.connect(lambda: view.editor.add_reroute(link, at))


def _add(menu: QMenu, command: CanvasCommand) -> None:
    action = menu.addAction(command.title)
    if command.keys:
        action.setText(f"{command.title}\t{command.keys[0]}")
    action.setEnabled(command.enabled())
    action.triggered.connect(lambda: command.run())


def _add_exposing(view: CanvasView, menu: QMenu, item: NodeItem, socket: Socket) -> None:
    """Offer what may be done to a socket as one of the sub-graph's own."""
    exposing, where = view.editor.exposing, (socket.side, item.name, socket.name)
    name, point = exposing.name_of(*where), item.socket_point(socket.side, socket.name)
    if name and point is not None:
        place = point + (FAR_LEFT if socket.side == "input" else FAR_RIGHT)
        rename = menu.addAction(f"Rename {name!r} of the sub-graph…")
        rename.triggered.connect(lambda: view.naming.begin_at(socket.side, name, place))
        hide = menu.addAction(f"Show {name!r} on the sub-graph no longer")
        hide.triggered.connect(lambda: exposing.hide(*where))
    elif exposing.may_show(*where):
        show = menu.addAction(f"Show {socket.name!r} on the sub-graph")
        show.triggered.connect(lambda: exposing.show(*where))
    menu.addSeparator()


def _add_colours(view: CanvasView, menu: QMenu) -> None:
    colours = menu.addMenu("Colour")
    for name, value in COLOURS.items():
        action = colours.addAction(_swatch(value or view.palette_in_use.panel), name)
        action.triggered.connect(lambda _=False, chosen=value: view.editor.paint(chosen))


def _swatch(value: str) -> QIcon:
    picture = QPixmap(32, 32)
    picture.fill(colour("#000000", 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour(value))
    painter.drawRoundedRect(5, 5, 22, 22, 6, 6)
    painter.end()
    return QIcon(picture)
