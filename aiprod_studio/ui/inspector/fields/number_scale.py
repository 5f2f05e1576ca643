"""Which numbers a parameter may have: its steps, its range, its share of it, and how it is written.

The number field asks; no Qt.
"""

from __future__ import annotations

from decimal import Decimal

from aiprod_studio.sdk import Number, ParamSpec, Slider
from aiprod_studio.ui.inspector.arithmetic import calculated

ENDLESS = 1_000_000
"""From a range that begins below minus this, steps are counted from zero."""


class NumberScale:
    """The numbers of one integer or number parameter."""

    def __init__(self, param: ParamSpec) -> None:
        self._whole = param.kind == "integer"
        self._hint = param.hint if isinstance(param.hint, Number) else None
        self._slides = isinstance(param.hint, Slider)

    @property
    def step(self) -> float:
        """What one step changes."""
        hint = self._hint
        if hint is None:
            return 1 if self._whole else 0.1
        if self._whole:
            return max(1, hint.step)
        return hint.step if hint.step != 1 or hint.most > 50 else 0.1

    @property
    def reach(self) -> float | None:
        """How far a slider goes from its least to its most; None for what is no slider."""
        if self._hint is None or not self._slides or self._hint.most <= self._hint.least:
            return None
        return self._hint.most - self._hint.least

    def share(self, value: float) -> float | None:
        """Return where in its range a slider's number is, 0 to 1; None for what is no slider."""
        if self._hint is None or self.reach is None:
            return None
        return (value - self._hint.least) / self.reach

    def limited(self, value: float) -> float:
        """Return the allowed number that is nearest."""
        if self._hint is not None:
            value = min(self._hint.most, max(self._hint.least, value))
        return round(value) if self._whole else float(f"{value:.10g}")

    def stepped(self, start: float, steps: float, fine: bool = False) -> float:
        """Return a number some steps away, on the grid of the steps; `fine` are tenths."""
        step = Decimal(str(self.step)) / (10 if fine and not self._whole else 1)
        moved = Decimal(str(start)) + step * round(steps)
        if not fine and self._hint is not None:
            least = Decimal(str(self._hint.least))
            if abs(least) < ENDLESS:
                moved = least + ((moved - least) / step).to_integral_value() * step
        return self.limited(float(moved))

    def written(self, value: float) -> str:
        """Return a number as digits."""
        return str(int(value)) if self._whole else f"{value:.6g}"

    def shown(self, value: float) -> tuple[str, str]:
        """Return what is seen of a number while nobody types: words or digits, and the unit."""
        hint = self._hint
        if hint is None:
            return self.written(value), ""
        if hint.zero and value == 0:
            return hint.zero, ""
        return self.written(value), hint.unit

    def meant(self, text: str) -> float | int:
        """Return the number that is meant by what was typed: a sum, or the word for zero.

        Raises:
            ValueError: it is neither.
        """
        word = text.strip().lower()
        if self._hint is not None and self._hint.zero and word:
            if self._hint.zero.lower().startswith(word):
                return 0
            if self._hint.unit:
                text = text.strip().removesuffix(self._hint.unit)
        return calculated(text)
