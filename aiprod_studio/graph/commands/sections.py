"""Commands on whole sections: story, timeline, and those of programs yet to come.

What a section holds is the business of the room that owns it; here it is JSON that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiprod_studio.graph.commands.within import Within
from aiprod_studio.graph.errors import BadName, NoSuchThing, listed, suggestion
from aiprod_studio.graph.format import INTERFACE_FIELDS, PARTS
from aiprod_studio.graph.graphs import ABSENT
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.values import kept, kept_text
from aiprod_studio.sdk import Refusal

OURS = frozenset({"format", "version", "subgraphs", *PARTS, *INTERFACE_FIELDS})


@dataclass(frozen=True)
class SetSection(Within):
    """Replace a section as a whole; parts that stay the same cost the history nothing."""

    name: str
    value: Any

    @property
    def title(self) -> str:
        return f"Change {self.name}"

    def apply(self, draft: Draft) -> None:
        place = self.place()
        name = kept_text(self.name, place)
        if name in OURS:
            why = f"{name!r} is part of the graph"
            remedy = f"Use the commands for nodes, frames and notes; the graph has {listed(OURS)}."
            raise Refusal(place.says(BadName, why, remedy))
        before = draft.graph(self.within).sections.get(name, ABSENT)
        draft.put(self.within, "sections", name, kept(self.value, place, before))


@dataclass(frozen=True)
class RemoveSection(Within):
    """Remove a section."""

    name: str

    @property
    def title(self) -> str:
        return f"Remove {self.name}"

    def apply(self, draft: Draft) -> None:
        sections = draft.graph(self.within).sections
        if self.name not in sections:
            why = f"there is no section {self.name!r}"
            remedy = suggestion(self.name, sections, "Choose one that exists.")
            raise Refusal(self.place().says(NoSuchThing, why, remedy))
        draft.put(self.within, "sections", self.name, ABSENT)
