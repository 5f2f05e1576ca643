"""A curve: numbers written down in a line, seen and dragged as points.

The parameter keeps them as text ("1, 0.9, 0.5, 0"); an empty text means that the node decides.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from aiprod_studio.sdk import Curve, ParamSpec
from aiprod_studio.ui.inspector.fields.field import Field
from aiprod_studio.ui.inspector.fields.line import LineField
from aiprod_studio.ui.theme import current

REACH, POINTS = 12, 5


class CurveField(Field):
    """Edits a list of numbers."""

    wide = True

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        hint = param.hint if isinstance(param.hint, Curve) else Curve()
        self.plot = Plot(hint, self)
        self.line = LineField(param, self)
        self.line.hint = "the node decides; or 1, 0.9, 0.5, 0"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current().space(1))
        layout.addWidget(self.plot)
        layout.addWidget(self.line)
        self.setFocusProxy(self.line)
        self.line.committed.connect(self.committed)
        self.line.tried.connect(self._tried)
        self.plot.dragged.connect(lambda numbers: self.tried.emit(written(numbers)))
        self.plot.dropped.connect(lambda numbers: self.committed.emit(written(numbers)))

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self.line.show_value(value, mixed=mixed)
        self.plot.show_numbers([] if mixed else numbers_of(str(value)))

    def show_problem(self, problem: bool) -> None:
        self.line.show_problem(problem)

    def finish(self) -> None:
        self.line.finish()

    def _tried(self, text: object) -> None:
        self.plot.show_numbers(numbers_of(str(text)))
        self.tried.emit(text)


def numbers_of(text: str) -> list[float]:
    """Return the numbers of a text; none where it is no list of numbers."""
    try:
        return [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        return []


def written(numbers: list[float]) -> str:
    """Return numbers as text."""
    return ", ".join(f"{number:.4g}" for number in numbers)


class Plot(QWidget):
    """The points; drag one up and down, double-click to add one, Delete takes one away."""

    dragged = Signal(list)
    dropped = Signal(list)

    def __init__(self, hint: Curve, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        self._numbers: list[float] = []
        self._held = -1
        self._moved = False
        self._chosen = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curve")
        self.setToolTip("Drag points; double-click adds one, Delete takes one away")

    def sizeHint(self) -> QSize:
        return QSize(160, current().px(96 if self._numbers else 44))

    def show_numbers(self, numbers: list[float]) -> None:
        """Show numbers; a drag that goes on is not disturbed."""
        if self._held < 0:
            self._numbers = list(numbers)
            self._chosen = min(self._chosen, len(numbers) - 1)
            self.updateGeometry()
            self.update()

    def point(self, place: int) -> QPointF:
        """Return where a number is seen."""
        area = self._area()
        across = area.left() + area.width() * place / max(1, len(self._numbers) - 1)
        span = max(1e-9, self._hint.highest - self._hint.lowest)
        share = (self._numbers[place] - self._hint.lowest) / span
        return QPointF(across, area.bottom() - area.height() * min(1.0, max(0.0, share)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = self._near(event.position())
        self._chosen, self._moved = self._held, False
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held < 0:
            return
        area = self._area()
        share = (area.bottom() - event.position().y()) / max(1.0, area.height())
        span = self._hint.highest - self._hint.lowest
        number = self._hint.lowest + min(1.0, max(0.0, share)) * span
        self._numbers[self._held] = self._kept_in_order(self._held, round(number, 4))
        self._moved = True
        self.update()
        self.dragged.emit(list(self._numbers))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, self._held = self._held, -1
        if held >= 0 and self._moved:
            self.dropped.emit(list(self._numbers))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if len(self._numbers) < 2:
            self._begin()
            return
        if self._near(event.position()) >= 0:
            return
        area = self._area()
        share = (event.position().x() - area.left()) / max(1.0, area.width())
        after = min(len(self._numbers) - 2, max(0, int(share * (len(self._numbers) - 1))))
        middle = (self._numbers[after] + self._numbers[after + 1]) / 2
        self._numbers.insert(after + 1, round(middle, 4))
        self._held = -1
        self.update()
        self.dropped.emit(list(self._numbers))

    def _begin(self) -> None:
        """Draw a line from the highest to the lowest value."""
        high, span = self._hint.highest, self._hint.highest - self._hint.lowest
        self._numbers = [round(high - span * part / (POINTS - 1), 4) for part in range(POINTS)]
        self.dropped.emit(list(self._numbers))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        inner = 0 < self._chosen < len(self._numbers) - 1
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and inner:
            del self._numbers[self._chosen]
            self._chosen = -1
            self.dropped.emit(list(self._numbers))
        else:
            super().keyPressEvent(event)

    def _kept_in_order(self, place: int, number: float) -> float:
        """Keep a falling list falling."""
        if not self._hint.falling:
            return number
        small = (self._hint.highest - self._hint.lowest) / 1000
        if place > 0:
            number = min(number, self._numbers[place - 1] - small)
        if place < len(self._numbers) - 1:
            number = max(number, self._numbers[place + 1] + small)
        return round(number, 4)

    def _near(self, at: QPointF) -> int:
        away = [(self.point(n) - at).manhattanLength() for n in range(len(self._numbers))]
        best = min(range(len(away)), key=lambda n: away[n], default=-1)
        return best if best >= 0 and away[best] <= REACH else -1

    def _area(self) -> QRectF:
        inset = current().space(2)
        return self.rect().toRectF().adjusted(inset, inset, -inset, -inset)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.colour("accent" if self.hasFocus() else "line"))
        painter.setBrush(theme.colour("field"))
        painter.drawRoundedRect(frame, theme.radius, theme.radius)
        area = self._area()
        painter.setPen(theme.colour("line"))
        for part in (0.25, 0.5, 0.75) if self._numbers else ():
            y = area.top() + area.height() * part
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if not self._numbers:
            painter.setPen(theme.colour("text_faint"))
            painter.setFont(theme.font("small"))
            words = "No points yet: double-click to draw"
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
            return
        self._paint_points(painter)

    def _paint_points(self, painter: QPainter) -> None:
        theme = current()
        points = [self.point(place) for place in range(len(self._numbers))]
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("accent"), theme.px(2)))
        painter.drawPath(path)
        painter.setPen(QPen(theme.colour("window"), 1))
        for place, point in enumerate(points):
            painter.setBrush(theme.colour("text" if place == self._chosen else "accent"))
            painter.drawEllipse(point, theme.px(4), theme.px(4))
