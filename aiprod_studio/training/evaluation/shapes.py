"""Reads the kind of the object from its picture: a small network, fitted on truth alone.

The network sees the actor cut out by the rules, the rest of the picture painted over, so that a
road cannot stand for a car. Used by `read`; its weights lie beside this file and are made by
`python -m aiprod_studio.training.evaluation fit`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from aiprod_studio.training.evaluation.finding import Found
from aiprod_studio.training.world.vocabulary import VOCABULARY

KINDS = VOCABULARY["object"]
SIDE = 40
WEIGHTS = Path(__file__).with_name("object_reader.safetensors")
_VIEWS = 7
_AROUND = 8


class ObjectReader(nn.Module):
    """(N, 4, 40, 40) cut-outs (RGB and mask, 0 to 1) to (N, 8) scores, one per kind."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inside, outside in ((4, 24), (24, 48), (48, 64), (64, 96)):
            layers += [
                nn.Conv2d(inside, outside, 3, padding=1),
                nn.BatchNorm2d(outside),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(96 * 4, len(KINDS))

    def forward(self, cuts: Tensor) -> Tensor:
        """Scores."""
        deep = self.layers(cuts)
        scores: Tensor = self.head(deep.flatten(1))
        return scores


def cutouts(frames: NDArray[np.uint8], found: Found, count: int = _VIEWS) -> NDArray[np.float32]:
    """(N, 4, 40, 40): up to `count` moments, the actor in the middle, the rest grey."""
    seen = np.flatnonzero(found.seen)
    picks = np.unique(
        seen[np.linspace(0, len(seen) - 1, min(count, len(seen))).round().astype(int)]
    )
    cuts = np.zeros((len(picks), 4, SIDE, SIDE), np.float32)
    for row, index in enumerate(picks):
        cuts[row] = cut(frames[index], found.masks[index])
    return cuts


def cut(frame: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(4, 40, 40): the masked actor in the middle, its mask as the fourth channel."""
    bits = mask.astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _AROUND + 1, 2 * _AROUND + 1))
    near = cv2.dilate(bits, disc)
    page = np.dstack([np.where(near[..., None] > 0, frame, 128), bits * 255])
    y, x = np.nonzero(near)
    half = max(np.ptp(x), np.ptp(y)) / 2 + 1
    scale = SIDE / (2 * half)
    centre = ((x.min() + x.max()) / 2, (y.min() + y.max()) / 2)
    matrix = np.array(
        [[scale, 0, SIDE / 2 - 0.5 - scale * centre[0]],
         [0, scale, SIDE / 2 - 0.5 - scale * centre[1]]], np.float64,
    )  # fmt: skip
    moved = cv2.warpAffine(page, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA,
                           borderValue=(128, 128, 128, 0))  # fmt: skip
    return np.asarray(moved, np.float32).transpose(2, 0, 1) / 255.0


@lru_cache(maxsize=2)
def reader(path: Path = WEIGHTS) -> ObjectReader:
    """The fitted network."""
    network = ObjectReader()
    network.load_state_dict(load_file(path))
    return network.eval()


@torch.inference_mode()
def read_object(frames: NDArray[np.uint8], found: Found | None) -> str:
    """The kind of the actor, by the mean score over several moments; "none" without an actor."""
    if found is None:
        return "none"
    scores = reader()(torch.from_numpy(cutouts(frames, found))).log_softmax(-1).mean(0)
    return KINDS[int(scores.argmax())]
