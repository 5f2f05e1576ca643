"""The document: what an artist makes, changed only by commands, each of which can be taken back.

Window, headless run and tests hold one. Reading is free; `do` is the only way in. It holds no
results, no paths and nothing of the screen. It is not for several threads at once: give another
thread the text (`dumps`) or the flat graph.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Protocol

from aiprod_studio.graph.events import Events
from aiprod_studio.graph.facts import Saved, facts_of
from aiprod_studio.graph.format import text_of, write_content
from aiprod_studio.graph.graphs import Content, Graph
from aiprod_studio.graph.history import Draft, Step, apply
from aiprod_studio.graph.records import Frame, Json, Link, Node, Note
from aiprod_studio.graph.specs import Catalog, Specs
from aiprod_studio.sdk import Problem, Refusal


class Command(Protocol):
    """A change that somebody wants; the classes are in `aiprod_studio.graph.commands`."""

    @property
    def title(self) -> str:
        """What the history calls it."""

    def apply(self, draft: Draft) -> None:
        """Make the change.

        Raises:
            Refusal: it is not allowed; what was changed until then is taken back.
        """


class Document:
    """A workflow with its history.

    `specs` may be set at any time; with them, commands check types and ranges. Without, anything
    that keeps the graph sound is allowed.
    """

    def __init__(self, content: Content | None = None, specs: Specs | None = None) -> None:
        self.content = content if content is not None else Content(Graph())
        self.specs = specs
        self.events = Events()
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._saved: Step | None = None
        self._lost_saved = False

    # What it holds.

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes of the document's own graph, by name."""
        return self.content.root.nodes

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The frames of the document's own graph, back to front."""
        return self.content.root.frames

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes of the document's own graph, back to front."""
        return self.content.root.notes

    @property
    def view(self) -> Mapping[str, Mapping[str, Json]]:
        """What only the eye needs, by node of the document's own graph."""
        return self.content.root.view

    @property
    def subgraphs(self) -> Mapping[str, Graph]:
        """The sub-graphs by name."""
        return self.content.subgraphs

    @property
    def extra(self) -> Mapping[str, Json]:
        """Story, timeline and unknown sections as plain JSON; change them with `SetSection`."""
        return self.content.root.sections

    def links(self) -> Iterator[Link]:
        """Yield the links of the document's own graph."""
        return self.content.root.links()

    def section(self, name: str) -> Json:
        """Return a copy of a section, None where there is none."""
        return copy.deepcopy(self.extra.get(name))

    def graph(self, within: str = "") -> Graph:
        """Return the document's own graph, or the inside of a sub-graph.

        Raises:
            Refusal: there is no such sub-graph.
        """
        return self._draft().graph(within)

    def catalog(self) -> Catalog:
        """Return the specs of the nodes as the document stands now, sub-graphs included."""
        return Catalog(self.content, self.specs)

    # How it changes.

    def do(self, *commands: Command, title: str = "") -> None:
        """Make one step of all the commands, or none of them.

        Raises:
            Refusal: a command is not allowed; the document is as it was.
        """
        draft = self._draft()
        try:
            for command in commands:
                command.apply(draft)
        except BaseException:
            draft.roll_back()
            raise
        if draft.changes:
            self._add(Step(title or _title(commands), tuple(draft.changes)))

    def why_not(self, *commands: Command) -> Problem | None:
        """Return why the commands would be refused, or None; the document stays as it is."""
        draft = self._draft()
        try:
            for command in commands:
                command.apply(draft)
        except Refusal as refusal:
            return refusal.problems[0]
        finally:
            draft.roll_back()
        return None

    def undo(self) -> bool:
        """Take the last step back; False when there is none."""
        if not self._done:
            return False
        step = self._done.pop()
        self._undone.append(step)
        changes = step.reversed()
        apply(self.content, changes)
        self.events.tell(facts_of(changes))
        return True

    def redo(self) -> bool:
        """Make the step again that was taken back last; False when there is none."""
        if not self._undone:
            return False
        step = self._undone.pop()
        self._done.append(step)
        apply(self.content, step.changes)
        self.events.tell(facts_of(step.changes))
        return True

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a step that was taken back can be made again."""
        return bool(self._undone)

    @property
    def undo_title(self) -> str:
        """What `undo` would take back, "" for nothing."""
        return self._done[-1].title if self._done else ""

    @property
    def redo_title(self) -> str:
        """What `redo` would make again, "" for nothing."""
        return self._undone[-1].title if self._undone else ""

    @property
    def changed(self) -> bool:
        """Whether it differs from what was opened or saved last."""
        return self._lost_saved or (self._done[-1] if self._done else None) is not self._saved

    def mark_saved(self) -> None:
        """Say that what it holds now is on the disk; `save` does so."""
        self._saved = self._done[-1] if self._done else None
        self._lost_saved = False
        self.events.tell([Saved("")])

    def _add(self, step: Step) -> None:
        """Append to the history; what was undone before is given up."""
        if self._saved is not None and self._saved in self._undone:
            self._lost_saved = True
        self._undone.clear()
        self._done.append(step)
        self.events.tell(facts_of(step.changes))

    def _draft(self) -> Draft:
        return Draft(self.content, self.specs)


def _title(commands: tuple[Command, ...]) -> str:
    more = f" and {len(commands) - 1} more" if len(commands) > 1 else ""
    return f"{commands[0].title}{more}"


def dumps(document: Document) -> str:
    """Return the text of the file: sorted, indented by two, the same for the same document."""
    return text_of(write_content(document.content))
