"""A colour: a patch that opens the picker, and its number."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QColorDialog, QWidget

from aiprod_studio.sdk import ParamSpec
from aiprod_studio.ui.inspector.fields.line import LineField
from aiprod_studio.ui.theme import current


class ColourField(LineField):
    """Edits a colour, "#rrggbb"."""

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self.patch = _Patch(self)
        self.patch.setAccessibleName(f"Pick {self.accessibleName()}")
        self.patch.pressed.connect(self.pick)
        self._dialog: QColorDialog | None = None
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(current().space(1))
            layout.removeWidget(self.line)
            layout.addWidget(self.patch)
            layout.addWidget(self.line)
        self.line.textEdited.connect(lambda text: self.patch.show_colour(self.meant(text)))

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        super().show_value(value, mixed=mixed)
        self.patch.show_colour("" if mixed else str(value))

    def meant(self, text: str) -> Any:
        words = text.strip().lower()
        if words and not words.startswith("#") and len(words) in (3, 6):
            words = f"#{words}"
        if len(words) == 4 and words.startswith("#"):
            words = "#" + "".join(letter * 2 for letter in words[1:])
        return words

    def pick(self) -> None:
        """Open the picker; what is chosen in it is meant when it closes."""
        dialog = self._dialog = QColorDialog(QColor(self._value or "#808080"), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Pick a colour")
        dialog.currentColorChanged.connect(lambda c: self.patch.show_colour(c.name()))
        dialog.accepted.connect(lambda: self.committed.emit(dialog.currentColor().name()))
        dialog.rejected.connect(lambda: self.patch.show_colour(self._value))
        dialog.open()


class _Patch(QWidget):
    """The colour itself."""

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = QColor()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Pick a colour")

    def sizeHint(self) -> QSize:
        return QSize(current().row + current().space(3), current().row)

    def show_colour(self, text: str) -> None:
        """Show a colour; nothing where the text is none."""
        self._colour = QColor(text) if QColor.isValidColorName(text) else QColor()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("accent" if self.hasFocus() else "line_strong"))
        painter.setBrush(self._colour if self._colour.isValid() else theme.colour("field"))
        area = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, theme.radius, theme.radius)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)
