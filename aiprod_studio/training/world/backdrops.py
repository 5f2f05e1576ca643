"""Painters of what stands at the horizon: hills, mountains, trees, houses.

Each takes a page and the place, and suits every ground: palms and adobe in the desert, firs in the
snow, an island at sea. Used by the scenery; never paints sky or ground.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from aiprod_studio.training.world.painting import Brush, Point
from aiprod_studio.training.world.palette import GROUND, WHITE, Colour, mix
from aiprod_studio.training.world.place import LEFT, RIGHT, Place
from aiprod_studio.training.world.randomness import stream

_HAZE: Colour = (206, 216, 228)
_RIDGE: Mapping[str, Colour] = {
    "meadow": (124, 166, 112),
    "sea": (128, 158, 140),
    "desert": (216, 162, 112),
    "snow": (190, 206, 228),
}
_ROCK: Mapping[str, Colour] = {
    "meadow": (136, 144, 164),
    "sea": (128, 142, 166),
    "desert": (196, 128, 96),
    "snow": (158, 174, 204),
}


def _foot(brush: Brush, place: Place, colour: Colour) -> None:
    """A low shore or rise to stand on."""
    h = place.horizon
    wide = np.linspace(LEFT, RIGHT, 24)
    top = [(float(x), h - 0.018 - 0.008 * float(np.sin(5 * x + place.seed % 7))) for x in wide]
    brush.area([*top, (RIGHT, h + 0.1), (LEFT, h + 0.1)], colour)


def _hills(brush: Brush, place: Place) -> None:
    random = stream("hills", place.seed)
    h = place.horizon
    for row, (tall, haze) in enumerate(((0.17, 0.45), (0.11, 0.12))):
        colour = place.tone(mix(_RIDGE[place.ground], _HAZE, haze))
        count = 3 + row
        for lane, jitter, size in zip(range(count), random.random(4), random.random(4),
                                      strict=False):  # fmt: skip
            x = LEFT + (RIGHT - LEFT) * (lane + 0.2 + 0.6 * float(jitter)) / count
            rise = tall * (0.75 + 0.5 * float(size))
            brush.oval(x, h + 0.05, 0.34 + 0.1 * float(size), rise + 0.05, colour)
            brush.oval(x - 0.05, h + 0.05, 0.2, rise + 0.03, mix(colour, WHITE, 0.1))
    _foot(brush, place, place.tone(_RIDGE[place.ground]))


def _mountains(brush: Brush, place: Place) -> None:
    random = stream("mountains", place.seed)
    h = place.horizon
    rock = place.tone(mix(_ROCK[place.ground], _HAZE, 0.15))
    for lane in (0, 2, 4, 1, 3):
        jitter, size, lean = (float(v) for v in random.random(3))
        x = LEFT + (RIGHT - LEFT) * (lane + 0.25 + 0.5 * jitter) / 5
        tall, half = 0.2 + 0.14 * size, 0.24 + 0.07 * size
        peak: Point = (x, h - tall)
        crest = (x + 0.03 * (lean - 0.5), h + 0.05)
        brush.area([(x - half, h + 0.06), peak, (x + half, h + 0.06)], mix(rock, WHITE, 0.14))
        brush.area([peak, (x + half, h + 0.06), crest, (x + 0.03, h - tall * 0.5)], rock)
        if place.ground != "desert":
            cap = place.tone((246, 248, 252))
            s = 0.36
            brush.area([peak, (x + half * s, h - tall * (1 - s) + 0.02),
                        (x + half * 0.12, h - tall * 0.72), (x - half * 0.1, h - tall * 0.6),
                        (x - half * s, h - tall * (1 - s) + 0.02)], cap)  # fmt: skip
    _foot(brush, place, place.tone(_RIDGE[place.ground]))


def _trees(brush: Brush, place: Place) -> None:
    random = stream("trees", place.seed)
    _foot(brush, place, place.tone(mix(_RIDGE[place.ground], GROUND["desert"][0],
                                       0.5 if place.ground == "sea" else 0.0)))  # fmt: skip
    palms = place.ground in ("desert", "sea")
    tree = _palm if palms else (_fir if place.ground == "snow" else _leafy)
    count = 6 if palms else 8
    for lane in range(count):
        jitter, size = (float(v) for v in random.random(2))
        x = LEFT + (RIGHT - LEFT) * (lane + 0.2 + 0.6 * jitter) / count
        tree(brush, place, x, 0.17 + 0.08 * size)


def _leafy(brush: Brush, place: Place, x: float, tall: float) -> None:
    h = place.horizon
    leaf, trunk = place.tone((86, 142, 84)), place.tone((122, 92, 72))
    brush.stroke([(x, h + 0.02), (x, h - tall * 0.6)], 0.022, trunk)
    for dx, dy, r in ((-0.2, 0.55, 0.3), (0.2, 0.58, 0.3), (0.0, 0.78, 0.34)):
        brush.oval(x + dx * tall, h - dy * tall, r * tall, r * tall, leaf)
    brush.oval(x - 0.1 * tall, h - 0.82 * tall, 0.2 * tall, 0.18 * tall, mix(leaf, WHITE, 0.16))


def _fir(brush: Brush, place: Place, x: float, tall: float) -> None:
    h = place.horizon
    leaf, snow = place.tone((92, 130, 122)), place.tone((240, 245, 250))
    brush.stroke([(x, h + 0.02), (x, h - tall * 0.2)], 0.02, place.tone((122, 92, 72)))
    for low, high, half in ((0.1, 0.55, 0.34), (0.35, 0.8, 0.27), (0.6, 1.08, 0.2)):
        tip = (x, h - high * tall)
        brush.area(
            [tip, (x + half * tall, h - low * tall), (x - half * tall, h - low * tall)], leaf
        )
        brush.area([tip, (x + 0.1 * tall, h - (high - 0.2) * tall),
                    (x - half * tall * 0.75, h - (low + 0.1) * tall)], snow)  # fmt: skip


def _palm(brush: Brush, place: Place, x: float, tall: float) -> None:
    h = place.horizon
    leaf = place.tone((104, 148, 92))
    top = (x + 0.03, h - tall)
    brush.stroke(
        [(x, h + 0.02), (x + 0.005, h - tall * 0.5), top], 0.02, place.tone((140, 106, 80))
    )
    for dx, dy in ((-0.42, 0.02), (0.42, 0.02), (-0.3, -0.26), (0.32, -0.24), (-0.3, 0.26),
                   (0.3, 0.26)):  # fmt: skip
        reach = (top[0] + dx * tall * 0.9, top[1] + dy * tall * 0.9)
        bend = (top[0] + dx * tall * 0.5, top[1] + dy * tall * 0.5 - 0.025)
        brush.blob([top, bend, reach, (bend[0], bend[1] + 0.022)], leaf)


def _houses(brush: Brush, place: Place) -> None:
    random = stream("houses", place.seed)
    _foot(brush, place, place.tone(_RIDGE[place.ground]))
    count = 5
    for lane in range(count):
        jitter, size, tint = (float(v) for v in random.random(3))
        x = LEFT + (RIGHT - LEFT) * (lane + 0.25 + 0.5 * jitter) / count
        _house(brush, place, x, 0.13 + 0.05 * size, tint)


def _house(brush: Brush, place: Place, x: float, tall: float, tint: float) -> None:
    h, half = place.horizon + 0.015, tall * 0.62
    wall = place.tone(mix((242, 226, 204), (226, 204, 186), tint))
    roof = place.tone(mix((188, 116, 98), (150, 112, 116), tint))
    window: Colour = (255, 222, 140) if place.sky == "night" else place.tone((150, 168, 186))
    brush.area([(x - half, h - tall * 0.6), (x + half, h - tall * 0.6), (x + half, h),
                (x - half, h)], wall)  # fmt: skip
    brush.area([(x + half * 0.2, h - tall * 0.6), (x + half, h - tall * 0.6), (x + half, h),
                (x + half * 0.2, h)], mix(wall, place.tone((150, 130, 140)), 0.3))  # fmt: skip
    if place.ground == "desert":
        brush.area([(x - half * 1.08, h - tall * 0.68), (x + half * 1.08, h - tall * 0.68),
                    (x + half * 1.08, h - tall * 0.58), (x - half * 1.08, h - tall * 0.58)],
                   roof)  # fmt: skip
    else:
        cover = place.tone((240, 244, 250)) if place.ground == "snow" else roof
        brush.area([(x - half * 1.25, h - tall * 0.58), (x, h - tall * 1.2),
                    (x + half * 1.25, h - tall * 0.58)], cover)  # fmt: skip
    for dx in (-0.62, 0.38):
        w = half * 0.34
        brush.area([(x + dx * half, h - tall * 0.45), (x + dx * half + w, h - tall * 0.45),
                    (x + dx * half + w, h - tall * 0.2), (x + dx * half, h - tall * 0.2)],
                   window)  # fmt: skip


BACKDROPS: Mapping[str, Callable[[Brush, Place], None]] = {
    "hills": _hills,
    "mountains": _mountains,
    "trees": _trees,
    "houses": _houses,
}
