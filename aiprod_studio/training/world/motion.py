"""Where actors and camera are at every moment of a scene.

Positions are in picture heights on the page, time runs from 0 to 1. Used by the stage; draws
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from aiprod_studio.training.world.actors import Figure
from aiprod_studio.training.world.geometry import Matrix, about, move, scale, turn
from aiprod_studio.training.world.vocabulary import ASPECT

PAN = 0.28
"""How far the near ground travels during a pan."""

ZOOM = 1.24
_CENTRE = (ASPECT / 2, 0.56)


@dataclass(frozen=True)
class Camera:
    """The camera's move, seen by layers of different depth (0 far, 1 near)."""

    kind: str

    def shift(self, time: float) -> float:
        """How far the near ground is displaced to the right."""
        sign = {"pan_left": 1.0, "pan_right": -1.0}.get(self.kind, 0.0)
        return sign * PAN * (time - 0.5)

    def zoom(self, time: float, depth: float) -> Matrix:
        """The zoom alone."""
        way = {"zoom_in": time, "zoom_out": 1 - time}.get(self.kind, 0.0)
        factor = ZOOM ** (way * depth)
        return about(*_CENTRE, scale(factor, factor))

    def view(self, time: float, depth: float) -> Matrix:
        """From a layer's own place to the page."""
        return self.zoom(time, depth) @ move(self.shift(time) * depth, 0)


@dataclass(frozen=True)
class Pose:
    """Where an actor is: position, lean, squash; and its height above its shadow."""

    x: float
    y: float
    lean: float = 0.0
    squash: float = 1.0
    lift: float = 0.0


@dataclass(frozen=True)
class Draws:
    """The random numbers of one path, all from 0 to 1."""

    place: float
    height: float
    travel: float
    phase: float
    count: float


@dataclass(frozen=True)
class Path:
    """The way of one actor across the page."""

    figure: Figure
    camera: Camera
    pose: Callable[[float], Pose]
    direction: str
    facing: float

    def matrix(self, time: float) -> Matrix:
        """From the actor's own units to the page at `time`."""
        pose = self.pose(time)
        tall = self.figure.height
        stretch = scale(self.facing * tall / math.sqrt(pose.squash), tall * pose.squash)
        placed = move(pose.x + self._carried(time), pose.y) @ turn(pose.lean) @ stretch
        return self.camera.zoom(time, 1.0) @ placed

    def shadow(self, time: float) -> Matrix:
        """Where the unit shadow (width 2, height 1) falls on the page."""
        pose = self.pose(time)
        width = self.figure.reach * self.figure.height * (0.95 - 0.55 * min(1.0, pose.lift / 0.6))
        x = pose.x + self._carried(time)
        ground = pose.y + pose.lift + (self.figure.height / 2 if self.figure.centred else 0.0)
        return self.camera.zoom(time, 1.0) @ move(x, ground) @ scale(width, width * 0.26)

    def travelled(self, time: float) -> float:
        """Distance over the ground since the start, in actor heights, forwards positive."""
        gone = self.pose(time).x - self.pose(0.0).x + self._carried(time) - self._carried(0.0)
        gone -= self.camera.shift(time) - self.camera.shift(0.0)
        return gone * self.facing / self.figure.height

    def _carried(self, time: float) -> float:
        """What does not cross the page itself stays with the ground as the camera pans."""
        return 0.0 if self.direction in ("left", "right") else self.camera.shift(time)


def path(
    motion: str, direction: str, facing: float, figure: Figure, camera: Camera, base: float,
    draws: Draws,
) -> Path:  # fmt: skip
    """The path of `figure` that stands or flies over the ground line `base`."""
    sign = {"left": -1.0, "right": 1.0}.get(direction, 0.0)
    floor = base - (figure.height / 2 if figure.centred else 0.0)
    spot = _PATHS[motion]
    pose = partial(spot, figure, draws, sign, floor)
    return Path(figure, camera, pose, direction, facing)


def _across(figure: Figure, draws: Draws, sign: float, time: float) -> float:
    """The x of a crossing: a clear distance, the actor mostly in view."""
    half = min(0.5 * figure.reach * 2 * figure.height, 0.32)
    travel = (0.44 + 0.14 * draws.travel) * (1.08 - 0.35 * half)
    middle = ASPECT / 2 + 0.1 * (draws.place - 0.5)
    return middle + sign * travel * (time - 0.5)


def _spot(figure: Figure, draws: Draws) -> float:
    return ASPECT / 2 + (0.62 - 0.5 * figure.reach * figure.height) * (draws.place - 0.5)


def _ground(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    return Pose(_across(figure, draws, sign, time), floor)


def _bounce(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    jumps = 2.0 if draws.count < 0.5 else 3.0
    arc = abs(math.sin(math.pi * (jumps * time + draws.phase)))
    high = min((0.26 + 0.1 * draws.height) * (1.15 if jumps < 2.5 else 0.9), floor - 0.24)
    squash = 1.0 - 0.16 * math.exp(-((arc / 0.22) ** 2))
    lower = (1 - squash) * figure.height / 2 if figure.centred else 0.0
    return Pose(_across(figure, draws, sign, time), floor - high * arc + lower, 0, squash,
                high * arc)  # fmt: skip


def _air(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    y = 0.3 + 0.14 * draws.height + 0.02 * math.sin(2 * math.pi * (1.5 * time + draws.phase))
    return Pose(_across(figure, draws, sign, time), y, 0.0, 1.0, floor - y)


def _vertical(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    travel = 0.4 + 0.08 * draws.travel
    middle = 0.485 + 0.04 * (draws.height - 0.5)
    y = middle + sign * travel * (time - 0.5)
    sway = 0.012 * math.sin(2 * math.pi * (time + draws.phase))
    return Pose(_spot(figure, draws) + sway, y, 0.0, 1.0, max(0.0, floor - y))


def _rise(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    return _vertical(figure, draws, -1.0, floor, time)


def _fall(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    return _vertical(figure, draws, 1.0, floor, time)


def _orbit(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    angle = 2 * math.pi * (time + draws.phase)
    radius = 0.2 + 0.04 * draws.travel
    x = ASPECT / 2 + 0.1 * (draws.place - 0.5) + radius * 1.2 * math.cos(angle)
    y = 0.42 + radius * math.sin(angle)
    return Pose(x, y, 0.0, 1.0, max(0.0, floor - y))


def _still(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    return Pose(_spot(figure, draws), floor)


def _hover(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    """A flyer that keeps its place in the air."""
    y = 0.36 + 0.12 * draws.height + 0.008 * math.sin(2 * math.pi * (time + draws.phase))
    return Pose(_spot(figure, draws), y, 0.0, 1.0, floor - y)


def _crossing(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    """A small flyer high in the sky."""
    x = ASPECT / 2 + 0.7 * (draws.place - 0.5) + sign * 0.3 * (time - 0.5)
    return Pose(x, 0.1 + 0.1 * draws.height, 0.0, 1.0, 0.0)


def _swim(figure: Figure, draws: Draws, sign: float, floor: float, time: float) -> Pose:
    y = floor + 0.015 * math.sin(2 * math.pi * (1.5 * time + draws.phase))
    return Pose(_across(figure, draws, sign, time), y)


_PATHS: Mapping[str, Callable[[Figure, Draws, float, float, float], Pose]] = {
    "roll": _ground, "drive": _ground, "sail": _ground, "walk": _ground, "bounce": _bounce,
    "fly": _air, "drift": _air, "rise": _rise, "fall": _fall, "orbit": _orbit, "still": _still,
    "hover": _hover, "swim": _swim, "crossing": _crossing,
}  # fmt: skip


def draws_from(random: np.random.Generator) -> Draws:
    """The numbers of one path from its stream."""
    numbers = random.random(5)
    return Draws(*(float(number) for number in numbers))
