"""Noise on frames that were filled in, so that a refiner has room to change them.

None; growing with the distance from the keyframes; or the same everywhere. The level of a frame is
in [0, 1]: for pictures the deviation of the noise over half the range of colours, for latents the
part of the sampler's noise that a frame gets.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aiprod_studio.diffusion.refiner.levels import Place

Mode: TypeAlias = Literal["none", "distance", "gaussian"]
Floats: TypeAlias = NDArray[np.float32]


def level(mode: Mode, strength: float, place: Place) -> float:
    """The noise level of a filled frame, from 0 to `strength`."""
    if mode == "none":
        return 0.0
    return strength * place.distance if mode == "distance" else strength


def roughened(colours: Floats, amount: float, seed: int, frame: int) -> Floats:
    """Colours in [0, 255] with noise of level `amount`; the same for the same seed and frame."""
    if amount <= 0:
        return colours
    grain = np.random.default_rng([seed, frame]).standard_normal(colours.shape, np.float32)
    return np.asarray(np.clip(colours + 127.5 * amount * grain, 0, 255), np.float32)
