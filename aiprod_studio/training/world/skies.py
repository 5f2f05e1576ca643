"""Painters of the sky: its gradient, sun, moon and stars, and the clouds before it.

Used by the scenery; never paints ground or weather.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.world.painting import Brush, Sprite
from aiprod_studio.training.world.palette import GREY, LIGHT, PALE, SKY, WHITE, Colour, lit, mix
from aiprod_studio.training.world.place import LEFT, RIGHT, TOP, Place
from aiprod_studio.training.world.randomness import stream
from aiprod_studio.training.world.vocabulary import ASPECT


def sky(place: Place) -> Sprite:
    """The opaque page behind everything."""
    random = stream("sky", place.seed)
    brush = place.brush()
    height, width = brush.page.shape[:2]
    y = (np.arange(height) + 0.5) / place.density + TOP
    where = np.clip(y / place.horizon, 0, 1)
    stops = [(at, weathered(colour, place)) for at, colour in SKY[place.sky]]
    knots = [at for at, _ in stops]
    column = np.stack([np.interp(where, knots, [c[i] for _, c in stops]) for i in range(3)], axis=1)
    opaque = np.column_stack([column + 0.5, np.full(height, 255.0)]).astype(np.uint8)
    brush.page = np.repeat(opaque, width, axis=0).reshape(height, width, 4)
    _lights(brush, place, random)
    return brush.flat()


def weathered(colour: Colour, place: Place) -> Colour:
    """A sky colour as the weather greys it."""
    grey, pale = lit(GREY, LIGHT[place.sky]), lit(PALE, LIGHT[place.sky])
    if place.weather == "rain":
        return mix(colour, grey, 0.38)
    if place.weather == "fog":
        return mix(colour, pale, 0.3)
    return mix(colour, pale, 0.18) if place.weather == "snow" else colour


def _lights(brush: Brush, place: Place, random: np.random.Generator) -> None:
    """Sun or moon, and stars."""
    x = 0.15 + (ASPECT - 0.3) * float(random.random())
    jitter = float(random.random())
    if place.sky == "night":
        for star in random.random((36, 3)):
            spot = (LEFT + (RIGHT - LEFT) * star[0], place.horizon * 0.9 * star[1])
            size = 0.004 + 0.004 * star[2]
            brush.oval(*spot, size, size, mix((150, 160, 210), WHITE, float(star[2])))
        _moon(brush, x, 0.12 + 0.08 * jitter, place)
        return
    low = {"day": 0.1, "dawn": place.horizon - 0.2, "sunset": place.horizon - 0.12}[place.sky]
    size = {"day": 0.065, "dawn": 0.07, "sunset": 0.105}[place.sky]
    colour: Colour = {
        "day": (255, 240, 150), "dawn": (255, 246, 214), "sunset": (255, 214, 120),
    }[place.sky]  # fmt: skip
    veil = {"rain": 0.6, "fog": 0.3, "snow": 0.3}.get(place.weather, 0.0)
    y = low + 0.06 * jitter
    _glow(brush, x, y, size * 3.4, colour, 0.5 * (1 - veil))
    brush.oval(x, y, size, size, mix(colour, weathered(SKY[place.sky][1][1], place), veil))


def _moon(brush: Brush, x: float, y: float, place: Place) -> None:
    _glow(brush, x, y, 0.2, (200, 210, 240), 0.35)
    brush.oval(x, y, 0.062, 0.062, (246, 240, 212))
    brush.oval(x - 0.02, y - 0.015, 0.013, 0.013, (226, 220, 196))
    brush.oval(x + 0.02, y + 0.02, 0.017, 0.017, (228, 222, 198))


@lru_cache(maxsize=1)
def _halo() -> NDArray[np.float32]:
    y, x = np.mgrid[-1:1:65j, -1:1:65j]
    near: NDArray[np.float32] = np.clip(1 - np.hypot(x, y), 0, 1).astype(np.float32)
    return near * near


def _glow(brush: Brush, x: float, y: float, radius: float, colour: Colour, power: float) -> None:
    """Light around a sun or moon, mixed into an opaque page."""
    page, d = brush.page, brush.density
    size = max(4, int(2 * radius * d))
    left, top = int((x - radius - LEFT) * d), int((y - radius - TOP) * d)
    halo = cv2.resize(_halo(), (size, size), interpolation=cv2.INTER_LINEAR)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(page.shape[1], left + size), min(page.shape[0], top + size)
    if x0 >= x1 or y0 >= y1:
        return
    share = halo[y0 - top : y1 - top, x0 - left : x1 - left, None] * power
    part = page[y0:y1, x0:x1, :3].astype(np.float32)
    page[y0:y1, x0:x1, :3] = (part + (np.array(colour, np.float32) - part) * share).astype(np.uint8)


def clouds(place: Place) -> Sprite:
    """A few clouds; more and greyer ones before rain and snow."""
    random = stream("clouds", place.seed)
    brush = place.brush()
    bright: Colour = {
        "day": (252, 253, 255), "dawn": (255, 232, 226), "sunset": (250, 176, 138),
        "night": (78, 90, 142),
    }[place.sky]  # fmt: skip
    wet = place.weather in ("rain", "snow")
    bright = mix(bright, lit(GREY, LIGHT[place.sky]), 0.45 if wet else 0.0)
    under = mix(bright, SKY[place.sky][1][1], 0.4)
    count = int(random.integers(2, 4)) + (2 if wet else 0)
    lanes = (np.arange(count) + 0.15 + 0.7 * random.random(count)) / count
    for lane in lanes:
        x = LEFT + (RIGHT - LEFT) * float(lane)
        y = 0.1 + 0.24 * float(random.random())
        _cloud(brush, x, y, 0.75 + 0.5 * float(random.random()), bright, under, random)
    return brush.flat()


def _cloud(
    brush: Brush, x: float, y: float, size: float, bright: Colour, under: Colour,
    random: np.random.Generator,
) -> None:  # fmt: skip
    puffs = [
        (-0.1, 0.005, 0.055), (-0.045, -0.03, 0.06), (0.03, -0.04, 0.07), (0.095, -0.005, 0.055),
    ]  # fmt: skip
    wobble = 1 + 0.25 * (random.random((4, 1)) - 0.5)
    spots = np.asarray(puffs) * wobble * size
    brush.oval(x, y + 0.035 * size, 0.145 * size, 0.028 * size, under)
    for dx, dy, r in spots:
        brush.oval(x + dx, y + dy + 0.012 * size, r, r * 0.8, under)
    for dx, dy, r in spots:
        brush.oval(x + dx - 0.006, y + dy - 0.006, r * 0.92, r * 0.7, bright)
