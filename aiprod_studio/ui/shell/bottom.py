"""The panels at the bottom of the window: queue and log, one at a time."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from aiprod_studio.ui.queue.bridge import QueueBridge
from aiprod_studio.ui.queue.panel import QueuePanel
from aiprod_studio.ui.shell.log import Log, LogPanel
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.theme.pieces import dress, line, tool_button


class BottomPanel(QWidget):
    """Queue and log."""

    closed = Signal()

    def __init__(self, bridge: QueueBridge, log: Log, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        dress(self, "panel")
        self.setMinimumHeight(current().px(120))
        self.queue, self.log = QueuePanel(bridge), LogPanel(log)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.queue, icon("list-video", "text_dim"), "Queue")
        self.tabs.addTab(self.log, icon("scroll-text", "text_dim"), "Log")
        shut = tool_button("panel-bottom-close", "Close the panel", self)
        shut.clicked.connect(self._close)
        self.tabs.setCornerWidget(shut)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line(self))
        column.addWidget(self.tabs)

    @property
    def shown(self) -> str:
        """The panel that shows: queue or log."""
        return "queue" if self.tabs.currentWidget() is self.queue else "log"

    def show_panel(self, name: str) -> None:
        """Go to a panel."""
        self.tabs.setCurrentWidget(self.queue if name == "queue" else self.log)

    def close(self) -> bool:
        """Hear no more."""
        self.queue.close()
        return super().close()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
