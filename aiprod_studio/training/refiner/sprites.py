"""Textured sprites that move over textured backgrounds: the half of the refiner's films that is
not the illustrated world.

Papers, patterns, noises and line drawings in any colours and in grey, cut to blobs, ovals and
strokes, moving on smooth ways with turns and zooms, so that an artist's own panels find something
of theirs in it. Every piece has a matrix per moment, so motion is exact. By seed; never touches
torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.world.geometry import Matrix, move, scale, turn

Picture: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]
Random: TypeAlias = np.random.Generator


@dataclass(frozen=True)
class Film:
    """Frames (F, H, W, 3) and labels (F, H, W), uint8; matrices (F, labels, 3, 3) by label.

    A matrix leads from a piece's own pixels to the picture's. Label 0 is the background.
    """

    frames: Picture
    labels: Picture
    matrices: NDArray[np.float64]


@dataclass(frozen=True)
class _Piece:
    """A page, float32 (h, w, 4) premultiplied, and its matrix at each moment."""

    page: Floats
    ways: list[Matrix]


def film(seed: int, frames: int, width: int, height: int) -> Film:
    """One film of sprites; equal seeds give equal films."""
    random = np.random.default_rng([47, seed])
    pieces = [_background(random, frames, width, height)]
    pieces += [_sprite(random, frames, width, height) for _ in range(int(random.integers(1, 5)))]
    grey = random.random() < 0.2
    pictures = np.zeros((frames, height, width, 3), np.uint8)
    labels = np.zeros((frames, height, width), np.uint8)
    for moment in range(frames):
        picture = _composed(pieces, moment, labels[moment])
        if grey:
            picture = np.repeat(picture.mean(-1, keepdims=True), 3, -1)
        pictures[moment] = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
    matrices = np.stack([np.stack([piece.ways[m] for piece in pieces]) for m in range(frames)])
    return Film(pictures, labels, matrices)


def _composed(pieces: list[_Piece], moment: int, labels: Picture) -> Floats:
    height, width = labels.shape
    canvas = np.zeros((height, width, 3), np.float32)
    for label, piece in enumerate(pieces):
        edge = cv2.BORDER_REFLECT if label == 0 else cv2.BORDER_CONSTANT
        top = cv2.warpAffine(
            piece.page, piece.ways[moment][:2], (width, height), flags=cv2.INTER_LINEAR,
            borderMode=edge,
        )  # fmt: skip
        canvas = canvas * (1 - top[..., 3:]) + top[..., :3]
        labels[top[..., 3] > 0.5] = label
    return canvas


def _background(random: Random, frames: int, width: int, height: int) -> _Piece:
    """A paper twice the picture's size, at rest, panned or zoomed."""
    page = np.ones((2 * height, 2 * width, 4), np.float32)
    page[..., :3] = _texture(random, 2 * height, 2 * width)
    resting = random.random() < 0.4
    drift = (0, 0) if resting else random.normal(0, 0.16, 2) * width
    zoom = 0.0 if resting else float(random.normal(0, 0.12))
    lean = 0.0 if resting or random.random() < 0.6 else float(random.normal(0, 0.06))
    ways = []
    for time in np.linspace(-0.5, 0.5, frames):
        size = 1.0 * np.exp(zoom * time)
        placed = move(width / 2 + drift[0] * time, height / 2 + drift[1] * time)
        ways.append(placed @ turn(lean * time) @ scale(size, size) @ move(-width, -height))
    return _Piece(page, ways)


def _sprite(random: Random, frames: int, width: int, height: int) -> _Piece:
    side = int(height * random.uniform(0.16, 0.55))
    cut = _outline(random, side)[..., None]
    page = np.concatenate([_texture(random, side, side) * cut, cut], -1).astype(np.float32)
    return _Piece(page, list(_ways(random, frames, width, height, side)))


def _ways(random: Random, frames: int, width: int, height: int, side: int) -> Iterator[Matrix]:
    """A smooth way: straight, bent or hopping, with a turn, a zoom and sometimes a mirror."""
    middle = random.uniform(0.2, 0.8, 2) * (width, height)
    travel = random.normal(0, 1, 2) * (0.4 * width, 0.25 * height)
    bend = random.normal(0, 0.25, 2) * (width, height) * (random.random() < 0.5)
    hops = float(random.uniform(0.5, 2.0)) if random.random() < 0.25 else 0.0
    high, phase = random.uniform(0.1, 0.3) * height, random.uniform(0, np.pi)
    lean, spin = random.uniform(-0.5, 0.5), random.normal(0, 0.7) * (random.random() < 0.5)
    size, zoom = random.uniform(0.8, 1.2), random.normal(0, 0.3) * (random.random() < 0.4)
    mirror = 1.0 if random.random() < 0.5 else -1.0
    for time in np.linspace(-0.5, 0.5, frames):
        place = middle + travel * time + bend * (time * time * 2 - 0.25)
        place = place - (0, high * abs(np.sin(np.pi * hops * time + phase)) if hops else 0)
        grown = size * np.exp(zoom * time)
        posed = turn(lean + spin * time) @ scale(mirror * grown, grown)
        yield move(*place) @ posed @ move(-side / 2, -side / 2)


def _outline(random: Random, side: int) -> Floats:
    """A soft-edged shape (side, side) in [0, 1]: blob, oval, box or strokes."""
    fine, kind = 4, random.random()
    mask = np.zeros((side * fine, side * fine), np.uint8)
    centre, reach = side * fine / 2, side * fine / 2 - fine
    if kind < 0.55:
        count = int(random.integers(3, 11))
        angles = np.sort(random.uniform(0, 2 * np.pi, count))
        radii = reach * random.uniform(0.45, 1.0, count)
        points = np.stack([np.cos(angles) * radii, np.sin(angles) * radii], -1) + centre
        cv2.fillPoly(mask, [points.astype(np.int32)], 255)
        if random.random() < 0.6:
            blurred = cv2.GaussianBlur(mask, (0, 0), 0.08 * side * fine)
            mask = ((blurred > 100) * 255).astype(np.uint8)
    elif kind < 0.8:
        axes = (int(reach), int(reach * random.uniform(0.4, 1.0)))
        cv2.ellipse(mask, (int(centre), int(centre)), axes, 0, 0, 360, 255, -1)
    elif kind < 0.9:
        half = int(reach * random.uniform(0.4, 0.9))
        mask[int(centre) - half : int(centre) + half, fine:-fine] = 255
    else:
        points = random.uniform(0.1, 0.9, (7, 2)) * side * fine
        thick = int(side * fine * random.uniform(0.08, 0.2))
        cv2.polylines(mask, [points.astype(np.int32)], False, 255, max(1, thick))
    small = cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small / np.float32(255), np.float32)


def _texture(random: Random, height: int, width: int) -> Floats:
    """A paper (H, W, 3) in [0, 255]: two colours by a pattern, with grain and perhaps ink lines."""
    dark, light = random.uniform(0, 255, 3), random.uniform(0, 255, 3)
    if random.random() < 0.25:
        dark, light = np.repeat(random.uniform(0, 255, 2), 3).reshape(2, 3)
    mix = _pattern(random, height, width)[..., None]
    paper = dark * (1 - mix) + light * mix
    if random.random() < 0.5:
        paper = paper + (_noise(random, height, width, 1.0)[..., None] - 0.5) * random.uniform(
            0, 50
        )
    if random.random() < 0.5:
        paper = _inked(random, paper)
    return np.clip(paper, 0, 255).astype(np.float32)


def _pattern(random: Random, height: int, width: int) -> Floats:
    kind, (y, x) = random.random(), np.mgrid[0:height, 0:width].astype(np.float32)
    angle, size = random.uniform(0, np.pi), random.uniform(5, 40)
    across = x * np.cos(angle) + y * np.sin(angle)
    if kind < 0.4:
        return _noise(random, height, width, float(random.uniform(0.4, 0.8)))
    if kind < 0.6:
        return np.asarray((across - across.min()) / np.ptp(across), np.float32)
    if kind < 0.75:
        return np.asarray(0.5 + 0.5 * np.tanh(3 * np.sin(across * 2 * np.pi / size)), np.float32)
    if kind < 0.85:
        return np.asarray(((x // size).astype(int) + (y // size).astype(int)) % 2, np.float32)
    return np.full((height, width), random.random(), np.float32)


def _noise(random: Random, height: int, width: int, rough: float) -> Floats:
    """Cloud-like noise (H, W) in [0, 1]; `rough` is what each finer octave keeps."""
    total, share = np.zeros((height, width), np.float32), 1.0
    for cells in (2, 4, 8, 16, 32):
        grid = random.random((cells, cells)).astype(np.float32)
        total += share * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        share *= rough
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / (high - low + 1e-6), np.float32)


def _inked(random: Random, paper: NDArray[np.float64]) -> NDArray[np.float64]:
    """Line-drawing and flat shapes over a paper."""
    height, width = paper.shape[:2]
    drawn = np.ascontiguousarray(paper.astype(np.float32))
    for _ in range(int(random.integers(2, 14))):
        points = (random.random((int(random.integers(2, 5)), 2)) * (width, height)).astype(np.int32)
        colour = random.uniform(0, 255, 3).tolist() if random.random() < 0.5 else [20.0] * 3
        if random.random() < 0.4:
            cv2.fillPoly(drawn, [points], colour, cv2.LINE_AA)
        else:
            thick = int(random.integers(1, max(2, height // 24) + 1))
            cv2.polylines(drawn, [points], False, colour, thick, cv2.LINE_AA)
    return drawn.astype(np.float64)
