"""Notices: short messages over the corner of the window, with a button where something can be done.

What went well goes by itself; what went wrong stays until it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import Mark, dress, label, push_button, tool_button

Mood: TypeAlias = Literal["note", "good", "warning", "error"]
ART: dict[Mood, tuple[str, str]] = {
    "note": ("info", "accent"), "good": ("circle-check", "good"),
    "warning": ("triangle-alert", "warn"), "error": ("circle-alert", "bad"),
}  # fmt: skip
STAYS: dict[Mood, int] = {"note": 5000, "good": 7000, "warning": 12000, "error": 0}
"""Milliseconds; 0 stays."""
MOST = 4
MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show)


class Notice(QFrame):
    """One message."""

    left = Signal()

    def __init__(
        self,
        words: str,
        mood: Mood,
        parent: QWidget,
        button: str = "",
        run: Callable[[], None] | None = None,
        *,
        stays: bool = False,
    ) -> None:
        super().__init__(parent)
        theme = current()
        self.words, self.mood = words, mood
        dress(self, "raised")
        self.setObjectName("Notice")
        token = ART[mood][1]
        self.setStyleSheet(
            f"#Notice {{ border: 1px solid {theme.hex('line_strong')}; border-left: "
            f"{theme.px(3)}px solid {theme.hex(token)}; border-radius: {theme.radius}px; }}"
        )
        self.setFixedWidth(theme.px(400))
        art = Mark(ART[mood][0], token, theme.px(18), self)
        text = label(words, parent=self)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout()
        column.setSpacing(theme.space(2))
        column.addWidget(text)
        self.button = push_button(button, self) if button and run else None
        if self.button is not None:
            self._run = run
            self.button.clicked.connect(self._do)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        shut = tool_button("x", "Close", self)
        shut.clicked.connect(self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.space(3)] * 4)
        row.setSpacing(theme.space(2))
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(art, 0, top)
        row.addLayout(column, 1)
        row.addWidget(shut, 0, top)
        self.setAccessibleName(words)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)
        if STAYS[mood] and not stays:
            self._timer.start(STAYS[mood])

    def _do(self) -> None:
        if self._run is not None:
            self._run()
        self.leave()

    def fit(self) -> None:
        """Take the height that the words need; Qt would guess it for another width."""
        layout = self.layout()
        if layout is not None:
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))

    def leave(self) -> None:
        """Go away."""
        self._timer.stop()
        self.hide()
        self.left.emit()
        self.deleteLater()


class Notices(QObject):
    """The notices of a window, stacked above its lower right corner."""

    def __init__(self, window: QWidget, above: QWidget) -> None:
        super().__init__(window)
        self._window, self._above = window, above
        self._shown: list[Notice] = []
        for part in (window, above):
            part.installEventFilter(self)

    def show(
        self,
        words: str,
        mood: Mood = "note",
        button: str = "",
        run: Callable[[], None] | None = None,
        *,
        stays: bool = False,
    ) -> Notice:
        """Show a message; the same message is not shown twice at once.

        `button` does `run`. With `stays` it waits until it is read, as all do that went wrong.
        """
        for notice in self._shown:
            if notice.words == words:
                return notice
        notice = Notice(words, mood, self._window, button, run, stays=stays)
        notice.left.connect(lambda: self._forget(notice))
        self._shown.append(notice)
        while len(self._shown) > MOST:
            self._shown[0].leave()
        notice.show()
        self._place()
        return notice

    def all(self) -> list[Notice]:
        """Return the notices that are shown."""
        return list(self._shown)

    def clear(self) -> None:
        """Close all."""
        for notice in self.all():
            notice.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what it stands above; that moves after the window has its size."""
        if event.type() in MOVES:
            self._place()
        return False

    def _forget(self, notice: Notice) -> None:
        if notice in self._shown:
            self._shown.remove(notice)
            self._place()

    def _place(self) -> None:
        gap = current().space(3)
        corner = self._above.mapTo(self._window, QPoint(self._above.width(), 0))
        bottom = corner.y() - gap
        for notice in reversed(self._shown):
            notice.fit()
            notice.move(corner.x() - notice.width() - gap, bottom - notice.height())
            notice.raise_()
            bottom -= notice.height() + gap
