"""What all commands on one graph have in common: which graph they mean."""

from __future__ import annotations

from dataclasses import dataclass

from aiprod_studio.graph.errors import Place


@dataclass(frozen=True, kw_only=True)
class Within:
    """`within` names the sub-graph that is meant, "" the document's own graph."""

    within: str = ""

    def place(self, node: str = "") -> Place:
        """Return the place of a node, for a problem."""
        return Place(self.within, node)


def counted(names: tuple[str, ...] | list[str], one: str = "node") -> str:
    """Return "'a'" for one name and "3 nodes" for several, for titles in the history."""
    return repr(names[0]) if len(names) == 1 else f"{len(names)} {one}s"
