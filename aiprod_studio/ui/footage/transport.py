"""The bar under the picture: play, step, jump, loop, comparison, sound; and where we are.

Buttons and keys act on the same player. What it shows follows the player's signals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from aiprod_studio.story.time import timecode
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.screen import COMPARISONS, Screen

if TYPE_CHECKING:
    from aiprod_studio.ui.footage.speaker import Speaker

COMPARED = {"one": "Only this", "wipe": "Wipe", "side": "Side by side", "difference": "Difference"}


class Transport(QWidget):
    """Buttons for a player."""

    def __init__(
        self, player: Player, screen: Screen, speaker: Speaker, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.player, self.picture, self.speaker = player, screen, speaker
        self.setProperty("surface", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme = current()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        row.setSpacing(theme.space(1))
        self.time = QLabel("00:00:00:00", self)
        self.time.setFont(theme.font("large", numbers=True))
        self.length = QLabel("", self)
        self.length.setProperty("role", "faint")
        self.length.setFont(theme.font("small", numbers=True))
        row.addWidget(self.time)
        row.addWidget(self.length)
        self.note = QLabel("", self)
        self.note.setProperty("role", "faint")
        row.addWidget(self.note)
        row.addStretch(1)
        self._add_buttons(row)
        row.addStretch(1)
        self.comparison = QComboBox(self)
        for name in COMPARISONS:
            self.comparison.addItem(COMPARED[name], name)
        self.comparison.setAccessibleName("How takes are compared")
        self.comparison.hide()
        self.comparison.activated.connect(self._compare)
        row.addWidget(self.comparison)
        self.sound = self._button("volume-2", "Sound", self._toggle_sound)
        row.addWidget(self.sound)
        row.addWidget(self._button("maximize", "Fit the picture (Shift+F)", screen.fit))
        player.frame_changed.connect(self._went)
        player.state_changed.connect(self._changed)
        screen.view_changed.connect(self._changed)
        speaker.note_changed.connect(self._changed)
        self._changed()

    def _add_buttons(self, row: QHBoxLayout) -> None:
        player = self.player
        steps: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("skip-back", "To the start (Home)", player.to_start),
            ("step-back", "One frame back (Left)", lambda: player.step(-1)),
            ("play", "Play (Space)", player.toggle),
            ("step-forward", "One frame on (Right)", lambda: player.step(1)),
            ("skip-forward", "To the end (End)", player.to_end),
        )
        for name, words, run in steps:
            button = self._button(name, words, run)
            row.addWidget(button)
            if name == "play":
                self.play = button
        self.loop = self._button("repeat", "Loop", lambda: player.set_loop(self.loop.isChecked()))
        self.loop.setCheckable(True)
        row.addWidget(self.loop)

    def _button(self, name: str, words: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setIconSize(QSize(current().icon_size, current().icon_size))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.clicked.connect(lambda: run())
        return button

    def _went(self, index: int) -> None:
        self.time.setText(timecode(index, self.player.rate))

    def _changed(self) -> None:
        player = self.player
        self.play.setIcon(icon("pause" if player.playing else "play"))
        self.loop.setChecked(player.loop)
        self.time.setText(timecode(player.index, player.rate))
        frames = player.count if player.source is not None else 0
        self.length.setText(f"/ {timecode(frames, player.rate)}" if frames else "")
        self.comparison.setVisible(self.picture.comparison != "one")
        self.comparison.setCurrentIndex(COMPARISONS.index(self.picture.comparison))
        self._show_notes()

    def _show_notes(self) -> None:
        player, words = self.player, []
        if abs(player.speed) > 1 or player.speed < 0:
            words.append(f"{player.speed}x")
        if player.dropped:
            words.append(f"{player.dropped} dropped")
        self.note.setText("  ".join(words))
        silent = not self.speaker.heard or self.speaker.muted
        self.sound.setIcon(icon("volume-x" if silent else "volume-2", "text_dim"))
        self.sound.setToolTip(self.speaker.note or ("Muted" if self.speaker.muted else "Sound"))

    def _toggle_sound(self) -> None:
        self.speaker.set_muted(not self.speaker.muted)
        self._changed()

    def _compare(self, place: int) -> None:
        self.picture.set_comparison(COMPARISONS[place])
