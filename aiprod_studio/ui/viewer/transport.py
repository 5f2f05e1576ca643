"""The row of buttons under a film: play, steps, loop, time, and the keys that do the same.

It holds a player and shows it; the viewer and others give it sources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.scrub import ScrubBar
from aiprod_studio.ui.viewer.timecode import frame_of, timecode

FAR = 10


class Transport(QWidget):
    """Scrub bar, buttons and timecode of a player."""

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self.player = player
        self.scrub = ScrubBar(self)
        self.time = TimeLine(self)
        self.frames = QLabel(self)
        self.frames.setProperty("role", "faint")
        self.row = QHBoxLayout()
        self.row.setContentsMargins(theme.space(1), 0, theme.space(1), theme.space(1))
        self.row.setSpacing(0)
        self.buttons: dict[str, QToolButton] = {}
        self._make_buttons()
        self.row.addStretch(1)
        self.row.addWidget(self.frames)
        self.row.addSpacing(theme.space(2))
        self.row.addWidget(self.time)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.scrub)
        layout.addLayout(self.row)
        self.scrub.sought.connect(self._seek)
        self.time.wanted.connect(self._seek_text)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(200)
        self._calm.timeout.connect(self._show_cached)
        player.frame_changed.connect(self._show)
        player.state_changed.connect(self._show)
        player.cache_changed.connect(self._cache_changed)
        self.keys: Mapping[str, Callable[[], None]] = _keys(self)
        self._show()

    def _make_buttons(self) -> None:
        player = self.player
        for name, mark, tip, run in (
            ("start", "skip-back", "To the start (Home)", player.to_start),
            ("back", "step-back", "One frame back (Left)", lambda: player.step(-1)),
            ("play", "play", "Play or pause (Space, L; J plays back)", player.toggle),
            ("next", "step-forward", "One frame on (Right)", lambda: player.step(1)),
            ("end", "skip-forward", "To the end (End)", player.to_end),
            ("loop", "repeat", "Play again at the end (Ctrl+L)", self.toggle_loop),
        ):
            button = QToolButton(self)
            button.setIcon(icon(mark, "text_dim"))
            button.setIconSize(QSize(current().icon_size, current().icon_size))
            button.setToolTip(tip)
            button.setAccessibleName(tip.partition(" (")[0])
            button.clicked.connect(lambda _=False, do=run: do())
            self.buttons[name] = button
            self.row.addWidget(button)
        self.buttons["loop"].setCheckable(True)

    def toggle_loop(self) -> None:
        """Begin again at the end, or stop there."""
        self.player.set_loop(not self.player.loop)

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; False when it means nothing here."""
        run = self.keys.get(QKeySequence(event.keyCombination()).toString())
        if run is None or not self.player.count:
            return False
        run()
        event.accept()
        return True

    def _seek(self, index: int) -> None:
        self.player.seek(index)

    def _seek_text(self, text: str) -> None:
        index = frame_of(text, self.player.rate)
        if index is not None:
            self.player.seek(index)
        self._show()

    def _show(self) -> None:
        player = self.player
        some = player.count > 1
        self.setEnabled(player.count > 0)
        index = max(0, player.index)
        self.scrub.show_film(player.count, index, player.range)
        playing = player.playing
        self.buttons["play"].setIcon(icon("pause" if playing else "play", "text"))
        self.buttons["loop"].setChecked(player.loop)
        for name in ("start", "back", "next", "end", "play", "loop"):
            self.buttons[name].setEnabled(some)
        if player.count:
            self.time.show_time(timecode(index, player.rate))
            speed = f"{player.speed}× " if abs(player.speed) > 1 or player.speed < 0 else ""
            drops = f"  {player.dropped} dropped" if player.dropped else ""
            self.frames.setText(f"{speed}{index + 1} / {player.count}{drops}")
            self.frames.setToolTip(f"{float(player.rate):.5g} frames a second")
        else:
            self.time.show_time("")
            self.frames.setText("")
        self._cache_changed()

    def _cache_changed(self) -> None:
        if not self._calm.isActive():
            self._calm.start()

    def _show_cached(self) -> None:
        self.scrub.show_cached(self.player.cached())


class TimeLine(QLineEdit):
    """The timecode; write "96", "4:12" or "2.5s" to go there."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        theme = current()
        self.setFont(theme.font(numbers=True))
        self.setFixedWidth(theme.px(92))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName("Timecode")
        self.setToolTip("Write a frame, a timecode or seconds (2.5s) to go there")
        self.returnPressed.connect(self._go)

    def show_time(self, text: str) -> None:
        """Show a time, unless one is being written."""
        if not self.isModified():
            self.setText(text)

    def _go(self) -> None:
        text = self.text()
        self.setModified(False)
        self.wanted.emit(text)
        self.clearFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setModified(False)
            self.clearFocus()
            self.wanted.emit("")
        else:
            super().keyPressEvent(event)


def _keys(bar: Transport) -> dict[str, Callable[[], None]]:
    player = bar.player
    table: dict[str, Callable[[], None]] = {
        "Space": player.toggle, "K": player.pause, "L": player.forward, "J": player.backward,
        "Left": lambda: player.step(-1), "Right": lambda: player.step(1),
        "Shift+Left": lambda: player.step(-FAR), "Shift+Right": lambda: player.step(FAR),
        "Home": player.to_start, "End": player.to_end, "I": player.mark_in,
        "O": player.mark_out, "Alt+X": lambda: player.set_range(None, None),
        "Ctrl+L": bar.toggle_loop,
    }  # fmt: skip
    return {QKeySequence(key).toString(): run for key, run in table.items()}
