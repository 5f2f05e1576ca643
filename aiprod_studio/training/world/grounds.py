"""Painters of the ground: meadow, sea, desert and snow, and what carries the actor.

Used by the scenery; never paints the horizon's backdrop.
"""

from __future__ import annotations

import math

import numpy as np

from aiprod_studio.training.world.painting import Brush, Point, Sprite
from aiprod_studio.training.world.palette import GROUND, WHITE, Colour, mix
from aiprod_studio.training.world.place import BOTTOM, LEFT, RIGHT, Place
from aiprod_studio.training.world.randomness import stream
from aiprod_studio.training.world.vocabulary import ASPECT, SWIMMERS, WALKERS


def _edge(random: np.random.Generator, level: float, swing: float, waves: int) -> list[Point]:
    """A rolling contour from left to right around `level`."""
    x = np.linspace(LEFT, RIGHT, 40)
    phase, size = random.random(3) * 2 * math.pi, 0.5 + random.random(3)
    y = sum(
        size[i] / (i + 1) * np.sin(2 * math.pi * (waves * 0.5 + i) * x / ASPECT + phase[i])
        for i in range(3)
    )
    return [(float(a), level + swing * float(b)) for a, b in zip(x, y, strict=True)]


def _down(edge: list[Point]) -> list[Point]:
    """The area below a contour."""
    return [*edge, (RIGHT, BOTTOM), (LEFT, BOTTOM)]


def far(place: Place) -> Sprite:
    """The ground from the horizon on."""
    random = stream("far ground", place.seed, place.ground)
    brush = place.brush()
    swing = {"meadow": 0.012, "sea": 0.0, "desert": 0.018, "snow": 0.013}[place.ground]
    distant, close = (place.tone(colour) for colour in GROUND[place.ground])
    edge = _edge(random, place.horizon, swing, 1)
    brush.area(_down(edge), distant)
    middle = mix(distant, close, 0.5)
    if place.ground == "sea":
        _waves(brush, random, place.horizon + 0.015, 0.74, mix(distant, WHITE, 0.22), 22)
        return brush.flat()
    shade = mix(distant, place.tone(_SHADE[place.ground]), 0.3)
    second = _edge(random, place.horizon + 0.075, swing * 1.3, 2)
    brush.area(_down([(x, y - 0.012) for x, y in second]), shade)
    brush.area(_down(second), middle)
    return brush.flat()


_SHADE = {"meadow": (96, 140, 76), "desert": (196, 140, 90), "snow": (160, 186, 222)}


def _waves(
    brush: Brush, random: np.random.Generator, top: float, bottom: float, colour: Colour, count: int
) -> None:
    """Short light strokes, wider and longer towards the viewer."""
    for a, b, c in random.random((count, 3)):
        near = float(b)
        y = top + (bottom - top) * near**1.3
        x = LEFT + (RIGHT - LEFT) * float(a)
        long = (0.04 + 0.06 * float(c)) * (0.6 + 0.7 * near)
        sag = 0.004 + 0.006 * near
        curve = [(x - long, y), (x - long / 2, y - sag), (x, y), (x + long / 2, y - sag),
                 (x + long, y)]  # fmt: skip
        brush.stroke(curve, 0.006 + 0.006 * near, colour)


def near(place: Place, base: float) -> Sprite:
    """The ground around the ground line `base`, with road, rails, bridge or lake."""
    random = stream("near ground", place.seed, place.ground)
    brush = place.brush()
    tone = place.tone(GROUND[place.ground][1])
    wet = place.ground == "sea"
    edge = _edge(random, base - 0.11, 0.005 if wet else 0.014, 3 if wet else 1)
    light = mix(tone, WHITE, 0.18)
    brush.area(_down(edge), light)
    brush.area(_down([(x, y + 0.014) for x, y in edge]), tone)
    if wet:
        _waves(brush, random, base - 0.07, 1.0, mix(tone, WHITE, 0.25), 20)
    else:
        _details(brush, place, random, base)
    _support(brush, place, base)
    return brush.flat()


def _details(brush: Brush, place: Place, random: np.random.Generator, base: float) -> None:
    """Flowers and grass, sand ripples, or snow mounds on the near ground."""
    tone = place.tone(GROUND[place.ground][1])
    dark, pale = mix(tone, place.tone(_SHADE[place.ground]), 0.7), mix(tone, WHITE, 0.35)
    for a, b, c in random.random((14, 3)):
        x = LEFT + (RIGHT - LEFT) * float(a)
        y = base - 0.06 + (BOTTOM - base + 0.03) * float(b)
        if place.ground == "meadow":
            brush.stroke([(x - 0.014, y - 0.03), (x, y), (x + 0.012, y - 0.034)], 0.009, dark)
            petal = mix(place.tone((250, 244, 230)), place.tone((246, 206, 120)), float(c))
            brush.oval(x + 0.05, y - 0.012, 0.012, 0.012, petal)
        elif place.ground == "desert":
            wide = 0.07 + 0.06 * float(c)
            brush.stroke([(x - wide, y), (x, y - 0.012), (x + wide, y + 0.004)], 0.01, dark)
        else:
            brush.oval(x, y + 0.01, 0.08, 0.022, mix(tone, dark, 0.55))
            brush.oval(x - 0.012, y, 0.075, 0.02, pale)


def _support(brush: Brush, place: Place, base: float) -> None:
    """What the actor moves on: road, rails, bridge or lake."""
    actor, wet = place.actor, place.ground == "sea"
    if actor in SWIMMERS and not wet:
        _lake(brush, place, base)
    elif actor in WALKERS and wet:
        _bridge(brush, place, base)
    elif actor == "car":
        _strip(brush, base - 0.035, base + 0.05, place.tone((176, 166, 160)))
        for x in np.arange(LEFT, RIGHT, 0.17):
            brush.stroke([(x, base + 0.008), (x + 0.07, base + 0.008)], 0.012,
                         place.tone((236, 228, 210)))  # fmt: skip
    if actor == "train":
        _rails(brush, place, base)


def _strip(brush: Brush, top: float, bottom: float, colour: Colour) -> None:
    brush.area([(LEFT, top), (RIGHT, top), (RIGHT, bottom), (LEFT, bottom)], colour)


def _lake(brush: Brush, place: Place, base: float) -> None:
    random = stream("lake", place.seed)
    water = place.tone(GROUND["sea"][1])
    bank = _edge(random, base - 0.1, 0.008, 2)
    shore = mix(place.tone(GROUND[place.ground][1]), place.tone((120, 100, 80)), 0.3)
    brush.area(_down([(x, y - 0.02) for x, y in bank]), shore)
    brush.area(_down(bank), mix(water, WHITE, 0.16))
    brush.area(_down([(x, y + 0.02) for x, y in bank]), water)
    _waves(brush, random, base - 0.05, 1.0, mix(water, WHITE, 0.25), 16)


def _bridge(brush: Brush, place: Place, base: float) -> None:
    wood, dark = place.tone((176, 140, 108)), place.tone((134, 102, 80))
    for x in np.arange(LEFT + 0.05, RIGHT, 0.26):
        brush.area([(x, base), (x + 0.045, base), (x + 0.045, BOTTOM), (x, BOTTOM)], dark)
    _strip(brush, base - 0.03, base + 0.045, wood)
    _strip(brush, base + 0.045, base + 0.062, dark)
    for x in np.arange(LEFT, RIGHT, 0.13):
        brush.stroke([(x, base - 0.03), (x, base + 0.04)], 0.006, dark)


def _rails(brush: Brush, place: Place, base: float) -> None:
    for x in np.arange(LEFT, RIGHT, 0.085):
        brush.stroke([(x, base + 0.012), (x + 0.04, base + 0.012)], 0.022,
                     place.tone((134, 104, 84)))  # fmt: skip
    _strip(brush, base - 0.008, base + 0.006, place.tone((112, 112, 124)))
