"""Painters of the bird, the fish and the cat.

Used by the cast; density is in page pixels per actor height. Never decides colours or places.
"""

from __future__ import annotations

from aiprod_studio.training.world.actors import Coat, Figure, Part, paint, shifted
from aiprod_studio.training.world.painting import Brush
from aiprod_studio.training.world.palette import NIGHT, WHITE, mix

_BEAK = (250, 176, 40)


def bird(density: float, coat: Coat, height: float) -> Figure:
    """A plump bird that beats its wings."""

    def body(brush: Brush) -> None:
        brush.blob([(-0.42, -0.02), (-0.86, -0.16), (-0.92, 0.0), (-0.8, 0.1), (-0.4, 0.12)],
                   coat.shade)  # fmt: skip
        brush.area([(0.66, -0.14), (0.96, -0.04), (0.66, 0.03)], _BEAK)
        brush.blob([(-0.55, 0.0), (-0.2, -0.17), (0.2, -0.22), (0.45, -0.32), (0.7, -0.22),
                    (0.74, -0.02), (0.55, 0.12), (0.3, 0.3), (-0.1, 0.34), (-0.4, 0.18)],
                   coat.body)  # fmt: skip
        brush.blob([(-0.2, 0.16), (0.2, 0.12), (0.48, 0.1), (0.28, 0.28), (-0.06, 0.31)],
                   mix(coat.body, coat.stripe, 0.7))  # fmt: skip
        brush.oval(0.54, -0.14, 0.075, 0.075, WHITE)
        brush.oval(0.56, -0.13, 0.045, 0.045, NIGHT)

    def wing(brush: Brush) -> None:
        brush.blob([(0.26, -0.04), (0.1, -0.34), (-0.16, -0.62), (-0.52, -0.8), (-0.5, -0.5),
                    (-0.4, -0.24), (-0.2, 0.02), (0.04, 0.1)], coat.body)  # fmt: skip
        brush.stroke([(-0.4, -0.62), (-0.14, -0.3), (0.02, -0.06)], 0.05, coat.stripe)

    flap = paint((-0.55, -0.85, 0.3, 0.12), density, coat, wing)
    behind = paint((-0.55, -0.85, 0.3, 0.12), density, Coat(coat.shade, coat.light), wing)
    return Figure(
        (
            Part(behind, (0.12, 0.0), 0.6, 4.0, 0.08),
            Part(paint((-0.92, -0.34, 0.98, 0.36), density, coat, body)),
            Part(flap, (0.12, 0.0), 0.6, 4.0),
        ),
        height,
        0.92,
        True,
    )


def fish(density: float, coat: Coat, height: float) -> Figure:
    """A round fish with a wagging tail."""

    def body(brush: Brush) -> None:
        brush.blob([(-0.2, -0.3), (0.0, -0.52), (0.3, -0.46), (0.36, -0.3)], coat.shade)
        brush.blob([(-0.1, 0.3), (0.0, 0.48), (0.2, 0.42), (0.2, 0.3)], coat.shade)
        brush.blob([(-0.56, -0.04), (-0.34, -0.27), (0.05, -0.41), (0.45, -0.34), (0.76, -0.06),
                    (0.77, 0.06), (0.45, 0.34), (0.05, 0.4), (-0.34, 0.27), (-0.56, 0.05)],
                   coat.body)  # fmt: skip
        for x, tall in ((-0.24, 0.25), (0.08, 0.34)):
            brush.stroke([(x, -tall), (x + 0.09, 0.0), (x, tall)], 0.075, coat.stripe)
        brush.oval(0.5, -0.1, 0.1, 0.1, WHITE)
        brush.oval(0.53, -0.09, 0.055, 0.055, NIGHT)
        brush.stroke([(0.6, 0.13), (0.7, 0.12)], 0.035, coat.line)

    def tail(brush: Brush) -> None:
        brush.blob([(-0.46, 0.0), (-0.66, -0.1), (-0.94, -0.36), (-0.86, 0.0), (-0.94, 0.36),
                    (-0.66, 0.1)], coat.body)  # fmt: skip

    return Figure(
        (
            Part(paint((-0.95, -0.38, -0.4, 0.38), density, coat, tail), (-0.48, 0), 0.42, 4.0),
            Part(paint((-0.6, -0.52, 0.8, 0.48), density, coat, body, 1.2)),
        ),
        height,
        0.9,
        True,
    )


def cat(density: float, coat: Coat, height: float) -> Figure:
    """A cat in profile with swinging legs and tail."""

    def body(brush: Brush) -> None:
        brush.blob([(-0.52, -0.52), (-0.2, -0.6), (0.2, -0.58), (0.42, -0.6), (0.46, -0.36),
                    (0.3, -0.22), (-0.3, -0.22), (-0.52, -0.3)], coat.body)  # fmt: skip
        for x in (-0.3, -0.1, 0.1):
            brush.stroke([(x, -0.58), (x + 0.03, -0.42)], 0.06, coat.stripe)
        for ear in (0.22, 0.56):
            brush.area([(ear - 0.02, -0.78), (ear + 0.06, -1.02), (ear + 0.2, -0.78)], coat.body)
            brush.area(
                [(ear + 0.03, -0.8), (ear + 0.07, -0.93), (ear + 0.14, -0.8)], (244, 160, 160)
            )
        brush.oval(0.48, -0.66, 0.29, 0.23, coat.body)
        for eye in (0.42, 0.62):
            brush.oval(eye, -0.7, 0.055, 0.06, WHITE)
            brush.oval(eye + 0.012, -0.69, 0.03, 0.045, NIGHT)
        brush.oval(0.56, -0.58, 0.045, 0.03, (240, 130, 140))

    def tail(brush: Brush) -> None:
        brush.stroke([(-0.46, -0.44), (-0.64, -0.46), (-0.76, -0.58), (-0.78, -0.78),
                      (-0.7, -0.9)], 0.12, coat.body)  # fmt: skip

    def leg(brush: Brush) -> None:
        brush.stroke([(0, 0), (0, 0.25)], 0.15, coat.body)
        brush.oval(0.03, 0.26, 0.1, 0.055, coat.body)

    near = paint((-0.1, -0.08, 0.15, 0.32), density, coat, leg, 0.4)
    far = paint((-0.1, -0.08, 0.15, 0.32), density, Coat(coat.shade, coat.light), leg, 0.4)
    hips = ((-0.3, far, 0.5), (0.36, far, 0.0), (-0.4, near, 0.0), (0.26, near, 0.5))
    legs = [Part(shifted(s, x, -0.31), (x, -0.31), 0.42, _STRIDES, phase) for x, s, phase in hips]
    return Figure(
        (
            Part(paint((-0.86, -0.98, -0.4, -0.36), density, coat, tail), (-0.48, -0.44), 0.2, 2.0),
            *legs[:2],
            Part(paint((-0.54, -1.04, 0.8, -0.18), density, coat, body)),
            *legs[2:],
        ),
        height,
        0.8,
        False,
    )


_STRIDES = 4.0
