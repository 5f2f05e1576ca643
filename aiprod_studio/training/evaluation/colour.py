"""Colour as the eye measures it: Lab, distances, and the nearest named body colour.

The references come from the world's palette, nothing is learned. Used by the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.world.palette import ACTOR_LIGHT, BODY, Colour, lit

Floats: TypeAlias = NDArray[np.float32]
Bits: TypeAlias = NDArray[np.bool_]
NAMES = tuple(BODY)


def lab(pictures: NDArray[np.uint8]) -> Floats:
    """(..., 3) uint8 RGB to (..., 3) float32 Lab: L from 0 to 100, a and b about -100 to 100."""
    flat = pictures.reshape(-1, 1, 3).astype(np.float32) / 255.0
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2LAB), np.float32).reshape(pictures.shape)


def labs(colours: Sequence[Colour]) -> Floats:
    """(N, 3) Lab of N sRGB triples."""
    rgb = np.clip(np.array(colours, np.float32), 0, 255).reshape(-1, 1, 3) / 255.0
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB), np.float32).reshape(-1, 3)


def apart(first: Floats, second: Floats) -> Floats:
    """Distance of Lab colours along the last axis."""
    gap = first - second
    return np.asarray(np.sqrt(np.einsum("...c,...c->...", gap, gap)), np.float32)


_SHADES = (1.0, 0.82)


def nearest_names(pixels: Floats, sky: str) -> tuple[NDArray[np.intp], Floats]:
    """For (N, 3) Lab pixels: the index of the nearest body colour, and how far it is.

    A body is seen in full light and in its own shade, both under the light of the sky.
    """
    light = ACTOR_LIGHT[sky]
    best = np.full((len(NAMES), len(pixels)), np.inf, np.float32)
    for shade in _SHADES:
        seen = [lit(lit(BODY[name], light), (shade,) * 3) for name in NAMES]
        for index, reference in enumerate(labs(seen)):
            best[index] = np.minimum(best[index], apart(pixels, reference))
    return best.argmin(axis=0), best.min(axis=0)
