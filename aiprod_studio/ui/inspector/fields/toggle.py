"""Yes or no: a switch."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from aiprod_studio.sdk import ParamSpec
from aiprod_studio.ui.inspector.fields.field import Field


class ToggleField(Field):
    """Edits a boolean."""

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self.box = QCheckBox(self)
        self.box.setAccessibleName(self.accessibleName())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addStretch(1)
        self.setFocusProxy(self.box)
        self.box.clicked.connect(self._clicked)

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self.box.setTristate(mixed)
        if mixed:
            from PySide6.QtCore import Qt

            self.box.setCheckState(Qt.CheckState.PartiallyChecked)
            self.box.setText("several")
        else:
            self.box.setChecked(bool(value))
            self.box.setText("On" if value else "Off")

    def _clicked(self) -> None:
        self.box.setTristate(False)
        wanted = self.box.isChecked()
        self.box.setText("On" if wanted else "Off")
        self.committed.emit(wanted)
