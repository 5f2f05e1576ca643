"""One job in the queue's panel: what it is, how far it is, and what can be done with it."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from aiprod_studio.app.jobs.history import Entry, EntryState
from aiprod_studio.ui.node_looks import time_shown
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import Mark, label, set_role, tool_button

PICTURES: dict[EntryState, tuple[str, str]] = {
    "waiting": ("clock", "text_dim"),
    "running": ("loader-circle", "accent"),
    "done": ("circle-check", "good"),
    "failed": ("circle-alert", "bad"),
    "cancelled": ("circle-slash", "text_faint"),
    "kept": ("history", "warn"),
}
TOOLS: dict[str, tuple[str, str]] = {
    "up": ("chevron-up", "Run earlier"),
    "down": ("chevron-down", "Run later"),
    "cancel": ("x", "Cancel"),
    "retry": ("rotate-cw", "Run again"),
    "open": ("external-link", "Open the workflow as it was"),
    "reveal": ("folder-open", "Show the file"),
    "remove": ("trash-2", "Forget"),
}
OFFERED: dict[EntryState, tuple[str, ...]] = {
    "waiting": ("up", "down", "cancel"),
    "running": ("cancel",),
    "done": ("reveal", "open", "retry", "remove"),
    "failed": ("retry", "open", "remove"),
    "cancelled": ("retry", "open", "remove"),
    "kept": ("retry", "open", "remove"),
}


class QueueRow(QWidget):
    """Shows an entry; buttons and keys ask for something by name."""

    asked = Signal(str, object)
    """"cancel", "retry", "up"..., and the number of the job."""

    def __init__(self, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self.setObjectName("QueueRow")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.entry = entry
        self._art = Mark(*PICTURES[entry.state], theme.icon_size, self)
        self._title, self._words = label("", "strong", self), label("", "faint", self)
        for words in (self._title, self._words):
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            words.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        text = QVBoxLayout()
        text.setSpacing(theme.px(2))
        for part in (self._title, self._words, self._bar):
            text.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(3), theme.space(2), theme.space(2), theme.space(2))
        row.setSpacing(theme.space(2))
        row.addWidget(self._art, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        self._buttons = {}
        for name, (picture, tip) in TOOLS.items():
            button = tool_button(picture, tip, self)
            button.clicked.connect(lambda _=False, name=name: self.asked.emit(name, self.entry.id))
            row.addWidget(button)
            self._buttons[name] = button
        self._state: EntryState | None = None
        self.show_entry(entry)

    def show_entry(self, entry: Entry) -> None:
        """Show how a job stands now."""
        self.entry = entry
        self._title.setText(entry.title)
        self._words.setText(words_of(entry))
        set_role(self._words, "role", "error" if entry.state == "failed" else "faint")
        self._words.setToolTip("\n".join(entry.problems))
        self._bar.setVisible(entry.state == "running")
        self._bar.setValue(round(entry.share * 1000))
        self.setAccessibleName(f"{entry.title}, {entry.state}. {self._words.text()}")
        if entry.state != self._state:
            self._state = entry.state
            self._art.show_icon(*PICTURES[entry.state])
            for name, button in self._buttons.items():
                button.setVisible(name in OFFERED[entry.state])
            # Its place stays empty, so that the buttons of all that has been stand in columns.
            stays = self._buttons["reveal"].sizePolicy()
            stays.setRetainSizeWhenHidden(not entry.is_open or entry.state == "kept")
            self._buttons["reveal"].setSizePolicy(stays)
        self._buttons["reveal"].setEnabled(bool(entry.files))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del cancels or forgets; Alt with an arrow moves; Enter runs again."""
        held = event.modifiers() & Qt.KeyboardModifier.AltModifier
        wishes = {
            Qt.Key.Key_Delete: "cancel" if self.entry.state in ("waiting", "running") else "remove",
            Qt.Key.Key_Return: "retry",
        }
        if held:
            wishes = {Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}
        wish = wishes.get(Qt.Key(event.key()))
        if wish in OFFERED[self.entry.state]:
            self.asked.emit(wish, self.entry.id)
        else:
            super().keyPressEvent(event)


def words_of(entry: Entry) -> str:
    """Return the line below a job's title."""
    if entry.state == "running":
        left = time_shown(entry.seconds_left)
        parts = [entry.note, f"{round(entry.share * 100)} %", f"{left} left" if left else ""]
        return "  ·  ".join(part for part in parts if part)
    if entry.state == "waiting":
        return "Waits" if not entry.share else f"Waits at {round(entry.share * 100)} %"
    if entry.state == "kept":
        return "Was not finished when the program ended"
    if entry.state == "failed":
        return entry.problems[0] if entry.problems else "It failed"
    took = time_shown((entry.ended or 0) - entry.started) if entry.started and entry.ended else ""
    when = _when(datetime.fromtimestamp(entry.ended or time.time()))
    verb = "Done" if entry.state == "done" else "Cancelled"
    files = ", ".join(Path(file).name for file in entry.files[:2])
    parts = [f"{verb} at {when}", f"in {took}" if took else ""]
    return "  ·  ".join(part for part in (" ".join(p for p in parts if p), files) if part)


def _when(at: datetime) -> str:
    """Return the time; with the day before it when that is not today."""
    today = at.date() == datetime.now().date()
    return f"{at:%H:%M}" if today else f"{at.day} {at:%b, %H:%M}"
