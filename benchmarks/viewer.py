"""How fast the viewer shows a frame, alone and beside another.

Run `python benchmarks/viewer.py`; it works offscreen and prints one line per limit: a frame of 1920
by 1080 pixels must be on the screen in less than a third of the time that it has at 24 frames a
second.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from aiprod_studio.ui.viewer.screen import Comparison, Screen

LIMIT = 1000 / 24 / 3
WIDTH, HEIGHT, COUNT = 1920, 1080, 8
WAYS: tuple[Comparison, ...] = ("one", "wipe", "side", "difference")


def milliseconds(screen: Screen, frames: list[np.ndarray]) -> float:
    """Return what showing a frame takes of this thread, the best of several."""
    times = []
    for frame in frames:
        begin = time.thread_time()
        screen.show_frame(frame)
        screen.repaint()
        times.append(time.thread_time() - begin)
    return min(times) * 1000


def main() -> int:
    app = QApplication.instance() or QApplication([])
    screen = Screen()
    screen.resize(1200, 700)
    screen.show()
    app.processEvents()
    chance = np.random.default_rng(7)
    frames = [chance.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(COUNT)]
    screen.show_frame(frames[0])
    screen.show_other(frames[1])
    fine = True
    for way in WAYS:
        screen.set_comparison(way)
        found = milliseconds(screen, frames)
        fine = fine and found <= LIMIT
        mark = "ok  " if found <= LIMIT else "SLOW"
        print(f"{mark} an HD frame, {way:<12}{found:7.2f} ms processor  (limit {LIMIT:.1f})")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
