"""What toolbar and status bar say: the plan of the document that is seen, and the job at work."""

from __future__ import annotations

from PySide6.QtCore import QObject

from aiprod_studio.app.jobs.messages import Sheet
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.shell.header import Toolbar
from aiprod_studio.ui.shell.page import DocumentPage
from aiprod_studio.ui.shell.pages import Pages
from aiprod_studio.ui.shell.run_commands import RunCommands
from aiprod_studio.ui.shell.status import StatusBar
from aiprod_studio.ui.studio import Studio


class Dashboard(QObject):
    """Follows pages and queue."""

    def __init__(
        self, studio: Studio, pages: Pages, runs: RunCommands, toolbar: Toolbar, status: StatusBar
    ) -> None:
        super().__init__(toolbar)
        self._queue, self._pages = studio.queue, pages
        self._toolbar, self._status = toolbar, status
        toolbar.switch.chosen.connect(pages.show_workspace)
        pages.made.connect(self._follow)
        pages.shown.connect(self._show_shown)
        runs.live_changed.connect(self._show_shown)
        studio.bridge.changed.connect(self._show_jobs)
        studio.bridge.happened.connect(lambda *_: self._show_jobs())
        studio.bridge.measured.connect(status.show_use)

    def _follow(self, page: DocumentPage) -> None:
        page.editing.said.connect(self._status.say)
        page.editing.planned.connect(lambda _: self._show_plan(page.editing))

    def _show_shown(self) -> None:
        page = self._pages.page
        self._toolbar.setVisible(page is not None)
        if page is None:
            self._status.show_plan(Sheet())
        else:
            self._toolbar.show_workspace(page.workspace)
            self._show_plan(page.editing)

    def _show_plan(self, editing: Editing) -> None:
        if editing is self._pages.editing:
            self._toolbar.show_plan(editing.sheet, live=editing.runs.on_change)
            self._status.show_plan(editing.sheet or Sheet())

    def _show_jobs(self) -> None:
        running = self._queue.running
        self._status.show_job(running, len(self._queue.waiting()), paused=self._queue.paused)
        if running is None:
            self._status.show_use(None)
