"""The shots of the board, left of the viewer: to drag onto the timeline, insert, lay, render.

A list with a small picture, number, title, state and takes. It changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from aiprod_studio.story.board import Board, Shot
from aiprod_studio.story.time import timecode
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.marking import ICONS, TIPS
from aiprod_studio.ui.footage.sources import Strips
from aiprod_studio.ui.theme import current, pixmap
from aiprod_studio.ui.timeline.model.laying import piece_of

MIME = "application/x-aiprod-shots"
ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class ShotModel(QAbstractListModel):
    """The shots as rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.board = Board()
        self.strips = Strips(self.board)
        self.shots: tuple[Shot, ...] = ()
        self.looks: dict[str, ShotLook] = {}

    def show_shots(self, board: Board, looks: dict[str, ShotLook]) -> None:
        """Show the shots of a board; keeps rows where the shots are the same."""
        shots = tuple(shot for _, shot in board.shots())
        same = [shot.name for shot in shots] == [shot.name for shot in self.shots]
        if not same:
            self.beginResetModel()
        if board is not self.board:
            self.strips = Strips(board)
        self.board, self.shots, self.looks = board, shots, looks
        if not same:
            self.endResetModel()
        elif shots:
            self.dataChanged.emit(self.index(0), self.index(len(shots) - 1), [])

    def rowCount(self, parent: Index = ROOT) -> int:
        """Return the number of shots."""
        return 0 if parent.isValid() else len(self.shots)

    def data(self, index: Index, role: int = ROLE) -> Any:
        """Return a shot, its words or its tip."""
        shot = self.shots[index.row()]
        look = self.looks.get(shot.name)
        if role == ROLE:
            return shot
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return look.words if look else shot.name
        if role == Qt.ItemDataRole.ToolTipRole and look is not None:
            return f"{look.words}\n{TIPS[look.state]}\n{shot.prompt}".strip()
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let shots be dragged."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Return our own kind."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the names of shots."""
        data = QMimeData()
        names = [self.shots[index.row()].name for index in sorted(indexes, key=QModelIndex.row)]
        data.setData(MIME, "\n".join(names).encode())
        return data


class ShotDelegate(QStyledItemDelegate):
    """Paints a shot."""

    def __init__(self, errands: Errands, parent: QWidget) -> None:
        super().__init__(parent)
        self.errands = errands

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return room for a picture and two lines."""
        return QSize(120, current().px(52))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint picture, number, title, state and length."""
        theme, shot = current(), index.data(ROLE)
        model = index.model()
        assert isinstance(model, ShotModel)
        area: QRect = option.rect
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.colour("hover"))
        box = QRect(area.x() + theme.space(2), area.y() + theme.space(1.5), 0, 0)
        box.setSize(QSize(theme.px(70), area.height() - theme.space(3)))
        self._paint_picture(painter, box, shot, model)
        look = model.looks.get(shot.name)
        left = box.right() + theme.space(2)
        words = QRect(left, box.top(), area.right() - left - theme.space(2), box.height() // 2)
        if look is not None:
            self._paint_words(painter, words, look, shot, model)

    def _paint_picture(self, painter: QPainter, box: QRect, shot: Shot, model: ShotModel) -> None:
        painter.fillRect(box, current().colour("canvas"))
        clip = piece_of(shot, model.board, model.board.rate).clip
        picture = model.strips.picture(clip, 0, model.board.rate)
        image = self.errands.picture(picture) if picture is not None else None
        if image is not None:
            size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            at = QRect(QPoint(0, 0), size)
            at.moveCenter(box.center())
            painter.drawImage(at, image)

    def _paint_words(
        self, painter: QPainter, box: QRect, look: ShotLook, shot: Shot, model: ShotModel
    ) -> None:
        theme = current()
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.font(strong=True))
        painter.setPen(theme.colour("text"))
        number = painter.fontMetrics().horizontalAdvance(look.number) + theme.space(2)
        painter.drawText(box, left, look.number)
        painter.setFont(theme.font())
        room = box.adjusted(number, 0, 0, 0)
        title = painter.fontMetrics().elidedText(
            look.title, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, left, title)
        below = box.translated(0, box.height())
        painter.setFont(theme.font("small", numbers=True))
        painter.setPen(theme.colour("text_dim"))
        words = timecode(shot.length, model.board.rate)[3:]
        if look.progress is not None:
            words = look.note
        elif look.takes:
            words += f"  ·  {look.takes} take{'s' if look.takes > 1 else ''}"
        if look.state in ICONS:
            name, token = ICONS[look.state]
            size = theme.px(11)
            y = below.top() + (below.height() - size) // 2
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(below.left(), y, pixmap(name, size, token, ratio))
            below = below.adjusted(size + theme.space(1), 0, 0, 0)
        painter.drawText(below, left, words)


class ShotList(QListView):
    """The list."""

    opened = Signal(str)
    """A shot was double-clicked."""
    menu_wanted = Signal(QPoint)

    def __init__(self, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shots = ShotModel(self)
        self.setModel(self.shots)
        self.setItemDelegate(ShotDelegate(errands, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Shots")
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(ROLE).name))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        )
        errands.arrived.connect(self.viewport().update)

    def show_shots(self, board: Board, looks: dict[str, ShotLook]) -> None:
        """Show the shots of a board."""
        self.shots.show_shots(board, looks)

    def chosen(self) -> list[Shot]:
        """Return the chosen shots in the order of the film."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.shots.shots[row] for row in rows]
