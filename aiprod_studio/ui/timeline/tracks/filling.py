"""What fills a clip: a strip of pictures, the wave of its sound, the words of a title.

A strip is cut off at the visible part, and pictures that are not read yet leave the clip plain.
While a shot renders, the latest picture of the work stands on all its clips.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from aiprod_studio.story.cut import Clip, Track
from aiprod_studio.ui.footage.errands import PER_SECOND
from aiprod_studio.ui.footage.sources import step_for
from aiprod_studio.ui.footage.tones import Tones

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import Float32Array
    from aiprod_studio.ui.timeline.tracks.painting import Scene

USUAL_RATIO = 16 / 9
HEARD = 0.6
"""Waves are drawn nearer to how loud they sound: at a tenth of full scale a quarter high."""


@dataclass(frozen=True)
class Filling:
    """What the artist wants to see on clips, and the pictures of shots that render now."""

    strips: bool = True
    waves: bool = True
    live: Mapping[str, QImage] = field(default_factory=dict)


def paint_filling(
    painter: QPainter,
    filling: Filling,
    clip: Clip,
    track: Track,
    area: QRectF,
    scene: Scene,
    shades: Tones,
) -> None:
    """Fill the part of a clip below its name."""
    if track.kind == "audio":
        if filling.waves:
            _paint_wave(painter, clip, track, area, scene, shades)
    elif clip.source.kind == "title":
        return
    elif filling.strips and area.width() > 12:
        _paint_strip(painter, filling, clip, area, scene)
    if clip.opacity < 1:
        _paint_level(painter, area, clip.opacity, shades)


def _seen(painter: QPainter, area: QRectF) -> QRectF:
    """Return the part of an area that is painted at all."""
    bounds = painter.clipBoundingRect()
    return area if bounds.isEmpty() else area.intersected(bounds)


def _paint_strip(
    painter: QPainter, filling: Filling, clip: Clip, area: QRectF, scene: Scene
) -> None:
    if scene.errands is None:
        return
    live = filling.live.get(clip.source.name) if clip.source.kind == "shot" else None
    ratio = live.width() / live.height() if live is not None else USUAL_RATIO
    width = max(area.height() * ratio, 8.0)
    seen = _seen(painter, area)
    slot = max(int((seen.left() - area.left()) // width), 0)
    frames = width / scene.scale.per_frame
    step = step_for(frames)
    while True:
        left = area.left() + slot * width
        if left >= seen.right():
            return
        image = live
        if image is None:
            at = min(clip.at + int(slot * frames), clip.stop - 1)
            picture = scene.strips.picture(clip, at, scene.cut.rate, step)
            image = scene.errands.picture(picture) if picture is not None else None
        if image is not None:
            _paint_picture(painter, image, QRectF(left, area.top(), width, area.height()), area)
        slot += 1


def _paint_picture(painter: QPainter, image: QImage, slot: QRectF, area: QRectF) -> None:
    """Paint a picture into its slot, its middle if the shapes differ, cut off at the clip's end."""
    height = image.height()
    wanted = slot.width() / slot.height()
    width = min(image.width(), height * wanted)
    part = QRectF((image.width() - width) / 2, 0, width, height)
    if width < height * wanted - 1:  # narrower than the slot: cut its top and bottom
        high = image.width() / wanted
        part = QRectF(0, (height - high) / 2, image.width(), high)
    shown = slot.intersected(area)
    if shown.width() < slot.width():
        part.setWidth(part.width() * shown.width() / slot.width())
    painter.drawImage(shown.toRect(), image, part.toRect())


def _paint_wave(
    painter: QPainter, clip: Clip, track: Track, area: QRectF, scene: Scene, shades: Tones
) -> None:
    found = scene.strips.sound(clip)
    if found is None or scene.errands is None:
        return
    wave = scene.errands.wave(found[0])
    seen = _seen(painter, area).toAlignedRect()
    if wave is None or not wave.size or seen.width() < 1:
        return
    per_pixel = _seconds(clip, scene) * PER_SECOND
    start = float(clip.start.seconds + found[1]) * PER_SECOND
    first = start + (seen.left() - scene.scale.x(clip.at)) * per_pixel
    loud = wave_columns(wave, first, per_pixel, seen.width()) * clip.gain * track.gain
    heights = loud**HEARD
    image = wave_image(heights, seen.height(), shades.kinds["audio"].wave)
    painter.drawImage(seen.topLeft(), image)


def _seconds(clip: Clip, scene: Scene) -> float:
    """Return how many seconds of the source a pixel is."""
    return float(clip.speed / Fraction(scene.cut.rate)) / scene.scale.per_frame


def wave_columns(wave: Float32Array, first: float, per_pixel: float, width: int) -> Float32Array:
    """Return the loudest of a wave for each of `width` pixels, silence beyond its ends.

    Args:
        wave: loudness, 0 to 1.
        first: index of the wave at the left of the first pixel.
        per_pixel: indices a pixel.
        width: pixels.
    """
    import numpy as np

    edges = np.floor(first + np.arange(width + 1) * per_pixel).astype(np.int64)
    starts, stops = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    low = np.clip(starts, 0, wave.size - 1)
    high = np.clip(stops, low + 1, wave.size)
    pairs = np.stack((low, high), axis=1).reshape(-1)
    found = np.maximum.reduceat(np.append(wave, np.float32(0)), pairs)[::2]
    outside = (stops <= 0) | (starts >= wave.size)
    return np.where(outside, np.float32(0), found).astype(np.float32)


def wave_image(heights: Float32Array, height: int, colour: QColor) -> QImage:
    """Return columns of a wave, 0 to 1 and more, around the middle of an image so high."""
    import numpy as np

    half = height / 2
    away = np.abs(np.arange(height, dtype=np.float32) + 0.5 - half)[:, None]
    filled = away <= np.maximum(np.minimum(heights, 1.0) * half, 0.5)[None, :]
    stride = -(-heights.size // 4) * 4
    pixels = np.zeros((height, stride), np.uint8)
    pixels[:, : heights.size] = filled
    image = QImage(pixels.data, heights.size, height, stride, QImage.Format.Format_Indexed8)
    image.setColorTable([0, colour.rgba()])
    return image.copy()


def _paint_level(painter: QPainter, area: QRectF, level: float, shades: Tones) -> None:
    """Paint a line at the height of an opacity."""
    y = area.bottom() - area.height() * level
    line = QColor(shades.text)
    line.setAlpha(160)
    painter.fillRect(QRectF(area.left(), y, area.width(), 1), line)
