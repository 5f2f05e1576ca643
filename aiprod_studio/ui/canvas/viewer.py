"""Mouse, keys and drops on the canvas: they start gestures and ask for verbs.

What is under the mouse is found here, with the same shapes that are painted. The view remembers
nothing but the gesture that goes on.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsView,
    QToolTip,
    QWidget,
)

from aiprod_studio.ui.canvas.camera import Camera
from aiprod_studio.ui.canvas.editor import Editor
from aiprod_studio.ui.canvas.gestures import Cut, Gesture, Marquee, Pan, Resize
from aiprod_studio.ui.canvas.group_items import FrameItem, GroupItem, NoteItem
from aiprod_studio.ui.canvas.hint import Hint
from aiprod_studio.ui.canvas.keys import writing
from aiprod_studio.ui.canvas.link_item import LinkItem
from aiprod_studio.ui.canvas.linking import link_gesture
from aiprod_studio.ui.canvas.moving import Move
from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.canvas.palette import Palette
from aiprod_studio.ui.canvas.projection import Projection
from aiprod_studio.ui.canvas.shape import HEADER, REACH
from aiprod_studio.ui.canvas.tips import tip_of

NODE_MIME = "application/x-aiprod-node"
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
Shapes = Qt.CursorShape


class Viewer(Camera):
    """The canvas under the mouse."""

    wants_node = Signal(QPointF, str, str, str)
    """A place, and the socket to link to: its side, node and name, "" for none."""
    wants_text = Signal(str, str)
    """What should be written: "node", "frame" or "note", and its name."""
    wants_menu = Signal(QPoint, QPointF)
    opened = Signal(str)
    pressed = Signal(QKeyEvent)
    refused = Signal(str)
    camera_moved = Signal()
    over = Signal(str)
    """The node under the mouse, "" for none."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        self._gesture: Gesture | None = None
        self._space = False
        self.mouse: QPointF | None = None
        super().__init__(palette, parent)
        self._hint = Hint(palette, self)
        self.projection: Projection
        self.editor: Editor

    def hold(self, projection: Projection, editor: Editor) -> None:
        """Work on this projection from now on."""
        self.projection, self.editor = projection, editor

    def looked(self) -> None:
        self.camera_moved.emit()

    # What gestures ask.

    def say(self, reason: str) -> None:
        """Show a reason beside the mouse, "" for none."""
        self._hint.show_words(reason, self.mapFromScene(self.mouse or self.centre))

    def refuse(self, reason: str) -> None:
        """Say that something was refused."""
        self.refused.emit(reason)

    def ask_for_node(self, at: QPointF, side: str = "", node: str = "", socket: str = "") -> None:
        """Ask for a node to add, one that fits a socket if one is given."""
        self.wants_node.emit(at, side, node, socket)

    def node_near(self, at: QPointF) -> NodeItem | None:
        """Return the node in front at a point, or whose socket is in reach."""
        around = QRectF(at.x() - REACH, at.y() - REACH, 2 * REACH, 2 * REACH)
        nodes = [item for item in self.scene().items(around) if isinstance(item, NodeItem)]
        on_socket = (item for item in nodes if item.socket_at(at) is not None)
        return next(on_socket, None) or next((i for i in nodes if i.area.contains(at)), None)

    def item_at(self, at: QPointF) -> NodeItem | GroupItem | None:
        """Return what can be taken at a point: a node, a note, a frame by title or corner."""
        node = self.node_near(at)
        if node is not None and (node.area.contains(at) or node.socket_at(at)):
            return node
        notes = self.projection.groups.notes.values()
        for note in reversed(list(notes)):
            if note.area.contains(at):
                return note
        frames = self.projection.groups.frames.values()
        for frame in sorted(frames, key=lambda item: -item.zValue()):
            if frame.title_at(at) or frame.grip_at(at):
                return frame
        return None

    def link_under(self, at: QPointF, not_of: str = "") -> LinkItem | None:
        """Return the link at a point that does not touch a node."""
        reach = 8 / self.zoom
        around = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
        for item in self.scene().items(around):
            if not (isinstance(item, LinkItem) and item.isVisible()):
                continue
            if not_of not in (item.link.source, item.link.target):
                return item
        return None

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._gesture is not None:
            self._stop()
            return
        at, keys = self._at(event), event.modifiers()
        if event.button() == MIDDLE or (event.button() == LEFT and self._space):
            self._gesture = Pan(self, at)
            self.setCursor(Shapes.ClosedHandCursor)
        elif event.button() == LEFT and keys & ALT:
            self._gesture = Cut(self, at)
        elif event.button() == LEFT:
            self._gesture = self._take(at, keys)
        event.accept()

    def _take(self, at: QPointF, keys: Qt.KeyboardModifier) -> Gesture:
        item = self.item_at(at)
        if item is None:
            return Marquee(self, at, keys)
        if isinstance(item, NodeItem):
            socket = item.socket_at(at)
            if socket is not None and not (item.drawn.bend and item.area.contains(at)):
                return link_gesture(self, at, item, socket)
        if item.grip_at(at):
            return Resize(self, at, item)
        if keys & (SHIFT | CTRL):
            item.setSelected(not item.isSelected())
        elif not item.isSelected():
            self.editor.choice.choose_item(item)
        return Move(self, at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._at(event)
        self.mouse = at
        if self._gesture is not None:
            self.over.emit("")
            self._gesture.move(at, event.modifiers())
        else:
            self._hover(at)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.end(self._at(event), event.modifiers())
            self._hover(self._at(event))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != LEFT:
            return
        at = self._at(event)
        item, link = self.item_at(at), self.link_under(at)
        if isinstance(item, NodeItem):
            on_name = at.y() - item.pos().y() < HEADER and not item.drawn.bend
            if on_name and item.node.subgraph is None:
                self.wants_text.emit("node", item.name)
            else:
                self.opened.emit(item.name)
        elif isinstance(item, FrameItem | NoteItem):
            self.wants_text.emit("frame" if isinstance(item, FrameItem) else "note", item.name)
        elif link is not None:
            self.editor.add_reroute(link.link, at)
        else:
            self.ask_for_node(at)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self.mapToScene(event.pos())
        item = self.item_at(at)
        if item is not None and not item.isSelected():
            self.editor.choice.choose_item(item)
        self.wants_menu.emit(event.globalPos(), at)
        event.accept()

    def _at(self, event: QMouseEvent) -> QPointF:
        spot = event.position()
        inverse, _ = self.viewportTransform().inverted()
        return QPointF(inverse.map(spot))

    def _hover(self, at: QPointF) -> None:
        item = self.item_at(at)
        self.over.emit(item.name if isinstance(item, NodeItem) else "")
        if isinstance(item, NodeItem) and item.socket_at(at) and not item.drawn.bend:
            self.setCursor(Shapes.CrossCursor)
        elif item is not None and item.grip_at(at):
            self.setCursor(Shapes.SizeFDiagCursor)
        elif self._space:
            self.setCursor(Shapes.OpenHandCursor)
        else:
            self.setCursor(Shapes.ArrowCursor)

    def _stop(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()

    # Keys, tips and drops.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._stop()
        elif self._gesture is not None:
            event.accept()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self.setCursor(Shapes.OpenHandCursor)
        else:
            event.ignore()
            self.pressed.emit(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.setCursor(Shapes.ArrowCursor)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Take the keys when the mouse comes, as node editors do, but never from a value."""
        free = self.isActiveWindow() and QApplication.activePopupWidget() is None
        if free and not writing(QApplication.focusWidget()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().enterEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep Tab for the search."""
        return False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget keys and gestures, whose ends would never be heard of."""
        self._space = False
        self._stop()
        super().focusOutEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.over.emit("")
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self.mapToScene(event.pos())
            item = self.node_near(at)
            QToolTip.showText(event.globalPos(), tip_of(item, at) if item else "", self)
            return True
        return bool(QGraphicsView.viewportEvent(self, event))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(NODE_MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(NODE_MIME))

    def dropEvent(self, event: QDropEvent) -> None:
        if not event.mimeData().hasFormat(NODE_MIME):
            event.ignore()
            return
        node_type = bytes(event.mimeData().data(NODE_MIME).data()).decode("utf-8", "replace")
        at = self.mapToScene(event.position().toPoint())
        link = self.link_under(at)
        self.editor.add(node_type, at - QPointF(60, 20), link.link if link else None)
        event.acceptProposedAction()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_gestures(self) -> None:
        """Give up what goes on."""
        self._stop()
