"""A brush on a small transparent page, and the finishing that makes flat shapes look painted.

Pages are drawn at twice their final density and halved, so edges are smooth. Colours are stored
premultiplied by alpha. Used by sprites and scenery; never knows scenes or time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.world.geometry import Matrix, pixels
from aiprod_studio.training.world.palette import Colour

Picture: TypeAlias = NDArray[np.uint8]
Point: TypeAlias = tuple[float, float]
_SHIFT = 4
_ONE = 1 << _SHIFT


@dataclass(frozen=True)
class Sprite:
    """A painted piece: (H, W, 4) uint8 premultiplied, and the matrix from lengths to its pixels."""

    image: Picture
    raster: Matrix


def rounded(points: Sequence[Point]) -> NDArray[np.float64]:
    """A closed smooth curve through `points` (uniform Catmull-Rom spline)."""
    return _spline(tuple(points))


@lru_cache(maxsize=512)
def _spline(points: tuple[Point, ...], steps: int = 6) -> NDArray[np.float64]:
    p = np.asarray(points, np.float64)
    before, after, later = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = (np.arange(steps) / steps)[None, :, None]
    a, b, c, d = (q[:, None, :] for q in (before, p, after, later))
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.asarray(curve.reshape(-1, 2), np.float64)


class Brush:
    """Paints shapes given in lengths onto a page of `density` pixels per length."""

    def __init__(self, box: tuple[float, float, float, float], density: float) -> None:
        """`box` is (left, top, right, bottom)."""
        self._box = box
        self.density = density
        self._fine = density * _ONE
        corner = np.array(box[:2], np.float64)
        self._start = 0.5 - 0.5 * _ONE - corner * self._fine
        width = max(2, 2 * math.ceil((box[2] - box[0]) * density / 2))
        height = max(2, 2 * math.ceil((box[3] - box[1]) * density / 2))
        self.page: Picture = np.zeros((height, width, 4), np.uint8)

    def _grid(self, points: Sequence[Point] | NDArray[np.float64]) -> NDArray[np.int32]:
        grid = np.array(points, np.float64)
        grid *= self._fine
        grid += self._start
        return grid.astype(np.int32)

    def area(self, points: Sequence[Point] | NDArray[np.float64], colour: Colour) -> None:
        """A filled polygon."""
        paint = (*colour, 255.0)
        cv2.fillPoly(self.page, [self._grid(points)], paint, cv2.LINE_AA, _SHIFT)

    def blob(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled smooth shape through `points`."""
        self.area(rounded(points), colour)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, tilt: float = 0.0
    ) -> None:
        """A filled ellipse; `tilt` in degrees, clockwise."""
        centre = self._grid([(x, y)])[0]
        axes = (round(rx * self.density * _ONE), round(ry * self.density * _ONE))
        paint = (*colour, 255.0)
        at = (int(centre[0]), int(centre[1]))
        cv2.ellipse(self.page, at, axes, tilt, 0, 360, paint, -1, cv2.LINE_AA, _SHIFT)

    def stroke(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line of `width` through `points`, with round ends."""
        paint = (*colour, 255.0)
        thick = max(1, round(width * self.density))
        cv2.polylines(self.page, [self._grid(points)], False, paint, thick, cv2.LINE_AA, _SHIFT)

    def flat(self) -> Sprite:
        """The page as it is, at its own density."""
        return Sprite(self.page, pixels(self.density, self._box[0], self._box[1]))

    def halved(self) -> Sprite:
        """The page at half its density, edges smoothed."""
        height, width = self.page.shape[:2]
        small = cv2.resize(self.page, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        raster = pixels(self.density / 2, self._box[0], self._box[1])
        return Sprite(np.asarray(small, np.uint8), raster)


def finished(sprite: Sprite, line: Colour, light: Colour, relief: float = 1.0) -> Sprite:
    """Volume (light from the upper left), an ink outline of `line`, and the scene's `light`."""
    image = sprite.image
    alpha = image[..., 3].astype(np.float32)
    slope = _slope(alpha) * relief
    shade = np.clip(1 + 0.55 * slope, 0.74, 1.0)[..., None]
    shine = (np.clip(slope, 0, 0.5) * 0.5)[..., None]
    rgb = image[..., :3].astype(np.float32)
    rgb = rgb * shade + (alpha[..., None] - rgb) * shine
    grown = cv2.dilate(image[..., 3], _PEN).astype(np.float32)
    rgb += np.array(line, np.float32) * ((grown - alpha) / 255.0)[..., None]
    rgb *= np.array(light, np.float32)
    whole = np.dstack([rgb, grown])
    return Sprite(np.clip(whole + 0.5, 0, 255).astype(np.uint8), sprite.raster)


_PEN = np.ones((3, 3), np.uint8)


def _slope(alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much a soft body of this outline faces the upper left, about -1 to 1."""
    reach = max(2, alpha.shape[0] // 12)
    soft = cv2.blur(cv2.blur(alpha, (2 * reach + 1,) * 2), (2 * reach + 1,) * 2) / 255.0
    padded = cv2.copyMakeBorder(soft, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    step = 2 * reach
    return np.asarray(padded[step:, step:] - padded[:-step, :-step], np.float32)
