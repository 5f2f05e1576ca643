"""Painters of the ball and the hot-air balloon.

Used by the cast; density is in page pixels per actor height. Never decides colours or places.
"""

from __future__ import annotations

import numpy as np

from aiprod_studio.training.world.actors import Coat, Figure, Part, paint
from aiprod_studio.training.world.painting import Brush, Point, Sprite
from aiprod_studio.training.world.palette import CREAM, WOOD


def ball(density: float, coat: Coat, height: float) -> Figure:
    """A toy ball with a band and two stars of dots; it turns as it rolls."""

    def strokes(brush: Brush) -> None:
        brush.oval(0, 0, 0.5, 0.5, coat.body)
        for side in (-1, 1):
            curve: list[Point] = [
                (side * (0.17 + 0.13 * y * y / 0.16), y) for y in np.linspace(-0.38, 0.38, 9)
            ]
            brush.stroke(curve, 0.08, coat.stripe)
        brush.oval(0, 0, 0.1, 0.1, coat.stripe)

    sprite = paint((-0.5, -0.5, 0.5, 0.5), density, coat, strokes, 0.0)
    return Figure((Part(sprite, spin=2.0), Part(_gloss(density, coat))), height, 0.5, True)


def _gloss(density: float, coat: Coat) -> Sprite:
    """Light and shade that stay where they are while the ball turns."""
    brush = Brush((-0.5, -0.5, 0.5, 0.5), density)
    brush.oval(0, 0, 0.5, 0.5, (255, 255, 255))
    sprite = brush.halved()
    height, width = sprite.image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(height) - 0.5
    disc = sprite.image[..., 3].astype(np.float32)
    shade = np.clip((x + y) * 0.75 + (x * x + y * y) * 0.5 - 0.1, 0, 0.42) * disc
    shine = np.exp(-((x + 0.17) ** 2 + (y + 0.2) ** 2) / 0.011) * 0.6 * disc
    whole = np.dstack([shine + 0.12 * shade, shine + 0.08 * shade, shine + 0.2 * shade,
                       shine + shade])  # fmt: skip
    return Sprite(np.clip(whole, 0, 255).astype(np.uint8), sprite.raster)


def balloon(density: float, coat: Coat, height: float) -> Figure:
    """A hot-air balloon with stripes and a basket; the basket swings a little."""

    def basket(brush: Brush) -> None:
        for x in (-0.09, 0.09):
            brush.stroke([(x * 1.9, 0.08), (x, 0.36)], 0.022, WOOD)
        brush.area([(-0.115, 0.34), (0.115, 0.34), (0.09, 0.5), (-0.09, 0.5)], WOOD)
        brush.stroke([(-0.115, 0.355), (0.115, 0.355)], 0.03, CREAM)

    def envelope(brush: Brush) -> None:
        left: list[Point] = [(-0.06, 0.21), (-0.25, 0.05), (-0.365, -0.14), (-0.31, -0.36)]
        right: list[Point] = [(-x, y) for x, y in reversed(left)]
        brush.blob([*left, (0.0, -0.5), *right], coat.body)
        for x in (-0.16, 0.16):
            brush.blob(
                [(x * 0.3, 0.2), (x * 0.75, -0.14), (x * 0.3, -0.49), (x * 1.35, -0.36),
                 (x * 1.55, -0.14), (x * 0.95, 0.06)], coat.stripe,
            )  # fmt: skip
        brush.area([(-0.07, 0.17), (0.07, 0.17), (0.05, 0.225), (-0.05, 0.225)], coat.shade)

    parts = (
        Part(paint((-0.2, 0.05, 0.2, 0.5), density, coat, basket), (0, 0.1), 0.09, 1.2),
        Part(paint((-0.38, -0.5, 0.38, 0.24), density, coat, envelope, 1.2)),
    )
    return Figure(parts, height, 0.38, True)
