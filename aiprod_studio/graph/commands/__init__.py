"""Everything that can be done to a document: small frozen values, applied with `document.do`.

Canvas, inspector, headless run and tests make them; nobody else changes a document. Each has a
`title` for the history and refuses with a problem when it is not allowed.
"""

from aiprod_studio.graph.commands.frames import AddFrame, EditFrame, RemoveFrame
from aiprod_studio.graph.commands.links import Connect, Disconnect, InsertOnLink
from aiprod_studio.graph.commands.looks import CollapseNodes, ColourNodes, MoveNodes, ResizeNodes
from aiprod_studio.graph.commands.nodes import AddNode, RemoveNodes, RenameNode, SetMode
from aiprod_studio.graph.commands.notes import AddNote, EditNote, RemoveNote
from aiprod_studio.graph.commands.params import ResetParam, SetParam
from aiprod_studio.graph.commands.paste import PasteNodes, clip
from aiprod_studio.graph.commands.sections import RemoveSection, SetSection
from aiprod_studio.graph.commands.subgraphs import (
    EditSubgraph,
    RemoveSubgraph,
    RenameSocket,
    RenameSubgraph,
)
from aiprod_studio.graph.commands.unwrapping import DissolveSubgraph
from aiprod_studio.graph.commands.wrapping import MakeSubgraph

__all__ = [
    "AddFrame", "AddNode", "AddNote", "CollapseNodes", "ColourNodes", "Connect", "Disconnect",
    "DissolveSubgraph", "EditFrame", "EditNote", "EditSubgraph", "InsertOnLink", "MakeSubgraph",
    "MoveNodes", "PasteNodes", "RemoveFrame", "RemoveNodes", "RemoveNote", "RemoveSection",
    "RemoveSubgraph", "RenameNode", "RenameSocket", "RenameSubgraph", "ResetParam", "ResizeNodes",
    "SetMode", "SetParam", "SetSection", "clip",
]  # fmt: skip
