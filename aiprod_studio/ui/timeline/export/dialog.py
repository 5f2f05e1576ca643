"""The dialog that writes the film, the animatic, the cut for other programs, or the board.

It says what each format leaves out before anything is written, works in a thread, shows how far it
is, and can be stopped. The document is not changed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.app.film import exporting, filming
from aiprod_studio.graph import dumps
from aiprod_studio.sdk import Problem
from aiprod_studio.ui.footage.renders import read
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.timeline.export.job import ExportJob
from aiprod_studio.ui.timeline.export.pages import (
    AnimaticPage,
    BoardPage,
    CutPage,
    FilmPage,
    Page,
)

if TYPE_CHECKING:
    from aiprod_studio.ui.editing import Editing

NOTHING_LOST = "Nothing is left out."


class ExportDialog(QDialog):
    """Writes something of a document."""

    def __init__(
        self, editing: Editing, parent: QWidget | None = None, span: tuple[int, int] | None = None
    ) -> None:
        super().__init__(parent)
        self.editing = editing
        self.job: ExportJob | None = None
        self._asked = 0
        self._own_path = False
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.pages: tuple[Page, ...] = (
            FilmPage(span, self), AnimaticPage(self), CutPage(self), BoardPage(self),
        )  # fmt: skip
        self.kinds = QListWidget(self)
        self.stack = QStackedWidget(self)
        self.path = QLineEdit(self)
        self.lost = QLabel(self)
        self.told = QLabel(self)
        self.bar = QProgressBar(self)
        self._lay_out()
        self.kinds.setCurrentRow(0)
        self._changed()

    def _lay_out(self) -> None:
        theme = current()
        for page in self.pages:
            self.stack.addWidget(page)
            self.kinds.addItem(QListWidgetItem(icon(page.icon), page.title))
            page.changed.connect(self._changed)
        self.kinds.setIconSize(QSize(theme.icon_size, theme.icon_size))
        self.kinds.setFixedWidth(theme.px(190))
        self.kinds.setAccessibleName("What is exported")
        self.kinds.currentRowChanged.connect(self._turned)
        self.lost.setWordWrap(True)
        self.lost.setProperty("role", "dim")
        self.lost.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.told.setWordWrap(True)
        self.bar.hide()
        right = QVBoxLayout()
        right.setSpacing(theme.space(3))
        right.addWidget(self.stack)
        heading = QLabel("LEFT OUT", self)
        heading.setProperty("role", "section")
        right.addWidget(heading)
        right.addWidget(self.lost, 1)
        right.addLayout(self._file_row())
        right.addWidget(self.bar)
        right.addWidget(self.told)
        right.addLayout(self._buttons())
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.space(4)] * 4)
        row.setSpacing(theme.space(4))
        row.addWidget(self.kinds)
        row.addLayout(right, 1)
        self.resize(theme.px(720), theme.px(560))

    def _file_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.path.setAccessibleName("File to write")
        self.path.textEdited.connect(self._typed)
        browse = QPushButton("Choose…", self)
        browse.clicked.connect(self._browse)
        row.addWidget(QLabel("File", self))
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.show_file = QPushButton("Show in folder", self)
        self.show_file.hide()
        self.show_file.clicked.connect(self._open_folder)
        self.cancel = QPushButton("Close", self)
        self.cancel.clicked.connect(self._stop_or_close)
        self.write = QPushButton("Export", self)
        self.write.setProperty("kind", "primary")
        self.write.setDefault(True)
        self.write.clicked.connect(self.start)
        row.addWidget(self.show_file)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.write)
        return row

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.pages[max(self.kinds.currentRow(), 0)]

    def _turned(self, row: int) -> None:
        self.stack.setCurrentIndex(row)
        self._changed()

    def _changed(self) -> None:
        """Suggest a file and ask what is left out."""
        page = self.page
        if not self._own_path:
            suggestion = exporting.free_path(
                self.editing.folder / "exports", f"{self.editing.title}{page.name}", page.suffix
            )
            self.path.setText(str(suggestion))
        elif page.suffix:
            self.path.setText(str(Path(self.path.text()).with_suffix(page.suffix)))
        self._asked += 1
        text, specs, losses = dumps(self.editing.document), self.editing.specs, page.losses()
        self.editing.studio.later(
            lambda: losses(read(text, specs)),
            partial(self._show_losses, self._asked),
            self._show_problem,
            owner=self,
        )

    def _show_losses(self, number: int, found: tuple[str, ...]) -> None:
        if number == self._asked:
            lines = [f"•  {sentence}" for sentence in found]
            self.lost.setText("\n".join(lines) or NOTHING_LOST)

    def _typed(self) -> None:
        self._own_path = True

    def _browse(self) -> None:
        found, _ = QFileDialog.getSaveFileName(self, "Export to", self.path.text())
        if found:
            self._own_path = True
            self.path.setText(found)

    def start(self) -> None:
        """Begin the export."""
        if self.job is not None or not self.path.text().strip():
            return
        path = Path(self.path.text().strip()).expanduser()
        editing = self.editing
        ground = filming.ground(
            editing.folder, editing.assets, editing.specs, editing.settings, editing.places
        )
        text, specs = dumps(editing.document), editing.specs
        self.job = ExportJob(lambda: read(text, specs), self.page.work(ground, path), path, self)
        self.job.progressed.connect(self._progressed)
        self.job.done.connect(self._done)
        self._show_busy(True)
        self.bar.setRange(0, 0)
        self._tell("", "")
        self.job.start()

    def _progressed(self, done: int, whole: int) -> None:
        self.bar.setRange(0, whole)
        self.bar.setValue(done)
        self._tell(f"Frame {done} of {whole}", "dim")

    def _done(self, told: Any, problem: Any) -> None:
        job, self.job = self.job, None
        self._show_busy(False)
        if job is None:
            return
        if problem is not None:
            self._show_problem(problem)
        elif job.cancelled:
            self._tell("Stopped; nothing was written.", "dim")
        else:
            words = "\n".join([f"Written: {job.path.name}", *told])
            self._tell(words, "warning" if told else "good")
            self.show_file.show()
            self._written = job.path
            self.editing.said.emit(f"Exported {job.path.name}.")
            if not self._own_path:
                self._changed()

    def _show_problem(self, problem: Problem) -> None:
        self._tell(str(problem), "error")

    def _tell(self, words: str, role: str) -> None:
        self.told.setText(words)
        if self.told.property("role") != role:
            self.told.setProperty("role", role)
            self.told.style().polish(self.told)

    def _show_busy(self, busy: bool) -> None:
        self.bar.setVisible(busy)
        self.write.setEnabled(not busy)
        self.kinds.setEnabled(not busy)
        self.stack.setEnabled(not busy)
        self.cancel.setText("Stop" if busy else "Close")

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def _stop_or_close(self) -> None:
        if self.job is not None:
            self.job.cancel()
        else:
            self.reject()

    def reject(self) -> None:
        """Close, by the button, Escape or the window's frame; stop what is being written."""
        if self.job is not None:
            self.job.cancel()
            self.job.wait()
        super().reject()
