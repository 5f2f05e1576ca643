"""Painting the tracks: rows, clips with their strips and waves, transitions, gaps; only what shows.

The tracks' view calls `paint_tracks` with the part of itself that has to be painted again. Nothing
here keeps state or decides what a gesture does.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from aiprod_studio.story.cut import Clip, Cut, Track, Transition
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.looks import ShotLook, clip_words, take_words
from aiprod_studio.ui.footage.marking import paint_badges, paint_progress
from aiprod_studio.ui.footage.sources import Strips
from aiprod_studio.ui.footage.tones import Tones, tones
from aiprod_studio.ui.timeline.model.hitting import place_of
from aiprod_studio.ui.timeline.model.rows import Row, Rows
from aiprod_studio.ui.timeline.model.scale import Scale
from aiprod_studio.ui.timeline.tracks.filling import Filling, paint_filling

BARE = 5.0
"""Clips narrower than this are plain boxes."""
WORDS = 28.0
"""Clips narrower than this have no words."""


@dataclass(frozen=True)
class Scene:
    """All that there is to paint."""

    cut: Cut
    rows: Rows
    scale: Scale
    top: float
    strips: Strips
    shots: dict[str, ShotLook]
    errands: Errands | None
    chosen: frozenset[str] = frozenset()
    filling: Filling = Filling()


def paint_tracks(painter: QPainter, scene: Scene, dirty: QRect, width: int) -> None:
    """Paint everything that touches a rectangle of the view."""
    shades = tones()
    painter.fillRect(dirty, shades.ground)
    top, bottom = dirty.top() + scene.top, dirty.bottom() + 1 + scene.top
    for row in scene.rows.between(top, bottom):
        _paint_row(painter, scene, row, dirty, shades)
    if scene.rows.divider is not None:
        y = round(scene.rows.divider - scene.top)
        height = round(8 * scene.rows.unit)
        painter.fillRect(QRect(dirty.left(), y, dirty.width(), height), shades.bar)


def _paint_row(painter: QPainter, scene: Scene, row: Row, dirty: QRect, shades: Tones) -> None:
    track = scene.cut.tracks[row.index]
    y = round(row.top - scene.top)
    painter.fillRect(QRect(dirty.left(), y, dirty.width(), row.height - 1), shades.row)
    painter.fillRect(QRect(dirty.left(), y + row.height - 1, dirty.width(), 1), shades.line)
    if not track.clips:
        return
    first, last = scene.scale.seen(dirty.left() - 2, dirty.right() + 2)
    index = max(bisect_right(track.clips, first, key=lambda clip: clip.at) - 1, 0)
    for clip in track.clips[index:]:
        if clip.at > last:
            break
        if clip.stop >= first:
            _paint_clip(painter, scene, row, track, clip, shades)
    for passage in track.transitions:
        start, stop = place_of(track, passage)
        if stop >= first and start <= last:
            _paint_passage(painter, scene, row, passage, (start, stop), shades)
    if track.off:
        painter.fillRect(QRect(dirty.left(), y, dirty.width(), row.height - 1), shades.shade)
    if track.locked:
        painter.fillRect(QRect(dirty.left(), y, dirty.width(), row.height - 1), hatch(shades))


def _paint_clip(
    painter: QPainter, scene: Scene, row: Row, track: Track, clip: Clip, shades: Tones
) -> None:
    left, right = scene.scale.x(clip.at), scene.scale.x(clip.stop)
    area = QRectF(left, row.top - scene.top + 1, max(right - left - 1, 1), row.height - 3)
    colours = shades.kinds[track.kind]
    chosen = clip.name in scene.chosen
    if area.width() < BARE:
        painter.fillRect(area, shades.accent if chosen else colours.edge)
        return
    painter.fillRect(area, colours.body)
    inner = area.adjusted(1, shades.strip_height, -1, -1)
    if inner.height() > 8:
        paint_filling(painter, scene.filling, clip, track, inner, scene, shades)
    strip = QRectF(area.x(), area.y(), area.width(), min(shades.strip_height, area.height()))
    broken = _is_broken(scene, track, clip)
    painter.fillRect(strip, shades.bad if broken else colours.strip)
    if broken:
        painter.fillRect(inner, hatch(shades))
    look = scene.shots.get(clip.source.name) if clip.source.kind == "shot" else None
    free = _beside_passages(track, clip, strip, scene.scale)
    if free.width() > WORDS:
        _paint_words(painter, scene, clip, free, look, shades, broken)
    if look is not None and look.progress is not None:
        paint_progress(painter, area, look, shades)
    _paint_edge(painter, area, chosen, colours.edge, shades)


def _is_broken(scene: Scene, track: Track, clip: Clip) -> bool:
    """Say whether the file that a clip plays cannot be read."""
    errands = scene.errands
    if errands is None or not errands.troubled:
        return False
    return errands.why_not(scene.strips.file(clip, track.kind, scene.cut.rate)) is not None


def _beside_passages(track: Track, clip: Clip, strip: QRectF, scale: Scale) -> QRectF:
    """Return the part of a clip's strip of names that no transition lies on."""
    into, out = track.into.get(clip.name), track.out_of.get(clip.name)
    head = scale.width(into.after) if into is not None else 0.0
    tail = scale.width(out.before) if out is not None else 0.0
    return strip.adjusted(head, 0, -tail, 0)


def _paint_words(
    painter: QPainter,
    scene: Scene,
    clip: Clip,
    strip: QRectF,
    look: ShotLook | None,
    shades: Tones,
    broken: bool,
) -> None:
    pad = 4 * scene.rows.unit
    seen = strip.intersected(QRectF(0, strip.y(), 100_000, strip.height()))
    room = seen.adjusted(pad, 0, -pad, 0)
    room = paint_badges(painter, clip, look, room, shades, broken=broken)
    if room.width() < WORDS / 2:
        return
    painter.setFont(shades.small)
    words = clip_words(clip, scene.shots)
    taken = shades.metrics.horizontalAdvance(words)
    take = take_words(clip, scene.strips.shots.get(clip.source.name))
    if take and taken + shades.metrics.horizontalAdvance(take) + 3 * pad < room.width():
        painter.setPen(shades.dim)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(room, flags, take)
    if taken > room.width():
        words = shades.metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.setPen(shades.light if broken else shades.text)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


def _paint_edge(painter: QPainter, area: QRectF, chosen: bool, edge: QColor, shades: Tones) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if chosen:
        painter.setPen(QPen(shades.accent, 2))
        painter.drawRect(area.adjusted(1, 1, -1, -1))
    else:
        painter.setPen(edge)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


def _paint_passage(
    painter: QPainter,
    scene: Scene,
    row: Row,
    passage: Transition,
    span: tuple[int, int],
    shades: Tones,
) -> None:
    left, right = (scene.scale.x(frame) for frame in span)
    area = QRectF(left, row.top - scene.top + 1, max(right - left, 1), row.height - 3)
    if area.width() < BARE:
        return
    plain = row.kind != "video" and shades.kinds[row.kind].body.lightness() > 128
    light = QColor(shades.dim if plain else shades.light)
    light.setAlpha(40)
    painter.fillRect(area, light)
    strip = QRectF(area.x(), area.y(), area.width(), min(shades.strip_height, area.height()))
    light.setAlpha(110)
    painter.fillRect(strip, light)
    pen = QColor(light)
    pen.setAlpha(190)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(pen, 1))
    corners = area.bottomLeft(), area.topRight(), area.topLeft(), area.bottomRight()
    if passage.right:
        painter.drawLine(corners[0], corners[1])
    if passage.left:
        painter.drawLine(corners[2], corners[3])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


def hatch(shades: Tones) -> QBrush:
    """Return the diagonal lines that lie over a locked track."""
    colour = QColor(shades.faint)
    colour.setAlpha(60)
    return QBrush(colour, Qt.BrushStyle.BDiagPattern)


def paint_playhead(painter: QPainter, x: float, height: int, shades: Tones) -> None:
    """Paint the line of the playhead."""
    painter.fillRect(QRectF(round(x), 0, 1, height), shades.playhead)


def paint_grip(painter: QPainter, x: float, bottom: float, shades: Tones) -> None:
    """Paint the head of the playhead, pointing down to `bottom`."""
    half = 5 * shades.theme.scale
    x = round(x) + 0.5
    top = bottom - 11 * shades.theme.scale
    shape = QPolygonF(
        [
            QPointF(x - half, top), QPointF(x + half, top), QPointF(x + half, bottom - half),
            QPointF(x, bottom), QPointF(x - half, bottom - half),
        ]
    )  # fmt: skip
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shades.playhead)
    painter.drawPolygon(shape)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
