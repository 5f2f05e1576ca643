"""How deep the canvas is in sub-graphs: through which uses it went in.

The view keeps one. Runs name what is inside a use by its path, `use/inner`: the way in says which
states belong to the nodes that are seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SEPARATOR = "/"


@dataclass
class Depth:
    """The way in, from the document's own graph: (use, sub-graph) of each step."""

    steps: list[tuple[str, str]] = field(default_factory=list)

    @property
    def within(self) -> str:
        """The sub-graph that is seen, "" for the document's own graph."""
        return self.steps[-1][1] if self.steps else ""

    @property
    def prefix(self) -> str:
        """What comes before a node's name in its path, say "group/"."""
        return "".join(use + SEPARATOR for use, _ in self.steps)

    def names(self) -> list[str]:
        """Return the sub-graphs on the way in, for the breadcrumbs."""
        return [inside for _, inside in self.steps]

    def enter(self, use: str, inside: str) -> None:
        """Go into a sub-graph by one of its uses."""
        self.steps.append((use, inside))

    def leave(self, keep: int) -> None:
        """Go out until so many steps are left."""
        del self.steps[max(0, keep) :]

    def renamed(self, within: str, old: str, new: str) -> None:
        """Follow a use on the way in to its new name."""
        around = ""
        for number, (use, inside) in enumerate(self.steps):
            if around == within and use == old:
                self.steps[number] = (new, inside)
            around = inside
