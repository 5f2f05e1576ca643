"""A graph of a canvas file and the graphs around it: following links, finding promoted values.

`canvas_form` reads nodes through it. A `Level` is the document's own graph or the inside of one
use of a sub-graph. Links lead through reroutes, Set/Get pairs, bypassed sub-graphs and the borders
of sub-graphs to the node that makes the value. Damaged links lead nowhere; nothing raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from aiprod_studio.app.comfy.sheet import Origin
from aiprod_studio.graph.records import Json, Mode

NOTES = frozenset({"Note", "MarkdownNote", "Label (rgthree)"})
SILENT = frozenset(
    {
        "Reroute", "SetNode", "GetNode", "Fast Groups Muter (rgthree)",
        "Fast Groups Bypasser (rgthree)", "Fast Muter (rgthree)", "Fast Bypasser (rgthree)",
        "Bookmark (rgthree)",
    }
)  # fmt: skip
"""Helpers of ComfyUI's canvas that make nothing."""

INPUT_NODE = -10
LONGEST_TRAIL = 500
Node = Mapping[str, Json]


@dataclass(frozen=True)
class Fixed:
    """A value instead of a link: what the artist wrote on the outside of a sub-graph."""

    value: Json


@dataclass
class Level:
    """A graph of the file. `use` is the node outside that stands for it, in the graph `outer`."""

    raw: Node
    subgraphs: Mapping[str, Node]
    prefix: str = ""
    outer: Level | None = None
    use: Node = field(default_factory=dict)
    mode: Mode | None = None

    @classmethod
    def of_document(cls, raw: Node) -> Level:
        """Return the document's own graph."""
        definitions = raw.get("definitions")
        found = listed(definitions, "subgraphs") if isinstance(definitions, dict) else []
        return cls(raw, {str(part.get("id")): part for part in found})

    def __post_init__(self) -> None:
        self.nodes = {str(node.get("id")): node for node in listed(self.raw, "nodes")}
        self._links = dict(filter(None, map(_link, _items(self.raw, "links"))))
        self._inside: dict[str, Level] = {}
        self._set = {
            _first_value(node): node
            for node in self.nodes.values()
            if node.get("type") == "SetNode"
        }

    def key_of(self, node: Node) -> str:
        """Return a node's key, unique in the whole file."""
        return self.prefix + str(node.get("id"))

    def inside(self, node: Node) -> Level | None:
        """Return the graph of a use of a sub-graph; None for an ordinary node."""
        kind = str(node.get("type"))
        if kind not in self.subgraphs or self._contains(kind):
            return None
        key = str(node.get("id"))
        if key not in self._inside:
            mode = self.mode or ("mute" if node.get("mode") in (2, 4) else None)
            raw, prefix = self.subgraphs[kind], f"{self.key_of(node)}:"
            self._inside[key] = Level(raw, self.subgraphs, prefix, self, node, mode)
        return self._inside[key]

    def promoted(self, node: Node) -> dict[str, Json]:
        """Return values of a node's widgets that were written outside of its sub-graph."""
        found: dict[str, Json] = {}
        for (inner, name), value in self._written().items():
            if inner == str(node.get("id")) and value is not None:
                found[name] = value
        return found

    def fed(self, link: Json) -> Origin | Fixed | None:
        """Return what feeds a link: the output where it really starts, or a fixed value."""
        at: Step = (self, link)
        for _ in range(LONGEST_TRAIL):
            if at is None or isinstance(at, Fixed) or not isinstance(at[0], Level):
                return at
            at = at[0]._back(at[1])
        return None

    def _back(self, link: Json) -> Step:
        """Return what lies before a link: another link, an output, a value, or nothing."""
        start = self._links.get(str(link))
        if start is None:
            return None
        key, slot = start
        if key == str(INPUT_NODE):
            return self._outside(slot)
        node = self.nodes.get(key)
        return None if node is None else self._through(node, slot)

    def _outside(self, slot: int) -> Step:
        """Return what is linked to an input of this sub-graph outside, or written there."""
        if self.outer is None:
            return None
        name = _name_at(self.raw, "inputs", slot)
        socket = _socket(self.use, name)
        if socket is None or socket.get("link") is None:
            value = self._written().get(("-1", name))
            return None if value is None else Fixed(value)
        return self.outer, socket["link"]

    def _through(self, node: Node, slot: int) -> Step:
        """Return the link before a node that only passes on, or the output itself."""
        kind = node.get("type")
        inner = self.inside(node)
        if inner is not None and node.get("mode") == 4:
            passed = _passed(node, slot)
            return None if passed is None else (self, passed)
        if inner is not None:
            ids = _socket_at(inner.raw, "outputs", slot).get("linkIds")
            return (inner, ids[0]) if isinstance(ids, list) and ids else None
        if kind == "GetNode":
            node, kind = self._setter(node), "SetNode"
        if kind in ("Reroute", "SetNode"):
            links = [socket.get("link") for socket in listed(node, "inputs")]
            return (self, links[0]) if links and links[0] is not None else None
        return self.key_of(node), slot

    def _setter(self, node: Node) -> Node:
        """Return the Set of a Get."""
        return self._set.get(_first_value(node), {})

    def _written(self) -> dict[tuple[str, str], Json]:
        """Return what stands on the outside of this sub-graph, by inner node ("-1": its input)."""
        values = self.use.get("widgets_values")
        properties = self.use.get("properties")
        proxies = properties.get("proxyWidgets") if isinstance(properties, dict) else None
        if not isinstance(values, list):
            return {}
        if isinstance(proxies, list):
            names = [tuple(map(str, proxy[:2])) for proxy in proxies if isinstance(proxy, list)]
            pairs = zip(names, values, strict=False)
            return {(name[0], name[1]): value for name, value in pairs if len(name) == 2}
        sockets = [s for s in listed(self.use, "inputs") if isinstance(s.get("widget"), dict)]
        pairs_in_order = zip(sockets, values, strict=False)
        return {("-1", str(socket.get("name"))): value for socket, value in pairs_in_order}

    def _contains(self, kind: str) -> bool:
        """Say whether this graph lies inside a sub-graph of that kind."""
        level: Level | None = self
        while level is not None:
            if str(level.use.get("type")) == kind:
                return True
            level = level.outer
        return False


Step: TypeAlias = "tuple[Level, Json] | Origin | Fixed | None"
"""A way back: to another link of a graph, or to where the value is made."""


def listed(raw: Node, name: str) -> list[Node]:
    """Return the objects in a list of the file; what is no object is left out."""
    return [item for item in _items(raw, name) if isinstance(item, dict)]


def _items(raw: Node, name: str) -> list[Json]:
    found = raw.get(name)
    if isinstance(found, dict):
        return list(found.values())
    return found if isinstance(found, list) else []


def _link(raw: Json) -> tuple[str, tuple[str, int]] | None:
    """Return a link's id and where it starts; lists and objects are both in use."""
    if isinstance(raw, dict):
        raw = [raw.get("id"), raw.get("origin_id"), raw.get("origin_slot")]
    if not isinstance(raw, list) or len(raw) < 3 or not isinstance(raw[2], int):
        return None
    return str(raw[0]), (str(raw[1]), max(0, raw[2]))


def _passed(node: Node, slot: int) -> Json:
    """Return the link that a bypassed node passes on: of its first input of the output's type."""
    wanted = _socket_at(node, "outputs", slot).get("type")
    for socket in listed(node, "inputs"):
        if socket.get("type") == wanted and socket.get("link") is not None:
            return socket["link"]
    return None


def _socket(node: Node, name: str) -> Node | None:
    return next((s for s in listed(node, "inputs") if s.get("name") == name), None)


def _socket_at(node: Node, side: str, slot: int) -> Node:
    sockets = listed(node, side)
    return sockets[slot] if slot < len(sockets) else {}


def _name_at(node: Node, side: str, slot: int) -> str:
    return str(_socket_at(node, side, slot).get("name"))


def _first_value(node: Node) -> str:
    values = node.get("widgets_values")
    return str(values[0]) if isinstance(values, list) and values else ""
