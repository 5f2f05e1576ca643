"""What is linked to the inspected node: where inputs come from, and where outputs go."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from aiprod_studio.graph.records import INTERFACE
from aiprod_studio.ui.canvas.palette import DARK, LIGHT
from aiprod_studio.ui.inspector.fields import words_of
from aiprod_studio.ui.inspector.subject import Subject
from aiprod_studio.ui.theme import current


class Wires(QWidget):
    """Inputs and outputs of one node; a press on a neighbour asks for it."""

    node_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(current().space(3), 0, 0, 0)
        self._column.setSpacing(0)
        self._shown: object = None

    def show_subject(self, subject: Subject) -> None:
        """Show the links of the node."""
        rows = rows_of(subject)
        if rows == self._shown:
            return
        self._shown = rows
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in rows:
            self._column.addWidget(_Wire(row, self))
        self.setVisible(bool(rows))


Row = tuple[str, str, str, tuple[str, ...], bool]
"""The side, the socket's name and type, the neighbours' names, and whether a link is missing."""


def rows_of(subject: Subject) -> list[Row]:
    """Return what is linked where."""
    nodes, spec, graph = subject.nodes(), subject.spec(), subject.graph
    if len(nodes) != 1 or spec is None or graph is None:
        return []
    node = nodes[0]
    rows: list[Row] = []
    for socket in spec.inputs:
        source = node.inputs.get(socket.name)
        names = (source[0] if source[0] != INTERFACE else "",) if source else ()
        missing = source is None and not socket.optional
        rows.append(("input", socket.name, socket.type, tuple(filter(None, names)), missing))
    for output in spec.outputs:
        users = tuple(
            other.name for other in graph.nodes.values()
            if (node.name, output.name) in other.inputs.values()
        )  # fmt: skip
        rows.append(("output", output.name, output.type, users, False))
    return rows


class _Wire(QWidget):
    """One socket."""

    def __init__(self, row: Row, owner: Wires) -> None:
        super().__init__(owner)
        side, name, kind, names, missing = row
        theme = current()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(2))
        layout.addWidget(_Dot(_tone(kind), hollow=missing, parent=self))
        label = QLabel(words_of(name), self)
        label.setToolTip(f"{side}: {kind.replace('_', ' ')}")
        label.setProperty("role", "dim")
        layout.addWidget(label)
        layout.addStretch(1)
        if missing:
            words = QLabel("not linked", self)
            words.setProperty("role", "warning")
            layout.addWidget(words)
        for neighbour in names[:3]:
            button = QPushButton(neighbour, self)
            button.setProperty("kind", "link")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setToolTip(f"Go to {neighbour}")
            button.clicked.connect(lambda _=False, n=neighbour: owner.node_wanted.emit(n))
            layout.addWidget(button)
        if len(names) > 3:
            layout.addWidget(QLabel(f"and {len(names) - 3} more", self))
        self.setFixedHeight(theme.px(24))


class _Dot(QWidget):
    """The dot of a socket type."""

    def __init__(self, tone: QColor, *, hollow: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._tone, self._hollow = tone, hollow
        self.setFixedSize(current().px(10), current().px(10))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._tone if self._hollow else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if self._hollow else self._tone)
        size = self.width() / 2 - 1
        painter.drawEllipse(QPointF(self.width() / 2, self.height() / 2), size, size)


def _tone(kind: str) -> QColor:
    return (DARK if current().name == "dark" else LIGHT).socket(kind)
