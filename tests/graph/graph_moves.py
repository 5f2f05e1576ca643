"""Random but sensible things an artist might do next, refused ones among them."""

import random
from collections.abc import Callable
from typing import Any

from aiprod_studio.graph import Document, commands
from aiprod_studio.graph.commands import clip
from aiprod_studio.graph.document import Command
from aiprod_studio.graph.graphs import Graph
from aiprod_studio.sdk import Refusal
from tests.graph.graph_samples import SPECS

NAMES = ("a", "b", "c", "sum", "Bäume", "node 7", "inputs", "x.y", "")
COLOURS = ("#ff0000", "#00ff00", "", "red")
VALUES = (
    0,
    1,
    5,
    5.0,
    -3,
    2.5,
    10**6,
    "24",
    "30000/1001",
    "exact",
    "text",
    True,
    None,
    [1],
    {"a": 1},
)


TYPES = (*SPECS, "no.such", "subgraph.a", "subgraph.b", "subgraph.gone", "graph.reroute")
ODD_NAMES = ("a", "b", "c", "inputs", "x.y", "", "u/v", "lost")
SOCKETS = ("a", "b", "integer", "total", "value", "text", "extra", "zz")


def broken_workflow(rng: random.Random) -> dict[str, Any]:
    """Return a file of the right shape full of loops, ghosts, stray links and odd names."""
    subgraphs = {name: broken_graph(rng) for name in rng.sample("abc", rng.randint(0, 3))}
    head = {"format": "aiprod-workflow", "version": 1}
    return {**broken_graph(rng, 0), **head, "subgraphs": subgraphs}


def broken_graph(rng: random.Random, sockets: int = 2) -> dict[str, Any]:
    def reference() -> str:
        return f"{rng.choice(ODD_NAMES) or 'q'}.{rng.choice(SOCKETS)}"

    nodes = {
        name: {
            "type": rng.choice(TYPES),
            "mode": rng.choice(("active", "mute", "bypass")),
            "inputs": {rng.choice(SOCKETS): reference() for _ in range(rng.randint(0, 3))},
            "params": {rng.choice(SOCKETS): rng.choice(VALUES) for _ in range(rng.randint(0, 2))},
        }
        for name in rng.sample(ODD_NAMES, rng.randint(1, 7))
    }
    frames = [{"name": "F", "members": rng.sample(ODD_NAMES, 3)}]
    view = {name: {"pos": [1, 2]} for name in rng.sample(ODD_NAMES, 3)}
    graph: dict[str, Any] = {"nodes": nodes, "frames": frames, "view": view}
    if sockets:
        kinds = ("number", "any", "text")
        names = rng.sample(SOCKETS, sockets)
        graph["inputs"] = {name: {"type": rng.choice(kinds)} for name in names}
        graph["outputs"] = {name: reference() for name in names}
        graph["params"] = {name: reference() for name in names}
    return graph


class Moves:
    """Draws the next command for a document."""

    def __init__(self, document: Document, rng: random.Random) -> None:
        self.document = document
        self.rng = rng
        self.clipboard = ""
        self.kinds: tuple[Callable[[str, Graph], Command | None], ...] = (
            self.add, self.add, self.add, self.connect, self.connect, self.connect, self.connect,
            self.disconnect, self.set_param, self.set_param, self.reset_param, self.rename,
            self.remove, self.mode, self.look, self.frame, self.edit_frame, self.note, self.make,
            self.dissolve, self.interface, self.rename_subgraph, self.paste, self.insert,
            self.section,
        )  # fmt: skip

    def next(self) -> Command | None:
        within = self.rng.choice(("", "", *self.document.subgraphs))
        return self.rng.choice(self.kinds)(within, self.document.graph(within))

    def some(self, graph: Graph) -> str:
        return self.rng.choice((*graph.nodes, *graph.nodes, "gone"))

    def several(self, graph: Graph) -> tuple[str, ...]:
        names = list(graph.nodes)
        return tuple(self.rng.sample(names, min(len(names), self.rng.randint(1, 4))))

    def add(self, within: str, graph: Graph) -> Command:
        kinds = (*SPECS, *(f"subgraph.{name}" for name in self.document.subgraphs), "graph.reroute")
        kind = self.rng.choice(kinds)
        pos = self.rng.choice((None, (1, 2), (0.5, -7)))
        name = self.rng.choice(("", "", *NAMES))
        return commands.AddNode(kind, name, pos=pos, within=within)

    def connect(self, within: str, graph: Graph) -> Command:
        source, target = self.some(graph), self.some(graph)
        catalog = self.document.catalog()
        start, end = graph.nodes.get(source), graph.nodes.get(target)
        given = catalog.spec(start.type) if start else None
        taken = catalog.spec(end.type) if end else None
        outputs = [socket.name for socket in given.outputs] if given else []
        inputs = [socket.name for socket in taken.inputs] if taken else []
        if graph.inputs and self.rng.random() < 0.3:
            source, outputs = "inputs", list(graph.inputs)
        return commands.Connect(
            source, self.rng.choice((*outputs, "out")), target, self.rng.choice((*inputs, "in")),
            within=within,
        )  # fmt: skip

    def disconnect(self, within: str, graph: Graph) -> Command:
        links = list(graph.links())
        if not links:
            return commands.Disconnect("a", "a", within=within)
        link = self.rng.choice(links)
        return commands.Disconnect(link.target, link.input, within=within)

    def insert(self, within: str, graph: Graph) -> Command | None:
        links = list(graph.links())
        if not links:
            return None
        link = self.rng.choice(links)
        return commands.InsertOnLink(self.some(graph), link.target, link.input, within=within)

    def set_param(self, within: str, graph: Graph) -> Command:
        name = self.some(graph)
        node = graph.nodes.get(name)
        spec = self.document.catalog().spec(node.type) if node else None
        params = [param.name for param in spec.params] if spec else []
        value = self.rng.choice(VALUES)
        return commands.SetParam(name, self.rng.choice((*params, "zzz")), value, within=within)

    def reset_param(self, within: str, graph: Graph) -> Command:
        name = self.some(graph)
        params = list(graph.nodes[name].params) if name in graph.nodes else []
        return commands.ResetParam(name, self.rng.choice((*params, "zzz")), within=within)

    def rename(self, within: str, graph: Graph) -> Command:
        return commands.RenameNode(self.some(graph), self.rng.choice(NAMES), within=within)

    def remove(self, within: str, graph: Graph) -> Command:
        return commands.RemoveNodes(self.several(graph), within=within)

    def mode(self, within: str, graph: Graph) -> Command:
        mode = self.rng.choice(("active", "mute", "bypass"))
        return commands.SetMode(self.several(graph), mode, within=within)  # type: ignore[arg-type]

    def look(self, within: str, graph: Graph) -> Command:
        names = self.several(graph)
        x, y = self.rng.randint(-9, 9), self.rng.random()
        return self.rng.choice(
            (
                commands.MoveNodes(dict.fromkeys(names, (x, y)), within=within),
                commands.ResizeNodes(dict.fromkeys(names, (x, y)), within=within),
                commands.CollapseNodes(names, self.rng.random() < 0.5, within=within),
                commands.ColourNodes(names, self.rng.choice(COLOURS), within=within),
            )
        )

    def frame(self, within: str, graph: Graph) -> Command:
        if graph.frames and self.rng.random() < 0.3:
            return commands.RemoveFrame(self.rng.choice(graph.frames).name, within=within)
        colour = self.rng.choice(COLOURS)
        return commands.AddFrame("", self.several(graph), colour, within=within)

    def edit_frame(self, within: str, graph: Graph) -> Command:
        name = self.rng.choice((*(frame.name for frame in graph.frames), "gone"))
        new = self.rng.choice((None, "Words", "Light"))
        return commands.EditFrame(
            name, new, self.several(graph), pos=(self.rng.random(), 1), within=within
        )

    def note(self, within: str, graph: Graph) -> Command:
        if not graph.notes or self.rng.random() < 0.4:
            return commands.AddNote("text", within=within)
        name = self.rng.choice(graph.notes).name
        edit = commands.EditNote(name, f"text {self.rng.random()}", within=within)
        return self.rng.choice((edit, commands.RemoveNote(name, within=within)))

    def make(self, within: str, graph: Graph) -> Command | None:
        if len(self.document.subgraphs) > 5:
            return None
        name = self.rng.choice(("look", "light", "sum", "a.b"))
        return commands.MakeSubgraph(self.several(graph), name, within=within)

    def dissolve(self, within: str, graph: Graph) -> Command:
        uses = [node.name for node in graph.nodes.values() if node.subgraph]
        return commands.DissolveSubgraph(self.rng.choice((*uses, "gone")), within=within)

    def interface(self, within: str, graph: Graph) -> Command:
        subgraph = self.rng.choice((*self.document.subgraphs, "gone"))
        inner = self.document.subgraphs.get(subgraph, Graph())
        kind = self.rng.choice(("inputs", "outputs", "params"))
        known = list(getattr(inner, kind))
        if known and self.rng.random() < 0.5:
            old, new = self.rng.choice(known), self.rng.choice(NAMES)
            return commands.RenameSocket(subgraph, kind, old, new)  # type: ignore[arg-type]
        if kind == "inputs":
            types = dict.fromkeys(self.rng.sample(("x", "y", "a"), 2), "number")
            return commands.EditSubgraph(subgraph, inputs=types)
        found = [
            f"{node.name}.{socket.name}"
            for node in inner.nodes.values()
            if (spec := self.document.catalog().spec(node.type))
            for socket in (spec.outputs if kind == "outputs" else spec.params)
        ]
        chosen = self.rng.sample(found, min(2, len(found)))
        table = {f"p{index}": reference for index, reference in enumerate(chosen)}
        if kind == "outputs":
            return commands.EditSubgraph(subgraph, outputs=table)
        return commands.EditSubgraph(subgraph, params=table)

    def rename_subgraph(self, within: str, graph: Graph) -> Command:
        name = self.rng.choice((*self.document.subgraphs, "gone"))
        if self.rng.random() < 0.3:
            return commands.RemoveSubgraph(name)
        return commands.RenameSubgraph(name, self.rng.choice(("look", "shade", "night")))

    def paste(self, within: str, graph: Graph) -> Command | None:
        if not self.clipboard or self.rng.random() < 0.5:
            try:
                self.clipboard = clip(self.document, self.several(graph), within)
            except Refusal:
                return None
        if len(graph.nodes) > 40:
            return None
        pos = self.rng.choice((None, (3, 4)))
        return commands.PasteNodes(self.clipboard, pos, self.rng.random() < 0.5, within=within)

    def section(self, within: str, graph: Graph) -> Command:
        name = self.rng.choice(("story", "timeline", "later", "nodes"))
        if self.rng.random() < 0.3:
            return commands.RemoveSection(name)
        return commands.SetSection(name, {"shots": [self.rng.random(), {"a": None}]})
