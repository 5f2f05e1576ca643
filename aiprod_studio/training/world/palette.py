"""Colours of the picture book: named body colours, skies, grounds and the light they give.

All values are sRGB triples from 0 to 255, tints are factors per channel. Grounds and skies are
muted, bodies are saturated, so that a body can be told from any place by its colour. Used by all
painters and by the evaluation rules; never draws.
"""

from __future__ import annotations

from collections.abc import Mapping

Colour = tuple[float, float, float]

BODY: Mapping[str, Colour] = {
    "red": (216, 38, 42),
    "orange": (247, 132, 14),
    "yellow": (252, 218, 36),
    "green": (22, 146, 66),
    "blue": (32, 84, 214),
    "purple": (126, 52, 172),
    "pink": (250, 122, 182),
    "brown": (118, 70, 38),
    "white": (250, 250, 246),
    "black": (36, 36, 44),
}
"""The body of an actor, by the name of its colour."""

SKY: Mapping[str, tuple[tuple[float, Colour], ...]] = {
    "day": ((0.0, (92, 168, 230)), (0.6, (168, 212, 242)), (1.0, (220, 238, 244))),
    "dawn": ((0.0, (170, 172, 222)), (0.5, (240, 202, 208)), (1.0, (255, 234, 196))),
    "sunset": ((0.0, (104, 66, 130)), (0.5, (226, 106, 92)), (1.0, (255, 190, 108))),
    "night": ((0.0, (22, 28, 76)), (0.6, (44, 58, 118)), (1.0, (76, 92, 152))),
}
"""Gradient stops from the zenith (0) to the horizon (1)."""

GROUND: Mapping[str, tuple[Colour, Colour]] = {
    "meadow": ((166, 202, 108), (128, 178, 80)),
    "sea": ((112, 172, 196), (74, 138, 174)),
    "desert": ((242, 212, 154), (228, 186, 118)),
    "snow": ((222, 231, 243), (236, 242, 250)),
}
"""Far and near colour of the ground."""

LIGHT: Mapping[str, Colour] = {
    "day": (1.0, 1.0, 1.0),
    "dawn": (1.0, 0.94, 0.95),
    "sunset": (0.96, 0.80, 0.72),
    "night": (0.53, 0.53, 0.71),
}
"""What the time of day does to the scenery."""

ACTOR_LIGHT: Mapping[str, Colour] = {
    "day": (1.0, 1.0, 1.0),
    "dawn": (1.0, 0.98, 0.98),
    "sunset": (1.0, 0.95, 0.92),
    "night": (0.9, 0.9, 0.98),
}
"""The same for actors, weaker: their named colour stays readable."""

CREAM: Colour = (250, 240, 216)
WHITE: Colour = (255, 255, 255)
NIGHT: Colour = (26, 24, 34)
WOOD: Colour = (150, 108, 72)
METAL: Colour = (92, 92, 104)
GLASS: Colour = (190, 226, 240)
GREY: Colour = (150, 158, 172)
PALE: Colour = (226, 230, 236)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` moved towards `second` by `share` (0 to 1)."""
    a, b = first, second
    return (
        a[0] + (b[0] - a[0]) * share,
        a[1] + (b[1] - a[1]) * share,
        a[2] + (b[2] - a[2]) * share,
    )


def lit(colour: Colour, light: Colour) -> Colour:
    """`colour` seen under `light`."""
    return (colour[0] * light[0], colour[1] * light[1], colour[2] * light[2])


def accent(colour: Colour) -> Colour:
    """A companion of a body colour for stripes: lighter, or darker where the body is light."""
    brightness = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    if brightness > 190:
        return mix(colour, (120, 92, 84), 0.28)
    return mix(colour, WHITE, 0.45)


def ink(colour: Colour) -> Colour:
    """The outline of a body: a dark shade of it, or chalk around black."""
    if sum(colour) < 160:
        return (176, 176, 188)
    return mix(colour, NIGHT, 0.68)
