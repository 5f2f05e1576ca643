"""Reads the camera's move by trying the world's five moves, and undoes it.

Scenery is compared after it has been moved back, layer by layer. Used by the rules before they look
for what moves by itself.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.evaluation.colour import Floats
from aiprod_studio.training.world.motion import Camera
from aiprod_studio.training.world.vocabulary import ASPECT, VOCABULARY

_DEPTHS = ((0.0, 0.1), (0.42, 0.4), (0.56, 0.65), (0.75, 1.0))
"""Depth of what is usually seen from this height of the picture on."""

_CAP = 12.0
_STILL_BONUS = 0.92


def read_camera(colours: Floats) -> str:
    """The camera's move that explains (F, H, W, 3) Lab frames best."""
    costs = {kind: _cost(colours, kind) for kind in VOCABULARY["camera"]}
    costs["static"] *= _STILL_BONUS
    return min(costs, key=lambda kind: costs[kind])


def _cost(colours: Floats, kind: str) -> float:
    """How much the first and the last frame differ from the middle after undoing `kind`."""
    count = len(colours)
    middle = colours[count // 2]
    start = int(0.42 * middle.shape[0])
    total = 0.0
    for index in (0, count // 4, 3 * count // 4, count - 1):
        back = aligned(colours[index], kind, index / max(1, count - 1))
        apart = np.abs(back[start:] - middle[start:])
        gap = apart[..., 0] + apart[..., 1] + apart[..., 2]
        total += float(np.minimum(gap, _CAP).mean())
    return total


def aligned(colours: Floats, kind: str, time: float) -> Floats:
    """The frame of `time` as the camera would see its scenery at the middle of the clip."""
    return _moved(colours, kind, time, 0.5)


def as_seen(scenery: Floats, kind: str, time: float) -> Floats:
    """The scenery of the middle of the clip as the camera sees it at `time`."""
    return _moved(scenery, kind, 0.5, time)


def _moved(picture: Floats, kind: str, since: float, until: float) -> Floats:
    if kind == "static":
        return picture
    height, width = picture.shape[:2]
    x, y = _maps(kind, round(since, 4), round(until, 4), width, height)
    moved = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


@lru_cache(maxsize=1024)
def _maps(
    kind: str, since: float, until: float, width: int, height: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each pixel of the view of `until` lies in the view of `since`."""
    camera = Camera(kind)
    x = np.zeros((height, width), np.float32)
    y = np.zeros((height, width), np.float32)
    edge = (width / height - ASPECT) / 2
    columns = (np.arange(width) + 0.5) / height - edge
    for row in range(height):
        middle = (row + 0.5) / height
        depth = next(d for top, d in reversed(_DEPTHS) if middle >= top)
        change = camera.view(since, depth) @ np.linalg.inv(camera.view(until, depth))
        there = change[:2] @ np.stack([columns, np.full(width, middle), np.ones(width)])
        x[row] = (there[0] + edge) * height - 0.5
        y[row] = there[1] * height - 0.5
    return x, y


def over_ground(
    x: float, y: float, kind: str, time: float, width: int, height: int
) -> tuple[float, float]:
    """A place on the page at `time` (pixels), in picture heights over the near ground."""
    page = np.array([(x + 0.5) / height - (width / height - ASPECT) / 2, (y + 0.5) / height, 1.0])
    camera = Camera(kind)
    ground = camera.view(0.5, 1.0) @ np.linalg.inv(camera.view(time, 1.0)) @ page
    return float(ground[0]), float(ground[1])
