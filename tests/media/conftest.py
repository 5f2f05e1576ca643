"""Clips made by ffmpeg for each test, and proof that no test leaves anything behind."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from aiprod_studio.media.process import executable
from tests.media.films import argv

Make = Callable[..., Path]


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path: Path) -> Iterator[None]:
    """Fail a test that leaves an ffmpeg process, a thread of ours or a partial file."""
    before = {child.pid for child in psutil.Process().children()}
    yield
    deadline = time.monotonic() + 30
    while (left := leftovers(tmp_path, before)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def leftovers(folder: Path, before: set[int]) -> list[str]:
    children = [
        child.name()
        for child in psutil.Process().children()
        if child.pid not in before and child.status() != "zombie"
    ]
    threads = [t.name for t in threading.enumerate() if t.name.startswith("ffmpeg")]
    return children + threads + [str(p) for p in folder.rglob("*.part")]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Run ffmpeg with the given arguments; the last one names the file in the test's folder."""

    def run(*arguments: str) -> Path:
        path = tmp_path / arguments[-1]
        command = [executable(), "-v", "error", "-y", *arguments[:-1], str(path)]
        subprocess.run(command, check=True, cwd=tmp_path)
        return path

    return run


@pytest.fixture
def clip(make: Make) -> Path:
    """48 frames of 160 x 96 at 24000/1001 in H.264 with B-frames, and 2 seconds of sound."""
    return make(
        *argv("-f lavfi -i testsrc2=s=160x96:r=24000/1001 -f lavfi -i sine=f=440:r=48000"),
        *argv("-t 2 -c:v libx264 -g 12 -bf 2 -pix_fmt yuv420p -c:a aac clip.mp4"),
    )


@pytest.fixture
def noise() -> np.ndarray:
    """Ten frames of 34 x 50 random pixels."""
    return np.random.default_rng(7).integers(0, 256, (10, 34, 50, 3), dtype=np.uint8)
