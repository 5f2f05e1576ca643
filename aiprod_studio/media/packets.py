"""When each frame of a file is shown: from its index or its packets, never from its header.

A plain mp4 or mov tells in its index; otherwise one pass over the file without decoding gives
times and keyframes where packets can be trusted, and for the rest (transport streams, cut starts)
the frames are decoded and counted. Used by `probe` and by exact seeking; results are remembered
until the file changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np

from aiprod_studio.media.boxes import Ticks, TrackTimes, track_times
from aiprod_studio.media.containers import INDEXED
from aiprod_studio.media.faults import invalid, refuse_if_cut_short
from aiprod_studio.media.header import input_arguments, read_header
from aiprod_studio.media.identity import Stamp, stamp
from aiprod_studio.media.process import listing

_TIME_BASE = re.compile(r"#tb 0: (\d+)/(\d+)")
_PACKET = re.compile(r"0, +(-?\w+), +(-?\w+), +(\d+), +(\d+), \w+(?:, F=0x(\w+))?")
_KEY, _CORRUPT, _DISCARD = 1, 2, 4
_STORED = ("-c:v", "copy", "-copyinkf")
# A corner of each decoded frame is enough to count it.
_CORNER = "crop=min(iw\\,16):min(ih\\,16):0:0:exact=1"
_DECODED = ("-vf", _CORNER, "-c:v", "rawvideo", "-enc_time_base", "demux",
            "-fps_mode", "passthrough")  # fmt: skip


@dataclass(frozen=True)
class PacketTable:
    """Times in ticks of `time_base` seconds, in the order in which frames are shown.

    `key_times` and `key_starts` are the shown and the stored times of the frames that decoding
    can start from; they are empty where seeking cannot be exact.
    """

    time_base: Fraction
    times: Ticks
    last_duration: int
    key_times: Ticks
    key_starts: Ticks

    def seconds(self, frame: int) -> Fraction:
        """Return when a frame is shown."""
        return int(self.times[frame]) * self.time_base

    def start_for(self, frame: int) -> Fraction | None:
        """Return the stored time of the keyframe to decode from, or None for the very start."""
        behind = int(np.searchsorted(self.key_times, self.times[frame], side="right")) - 1
        return int(self.key_starts[behind]) * self.time_base if behind > 0 else None


def packet_table(path: Path) -> PacketTable:
    """Count and time the frames of a video.

    Raises:
        Refusal: there are none, or the file is cut short.
    """
    return _packet_table(path, stamp(path))


@lru_cache(maxsize=32)
def _packet_table(path: Path, mark: Stamp) -> PacketTable:
    demuxer = read_header(path).demuxer
    if demuxer == "mov" and (times := track_times(path)) is not None:
        return _indexed(times)
    if demuxer in INDEXED:
        table = _counted(path, demuxer, _STORED, seekable=True)
        if table is not None:
            return table
    table = _counted(path, demuxer, _DECODED, seekable=False)
    if table is None:
        raise invalid(path, "holds no frames, a video is expected", "Choose another file.")
    return table


def _indexed(times: TrackTimes) -> PacketTable:
    order = np.argsort(times.shown, kind="stable")
    keys = times.keys[np.argsort(times.shown[times.keys], kind="stable")]
    return PacketTable(
        times.time_base,
        times.shown[order],
        int(times.durations[order[-1]]),
        times.shown[keys],
        times.started[keys],
    )


def _counted(
    path: Path, demuxer: str, how: tuple[str, ...], *, seekable: bool
) -> PacketTable | None:
    """Run one counting pass; None when its packets do not tell what would be shown."""
    arguments = [
        "-copyts", *input_arguments(path, demuxer), "-map", "0:V:0", *how,
        "-f", "framecrc", "pipe:1",
    ]  # fmt: skip
    lines, complaints, _ = listing(arguments, path)
    refuse_if_cut_short(path, complaints)
    packets = [found for line in lines if (found := _PACKET.match(line))]
    base = next((found for line in lines if (found := _TIME_BASE.match(line))), None)
    if base is None or not packets:
        return None
    return _table(packets, Fraction(int(base[1]), int(base[2])), seekable=seekable)


def _table(
    packets: list[re.Match[str]], time_base: Fraction, *, seekable: bool
) -> PacketTable | None:
    flags = np.array([int(p[5], 16) if p[5] else _KEY for p in packets])
    if seekable and (not flags[0] & _KEY or np.any(flags & (_DISCARD | _CORRUPT))):
        return None
    starts = _times([p[1] for p in packets])
    times = _times([p[2] for p in packets])
    if times is None:
        times = starts if starts is not None else np.arange(len(packets), dtype=np.int64)
        seekable = False
    order = np.argsort(times, kind="stable")
    keys = order[(flags[order] & _KEY) > 0] if seekable and starts is not None else order[:0]
    return PacketTable(
        time_base,
        times[order],
        int(packets[int(order[-1])][3]),
        times[keys],
        times[keys] if starts is None else starts[keys],
    )


def _times(words: list[str]) -> Ticks | None:
    """Return the ticks, or None when some packet has no time."""
    if not all(word.lstrip("-").isdigit() for word in words):
        return None
    return np.array([int(word) for word in words], dtype=np.int64)
