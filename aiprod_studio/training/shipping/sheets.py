"""Contact sheets: what the model makes of prompts that are chosen by rule, beside their words.

Used by the command line (`sheet`) to look at training, and by the card. It draws and writes PNG.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from aiprod_studio.training import world

SHOWN = 4
"""Frames shown of a film."""
LINE, MARGIN = 16, 4


def pictures_of(video: Tensor) -> NDArray[np.uint8]:
    """Films (B, 3, F, H, W) in [-1, 1] to (B, F, H, W, 3) uint8."""
    scaled = video.add(1).mul(127.5).round().clamp(0, 255)
    pictures: NDArray[np.uint8] = scaled.byte().permute(0, 2, 3, 4, 1).cpu().numpy()
    return pictures


def rule_prompts(count: int) -> list[str]:
    """The prompts of a sheet: objects, colours, places and ways in turn, nothing picked by hand."""
    objects, colours = world.VOCABULARY["object"], world.VOCABULARY["colour"]
    ways = {"ball": "rolls", "balloon": "drifts", "bird": "flies", "boat": "sails",
            "car": "drives", "cat": "walks", "fish": "swims", "train": "drives"}  # fmt: skip
    skies = ("in daylight", "at dawn", "at sunset", "at night")
    places = ("in a meadow", "at sea", "in the desert", "on snowy ground")
    texts = []
    for index in range(count):
        thing = objects[index % len(objects)]
        wet = thing in ("boat", "fish")
        place = "at sea" if wet else places[(index // 2) % 4]
        side = ("left", "right")[index % 2]
        colour, sky = colours[index * 3 % len(colours)], skies[index % 4]
        article = "an" if colour[0] in "aeiou" else "a"
        texts.append(f"{article} {colour} {thing} {ways[thing]} to the {side} {place} {sky}")
    return texts


def drawn(films: NDArray[np.uint8], texts: Sequence[str], columns: int = 3) -> NDArray[np.uint8]:
    """Some frames of each film (B, F, H, W, 3) in a row, its words under it."""
    shown = [0] if films.shape[1] == 1 else np.linspace(0, films.shape[1] - 1, SHOWN).astype(int)
    cells = [_cell(np.concatenate(list(film[shown]), 1), text)
             for film, text in zip(films, texts, strict=True)]  # fmt: skip
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % columns)
    rows = [np.concatenate(cells[i : i + columns], 1) for i in range(0, len(cells), columns)]
    return np.concatenate(rows)


def write(path: Path, sheet: NDArray[np.uint8]) -> None:
    """Write a sheet as PNG."""
    cv2.imwrite(str(path), sheet[..., ::-1])


def _cell(strip: NDArray[np.uint8], text: str) -> NDArray[np.uint8]:
    height, width = strip.shape[:2]
    cell = np.full((height + LINE * 2, width + MARGIN, 3), 255, np.uint8)
    cell[:height, :width] = strip
    letters = max(12, width // 6)
    for line, start in enumerate(range(0, min(len(text), 2 * letters), letters)):
        at = (2, height + 12 + line * 14)
        words = text[start : start + letters]
        cv2.putText(cell, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.36, (0, 0, 0), 1, cv2.LINE_AA)
    return cell
