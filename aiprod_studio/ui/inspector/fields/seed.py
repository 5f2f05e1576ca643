"""A seed: the number shown is the number that the last and the next run use.

The dice throws another one now. The lock says what happens when a run is started: locked, the seed
stays; open, a new one is thrown just before the run and shown, so what is seen after a run is what
was used in it.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from aiprod_studio.app.session.seeds import thrown
from aiprod_studio.sdk import ParamSpec
from aiprod_studio.ui.inspector.fields.field import Field
from aiprod_studio.ui.inspector.fields.number import NumberField
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.theme.pieces import tool_button


class SeedField(Field):
    """Edits a seed."""

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self.number = NumberField(param, self)
        self.dice = tool_button("dices", "Throw another seed now", self, small=True)
        self.lock = tool_button("lock", "", self, small=True)
        self.lock.setCheckable(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current().space(1))
        layout.addWidget(self.number, 1)
        layout.addWidget(self.dice)
        layout.addWidget(self.lock)
        self.setFocusProxy(self.number)
        self.number.committed.connect(self.committed)
        self.number.tried.connect(self.tried)
        self.dice.clicked.connect(self._throw)
        self.lock.clicked.connect(lambda: self.fresh_wanted.emit(self.lock.isChecked()))
        self.show_fresh(False)

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self.number.show_value(value, mixed=mixed)

    def show_problem(self, problem: bool) -> None:
        self.number.show_problem(problem)

    def show_fresh(self, fresh: bool) -> None:
        """Show whether each run gets a new seed."""
        self.lock.setChecked(fresh)
        self.lock.setIcon(icon("lock-open" if fresh else "lock", "text_dim"))
        words = (
            "Each run throws a new seed before it starts; the seed shown is the one used. "
            "Click to keep it."
            if fresh
            else "The seed is kept from run to run. Click to throw a new one before each run."
        )
        self.lock.setToolTip(words)
        self.lock.setAccessibleName("New seed for each run" if fresh else "Seed is kept")

    def finish(self) -> None:
        self.number.finish()

    def _throw(self) -> None:
        self.committed.emit(thrown(self.param.hint))
