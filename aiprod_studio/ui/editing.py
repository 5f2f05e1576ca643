"""One open document as all workspaces share it.

Board, Graph and Edit hold the same `Editing`; whatever an artist does becomes commands in `do` or
story edits in `do_story`. It knows where the document lies, how its nodes stand, what they gave,
and hears the jobs that run it. It shows nothing.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from aiprod_studio.app.jobs.messages import Sheet
from aiprod_studio.app.jobs.questions import OnPlan
from aiprod_studio.app.jobs.queue import Queue
from aiprod_studio.app.session.earlier import Earlier
from aiprod_studio.app.session.results import Result
from aiprod_studio.app.session.specs import spec_of
from aiprod_studio.app.session.states import NodeStates
from aiprod_studio.app.session.story import StorySections
from aiprod_studio.graph import Document, assets_folder, dumps
from aiprod_studio.graph.facts import (
    Fact,
    FrameAdded,
    FrameChanged,
    FrameRemoved,
    NodeRenamed,
    NoteAdded,
    NoteChanged,
    NoteRemoved,
    Saved,
    SectionSet,
    ViewSet,
)
from aiprod_studio.sdk import NodeSpec, Problem, Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits import BoardEdit, CutEdit
from aiprod_studio.story.wording import in_words
from aiprod_studio.ui.document_runs import DocumentRuns
from aiprod_studio.ui.node_looks import NodeLooks
from aiprod_studio.ui.studio import Studio

if TYPE_CHECKING:
    from aiprod_studio.app.places import Places
    from aiprod_studio.app.settings import Settings
    from aiprod_studio.graph.document import Command
    from aiprod_studio.ui.canvas.looks import NodeLook

REST = 350
"""Milliseconds of quiet after a change before the document is planned again."""
UNTITLED = "Untitled"
QUIET = (
    Saved,
    ViewSet,
    FrameAdded,
    FrameChanged,
    FrameRemoved,
    NoteAdded,
    NoteChanged,
    NoteRemoved,
    SectionSet,
)
"""Facts that change no result."""
_numbers = itertools.count(1)


class Editing(QObject):
    """An open document.

    `path` is None until it is saved; `folder` is where its relative files start even then.
    `revision` grows with every change; `recovered` marks work that came back after a crash.
    """

    changed = Signal(list)
    """What just happened to the document: facts."""
    job_event = Signal(object)
    """An engine event of this document's jobs (`JobPlanned` at the start, `Ended` at the end)."""
    job_began = Signal(object)
    """The number of a job of this document that was put into the queue."""
    planned = Signal(object)
    """The plan of the document as it is now: `Sheet`."""
    refused = Signal(object)
    said = Signal(str)
    path_changed = Signal()
    looks_changed = Signal()
    settling = Signal()
    """What is typed in an editor and not meant yet should become a command now."""
    node_looks_changed = Signal(list)
    """The names of nodes that look different now."""

    def __init__(
        self,
        studio: Studio,
        document: Document,
        path: Path | None = None,
        folder: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.studio, self.document = studio, document
        self.id = f"{os.getpid()}-{next(_numbers)}"
        self.path = path
        self._lay_at: list[Path] = []
        self._folder = folder or studio.places.data / "untitled" / self.id
        self.title_if_untitled = UNTITLED
        self.recovered = False
        self.revision = 0
        document.specs = studio.specs
        self.runs = DocumentRuns(self)
        self.node_looks = NodeLooks(self)
        self._story = StorySections(document)
        self._facts: list[Fact] = []
        self._unsubscribe = document.events.subscribe(self._take_fact)
        self._tell = _once(self, 0, self._tell_facts)
        self._rest = _once(self, REST, self.plan)
        self.runs.happened.connect(self.job_event)
        self.runs.began.connect(self.job_began)
        self.runs.planned.connect(self.planned)
        self.runs.stand_changed.connect(self.node_looks.refresh)
        studio.specs_changed.connect(self._take_specs)
        self.node_looks.changed.connect(self._looks_changed)

    # Where it lies.

    @property
    def folder(self) -> Path:
        """Where relative files start."""
        return self.path.parent if self.path is not None else self._folder

    @property
    def file(self) -> Path:
        """The document's file, or where it would lie while it has none."""
        return self.path or self._folder / "untitled.json"

    @property
    def assets(self) -> Path:
        """The folder of what belongs to the document."""
        return assets_folder(self.file)

    @property
    def output(self) -> Path:
        """Where rendered files go."""
        return self.folder / "outputs" if self.path else self.studio.places.data / "outputs"

    @property
    def title(self) -> str:
        """What its tab says."""
        return self.path.stem if self.path is not None else self.title_if_untitled

    def set_path(self, path: Path) -> None:
        """Say that it lies elsewhere now."""
        self._lay_at.append(self.file)
        self.path = path
        self.path_changed.emit()
        self._rest.start()

    # What it is made of.

    @property
    def specs(self) -> Mapping[str, NodeSpec]:
        """All node types."""
        return self.studio.specs

    @property
    def queue(self) -> Queue:
        """The queue of jobs."""
        return self.studio.queue

    @property
    def places(self) -> Places:
        """The user's folders."""
        return self.studio.places

    @property
    def settings(self) -> Settings:
        """The user's decisions."""
        return self.studio.settings

    def board(self) -> Board:
        """Return the storyboard; an empty one when there is none, or none that can be read."""
        return self._story.board

    def cut(self) -> Cut:
        """Return the edited timeline; an empty one when there is none, or none that can be read."""
        return self._story.cut

    # How it changes.

    def do(self, *commands: Command, title: str = "") -> bool:
        """Make one undo step of the commands; a refusal is told by `refused`."""
        try:
            self.document.do(*commands, title=title)
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return False
        self._tell_facts()
        return True

    def do_story(self, *edits: BoardEdit | CutEdit, title: str = "") -> bool:
        """Make one undo step of edits of board and cut; a refusal is told by `refused`."""
        try:
            commands = self._story.commands(edits)
        except Refusal as refusal:
            self.refused.emit(in_words(refusal.problems[0], self.board(), self.cut()))
            return False
        if not commands:
            return True
        more = f" and {len(edits) - 1} more" if len(edits) > 1 else ""
        return self.do(*commands, title=title or f"{edits[0].title}{more}")

    def why_not_story(self, *edits: BoardEdit | CutEdit) -> Problem | None:
        """Return why edits would be refused, None when they would not."""
        try:
            self._story.commands(edits)
        except Refusal as refusal:
            return refusal.problems[0]
        return None

    def undo(self) -> None:
        """Take the last step back."""
        if self.document.can_undo:
            self.said.emit(f"Undone: {self.document.undo_title}")
            self.document.undo()
            self._tell_facts()

    def redo(self) -> None:
        """Make the step again that was taken back."""
        if self.document.can_redo:
            self.said.emit(f"Redone: {self.document.redo_title}")
            self.document.redo()
            self._tell_facts()

    def settle(self) -> None:
        """Let editors commit what is typed and not meant yet: before a run, before saving."""
        self.settling.emit()

    # How it runs.

    @property
    def sheet(self) -> Sheet | None:
        """The plan of the document as it was last planned."""
        return self.runs.sheet

    @property
    def states(self) -> NodeStates:
        """How its nodes stand."""
        return self.runs.states

    @property
    def jobs(self) -> frozenset[int]:
        """The jobs of this document that are not over."""
        return self.runs.jobs

    def plan(self) -> None:
        """Ask what a run of the document as it is now would do; `planned` tells."""
        self.runs.plan()

    def plan_soon(self) -> None:
        """Plan when nothing has changed for a moment."""
        self._rest.start()

    def ask_plan(self, targets: Sequence[str], on_plan: OnPlan, *, fresh: bool = False) -> None:
        """Ask what a run to some nodes would do; `on_plan` gets `Planned`."""
        self.runs.ask_plan(targets, on_plan, fresh=fresh)

    def run(
        self,
        targets: Sequence[str] | None = None,
        fresh: bool = False,
        title: str = "",
        *,
        throw: bool = True,
    ) -> int:
        """Put a run of the document as it is now into the queue; return its number.

        With `throw`, seeds that the artist left open get a new number first.
        """
        return self.runs.run(tuple(targets or ()), fresh=fresh, title=title, throw=throw)

    def follow(self, job: int) -> int:
        """Hear the events of a job that was added for this document; returns its number."""
        return self.runs.follow(job)

    # What came of it.

    def result_of(self, node: str, output: str = "") -> Result | None:
        """Return the last known result of a node of the document (or `use/inner`), or None."""
        spec = spec_of(self.document, self.specs, node)
        state = self.states[node]
        if spec is None or not state.key:
            return None
        results = self.studio.results
        return results.of(node, spec, state.key, stale=state.is_stale, output=output)

    def ask_earlier(self, node: str, then: Callable[[list[Earlier]], None]) -> None:
        """Ask what a node gave in earlier runs, also before the document was opened."""
        spec, shown = spec_of(self.document, self.specs, node), self.states[node].key
        if spec is not None:
            files, specs, runs = (self.file, *self._lay_at), self.specs, self.studio.earlier
            self.studio.later(lambda: runs.of(files, node, spec, specs, shown), then, owner=self)

    def looks(self) -> Mapping[str, NodeLook]:
        """Return how the nodes look, by name."""
        return self.node_looks.all()

    def node_of(self, problem: Problem) -> str:
        """Return the node of the document that a problem is about, "" for none."""
        name = self.states.node_of(problem)
        return name if name.partition("/")[0] in self.document.nodes else ""

    def text(self) -> str:
        """Return the document as the text of a file."""
        return dumps(self.document)

    def close(self) -> None:
        """Let go of the document."""
        self._unsubscribe()
        self._tell.stop()
        self._rest.stop()
        self.studio.specs_changed.disconnect(self._take_specs)
        self.runs.close()
        self.node_looks.close()

    # Inside.

    def _take_fact(self, fact: Fact) -> None:
        self.revision += 1
        if isinstance(fact, SectionSet):
            self._story.changed(fact.section)
        if not isinstance(fact, QUIET):
            self._rest.start()
        if isinstance(fact, NodeRenamed) and not fact.within:
            self.states.renamed(fact.old, fact.new)
        self._facts.append(fact)
        self._tell.start()

    def _tell_facts(self) -> None:
        self._tell.stop()
        facts, self._facts = self._facts, []
        if facts:
            self.changed.emit(facts)

    def _looks_changed(self, names: list[str]) -> None:
        self.node_looks_changed.emit(names)
        self.looks_changed.emit()

    def _take_specs(self) -> None:
        self.document.specs = self.studio.specs
        self._rest.start()


def _once(owner: QObject, rest: int, slot: Callable[[], None]) -> QTimer:
    """Return a timer that calls once, `rest` milliseconds after its last start."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(rest)
    timer.timeout.connect(slot)
    return timer
