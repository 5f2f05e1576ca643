"""Laying pictures over each other: fit, opacity, dissolves, dips, wipes and pushes.

The arithmetic of `composing`, and nothing else: no file, no cut. Colours are mixed as they are
stored (sRGB, 8 bits), as editing programs do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from aiprod_studio.media.fit import inner_size, resize_pixels

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

Values = np.ndarray[Any, np.dtype[np.float32]]
SOFT = 0.02
"""Width of a wipe's edge, as a share of the picture's width."""


@dataclass(frozen=True)
class Sheet:
    """One picture to lay: uint8 (h, w, 3), and where it covers, uint8 (h, w) or None for all."""

    colour: UInt8Array
    cover: UInt8Array | None = None


@dataclass(frozen=True)
class Part:
    """A sheet with its share in a transition of some kind, and its opacity."""

    sheet: Sheet
    mix: float = 1.0
    opacity: float = 1.0
    kind: str = ""


def fitted(pixels: UInt8Array, width: int, height: int) -> Sheet:
    """Return a picture at a size, whole, with nothing beside it; alpha says where it covers."""
    had = pixels.shape[1], pixels.shape[0]
    inner = inner_size(had, (width, height))
    small = resize_pixels(pixels, *inner)
    colour, cover = small[..., :3], small[..., 3] if small.shape[2] == 4 else None
    if inner == (width, height):
        return Sheet(colour, cover)
    whole, mask = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    place = slice(top, top + inner[1]), slice(left, left + inner[0])
    whole[place], mask[place] = colour, 255 if cover is None else cover
    return Sheet(whole, mask)


def laid(tracks: Sequence[Sequence[Part]], width: int, height: int) -> UInt8Array:
    """Return all tracks over black, the first at the bottom, as uint8 (height, width, 3)."""
    picture: UInt8Array = np.zeros((height, width, 3), np.uint8)
    for parts in tracks:
        if parts:
            picture = _over(picture, parts)
    return picture


def _over(below: UInt8Array, parts: Sequence[Part]) -> UInt8Array:
    plain = all(part.sheet.cover is None and part.opacity == 1 for part in parts)
    if plain and len(parts) == 1 and parts[0].mix == 1:
        return parts[0].sheet.colour
    if plain and len(parts) == 2 and _shape(parts) == "dissolve":
        first, second = parts
        return np.asarray(
            cv2.addWeighted(first.sheet.colour, first.mix, second.sheet.colour, second.mix, 0),
            np.uint8,
        )
    colour, alpha = _track(parts)
    return np.asarray(np.clip(np.rint(colour + below * (1 - alpha)), 0, 255), np.uint8)


def _shape(parts: Sequence[Part]) -> str:
    kind = parts[-1].kind
    return kind if kind in ("dip", "wipe", "push") and len(parts) == 2 else "dissolve"


def _track(parts: Sequence[Part]) -> tuple[Values, Values]:
    """Return a track's colour multiplied by its alpha (h, w, 3), and its alpha (h, w, 1)."""
    kind = _shape(parts)
    if kind == "dissolve":
        pairs = [_weighed(part, part.mix) for part in parts]
        return sum_of(pairs)
    first, second = parts
    if kind == "dip":
        leaving, arriving = max(0.0, 1 - 2 * second.mix), max(0.0, 2 * second.mix - 1)
        colour, _ = sum_of([_weighed(first, leaving), _weighed(second, arriving)])
        _, alpha = sum_of([_weighed(first, first.mix), _weighed(second, second.mix)])
        return colour, alpha
    one, two = _weighed(first, 1.0), _weighed(second, 1.0)
    if kind == "push":
        shift = round(second.mix * one[1].shape[1])
        return _pushed(one[0], two[0], shift), _pushed(one[1], two[1], shift)
    edge = _edge(one[1].shape[1], second.mix)
    return one[0] * (1 - edge) + two[0] * edge, one[1] * (1 - edge) + two[1] * edge


def _weighed(part: Part, share: float) -> tuple[Values, Values]:
    height, width = part.sheet.colour.shape[:2]
    alpha = np.full((height, width, 1), share * part.opacity, np.float32)
    if part.sheet.cover is not None:
        alpha *= part.sheet.cover[..., None].astype(np.float32) / 255
    return part.sheet.colour.astype(np.float32) * alpha, alpha


def sum_of(pairs: Sequence[tuple[Values, Values]]) -> tuple[Values, Values]:
    """Return the sums of colours and of alphas."""
    colour, alpha = pairs[0]
    for more, cover in pairs[1:]:
        colour, alpha = colour + more, alpha + cover
    return colour, alpha


def _edge(width: int, share: float) -> Values:
    """Return how far the arriving side has come, by column, with a soft edge (1, w, 1)."""
    soft = max(1.0, width * SOFT)
    front = share * (width + soft)
    column = np.arange(width, dtype=np.float32) + 0.5
    return np.asarray(np.clip((front - column) / soft, 0, 1)[None, :, None], np.float32)


def _pushed(one: Values, two: Values, shift: int) -> Values:
    return np.concatenate([one[:, shift:], two[:, :shift]], axis=1)
