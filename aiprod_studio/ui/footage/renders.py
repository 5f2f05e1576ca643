"""The shots of a film as they render: their states, the jobs, live pictures, takes that arrive.

The Edit workspace shows what this says. States are found in a worker, because files and models are
identified by content; a take that was rendered becomes one undo step, and the cut stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from aiprod_studio.app.film import filming
from aiprod_studio.engine.events import StepPreview, StepProgress
from aiprod_studio.graph import Document, dumps, loads
from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.edits import BoardEdit
from aiprod_studio.ui.footage.errands import scaled
from aiprod_studio.ui.footage.looks import ShotLook, ShotState, shot_looks
from aiprod_studio.ui.loading import load_media

if TYPE_CHECKING:
    from aiprod_studio.app.jobs.messages import Ended
    from aiprod_studio.ui.editing import Editing

REST = 500
"""Milliseconds of quiet before states are looked at again."""


def renders_of(editing: Editing) -> ShotRenders:
    """Return the renders of a document, the same for all its workspaces; each calls `close`."""
    shared = (each for each in editing.findChildren(ShotRenders) if not each.closed)
    found = next(shared, None) or ShotRenders(editing, editing)
    found.users += 1
    return found


class ShotRenders(QObject):
    """States and renders of one document's shots; get it by `renders_of`."""

    changed = Signal()
    """A state, a progress or a live picture is another."""

    def __init__(self, editing: Editing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.editing = editing
        self.states: dict[str, filming.ShotState] = {}
        self.live: dict[str, QImage] = {}
        self._jobs: dict[int, filming.Frozen] = {}
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._look)
        self._looking = 0
        self.users = 0
        self.closed = False
        bridge = editing.studio.bridge
        bridge.happened.connect(self._hear)
        bridge.changed.connect(self.changed)
        editing.changed.connect(self.renew)
        editing.path_changed.connect(self.renew)
        self.renew()

    # What is known.

    def ground(self) -> filming.Ground:
        """Return the surroundings of the document as it lies now."""
        editing = self.editing
        return filming.ground(
            editing.folder, editing.assets, editing.specs, editing.settings, editing.places
        )

    def renew(self, *_: object) -> None:
        """Look at the states again after a while."""
        if not self.closed:
            self._rest.start()

    def looks(self) -> dict[str, ShotLook]:
        """Return how the shots look now."""
        states: dict[str, ShotState] = {
            name: found.state if found.renderable or found.state == "locked" else "blocked"
            for name, found in self.states.items()
        }
        looks = shot_looks(self.editing.board(), states)
        for number, frozen in self._jobs.items():
            entry = self.editing.queue.entry(number)
            look = looks.get(frozen.shot)
            if entry is None or look is None:
                continue
            note = entry.note if entry.state == "running" else "Waiting"
            share = round(entry.share * 100)
            words = f"{note}  {share} %" if entry.state == "running" else note
            looks[frozen.shot] = replace(look, progress=entry.share, note=words)
        return looks

    def job_of(self, shot: str) -> int | None:
        """Return the job that renders a shot, or None."""
        return next((job for job, frozen in self._jobs.items() if frozen.shot == shot), None)

    def problems(self, shot: str) -> tuple[Problem, ...]:
        """Return why a shot cannot be rendered, or what is odd about it."""
        found = self.states.get(shot)
        return found.problems if found is not None else ()

    # What is asked.

    def render(self, names: Iterable[str], *, another: bool = False) -> None:
        """Render shots as they are now; with `another` one more take of each, by another seed."""
        wanted = [name for name in names if self.job_of(name) is None]
        if wanted:
            self._freeze(wanted, another)

    def render_changed(self) -> None:
        """Render all shots that are stale and can be rendered."""
        text, specs, ground = dumps(self.editing.document), self.editing.specs, self.ground()

        def find() -> list[str]:
            document = read(text, specs)
            return [state.name for state in filming.to_render(filming.shots(document, ground))]

        def found(names: list[str]) -> None:
            if names:
                self.render(names)
            else:
                self.editing.said.emit("Every shot is as it was rendered; nothing to render.")

        self.editing.studio.later(find, found, self._refuse, owner=self)

    def cancel(self, shot: str) -> None:
        """Stop the render of a shot."""
        job = self.job_of(shot)
        if job is not None:
            self.editing.queue.cancel(job)

    def add(self, frozen: filming.Frozen) -> None:
        """Put the render of a frozen shot into the queue."""
        if self.closed:
            return
        ended = partial(self._ended, frozen)
        job = filming.job_of(frozen, self.editing.file, self.ground(), ended)
        number = self.editing.queue.add(job)
        self._jobs[number] = frozen
        self.changed.emit()

    def close(self) -> None:
        """Let go; after the last workspace it hears no more. Renders go on."""
        self.users -= 1
        if self.users > 0 or self.closed:
            return
        self.closed = True
        self._rest.stop()
        bridge = self.editing.studio.bridge
        bridge.happened.disconnect(self._hear)
        bridge.changed.disconnect(self.changed)
        self.editing.changed.disconnect(self.renew)
        self.editing.path_changed.disconnect(self.renew)

    # Inside.

    def _look(self) -> None:
        if not any(True for _ in self.editing.board().shots()):
            self._took(self._looking, ())
            return
        self._looking += 1
        text, specs, ground = dumps(self.editing.document), self.editing.specs, self.ground()
        self.editing.studio.later(
            lambda: filming.shots(read(text, specs), ground),
            partial(self._took, self._looking),
            lambda _: None,
            owner=self,
        )

    def _took(self, number: int, states: tuple[filming.ShotState, ...]) -> None:
        if number == self._looking and not self.closed:
            self.states = {state.name: state for state in states}
            self.changed.emit()

    def _freeze(self, names: list[str], another: bool) -> None:
        text, specs, ground = dumps(self.editing.document), self.editing.specs, self.ground()

        def freeze() -> tuple[list[filming.Frozen], list[Problem]]:
            document = read(text, specs)
            made: list[filming.Frozen] = []
            problems: list[Problem] = []
            board = filming.board_of(document)
            for name in names:
                try:
                    _, shot = board.find_shot(name)
                    seed = filming.next_seed(document, name, ground) if another else None
                    seed = filming.seed_of(shot) if seed is None else seed
                    made.append(filming.freeze(document, board, name, ground, seed))
                except Refusal as refusal:
                    problems += refusal.problems
            return made, problems

        def frozen(found: tuple[list[filming.Frozen], list[Problem]]) -> None:
            for each in found[0]:
                self.add(each)
            for problem in found[1]:
                self.editing.refused.emit(problem)

        self.editing.studio.later(freeze, frozen, self._refuse, owner=self)

    def _hear(self, job: Any, event: object) -> None:
        frozen = self._jobs.get(job)
        if frozen is None:
            return
        if isinstance(event, StepPreview):
            self.live[frozen.shot] = preview(event.frames)
        if isinstance(event, StepPreview | StepProgress):
            self.changed.emit()

    def _ended(self, frozen: filming.Frozen, ended: Ended) -> None:
        """Put the take on the board, whatever was edited meanwhile."""
        number = next((n for n, each in self._jobs.items() if each is frozen), None)
        if number is not None:
            del self._jobs[number]
        if self.closed:
            return
        self.live.pop(frozen.shot, None)
        self.changed.emit()
        if ended.state == "cancelled":
            return
        if ended.state != "done":
            for problem in ended.problems:
                self._refuse(problem)
            return
        board, ground = self.editing.board(), self.ground()
        self.editing.studio.later(
            lambda: _recorded(board, frozen, ended, ground),
            lambda edit: self._record(frozen, edit),
            self._refuse,
            owner=self,
        )

    def _record(self, frozen: filming.Frozen, edit: BoardEdit | None) -> None:
        if edit is None or self.editing.do_story(edit, title=f"Take of {frozen.number}"):
            self.editing.said.emit(f"Shot {frozen.number} is rendered.")

    def _refuse(self, problem: Problem) -> None:
        self.editing.refused.emit(problem)


def _recorded(
    board: Board, frozen: filming.Frozen, ended: Ended, ground: filming.Ground
) -> BoardEdit | None:
    load_media()
    return filming.record_take(board, frozen, ended.report, ground)


def read(text: str, specs: Any) -> Document:
    """Return a document of its own for a worker. Raises a Refusal when the text is none."""
    load_media()
    loaded = loads(text, specs)
    if loaded.document is None:
        raise Refusal(loaded.problems)
    return loaded.document


def preview(frames: Any) -> QImage:
    """Return the middle frame of a preview, (h, w, 3) or (f, h, w, 3) uint8, as a small image."""
    return scaled(frames if frames.ndim == 3 else frames[len(frames) // 2])
