"""The pictures, films and sounds beside the workflow, with thumbnails; dragged to the canvas."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from aiprod_studio.app.jobs.messages import Ended
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.library.file_rows import VALUE
from aiprod_studio.ui.library.list_page import ListPage, ListRow
from aiprod_studio.ui.library.thumbs import Seen, kind_of, thumbs_of
from aiprod_studio.ui.theme import icon

MOST, DEEPEST, SIDE = 400, 3, 128
MARKS = {"image": "image", "video": "film", "audio": "audio-lines"}
EMPTY = "No media beside this workflow yet.\nDrop pictures, films or sounds onto the canvas."
REST = 400


class MediaPage(ListPage):
    """The media of the workflow's folder and what was rendered from it."""

    show_wanted = Signal(object)
    """The artist wants to see this file: its path."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__("media", EMPTY, parent)
        self._editing = editing
        self._asked: set[Path] = set()
        self._old, self._closed = True, False
        self.add_tool("refresh-cw", "Look again", self.refresh)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._refresh_if_seen)
        editing.path_changed.connect(self._age)
        editing.changed.connect(self._age)
        editing.job_event.connect(self._hear)
        self.list.verticalScrollBar().valueChanged.connect(self._ask_for_seen)
        self.list.menu_wanted.connect(self._menu)
        self.activated.connect(self.show_wanted)

    def refresh(self) -> None:
        """Look into the folder again."""
        self._old = False
        folder, output = self._editing.folder, self._editing.output
        self._editing.studio.later(lambda: found_in([folder, output]), self._take, owner=self)

    def close(self) -> bool:
        """Stop following the document."""
        if not self._closed:
            self._closed = True
            self._rest.stop()
            self._editing.path_changed.disconnect(self._age)
            self._editing.changed.disconnect(self._age)
            self._editing.job_event.disconnect(self._hear)
        return super().close()

    def filled(self) -> None:
        self._ask_for_seen()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_if_seen()

    def _take(self, files: list[tuple[str, Path]]) -> None:
        rows: list[ListRow] = []
        heading = None
        for where, path in files:
            if where != heading:
                heading = where
                rows.append(ListRow(where, heading=True))
            mark = MARKS[kind_of(path)]
            rows.append(ListRow(path.name, path, mark=mark, path=str(path), tip=str(path)))
        self._asked.clear()
        self.show_rows(rows)

    def _ask_for_seen(self) -> None:
        """Ask for the pictures of the rows that are seen, each once."""
        if not self.isVisible():
            return
        thumbs = thumbs_of(self._editing.studio)
        for number in range(self.list.count()):
            item = self.list.item(number)
            area = self.list.visualItemRect(item) if item is not None else None
            if area is None or item is None or area.bottom() < 0:
                continue
            if area.top() > self.list.viewport().height():
                return
            path = item.data(VALUE)
            if isinstance(path, Path) and path not in self._asked:
                self._asked.add(path)
                known = thumbs.known(path, SIDE)
                if known is not None:
                    self._told(path, known)
                thumbs.ask(path, SIDE, partial(self._told, path), self)

    def _told(self, path: Path, seen: Seen) -> None:
        detail = str(seen.problem) if seen.problem else seen.facts
        self.show_picture(path, seen.image, detail)

    def _age(self) -> None:
        self._old = True
        self._rest.start()

    def _hear(self, event: object) -> None:
        if isinstance(event, Ended):
            self._age()

    def _refresh_if_seen(self) -> None:
        if self._old and self.isVisible():
            self.refresh()

    def _menu(self, path: object, place: QPoint) -> None:
        if not isinstance(path, Path):
            return
        menu = QMenu(self)
        show = menu.addAction(icon("monitor-play"), "Show in the viewer")
        show.triggered.connect(lambda: self.show_wanted.emit(path))
        show_folder = self._editing.studio.show_folder
        opened = menu.addAction(icon("folder-open"), "Open its folder")
        opened.triggered.connect(lambda: show_folder(path.parent))
        menu.popup(place)


def found_in(folders: list[Path]) -> list[tuple[str, Path]]:
    """Return media files by the folder they are in, each with its heading; for a thread."""
    found: dict[Path, str] = {}
    for root in folders:
        for where, names, files in os.walk(root):
            here = Path(where)
            inside = here.relative_to(root)
            deep = len(inside.parts) >= DEEPEST
            names[:] = [] if deep else sorted(n for n in names if not n.startswith("."))
            heading = root.name if inside == Path() else inside.as_posix()
            for name in sorted(files):
                if kind_of(Path(name)) and not name.startswith(".") and len(found) < MOST:
                    found.setdefault(here / name, heading)
    return [(heading, path) for path, heading in found.items()]
