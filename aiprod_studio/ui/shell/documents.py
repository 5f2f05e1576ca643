"""The open documents: opening, saving, closing, and keeping unsaved work safe.

The window shows their pages; this knows files. Opening and saving read and write in the window's
thread only what is small (the workflow); files that go along are copied in threads.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from aiprod_studio.app.comfy import is_comfy_file
from aiprod_studio.app.session.drops import examine
from aiprod_studio.app.session.files import bring_along, files_of
from aiprod_studio.app.session.recent import RecentFiles
from aiprod_studio.app.session.recovery import EVERY, Leftover, Recovery
from aiprod_studio.app.session.templates import Template
from aiprod_studio.graph import Document, check, load, loads, save
from aiprod_studio.graph.commands import SetParam, SetSection
from aiprod_studio.sdk import Missing, Problem, Refusal
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.studio import Studio


class Documents(QObject):
    """All open documents."""

    opened = Signal(object, str)
    """An `Editing`, and the workspace it should be shown in ("" for the usual one)."""
    closed = Signal(object)
    saved = Signal(object)
    refused = Signal(object)
    in_danger = Signal(object)
    """Unsaved work cannot be kept: why."""
    safe_again = Signal()
    """Unsaved work is kept once more."""
    found_problems = Signal(object, list)
    """A document was opened as far as it could be read: what could not."""

    def __init__(self, studio: Studio, recent: RecentFiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio, self.recent = studio, recent
        self.recovery = Recovery(studio.places.data / "recovery")
        self.editings: list[Editing] = []
        self._kept: dict[str, int] = {}
        self._full = False
        self._timer = QTimer(self)
        self._timer.setInterval(round(EVERY * 1000))
        self._timer.timeout.connect(self.keep_unsaved)
        self._timer.start()

    # Opening.

    def new(self) -> Editing:
        """Open an empty document."""
        return self._add(Document(specs=self.studio.specs), None, self._new_folder())

    def open_path(self, path: Path, workspace: str = "") -> Editing | None:
        """Open a workflow's file, or the workflow inside a rendered file.

        A file that is open already comes to the front. What cannot be opened is told by `refused`.
        """
        path = path.expanduser().absolute()
        for editing in self.editings:
            if editing.path is not None and editing.path.resolve() == path.resolve():
                self.opened.emit(editing, workspace)
                return editing
        json = path.suffix.lower() == ".json" and not is_comfy_file(path)
        if json or not path.exists():
            return self._open_workflow(path, workspace)
        try:
            dropped = examine(path, self.studio.specs)
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return None
        if not dropped.text:
            why = "it holds no workflow"
            remedy = "Drop it onto a graph to use it as a picture or a film."
            self.refused.emit(Missing(f"file {path.name}", why, remedy))
            return None
        return self.open_text(
            dropped.text, path.parent, path.stem, workspace, problems=dropped.problems
        )

    def open_text(
        self,
        text: str,
        folder: Path,
        title: str,
        workspace: str = "",
        *,
        own_folder: bool = False,
        problems: Sequence[Problem] = (),
    ) -> Editing | None:
        """Open a workflow that has no file of its own; its files are taken along from `folder`.

        With `own_folder`, `folder` is already the document's own (recovered work). `problems` are
        known of it already and said with what is found.
        """
        loaded = loads(text, self.studio.specs)
        if loaded.document is None:
            self.refused.emit(loaded.problems[0])
            return None
        editing = self._add(
            loaded.document, None, folder if own_folder else self._new_folder(), workspace, title
        )
        if problems or loaded.problems:
            self.found_problems.emit(editing, [*problems, *loaded.problems])
        if not own_folder:
            self._take_along(editing, folder, editing.folder, lambda: editing.plan())
        return editing

    def open_template(self, template: Template) -> Editing | None:
        """Open a template as a new document."""
        text = template.file.read_text(encoding="utf-8")
        return self.open_text(text, template.file.parent, template.title, template.workspace)

    def recover(self, leftover: Leftover) -> Editing | None:
        """Open unsaved work again, as changed and not yet saved."""
        try:
            text = leftover.text()
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return None
        editing = self.open_text(text, leftover.folder, leftover.title, own_folder=True)
        if editing is not None:
            if leftover.path is not None:
                editing.set_path(leftover.path)
            editing.recovered = True
            editing.path_changed.emit()
            self.keep_unsaved()
            self.recovery.forget(leftover)
        return editing

    # Saving.

    def is_unsaved(self, editing: Editing) -> bool:
        """Say whether a document holds what is on no disk."""
        return editing.document.changed or editing.recovered

    def save(self, editing: Editing) -> bool:
        """Write a document to its file; False when it has none or cannot be written."""
        if editing.path is None:
            return False
        return self._write(editing, editing.path)

    def save_as(self, editing: Editing, path: Path) -> bool:
        """Write a document to another file and go on with that; its files go along."""
        old, path = editing.folder, path.absolute()
        try:
            assets = path.with_name(f"{path.stem}.assets")
            commands = bring_along(editing.document, self.studio.specs, old, path.parent, assets)
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return False
        if commands and not editing.do(*commands, title="Save as"):
            return False
        unsaved = editing.file if editing.path is None else None
        if not self._write(editing, path):
            return False
        editing.set_path(path)
        if unsaved is not None:
            self._move_runs(unsaved, path)
        self.recent.add(path)
        return True

    def close(self, editing: Editing) -> None:
        """Close a document without asking."""
        self.editings.remove(editing)
        self._forget(editing)
        self.closed.emit(editing)
        editing.close()
        editing.deleteLater()

    # Unsaved work.

    def keep_unsaved(self) -> None:
        """Keep what is unsaved of all documents; the writing is done in a thread."""
        for editing in self.editings:
            if not self.is_unsaved(editing):
                self._forget(editing)
                continue
            if self._kept.get(editing.id) != editing.revision:
                self._kept[editing.id] = editing.revision
                self._keep(editing, editing.text())

    def leftovers(self) -> list[Leftover]:
        """Return unsaved work of programs that are gone."""
        return self.recovery.leftovers()

    def stop(self) -> None:
        """Look after unsaved work no longer."""
        self._timer.stop()

    # Inside.

    def _open_workflow(self, path: Path, workspace: str) -> Editing | None:
        loaded = load(path, self.studio.specs)
        if loaded.document is None:
            self.refused.emit(loaded.problems[0])
            self.recent.remove(path)
            return None
        editing = self._add(loaded.document, path, path.parent, workspace)
        self.recent.add(path)
        problems = [*loaded.problems, *check(loaded.document, self.studio.specs)]
        if problems:
            self.found_problems.emit(editing, problems)
        return editing

    def _add(
        self,
        document: Document,
        path: Path | None,
        folder: Path,
        workspace: str = "",
        title: str = "",
    ) -> Editing:
        editing = Editing(self.studio, document, path, folder, self)
        if title:
            editing.title_if_untitled = title
        editing.refused.connect(self.refused)
        self.editings.append(editing)
        self.opened.emit(editing, workspace)
        editing.plan()
        return editing

    def _write(self, editing: Editing, path: Path) -> bool:
        editing.settle()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save(editing.document, path)
        except OSError as error:
            why = f"it cannot be written ({error.strerror or error})"
            self.refused.emit(Missing(f"file {path}", why, "Choose another place."))
            return False
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return False
        editing.recovered = False
        self._forget(editing)
        self.saved.emit(editing)
        return True

    def _take_along(self, editing: Editing, old: Path, new: Path, then: Callable[[], None]) -> None:
        """Copy what a document names into its new folder, in a thread."""
        document, specs = editing.document, self.studio.specs
        if not files_of(document, specs):
            return
        copy = loads(editing.text(), specs).document
        assert copy is not None

        def done(commands: list[SetParam | SetSection]) -> None:
            if commands:
                editing.do(*commands, title="Bring files along")
            then()

        self.studio.later(
            lambda: bring_along(copy, specs, old, new, editing.assets),
            done,
            self.refused.emit,
            owner=editing,
        )

    def _move_runs(self, old: Path, new: Path) -> None:
        """Let the runs of a document that had no file yet be found under its file."""
        runs = self.studio.earlier
        self.studio.later(lambda: runs.moved(old, new), lambda _: None, owner=self)

    def _keep(self, editing: Editing, text: str) -> None:
        keep, key = self.recovery.keep, editing.id
        path, folder, title = editing.path, editing.folder, editing.title

        def kept(_: object) -> None:
            if self._full:
                self._full = False
                self.safe_again.emit()
            if not any(other.id == key for other in self.editings):
                self.recovery.drop(key)

        self.studio.later(
            lambda: keep(key, text, path, folder, title), kept, self._cannot_keep, owner=self
        )

    def _cannot_keep(self, problem: Problem) -> None:
        self._kept.clear()
        if not self._full:
            self._full = True
            self.in_danger.emit(problem)

    def _forget(self, editing: Editing) -> None:
        if self._kept.pop(editing.id, None) is not None:
            key = editing.id
            self.studio.later(lambda: self.recovery.drop(key), lambda _: None)

    def _new_folder(self) -> Path:
        return self.studio.places.data / "untitled" / uuid.uuid4().hex[:12]
