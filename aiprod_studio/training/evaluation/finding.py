"""Finds the main actor: what differs from the scenery behind it, in colour and over time.

The scenery is estimated per pixel as the moments nearest to the usual colour of its row, so an
actor that covers a place most of the time is still seen as an actor. Used by the rules; nothing is
learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.evaluation.camera import aligned, as_seen
from aiprod_studio.training.evaluation.colour import NAMES, Bits, Floats, apart, nearest_names

_CLEAR = 13.0
"""Lab distance from the scenery that counts as different."""

_SMALLEST, _LARGEST = 0.008, 0.4
"""Share of the picture that an actor can fill."""


@dataclass(frozen=True)
class Found:
    """The actor of a clip: masks (F, H, W), frames (F, H, W, 3) Lab, the name of its colour.

    `moving` says whether it was found by its motion or, failing that, by its place and colour.
    """

    masks: Bits
    frames: Floats
    colour: str
    moving: bool

    @property
    def seen(self) -> Bits:
        """(F,) whether a frame shows the actor."""
        return np.asarray(self.masks.any(axis=(1, 2)), np.bool_)


def find(colours: Floats, camera: str, sky: str) -> Found | None:
    """The main actor of (F, H, W, 3) Lab frames, or None where nothing stands out."""
    last = max(1, len(colours) - 1)
    times = [index / last for index in range(len(colours))]
    steady = np.stack([aligned(f, camera, t) for f, t in zip(colours, times, strict=True)])
    usual = np.median(steady, axis=(0, 2))[None, :, None].astype(np.float32)
    scenery = _scenery(steady, apart(steady, usual))
    resting = _resting(scenery, apart(scenery, usual[0]), sky)
    behind = np.stack([as_seen(scenery, camera, time) for time in times])
    stays = np.stack([as_seen(resting.astype(np.float32), camera, t) > 0.5 for t in times])
    away = apart(colours, behind)
    rough = np.stack([_largest(_solid(a) | s) for a, s in zip(away, stays, strict=True)])
    if not _plausible(rough):
        return None
    colour = read_colour(colours, rough, sky)
    reach = 6 if camera == "static" else 3
    masks = _coloured(colours, away, rough, stays, colour, sky, reach)
    return Found(masks if _plausible(masks) else rough, colours, colour, not resting.any())


_DISCOUNT = {"black": 0.45, "white": 0.5, "brown": 0.8}
"""Wheels, outlines, windows, masts and baskets have these colours on any actor."""


def read_colour(frames: Floats, masks: Bits, sky: str) -> str:
    """The body colour that most of the actor's pixels are nearest to; rims do not count."""
    thin = [cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0 for mask in masks]
    pixels = np.concatenate([frame[core] for frame, core in zip(frames, thin, strict=True)])
    if not len(pixels):
        return "none"
    names, gap = nearest_names(pixels, sky)
    votes = np.bincount(names, weights=np.exp(-((gap / 22.0) ** 2)), minlength=len(NAMES))
    shares = np.array([_DISCOUNT.get(name, 1.0) for name in NAMES])
    return NAMES[int((votes * shares).argmax())]


def _coloured(
    colours: Floats, away: Floats, rough: Bits, stays: Bits, colour: str, sky: str, reach: int
) -> Bits:
    """Masks of what has the actor's colour, and what stands out around it.

    `reach` says how far around, in steps of two pixels: little where the camera moves, because the
    scenery behind is known less well there.
    """
    if colour == "none":
        return rough
    same = (away > _CLEAR / 2) | stays
    names, gap = nearest_names(colours[same], sky)
    same[same] = (names == NAMES.index(colour)) & (gap < _BODY)
    found = np.zeros_like(rough)
    for index, mask in enumerate(same):
        core = _largest(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, _DOT) > 0)
        near = cv2.dilate(core.astype(np.uint8), _DISC, iterations=reach) > 0
        other = rough[index] | (_solid(away[index], _CLEAR * 0.6) if reach > 3 else False)
        found[index] = _filled(_largest(core | (other & near)))
    return found


def _resting(scenery: Floats, far: Floats, sky: str) -> Bits:
    """What stands in the scenery itself in one body colour: an actor that never moves away."""
    candidates = far > _CLEAR
    found, gap = nearest_names(scenery[candidates], sky)
    names = np.full(far.shape, -1, np.intp)
    names[candidates] = np.where(gap < _BODY, found, -1)
    best, area = np.zeros(far.shape, np.bool_), int(_SMALLEST * far.size * 1.5)
    for name in range(len(NAMES)):
        piece = _largest(names == name)
        if piece.sum() > area and _compact(piece):
            best, area = piece, int(piece.sum())
    around = cv2.dilate(best.astype(np.uint8), _DISC, iterations=5) > 0
    return _filled(_largest(best | (candidates & around)) if best.any() else best)


_BODY = 24.0


def _compact(piece: Bits) -> bool:
    """Whether a piece is no band, no cloud and no speckle."""
    y, x = np.nonzero(piece)
    high, wide = np.ptp(y) + 1, np.ptp(x) + 1
    rows, columns = piece.shape
    low_enough = float(y.mean()) > 0.3 * rows
    return bool(low_enough and wide < 0.62 * columns and piece.sum() > 0.3 * high * wide)


def _filled(piece: Bits) -> Bits:
    """The piece with its windows, eyes and stripes."""
    closed = cv2.morphologyEx(piece.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(closed, contours, -1, 1, -1)
    return np.asarray(closed, np.bool_)


def _scenery(steady: Floats, far: Floats) -> Floats:
    """(H, W, 3): per pixel the mean of its moments nearest to the row's usual colour."""
    count = max(1, len(steady) // 6)
    order = np.argpartition(far, count - 1, axis=0)[:count]
    return np.asarray(np.take_along_axis(steady, order[..., None], axis=0).mean(axis=0), np.float32)


def _solid(difference: Floats, clear: float = _CLEAR) -> Bits:
    """Where the difference is clear, without thin streaks and single flakes."""
    raw = (cv2.blur(difference, (3, 3)) > clear).astype(np.uint8)
    opened = cv2.morphologyEx(raw, cv2.MORPH_OPEN, _DISC)
    return np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, _DISC), np.bool_)


_DOT = np.ones((2, 2), np.uint8)
_REACH = np.ones((5, 5), np.uint8)
_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))


def _largest(mask: Bits) -> Bits:
    """The largest group of pieces; pieces a few pixels apart belong together."""
    joined = cv2.dilate(mask.astype(np.uint8), _REACH)
    labels = cv2.connectedComponents(joined)[1] * mask
    sizes = np.bincount(labels.reshape(-1))
    if len(sizes) < 2:
        return mask
    sizes[0] = 0
    return np.asarray(labels == int(np.argmax(sizes)), np.bool_)


def _plausible(masks: NDArray[np.bool_]) -> bool:
    """Whether most frames show something of an actor's size."""
    share = masks.mean(axis=(1, 2))
    fitting = (share > _SMALLEST) & (share < _LARGEST)
    return bool(fitting.mean() > 0.6)
