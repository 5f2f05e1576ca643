"""Frames per second: the usual ones in a menu, any other typed, fractions exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from aiprod_studio.sdk import ParamSpec, plain
from aiprod_studio.ui.inspector.fields.line import LineField
from aiprod_studio.ui.theme.pieces import tool_button

USUAL = ("8", "12", "16", "24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60")
CALLED = {"24000/1001": "23.976", "30000/1001": "29.97", "60000/1001": "59.94"}


class RateField(LineField):
    """Edits a frame rate."""

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self.button = tool_button("chevron-down", "The usual rates", self, small=True)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.button)
        for rate in USUAL:
            action = menu.addAction(f"{CALLED[rate]}  ({rate})" if rate in CALLED else rate)
            action.triggered.connect(lambda _=False, r=rate: self.committed.emit(self.meant(r)))
        self.button.setMenu(menu)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.button)

    def worded(self, value: Any) -> str:
        return CALLED.get(str(value), str(value))

    def meant(self, text: str) -> Any:
        words = text.strip().lower().removesuffix("fps").strip().replace(",", ".")
        back = {short: exact for exact, short in CALLED.items()}
        words = back.get(words, words)
        try:
            return plain(Fraction(words))
        except (ValueError, ZeroDivisionError):
            return text
