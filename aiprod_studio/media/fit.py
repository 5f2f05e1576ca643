"""Bringing pictures to a size: stretched, fitted with bars, or filled and cropped.

The same code serves images and every frame of a video, so that both agree to the pixel. Used by
`images`, `transforms` and the thumbnails. Colours are resized as they are stored (sRGB, uint8);
alpha is multiplied in first, so that transparent colours do not bleed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, get_args

import cv2
import numpy as np

from aiprod_studio.media.faults import invalid
from aiprod_studio.media.formats import MAX_SIDE

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

Fit = Literal["stretch", "bars", "crop"]
"""stretch: to the size, changing proportions; bars: all of it, black around; crop: fill, cut."""
Smoothness = Literal["lanczos", "cubic", "linear", "nearest"]
"""How to enlarge; except for "nearest", making smaller always averages areas."""

Pixels = np.ndarray[Any, np.dtype[Any]]

_ENLARGING = {
    "lanczos": cv2.INTER_LANCZOS4,
    "cubic": cv2.INTER_CUBIC,
    "linear": cv2.INTER_LINEAR,
    "nearest": cv2.INTER_NEAREST_EXACT,
}


def check_size(width: int, height: int, what: str = "the new size") -> None:
    """Refuse sizes that make no picture."""
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        why = f"is {width} x {height}, both sides must be 1 to {MAX_SIDE}"
        raise invalid(what, why, "Choose another size.")


def resize_pixels(
    pixels: UInt8Array,
    width: int,
    height: int,
    fit: Fit = "stretch",
    smooth: Smoothness = "lanczos",
) -> UInt8Array:
    """Return pixels (h, w, 3 or 4) at (height, width); the same array when nothing changes."""
    check_size(width, height)
    if fit not in get_args(Fit) or smooth not in _ENLARGING:
        raise invalid("the new size", f"there is no way to fit called {fit!r} with {smooth!r}")
    had = pixels.shape[1], pixels.shape[0]
    if had == (width, height):
        return pixels
    if fit == "crop":
        return _scaled(_cut_to_shape(pixels, width, height), width, height, smooth)
    if fit == "bars":
        inner = inner_size(had, (width, height))
        return _framed(_scaled(pixels, *inner, smooth), width, height)
    return _scaled(pixels, width, height, smooth)


def resize_frames(
    frames: Iterable[UInt8Array],
    width: int,
    height: int,
    fit: Fit = "stretch",
    smooth: Smoothness = "lanczos",
) -> Iterator[UInt8Array]:
    """Resize frames one by one."""
    for frame in frames:
        yield resize_pixels(frame, width, height, fit, smooth)


def inner_size(had: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int]:
    """Return the largest (width, height) of the same shape that lies inside `wanted`."""
    scale = min(wanted[0] / had[0], wanted[1] / had[1])
    width, height = (max(1, min(w, round(h * scale))) for h, w in zip(had, wanted, strict=True))
    return width, height


def _cut_to_shape(pixels: UInt8Array, width: int, height: int) -> UInt8Array:
    """Cut the middle that has the shape of the wanted size."""
    had_height, had_width = pixels.shape[:2]
    cut_width = max(1, min(had_width, round(had_height * width / height)))
    cut_height = max(1, min(had_height, round(had_width * height / width)))
    left, top = (had_width - cut_width) // 2, (had_height - cut_height) // 2
    return pixels[top : top + cut_height, left : left + cut_width]


def _framed(pixels: UInt8Array, width: int, height: int) -> UInt8Array:
    """Put pixels in the middle of a black (or fully transparent) picture."""
    picture = np.zeros((height, width, pixels.shape[2]), np.uint8)
    left, top = (width - pixels.shape[1]) // 2, (height - pixels.shape[0]) // 2
    picture[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return picture


def _scaled(pixels: UInt8Array, width: int, height: int, smooth: Smoothness) -> UInt8Array:
    if pixels.shape[2] != 4 or smooth == "nearest":
        return _resampled(pixels, width, height, smooth)
    colour, alpha = pixels[..., :3].astype(np.float32), pixels[..., 3:].astype(np.float32)
    scaled = _resampled(np.concatenate([colour * alpha / 255, alpha], 2), width, height, smooth)
    alpha = np.clip(scaled[..., 3:], 0, 255)
    shown = np.where(alpha > 0.5, scaled[..., :3] * 255 / np.maximum(alpha, 1e-3), 0)
    return np.asarray(np.clip(np.rint(np.concatenate([shown, alpha], 2)), 0, 255), np.uint8)


def _resampled(pixels: Pixels, width: int, height: int, smooth: Smoothness) -> Pixels:
    """Average areas on each side that shrinks; enlarge the other as asked."""
    had_height, had_width = pixels.shape[:2]
    if smooth != "nearest":
        small = min(width, had_width), min(height, had_height)
        if small != (had_width, had_height):
            pixels = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
    if (pixels.shape[1], pixels.shape[0]) == (width, height):
        return pixels
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=_ENLARGING[smooth]))


def on_paper(pixels: UInt8Array) -> UInt8Array:
    """Return (h, w, 3) pixels; what is transparent shows white, as paper does under a drawing."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    mixed = (pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)
