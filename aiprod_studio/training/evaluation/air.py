"""Reads the weather: streaks that come and go are rain, specks snow, washed-out colours fog.

Used by the rules after the actor was found, so that it does not count as weather. Nothing is
learned.
"""

from __future__ import annotations

import cv2
import numpy as np

from aiprod_studio.training.evaluation.colour import Bits, Floats
from aiprod_studio.training.evaluation.places import veil_cost

_BRIGHT = 5.0
"""Lightness above the moments before and after that makes a flash."""

_MANY = 0.013
"""Share of the picture that flashes in rain or snow."""

_UPRIGHT = 1.4
"""Edges across against edges along, from which flashes are streaks."""


def read_weather(colours: Floats, actor: Bits | None, sky: str, ground: str) -> str:
    """The weather of (F, H, W, 3) Lab frames; `actor` are its masks, where it was found."""
    if len(colours) >= 3:
        flash = _flashes(colours[..., 0], actor)
        if float((flash > _BRIGHT).mean()) > _MANY:
            across = float(np.abs(np.diff(flash, axis=2)).mean())
            along = float(np.abs(np.diff(flash, axis=1)).mean())
            return "rain" if across > _UPRIGHT * along else "snow"
    thin, thick = (veil_cost(colours, sky, ground, weather) for weather in ("clear", "fog"))
    return "fog" if thick < thin else "clear"


def _flashes(lightness: Floats, actor: Bits | None) -> Floats:
    """(F-2, H, W): how much lighter a pixel is than a moment before and a moment after."""
    around = np.maximum(lightness[:-2], lightness[2:])
    flash = np.clip(lightness[1:-1] - around, 0, None)
    if actor is not None:
        for index in range(len(flash)):
            busy = actor[index : index + 3].any(axis=0).astype(np.uint8)
            flash[index][cv2.dilate(busy, np.ones((9, 9), np.uint8)) > 0] = 0
    return np.asarray(flash, np.float32)
