"""The log: what happened, line by line, for reading and for reports; and its panel."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from aiprod_studio.app.jobs.messages import Ended, JobPlanned
from aiprod_studio.engine.events import StepDone, StepFailed, StepSaid, StepSkipped, StoreDamaged
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import dress, push_button

Level: TypeAlias = Literal["note", "good", "warning", "error"]
TOKENS: dict[Level, str] = {
    "note": "text_dim", "good": "good", "warning": "warn", "error": "bad",
}  # fmt: skip
MOST = 5000
Index: TypeAlias = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; `node` can be gone to, `trace` is for reports."""

    at: float
    level: Level
    text: str
    node: str = ""
    trace: str = ""

    def __str__(self) -> str:
        return f"{time.strftime('%H:%M:%S', time.localtime(self.at))}  {self.text}"


class Log(QAbstractListModel):
    """The lines since the start."""

    added = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[LogLine] = []

    def add(self, text: str, level: Level = "note", node: str = "", trace: str = "") -> None:
        """Write a line."""
        line = LogLine(time.time(), level, text, node, trace)
        if len(self._lines) >= MOST:
            self.beginRemoveRows(QModelIndex(), 0, 0)
            del self._lines[0]
            self.endRemoveRows()
        count = len(self._lines)
        self.beginInsertRows(QModelIndex(), count, count)
        self._lines.append(line)
        self.endInsertRows()
        self.added.emit(line)

    def take(self, title: str, event: object) -> None:
        """Write what is worth a line of the events of a job."""
        if isinstance(event, JobPlanned):
            self.add(f"{title}: {event.sheet.count('run')} steps to run")
        elif isinstance(event, StepDone):
            self.add(f"{event.node}: done in {event.seconds:.1f} s", node=event.node)
            for file in event.files:
                self.add(f"{event.node}: wrote {file}", "good", event.node)
        elif isinstance(event, StepSaid):
            self.add(f"{event.node}: {event.text}", node=event.node)
        elif isinstance(event, StepFailed):
            for problem in event.problems:
                self.add(str(problem), "error", event.node, event.trace)
        elif isinstance(event, StepSkipped):
            self.add(f"{event.node}: skipped, because {event.because} failed", "warning")
        elif isinstance(event, StoreDamaged):
            self.add(event.text, "warning")
        elif isinstance(event, Ended):
            self._take_end(title, event)

    def lines(self) -> list[LogLine]:
        """Return all lines."""
        return list(self._lines)

    def text(self) -> str:
        """Return everything, traces included, for a report."""
        parts = [f"{line}\n{line.trace}".rstrip() for line in self._lines]
        return "\n".join(parts)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a line shows."""
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return str(line)
        if role == Qt.ItemDataRole.ForegroundRole:
            return current().colour(TOKENS[line.level])
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.trace or None
        return None

    def _take_end(self, title: str, ended: Ended) -> None:
        if ended.state == "done":
            self.add(f"{title}: done in {ended.report.seconds:.1f} s", "good")
        elif ended.state == "cancelled":
            self.add(f"{title}: cancelled; run it again to go on from there")
        else:
            for problem in ended.refused:
                self.add(f"{title}: {problem}", "error")
            if ended.report.failed:
                names = ", ".join(ended.report.failed)
                self.add(f"{title}: failed at {names}", "error", next(iter(ended.report.failed)))


class LogPanel(QWidget):
    """The log as a list; a double click goes to the line's node."""

    asked_for_node = Signal(str)

    def __init__(self, log: Log, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        dress(self, "panel")
        self._log = log
        self.list = _Lines(self)
        self.list.setModel(log)
        self.list.doubleClicked.connect(self._go)
        log.rowsInserted.connect(self._scroll)
        copy = push_button("Copy all", self, kind="flat", picture="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(log.text()))
        tools = QHBoxLayout()
        tools.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        tools.addStretch(1)
        tools.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self.list, 1)

    def _scroll(self) -> None:
        bar = self.list.verticalScrollBar()
        if bar.value() >= bar.maximum() - bar.pageStep() // 2:
            self.list.scrollToBottom()

    def _go(self, index: QModelIndex) -> None:
        node = self._log.lines()[index.row()].node
        if node:
            self.asked_for_node.emit(node)


class _Lines(QListView):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setAccessibleName("Log")
        self.setFont(current().font("body", numbers=True))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen lines."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(index.row() for index in self.selectedIndexes())
            text = "\n".join(str(self.model().index(row, 0).data()) for row in rows)
            QGuiApplication.clipboard().setText(text)
        else:
            super().keyPressEvent(event)
