"""The document: nodes, links, frames, sub-graphs, commands, history, rules, file format.

`load`, `check`, `flatten`, `save` and a `Document` that changes by `document.do(command)`. It knows
no Qt, no torch and no node pack; specs of nodes are handed in.
"""

from aiprod_studio.graph.document import Document, dumps
from aiprod_studio.graph.flat import FlatGraph, FlatNode, flatten
from aiprod_studio.graph.reading import Loaded, load, loads
from aiprod_studio.graph.records import Frame, Json, Link, Node, Note
from aiprod_studio.graph.rules import check
from aiprod_studio.graph.saving import assets_folder, autosave, recover, save
from aiprod_studio.graph.specs import Specs

__all__ = [
    "Document", "FlatGraph", "FlatNode", "Frame", "Json", "Link", "Loaded", "Node", "Note",
    "Specs", "assets_folder", "autosave", "check", "dumps", "flatten", "load", "loads", "recover",
    "save",
]  # fmt: skip
