"""Films whose frames can be told apart, a clock that obeys, and a player, offscreen."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")

import threading
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.source import ArrayFrames


def film(count: int = 48, width: int = 64, height: int = 36) -> np.ndarray:
    """Frames whose every pixel is (number, 2 x column, 3 x row)."""
    frames = np.zeros((count, height, width, 3), np.uint8)
    frames[..., 0] = np.arange(count, dtype=np.uint8)[:, None, None]
    frames[..., 1] = (np.arange(width) * 2 % 256).astype(np.uint8)[None, None, :]
    frames[..., 2] = (np.arange(height) * 3 % 256).astype(np.uint8)[None, :, None]
    return frames


class Clock:
    """Seconds that pass only when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source() -> ArrayFrames:
    return ArrayFrames(film(), Fraction(24))


@pytest.fixture
def player(qtbot, source: ArrayFrames, clock: Clock) -> Iterator[Player]:
    made = Player(source, clock=clock)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_threads_stay() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if thread.name == "frames":
            thread.join(2)
            assert not thread.is_alive(), "a decoder was left running"
