"""Where everything of a node is drawn: sockets, values, picture, footer, in canvas units.

Derived from the document, the spec and the look each time one of them changes. Painting and hit
tests use the same shape, so what is seen is what is touched. It paints nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QPointF, QRectF

from aiprod_studio.graph import Json, Node
from aiprod_studio.sdk import ANY, NodeSpec, ParamSpec, Prompt, plain
from aiprod_studio.ui.canvas.looks import NodeLook

WIDTH, HEADER, ROW, PAD, FOOTER = 224.0, 42.0, 22.0, 8.0, 22.0
TEXT_LINES, MOST_VALUES, REROUTE_SIZE = 3, 3, 18.0
LEAST_WIDTH, TALLEST_PICTURE = 140.0, 180.0
REACH = 11.0
REROUTE = "graph.reroute"

Side = Literal["input", "output"]


@dataclass(frozen=True)
class Socket:
    """A socket where it is drawn; `y` and `x` are in the node's own units."""

    side: Side
    name: str
    type: str
    x: float
    y: float
    optional: bool = False
    linked: bool = False
    doc: str = ""
    bare: bool = False
    """Without a name of its own, because it stands at the row of a parameter."""

    @property
    def point(self) -> QPointF:
        return QPointF(self.x, self.y)


@dataclass(frozen=True)
class Value:
    """A parameter shown on the node: one row, or a block of text."""

    name: str
    text: str
    rect: QRectF
    block: bool


@dataclass(frozen=True)
class Shape:
    """The drawn parts of a node."""

    width: float
    height: float
    sockets: Mapping[tuple[Side, str], Socket]
    values: tuple[Value, ...]
    picture: QRectF | None
    footer: QRectF | None
    folded: bool
    bend: bool

    def near(self, point: QPointF) -> Socket | None:
        """Return the socket within reach of a point."""
        best: tuple[float, Socket] | None = None
        for socket in self.sockets.values():
            away = max(abs(point.x() - socket.x), abs(point.y() - socket.y))
            if away <= REACH and (best is None or away < best[0]):
                best = (away, socket)
        return best[1] if best else None


def shape_of(
    node: Node,
    view: Mapping[str, Json],
    spec: NodeSpec | None,
    look: NodeLook,
    read: tuple[str, ...] = (),
) -> Shape:
    """Return the shape; `read` are the outputs that links start at, which a ghost shows."""
    if node.type == REROUTE:
        return _bend(node)
    width = max(LEAST_WIDTH, _size(view)[0] or WIDTH)
    inputs = _inputs(node, spec)
    outputs = _outputs(spec, read)
    if view.get("collapsed") is True:
        return _folded(width, inputs, outputs)
    sockets = _placed(inputs, outputs, width)
    top = HEADER + PAD + max(len(inputs), len(outputs)) * ROW
    values, top = _values(node, spec, width, top)
    sockets |= _driven(spec, values)
    picture, top = _picture(look, width, top)
    bottom = max(top + PAD, _size(view)[1])
    footer = None
    if look.cost or look.eta or look.message or look.progress is not None:
        footer = QRectF(0, bottom, width, FOOTER)
        bottom += FOOTER
    return Shape(width, bottom, sockets, values, picture, footer, False, False)


def spec_value(node: Node, param: ParamSpec) -> Any:
    """Return what a parameter is set to, as JSON."""
    return node.params.get(param.name, plain(param.default))


def _size(view: Mapping[str, Json]) -> tuple[float, float]:
    size = view.get("size")
    return (float(size[0]), float(size[1])) if size else (0.0, 0.0)


def _inputs(node: Node, spec: NodeSpec | None) -> list[Socket]:
    shown = spec.inputs if spec else ()
    found = [
        Socket("input", s.name, s.type, 0, 0, s.optional, s.name in node.inputs, s.doc)
        for s in shown
    ]
    names = {socket.name for socket in found}
    for name in node.inputs:
        if name not in names:
            driven = spec.input(name) if spec else None
            kind, doc = (driven.type, driven.doc) if driven else (ANY, "")
            found.append(Socket("input", name, kind, 0, 0, True, True, doc))
    return found


def _outputs(spec: NodeSpec | None, read: tuple[str, ...]) -> list[Socket]:
    known = spec.outputs if spec else ()
    found = [Socket("output", s.name, s.type, 0, 0, linked=s.name in read) for s in known]
    names = {socket.name for socket in found}
    found += [Socket("output", n, ANY, 0, 0, linked=True) for n in read if n not in names]
    return found


def _at(socket: Socket, x: float, y: float) -> Socket:
    return Socket(
        socket.side, socket.name, socket.type, x, y, socket.optional, socket.linked, socket.doc
    )


def _placed(
    inputs: list[Socket], outputs: list[Socket], width: float
) -> dict[tuple[Side, str], Socket]:
    found: dict[tuple[Side, str], Socket] = {}
    for x, sockets in ((0.0, inputs), (width, outputs)):
        for row, socket in enumerate(sockets):
            y = HEADER + PAD + (row + 0.5) * ROW
            found[socket.side, socket.name] = _at(socket, x, y)
    return found


def _folded(width: float, inputs: list[Socket], outputs: list[Socket]) -> Shape:
    sides = ((0.0, inputs), (width, outputs))
    sockets: dict[tuple[Side, str], Socket] = {
        (s.side, s.name): _at(s, x, HEADER / 2) for x, side in sides for s in side
    }
    return Shape(width, HEADER, sockets, (), None, None, True, False)


def _bend(node: Node) -> Shape:
    size = REROUTE_SIZE
    sockets: dict[tuple[Side, str], Socket] = {
        ("input", "value"): Socket("input", "value", ANY, 0, size / 2, True, bool(node.inputs)),
        ("output", "value"): Socket("output", "value", ANY, size, size / 2),
    }
    return Shape(size, size, sockets, (), None, None, False, True)


def _values(
    node: Node, spec: NodeSpec | None, width: float, top: float
) -> tuple[tuple[Value, ...], float]:
    """Return the first parameters worth a look; the others are in the inspector."""
    params = [p for p in spec.params if not p.group.advanced] if spec else []
    found: list[Value] = []
    for param in [p for p in params if p.name not in node.inputs][:MOST_VALUES]:
        block = isinstance(param.hint, Prompt)
        height = TEXT_LINES * 17.0 + 10 if block else ROW
        rect = QRectF(PAD, top + 2, width - 2 * PAD, height - 2)
        found.append(Value(param.name, _shown(spec_value(node, param)), rect, block))
        top += height + (2 if block else 0)
    return tuple(found), top


def _driven(spec: NodeSpec | None, values: tuple[Value, ...]) -> dict[tuple[Side, str], Socket]:
    """Return the sockets of the parameters that are shown and that a link may drive."""
    found: dict[tuple[Side, str], Socket] = {}
    for value in values:
        socket = spec.input(value.name) if spec else None
        if socket is not None:
            y = value.rect.top() + min(value.rect.height(), ROW) / 2
            key: tuple[Side, str] = ("input", value.name)
            found[key] = Socket(
                "input", value.name, socket.type, 0, y, True, False, socket.doc, True
            )
    return found


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)[:400]


def _picture(look: NodeLook, width: float, top: float) -> tuple[QRectF | None, float]:
    image = look.thumbnail
    if image is None or image.isNull():
        return None, top
    room = width - 2 * PAD
    height = min(TALLEST_PICTURE, room * image.height() / image.width())
    return QRectF(PAD, top + 4, room, height), top + 4 + height
