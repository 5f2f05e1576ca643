"""Where a scene plays: the page that scenery is painted on, and the light that falls on it.

Used by the painters of sky, backdrop and ground. Paints nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from aiprod_studio.training.world.painting import Brush
from aiprod_studio.training.world.palette import LIGHT, PALE, Colour, lit, mix
from aiprod_studio.training.world.randomness import stream
from aiprod_studio.training.world.vocabulary import ASPECT

LEFT, TOP, RIGHT, BOTTOM = -0.2, -0.03, ASPECT + 0.2, 1.03
"""The page reaches past the picture, so that the camera can pan."""


@dataclass(frozen=True)
class Place:
    """What the scenery needs to know of a scene."""

    sky: str
    ground: str
    backdrop: str
    weather: str
    actor: str
    seed: int
    density: float

    @cached_property
    def horizon(self) -> float:
        """Where the ground begins, from the top."""
        return 0.54 + 0.06 * float(stream("horizon", self.seed).random())

    @cached_property
    def light(self) -> Colour:
        """The light on the ground."""
        dim = {"rain": 0.9, "fog": 0.97, "snow": 0.97}.get(self.weather, 1.0)
        return lit((dim, dim, dim), LIGHT[self.sky])

    def tone(self, colour: Colour) -> Colour:
        """A scenery colour under this light and weather."""
        seen = lit(colour, self.light)
        share = {"rain": 0.1, "snow": 0.06, "fog": 0.12}.get(self.weather, 0.0)
        return mix(seen, lit(PALE, self.light), share)

    def brush(self) -> Brush:
        """A fresh page."""
        return Brush((LEFT, TOP, RIGHT, BOTTOM), self.density)
