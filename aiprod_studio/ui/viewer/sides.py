"""The second side of the viewer: what the shown film is compared with, in step with it.

It reads frames with a decoder of its own and gives them to the screen; the player leads.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.reading import Reading
from aiprod_studio.ui.viewer.screen import Screen
from aiprod_studio.ui.viewer.source import Frames


class OtherSide(QObject):
    """Follows a player with another film."""

    def __init__(self, player: Player, screen: Screen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player, self._screen = player, screen
        self._reading = Reading(self)
        self._reading.arrived.connect(self._arrived)
        player.frame_changed.connect(self._follow)
        player.state_changed.connect(self._follow)

    @property
    def source(self) -> Frames | None:
        """What is compared with."""
        return self._reading.source

    def set_source(self, source: Frames | None) -> None:
        """Compare with something else, None for nothing."""
        self._reading.set_source(source)
        self._screen.show_other(None)
        self._follow()

    def index(self) -> int:
        """Return its frame that belongs to the moment that is seen."""
        source = self.source
        if source is None:
            return 0
        moment = max(0, self._player.index) / self._player.rate
        return max(0, min(source.count - 1, int(moment * source.rate)))

    def close(self) -> None:
        """Let go, and wait for the threads."""
        self.set_source(None)
        self._reading.close()

    def _follow(self) -> None:
        if self.source is None:
            return
        index = self.index()
        self._reading.want(index, -1 if self._player.speed < 0 else 1)
        found = self._reading.get(index)
        if found is not None:
            self._screen.show_other(found)

    def _arrived(self, index: int) -> None:
        if index == self.index():
            self._screen.show_other(self._reading.get(index))
