"""A file: its picture and facts, chosen in a dialog, dropped, or written as a path.

A file from outside the workflow's folders is copied beside the workflow first, because workflows
read nothing from outside.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.app.session.files import bring_in
from aiprod_studio.sdk import File, ParamSpec, Problem
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector.bringing import named_from
from aiprod_studio.ui.inspector.fields.field import Field, paint_role
from aiprod_studio.ui.library.thumbs import FILMS, PICTURES, SOUNDS, Seen, kind_of, thumbs_of
from aiprod_studio.ui.theme import current, pixmap
from aiprod_studio.ui.theme.pieces import tool_button

ENDINGS = {"image": PICTURES, "video": (*FILMS, *PICTURES), "audio": (*SOUNDS, *FILMS), "any": ()}
SIDE = 256


class FileField(Field):
    """Edits a path, relative to the workflow."""

    wide = True

    def __init__(self, param: ParamSpec, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self._editing, self._value, self._mixed = editing, "", False
        self.picture = _Picture(self)
        self.line = QLineEdit(self)
        self.line.setAccessibleName(self.accessibleName())
        self.line.setPlaceholderText("Drop a file here, or choose one")
        self.facts = QLabel(self)
        self.facts.setProperty("role", "faint")
        self.facts.setWordWrap(True)
        choose = tool_button("folder-open", "Choose a file", self, small=True)
        choose.clicked.connect(self.choose)
        top = QHBoxLayout()
        top.setSpacing(current().space(1))
        top.addWidget(self.line, 1)
        top.addWidget(choose)
        right = QVBoxLayout()
        right.setSpacing(current().space(1))
        right.addLayout(top)
        right.addWidget(self.facts, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current().space(2))
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(right, 1)
        self.setFocusProxy(self.line)
        self.setAcceptDrops(True)
        self.line.editingFinished.connect(self.finish)
        self.line.textEdited.connect(lambda text: self.tried.emit(text.strip()))
        self.picture.pressed.connect(self.choose)

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self._value, self._mixed = "" if value == "." else str(value), mixed
        if not self.line.isModified():
            self.line.setText("" if mixed else self._value)
        self.line.setPlaceholderText("several files" if mixed else "Drop a file, or choose one")
        self._look()

    def show_problem(self, problem: bool) -> None:
        paint_role(self.line, problem, "invalid")

    def finish(self) -> None:
        if self.line.isModified():
            self.line.setModified(False)
            if self.line.text() != self._value:
                self.committed.emit(self.line.text().strip())

    def choose(self) -> None:
        """Open the dialog."""
        endings = ENDINGS[self._kind]
        known = " ".join(f"*{ending}" for ending in endings)
        wanted = f"{self._kind.capitalize()} files ({known});;All files (*)" if known else ""
        start = self._path().parent if self._path().is_absolute() else self._editing.folder
        dialog = QFileDialog(self, f"Choose {self.accessibleName()}", str(start), wanted)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.open()

    def take(self, path: Path) -> None:
        """Use a file: as it is inside the workflow's folders, else a copy beside the workflow."""
        editing = self._editing
        name = named_from(path, editing.folder, editing.settings.folders)
        if name is not None:
            self._use(name)
            return
        self.facts.setText(f"Copying {path.name} beside the workflow…")
        editing.studio.later(
            lambda: bring_in(path, editing.folder, editing.assets),
            self._use,
            self._refuse,
            owner=self,
        )

    @property
    def _kind(self) -> str:
        return self.param.hint.kind if isinstance(self.param.hint, File) else "any"

    def _use(self, name: str) -> None:
        if name != self._value or self._mixed:
            self.committed.emit(name)

    def _refuse(self, problem: Problem) -> None:
        self._editing.refused.emit(problem)
        self._look()

    def _path(self) -> Path:
        return self._editing.folder / self._value if self._value else self._editing.folder / "x"

    def _look(self) -> None:
        if not self._value or self._mixed:
            self.picture.show_picture(None, kind_icon(self._kind))
            self.facts.setText("")
            return
        path = self._path()
        thumbs = thumbs_of(self._editing.studio)
        known = thumbs.known(path, SIDE)
        self._show(known or Seen())
        value = self._value
        thumbs.ask(path, SIDE, lambda seen: self._told(value, seen), self)

    def _told(self, value: str, seen: Seen) -> None:
        if value == self._value:
            self._show(seen)

    def _show(self, seen: Seen) -> None:
        self.picture.show_picture(seen.image, kind_icon(kind_of(Path(self._value)) or self._kind))
        self.facts.setText(str(seen.problem) if seen.problem else seen.facts)
        paint_role(self.facts, "error" if seen.problem else "faint")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        event.setAccepted(bool(urls) and urls[0].isLocalFile())

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        if urls and urls[0].isLocalFile():
            self.take(Path(urls[0].toLocalFile()))
            event.acceptProposedAction()


def kind_icon(kind: str) -> str:
    """Return the name of the icon of a kind of file."""
    return {"image": "image", "video": "film", "audio": "audio-lines"}.get(kind, "file")


class _Picture(QWidget):
    """The file's picture, or the icon of its kind."""

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pixmap: QPixmap | None = None
        self._icon = "file"
        self.setFixedSize(current().px(88), current().px(60))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Choose a file")
        self.setToolTip("Choose another file")

    def sizeHint(self) -> QSize:
        return self.size()

    def show_picture(self, image: QImage | None, kind: str) -> None:
        """Show a picture, or an icon where there is none."""
        self._pixmap = QPixmap.fromImage(image) if image is not None else None
        self._icon = kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(theme.colour("accent" if self.hasFocus() else "line"))
        painter.setBrush(theme.colour("field"))
        area = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, theme.radius, theme.radius)
        if self._pixmap is None:
            side = theme.px(20)
            mark = pixmap(self._icon, side, "text_faint", self.devicePixelRatioF())
            painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, mark)
            return
        size = self._pixmap.size().scaled(
            self.size() - QSize(4, 4), Qt.AspectRatioMode.KeepAspectRatio
        )
        place = QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2,
                      size.width(), size.height())  # fmt: skip
        painter.drawPixmap(place, self._pixmap)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)
