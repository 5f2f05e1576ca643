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

from aiprod_studio.app.jobs.queue import Job, OnPlan, Planned, Queue, Sheet
from aiprod_studio.app.session.results import Result
from aiprod_studio.app.session.seeds import new_seeds
from aiprod_studio.app.session.states import NodeStates
from aiprod_studio.graph import Document, assets_folder, dumps
from aiprod_studio.graph.commands import SetSection
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
from aiprod_studio.story.sections import (
    STORY,
    TIMELINE,
    dump_board,
    dump_cut,
    parse_board,
    parse_cut,
)
from aiprod_studio.ui.node_looks import NodeLooks
from aiprod_studio.ui.studio import Studio

if TYPE_CHECKING:
    from aiprod_studio.app.jobs.queue import Ended
    from aiprod_studio.app.places import Places
    from aiprod_studio.app.settings import Settings
    from aiprod_studio.engine.events import Event
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
        self._folder = folder or studio.places.data / "untitled" / self.id
        self.title_if_untitled = UNTITLED
        self.sheet: Sheet | None = None
        self.run_on_change = False
        self.recovered = False
        self.revision = 0
        document.specs = studio.specs
        self.states = NodeStates()
        self.node_looks = NodeLooks(self)
        self._facts: list[Fact] = []
        self._jobs: set[int] = set()
        self._board: Board | None = None
        self._cut: Cut | None = None
        self._closed = False
        self._unsubscribe = document.events.subscribe(self._take_fact)
        self._tell = _once(self, 0, self._tell_facts)
        self._rest = _once(self, REST, self.plan)
        studio.bridge.happened.connect(self._hear)
        studio.bridge.ended.connect(self._hear_end)
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
        if self._board is None:
            try:
                self._board = parse_board(self.document.section(STORY))[0]
            except Refusal:
                self._board = parse_board(None)[0]
        return self._board

    def cut(self) -> Cut:
        """Return the edited timeline; an empty one when there is none, or none that can be read."""
        if self._cut is None:
            try:
                self._cut = parse_cut(self.document.section(TIMELINE))[0]
            except Refusal:
                self._cut = parse_cut(None)[0]
        return self._cut

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
            commands = self._story_commands(edits)
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return False
        if not commands:
            return True
        more = f" and {len(edits) - 1} more" if len(edits) > 1 else ""
        return self.do(*commands, title=title or f"{edits[0].title}{more}")

    def why_not_story(self, *edits: BoardEdit | CutEdit) -> Problem | None:
        """Return why edits would be refused, None when they would not."""
        try:
            self._story_commands(edits)
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

    def plan(self) -> None:
        """Ask what a run of the document as it is now would do; `planned` tells."""
        if not self._closed:
            self.queue.plan(self.document, self.file, self._take_plan, owner=self.id)

    def ask_plan(self, targets: Sequence[str], on_plan: OnPlan, *, fresh: bool = False) -> None:
        """Ask what a run to some nodes would do; `on_plan` gets `Planned`."""
        self.settle()
        self.queue.plan(self.document, self.file, on_plan, targets=targets, fresh=fresh)

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
        if throw:
            self.settle()
        seeds = new_seeds(self.document) if throw else []
        if seeds:
            self.do(*seeds, title="New seeds")
        names = tuple(targets or ())
        words = title or (f"{self.title}: {', '.join(names)}" if names else self.title)
        job = Job(words, self.document, self.file, names, self.id, fresh=fresh, output=self.output)
        return self.follow(self.queue.add(job))

    def follow(self, job: int) -> int:
        """Hear the events of a job that was added for this document; returns its number."""
        self._jobs.add(job)
        self.job_began.emit(job)
        return job

    @property
    def jobs(self) -> frozenset[int]:
        """The jobs of this document that are not over."""
        return frozenset(self._jobs)

    # What came of it.

    def result_of(self, node: str, output: str = "") -> Result | None:
        """Return the last known result of a node of the document (or `use/inner`), or None."""
        spec = self._spec_of(node)
        state = self.states[node]
        if spec is None or not state.key:
            return None
        results = self.studio.results
        return results.of(node, spec, state.key, stale=state.is_stale, output=output)

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
        self._closed = True
        self._unsubscribe()
        self._tell.stop()
        self._rest.stop()
        self.studio.bridge.happened.disconnect(self._hear)
        self.studio.bridge.ended.disconnect(self._hear_end)
        self.studio.specs_changed.disconnect(self._take_specs)
        self.node_looks.close()

    # Inside.

    def _story_commands(self, edits: Sequence[BoardEdit | CutEdit]) -> list[Command]:
        board, cut = self.board(), self.cut()
        for edit in edits:
            if isinstance(edit, BoardEdit):
                board = edit.apply(board)
            else:
                cut = edit.apply(cut)
        commands: list[Command] = []
        if board is not self.board():
            commands.append(SetSection(STORY, dump_board(board)))
        if cut is not self.cut():
            commands.append(SetSection(TIMELINE, dump_cut(cut)))
        return commands

    def _take_fact(self, fact: Fact) -> None:
        self.revision += 1
        if isinstance(fact, SectionSet):
            self._board = None if fact.section == STORY else self._board
            self._cut = None if fact.section == TIMELINE else self._cut
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

    def _take_plan(self, planned: Planned) -> None:
        if self._closed:
            return
        if planned.refused:
            self._mark(self.states.wrong(planned.refused))
            self.sheet = Sheet(problems=planned.refused)
            self.planned.emit(self.sheet)
            return
        sheet = planned.sheet
        keys = [row.key for row in sheet.rows if row.key]
        self.studio.later(
            lambda: self.studio.results.there(keys),
            lambda there: self._take_sheet(sheet, there),
            owner=self,
        )

    def _take_sheet(self, sheet: Sheet, there: set[str]) -> None:
        if self._closed:
            return
        self.sheet = sheet
        self._mark(self.states.planned(sheet, there))
        self.planned.emit(sheet)
        if self.run_on_change and sheet.fits and sheet.count("run") and not self._jobs:
            self.run(throw=False)  # a new seed is a change, and so would run for ever

    def _hear(self, job: int, event: Event) -> None:
        if job in self._jobs:
            self.node_looks.take(event)
            self._mark(self.states.take(event))
            self.job_event.emit(event)

    def _hear_end(self, job: int, ended: Ended) -> None:
        if job in self._jobs:
            self._jobs.discard(job)
            self._mark(self.states.ended(ended))
            self.job_event.emit(ended)
            self._rest.start()

    def _mark(self, names: set[str]) -> None:
        if names:
            self.node_looks.refresh(names)

    def _looks_changed(self, names: list[str]) -> None:
        self.node_looks_changed.emit(names)
        self.looks_changed.emit()

    def _take_specs(self) -> None:
        self.document.specs = self.studio.specs
        self._rest.start()

    def _spec_of(self, node: str) -> NodeSpec | None:
        """Return the spec of a node; of one in a sub-graph by its path `use/inner`."""
        nodes: Mapping[str, object] = self.document.nodes
        *uses, last = node.split("/")
        for use in uses:
            found = nodes.get(use)
            inside = getattr(found, "subgraph", None)
            graph = self.document.subgraphs.get(inside) if inside else None
            if graph is None:
                return None
            nodes = graph.nodes
        kind = getattr(nodes.get(last), "type", "")
        return self.specs.get(kind)


def _once(owner: QObject, rest: int, slot: Callable[[], None]) -> QTimer:
    """Return a timer that calls once, `rest` milliseconds after its last start."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(rest)
    timer.timeout.connect(slot)
    return timer
