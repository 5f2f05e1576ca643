"""A node on the canvas, painted; the projection tells it what to show.

It holds what it shows and decides nothing: no gesture starts here, and nothing is read back from it
to be saved. There are no widgets in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from NodeGraphQt.qgraphics.node_abstract import AbstractNodeItem
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from aiprod_studio.graph import Json, Node
from aiprod_studio.graph.records import EMPTY
from aiprod_studio.sdk import ANY, NodeSpec
from aiprod_studio.ui.canvas import painting
from aiprod_studio.ui.canvas.looks import PLAIN, NodeLook
from aiprod_studio.ui.canvas.palette import DARK, Palette, colour
from aiprod_studio.ui.canvas.shape import Shape, Side, Socket, shape_of

MARGIN = 12.0
NEAR, MIDWAY = 0.4, 0.18
FRONT, NORMAL = 3.0, 1.0
LARGEST_PICTURE = 512
GRIP = 10.0


class NodeItem(AbstractNodeItem):  # type: ignore[misc]
    """One node; `name` is the artist's."""

    def __init__(self, node: Node, palette: Palette) -> None:
        super().__init__(node.name)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable, False)
        self._palette = palette
        self.node = node
        self.view: Mapping[str, Json] = EMPTY
        self.spec: NodeSpec | None = None
        self.look = PLAIN
        self._read: tuple[str, ...] = ()
        self._picture: QPixmap | None = None
        self._film: tuple[QPixmap, ...] = ()
        self._moment = 0
        self._digit = 0
        self.last = ""
        """What came out of it last, in words, once somebody asked."""
        self._lit: frozenset[tuple[str, str]] | None = None
        self.flowing = ANY
        self._shape = shape_of(node, self.view, None, PLAIN)

    @property
    def title(self) -> str:
        """What kind of node it is, in words."""
        return self.spec.title if self.spec else f"{self.node.type}: not installed"

    @property
    def drawn(self) -> Shape:
        """Where its parts are."""
        return self._shape

    @property
    def area(self) -> QRectF:
        """What it covers on the canvas."""
        return QRectF(self.pos().x(), self.pos().y(), self._shape.width, self._shape.height)

    def show_node(
        self,
        node: Node,
        view: Mapping[str, Json],
        spec: NodeSpec | None,
        read: tuple[str, ...],
    ) -> None:
        """Show the node as the document has it."""
        self.node, self.view, self.spec, self._read = node, view, spec, read
        self.name = node.name
        self.setToolTip("")
        self._reshape()

    def show_look(self, look: NodeLook) -> None:
        """Show how it stands in the run."""
        if look.badge != self.look.badge:
            self.last = ""
        if look.thumbnail is not self.look.thumbnail:
            self._picture = _small(look)
        self.look = look
        self._reshape()

    def show_film(self, film: Sequence[QImage]) -> None:
        """Show moving pictures in place of the still one; nothing goes back to it."""
        self._film = tuple(QPixmap.fromImage(image) for image in film)
        self._moment = 0
        self.update()

    def show_moment(self, moment: int) -> None:
        """Show a picture of the film, round and round."""
        if self._film:
            self._moment = moment % len(self._film)
            self.update()

    def show_digit(self, digit: int) -> None:
        """Show the key that shows this node in the viewer, 0 for none."""
        if digit != self._digit:
            self._digit = digit
            self.update()

    def stretch(self, width: float, height: float) -> None:
        """Show it in another size, while a gesture resizes it."""
        self.view = {**self.view, "size": [width, height]}
        self._reshape()

    def grip_at(self, point: QPointF) -> bool:
        """Say whether a point of the canvas is on the corner that resizes."""
        area, shape = self.area, self._shape
        if shape.folded or shape.bend:
            return False
        return QRectF(area.right() - GRIP, area.bottom() - GRIP, GRIP + 4, GRIP + 4).contains(point)

    def light(self, lit: frozenset[tuple[str, str]] | None) -> None:
        """Let only these sockets stand out, or all for None."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def socket_point(self, side: Side, name: str) -> QPointF | None:
        """Return where a socket is on the canvas."""
        socket = self._shape.sockets.get((side, name))
        return self.pos() + socket.point if socket else None

    def socket_at(self, point: QPointF) -> Socket | None:
        """Return the socket at a point of the canvas."""
        return self._shape.near(point - self.pos())

    def boundingRect(self) -> QRectF:
        shape = self._shape
        return QRectF(-MARGIN, -MARGIN, shape.width + 2 * MARGIN, shape.height + 2 * MARGIN)

    def shape(self) -> QPainterPath:
        """Return what a marquee touches."""
        path = QPainterPath()
        path.addRect(0, 0, self._shape.width, self._shape.height)
        return path

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: object) -> object:
        if change == QGraphicsItem.GraphicsItemChange.ItemSelectedHasChanged:
            self.setZValue(FRONT if value else NORMAL)
        return super().itemChange(change, value)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.node.mode == "mute":
            painter.setOpacity(0.5)
        if self._shape.bend:
            edge = self._palette.accent if self.isSelected() else self._palette.node_edge
            painting.paint_bend(painter, self._shape, self._palette.socket(self.flowing), edge)
            return
        self._paint_body(painter, scale)
        if scale >= MIDWAY:
            self._paint_parts(painter, scale >= NEAR)

    def _paint_body(self, painter: QPainter, scale: float) -> None:
        shape, palette = self._shape, self._palette
        selected, ghost = self.isSelected(), self.spec is None
        edge = palette.accent if selected else palette.node_edge
        if not selected and self.look.badge == "error":
            edge = palette.danger
        elif not selected and ghost:
            edge = palette.warning
        wide = selected or self.look.badge == "error"
        painting.paint_ground(painter, shape, palette, edge, wide, ghost and not selected)
        painting.paint_header(painter, shape, self._header())
        if wide:
            painter.setBrush(painting.NO_BRUSH)
            painter.setPen(QPen(colour(edge), 2.0 if scale > NEAR else 2.0 / scale))
            area = QRectF(0, 0, shape.width, shape.height)
            painter.drawRoundedRect(area, painting.ROUND, painting.ROUND)

    def _header(self) -> QColor:
        if self.node.mode == "bypass":
            return colour("#7a4fa3")
        if self.spec is None:
            return colour("#5a5346")
        own = self.view.get("colour") or ""
        return self._palette.header(self.spec.category, str(own))

    def _paint_parts(self, painter: QPainter, near: bool) -> None:
        shape, palette = self._shape, self._palette
        taken = painting.paint_badge(painter, shape, *self._badge()) if near else 0.0
        if near and self._digit:
            taken += painting.paint_digit(painter, shape, self._digit, taken)
        painting.paint_titles(
            painter, shape, palette.ink(self._header()), self.node.name, self.title, taken
        )
        sockets = shape.sockets.values()
        painting.paint_sockets(painter, sockets, shape, palette, self._lit, near)
        if near:
            painting.paint_values(painter, shape.values, palette)
            if shape.footer is not None:
                painting.paint_footer(painter, shape.footer, self.look, palette)
        picture = self._film[self._moment] if self._film else self._picture
        if shape.picture is not None and picture is not None:
            painting.paint_picture(painter, shape.picture, picture, palette)

    def _badge(self) -> tuple[str, str]:
        if self.node.mode != "active":
            words = "muted" if self.node.mode == "mute" else "bypassed"
            return words, DARK.dim
        badge = self.look.badge
        return badge, getattr(DARK, painting.BADGES.get(badge, "dim"))  # on a dark pill

    def _reshape(self) -> None:
        shape = shape_of(self.node, self.view, self.spec, self.look, self._read)
        if (shape.width, shape.height) != (self._shape.width, self._shape.height):
            self.prepareGeometryChange()
        self._shape = shape
        self.update()


def _small(look: NodeLook) -> QPixmap | None:
    image = look.thumbnail
    if image is None or image.isNull():
        return None
    if max(image.width(), image.height()) > LARGEST_PICTURE:
        image = image.scaled(
            LARGEST_PICTURE,
            LARGEST_PICTURE,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    return QPixmap.fromImage(image)
