"""The queue's panel: what runs, what waits and in which order, and what has been.

It shows the queue of all documents. Opening an old workflow is the window's business; it asks.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from aiprod_studio.app.jobs.history import Entry
from aiprod_studio.ui.queue.bridge import QueueBridge
from aiprod_studio.ui.queue.row import QueueRow
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.theme.pieces import dress, label, push_button

SHOWN = 60
"""So many past jobs are listed."""
PACE = 100


class QueuePanel(QWidget):
    """All jobs."""

    folder_wanted = Signal(object)
    """The folder of a job's files should be shown: its path."""
    asked_to_open = Signal(object)
    """The number of a job whose workflow should be opened as it was."""

    def __init__(self, bridge: QueueBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        dress(self, "panel")
        self._bridge, self._queue = bridge, bridge.queue
        self._rows: dict[int, QueueRow] = {}
        self._headings = {
            name: label(name, "section", self) for name in ("Now and next", "Earlier")
        }
        self.empty = label("Nothing waits. Run a workflow, and it shows here.", "dim", self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pause_button = push_button("Pause", self, kind="flat", picture="pause")
        self.pause_button.clicked.connect(self._toggle_pause)
        self.kept_button = push_button("Go on with kept jobs", self, picture="history")
        self.kept_button.clicked.connect(self._take_up)
        self.clear_button = push_button("Clear history", self, kind="flat", picture="trash-2")
        self.clear_button.clicked.connect(self._queue.clear_history)
        tools = QHBoxLayout()
        tools.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        for part in (self.pause_button, self.kept_button):
            tools.addWidget(part)
        tools.addStretch(1)
        tools.addWidget(self.clear_button)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, theme.space(2))
        self._column.setSpacing(0)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self.empty)
        column.addWidget(area, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(PACE)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_running)
        bridge.changed.connect(self.refresh)
        bridge.happened.connect(self._hear)
        self.refresh()

    def row(self, number: int) -> QueueRow | None:
        """Return the row of a job."""
        return self._rows.get(number)

    def refresh(self) -> None:
        """Show the queue as it is."""
        entries = self._queue.entries()
        opened = [entry for entry in entries if entry.is_open]
        past = [entry for entry in entries if not entry.is_open][:SHOWN]
        self._forget({entry.id for entry in (*opened, *past)})
        self._take_all_out()
        for name, group in (("Now and next", opened), ("Earlier", past)):
            heading = self._headings[name]
            heading.setVisible(bool(group))
            heading.setContentsMargins(current().space(3), current().space(2), 0, 0)
            self._column.addWidget(heading)
            for entry in group:
                self._column.addWidget(self._shown(entry))
        self._column.addStretch(1)
        self.empty.setVisible(not entries)
        paused = self._queue.paused
        self.pause_button.setText("Go on" if paused else "Pause")
        self.pause_button.setIcon(icon("play" if paused else "pause"))
        self.kept_button.setVisible(any(entry.state == "kept" for entry in opened))
        self.clear_button.setEnabled(bool(past))

    def close(self) -> bool:
        """Hear no more."""
        self._timer.stop()
        self._bridge.changed.disconnect(self.refresh)
        self._bridge.happened.disconnect(self._hear)
        return super().close()

    def _shown(self, entry: Entry) -> QueueRow:
        row = self._rows.get(entry.id)
        if row is None:
            row = self._rows[entry.id] = QueueRow(entry, self._list)
            row.asked.connect(self._do)
        row.show_entry(entry)
        return row

    def _take_all_out(self) -> None:
        while self._column.count():
            self._column.takeAt(0)

    def _forget(self, kept: set[int]) -> None:
        for number in [number for number in self._rows if number not in kept]:
            row = self._rows.pop(number)
            row.hide()
            row.deleteLater()

    def _hear(self, job: int, event: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _show_running(self) -> None:
        entry = self._queue.running
        if entry is not None and entry.id in self._rows:
            self._rows[entry.id].show_entry(entry)

    def _toggle_pause(self) -> None:
        (self._queue.resume if self._queue.paused else self._queue.pause)()

    def _take_up(self) -> None:
        for entry in self._queue.kept():
            self._queue.retry(entry.id)

    def _do(self, wish: str, number: int) -> None:
        queue = self._queue
        if wish in ("up", "down"):
            order = [entry.id for entry in queue.waiting()]
            if number in order:
                queue.move(number, order.index(number) + (-1 if wish == "up" else 1))
        elif wish == "open":
            self.asked_to_open.emit(number)
        elif wish == "reveal":
            entry = queue.entry(number)
            if entry is not None and entry.files:
                self.folder_wanted.emit(Path(entry.files[0]).parent)
        else:
            {"cancel": queue.cancel, "retry": queue.retry, "remove": queue.remove}[wish](number)
