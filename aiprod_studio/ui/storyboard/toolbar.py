"""The bar over the cards: grid or strip, size of the cards, what can be added, what to render."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSlider, QWidget

from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.actions.menus import action_button
from aiprod_studio.ui.storyboard.rate_button import RateButton
from aiprod_studio.ui.storyboard.sheet import LARGEST, SMALLEST, USUAL
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import label, line, push_button, tool_button


class Toolbar(QWidget):
    """Buttons made of actions, and the two choices of how cards are shown."""

    shape_wanted = Signal(str)
    size_wanted = Signal(int)

    def __init__(
        self, actions: Iterable[Action], render: Action, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        theme = current()
        self.setProperty("surface", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(3), theme.space(1), theme.space(2), theme.space(1))
        row.setSpacing(theme.space(1))
        self._add_shapes(row)
        row.addWidget(line(self, upright=True))
        for action in actions:
            row.addWidget(action_button(action, self))
        row.addStretch(1)
        self.facts = label("", "dim", self)
        row.addWidget(self.facts)
        self.rate = RateButton(self)
        row.addWidget(self.rate)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(SMALLEST, LARGEST)
        self.slider.setValue(USUAL)
        self.slider.setFixedWidth(theme.px(96))
        self.slider.setToolTip("Size of the cards (Ctrl+wheel)")
        self.slider.setAccessibleName("Size of the cards")
        self.slider.valueChanged.connect(self.size_wanted)
        row.addWidget(self.slider)
        self.render_button = push_button(
            render.title, self, kind="primary", picture="clapperboard",
            tip="Render the shots that changed since their take",
        )  # fmt: skip
        self.render_button.clicked.connect(lambda: render.run())
        row.addWidget(self.render_button)

    def show_facts(self, panels: int, frames: int, rate: Fraction) -> None:
        """Say how many panels there are and how long they last."""
        words = "1 panel" if panels == 1 else f"{panels} panels"
        self.rate.show_rate(rate)
        self.facts.setText(f"{words}   {float(frames / rate):.1f} s")

    def _add_shapes(self, row: QHBoxLayout) -> None:
        self.shapes = QButtonGroup(self)
        for name, picture, words in (
            ("grid", "layout-grid", "Panels as a grid"),
            ("strip", "rows-2", "Panels as a strip: width is time"),
        ):
            button = tool_button(picture, words, self)
            button.setCheckable(True)
            button.setChecked(name == "grid")
            button.clicked.connect(self._teller(name))
            button.setObjectName(name)
            self.shapes.addButton(button)
            row.addWidget(button)

    def _teller(self, name: str) -> Callable[[], None]:
        return lambda: self.shape_wanted.emit(name)

    def show_shape(self, name: str) -> None:
        """Press the button of a shape."""
        for button in self.shapes.buttons():
            button.setChecked(button.objectName() == name)
