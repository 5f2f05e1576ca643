"""Frames kept on the disk come back bit for bit, in any order, or not at all."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from aiprod_studio.media import FrameStore, FrameWriter, StoredVideo, store_frames
from aiprod_studio.sdk import Cancelled, Refusal
from aiprod_studio.sdk.values import STORED

SHAPES = some.array_shapes(min_dims=1, max_dims=4, max_side=9)


def write(path: Path, frames: list[np.ndarray]) -> FrameStore:
    with FrameWriter(path, Fraction(24)) as writer:
        for frame in frames:
            writer.append(frame)
    return FrameStore(path)


@given(data=st.data(), shape=SHAPES, count=st.integers(1, 40))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_frames_of_any_shape_come_back_in_any_order(tmp_path_factory, data, shape, count):
    seeds = data.draw(st.lists(some.arrays(np.uint8, shape), min_size=1, max_size=3))
    frames = [seeds[n % len(seeds)] + np.uint8(n // 3) for n in range(count)]
    store = write(tmp_path_factory.mktemp("store") / "a.frames", frames)
    assert (len(store), store.shape, store.rate) == (count, shape, 24)
    assert all(np.array_equal(a, b) for a, b in zip(store.frames(), frames, strict=True))
    for number in data.draw(st.lists(st.integers(0, count - 1), max_size=5)):
        assert np.array_equal(next(store.frames(number)), frames[number])


def test_noise_gradients_stills_and_shifts_are_all_kept(tmp_path, noise):
    ramp = np.linspace(0, 255, 50).astype(np.uint8)[None, :, None]
    gradient = np.broadcast_to(ramp, (34, 50, 3)).copy()
    tilted = gradient + np.arange(34, dtype=np.uint8)[:, None, None]
    frames = [*noise, gradient, gradient, tilted, np.roll(tilted, 3, 1), *noise[:2]]
    store = write(tmp_path / "a.frames", frames)
    assert all(np.array_equal(a, b) for a, b in zip(store.frames(), frames, strict=True))


def test_a_still_film_takes_hardly_any_room(tmp_path, noise):
    write(tmp_path / "a.frames", [noise[0]] * 160)
    assert (tmp_path / "a.frames").stat().st_size < 20 * noise[0].nbytes


def test_a_stored_video_is_a_video_that_the_engine_can_keep(tmp_path, noise):
    video = store_frames(iter(noise), tmp_path / "a.frames", Fraction(24000, 1001))
    assert STORED["media.StoredVideo"] is StoredVideo
    assert (video.width, video.height, video.frame_count) == (50, 34, 10)
    assert video.rate == Fraction(24000, 1001)
    assert np.array_equal(np.stack(list(video.frames(3, 7))), noise[3:7])


def test_a_store_may_be_moved(tmp_path, noise):
    write(tmp_path / "a.frames", list(noise))
    (tmp_path / "a.frames").rename(tmp_path / "b")
    assert np.array_equal(np.stack(list(FrameStore(tmp_path / "b").frames())), noise)


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(deadline=None, max_examples=80)
def test_one_flipped_bit_anywhere_is_found(tmp_path_factory, where, bit):
    path = tmp_path_factory.mktemp("store") / "a.frames"
    frames = [np.full((6, 7, 3), n * 5, np.uint8) for n in range(4)]
    write(path, frames)
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= 1 << bit
    path.write_bytes(data)
    with pytest.raises(Refusal, match="damaged or incomplete"):
        list(FrameStore(path).frames())


@given(left=st.floats(0, 1, exclude_max=True))
@settings(deadline=None, max_examples=40)
def test_a_store_cut_short_anywhere_is_refused(tmp_path_factory, left):
    path = tmp_path_factory.mktemp("store") / "a.frames"
    write(path, [np.full((6, 7, 3), n * 5, np.uint8) for n in range(4)])
    data = path.read_bytes()
    path.write_bytes(data[: int(left * len(data))])
    with pytest.raises(Refusal, match="damaged or incomplete"):
        FrameStore(path)


def test_an_altered_frame_does_not_spoil_the_ones_before_it(tmp_path, noise):
    path = tmp_path / "a.frames"
    write(path, list(noise))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    frames = FrameStore(path).frames()
    assert np.array_equal(next(frames), noise[0])
    with pytest.raises(Refusal, match=r"frame \d was altered"):
        list(frames)


@pytest.mark.parametrize("odd", [np.zeros((3, 4, 3), np.uint8), np.zeros((34, 50, 3), np.float32)])
def test_a_frame_unlike_the_first_is_refused_and_nothing_is_left(tmp_path, noise, odd):
    with pytest.raises(Refusal, match="frame 1 is"):
        store_frames([noise[0], odd], tmp_path / "a.frames", Fraction(24))
    assert list(tmp_path.iterdir()) == []


def test_no_frames_are_refused(tmp_path):
    with pytest.raises(Refusal, match="no frames"):
        store_frames([], tmp_path / "a.frames", Fraction(24))
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_store_leaves_nothing(tmp_path, noise):
    calls = iter(range(100))

    def check() -> None:
        if next(calls) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        store_frames(iter(noise), tmp_path / "a.frames", Fraction(24), check)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_writer_leaves_no_store_under_the_final_name(tmp_path):
    script = f"""
import numpy as np, os, signal
from fractions import Fraction
from pathlib import Path
from aiprod_studio.media import FrameWriter
with FrameWriter(Path({str(tmp_path / "a.frames")!r}), Fraction(24)) as writer:
    for n in range(5):
        writer.append(np.full((40, 40, 3), n, np.uint8))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False, cwd=Path.cwd())
    left = list(tmp_path.iterdir())
    assert [path.suffix for path in left] == [".part"]
    with pytest.raises(Refusal):
        FrameStore(left[0])
    left[0].unlink()
