"""Painters of the boat, the car and the train.

Used by the cast; density is in page pixels per actor height. Never decides colours or places.
"""

from __future__ import annotations

from aiprod_studio.training.world.actors import Coat, Figure, Part, paint, shifted, wheel
from aiprod_studio.training.world.painting import Brush
from aiprod_studio.training.world.palette import CREAM, GLASS, METAL, NIGHT, WHITE, WOOD, mix


def boat(density: float, coat: Coat, height: float) -> Figure:
    """A sailing boat: hull and main sail in the body colour, a cream jib."""

    def strokes(brush: Brush) -> None:
        brush.stroke([(0.0, -0.95), (0.0, -0.25)], 0.035, WOOD)
        brush.blob([(-0.03, -0.93), (-0.2, -0.62), (-0.4, -0.34), (-0.2, -0.31), (-0.03, -0.33),
                    (-0.02, -0.6)], mix(coat.body, WHITE, 0.14))  # fmt: skip
        brush.stroke([(-0.33, -0.42), (-0.03, -0.44)], 0.05, coat.stripe)
        brush.blob([(0.04, -0.86), (0.22, -0.6), (0.36, -0.36), (0.2, -0.33), (0.04, -0.34)],
                   CREAM)  # fmt: skip
        brush.area([(0.0, -0.99), (0.0, -0.9), (-0.13, -0.945)], coat.stripe)
        brush.blob([(-0.52, -0.27), (-0.3, -0.24), (0.3, -0.24), (0.58, -0.3), (0.5, -0.12),
                    (0.36, 0.02), (-0.32, 0.02), (-0.46, -0.1)], coat.body)  # fmt: skip
        brush.stroke([(-0.47, -0.195), (0.0, -0.175), (0.5, -0.21)], 0.045, coat.stripe)

    sprite = paint((-0.56, -1.0, 0.62, 0.05), density, coat, strokes)
    return Figure((Part(sprite, (0, 0), 0.05, 1.5),), height, 0.58, False)


def car(density: float, coat: Coat, height: float) -> Figure:
    """A small round car with turning wheels."""

    def strokes(brush: Brush) -> None:
        brush.blob([(-0.62, -0.5), (-0.5, -0.86), (-0.22, -1.0), (0.16, -0.99), (0.4, -0.8),
                    (0.5, -0.52)], coat.body)  # fmt: skip
        brush.blob([(-0.88, -0.34), (-0.82, -0.54), (-0.5, -0.58), (0.45, -0.58), (0.82, -0.48),
                    (0.92, -0.3), (0.86, -0.16), (-0.84, -0.16)], coat.body)  # fmt: skip
        brush.blob([(-0.46, -0.58), (-0.38, -0.8), (-0.1, -0.88), (-0.06, -0.58)], GLASS)
        brush.blob([(0.05, -0.58), (0.05, -0.88), (0.22, -0.84), (0.36, -0.58)], GLASS)
        brush.stroke([(-0.82, -0.36), (0.84, -0.36)], 0.05, coat.stripe)
        brush.oval(0.84, -0.36, 0.06, 0.075, (255, 240, 150))

    body = paint((-0.9, -1.0, 0.95, -0.1), density, coat, strokes)
    round_one = wheel(density, coat, 0.23, NIGHT, (196, 196, 204))
    axles = tuple(
        Part(shifted(round_one, x, -0.21), (x, -0.21), spin=1 / 0.23) for x in (-0.48, 0.48)
    )
    return Figure((Part(body), *axles), height, 0.92, False)


def train(density: float, coat: Coat, height: float) -> Figure:
    """A steam engine that pulls one wagon, with turning wheels and a puff of steam."""

    def engine(brush: Brush) -> None:
        brush.area([(0.6, -0.66), (0.64, -0.95), (0.78, -0.95), (0.74, -0.66)], METAL)
        brush.stroke([(0.62, -0.95), (0.8, -0.95)], 0.07, NIGHT)
        brush.blob([(0.26, -0.66), (0.5, -0.69), (0.88, -0.67), (0.97, -0.46), (0.9, -0.24),
                    (0.3, -0.24)], coat.body)  # fmt: skip
        brush.area([(-0.02, -0.9), (0.36, -0.9), (0.36, -0.2), (-0.02, -0.2)], coat.body)
        brush.area([(-0.07, -0.98), (0.42, -0.98), (0.4, -0.88), (-0.05, -0.88)], coat.shade)
        brush.area([(0.07, -0.8), (0.28, -0.8), (0.28, -0.55), (0.07, -0.55)], GLASS)
        brush.stroke([(0.56, -0.66), (0.56, -0.26)], 0.05, coat.stripe)
        brush.area([(0.86, -0.24), (1.08, -0.08), (0.8, -0.08)], METAL)
        brush.stroke([(0.0, -0.2), (0.9, -0.2)], 0.08, METAL)

    def wagon(brush: Brush) -> None:
        brush.stroke([(-0.2, -0.2), (0.05, -0.2)], 0.06, METAL)
        brush.area([(-1.02, -0.78), (-0.16, -0.78), (-0.16, -0.2), (-1.02, -0.2)], coat.body)
        brush.area([(-1.07, -0.86), (-0.11, -0.86), (-0.13, -0.76), (-1.05, -0.76)], coat.shade)
        for x in (-0.92, -0.66, -0.4):
            brush.area([(x, -0.68), (x + 0.17, -0.68), (x + 0.17, -0.46), (x, -0.46)], GLASS)
        brush.stroke([(-1.0, -0.35), (-0.18, -0.35)], 0.05, coat.stripe)

    def steam(brush: Brush) -> None:
        for x, y, r in ((0.66, -1.08, 0.09), (0.54, -1.18, 0.12), (0.36, -1.26, 0.1)):
            brush.oval(x, y, r, r, (240, 240, 244))

    small = wheel(density, coat, 0.14, NIGHT, (196, 196, 204))
    large = wheel(density, coat, 0.2, NIGHT, coat.stripe)
    wheels = [(small, x, 0.14) for x in (-0.82, -0.36, 0.74)] + [(large, 0.22, 0.2)]
    page = (-1.1, -1.0, 1.1, -0.05)
    white = Coat((240, 240, 244), coat.light)
    return Figure(
        (
            Part(paint((0.2, -1.4, 0.8, -0.95), density, white, steam), body=False),
            Part(paint(page, density, coat, wagon)),
            Part(paint(page, density, coat, engine)),
            *(Part(shifted(s, x, -r), (x, -r), spin=1 / r) for s, x, r in wheels),
        ),
        height,
        1.08,
        False,
    )
