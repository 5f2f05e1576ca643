"""The status bar: what was said last, what runs and how far it is, and memory against the plan."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from aiprod_studio.app.jobs.history import Entry
from aiprod_studio.app.jobs.messages import Measured, Sheet
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.ui.node_looks import time_shown
from aiprod_studio.ui.queue.gauge import Gauge
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import dress, label, push_button

STAYS = 6000


class StatusBar(QWidget):
    """The line at the bottom of the window."""

    queue_wanted = Signal()
    plan_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        dress(self, "bar")
        self.setFixedHeight(theme.px(30))
        self.setAccessibleName("Status")
        self.words = label("", "dim", self)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.job = push_button("", self, kind="flat", tip="Show the queue")
        self.job.clicked.connect(self.queue_wanted)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(theme.px(120))
        self.vram, self.ram = Gauge("VRAM", self, small=True), Gauge("RAM", self, small=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(3), 0, theme.space(3), 0)
        row.setSpacing(theme.space(3))
        row.addWidget(self.words, 1)
        for part in (self.job, self.bar, self.vram, self.ram):
            row.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self.words.setText(""))
        self.show_job(None, 0)
        self.show_plan(Sheet())

    def say(self, text: str) -> None:
        """Show words for a few seconds."""
        self.words.setText(text)
        self.words.setToolTip(text)
        self._timer.start(STAYS)

    def show_job(self, entry: Entry | None, waiting: int, *, paused: bool = False) -> None:
        """Show the job at work, or how many wait."""
        self.bar.setVisible(entry is not None)
        more = f"  +{waiting}" if waiting else ""
        if entry is None:
            held = "Paused  ·  " if paused else ""
            self.job.setText(f"{held}{waiting} in the queue" if waiting else "")
            self.job.setVisible(bool(waiting))
            return
        self.job.setVisible(True)
        left = time_shown(entry.seconds_left)
        parts = [entry.note or entry.title, f"{left} left" if left else ""]
        self.job.setText("  ·  ".join(part for part in parts if part) + more)
        self.bar.setValue(round(entry.share * 1000))

    def show_plan(self, sheet: Sheet) -> None:
        """Show what the plan of the document needs."""
        self._budgets(sheet.budgets)
        self.vram.show_plan(sheet.peaks.vram, sheet.budgets.vram)
        self.ram.show_plan(sheet.peaks.host, sheet.budgets.host)

    def show_use(self, measured: Measured | None) -> None:
        """Show what is used now; None when nothing runs."""
        if measured is None:
            self.vram.show_use(None)
            self.ram.show_use(None)
            return
        self._budgets(measured.budgets)
        self.vram.show_plan(self.vram.planned, measured.budgets.vram)
        self.ram.show_plan(self.ram.planned, measured.budgets.host)
        self.vram.show_use(measured.vram)
        self.ram.show_use(measured.host)

    def _budgets(self, budgets: Budgets) -> None:
        self.vram.setVisible(budgets.vram > 0)
        self.ram.setVisible(budgets.host > 0)
