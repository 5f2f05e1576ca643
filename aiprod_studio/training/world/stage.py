"""Builds a scene's pieces once and composes any moment of it: picture, mask, and what moved.

Every piece is a page with a matrix per moment, so masks and motion are exact. Used by `Scene`;
knows nothing of captions or sampling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.world import cast
from aiprod_studio.training.world.geometry import Matrix, move, pixels
from aiprod_studio.training.world.motion import Camera, Path, draws_from, path
from aiprod_studio.training.world.painting import Picture
from aiprod_studio.training.world.place import Place
from aiprod_studio.training.world.randomness import stream
from aiprod_studio.training.world.scenery import Layer, layers, shadow_sprite
from aiprod_studio.training.world.vocabulary import ASPECT, SWIMMERS
from aiprod_studio.training.world.weather import veil

Canvas: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """One page at one moment: its picture, its matrix to the output's pixels, who it belongs to."""

    image: Picture
    to_page: Matrix
    owner: int
    label: int


@dataclass(frozen=True)
class Moment:
    """One composed moment: picture (H, W, 3) uint8, top piece per pixel, matrices by label."""

    picture: Picture
    labels: Picture
    matrices: dict[int, Matrix]
    owners: dict[int, int]

    @property
    def mask(self) -> Picture:
        """(H, W) uint8: 0 background, 1 main actor, 2 second actor."""
        table = np.zeros(256, np.uint8)
        for label, owner in self.owners.items():
            table[label] = owner
        return np.asarray(table[self.labels], np.uint8)


class Stage:
    """The pieces of one scene at one output size."""

    def __init__(
        self, attributes: Mapping[str, str], seed: int, facing: float, width: int, height: int
    ) -> None:
        self._size = (width, height)
        self._scale = max(height, width / ASPECT)
        self._page = _page_matrix(self._scale, width, height)
        self._camera = Camera(attributes["camera"])
        base = 0.83 + 0.05 * float(stream("base", seed).random())
        if attributes["object"] in SWIMMERS:
            base -= 0.01
        place = Place(
            attributes["sky"], attributes["ground"], attributes["backdrop"],
            attributes["weather"], attributes["object"], seed, 2 * self._scale,
        )  # fmt: skip
        self._layers = layers(place, base)
        self._actors = _actors(attributes, seed, facing, base, self._camera, self._scale)
        self._veil = veil(attributes["weather"], attributes["sky"], seed, 2 * self._scale)
        self._shadow = shadow_sprite(2 * self._scale)

    def moment(self, time: float) -> Moment:
        """Compose the scene at `time` (0 to 1)."""
        width, height = self._size
        canvas: Canvas = np.zeros((height, width, 3), np.float32)
        labels = np.zeros((height, width), np.uint8)
        matrices: dict[int, Matrix] = {}
        owners: dict[int, int] = {}
        mist = self._mist(time)
        for piece in self._pieces(time):
            if mist is not None and piece.label == len(self._layers):
                _cover(canvas, mist, 1.0 - self._front)
            _lay(canvas, labels, piece)
            matrices[piece.label] = piece.to_page
            owners[piece.label] = piece.owner
        if mist is not None:
            _cover(canvas, mist, self._front)
        picture = np.clip(canvas + 0.5, 0, 255).astype(np.uint8)
        return Moment(picture, labels, matrices, owners)

    @property
    def _front(self) -> float:
        return 1.0 if self._veil is None else self._veil.front

    def _mist(self, time: float) -> Canvas | None:
        if self._veil is None:
            return None
        return self._veil.over(time, *self._size, self._page).astype(np.float32)

    def _pieces(self, time: float) -> Iterator[Piece]:
        label = 0
        for layer in self._layers:
            yield Piece(layer.sprite.image, self._layer_matrix(layer, time), 0, label)
            label += 1
        for owner, way in reversed(self._actors):
            if owner == 1:
                yield Piece(self._shadow, self._shadow_matrix(way, time), 0, 255)
            place, gone = way.matrix(time), way.travelled(time)
            for part in way.figure.parts:
                matrix = self._page @ place @ part.placed(time, gone)
                matrix = matrix @ np.linalg.inv(part.sprite.raster)
                yield Piece(part.sprite.image, matrix, owner if part.body else 0, label)
                label += 1

    def _layer_matrix(self, layer: Layer, time: float) -> Matrix:
        view = self._camera.view(time, layer.depth) @ move(layer.offset(time), 0)
        return self._page @ view @ np.linalg.inv(layer.sprite.raster)

    def _shadow_matrix(self, way: Path, time: float) -> Matrix:
        rows, columns = self._shadow.shape[:2]
        unit = np.array([[2 / columns, 0, -1], [0, 2 / rows, -1], [0, 0, 1]], np.float64)
        return self._page @ way.shadow(time) @ unit


def _page_matrix(scale: float, width: int, height: int) -> Matrix:
    """Lengths to output pixels: the picture covers the page, cropped evenly where it must."""
    left = (ASPECT - width / scale) / 2
    top = (1 - height / scale) / 2
    return pixels(scale, left, top)


def _actors(
    attributes: Mapping[str, str], seed: int, facing: float, base: float, camera: Camera,
    scale: float,
) -> list[tuple[int, Path]]:  # fmt: skip
    size = 0.93 + 0.16 * float(stream("size", seed).random())
    name, sky = attributes["object"], attributes["sky"]
    figure = cast.figure(name, attributes["colour"], sky, size, scale)
    motion = attributes["motion"]
    if motion == "still" and name in ("bird", "balloon"):
        motion = "hover"
    line = base + (0.06 if name == "fish" else 0.0)
    draws = draws_from(stream("path", seed))
    main = path(motion, attributes["direction"], facing, figure, camera, line, draws)
    found = [(1, main)]
    if attributes["companion"] != "none":
        found.append((2, _companion(attributes, seed, camera, scale)))
    return found


def _companion(attributes: Mapping[str, str], seed: int, camera: Camera, scale: float) -> Path:
    """A small flyer that crosses the upper sky."""
    random = stream("companion", seed)
    figure = cast.companion(attributes["companion"], attributes["sky"], scale)
    right = random.random() < 0.5
    direction, facing = ("right", 1.0) if right else ("left", -1.0)
    draws = draws_from(random)
    return path("crossing", direction, facing, figure, camera, 0.85, draws)


def _cover(canvas: Canvas, mist: Canvas, share: float) -> None:
    """Blend a whole veil over the canvas, by `share` of its strength."""
    if share > 0:
        canvas *= 1 - mist[..., 3:] * (share / 255.0)
        canvas += mist[..., :3] * share


def _lay(canvas: Canvas, labels: Picture, piece: Piece) -> None:
    """Blend one piece over the canvas, within the pixels that it can touch."""
    height, width = labels.shape
    rows, columns = piece.image.shape[:2]
    box = piece.to_page @ np.array(
        [[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]], np.float64
    )
    x0, y0 = np.floor(box[:2].min(axis=1)).astype(int) - 1
    x1, y1 = np.ceil(box[:2].max(axis=1)).astype(int) + 2
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    if x0 >= x1 or y0 >= y1:
        return
    local = piece.to_page[:2].copy()
    local[:, 2] -= (x0, y0)
    part = cv2.warpAffine(piece.image, local, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_LINEAR)
    top = part.astype(np.float32)
    alpha = top[..., 3]
    under = canvas[y0:y1, x0:x1]
    under *= (1 - alpha * (1 / 255.0))[..., None]
    under += top[..., :3]
    if piece.label != 255:
        labels[y0:y1, x0:x1][alpha > 127] = piece.label
