"""Inputs and outputs of the sub-graph that is shown, as commands: shown on it, hidden, renamed.

A part of the editor; the menu of a socket and the writing call these verbs, each one undo step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiprod_studio.graph.commands import Connect, Disconnect, EditSubgraph, RenameSocket
from aiprod_studio.graph.document import Command
from aiprod_studio.graph.names import free_name
from aiprod_studio.graph.records import INTERFACE
from aiprod_studio.sdk import ANY
from aiprod_studio.ui.canvas.shape import Side

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.editor import Editor


class Exposing:
    """Says and changes which sockets of the nodes inside are sockets of the sub-graph."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._projection = editor.projection

    def name_of(self, side: Side, node: str, socket: str) -> str:
        """Return under which name the sub-graph shows a socket, "" when it does not."""
        graph = self._projection.graph
        if side == "input":
            source = graph.nodes[node].inputs.get(socket)
            return source[1] if source is not None and source[0] == INTERFACE else ""
        return next((n for n, found in graph.outputs.items() if found == (node, socket)), "")

    def may_show(self, side: Side, node: str, socket: str) -> bool:
        """Say whether a socket could be shown: inside, and not shown or fed by a link yet."""
        fed = side == "input" and socket in self._projection.graph.nodes[node].inputs
        return bool(self._projection.within) and not fed and not self.name_of(side, node, socket)

    def show(self, side: Side, node: str, socket: str) -> bool:
        """Let the sub-graph have a socket of a node as its own."""
        within, graph = self._projection.within, self._projection.graph
        name = free_name(socket, graph.inputs if side == "input" else graph.outputs)
        commands: list[Command] = []
        if side == "output":
            commands.append(
                EditSubgraph(within, outputs={**self._outputs(), name: f"{node}.{socket}"})
            )
        else:
            spec = self._projection.catalog.spec(graph.nodes[node].type)
            wanted = spec.input(socket) if spec else None
            inputs = {**self._inputs(), name: wanted.type if wanted else ANY}
            commands.append(EditSubgraph(within, inputs=inputs))
            commands.append(Connect(INTERFACE, name, node, socket, within=within))
        return self._editor.do(*commands, title=f"Show {name!r} on the sub-graph")

    def hide(self, side: Side, node: str, socket: str) -> bool:
        """Let the sub-graph have a socket no longer; an input goes with its last user."""
        within, name = self._projection.within, self.name_of(side, node, socket)
        if side == "output":
            outputs = {n: found for n, found in self._outputs().items() if n != name}
            commands: list[Command] = [EditSubgraph(within, outputs=outputs)]
        else:
            commands = [Disconnect(node, socket, within=within)]
            source = (INTERFACE, name)
            nodes = self._projection.graph.nodes.values()
            users = sum(found == source for one in nodes for found in one.inputs.values())
            if users == 1:
                inputs = {n: kind for n, kind in self._inputs().items() if n != name}
                commands.append(EditSubgraph(within, inputs=inputs))
        return self._editor.do(*commands, title=f"Show {name!r} on the sub-graph no longer")

    def rename(self, side: Side, old: str, new: str) -> None:
        """Give an input or output of the sub-graph another name."""
        if new != old:
            kind = "inputs" if side == "input" else "outputs"
            self._editor.do(RenameSocket(self._projection.within, kind, old, new))  # type: ignore[arg-type]

    def _inputs(self) -> dict[str, str]:
        return {name: found.type for name, found in self._projection.graph.inputs.items()}

    def _outputs(self) -> dict[str, str]:
        outputs = self._projection.graph.outputs.items()
        return {name: f"{node}.{socket}" for name, (node, socket) in outputs}
