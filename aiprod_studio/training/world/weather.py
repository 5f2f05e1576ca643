"""Rain, snow and fog as one moving veil in front of the scene.

The veil is a page that repeats in both directions; falling is a shift of it. Used by the stage.
It is part of the picture and never part of masks or motion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.world.painting import Brush, Picture
from aiprod_studio.training.world.palette import LIGHT, Colour, lit
from aiprod_studio.training.world.randomness import stream
from aiprod_studio.training.world.vocabulary import ASPECT


@dataclass(frozen=True)
class Veil:
    """A repeating page (H, W, 4) and how far it moves, in pages per scene."""

    page: Picture
    right: float
    down: float
    sway: float
    front: float = 1.0
    """Share of the veil in front of the actors; the rest hangs behind them."""

    def over(self, time: float, width: int, height: int, matrix: NDArray[np.float64]) -> Picture:
        """The veil at `time` on a page of the given size; `matrix` is lengths to its pixels."""
        rows, columns = self.page.shape[:2]
        x = (self.right * time + self.sway * math.sin(2 * math.pi * time)) * columns
        y = self.down * time * rows
        density = rows
        back = np.diag([density, density, 1.0]) @ np.linalg.inv(matrix)
        back[0, 2] -= x % columns
        back[1, 2] -= y % rows
        return np.asarray(
            cv2.warpAffine(self.page, back[:2], (width, height),
                           flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                           borderMode=cv2.BORDER_WRAP), np.uint8)  # fmt: skip


def veil(weather: str, sky: str, seed: int, density: float) -> Veil | None:
    """The veil of a weather, or None where the air is clear."""
    random = stream("weather", seed)
    brush = Brush((0, 0, ASPECT, 1.0), density)
    if weather == "rain":
        _streaks(brush, random, sky)
        return Veil(_faint(brush.page, 0.55), -0.35, 2.6, 0.0)
    if weather == "snow":
        _flakes(brush, random, sky)
        return Veil(_faint(brush.page, 0.94), 0.05, 0.9, 0.02)
    if weather == "fog":
        return Veil(_mist(brush.page.shape, random, sky), 0.08, 0.0, 0.0, 0.3)
    return None


def _faint(page: Picture, share: float) -> Picture:
    return np.asarray(page * np.float32(share), np.uint8)


def _streaks(brush: Brush, random: np.random.Generator, sky: str) -> None:
    colour: Colour = (170, 184, 222) if sky == "night" else (236, 242, 250)
    for a, b, c in random.random((34, 3)):
        x, y = 0.02 + (ASPECT - 0.04) * a, 0.02 + 0.88 * b
        long = 0.055 + 0.03 * c
        brush.stroke([(x, y), (x - 0.18 * long, y + long)], 0.0085, colour)


def _flakes(brush: Brush, random: np.random.Generator, sky: str) -> None:
    colour: Colour = (214, 222, 246) if sky == "night" else (254, 254, 255)
    for a, b, c in random.random((44, 3)):
        size = 0.0085 + 0.0075 * float(c)
        brush.oval(0.02 + (ASPECT - 0.04) * a, 0.02 + 0.96 * b, size, size, colour)


def _mist(shape: tuple[int, ...], random: np.random.Generator, sky: str) -> Picture:
    """Soft horizontal bands, thickest over the horizon, thin at the bottom."""
    tone = np.array(lit((236, 240, 244), LIGHT[sky]), np.float32)
    noise = random.random((9, 5)).astype(np.float32)
    noise = np.concatenate([noise, noise[:, :1]], axis=1)
    bands = cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    y = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
    thick = 0.14 + 0.42 * np.exp(-(((y - 0.52) / 0.2) ** 2))
    alpha = np.clip(thick * (0.7 + 0.6 * bands), 0, 0.6)
    return np.dstack([alpha[..., None] * tone, alpha * 255]).astype(np.uint8)
