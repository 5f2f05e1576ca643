"""What an actor is made of: painted parts that turn about a pivot.

Parts are given in the actor's own units: its height is 1, it looks to the right, the origin lies
where it touches the ground (or in its middle when it flies or rolls). Used by the painters of
toys, vehicles and creatures and by the stage; never places anything in a scene.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from aiprod_studio.training.world.geometry import Matrix, about, move, turn
from aiprod_studio.training.world.painting import Brush, Sprite, finished
from aiprod_studio.training.world.palette import Colour, accent, ink, mix


@dataclass(frozen=True)
class Coat:
    """The colours one actor is painted with, and the light it stands in."""

    body: Colour
    light: Colour

    @property
    def stripe(self) -> Colour:
        """For stripes and bands."""
        return accent(self.body)

    @property
    def shade(self) -> Colour:
        """For parts of the body that lie behind."""
        return mix(self.body, (70, 60, 80), 0.2)

    @property
    def line(self) -> Colour:
        """For the outline."""
        return ink(self.body)


@dataclass(frozen=True)
class Part:
    """One painted piece, in drawing order.

    `swing` radians back and forth at `rate` swings per scene; `spin` in radians per unit of the
    actor's height travelled. `body` says whether the piece belongs to the actor's mask.
    """

    sprite: Sprite
    pivot: tuple[float, float] = (0.0, 0.0)
    swing: float = 0.0
    rate: float = 0.0
    phase: float = 0.0
    spin: float = 0.0
    body: bool = True

    def placed(self, time: float, travelled: float) -> Matrix:
        """The part's matrix in the actor's units; `travelled` in actor heights."""
        angle = self.spin * travelled
        angle += self.swing * math.sin(2 * math.pi * (self.rate * time + self.phase))
        return about(*self.pivot, turn(angle))


@dataclass(frozen=True)
class Figure:
    """An actor ready to be placed: parts, height in picture heights, half width in own units."""

    parts: tuple[Part, ...]
    height: float
    reach: float
    centred: bool


Box = tuple[float, float, float, float]


def paint(
    box: Box, density: float, coat: Coat, strokes: Callable[[Brush], None], relief: float = 1.0
) -> Sprite:
    """Run `strokes` on a page around `box` (own units) and finish it in the actor's coat."""
    margin = 0.06
    grown = (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
    brush = Brush(grown, density)
    strokes(brush)
    return finished(brush.halved(), coat.line, coat.light, relief)


def wheel(density: float, coat: Coat, radius: float, rim: Colour, hub: Colour) -> Sprite:
    """A wheel about the origin with four spokes, so that its turning shows."""

    def strokes(brush: Brush) -> None:
        brush.oval(0, 0, radius, radius, rim)
        brush.oval(0, 0, radius * 0.66, radius * 0.66, hub)
        for angle in (0.0, math.pi / 2):
            x, y = math.cos(angle) * radius * 0.66, math.sin(angle) * radius * 0.66
            brush.stroke([(-x, -y), (x, y)], radius * 0.22, rim)

    return paint((-radius, -radius, radius, radius), density, coat, strokes, 0.5)


def shifted(sprite: Sprite, x: float, y: float) -> Sprite:
    """The sprite with its origin moved to (x, y)."""
    return Sprite(sprite.image, sprite.raster @ move(-x, -y))
