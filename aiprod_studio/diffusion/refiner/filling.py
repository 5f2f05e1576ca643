"""Filling the frames between keyframes without any model: held, cross-faded, or moved by flow.

Used alone, as what the refiners begin from, and as the floor below which the trained refiner must
not fall. Pictures are (H, W, 3) uint8 RGB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from aiprod_studio.diffusion.refiner.levels import Place
from aiprod_studio.diffusion.refiner.motion import Floats, Motion, Picture, between, moved, trust
from aiprod_studio.sdk import Invalid, Refusal

Kind: TypeAlias = Literal["hold", "linear", "flow"]


def same_size(keys: Mapping[int, Picture]) -> tuple[int, int]:
    """Return (height, width) of all keyframes.

    Raises:
        Refusal: they differ, or one is no RGB picture of bytes.
    """
    sizes: dict[tuple[int, int], int] = {}
    for frame, picture in keys.items():
        if picture.ndim != 3 or picture.shape[-1] != 3 or picture.dtype != np.uint8:
            why = f"the picture at frame {frame} is {picture.dtype} of shape {picture.shape}"
            raise Refusal(Invalid("keyframes", why, "Give RGB pictures of bytes."))
        sizes.setdefault((picture.shape[0], picture.shape[1]), frame)
    if len(sizes) > 1:
        told = " and ".join(f"{w} x {h} (frame {frame})" for (h, w), frame in sizes.items())
        raise Refusal(Invalid("keyframes", f"they have sizes {told}", "Bring them to one size."))
    return next(iter(sizes))


def filled(
    known: Mapping[int, Picture], place: Place, kind: Kind, way: Callable[[int, int], Motion]
) -> Floats:
    """Fill one place, (H, W, 3) float32 in [0, 255].

    Beyond the outer keyframes every kind repeats the nearest one.

    Args:
        known: pictures of one size by frame, those around the place among them.
        place: the frame to fill.
        kind: "hold" repeats the nearer keyframe, "linear" cross-fades, "flow" moves things along
            the optical flow of both directions.
        way: gives the motion between two known frames.
    """
    before, after = place.before, place.after
    if before is None or after is None:
        only = after if before is None else before
        assert only is not None
        return known[only].astype(np.float32)
    if kind == "hold":
        return known[before if place.share < 0.5 else after].astype(np.float32)
    if kind == "linear":
        return faded(known[before], known[after], place.share)
    return carried(known[before], known[after], way(before, after), place.share).colours


def faded(first: Picture, second: Picture, share: float) -> Floats:
    """The cross-fade of two pictures at `share` (0 to 1)."""
    return np.asarray((1 - share) * first.astype(np.float32) + share * second, np.float32)


@dataclass(frozen=True)
class Carried:
    """Two pictures moved to one moment and mixed.

    `colours` (H, W, 3) is the mixture in [0, 255], `apart` (H, W, 3) how far both pictures differ
    there, `doubts` (H, W, 2) the doubts of the ways from the first and the second.
    """

    colours: Floats
    apart: Floats
    doubts: Floats


def carried(first: Picture, second: Picture, way: Motion, share: float) -> Carried:
    """Both pictures moved along their motion to `share` of the time and mixed.

    A pixel that only one picture shows is taken from that one: where going there and back ends
    elsewhere, the other picture hides it.
    """
    to_first, to_second = between(way, share)
    doubt, doubt_back = moved(way.doubt, to_first), moved(way.doubt_back, to_second)
    from_first, from_second = (1 - share) * trust(doubt), share * trust(doubt_back)
    mix = (from_first / (from_first + from_second))[..., None]
    one, other = moved(first, to_first), moved(second, to_second)
    made = mix * one + (1 - mix) * other
    return Carried(
        np.asarray(made, np.float32), np.abs(one - other), np.stack([doubt, doubt_back], -1)
    )


def as_picture(colours: Floats) -> Picture:
    """Round [0, 255] to bytes."""
    return np.asarray(np.rint(np.clip(colours, 0, 255)), np.uint8)
