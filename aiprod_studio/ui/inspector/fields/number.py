"""A number: dragged left and right, typed as a sum, stepped by arrow keys.

As in Blender: a drag changes by steps (Shift: a tenth, Ctrl: ten times), a click writes, Escape
takes a drag back. Sliders fill with the value's share of its range.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QCursor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from aiprod_studio.sdk import ParamSpec
from aiprod_studio.ui.inspector.fields.field import Field
from aiprod_studio.ui.inspector.fields.number_paint import NumberState, NumberWords, paint_number
from aiprod_studio.ui.inspector.fields.number_scale import NumberScale
from aiprod_studio.ui.theme import current

STILL = 3
"""Pixels that a hand trembles without meaning a drag."""
PIXELS_A_STEP = 6
ARROW = 14


class NumberField(Field):
    """Edits an integer or a number."""

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self.scale = NumberScale(param)
        self._value: float = 0
        self._mixed = self._bad = self._hovered = False
        self._drag: tuple[float, float] | None = None
        """Where a press began, and the value then."""
        self._moved = False
        self._line: QLineEdit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    @property
    def value(self) -> float:
        """The number that is shown."""
        return self._value

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self._mixed = mixed
        if isinstance(value, int | float) and self._drag is None:
            self._value = value
        self.setAccessibleDescription(
            "several values" if mixed else " ".join(self.scale.shown(self._value)).strip()
        )
        self.update()

    def show_problem(self, problem: bool) -> None:
        self._bad = problem
        self.update()

    def text(self) -> str:
        """Return the number as it is written."""
        return self.scale.written(self._value)

    def sizeHint(self) -> QSize:
        return QSize(120, current().row)

    # Mouse and keys.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = (event.globalPosition().x(), self._value)
            self._moved = False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            return
        by = event.globalPosition().x() - self._drag[0]
        if not self._moved and abs(by) <= STILL:
            return
        self._moved = True
        self._try(self._dragged(by, event.modifiers()))

    def _dragged(self, by: float, keys: Qt.KeyboardModifier) -> float:
        start = self._drag[1] if self._drag else self._value
        fine = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if self.scale.reach is not None and not fine:
            steps = by / max(1, self.width()) * self.scale.reach / self.scale.step
        else:
            steps = by / PIXELS_A_STEP
        if keys & Qt.KeyboardModifier.ControlModifier:
            steps = round(steps / 10) * 10
        return self.scale.stepped(start, steps, fine)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None:
            return
        if self._moved:
            if self._value != drag[1] or self._mixed:
                self.committed.emit(self._value)
            return
        way = self._arrow_at(event.position().x())
        if way:
            self._commit(self.scale.stepped(self._value, way))
        else:
            self.write()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the list, unless Ctrl says that the number is meant."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._commit(self.scale.stepped(self._value, 1 if event.angleDelta().y() > 0 else -1))
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        many = 10 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
        ways = {
            Qt.Key.Key_Up: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Left: -1,
            Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10,
        }  # fmt: skip
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._value, self._drag = self._drag[1], None
            self.tried.emit(self._value)
            self.update()
        elif Qt.Key(key) in ways:
            self._commit(self.scale.stepped(self._value, ways[Qt.Key(key)] * many, fine))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and many == 1:
            self.write()
        elif event.text() and event.text() in "0123456789.,-(":
            self.write(event.text())
        else:
            super().keyPressEvent(event)

    def write(self, begin: str = "") -> None:
        """Open the line in which the number is typed."""
        if self._line is not None or not self.isEnabled():
            return
        line = self._line = _Line(self)
        line.setGeometry(self.rect())
        line.setFont(current().font(numbers=True))
        line.setText(begin or ("" if self._mixed else self.text()))
        line.setAccessibleName(self.accessibleName())
        if not begin:
            line.selectAll()
        line.show()
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        line.textEdited.connect(self._typed)

    def finish(self) -> None:
        if self._line is not None:
            self.close_line(keep=True)

    def close_line(self, *, keep: bool) -> None:
        """Close the line; with `keep` the number in it is wanted."""
        line, self._line = self._line, None
        if line is None:
            return
        text = line.text()
        line.hide()
        line.deleteLater()
        if keep and (text.strip() != self.text() or self._mixed):
            try:
                self._commit(self.scale.meant(text))
            except ValueError:
                self.tried.emit(self._value)
        else:
            self.tried.emit(self._value)

    def _typed(self, text: str) -> None:
        try:
            self.tried.emit(self.scale.meant(text))
        except ValueError:
            self.tried.emit(text)

    def _try(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self.tried.emit(value)
            self.update()

    def _commit(self, value: float) -> None:
        wanted = self.scale.limited(value)
        if wanted != self._value or self._mixed:
            self._value = wanted
            self.committed.emit(wanted)
        else:
            self.tried.emit(wanted)
        self.update()

    def _arrow_at(self, x: float) -> int:
        if self.scale.share(self._value) is not None:
            return 0
        return -1 if x < current().px(ARROW) else 1 if x > self.width() - current().px(ARROW) else 0

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        words = NumberWords("several", "", faint=True) if self._mixed else (
            NumberWords(*self.scale.shown(self._value))
        )  # fmt: skip
        share = None if self._mixed else self.scale.share(self._value)
        state = NumberState(
            self.isEnabled(), self.hasFocus(), self._hovered, self._bad, share,
            arrows=self.scale.reach is None,
        )  # fmt: skip
        paint_number(QPainter(self), self.rect(), words, state)

    def enterEvent(self, event: Any) -> None:
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._line is not None:
            self._line.setGeometry(self.rect())


class _Line(QLineEdit):
    """The line over a number; Enter keeps, Escape does not, leaving keeps."""

    def __init__(self, owner: NumberField) -> None:
        super().__init__(owner)
        self._owner = owner
        self.setCursor(QCursor(Qt.CursorShape.IBeamCursor))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self._owner.close_line(keep=key != Qt.Key.Key_Escape)
            self._owner.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._owner.close_line(keep=True)
