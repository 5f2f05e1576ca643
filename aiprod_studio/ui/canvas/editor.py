"""What an artist does to the graph, as commands on the document.

Gestures, keys, menus and the search call these verbs with names and places; each makes one undo
step. A refusal is said, not raised. It knows the projection only for what is seen: areas and
selection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication

from aiprod_studio.graph import Document, Link
from aiprod_studio.graph.commands import (
    AddFrame,
    AddNode,
    AddNote,
    CollapseNodes,
    ColourNodes,
    Connect,
    Disconnect,
    DissolveSubgraph,
    EditFrame,
    EditNote,
    InsertOnLink,
    MakeSubgraph,
    PasteNodes,
    RemoveFrame,
    RemoveNodes,
    RemoveNote,
    RenameNode,
    RenameSubgraph,
    SetMode,
    clip,
)
from aiprod_studio.graph.document import Command
from aiprod_studio.graph.names import free_name
from aiprod_studio.graph.records import Mode
from aiprod_studio.sdk import NodeSpec, Refusal, fits
from aiprod_studio.ui.canvas.choice import Choice
from aiprod_studio.ui.canvas.exposing import Exposing
from aiprod_studio.ui.canvas.placing import Placing, rounded
from aiprod_studio.ui.canvas.projection import Projection


class Editor:
    """Turns intents into commands on the graph that is shown."""

    def __init__(self, projection: Projection, refused: Callable[[str], None]) -> None:
        self.projection = projection
        self.choice = Choice(projection)
        self.placing = Placing(self)
        self.exposing = Exposing(self)
        self._refused = refused

    @property
    def document(self) -> Document:
        return self.projection.document

    @property
    def within(self) -> str:
        return self.projection.within

    def do(self, *commands: Command, title: str = "") -> bool:
        """Make one undo step; False, and said, when it is refused."""
        if not commands:
            return False
        try:
            self.document.do(*commands, title=title)
        except Refusal as refusal:
            self._refused(str(refusal.problems[0]))
            return False
        return True

    # Adding.

    def free(self, node_type: str) -> str:
        """Return the name that a new node of a type gets."""
        graph = self.projection.graph
        taken = {*graph.nodes, *(link.source for link in graph.links())}
        return free_name(node_type.rpartition(".")[2], taken)

    def add(self, node_type: str, at: QPointF, onto: Link | None = None) -> str:
        """Add a node, into a link where it fits; return its name, "" when refused."""
        name = self.free(node_type)
        add = AddNode(node_type, name, pos=rounded(at), within=self.within)
        if onto is not None:
            insert = InsertOnLink(name, onto.target, onto.input, within=self.within)
            if self.document.why_not(add, insert) is None:
                return self._added(name, add, insert)
        return self._added(name, add)

    def add_linked(self, node_type: str, at: QPointF, side: str, owner: str, socket: str) -> str:
        """Add a node and link it to a socket by the first of its own that fits."""
        name = self.free(node_type)
        add = AddNode(node_type, name, pos=rounded(at), within=self.within)
        spec = self.projection.catalog.spec(node_type)
        for connect in self._ways(name, spec, side, owner, socket):
            if self.document.why_not(add, connect) is None:
                return self._added(name, add, connect)
        return self._added(name, add)

    def _ways(
        self, name: str, spec: NodeSpec | None, side: str, owner: str, socket: str
    ) -> Iterable[Connect]:
        if spec is None:
            return
        if side == "output":
            kind, _ = self.projection.flowing((owner, socket))
            exact = sorted(spec.sockets, key=lambda s: s.type != kind)
            for found in exact:
                if fits(kind, found.type):
                    yield Connect(owner, socket, name, found.name, within=self.within)
            return
        for output in spec.outputs:
            yield Connect(name, output.name, owner, socket, within=self.within)

    def _added(self, name: str, *commands: Command) -> str:
        if not self.do(*commands, title=commands[0].title):
            return ""
        self.choice.choose([name])
        return name

    def add_note(self, at: QPointF) -> None:
        """Put an empty note on the canvas and choose it."""
        before = set(self.projection.groups.notes)
        if self.do(AddNote("", pos=rounded(at), size=(260, 110), within=self.within)):
            self.choice.choose(set(self.projection.groups.notes) - before)

    def add_reroute(self, link: Link, at: QPointF) -> None:
        """Put a bend into a link."""
        self.add("graph.reroute", at - QPointF(9, 9), link)

    # Linking.

    def connect(self, source: str, output: str, target: str, socket: str) -> bool:
        """Link two sockets."""
        return self.do(Connect(source, output, target, socket, within=self.within))

    def move_link(self, link: Link, target: str, socket: str) -> bool:
        """Let a link arrive somewhere else."""
        if (target, socket) == (link.target, link.input):
            return True
        cut = Disconnect(link.target, link.input, within=self.within)
        new = Connect(link.source, link.output, target, socket, within=self.within)
        return self.do(cut, new, title=new.title)

    def cut(self, links: Sequence[Link]) -> None:
        """Remove links."""
        self.do(*(Disconnect(link.target, link.input, within=self.within) for link in links))

    # Changing what is chosen.

    def remove(self) -> None:
        """Remove the chosen nodes, frames and notes."""
        commands: list[Command] = []
        nodes = tuple(self.choice.nodes())
        if nodes:
            commands.append(RemoveNodes(nodes, within=self.within))
        commands += [RemoveFrame(name, within=self.within) for name in self.choice.frames()]
        commands += [RemoveNote(name, within=self.within) for name in self.choice.notes()]
        self.do(*commands)

    def copy(self) -> str:
        """Put the chosen nodes and notes on the clipboard as text; return it."""
        nodes, notes = self.choice.nodes(), self.choice.notes()
        if not (nodes or notes):
            return ""
        text = clip(self.document, nodes, self.within, notes)
        QGuiApplication.clipboard().setText(text)
        return text

    def take_out(self) -> None:
        """Put what is chosen on the clipboard and remove it."""
        self.copy()
        self.remove()

    def paste(self, at: QPointF | None, *, keep_links: bool, text: str | None = None) -> None:
        """Add what is on the clipboard, and choose it."""
        given = QGuiApplication.clipboard().text() if text is None else text
        before = {item.name for item in self.projection.items()}
        place = rounded(at) if at is not None else None
        if self.do(PasteNodes(given, place, keep_links, within=self.within)):
            self.choice.choose({item.name for item in self.projection.items()} - before)

    def duplicate(self, *, keep_links: bool) -> None:
        """Paste a copy of what is chosen beside it; the clipboard stays as it is."""
        nodes, notes = self.choice.nodes(), self.choice.notes()
        if nodes or notes:
            text = clip(self.document, nodes, self.within, notes)
            self.paste(None, keep_links=keep_links, text=text)

    def toggle_mode(self, mode: Mode) -> None:
        """Mute or bypass the chosen nodes, or make them active if all are so already."""
        names = tuple(self.choice.nodes())
        nodes = self.projection.graph.nodes
        wanted: Mode = "active" if all(nodes[name].mode == mode for name in names) else mode
        if names:
            self.do(SetMode(names, wanted, within=self.within))

    def toggle_fold(self) -> None:
        """Fold the chosen nodes, or unfold them if all are folded."""
        names = tuple(self.choice.nodes())
        folded = all(self.projection.nodes[name].drawn.folded for name in names)
        if names:
            self.do(CollapseNodes(names, not folded, within=self.within))

    def paint(self, colour: str) -> None:
        """Colour the chosen nodes, frames and notes; "" goes back."""
        commands: list[Command] = []
        nodes = tuple(self.choice.nodes())
        if nodes:
            commands.append(ColourNodes(nodes, colour, within=self.within))
        frames, notes = self.choice.frames(), self.choice.notes()
        commands += [EditFrame(name, colour=colour, within=self.within) for name in frames]
        commands += [EditNote(name, colour=colour, within=self.within) for name in notes]
        self.do(*commands, title="Colour")

    def rename_node(self, old: str, new: str) -> None:
        """Give a node another name."""
        if new != old and self.do(RenameNode(old, new, within=self.within)):
            self.choice.choose([new])

    def rename_subgraph(self, old: str, new: str) -> bool:
        """Give a sub-graph another name; False, and said, when it is refused."""
        return new != old and self.do(RenameSubgraph(old, new))

    def rename_frame(self, old: str, new: str) -> None:
        """Give a frame another name."""
        if new != old and self.do(EditFrame(old, new_name=new, within=self.within)):
            self.choice.choose([new])

    def write_note(self, name: str, text: str) -> None:
        """Change the text of a note."""
        item = self.projection.groups.notes.get(name)
        if item is not None and text != item.note.text:
            self.do(EditNote(name, text=text, within=self.within))

    # Grouping.

    def frame(self) -> None:
        """Put a frame around the chosen nodes."""
        members = tuple(self.choice.nodes())
        if not members:
            self._refused("No node is chosen. Choose the nodes that the frame should hold.")
            return
        before = set(self.projection.groups.frames)
        area = self.projection.groups.around(members)
        pos, size = rounded(area.topLeft()), (round(area.width()), round(area.height()))
        if self.do(AddFrame(members=members, pos=pos, size=size, within=self.within)):
            self.choice.choose(set(self.projection.groups.frames) - before)

    def make_subgraph(self) -> None:
        """Put the chosen nodes into a sub-graph."""
        graph = self.projection.graph
        name = free_name("group", {*self.document.subgraphs, *graph.nodes})
        if self.do(MakeSubgraph(tuple(self.choice.nodes()), name, within=self.within)):
            self.choice.choose([name])

    def dissolve(self) -> None:
        """Put the nodes of the chosen sub-graphs in their place."""
        nodes = self.projection.graph.nodes
        uses = [name for name in self.choice.nodes() if nodes[name].subgraph is not None]
        if not uses:
            self._refused("No sub-graph is chosen. Choose the sub-graph that should be dissolved.")
            return
        self.do(*(DissolveSubgraph(name, within=self.within) for name in uses))

    # History.

    def undo(self) -> None:
        """Take the last step back."""
        self.document.undo()

    def redo(self) -> None:
        """Make the step again that was taken back."""
        self.document.redo()
