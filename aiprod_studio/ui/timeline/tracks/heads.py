"""The heads of the tracks, left of them: name, target, lock, eye or loudspeaker, and the height.

A click on the name makes the track the one that new clips go to. All of it is edits of the cut,
except target and height, which are only the artist's view.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from aiprod_studio.story.cut import Track
from aiprod_studio.story.edits import (
    AddTrack,
    CutEdit,
    LockTrack,
    MoveTrack,
    RemoveTrack,
    SetTrackGain,
    SwitchTrack,
)
from aiprod_studio.ui.footage.tones import tones
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.timeline.model.rows import Row
from aiprod_studio.ui.timeline.state import State

WIDTH = 132
GRAB = 5
GAINS = (("Silent", 0.0), ("-12 dB", 0.25), ("-6 dB", 0.5), ("As it is", 1.0), ("+6 dB", 2.0))


class Head(QWidget):
    """The head of one track."""

    def __init__(self, state: State, track: Track, parent: QWidget) -> None:
        super().__init__(parent)
        self.state, self.track = state, track
        self._grabbed: tuple[int, int] | None = None
        self.setMouseTracking(True)
        theme = current()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(2), 0, theme.space(1), 0)
        row.setSpacing(0)
        self.target = QToolButton(self, text=track.name, checkable=True)
        self.target.setChecked(state.target(track.kind) == track.name)
        self.target.setToolTip(f"New clips go to {track.name}")
        self.target.setAccessibleName(f"Target {track.name}")
        self.target.clicked.connect(partial(state.set_target, track.name))
        row.addWidget(self.target)
        row.addStretch(1)
        shown = ("volume-2", "volume-x") if track.kind == "audio" else ("eye", "eye-off")
        words = ("Mute", "Let sound") if track.kind == "audio" else ("Hide", "Show")
        off = SwitchTrack(track.name, not track.off)
        self.switch = self._button(shown[track.off], words[track.off], off)
        lock = LockTrack(track.name, not track.locked)
        words_of_lock = "Unlock" if track.locked else "Lock"
        self.lock = self._button("lock" if track.locked else "lock-open", words_of_lock, lock)
        if track.locked:
            self.lock.setIcon(icon("lock", "warn"))
        row.addWidget(self.switch)
        row.addWidget(self.lock)

    def _button(self, name: str, words: str, edit: CutEdit) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, "text_dim"))
        button.setIconSize(QSize(current().px(14), current().px(14)))
        button.setToolTip(f"{words} {self.track.name}")
        button.setAccessibleName(f"{words} {self.track.name}")
        button.clicked.connect(lambda: self.state.ask((edit,)))
        return button

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, and the colour of the kind at the left."""
        painter, shades = QPainter(self), tones()
        painter.fillRect(self.rect(), shades.bar)
        edge = shades.kinds[self.track.kind].edge
        painter.fillRect(0, 0, current().px(3), self.height() - 1, edge)
        painter.fillRect(0, self.height() - 1, self.width(), 1, shades.line)

    def _on_edge(self, y: float) -> bool:
        return y >= self.height() - GRAB

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the lower edge."""
        if event.button() == Qt.MouseButton.LeftButton and self._on_edge(event.position().y()):
            self._grabbed = (round(event.globalPosition().y()), self.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Make the track higher or lower."""
        if self._grabbed is not None:
            height = self._grabbed[1] + round(event.globalPosition().y()) - self._grabbed[0]
            self.state.set_height(self.track.name, round(height / current().scale))
            return
        edge = self._on_edge(event.position().y())
        self.setCursor(Qt.CursorShape.SizeVerCursor if edge else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the edge."""
        self._grabbed = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the track."""
        menu = self.menu()
        menu.exec(event.globalPos())
        menu.deleteLater()

    def menu(self) -> QMenu:
        """Return a menu of what can be done with the track."""
        state, track = self.state, self.track
        names = [each.name for each in state.cut.tracks]
        index = names.index(track.name)
        menu = QMenu(self)

        def add(words: str, edit: CutEdit, enabled: bool = True) -> None:
            action = menu.addAction(words)
            action.triggered.connect(lambda: state.ask((edit,)))
            action.setEnabled(enabled)

        add(f"Add {track.kind} track", AddTrack(track.kind, index=index + 1))
        for kind in ("video", "audio", "title"):
            if kind != track.kind:
                add(f"Add {kind} track", AddTrack(kind))
        menu.addSeparator()
        up = 1 if track.kind != "audio" else -1
        add("Move up", MoveTrack(track.name, index + up), 0 <= index + up < len(names))
        add("Move down", MoveTrack(track.name, index - up), 0 <= index - up < len(names))
        if track.kind == "audio":
            gains = menu.addMenu("Gain")
            for words, gain in GAINS:
                action = gains.addAction(words)
                action.setCheckable(True)
                action.setChecked(track.gain == gain)
                edit = SetTrackGain(track.name, gain)
                action.triggered.connect(lambda _=False, edit=edit: state.ask((edit,)))
        menu.addSeparator()
        add("Remove track", RemoveTrack(track.name), not track.locked)
        return menu


class Heads(QWidget):
    """All heads, moving up and down with the tracks."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self._made: dict[str, Head] = {}
        self._for: object = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Track heads")
        state.film_changed.connect(self._renew)
        state.view_changed.connect(self._place)
        self._renew()

    def sizeHint(self) -> QSize:
        """Return its width."""
        return QSize(current().px(WIDTH), 200)

    def head(self, track: str) -> Head:
        """Return the head of a track."""
        return self._made[track]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        QPainter(self).fillRect(self.rect(), tones().bar)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer new tracks."""
        menu = QMenu(self)
        for kind in ("video", "audio", "title"):
            action = menu.addAction(f"Add {kind} track")
            edit = AddTrack(kind)
            action.triggered.connect(lambda _=False, edit=edit: self.state.ask((edit,)))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def _renew(self) -> None:
        """Make heads for tracks that are new or have changed; keep the others."""
        facts = tuple((t.name, t.kind, t.locked, t.off, t.gain) for t in self.state.cut.tracks)
        if facts != self._for:
            self._for = facts
            for head in self._made.values():
                head.hide()
                head.deleteLater()
            self._made = {
                track.name: Head(self.state, track, self) for track in self.state.cut.tracks
            }
        self._place()

    def _place(self) -> None:
        for row in self.state.rows.rows:
            head = self._made.get(row.track)
            if head is not None:
                self._place_head(head, row)

    def _place_head(self, head: Head, row: Row) -> None:
        at = QPoint(0, round(row.top - self.state.top))
        head.setGeometry(at.x(), at.y(), self.width(), row.height)
        head.target.setChecked(self.state.target(row.kind) == row.track)
        head.show()

    def resizeEvent(self, event: object) -> None:
        """Keep the heads as wide as this."""
        self._place()
