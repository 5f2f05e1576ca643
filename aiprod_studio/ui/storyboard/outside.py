"""Drawing a panel in the system's own editor, and taking each change back as a new version.

The editor gets a working copy. Whenever that is saved, its content becomes a new file beside the
others and the panel shows it, as one step that can be undone; the earlier drawing stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QImage

from aiprod_studio.app.session.board_files import PANELS, next_version
from aiprod_studio.sdk import Invalid, Problem, Refusal
from aiprod_studio.story.edits import SetPanel
from aiprod_studio.story.interchange.pictures import relative, why_no_image
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.footage.renders import renders_of

REST = 400
"""Milliseconds without a change before a saved file counts as whole."""
BLANK = (1920, 1080)


def system_editor(path: Path) -> bool:
    """Open a file in what the system has for it; False when there is nothing."""
    return bool(QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))


class OutsideEditing(QObject):
    """The panels that are open in another program."""

    taken = Signal(str)
    """A panel got a new drawing."""
    refused = Signal(object)

    def __init__(
        self, editing: Editing, parent: QObject | None = None,
        open_file: Callable[[Path], bool] = system_editor,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.editing, self._open = editing, open_file
        self._panels: dict[Path, str] = {}
        self._seen: dict[Path, bytes] = {}
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._stirred)
        self._watcher.directoryChanged.connect(self._stirred)
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._look)

    def open(self, panel: str) -> bool:
        """Open a panel's drawing, or an empty sheet, in the system's editor."""
        _, found = self.editing.board().find_panel(panel)
        try:
            source = self._source(found.image)
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return False
        folder = self.editing.assets / PANELS / "open"
        copy = folder / f"{panel}{source.suffix if source is not None else '.png'}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if source is not None and source.is_file():
                shutil.copyfile(source, copy)
            else:
                _blank().save(str(copy))
            self._seen[copy] = copy.read_bytes()
        except OSError as error:
            why = f"its drawing cannot be copied ({error.strerror or error})"
            self.refused.emit(Invalid(f"panel {panel}", why, "Make room on the disk."))
            return False
        self._panels[copy] = panel
        self._watcher.addPaths([str(copy), str(folder)])
        if self._open(copy):
            return True
        why = "the system has no program for this kind of image"
        self.refused.emit(Invalid(copy.name, why, f"Open {copy} in a program of your choice."))
        return False

    def close(self) -> None:
        """Watch no more; the working copies stay."""
        self._rest.stop()
        for path in (*self._watcher.files(), *self._watcher.directories()):
            self._watcher.removePath(path)

    def _stirred(self, _: str) -> None:
        self._rest.start()

    def _look(self) -> None:
        """Take back every working copy that is another now."""
        for copy, panel in list(self._panels.items()):
            if not copy.is_file():
                continue
            if str(copy) not in self._watcher.files():  # editors replace the file when they save
                self._watcher.addPath(str(copy))
            content = copy.read_bytes()
            if content == self._seen.get(copy):
                continue
            self._seen[copy] = content
            problem = why_no_image(copy)
            if problem is not None:
                self.refused.emit(Problem(copy.name, problem.why, "Save it as an image again."))
            else:
                self._take(copy, panel)

    def _source(self, image: str) -> Path | None:
        """Return the file of a drawing, None where there is none. Raises a Refusal if it may not
        be read."""
        if not image:
            return None
        path = self.editing.folder / image
        return renders_of(self.editing).ground().locate(image) if path.exists() else path

    def _take(self, copy: Path, panel: str) -> None:
        board = self.editing.board()
        if panel not in board.names():
            return
        _, found = board.find_panel(panel)
        before = Path(found.image) if found.image else Path(f"{panel}.png")
        panels = self.editing.assets / PANELS
        target = next_version(before.with_suffix(copy.suffix), panels)
        try:
            shutil.copyfile(copy, target)
        except OSError as error:
            why = f"the new drawing cannot be kept ({error.strerror or error})"
            self.refused.emit(Invalid(f"panel {panel}", why, "Make room on the disk."))
            return
        image = relative(target, self.editing.folder)
        if self.editing.do_story(SetPanel(panel, {"image": image}), title="Draw panel"):
            self.taken.emit(panel)


def _blank() -> QImage:
    sheet = QImage(*BLANK, QImage.Format.Format_RGB32)
    sheet.fill(QColor("white"))
    return sheet
