"""Reading for the clips: waves fold to columns, workers may begin anywhere in the media room."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.ui.footage.sources import step_for
from aiprod_studio.ui.timeline.tracks.filling import wave_columns

RACE = """
import threading
from aiprod_studio.ui.footage.errands import load_media
wrong = []
def work(name):
    try:
        load_media()
        __import__(f"aiprod_studio.media.{name}")
    except BaseException as error:
        wrong.append(error)
names = ("reels", "composing", "probe", "frame_store", "wav", "read")
threads = [threading.Thread(target=work, args=(name,)) for name in names]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert not wrong, wrong
"""


def test_workers_may_begin_with_any_part_of_the_media_room() -> None:
    subprocess.run([sys.executable, "-c", RACE], check=True, timeout=60)


@given(
    st.lists(st.floats(0, 1, width=32), min_size=1, max_size=200),
    st.floats(-300, 300),
    st.floats(0.01, 50),
    st.integers(1, 60),
)
def test_a_column_of_a_wave_is_the_loudest_it_covers_and_silent_beyond(
    wave: list[float], first: float, per_pixel: float, width: int
) -> None:
    found = wave_columns(np.array(wave, np.float32), first, per_pixel, width)
    assert found.shape == (width,)
    edges = np.floor(first + np.arange(width + 1) * per_pixel).astype(int)
    for column in range(width):
        start, stop = edges[column], max(edges[column + 1], edges[column] + 1)
        covered = wave[max(start, 0) : max(stop, 0)]
        if not covered and (stop <= 0 or start >= len(wave)):
            assert found[column] == 0
        elif start >= 0 and stop <= len(wave):
            assert found[column] == np.float32(max(covered))


@given(st.floats(0.01, 1e5))
def test_strips_are_read_in_steps_of_powers_of_two(frames: float) -> None:
    step = step_for(frames)
    assert step & (step - 1) == 0 and (step <= frames or step == 1)
