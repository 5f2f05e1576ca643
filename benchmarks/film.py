"""From a board to a film, and from a frame asked for to a frame shown.

    python benchmarks/film.py [--json] [--no-film]

The template is rendered in fresh processes with an empty store: its animatic, its whole film, then
again with one changed panel. The preview is measured on takes of 1080p24 as the program keeps them:
a frame shown again, frames anywhere, and frames one after the other, from the take's file and from
its playback copy.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from aiprod_studio.app.film.shot_graph import FORMAT
from aiprod_studio.app.places import shipped
from aiprod_studio.media import save_video, store_frames
from aiprod_studio.media.composing import Composer
from aiprod_studio.media.playback import Copies
from aiprod_studio.media.reels import Reels
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut, Source, Track, Transition
from aiprod_studio.story.time import Span, Time

SIZE, RATE = (1920, 1080), Fraction(24)
LIMITS = {
    "animatic s": 10, "film s": 480, "one changed panel, shots rendered": 1,
    "cached frame ms": 8, "uncached frame p95 ms (copy)": 60,
    "played frame mean ms (copy)": 1000 / 24,
}  # fmt: skip


def program(project: Path, home: Path, *arguments: str) -> tuple[float, dict[str, Any]]:
    """Run the command line on the film; return its seconds and its report."""
    command = [sys.executable, "-m", "aiprod_studio", "--run", str(project), "--json", *arguments]
    started = time.perf_counter()
    ran = subprocess.run(
        command, check=True, cwd=project.parent, capture_output=True, text=True,
        env={**os.environ, "AIPROD_HOME": str(home)},
    )  # fmt: skip
    return time.perf_counter() - started, json.loads(ran.stdout.splitlines()[-1])


def copied(folder: Path) -> Path:
    """Put the template and its board into a folder of their own, as an artist would."""
    board = shipped("resources") / "boards" / "letter"
    shutil.copytree(board, folder / "letter")
    text = (shipped("workflows") / "storyboard_to_film.json").read_text(encoding="utf-8")
    path = folder / "film.json"
    path.write_text(text.replace("../resources/boards/letter/", "letter/"), encoding="utf-8")
    return path


def filming(folder: Path) -> dict[str, float]:
    """Measure the animatic, the film, and the film after one panel has changed."""
    path = copied(folder)
    home = folder / "home"
    animatic, _ = program(path, home, "--animatic")
    film, _ = program(path, home)
    panel = folder / "letter" / "1C_rain.png"
    picture = Image.open(panel).convert("RGB")
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(panel)
    again, report = program(path, home)
    rendered = sum(shot["outcome"] == "rendered" for shot in report["shots"])
    return {"animatic s": animatic, "film s": film, "film after one changed panel s": again,
            "one changed panel, shots rendered": rendered}  # fmt: skip


def footage(count: int) -> Any:
    """Yield frames with moving detail, no two alike."""
    random = np.random.default_rng(1)
    coarse = random.integers(0, 255, (68, 121, 3), dtype=np.uint8)
    base = np.asarray(Image.fromarray(coarse).resize((1936, 1088), Image.Resampling.BICUBIC))
    grain = random.integers(0, 12, (1080, 1920, 3), dtype=np.uint8)
    for index in range(count):
        yield np.roll(base, 5 * index, 1)[:1080, :1920] // 2 + np.roll(grain, 3 * index, 0)


def previewing(folder: Path, count: int = 96) -> dict[str, float]:
    """Measure how long a composer takes for 1080p frames."""
    store = store_frames(footage(count), folder / "take.frames", RATE)
    save_video(store, folder / "take.mov", FORMAT)
    found: dict[str, float] = {}
    places = [int(place) for place in np.random.default_rng(2).permutation(count)[:40]]
    for kind, copies in (("file", None), ("copy", Copies(folder / "copies"))):
        reels = Reels(folder, copies=copies)
        if copies is not None:
            found["playback copy s"], _ = timed(lambda made=reels: made.prepare("take.mov"))
        shown = Composer(Board(RATE), cut_of("take.mov", count), folder, reels=reels)
        shown.frame(0, SIZE)
        found["cached frame ms"] = min(timed(lambda c=shown: c.frame(0, SIZE))[0]
                                       for _ in range(9)) * 1000  # fmt: skip
        reels.close()
        apart = [jumped(folder, copies, place, count) for place in places]
        found[f"uncached frame p95 ms ({kind})"] = float(np.percentile(apart, 95))
        played = [timed(lambda n=n, c=shown: c.frame(n, SIZE))[0] * 1000 for n in range(count)]
        found[f"played frame mean ms ({kind})"] = float(np.mean(played[2:]))
        found[f"played frame p95 ms ({kind})"] = float(np.percentile(played[2:], 95))
        reels.close()
    return found


def jumped(folder: Path, copies: Copies | None, place: int, count: int) -> float:
    """Return the milliseconds of a frame somewhere in a film of which nothing was read."""
    reels = Reels(folder, copies=copies)
    reels.film("take.mov")
    shown = Composer(Board(RATE), cut_of("take.mov", count), folder, reels=reels)
    seconds, _ = timed(lambda: shown.frame(place, SIZE))
    reels.close()
    return seconds * 1000


def timed(work: Any) -> tuple[float, float]:
    """Return the seconds that something takes: on the clock, and of this process's processor."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def cut_of(name: str, count: int) -> Cut:
    """Return a cut of two halves of a film with a dissolve between them."""
    whole = Span(Time.at(0, RATE), Time.at(count, RATE))
    half = count // 2
    source = Source("file", name, span=whole)
    clips = (Clip("a", source, 0, half, Time.at(0, RATE)),
             Clip("b", source, half, half, Time.at(half, RATE)))  # fmt: skip
    track = Track("V1", "video", clips=clips, transitions=(Transition("a", "b", 4, 4),))
    return Cut(RATE, tracks=(track,))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-film", action="store_true", help="measure the preview only")
    given = parser.parse_args()
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        found |= previewing(Path(folder))
    if not given.no_film:
        with tempfile.TemporaryDirectory() as folder:
            found |= filming(Path(folder))
    if given.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        limit = f"   limit {LIMITS[name]:g}" if name in LIMITS else ""
        print(f"{name:<36} {value:8.1f}{limit}")


if __name__ == "__main__":
    main()
