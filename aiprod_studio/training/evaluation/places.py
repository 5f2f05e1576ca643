"""Reads sky and ground from bands of the picture by the world's palette.

Nothing is learned: the medians of fixed bands are compared with the colours that the palette gives
for every sky, ground and weather. Used by `read`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from aiprod_studio.training.evaluation.colour import Floats, labs
from aiprod_studio.training.world.palette import GROUND, LIGHT, SKY, Colour, lit, mix
from aiprod_studio.training.world.place import Place
from aiprod_studio.training.world.skies import weathered
from aiprod_studio.training.world.vocabulary import VOCABULARY

_SKY_ROWS = (0.02, 0.08, 0.16, 0.24, 0.32, 0.4, 0.46)
_GROUND_ROWS = (0.63, 0.70)
_HORIZON = 0.57
_MIST: Colour = (236, 240, 244)


def read_places(colours: Floats) -> tuple[str, str]:
    """The names of sky and ground that fit (F, H, W, 3) Lab frames best."""
    colours = colours[:: max(1, len(colours) // 6)]
    sky = _best_sky(_row_medians(colours))
    return sky, _best_ground(_ground_band(colours), sky)


def veil_cost(colours: Floats, sky: str, ground: str, weather: str) -> float:
    """How far the bands of (F, H, W, 3) Lab frames are from this place in this weather."""
    colours = colours[:: max(1, len(colours) // 6)]
    place = _place(sky, ground, weather)
    above = _row_medians(colours) - labs([_sky_at(place, row) for row in _SKY_ROWS])
    below = _ground_band(colours) - _ground_tone(place)
    return float(np.median(np.linalg.norm(above, axis=1)) + np.linalg.norm(below))


def _row_medians(colours: Floats) -> Floats:
    height = colours.shape[1]
    bands = []
    for row in _SKY_ROWS:
        y = int(row * height)
        bands.append(np.median(colours[:, y : y + 3].reshape(-1, 3), axis=0))
    return np.asarray(bands, np.float32)


def _ground_band(colours: Floats) -> Floats:
    height = colours.shape[1]
    band = colours[:, int(_GROUND_ROWS[0] * height) : int(_GROUND_ROWS[1] * height)]
    return np.asarray(np.median(band.reshape(-1, 3), axis=0), np.float32)


def _place(sky: str, ground: str, weather: str) -> Place:
    return Place(sky, ground, "none", weather, "ball", 0, 1.0)


def _veiled(colour: Colour, sky: str, weather: str, share: float) -> Colour:
    return mix(colour, lit(_MIST, LIGHT[sky]), share) if weather == "fog" else colour


@lru_cache(maxsize=1)
def _skies() -> list[tuple[str, Floats]]:
    found = []
    for sky in VOCABULARY["sky"]:
        for weather in VOCABULARY["weather"]:
            place = _place(sky, "meadow", weather)
            found.append((sky, labs([_sky_at(place, row) for row in _SKY_ROWS])))
    return found


def _sky_at(place: Place, row: float) -> Colour:
    where = (row + 1.5 / 96) / _HORIZON
    stops = [(at, weathered(colour, place)) for at, colour in SKY[place.sky]]
    low = next(i for i in range(len(stops) - 1) if where <= stops[i + 1][0])
    (a, first), (b, second) = stops[low], stops[low + 1]
    share = 0.14 + 0.42 * float(np.exp(-(((row - 0.52) / 0.2) ** 2)))
    return _veiled(mix(first, second, (where - a) / (b - a)), place.sky, place.weather, share)


def _best_sky(rows: Floats) -> str:
    costs = [(float(np.median(np.linalg.norm(rows - seen, axis=1))), sky) for sky, seen in _skies()]
    return min(costs)[1]


@lru_cache(maxsize=4)
def _grounds(sky: str) -> list[tuple[str, Floats]]:
    found = []
    for ground in VOCABULARY["ground"]:
        for weather in VOCABULARY["weather"]:
            found.append((ground, _ground_tone(_place(sky, ground, weather))))
    return found


def _ground_tone(place: Place) -> Floats:
    far, near = GROUND[place.ground]
    tone = place.tone(mix(far, near, 0.45))
    return np.asarray(labs([_veiled(tone, place.sky, place.weather, 0.42)])[0], np.float32)


def _best_ground(seen: Floats, sky: str) -> str:
    weight = np.array([0.7, 1.0, 1.0], np.float32)
    costs = [(float(np.linalg.norm((seen - one) * weight)), name) for name, one in _grounds(sky)]
    return min(costs)[1]
