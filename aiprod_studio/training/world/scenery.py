"""The painted layers behind the actors: sky, clouds, backdrop, far and near ground.

Each layer is one wide page with a depth for the camera and a slow drift of its own. Used by the
stage; knows neither actors nor captions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from aiprod_studio.training.world import grounds, skies
from aiprod_studio.training.world.backdrops import BACKDROPS
from aiprod_studio.training.world.geometry import move
from aiprod_studio.training.world.painting import Picture, Sprite
from aiprod_studio.training.world.place import Place
from aiprod_studio.training.world.randomness import stream
from aiprod_studio.training.world.vocabulary import WALKERS


@dataclass(frozen=True)
class Layer:
    """One page of scenery; `drift` is its own speed to the right in picture heights per scene."""

    sprite: Sprite
    depth: float
    drift: float = 0.0
    sway: float = 0.0

    def offset(self, time: float) -> float:
        """How far the layer has moved by itself."""
        return self.drift * (time - 0.5) + self.sway * math.sin(2 * math.pi * time)


def layers(place: Place, base: float) -> list[Layer]:
    """All layers from far to near; `base` is the ground line of the main actor."""
    grain = _grain(place)
    found = [Layer(skies.sky(place), 0.06)]
    found.append(Layer(skies.clouds(place), 0.15, 0.05 if place.seed % 2 else -0.05))
    if place.backdrop != "none":
        brush = place.brush()
        BACKDROPS[place.backdrop](brush, place)
        found.append(Layer(_brushed(brush.flat(), grain), 0.4))
    found.append(Layer(_brushed(grounds.far(place), cv2.flip(grain, 0)), 0.65))
    wavy = place.ground == "sea" and place.actor not in WALKERS
    near = grounds.near(place, base)
    found.append(Layer(_brushed(near, cv2.flip(grain, 1)), 1.0, 0.0, 0.012 if wavy else 0.0))
    return found


def _brushed(sprite: Sprite, grain: Picture) -> Sprite:
    """The page with soft horizontal brush marks."""
    first = int(sprite.image[..., 3].any(axis=1).argmax())
    image = cv2.multiply(sprite.image[first:], grain[first:], scale=1 / _NEUTRAL)
    return Sprite(np.asarray(image, np.uint8), move(0, -first) @ sprite.raster)


_NEUTRAL = 160


def _grain(place: Place) -> Picture:
    """Smooth brush noise, the same at every resolution, mostly horizontal, as a factor."""
    shape = place.brush().page.shape
    noise = stream("grain", place.seed).standard_normal((22, 12)).astype(np.float32)
    factor = _NEUTRAL * (1 + 0.05 * np.clip(noise, -1.8, 1.8))
    wide = cv2.resize(factor, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    one = np.clip(wide + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.merge([one, one, one, np.full_like(one, _NEUTRAL)]), np.uint8)


@lru_cache(maxsize=4)
def shadow_sprite(density: float) -> Picture:
    """A soft dark ellipse of width 2 and height 1 in lengths, as (H, W, 4)."""
    size = max(8, round(density * 0.3))
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : 2 * size * 1j]
    fall = np.clip(1.25 - np.hypot(x, y) * 1.25, 0, 1) ** 0.8 * 92
    return np.dstack([fall * 0.16, fall * 0.14, fall * 0.24, fall]).astype(np.uint8)
