"""How good a film is: against a truth, against its keyframes, and by itself.

Everything reads frames one by one, uint8 (H, W, 3), so films of any length fit. Used by the metrics
node, the evaluation and the benchmark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from aiprod_studio.diffusion.refiner.motion import Floats, Picture, motion, moved

BEST_PSNR = 100.0
"""What equal pictures are given, in dB."""
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_SURE = 1.5
"""Pixels of doubt up to which a flow is believed when frames are compared along it."""


def psnr(one: Picture, other: Picture) -> float:
    """Peak signal to noise ratio of two pictures in dB, at most 100."""
    error = float(np.mean((one.astype(np.float32) - other.astype(np.float32)) ** 2))
    return BEST_PSNR if error == 0 else min(BEST_PSNR, 10 * math.log10(255**2 / error))


def ssim(one: Picture, other: Picture) -> float:
    """Structural similarity of the brightness of two pictures, Gaussian windows of 11 pixels."""
    a, b = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY).astype(np.float32) for p in (one, other))
    mean_a, mean_b = _soft(a), _soft(b)
    both = _soft(a * b) - mean_a * mean_b
    alone = _soft(a * a) - mean_a**2 + _soft(b * b) - mean_b**2
    means = mean_a**2 + mean_b**2
    found = (2 * mean_a * mean_b + _C1) * (2 * both + _C2) / ((means + _C1) * (alone + _C2))
    return float(found.mean())


def _soft(values: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float32)


@dataclass(frozen=True)
class Likeness:
    """Mean PSNR (dB) and SSIM of a film against the truth, over `frames` frames."""

    psnr: float
    ssim: float
    frames: int


def likeness(film: Iterable[Picture], truth: Iterable[Picture], leave: set[int]) -> Likeness:
    """Compare films frame by frame, without the frames in `leave` (the keyframes)."""
    pairs = [
        (psnr(made, true), ssim(made, true))
        for number, (made, true) in enumerate(zip(film, truth, strict=True))
        if number not in leave
    ]
    if not pairs:
        return Likeness(BEST_PSNR, 1.0, 0)
    values = np.array(pairs)
    return Likeness(float(values[:, 0].mean()), float(values[:, 1].mean()), len(pairs))


def keyframe_fidelity(film: Iterable[Picture], keys: Mapping[int, Picture]) -> dict[int, float]:
    """PSNR in dB of the film at each keyframe; 100 where it is the very same picture."""
    return {n: psnr(frame, keys[n]) for n, frame in enumerate(film) if n in keys}


@dataclass(frozen=True)
class Steadiness:
    """How calm a film is by itself.

    `consistency` (dB, more is calmer): PSNR of each frame against the one before it, moved along
    the motion between both, where that motion is sure. `flicker` (levels of 255, less is calmer):
    how much the brightness of the whole picture jumps up and down from frame to frame, a steady
    rise or fall not counted.
    """

    consistency: float
    flicker: float


def steadiness(film: Iterable[Picture], check: Callable[[], None] = lambda: None) -> Steadiness:
    """Measure a film without a truth; of fewer than two frames it is perfectly calm."""
    before: Picture | None = None
    found: list[float] = []
    light: list[float] = []
    for frame in film:
        check()
        light.append(float(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).mean()))
        if before is not None:
            found.append(_along(before, frame))
        before = frame
    bends = np.abs(np.diff(light, 2)) / 2 if len(light) > 2 else np.zeros(1)
    return Steadiness(float(np.mean(found)) if found else BEST_PSNR, float(bends.mean()))


def _along(before: Picture, frame: Picture) -> float:
    way = motion(frame, before)
    sure = way.doubt < _SURE
    if not sure.any():
        return 0.0
    error = (moved(before, way.onward) - frame.astype(np.float32))[sure]
    squared = float(np.mean(error**2))
    return BEST_PSNR if squared == 0 else min(BEST_PSNR, 10 * math.log10(255**2 / squared))
