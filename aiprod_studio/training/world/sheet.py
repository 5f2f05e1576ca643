"""Contact sheets: scenes as rows of frames with their captions, to be looked at.

Used by the trainer's command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from aiprod_studio.training.world.painting import Picture
from aiprod_studio.training.world.scenes import Scene, Split, scene

_GAP, _LINE = 4, 14


def sheet(
    seeds: Iterable[int], split: Split = "train", *, times: Sequence[float] = (0.0, 0.5, 1.0),
    columns: int = 3, width: int = 128, height: int = 96,
) -> Picture:  # fmt: skip
    """An RGB picture with one cell per seed: frames at `times` over the caption."""
    cells = [_cell(scene(seed, split), seed, times, width, height) for seed in seeds]
    if not cells:
        return np.full((height, width, 3), 255, np.uint8)
    blank = np.full_like(cells[0], 255)
    cells += [blank] * (-len(cells) % columns)
    rows = [np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)]
    return np.asarray(np.vstack(rows), np.uint8)


def _cell(shown: Scene, seed: int, times: Sequence[float], width: int, height: int) -> Picture:
    wide = len(times) * (width + _GAP) + _GAP
    cell = np.full((height + 2 * _LINE + _GAP, wide, 3), 255, np.uint8)
    for index, time in enumerate(times):
        left = _GAP + index * (width + _GAP)
        cell[_GAP : _GAP + height, left : left + width] = shown.still(time, width, height)
    for row, text in enumerate(_lines(shown.caption(seed), wide // 6)):
        at = (_GAP, height + _GAP + (row + 1) * _LINE - 4)
        cv2.putText(cell, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.34, (20, 20, 20), 1, cv2.LINE_AA)
    return cell


def _lines(text: str, letters: int) -> list[str]:
    if len(text) <= letters:
        return [text]
    cut = text.rfind(" ", 0, letters)
    return [text[:cut], text[cut + 1 :]]
