"""A small box at a marker: its name, note and colour, and a button to take it away."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from aiprod_studio.story.cut import Cut, Marker
from aiprod_studio.story.edits import AddMarker, RemoveMarker
from aiprod_studio.ui.footage.tones import tones
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.timeline.model.operations import MARKERS


class MarkerBox(QFrame):
    """Edits one marker of the cut; what was changed is one edit when the box closes."""

    wanted = Signal(object, object)
    """Take the old marker away, add the new one."""
    removed = Signal(object)

    def __init__(self, marker: Marker, cut: Cut, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.marker, self._gone = marker, False
        self._others = {each.name for each in cut.markers} - {marker.name}
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme = current()
        form = QFormLayout(self)
        form.setContentsMargins(theme.space(3), theme.space(3), theme.space(3), theme.space(3))
        self.name = QLineEdit(marker.name, self)
        self.name.returnPressed.connect(self.close)
        self.text = QPlainTextEdit(marker.text, self)
        self.text.setFixedHeight(theme.px(64))
        self.colour = QComboBox(self)
        for name in MARKERS:
            dot = QPixmap(QSize(theme.px(12), theme.px(12)))
            dot.fill(tones().marker(name))
            self.colour.addItem(dot, name.capitalize(), name)
        self.colour.setCurrentIndex(max(self.colour.findData(marker.colour), 0))
        remove = QPushButton("Remove marker", self)
        remove.setProperty("kind", "danger")
        remove.clicked.connect(self._remove)
        form.addRow("Name", self.name)
        form.addRow("Note", self.text)
        form.addRow("Colour", self.colour)
        form.addRow(remove)
        self.setFixedWidth(theme.px(280))

    def open_at(self, ruler: QWidget, x: int) -> None:
        """Open below a place of the ruler."""
        self.move(ruler.mapToGlobal(QPoint(x, ruler.height())))
        self.show()
        self.name.setFocus()
        self.name.selectAll()

    def now(self) -> Marker:
        """Return the marker as the box says; an empty name or one in use stays what it was."""
        name = self.name.text().strip()
        name = self.marker.name if not name or name in self._others else name
        colour = self.colour.currentData()
        return replace(self.marker, name=name, text=self.text.toPlainText(), colour=colour)

    def hideEvent(self, event: object) -> None:
        """Want what was changed."""
        new = self.now()
        if not self._gone and new != self.marker:
            self._gone = True
            self.wanted.emit(RemoveMarker(self.marker.name), AddMarker(new))

    def _remove(self) -> None:
        self._gone = True
        self.removed.emit(RemoveMarker(self.marker.name))
        self.close()
