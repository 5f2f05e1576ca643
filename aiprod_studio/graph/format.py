"""The workflow file, version 1: its description, and the way from plain JSON to records and back.

The loader checks against `DOCUMENT` and then reads without further questions; the saver writes.
Known fields at their default are left out unless the file spelled them, so that a file comes back
as it was written. Unknown fields stay in `extra` (records) or `sections` (graphs).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiprod_studio.graph.graphs import Content, Graph
from aiprod_studio.graph.records import (
    MODES,
    Frame,
    Interface,
    Json,
    Node,
    Note,
    Source,
    frozen,
)
from aiprod_studio.graph.shape import Anything, Flag, ListOf, MapOf, Pair, Record, Text, Words

FORMAT = "aiprod-workflow"
VERSION = 1

SOURCE = Text("a link such as 'node.output'", r"^[\s\S]+\.[^.]+$", "node.output")
PARAM = Text("a parameter such as 'node.param'", r"^[\s\S]+\.[^.]+$", "node.param")
COLOUR = Text("a colour such as '#ffcc00' or ''", r"^(#[0-9a-fA-F]{6})?$")

NODE = Record(
    {
        "type": Text("a node type such as 'text.prompt'", r"[\s\S]+"),
        "version": Text(doc="What the node computed when it was last edited."),
        "mode": Words(MODES, "mute: takes no part; bypass: passes its first matching input."),
        "params": MapOf(Anything(), "Values by parameter; absent ones are at their default."),
        "inputs": MapOf(SOURCE, "For each linked input, the output it comes from."),
    },
    ("type",),
    "A step, by its name.",
    name="node",
)
VIEW = Record(
    {"pos": Pair(), "size": Pair(), "colour": COLOUR, "collapsed": Flag()},
    doc="What only the eye needs of a node.",
    name="view",
)
FRAME = Record(
    {
        "name": Text("a name", r"[\s\S]+"),
        "colour": COLOUR,
        "members": ListOf(Text("the name of a node")),
        "pos": Pair(),
        "size": Pair(),
    },
    ("name",),
    "A named, coloured group of nodes.",
    name="frame",
)
NOTE = Record(
    {"name": Text("a name"), "text": Text(), "colour": COLOUR, "pos": Pair(), "size": Pair()},
    doc="A text on the canvas.",
    name="note",
)
INPUT = Record({"type": Text("a socket type such as 'image'", r"[\s\S]+")}, ("type",), name="input")
PARTS: dict[str, Record | ListOf | MapOf] = {
    "nodes": MapOf(NODE, "Steps by name."),
    "view": MapOf(VIEW, "By node; never changes a result."),
    "frames": ListOf(FRAME),
    "notes": ListOf(NOTE),
}
SUBGRAPH = Record(
    {
        **PARTS,
        "inputs": MapOf(INPUT, "Inside, a link reads one as 'inputs.NAME'."),
        "outputs": MapOf(SOURCE, "For each output, the output inside that it gives."),
        "params": MapOf(PARAM, "For each parameter of a use, the parameter inside that it sets."),
    },
    ("nodes",),
    "A graph used as one node, of type 'subgraph.NAME'.",
    name="subgraph",
)
DOCUMENT = Record(
    {
        "format": Words((FORMAT,)),
        "version": Words((VERSION,)),
        **PARTS,
        "subgraphs": MapOf(SUBGRAPH, "Sub-graphs by name."),
        "story": Anything(),
        "timeline": Anything(),
    },
    ("format", "nodes", "version"),
    "A workflow of AIPROD Studio.",
)
INTERFACE_FIELDS = ("inputs", "outputs", "params")


def split(reference: str) -> Source:
    """Return (node, output) of 'node.output'; only the last dot counts."""
    node, _, output = reference.rpartition(".")
    return node, output


def joined(source: Source) -> str:
    """Return 'node.output'."""
    return f"{source[0]}.{source[1]}"


def read_content(raw: Mapping[str, Json]) -> Content:
    """Return the graphs of a document that has the right shape."""
    subgraphs = raw.get("subgraphs", {})
    root = _read_graph(raw, ("format", "version", *PARTS, "subgraphs"), spelt=("subgraphs",))
    inner = (*PARTS, *INTERFACE_FIELDS)
    return Content(root, {name: _read_graph(part, inner) for name, part in subgraphs.items()})


def write_content(content: Content) -> dict[str, Json]:
    """Return the document as plain JSON; lists and objects inside values are shared."""
    raw = _write_graph(content.root) | {"format": FORMAT, "version": VERSION}
    subgraphs = {name: write_subgraph(graph) for name, graph in content.subgraphs.items()}
    return raw | ({"subgraphs": subgraphs} if subgraphs else {})


def text_of(raw: Json) -> str:
    """Return JSON as it stands in files: sorted, indented by two, one newline at the end."""
    text = json.dumps(raw, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def read_node(name: str, raw: Mapping[str, Json]) -> Node:
    """Return the node that `raw` describes."""
    inputs = {key: split(value) for key, value in raw.get("inputs", {}).items()}
    return Node(
        name=name,
        type=raw["type"],
        version=raw.get("version", ""),
        params=frozen(raw.get("params", {})),
        inputs=frozen(inputs),
        mode=raw.get("mode", "active"),
        extra=_extra(raw, NODE, {"mode": "active"}),
    )


def write_node(node: Node) -> dict[str, Json]:
    """Return the node as plain JSON."""
    raw = {**node.extra, "type": node.type}
    if node.version:
        raw["version"] = node.version
    if node.mode != "active":
        raw["mode"] = node.mode
    if node.params:
        raw["params"] = dict(node.params)
    if node.inputs:
        raw["inputs"] = {name: joined(source) for name, source in node.inputs.items()}
    return raw


def write_subgraph(graph: Graph) -> dict[str, Json]:
    """Return a sub-graph as plain JSON."""
    raw = _write_graph(graph)
    if graph.inputs:
        raw["inputs"] = {n: {**i.extra, "type": i.type} for n, i in graph.inputs.items()}
    if graph.outputs:
        raw["outputs"] = {name: joined(source) for name, source in graph.outputs.items()}
    if graph.params:
        raw["params"] = {name: joined(source) for name, source in graph.params.items()}
    return raw


def read_subgraph(raw: Mapping[str, Json]) -> Graph:
    """Return the graph of a sub-graph that has the right shape."""
    return _read_graph(raw, (*PARTS, *INTERFACE_FIELDS))


def _read_graph(raw: Mapping[str, Json], known: Iterable[str], spelt: Iterable[str] = ()) -> Graph:
    inside = "inputs" in known
    inputs = raw.get("inputs", {}) if inside else {}
    empty = {name: raw[name] for name in (*PARTS, *spelt) if name in raw and not raw[name]}
    if inside:
        empty |= {name: raw[name] for name in INTERFACE_FIELDS if name in raw and not raw[name]}
    return Graph(
        [read_node(name, node) for name, node in raw["nodes"].items()],
        view={name: frozen(view) for name, view in raw.get("view", {}).items()},
        frames=[_read_frame(frame) for frame in raw.get("frames", ())],
        notes=_read_notes(raw.get("notes", ())),
        sections={name: value for name, value in raw.items() if name not in known},
        inputs={n: Interface(i["type"], _extra(i, INPUT, {})) for n, i in inputs.items()},
        outputs=_sources(raw, "outputs") if inside else {},
        params=_sources(raw, "params") if inside else {},
        spelled=frozen(empty),
    )


def _sources(raw: Mapping[str, Json], name: str) -> dict[str, Source]:
    return {key: split(value) for key, value in raw.get(name, {}).items()}


def _read_frame(raw: Mapping[str, Json]) -> Frame:
    return Frame(
        name=raw["name"],
        members=tuple(raw.get("members", ())),
        extra=_extra(raw, FRAME, {"colour": "", "members": []}),
        **_looks(raw),
    )


def _read_notes(raw: Iterable[Mapping[str, Json]]) -> list[Note]:
    """Read notes; one without a name gets a free one, because commands need it."""
    notes = list(raw)
    taken = {note["name"] for note in notes if note.get("name")}
    return [_read_note(note, note.get("name") or _next_name(taken)) for note in notes]


def _next_name(taken: set[str]) -> str:
    number = 1
    while f"note_{number}" in taken:
        number += 1
    taken.add(f"note_{number}")
    return f"note_{number}"


def _read_note(raw: Mapping[str, Json], name: str) -> Note:
    extra = _extra(raw, NOTE, {"colour": "", "text": ""})
    return Note(name=name, text=raw.get("text", ""), extra=extra, **_looks(raw))


def _looks(raw: Mapping[str, Json]) -> dict[str, Any]:
    pairs = {name: tuple(raw[name]) for name in ("pos", "size") if name in raw}
    return pairs | {"colour": raw.get("colour", "")}


def _extra(
    raw: Mapping[str, Json], shape: Record, defaults: Mapping[str, Json]
) -> Mapping[str, Json]:
    """Return the fields to write back as they are: unknown ones, and known ones at defaults."""
    empty: tuple[Json, ...] = ("", {}, [])
    return frozen(
        {
            name: value
            for name, value in raw.items()
            if name not in shape.fields
            or (value == defaults[name] if name in defaults else value in empty)
        }
    )


def _write_graph(graph: Graph) -> dict[str, Json]:
    raw: dict[str, Json] = {**graph.spelled, **graph.sections}
    raw["nodes"] = {name: write_node(node) for name, node in graph.nodes.items()}
    if graph.view:
        raw["view"] = {name: dict(view) for name, view in graph.view.items()}
    lists: tuple[tuple[str, Iterable[Any], Callable[[Any], dict[str, Json]]], ...] = (
        ("frames", graph.frames, write_frame),
        ("notes", graph.notes, write_note),
    )
    return raw | {name: [write(item) for item in items] for name, items, write in lists if items}


def write_frame(frame: Frame) -> dict[str, Json]:
    """Return the frame as plain JSON."""
    members = {"members": list(frame.members)} if frame.members else {}
    return {**frame.extra, "name": frame.name, **members, **_write_looks(frame)}


def write_note(note: Note) -> dict[str, Json]:
    """Return the note as plain JSON."""
    text = {"text": note.text} if note.text else {}
    return {**note.extra, "name": note.name, **text, **_write_looks(note)}


def _write_looks(item: Frame | Note) -> dict[str, Json]:
    pairs = {"pos": item.pos, "size": item.size}
    looks: dict[str, Json] = {name: list(pair) for name, pair in pairs.items() if pair is not None}
    return looks | ({"colour": item.colour} if item.colour else {})
