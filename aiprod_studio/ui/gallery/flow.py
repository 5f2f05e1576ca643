"""A grid whose columns follow the width: as many as fit, all equally wide."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowGrid(QLayout):
    """Lays cards out in rows; each at least `least` pixels wide."""

    def __init__(self, parent: QWidget, least: int, gap: int, most: int = 6) -> None:
        super().__init__(parent)
        self._least, self._gap, self._most = least, gap, most
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give up an item."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Say that it takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Say that the height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height for a width."""
        return self._lay(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, area: QRect) -> None:
        """Put the items into an area."""
        super().setGeometry(area)
        self._lay(area, move=True)

    def sizeHint(self) -> QSize:
        """Return the smallest size; the width decides the rest."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the size of one column."""
        return QSize(self._least, self.heightForWidth(self._least))

    def columns(self, width: int) -> int:
        """Return how many columns fit into a width."""
        return max(1, min(self._most, (width + self._gap) // (self._least + self._gap)))

    def _lay(self, area: QRect, *, move: bool) -> int:
        columns = self.columns(area.width())
        wide = (area.width() - self._gap * (columns - 1)) // columns
        top, tallest = area.top(), 0
        for number, item in enumerate(self._items):
            column = number % columns
            if number and not column:
                top += tallest + self._gap
                tallest = 0
            high = (
                item.heightForWidth(wide) if item.hasHeightForWidth() else item.sizeHint().height()
            )
            if move:
                place = QPoint(area.left() + column * (wide + self._gap), top)
                item.setGeometry(QRect(place, QSize(wide, high)))
            tallest = max(tallest, high)
        return top + tallest - area.top()
