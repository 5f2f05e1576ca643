"""Running from the window: the plan shown before, the end told, errors one click away.

It starts jobs through `Editing` and follows all of them; the queue does the work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from aiprod_studio.app.jobs.messages import Ended, Planned
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.queue.plan_dialog import PlanDialog
from aiprod_studio.ui.shell.log import Log
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.notices import Notices
from aiprod_studio.ui.shell.outside import Outside
from aiprod_studio.ui.studio import Studio


class Running(QObject):
    """Runs documents and tells how it went."""

    asked_for_node = Signal(str, str)
    """The id of a document, and one of its nodes."""

    def __init__(
        self, studio: Studio, keeper: MemoryKeeper, notices: Notices, log: Log, window: QWidget
    ) -> None:
        super().__init__(window)
        self._studio, self._keeper, self._notices = studio, keeper, notices
        self._log, self._window = log, window
        self._dialog: PlanDialog | None = None
        self._outside = Outside(window)
        studio.bridge.happened.connect(self._hear)
        studio.bridge.ended.connect(self._hear_end)

    def run(self, editing: Editing, targets: Sequence[str] = (), *, fresh: bool = False) -> None:
        """Run a document, after showing the plan if the artist wants to see it."""
        sheet = editing.sheet
        clear = sheet is not None and sheet.fits and sheet.rows
        if clear and not self._keeper.memory.show_plan:
            editing.run(targets, fresh)
        else:
            self.show_plan(editing, targets, fresh=fresh)

    def show_plan(
        self, editing: Editing, targets: Sequence[str] = (), *, fresh: bool = False
    ) -> PlanDialog:
        """Show what a run would do, with a button to run it."""
        if self._dialog is not None:
            self._dialog.close()
        dialog = PlanDialog(editing.title, self._window, ask_again=self._keeper.memory.show_plan)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog = dialog

        def planned(found: Planned) -> None:
            if self._dialog is dialog:
                dialog.show_planned(found)

        def ended(answer: int) -> None:
            self._dialog = None
            self._keeper.update(show_plan=dialog.ask_box.isChecked())
            if answer:
                editing.run(targets, fresh)

        dialog.finished.connect(ended)
        dialog.asked_for_node.connect(lambda node: self.asked_for_node.emit(editing.id, node))
        editing.ask_plan(targets, planned, fresh=fresh)
        dialog.open()
        return dialog

    def _hear(self, job: int, event: object) -> None:
        self._log.take(self._title(job), event)

    def _hear_end(self, job: int, ended: Ended) -> None:
        title = self._title(job)
        self._log.take(title, ended)
        entry = self._studio.queue.entry(job)
        if ended.state == "done":
            self._told_done(title, [f.path for f in (*ended.report.files, *ended.report.kept)])
        elif ended.state == "failed":
            node = next(iter(ended.report.failed), "")
            words = str(ended.problems[0]) if ended.problems else f"{title} failed"
            if node and entry is not None:
                self._notices.show(words, "error", "Go to the node", self._goer(entry.origin, node))
            else:
                self._notices.show(words, "error", "Run it again", self._runner(job))
            self._tell_outside(f"{title} failed", words)

    def _told_done(self, title: str, files: list[Path]) -> None:
        words = f"{title}: done"
        if files:
            folder = files[0].parent

            def show() -> None:
                self._studio.show_folder(folder)

            self._notices.show(f"{words}\n{files[0].name}", "good", "Show the file", show)
        else:
            self._notices.show(words, "good")
        self._tell_outside(words, files[0].name if files else "")

    def _tell_outside(self, title: str, words: str) -> None:
        if self._keeper.memory.notify:
            self._outside.tell(title, words)

    def _goer(self, origin: str, node: str) -> Callable[[], None]:
        return lambda: self.asked_for_node.emit(origin, node)

    def _runner(self, job: int) -> Callable[[], None]:
        def run() -> None:
            self._studio.queue.retry(job)

        return run

    def _title(self, job: int) -> str:
        entry = self._studio.queue.entry(job)
        return entry.title if entry is not None else "A job"
