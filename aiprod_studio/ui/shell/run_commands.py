"""What Run and the queue's keys do, to the document that is seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from aiprod_studio.ui.shell.pages import Pages
from aiprod_studio.ui.shell.running import Running
from aiprod_studio.ui.studio import Studio


class RunCommands(QObject):
    """Runs, plans, pauses and cancels."""

    live_changed = Signal()
    """A document begins to run on every change, or ends it."""

    def __init__(self, studio: Studio, running: Running, pages: Pages) -> None:
        super().__init__(running)
        self._studio, self._running, self._pages = studio, running, pages

    def run_all(self) -> None:
        """Run the whole document."""
        if self._pages.editing is not None:
            self._running.run(self._pages.editing)

    def run_fresh(self) -> None:
        """Compute everything again."""
        if self._pages.editing is not None:
            self._running.run(self._pages.editing, fresh=True)

    def show_plan(self) -> None:
        """Show what a run would do."""
        if self._pages.editing is not None:
            self._running.show_plan(self._pages.editing)

    def toggle_run_on_change(self) -> None:
        """Run after every change, or only when asked."""
        editing = self._pages.editing
        if editing is not None:
            editing.runs.on_change = not editing.runs.on_change
            editing.plan()
            editing.said.emit(f"Run on change is {'on' if editing.runs.on_change else 'off'}")
            self.live_changed.emit()

    def runs_on_change(self) -> bool:
        """Say whether the document runs after every change."""
        return self._pages.editing is not None and self._pages.editing.runs.on_change

    def cancel_job(self) -> None:
        """Stop the job at work."""
        entry = self._studio.queue.running
        if entry is not None:
            self._studio.queue.cancel(entry.id)

    def works(self) -> bool:
        """Say whether a job is at work."""
        return self._studio.queue.running is not None

    def toggle_pause(self) -> None:
        """Pause the queue, or go on."""
        queue = self._studio.queue
        (queue.resume if queue.paused else queue.pause)()

    def is_paused(self) -> bool:
        """Say whether the queue pauses."""
        return self._studio.queue.paused
