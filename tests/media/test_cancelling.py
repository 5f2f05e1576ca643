"""Cancel takes effect within a second, even while ffmpeg is stuck, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from fractions import Fraction

import numpy as np
import psutil
import pytest

from aiprod_studio.media import (
    StillVideo,
    open_audio,
    open_video,
    save_video,
    store_frames,
    watching,
)
from aiprod_studio.media.process import ByteSink
from aiprod_studio.sdk import Cancelled, Refusal
from tests.media.films import CountingVideo, Hum, argv

SOON = 10
"""Seconds until a cancel has taken effect: far less than the work or the stuck child would take."""


class Stop:
    """A check that cancels after some time, and knows when."""

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def __call__(self) -> None:
        if time.monotonic() > self.at:
            raise Cancelled


def freeze_children_soon() -> threading.Thread:
    """Stop every child as soon as there is one, as a stuck disk or network would."""

    def freeze() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for child in psutil.Process().children():
                # Not before it is ffmpeg: until then its parent, we, would wait for it unasked.
                if child.name().startswith("ffmpeg"):
                    os.kill(child.pid, signal.SIGSTOP)
                    return
            time.sleep(0.001)

    thread = threading.Thread(target=freeze)
    thread.start()
    return thread


def assert_cancelled_in_time(stop: Stop, work) -> None:
    with pytest.raises(Cancelled):
        work()
    assert time.monotonic() - stop.at < SOON


@pytest.mark.parametrize("format", argv("h264 prores_hq webm gif png"))
def test_a_cancelled_save_leaves_the_old_file_and_nothing_else(tmp_path, format):
    (tmp_path / "film").write_bytes(b"old") if format != "png" else (tmp_path / "film").mkdir()
    before = list(tmp_path.rglob("*"))
    film = StillVideo(np.zeros((256, 256, 3), np.uint8), 1_000_000, Fraction(24))
    stop = Stop(0.6)
    assert_cancelled_in_time(stop, lambda: save_video(film, tmp_path / "film", format, check=stop))
    assert list(tmp_path.rglob("*")) == before


def test_a_save_is_cancelled_while_ffmpeg_is_stuck(tmp_path):
    film = StillVideo(np.zeros((256, 256, 3), np.uint8), 1_000_000, Fraction(24))
    stop, freezer = Stop(0.5), freeze_children_soon()
    assert_cancelled_in_time(stop, lambda: save_video(film, tmp_path / "a.mp4", check=stop))
    freezer.join()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opener", [open_video, open_audio])
def test_opening_is_cancelled_while_ffmpeg_is_stuck(clip, opener):
    stop, freezer = Stop(0.4), freeze_children_soon()
    assert_cancelled_in_time(stop, lambda: opener(clip, check=stop))
    freezer.join()


def test_reading_is_cancelled_while_ffmpeg_is_stuck(clip, tmp_path):
    video = open_video(clip)
    stop, freezer = Stop(0.4), freeze_children_soon()

    def work() -> None:
        store_frames(video.frames(), tmp_path / "a.frames", video.rate, stop)

    assert_cancelled_in_time(stop, work)
    freezer.join()
    assert list(tmp_path.iterdir()) == [clip]


def test_a_frame_iterator_obeys_the_check_around_it(clip):
    video = open_video(clip)
    stop, freezer = Stop(0.4), freeze_children_soon()
    with watching(stop):
        assert_cancelled_in_time(stop, lambda: list(video.frames()))
    freezer.join()


def test_the_end_of_a_save_is_cancelled_too(tmp_path):
    """All frames are handed over, ffmpeg still works: that wait must not be the last word."""
    noise = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    stop = Stop(30)

    def progress(done: int, total: int) -> None:
        if done == total:
            stop.at = time.monotonic()
            for child in psutil.Process().children():
                os.kill(child.pid, signal.SIGSTOP)

    film = StillVideo(noise, 3, Fraction(24))
    with pytest.raises(Cancelled):
        save_video(film, tmp_path / "a.mp4", check=stop, progress=progress)
    assert time.monotonic() - stop.at < SOON
    assert list(tmp_path.iterdir()) == []


def test_an_ffmpeg_that_dies_is_a_refusal_not_a_hang(tmp_path):
    film = StillVideo(np.zeros((256, 256, 3), np.uint8), 1_000_000, Fraction(24))

    def progress(done: int, total: int) -> None:
        if done == 20:
            for child in psutil.Process().children():
                child.kill()

    with pytest.raises(Refusal, match="could not be encoded"):
        save_video(film, tmp_path / "a.mp4", progress=progress)
    assert list(tmp_path.iterdir()) == []


def test_a_sink_that_is_left_without_finishing_kills_ffmpeg(tmp_path):
    arguments = argv("-f rawvideo -pix_fmt rgb24 -video_size 16x16 -i pipe:0 -f null -")
    with ByteSink(arguments, tmp_path / "x") as sink:
        sink.write(np.zeros(16 * 16 * 3, np.uint8))
        process = sink.process.popen
    assert process.returncode is not None


def test_cancel_while_sound_is_prepared(tmp_path):
    stop = Stop(0.3)
    film = CountingVideo(24 * 36000, sound=Hum(10))
    assert_cancelled_in_time(stop, lambda: save_video(film, tmp_path / "a.mp4", check=stop))
    assert list(tmp_path.iterdir()) == []
