"""The bar above the timeline: tools, the most used actions, snapping and the zoom.

Buttons come from the workspace's actions, so that words, keys and states are said once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QToolButton, QWidget

from aiprod_studio.ui.actions import Action, keys_shown
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.timeline.model.gestures import TOOLS
from aiprod_studio.ui.timeline.model.scale import NARROWEST, WIDEST
from aiprod_studio.ui.timeline.state import State

ROWS = (
    ("insert", "overwrite", "append"),
    ("cut", "transition", "title", "media"),
    ("mark_in", "mark_out", "marker", "link", "lock"),
    ("snapping", "strips", "waves"),
)
STEPS = 1000
ROOM = 150
"""Pixels that the words of the buttons take, about."""


class ToolBar(QWidget):
    """Buttons over a timeline."""

    def __init__(
        self, actions: Mapping[str, Action], state: State, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.state, self._actions = state, actions
        self._buttons: list[tuple[QToolButton, Action]] = []
        self._worded: dict[QPushButton, str] = {}
        self._moving = False
        self.setProperty("surface", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme = current()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        row.setSpacing(theme.space(0.5))
        tips = {f"tool_{card.tool}": card.tip for card in TOOLS}
        for card in TOOLS:
            self._add(row, f"tool_{card.tool}", tips[f"tool_{card.tool}"])
        for names in ROWS:
            row.addWidget(_Line(self))
            for name in names:
                self._add(row, name)
        row.addStretch(1)
        self.changed = self._words(row, "render_changed", "Render what changed")
        self.export = self._words(row, "export", "Export")
        row.addWidget(_Line(self))
        self._add(row, "fit")
        self.zoom = QSlider(Qt.Orientation.Horizontal, self)
        self.zoom.setRange(0, STEPS)
        self.zoom.setFixedWidth(theme.px(120))
        self.zoom.setAccessibleName("Zoom of the timeline")
        self.zoom.setToolTip("Zoom; Ctrl and the wheel zoom at the mouse")
        self.zoom.valueChanged.connect(self._zoomed)
        row.addWidget(self.zoom)
        self._wide = row.minimumSize().width()
        for signal in (
            state.tool_changed, state.film_changed, state.chosen_changed, state.marks_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        state.view_changed.connect(self._show_zoom)
        self.refresh()
        self._show_zoom()

    def _add(self, row: QHBoxLayout, name: str, tip: str = "") -> QToolButton:
        action = self._actions[f"timeline.{name}"]
        button = QToolButton(self)
        button.setIcon(icon(action.icon))
        button.setIconSize(QSize(current().icon_size, current().icon_size))
        button.setCheckable(action.checked is not None)
        keys = keys_shown(action.keys)
        words = f"{action.title} ({keys})" if keys else action.title
        button.setToolTip(f"{words}\n{tip}" if tip else words)
        button.setAccessibleName(action.title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._run(action))
        row.addWidget(button)
        self._buttons.append((button, action))
        return button

    def _words(self, row: QHBoxLayout, name: str, words: str) -> QPushButton:
        action = self._actions[f"timeline.{name}"]
        button = QPushButton(icon(action.icon), words, self)
        button.setProperty("kind", "flat")
        button.setIconSize(QSize(current().icon_size, current().icon_size))
        button.setToolTip(f"{action.title} ({keys_shown(action.keys)})")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._run(action))
        button.setAccessibleName(words)
        row.addWidget(button)
        self._worded[button] = words
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, buttons lose their words, and then the zoom goes."""
        super().resizeEvent(event)
        for button, words in self._worded.items():
            button.setText(words if self.width() >= self._wide else "")
        self.zoom.setVisible(self.width() >= self._wide - ROOM * current().scale)

    def minimumSizeHint(self) -> QSize:
        """Return little: a narrow window shows less of it and is no wider for it."""
        return QSize(0, super().minimumSizeHint().height())

    def _run(self, action: Action) -> None:
        if action.enabled():
            action.run()
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done and what is on."""
        for button, action in self._buttons:
            button.setEnabled(action.enabled())
            if action.checked is not None:
                button.setChecked(action.checked())

    def _zoomed(self, value: int) -> None:
        if self._moving:
            return
        wanted = NARROWEST * (WIDEST / NARROWEST) ** (value / STEPS)
        self.state.zoom(wanted / self.state.scale.per_frame)

    def _show_zoom(self) -> None:
        share = math.log(self.state.scale.per_frame / NARROWEST, WIDEST / NARROWEST)
        self._moving = True
        self.zoom.setValue(round(share * STEPS))
        self._moving = False


class _Line(QWidget):
    """A thin line between groups of buttons."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(current().space(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the middle."""
        high = current().space(5)
        top = (self.height() - high) // 2
        painter = QPainter(self)
        painter.fillRect(self.width() // 2, top, 1, high, current().colour("line_strong"))
