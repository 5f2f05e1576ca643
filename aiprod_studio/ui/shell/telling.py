"""What the window says by itself: problems with a way to their node, and what the last run left.

Messages appear as notices and stay readable in the log.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from aiprod_studio.app.session.recovery import Leftover
from aiprod_studio.sdk import Problem
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.gallery import GalleryPage
from aiprod_studio.ui.shell.documents import Documents
from aiprod_studio.ui.shell.log import Log
from aiprod_studio.ui.shell.notices import Notice, Notices
from aiprod_studio.ui.shell.pages import Pages
from aiprod_studio.ui.shell.panes import Panes
from aiprod_studio.ui.studio import Studio


class Telling(QObject):
    """Says problems, and offers what was left unsaved or undone."""

    def __init__(
        self,
        studio: Studio,
        documents: Documents,
        gallery: GalleryPage,
        pages: Pages,
        panes: Panes,
        notices: Notices,
        log: Log,
    ) -> None:
        super().__init__(notices)
        self._studio, self._documents, self._gallery = studio, documents, gallery
        self._pages, self._panes, self._notices, self._log = pages, panes, notices, log
        self._danger: Notice | None = None
        documents.refused.connect(self.show_problem)
        documents.found_problems.connect(self._show_found)
        documents.in_danger.connect(self._show_danger)
        documents.safe_again.connect(self._end_danger)
        studio.refused.connect(self.show_problem)
        gallery.recover_wanted.connect(self._recover)
        gallery.forget_wanted.connect(self._forget)

    def show_problem(self, problem: Problem) -> None:
        """Say a problem: in a notice, in the log; with a way to its node."""
        editing = self._pages.editing
        node = editing.node_of(problem) if editing is not None else ""
        self._log.add(str(problem), "error", node)
        go = (lambda: self.go_to_node(node)) if node else None
        self._notices.show(str(problem), "warning", "Go to the node" if node else "", go)

    def go_to(self, document: str, node: str) -> None:
        """Show a node of the document with this id."""
        page = self._pages.show_document(document)
        if page is not None:
            page.go_to(node)

    def go_to_node(self, node: str) -> None:
        """Show a node of the document that is seen."""
        if self._pages.page is not None:
            self._pages.page.go_to(node)

    def greet(self) -> None:
        """Say what was wrong at the start, and offer what the last run left."""
        for problem in self._studio.start_problems:
            self.show_problem(problem)
        self._gallery.show_leftovers(self._documents.leftovers())
        if self._studio.queue.kept():
            self._offer_kept()

    # Inside.

    def _show_danger(self, problem: Problem) -> None:
        self._log.add(str(problem), "error")
        self._danger = self._notices.show(str(problem), "error")

    def _end_danger(self) -> None:
        if self._danger is not None and self._danger in self._notices.all():
            self._danger.leave()
        self._danger = None
        self._notices.show("Unsaved work is kept again.", "good")

    def _show_found(self, editing: Editing, problems: list[Problem]) -> None:
        for problem in problems:
            self._log.add(f"{editing.title}: {problem}", "warning", editing.node_of(problem))
        count = len(problems)
        words = f"{editing.title}: {problems[0]}"
        if count > 1:
            words = f"{editing.title} opened with {count} things to mend. The first: {problems[0]}"
        self._notices.show(words, "warning", "Show all", lambda: self._panes.show_bottom("log"))

    def _recover(self, leftover: Leftover) -> None:
        self._documents.recover(leftover)
        self._gallery.show_leftovers(self._documents.leftovers())

    def _forget(self, leftover: Leftover) -> None:
        self._documents.recovery.forget(leftover)
        self._gallery.show_leftovers(self._documents.leftovers())

    def _offer_kept(self) -> None:
        kept = self._studio.queue.kept()
        words = f"{len(kept)} jobs were not finished when the program ended."
        if len(kept) == 1:
            words = f"“{kept[0].title}” was not finished when the program ended."

        def go_on() -> None:
            for entry in self._studio.queue.kept():
                self._studio.queue.retry(entry.id)

        self._notices.show(words, "note", "Go on", go_on, stays=True)
