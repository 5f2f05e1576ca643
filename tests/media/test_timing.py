"""Which rate a list of frame times means, and which frame is on show when."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.media import open_video
from aiprod_studio.media.boxes import track_times
from aiprod_studio.media.packets import PacketTable, packet_table
from aiprod_studio.media.process import executable
from aiprod_studio.media.timing import timing_of
from tests.media.films import argv

CODERS = [
    "-c:v libx264 -bf 3 -g 8 a.mp4", "-c:v libx264 -bf 0 -movflags +faststart b.mp4",
    "-c:v libx265 -x265-params log-level=error:keyint=10 c.mp4", "-c:v prores_ks d.mov",
    "-c:v mpeg4 -bf 2 e.mov", "-c:v libx264 -r 30000/1001 f.mov", "-c:v png g.mov",
    "-c:v libx264 -bf 2 -video_track_timescale 90000 h.mp4",
]  # fmt: skip

NONE = np.zeros(0, np.int64)


def table(times: list[int], base: Fraction, last: int = 0) -> PacketTable:
    return PacketTable(base, np.array(times, np.int64), last, NONE, NONE)


def printed(rate: Fraction) -> Fraction:
    """The hint as a header prints it."""
    return Fraction(f"{float(rate):.2f}")


RATES = st.sampled_from(
    [Fraction(n) for n in (8, 12, 16, 24, 25, 30, 48, 50, 60, 120)]
    + [Fraction(n * 1000, 1001) for n in (24, 30, 60, 120)]
)


@given(rate=RATES, count=st.integers(1, 2000), start=st.integers(-500, 5000))
def test_a_clock_of_milliseconds_gives_the_exact_rate(rate, count, start):
    times = [start + round(n * 1000 / rate) for n in range(count)]
    timing = timing_of(table(times, Fraction(1, 1000)), printed(rate), printed(rate))
    assert (timing.rate, timing.frame_count, timing.choice) == (rate, count, None)


@given(rate=RATES, count=st.integers(2, 500), base=st.sampled_from([90000, 600, 12800, 1000000]))
def test_jitter_below_half_a_frame_keeps_every_frame(rate, count, base):
    random = np.random.default_rng(count)
    jitter = random.uniform(-0.2, 0.2, count)
    times = [round((n + j) * base / float(rate)) for n, j in enumerate(jitter)]
    timing = timing_of(table(sorted(times), Fraction(1, base)), printed(rate), printed(rate))
    assert timing.frame_count == count and timing.choice is None


@given(steps=st.lists(st.integers(1, 400), min_size=3, max_size=200))
def test_any_times_give_a_film_of_the_same_length(steps):
    times = np.concatenate([[0], np.cumsum(steps)]).tolist()
    timing = timing_of(table(times, Fraction(1, 1000), 40), None, None)
    if timing.choice is not None:
        length = (times[-1] + 40) / 1000
        slack = float(2 / timing.rate) + max(steps) / 1000
        assert abs(timing.frame_count / timing.rate - length) <= slack
        assert np.all(np.diff(timing.choice) >= 0)
        assert timing.choice[0] >= 0 and timing.choice[-1] < len(times)


def test_times_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="no sense"):
        timing_of(table([0, 0, 0], Fraction(1, 1000)), None, None)
    with pytest.raises(ValueError, match="seconds"):
        timing_of(table([0, 40, 10**15, 10**15 + 40], Fraction(1, 1000)), None, None)


@pytest.mark.parametrize("coder", CODERS)
def test_the_index_of_a_file_tells_the_same_as_counting_its_packets(make, coder):
    sound = "-f lavfi -i sine=d=1.6"
    path = make(*argv(f"-f lavfi -i testsrc2=s=64x48:r=25 {sound} -frames:v 40 {coder}"))
    assert track_times(path) is not None
    told = packet_table(path)
    base, packets = counted(path)
    assert told.time_base == base
    assert told.times.tolist() == sorted(shown for _, shown, _ in packets)
    keys = sorted((shown, stored) for stored, shown, key in packets if key)
    assert list(zip(told.key_times.tolist(), told.key_starts.tolist(), strict=True)) == keys


def counted(path: Path) -> tuple[Fraction, list[tuple[int, int, bool]]]:
    """Let ffmpeg list (stored time, shown time, key) of every packet."""
    command = [executable(), "-v", "error", "-copyts", "-i", str(path)]
    command += argv("-map 0:v:0 -c copy -f framecrc -")
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    base = next(line for line in text.splitlines() if line.startswith("#tb 0:"))
    rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    packets = [(int(row[1]), int(row[2]), len(row) == 6) for row in rows]
    return Fraction(base.removeprefix("#tb 0: ")), packets


@pytest.mark.parametrize(
    "line",
    ["-ss 0.7 -i clip.mp4 -c copy cut.mp4", "-itsoffset 1 -i clip.mp4 -c copy late.mp4",
     "-i clip.mp4 -c copy -movflags frag_keyframe+empty_moov parts.mp4",
     "-i clip.mp4 -i clip.mp4 -map 0:v -map 1:v -c copy two.mp4"],
)  # fmt: skip
def test_an_unusual_index_is_not_trusted_but_counted(clip, make, line):
    path = make(*argv(line))
    assert track_times(path) is None
    video = open_video(path)
    assert sum(1 for _ in video.frames()) == video.frame_count
