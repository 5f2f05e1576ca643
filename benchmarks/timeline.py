"""How fast the Edit workspace is: redrawing 500 clips, dragging, scrubbing and playing 1080p.

Run `python benchmarks/timeline.py [--play SECONDS]`; it works offscreen, writes its film into a
temporary folder and prints one line per limit of the design.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from aiprod_studio.media.composing import Composer
from aiprod_studio.media.frame_store import store_frames
from aiprod_studio.story.board import Board, Scene, Shot
from aiprod_studio.story.cut import Clip, Cut, Source, Track
from aiprod_studio.story.takes import Take
from aiprod_studio.story.time import Span, Time
from aiprod_studio.ui import theme
from aiprod_studio.ui.footage.composed import ComposedFrames
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.timeline.model.drafting import Pointer
from aiprod_studio.ui.timeline.model.gestures.dragging import TrimTail
from aiprod_studio.ui.timeline.state import State
from aiprod_studio.ui.timeline.tracks.view import TimelineView
from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.screen import Screen

RATE = Fraction(24)
FULL_HD = (1920, 1080)


def many_clips(count: int) -> tuple[Board, Cut]:
    """Return a board and a cut of so many clips: two thirds picture, one third sound."""
    shots, seen, heard = [], [], []
    span = Span(Time.at(-12, RATE), Time.at(60, RATE))
    at = 0
    for number in range(count * 2 // 3):
        name = f"shot-{number}"
        take = Take(f"{name}-take", f"takes/{number % 7}.frames", 48, 12, 12, RATE)
        shots.append(Shot(name, "A", f"Shot {number}", takes=(take,), picked=take.name))
        clip = Clip(f"clip-{number}", Source("shot", name, span=span), at, 40, Time.at(0, RATE))
        seen.append(clip)
        if number % 2:
            source = Source("file", "music.wav", span=Span(Time.at(0, RATE), Time.at(9000, RATE)))
            heard.append(Clip(f"sound-{number}", source, at, 40, Time.at(0, RATE)))
        at += 40
    board = Board(RATE, scenes=(Scene("scene", "1", shots=tuple(shots)),))
    tracks = (
        Track("V1", "video", clips=tuple(seen[::2])),
        Track("V2", "video", clips=tuple(seen[1::2])),
        Track("A1", "audio", clips=tuple(heard)),
    )
    return board, Cut(RATE, tracks=tracks)


class Filled(Errands):
    """Pictures and a wave that are all there, so that only painting is measured."""

    def __init__(self) -> None:
        super().__init__(Path())
        from aiprod_studio.ui.footage.errands import scaled

        rng = np.random.default_rng(1)
        self._image = scaled(rng.integers(0, 255, (180, 320, 3), np.uint8))
        self._wave = rng.random(40_000, np.float32)

    def picture(self, picture: object) -> object:  # type: ignore[override]
        """Return always the same picture."""
        return self._image

    def wave(self, name: str) -> object:  # type: ignore[override]
        """Return always the same wave."""
        return self._wave


def best(act: Callable[[], object], times: int = 20) -> float:
    """Return the milliseconds of processor time that a call takes, the best of three rounds."""
    rounds = []
    for _ in range(3):
        start = time.process_time()
        for _ in range(times):
            act()
        rounds.append((time.process_time() - start) / times * 1000)
    return min(rounds)


def line(words: str, value: float, limit: float, unit: str = "ms") -> bool:
    """Print a line; say whether the value is within the limit."""
    fine = value <= limit
    print(f"{'ok  ' if fine else 'SLOW'} {words:<48}{value:9.2f} {unit}  (limit {limit:g})")
    return fine


def timeline(app: QApplication) -> bool:
    """Measure redrawing and dragging on a timeline of 500 clips."""
    state, errands = State(), Filled()
    view = TimelineView(state, errands)
    view.resize(1600, 500)
    view.show()
    app.processEvents()
    state.show_film(*many_clips(500))
    state.fit()
    tracks = view.tracks
    fine = [line("redraw, all 500 clips visible", best(tracks.repaint), 16)]
    state.look(state.scale.spanning(0, 1200, state.width))
    fine.append(line("redraw, 30 clips with strips and waves", best(tracks.repaint), 16))
    state.fit()
    desk = replace(state.desk(), snapping=True)
    drag = TrimTail(desk, Pointer(0, 0), "clip-200")
    way = [0]

    def move() -> None:
        way[0] += 1
        state.set_draft(drag.move(Pointer(-(way[0] % 9) * 0.6, 0)))
        tracks.repaint()

    fine.append(line("one move of a drag, redrawn", best(move), 33))
    state.set_draft(None)
    view.close()
    errands.close()
    return all(fine)


def full_hd(folder: Path, frames: int) -> tuple[Board, Cut]:
    """Write a 1080p take into a frame store and return a cut that plays it."""
    rng = np.random.default_rng(2)
    width, height = FULL_HD
    y, x = np.mgrid[0:height, 0:width]
    ground = np.stack((x // 8, y // 5, (x + y) // 13), axis=2).astype(np.uint8)
    ground[::4, ::4] ^= rng.integers(0, 24, (270, 480, 3), np.uint8)

    def picture(number: int) -> np.ndarray:
        frame = ground.copy()
        left = 40 + number * 11 % 1600
        frame[300:700, left : left + 240] = (230, 90, 60)
        return frame

    store_frames((picture(n) for n in range(frames)), folder / "take.frames", RATE)
    take = Take("take-1", "take.frames", frames, 0, 0, RATE)
    shot = Shot("shot-1", "A", takes=(take,), picked="take-1")
    source = Source("shot", "shot-1", span=take.span)
    clip = Clip("clip", source, 0, frames, Time.at(0, RATE))
    board = Board(RATE, scenes=(Scene("scene", "1", shots=(shot,)),))
    return board, Cut(RATE, tracks=(Track("V1", "video", clips=(clip,)),))


def scrubbing(app: QApplication, board: Board, cut: Cut, folder: Path) -> bool:
    """Measure what a frame on the screen costs, cached and not, in processor time."""
    screen = Screen()
    screen.resize(960, 540)
    screen.show()
    waits = []
    with Composer(board, cut, folder) as composer:
        source = ComposedFrames(composer)
        places = random.Random(3).sample(range(cut.frames), 40)
        for place in places:
            start = time.process_time()
            screen.show_frame(source.frame(place))
            screen.repaint()
            waits.append((time.process_time() - start) * 1000)
        shown = source.frame(places[-1])
    other = np.ascontiguousarray(shown[::-1])
    flip = [shown, other]

    def cached() -> None:
        flip.reverse()
        screen.show_frame(flip[0])
        screen.repaint()

    fine = [
        line("cached 1080p frame onto the screen", best(cached), 8),
        line("uncached 1080p frame, 95th percentile", float(np.percentile(waits, 95)), 60),
    ]
    screen.close()
    return all(fine)


def playing(app: QApplication, board: Board, cut: Cut, folder: Path, seconds: float) -> bool:
    """Play 1080p and count the frames that come too late."""
    screen = Screen()
    screen.resize(960, 540)
    screen.show()
    composer = Composer(board, cut, folder)
    player = Player(ComposedFrames(composer))
    player.frame_ready.connect(lambda _, frame: screen.show_frame(frame))
    player.loop = True
    app.processEvents()
    player.play()
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        app.processEvents()
        time.sleep(0.001)
    dropped = player.dropped
    player.close()
    composer.close()
    screen.close()
    return line(f"frames dropped in {seconds:g} s of 1080p24", dropped, 0, "frames")


def main() -> int:
    """Measure everything; return 1 if something is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--play", type=float, default=10, help="seconds of playback (60 is the design's)"
    )
    chosen = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fine = [timeline(app)]
        board, cut = full_hd(folder, 96)
        fine.append(scrubbing(app, board, cut, folder))
        fine.append(playing(app, board, cut, folder, chosen.play))
    return 0 if all(fine) else 1


if __name__ == "__main__":
    raise SystemExit(main())
