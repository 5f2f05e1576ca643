"""Memory of the whole way of a long 4K clip: open, resize, save, in one process.

Makes a clip of `--frames` frames with ffmpeg's test pattern (once, into a temporary folder), then
runs `open_video -> ResizedVideo -> save_video` in a fresh process while a watcher samples resident
memory of that process and of its ffmpeg children separately. Exits with 1 above `--limit`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import psutil

MIB = 1 << 20


def make_clip(path: Path, frames: int) -> None:
    """Make a 3840 x 2160 H.264 clip with a moving box on a gradient, cheap to encode."""
    from aiprod_studio.media.process import executable

    picture = "gradients=s=3840x2160:r=24:n=2:c0=0x203040:c1=0xe0c080:speed=0.00001:d=3600"
    subprocess.run(
        [executable(), "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-frames:v", "48",
         "-c:v", "libx264", "-preset", "ultrafast", "-crf", "28", "-pix_fmt", "yuv420p",
         "-g", "24", "-bf", "0", str(path.with_name("loop.mp4"))],
        check=True,
    )  # fmt: skip
    subprocess.run(
        [executable(), "-v", "error", "-y", "-stream_loop", str(frames // 48 + 1),
         "-i", str(path.with_name("loop.mp4")), "-c", "copy", "-frames:v", str(frames),
         "-movflags", "+faststart", str(path)],
        check=True,
    )  # fmt: skip


def work(clip: Path, out: Path, width: int, height: int, format: str) -> None:
    """Open, resize and save, and print what came out as JSON."""
    from aiprod_studio.media import ResizedVideo, open_video, save_video

    start = time.monotonic()
    video = open_video(clip)
    opened = time.monotonic()
    save_video(ResizedVideo(video, width, height), out, format)
    saved = time.monotonic()
    again = open_video(out)
    facts = {"opened_s": opened - start, "saved_s": saved - opened, "frames": again.frame_count,
             "rate": str(again.rate), "expected": video.frame_count}  # fmt: skip
    print(json.dumps(facts))


def watch(process: psutil.Popen) -> tuple[int, int, list[int]]:
    """Sample until the process ends; returns its peak, its children's, and its course, in bytes."""
    own, children, course = 0, 0, []
    while process.poll() is None:
        try:
            now = process.memory_info().rss
            below = sum(_rss(child) for child in process.children(recursive=True))
        except psutil.NoSuchProcess:
            break
        own, children = max(own, now), max(children, below)
        course.append(now)
        time.sleep(0.1)
    return own, children, course


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--size", default="1920x1080", help="what to resize to")
    parser.add_argument("--format", default="h264")
    parser.add_argument(
        "--limit", type=int, default=1024, help="MiB, process and children together"
    )
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    width, height = (int(side) for side in arguments.size.split("x"))
    if arguments.work:
        work(Path(arguments.work[0]), Path(arguments.work[1]), width, height, arguments.format)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return measure(arguments, Path(folder))


def measure(arguments: argparse.Namespace, folder: Path) -> int:
    """Run the work in a fresh process and print the peaks."""
    clip, out = folder / "clip.mp4", folder / "out.mp4"
    make_clip(clip, arguments.frames)
    process = psutil.Popen(
        [sys.executable, __file__, "--size", arguments.size, "--format", arguments.format,
         "--work", str(clip), str(out)],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    own, children, course = watch(process)
    told, code = process.stdout.read(), process.wait()
    if code or not told:
        print(f"the work ended with code {code} at a peak of {own / MIB:.0f} MiB")
        return 1
    facts = json.loads(told)
    third = max(1, len(course) // 3)
    growth = max(course[-third:]) - max(course[third : 2 * third] or course)
    total = (own + children) / MIB
    print(f"{facts['frames']} frames of 3840 x 2160 to {arguments.size} {arguments.format}: "
          f"open {facts['opened_s']:.1f} s, save {facts['saved_s']:.1f} s "
          f"({facts['frames'] / facts['saved_s']:.1f} frames a second)")  # fmt: skip
    print(f"peak: {own / MIB:.0f} MiB own, {children / MIB:.0f} MiB ffmpeg, "
          f"together at most {total:.0f} MiB (limit {arguments.limit}); "
          f"own growth in the last third {growth / MIB:+.1f} MiB")  # fmt: skip
    exact = facts["frames"] == facts["expected"] == arguments.frames
    same_rate = Fraction(facts["rate"]) == 24
    return 0 if exact and same_rate and total < arguments.limit else 1


if __name__ == "__main__":
    sys.exit(main())
