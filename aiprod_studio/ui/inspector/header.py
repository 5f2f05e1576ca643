"""The head of the inspector: what is inspected, its name, its mode, how it stands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from aiprod_studio.graph.commands import RenameNode, SetMode
from aiprod_studio.graph.records import Mode
from aiprod_studio.ui.canvas.palette import DARK, LIGHT
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector.fields import paint_role
from aiprod_studio.ui.inspector.subject import Subject
from aiprod_studio.ui.theme import current, icon

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.looks import NodeLook

MODES: tuple[tuple[Mode, str, str], ...] = (
    ("mute", "eye-off", "Mute: the node and what depends on it do not run"),
    ("bypass", "route", "Bypass: what comes in goes out unchanged"),
)
TONES = {"error": "error", "stale": "warning", "cached": "good"}


class Header(QWidget):
    """Name, kind, mode and state of what is inspected."""

    manual_wanted = Signal(str)
    look_wanted = Signal(str)
    renamed = Signal(str, str)

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editing = editing
        self._subject = Subject(editing.document, ())
        theme = current()
        self.name = _Name(self)
        self.name.setAccessibleName("Name of the node")
        self.name.setFont(theme.font("large", strong=True))
        self.kind = QLabel(self)
        self.kind.setProperty("role", "faint")
        self.state = QLabel(self)
        self.state.setWordWrap(True)
        self.buttons: dict[str, QToolButton] = {}
        top = QHBoxLayout()
        top.setSpacing(theme.space(1))
        top.addWidget(self.name, 1)
        for mode, mark, tip in MODES:
            button = self._button(mark, tip)
            button.setCheckable(True)
            button.clicked.connect(partial(self._toggle_mode, mode))
            self.buttons[mode] = button
            top.addWidget(button)
        self.look = self._button("monitor-play", "Show its result in the viewer")
        self.look.clicked.connect(self._look)
        self.manual = self._button("book-open", "Open its manual page (F1)")
        self.manual.clicked.connect(self._manual)
        for button in (self.look, self.manual):
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(3), theme.space(2), theme.space(2), theme.space(2))
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.kind)
        layout.addWidget(self.state)
        self.name.editingFinished.connect(self._rename)

    def show_subject(self, subject: Subject) -> None:
        """Show these nodes."""
        self._subject = subject
        nodes, spec = subject.nodes(), subject.spec()
        one = len(nodes) == 1
        if not self.name.isModified():
            self.name.setText(nodes[0].name if one else f"{len(nodes)} nodes")
        self.name.setReadOnly(not one)
        self.kind.setText(self._words(subject))
        for mode, button in self.buttons.items():
            button.setChecked(bool(nodes) and all(node.mode == mode for node in nodes))
        self.look.setVisible(one)
        self.manual.setVisible(spec is not None and not spec.type.startswith("subgraph."))
        self.show_look(None)
        self.update()

    def show_look(self, look: NodeLook | None) -> None:
        """Show how the node stands in the run."""
        words = ""
        if look is not None:
            parts = [look.message or look.badge, look.cost, f"{look.eta} left" if look.eta else ""]
            words = "  ·  ".join(part for part in parts if part)
            paint_role(self.state, TONES.get(look.badge, "dim"))
        self.state.setText(words)
        self.state.setVisible(bool(words))

    def _words(self, subject: Subject) -> str:
        spec, nodes = subject.spec(), subject.nodes()
        if spec is not None:
            return f"{spec.title}  ·  {spec.type}"
        if len(nodes) == 1:
            return f"{nodes[0].type}: not installed"
        return "of several kinds"

    def _rename(self) -> None:
        nodes = self._subject.nodes()
        wanted = self.name.text().strip()
        if not self.name.isModified() or len(nodes) != 1:
            return
        self.name.setModified(False)
        old = nodes[0].name
        rename = RenameNode(old, wanted, within=self._subject.within)
        if wanted in ("", old) or not self._editing.do(rename):
            self.name.setText(old)
        else:
            self.renamed.emit(old, wanted)

    def _toggle_mode(self, wanted: Mode) -> None:
        mode: Mode = wanted if self.buttons[wanted].isChecked() else "active"
        names = tuple(node.name for node in self._subject.nodes())
        if names:
            self._editing.do(SetMode(names, mode, within=self._subject.within))

    def _look(self) -> None:
        if self._subject.names:
            self.look_wanted.emit(self._subject.names[0])

    def _manual(self) -> None:
        spec = self._subject.spec()
        if spec is not None:
            self.manual_wanted.emit(spec.type)

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, "text_dim"))
        button.setIconSize(QSize(current().icon_size, current().icon_size))
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(":")[0])
        return button

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the colour of the category along the top."""
        spec = self._subject.spec()
        if spec is None:
            return
        painter = QPainter(self)
        palette = DARK if current().name == "dark" else LIGHT
        painter.fillRect(0, 0, self.width(), current().px(3), palette.header(spec.category))


class _Name(QLineEdit):
    """The name, which looks like a title until it is written in."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrame(False)
        self.setProperty("kind", "title")
        self.setStyleSheet("QLineEdit { background: transparent; border-color: transparent;"
                           " padding: 0; }")  # fmt: skip
        self.setToolTip("Click to rename")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.undo()
            self.setModified(False)
            self.clearFocus()
        else:
            super().keyPressEvent(event)
