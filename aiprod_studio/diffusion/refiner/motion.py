"""Motion between two pictures by DIS optical flow, and pictures moved along it.

Flows are (H, W, 2) float32, in pixels right and down, from the place in the first picture to the
place in the second. Used by the flow fill and by the trained refiner, which starts from it. Nothing
is learned here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]

SMALLEST = 12
"""DIS looks at patches; a picture with a shorter side is taken to stand still."""
_SHARP = 4.0
"""Pixels of disagreement between both directions that halve and more the trust in a flow."""
_DOUBT = 0.3
"""Trust that even a contradicted flow keeps: an average of two guesses is safer than one."""


@dataclass(frozen=True)
class Motion:
    """The motion between two pictures, both ways, and how far the two ways contradict each other.

    `onward` and `back` are flows; `doubt` and `doubt_back` (H, W) are in pixels: how far from its
    start a point ends that goes there and back again. `bend` and `bend_back` (H, W, 2) say how ways
    curve: after a share s of the time, s (s - 1) times the bend beside the straight way.
    """

    onward: Floats
    back: Floats
    doubt: Floats
    doubt_back: Floats
    bend: Floats | None = None
    bend_back: Floats | None = None


def motion(first: Picture, second: Picture, start: tuple[Floats, Floats] | None = None) -> Motion:
    """Estimate the motion between two (H, W, 3) pictures of one size, both ways.

    `start` are coarse flows there and back that the search begins from; without it, from rest.
    """
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (first, second)]
    begun = start or (np.zeros((*grey[0].shape, 2), np.float32),) * 2
    onward, back = _flow(grey[0], grey[1], begun[0]), _flow(grey[1], grey[0], begun[1])
    return Motion(onward, back, _doubt(onward, back), _doubt(back, onward))


def bent(way: Motion, bend: Floats | None, bend_back: Floats | None) -> Motion:
    """The same motion on curved ways; a bend that is missing is taken from the other picture's."""
    if bend is None and bend_back is None:
        return way
    one, other = bend, bend_back
    if one is None and other is not None:
        one = moved(other, way.onward)
    if other is None and one is not None:
        other = moved(one, way.back)
    return replace(way, bend=one, bend_back=other)


def bend_of(way: Floats, beyond: Motion, span: float) -> Floats:
    """How ways `way` (time 0 to 1) must curve to have come through `beyond` at time `span` < 0.

    Where the motion beyond is in doubt, ways are taken to be straight.
    """
    curve = (beyond.onward - span * way) / (span * (span - 1))
    return np.asarray(curve * np.exp(-beyond.doubt / 2)[..., None], np.float32)


def _flow(first: Picture, second: Picture, start: Floats) -> Floats:
    if min(first.shape) < SMALLEST:
        return start
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow.setFinestScale(0)
    begun = np.array(start, np.float32, order="C")
    found = flow.calc(np.ascontiguousarray(first), np.ascontiguousarray(second), begun)
    return np.asarray(np.nan_to_num(found), np.float32)


def moved(picture: NDArray[np.generic], flow: Floats) -> Floats:
    """Look each pixel up where `flow` leads from it; beyond the edge stands the edge's colour."""
    height, width = flow.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    found = cv2.remap(
        np.asarray(picture, np.float32), columns + flow[..., 0], rows + flow[..., 1],
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(found, np.float32)


def _doubt(flow: Floats, other: Floats) -> Floats:
    apart = flow + moved(other, flow)
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]), np.float32)


def trust(doubt: Floats) -> Floats:
    """How far a flow with this doubt is to be believed, in (0, 1.3]."""
    return np.asarray(np.exp(-doubt / _SHARP) + _DOUBT, np.float32)


def between(way: Motion, share: float) -> tuple[Floats, Floats]:
    """Where pixels of the moment `share` (0 to 1) were in the first picture, and are in the second.

    Both flows (H, W, 2) lead from the moment to the picture. The ways of both pictures are carried
    to the moment; where none arrives, what is nearby fills in.
    """
    curve = share * (share - 1)
    sums = _arriving(way.onward, way.bend, way.onward, way.doubt, share, curve)
    sums += _arriving(way.back, way.bend_back, -way.back, way.doubt_back, 1 - share, curve)
    sums = _spread(sums)
    found = sums[..., :-1] / np.maximum(sums[..., -1:], 1e-9)
    gone = share * found[..., :2]
    if way.bend is not None:
        gone = gone + curve * found[..., 2:]
    return np.asarray(-gone, np.float32), np.asarray(found[..., :2] - gone, np.float32)


def _arriving(
    flow: Floats, bend: Floats | None, whole: Floats, doubt: Floats, share: float, curve: float
) -> Floats:
    """The ways of one picture, summed where they are after `share` of the time."""
    place, values = share * flow, whole
    if bend is not None:
        place, values = place + curve * bend, np.concatenate([whole, bend], -1)
    return scattered(values, place, (1 - share) * np.exp(-doubt / _SHARP))


def _spread(sums: Floats) -> Floats:
    """Sums whose empty places hold what is nearby."""
    reach = 3
    while (empty := sums[..., -1] < 1e-4).any() and reach < 2 * max(sums.shape[:2]):
        nearby = cv2.blur(sums, (2 * reach + 1,) * 2)
        sums = np.where(empty[..., None], nearby, sums)
        reach *= 3
    return sums


def scattered(values: Floats, way: Floats, weight: NDArray[np.generic]) -> Floats:
    """Carry `values` (H, W, C) by `way` (H, W, 2); sums (H, W, C + 1), the last of weights."""
    height, width = way.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = columns + way[..., 0], rows + way[..., 1]
    left, top = np.floor(x), np.floor(y)
    mass = np.asarray(weight, np.float32) + 1e-3
    sums = np.zeros((values.shape[-1] + 1, height * width), np.float64)
    for at_x, at_y in ((left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1)):
        inside = (at_x >= 0) & (at_x < width) & (at_y >= 0) & (at_y < height)
        part = (1 - np.abs(x - at_x)) * (1 - np.abs(y - at_y)) * mass
        index = (at_y * width + at_x)[inside].astype(np.int64)
        for channel in range(values.shape[-1]):
            added = (values[..., channel] * part)[inside]
            sums[channel] += np.bincount(index, added, height * width)
        sums[-1] += np.bincount(index, part[inside], height * width)
    return np.asarray(sums.T.reshape(height, width, -1), np.float32)
