"""The large picture of the chosen panel, with onion skin and guides; and the animatic in its place.

Onion skin shows the panels before and after through the drawing. The animatic is the film of the
panels with their scratch sound, played by the same composer as everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aiprod_studio.app.film.filming import Ground
from aiprod_studio.story.assembling import animatic, shot_source
from aiprod_studio.story.board import Board, Shot
from aiprod_studio.story.cut import Clip, Cut, Track
from aiprod_studio.story.time import Time
from aiprod_studio.ui.footage.program import Program
from aiprod_studio.ui.footage.tones import tones
from aiprod_studio.ui.storyboard.pictures import Pictures
from aiprod_studio.ui.theme import current, pixmap
from aiprod_studio.ui.theme.pieces import label, tool_button

SKIN = 0.32
"""How much a neighbour shows through."""


class Easel(QWidget):
    """One panel's image, as large as fits."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = pictures
        self.image = self.before = self.after = ""
        self.onion = self.guides = False
        self.setMinimumSize(160, 90)
        self.setAccessibleName("Picture of the chosen panel")
        pictures.arrived.connect(self.update)

    def show_panel(self, image: str, before: str, after: str) -> None:
        """Show an image; its neighbours are for the onion skin."""
        self.image, self.before, self.after = image, before, after
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of a wide picture."""
        return QSize(current().px(340), current().px(200))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, what shows through it, and the guides."""
        painter, shades = QPainter(self), tones()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.fillRect(self.rect(), shades.ground)
        image = self.pictures.picture(self.image, self.width()) if self.image else None
        area = self._area(image)
        if image is not None:
            painter.drawImage(area, image)
        else:
            self._paint_empty(painter, area)
        if self.onion:
            painter.setOpacity(SKIN)
            for name in (self.before, self.after):
                skin = self.pictures.picture(name, self.width()) if name else None
                if skin is not None:  # in its own shape, which may be another
                    painter.drawImage(self._area(skin), skin)
            painter.setOpacity(1.0)
        if self.guides:
            self._paint_guides(painter, area)

    def _area(self, image: QImage | None) -> QRectF:
        whole = QRectF(self.rect())
        size = QSize(16, 9) if image is None else image.size()
        fitted = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(), fitted.toSizeF())
        place.moveCenter(whole.center())
        return place

    def _paint_empty(self, painter: QPainter, area: QRectF) -> None:
        theme = current()
        painter.setPen(QPen(theme.colour("line_strong"), 1, Qt.PenStyle.DashLine))
        painter.drawRect(area.adjusted(1, 1, -1, -1))
        words = self.pictures.why_not(self.image)
        side = theme.px(28)
        name, token = ("image-off", "warn") if words else ("image", "text_faint")
        at = area.center() - QPointF(side / 2, side)
        painter.drawPixmap(at, pixmap(name, side, token, self.devicePixelRatioF()))
        painter.setPen(theme.colour("text_dim"))
        room = area.adjusted(theme.px(16), area.height() / 2 + theme.px(6), -theme.px(16), 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), words or "No image yet: drop one here")

    def _paint_guides(self, painter: QPainter, area: QRectF) -> None:
        """Paint thirds, the centre, and the areas safe for action (93 %) and titles (90 %)."""
        theme = current()
        painter.setPen(QPen(theme.colour("accent", 150), 1))
        for share in (1 / 3, 2 / 3):
            x, y = area.x() + area.width() * share, area.y() + area.height() * share
            painter.drawLine(QPointF(x, area.y()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.x(), y), QPointF(area.right(), y))
        painter.setPen(QPen(theme.colour("warn", 170), 1, Qt.PenStyle.DashLine))
        for share in (0.93, 0.9):
            inset_x, inset_y = area.width() * (1 - share) / 2, area.height() * (1 - share) / 2
            painter.drawRect(area.adjusted(inset_x, inset_y, -inset_x, -inset_y))
        arm, centre = theme.px(8), area.center()
        painter.setPen(QPen(theme.colour("accent"), 1))
        painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
        painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))


class Stage(QWidget):
    """Easel or animatic, with the few buttons that belong to them."""

    playing_changed = Signal()
    panel_reached = Signal(str)
    """The animatic shows another panel."""

    def __init__(
        self, ground: Callable[[], Ground], pictures: Pictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ground = ground
        self.easel = Easel(pictures, self)
        self.program: Program | None = None
        self._board = Board()
        self._starts: list[tuple[int, str]] = []
        self._shown = ""
        self._start: int | None = None
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.easel)
        theme = current()
        bar = QWidget(self)
        bar.setProperty("surface", "bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(theme.space(2), theme.space(1), theme.space(1), theme.space(1))
        self.name = label("", "strong", bar)
        row.addWidget(self.name)
        row.addStretch(1)
        self.onion = tool_button("layers", "Onion skin: the neighbours show through  (O)", bar)
        self.guides = tool_button("grid-3x3", "Guides: thirds, centre, safe areas  (G)", bar)
        self.play = tool_button("play", "Play the animatic  (Space)", bar, token="text")
        for button, run in (
            (self.onion, self.toggle_onion), (self.guides, self.toggle_guides),
            (self.play, self.toggle_animatic),
        ):  # fmt: skip
            button.setCheckable(True)
            button.clicked.connect(run)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        column.addWidget(bar)

    @property
    def playing(self) -> bool:
        """Whether the animatic is shown."""
        return self.program is not None and self.stack.currentWidget() is self.program

    def show_panel(self, board: Board, panel: str) -> None:
        """Show a panel of a board, and let the animatic follow the board."""
        if board is not self._board:
            self._board = board
            self._starts = _starts(board)
            if self.program is not None and self.playing:
                self.program.show_film(board, animatic(board))
        reached, self._shown = panel == self._shown, panel
        names = [(each.name, each.image) for _, each in board.panels()]
        place = next((i for i, (name, _) in enumerate(names) if name == panel), None)
        if place is None:
            self.name.setText("")
            self.easel.show_panel("", "", "")
            return
        before = names[place - 1][1] if place else ""
        after = names[place + 1][1] if place + 1 < len(names) else ""
        self.easel.show_panel(names[place][1], before, after)
        shot, found = board.find_panel(panel)
        self.name.setText(f"{board.number_of(shot.name)}  ·  panel {shot.panels.index(found) + 1}")
        if reached or not self.playing or self.program is None:
            return
        if not self.program.player.playing:
            self.program.seek(next((at for at, name in self._starts if name == panel), 0))

    def toggle_onion(self) -> None:
        """Let the neighbours show through, or not."""
        self.easel.onion = not self.easel.onion
        self.onion.setChecked(self.easel.onion)
        self.easel.update()

    def toggle_guides(self) -> None:
        """Show guides, or not."""
        self.easel.guides = not self.easel.guides
        self.guides.setChecked(self.easel.guides)
        self.easel.update()

    def toggle_animatic(self) -> None:
        """Play the animatic from the shown panel on; or go back to the picture."""
        if self.playing:
            self.show_easel()
        elif self._starts:
            start = next((at for at, name in self._starts if name == self._shown), 0)
            self._play(animatic(self._board), start)
        self._changed()

    def play_take(self, shot: Shot, take: str) -> None:
        """Play one take of a shot in place of the picture."""
        found = shot.take(take)
        if found is None:
            return
        rate = self._board.rate
        source = replace(shot_source(shot, rate), take=take, span=found.span)
        clip = Clip("take", source, 0, max(shot.length, 1), Time.at(0, rate))
        self._play(Cut(rate, tracks=(Track("V1", "video", clips=(clip,)),)), 0)
        self._changed()

    def show_easel(self) -> None:
        """Stop the animatic and show the picture."""
        self._start = None
        if self.program is not None:
            self.program.player.pause()
        self.stack.setCurrentWidget(self.easel)
        self._changed()

    def renew(self) -> None:
        """Read everything again: the document lies elsewhere."""
        if self.program is not None:
            ground = self._ground()
            self.program.refresh(ground.folder, ground.locate)

    def close_all(self) -> None:
        """Let go of threads and files."""
        if self.program is not None:
            self.program.close_all()

    def _play(self, cut: Cut, start: int) -> None:
        """Show a film from a frame on; it plays as soon as it is composed."""
        program = self._made_program()
        self._start = start
        self.stack.setCurrentWidget(program)
        same = program.showing(self._board, cut)
        program.show_film(self._board, cut)
        if same:
            self._begin()

    def _begin(self) -> None:
        start, self._start = self._start, None
        if self.program is not None and start is not None:
            self.program.player.seek(start)
            self.program.player.play()

    def _made_program(self) -> Program:
        if self.program is None:
            ground = self._ground()
            self.program = Program(ground.folder, ground.locate, self)
            self.program.film_shown.connect(self._begin)
            self.program.player.frame_changed.connect(self._reached)
            self.stack.addWidget(self.program)
        return self.program

    def _changed(self) -> None:
        from aiprod_studio.ui.theme import icon

        self.play.setChecked(self.playing)
        self.play.setIcon(icon("square" if self.playing else "play"))
        self.playing_changed.emit()

    def _reached(self, frame: int) -> None:
        found = next((name for at, name in reversed(self._starts) if at <= frame), "")
        if found and found != self._shown and self.playing:
            self._shown = found
            self.panel_reached.emit(found)


def _starts(board: Board) -> list[tuple[int, str]]:
    """Return the frame of the animatic at which each panel begins."""
    found, at = [], 0
    for _, panel in board.panels():
        if panel.frames > 0:
            found.append((at, panel.name))
            at += panel.frames
    return found
