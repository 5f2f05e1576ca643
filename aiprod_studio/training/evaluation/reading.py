"""What a clip shows, read from its frames alone by rules.

`understand` gives every reading and the masks behind them; `read` names them. Used by the report;
nothing here is learned except the kind of the object, which has its own module.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.sdk.errors import Invalid, Refusal
from aiprod_studio.training.evaluation.air import read_weather
from aiprod_studio.training.evaluation.camera import over_ground, read_camera
from aiprod_studio.training.evaluation.colour import Floats, lab
from aiprod_studio.training.evaluation.finding import Found, find
from aiprod_studio.training.evaluation.places import read_places
from aiprod_studio.training.evaluation.shapes import read_object
from aiprod_studio.training.world.vocabulary import HEIGHT, WIDTH

_FAR_ENOUGH = 0.1
"""Net way, in picture heights, that counts as a direction."""

_STRAIGHT = 0.6
"""Share of the whole reach that the net way must be; less is a circle or a swing."""


@dataclass(frozen=True)
class Reading:
    """Names read from one clip, and the actor behind them (None where none was found)."""

    names: dict[str, str]
    found: Found | None


def understand(frames: NDArray[np.uint8]) -> Reading:
    """Read sky, ground, camera, weather, colour and direction of (F, H, W, 3) uint8 frames."""
    sharp = lab(frames)
    sky, ground = read_places(sharp)
    colours = lab(np.stack([cv2.medianBlur(frame, 3) for frame in frames]))
    camera = read_camera(colours)
    found = find(colours, camera, sky)
    names = {"sky": sky, "ground": ground, "camera": camera}
    masks = None if found is None else found.masks
    names["weather"] = read_weather(sharp, masks, sky, ground)
    if found is None:
        names |= {"colour": "none", "direction": "none"}
    else:
        names["colour"] = found.colour
        names["direction"] = read_direction(found, camera)
    return Reading(names, found)


def read(frames: NDArray[np.uint8]) -> dict[str, str]:
    """Object, colour, direction, sky, ground, weather and camera of (F, H, W, 3) uint8 RGB frames.

    Any size is read at the world's own; "none" where no actor was found.
    """
    if frames.ndim != 4 or frames.shape[-1] != 3 or frames.dtype != np.uint8:
        found = f"{frames.dtype} of shape {frames.shape}"
        raise Refusal(Invalid("frames", f"{found} was given, uint8 (F, H, W, 3) is expected"))
    if frames.shape[1:3] != (HEIGHT, WIDTH):
        size = (WIDTH, HEIGHT)
        frames = np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames])
    reading = understand(frames)
    return {"object": read_object(frames, reading.found), **reading.names}


def read_direction(found: Found, camera: str) -> str:
    """The direction of the actor's net way over the ground: left, right, up, down or none."""
    times, places = positions(found, camera)
    if len(times) < 4:
        return "none"
    ends = max(1, len(times) // 8)
    way = np.median(places[-ends:], axis=0) - np.median(places[:ends], axis=0)
    axis = int(abs(way[1]) > abs(way[0]))
    net, wide = float(way[axis]), float(np.ptp(places[:, axis]))
    if abs(net) < _FAR_ENOUGH or abs(net) < _STRAIGHT * wide:
        return "none"
    return (("left", "right"), ("up", "down"))[axis][int(net > 0)]


def positions(found: Found, camera: str) -> tuple[Floats, Floats]:
    """Times (N,) and centres (N, 2), in picture heights over the near ground, where seen."""
    height, width = found.masks.shape[1:]
    last = max(1, len(found.masks) - 1)
    times = np.flatnonzero(found.seen) / last
    places = np.zeros((len(times), 2), np.float32)
    for row, index in enumerate(np.flatnonzero(found.seen)):
        y, x = np.nonzero(found.masks[index])
        places[row] = over_ground(x.mean(), y.mean(), camera, times[row], width, height)
    return np.asarray(times, np.float32), places
