"""What a tooltip says of a node or a socket: from the docstring, the look and the last message."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF

from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.canvas.shape import Socket


def tip_of(item: NodeItem, at: QPointF) -> str:
    """Return the words for what of a node is at a point of the canvas."""
    socket = item.socket_at(at)
    return _socket_tip(socket) if socket else _node_tip(item)


def _socket_tip(socket: Socket) -> str:
    kind = escape(socket.type.replace("_", " "))
    need = " (optional)" if socket.side == "input" and socket.optional else ""
    words = f"<b>{escape(socket.name)}</b>: {kind}{need}"
    return f"<p>{words}</p><p>{escape(socket.doc)}</p>" if socket.doc else f"<p>{words}</p>"


def _node_tip(item: NodeItem) -> str:
    parts = [f"<p><b>{escape(item.name)}</b> – {escape(item.title)}</p>"]
    if item.spec is not None and item.spec.doc:
        parts.append(f"<p>{escape(item.spec.doc.strip().splitlines()[0])}</p>")
    elif item.spec is None:
        remedy = "Install or allow the pack it comes from; until then it is kept as it is."
        parts.append(f"<p>{remedy}</p>")
    value = item.last or item.look.value
    if value:
        words = escape(value[:300]).replace("\n", "<br>")
        parts.append(f"<p>Last: {words}</p>")
    if item.look.message:
        parts.append(f"<p><i>{escape(item.look.message)}</i></p>")
    return "".join(parts)
