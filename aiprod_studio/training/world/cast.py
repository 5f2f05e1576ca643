"""The cast: every object by name, with its height and its painter.

Used by the stage. Heights are in picture heights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiprod_studio.training.world.actors import Coat, Figure
from aiprod_studio.training.world.creatures import bird, cat, fish
from aiprod_studio.training.world.palette import ACTOR_LIGHT, BODY, Colour
from aiprod_studio.training.world.toys import ball, balloon
from aiprod_studio.training.world.vehicles import boat, car, train

_PAINTERS: Mapping[str, tuple[Callable[[float, Coat, float], Figure], float]] = {
    "ball": (ball, 0.33),
    "balloon": (balloon, 0.52),
    "bird": (bird, 0.34),
    "boat": (boat, 0.46),
    "car": (car, 0.29),
    "cat": (cat, 0.37),
    "fish": (fish, 0.34),
    "train": (train, 0.3),
}
_COMPANION: Mapping[str, Colour] = {"bird": (92, 88, 112), "balloon": (238, 206, 178)}
_SMALL = 0.36


def figure(name: str, colour: str, sky: str, size: float, density: float) -> Figure:
    """The main actor; `size` varies its height, `density` is pixels per picture height."""
    painter, height = _PAINTERS[name]
    tall = height * size
    return painter(4 * density * tall, Coat(BODY[colour], ACTOR_LIGHT[sky]), tall)


def companion(name: str, sky: str, density: float) -> Figure:
    """A small second actor in a colour of its own that no main actor has."""
    painter, height = _PAINTERS[name]
    tall = height * _SMALL
    return painter(4 * density * tall, Coat(_COMPANION[name], ACTOR_LIGHT[sky]), tall)
