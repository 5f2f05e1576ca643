"""A film on the disk: panels, takes with handles, music, and the document that plays them.

The screenshots and benchmarks make larger ones of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from aiprod_studio.media.frame_store import store_frames
from aiprod_studio.media.images import save_image
from aiprod_studio.media.wav import StoredAudio, save_audio, store_audio
from aiprod_studio.sdk import Image
from aiprod_studio.story.board import Board, Panel, Scene, Shot
from aiprod_studio.story.cut import Clip, Cut, Marker, Source, Track, Transition
from aiprod_studio.story.sections import dump_board, dump_cut
from aiprod_studio.story.takes import Recipe, Take
from aiprod_studio.story.time import Span, Time

RATE = Fraction(24)
HANDLES = 12
SHOTS = (
    ("shot-1", "A", "The ball wakes up", 48),
    ("shot-2", "B", "Over the hill", 36),
    ("shot-3", "C", "A long fall", 60),
    ("shot-4", "D", "Home again", 40),
)
HUES = ((205, 92, 60), (70, 130, 180), (95, 160, 95), (150, 110, 190), (215, 170, 70))


def picture(width: int, height: int, hue: tuple[int, int, int], share: float) -> np.ndarray:
    """Return a hill under a sky with a ball at a share of the way."""
    y, x = np.mgrid[0:height, 0:width]
    sky = np.array(hue)[None, None] * (1.15 - 0.75 * y[..., None] / height)
    hill = height * (0.72 + 0.12 * np.sin(x / width * 5))
    frame = np.where((y > hill)[..., None], np.array(hue)[None, None] * 0.38, sky)
    centre = (width * (0.15 + 0.7 * share), height * (0.62 - 0.3 * math.sin(share * math.pi)))
    ball = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 < (height * 0.1) ** 2
    frame[ball] = (235, 225, 205)
    return np.clip(frame, 0, 255).astype(np.uint8)


def frames(width: int, height: int, hue: tuple[int, int, int], count: int) -> Iterator[np.ndarray]:
    """Yield frames of the ball on its way."""
    return (picture(width, height, hue, n / max(count - 1, 1)) for n in range(count))


def make_film(folder: Path, size: tuple[int, int] = (160, 90)) -> tuple[Board, Cut]:
    """Write the files of a film into a folder and return its board and cut."""
    width, height = size
    (folder / "film.assets" / "takes").mkdir(parents=True)
    shots = []
    for number, (name, letter, title, length) in enumerate(SHOTS):
        panel = f"panel-{number + 1}.png"
        save_image(Image(picture(width, height, HUES[number], 0.5)), folder / panel)
        takes = tuple(
            _take(folder, size, name, n, length, HUES[(number + n) % len(HUES)])
            for n in range(2 if number == 0 else 1 if number < 3 else 0)
        )
        shots.append(
            Shot(
                name, letter, title, prompt=title.lower(), handles=HANDLES,
                locked=number == 2, picked=takes[0].name if takes else "", takes=takes,
                panels=(Panel(f"panel-{number + 1}", panel, length),),
            )
        )  # fmt: skip
    _music(folder / "music.wav")
    return Board(RATE, "Ball", scenes=(Scene("scene-1", "1", "HILL", shots=tuple(shots)),)), _cut()


def _take(
    folder: Path, size: tuple[int, int], shot: str, n: int, length: int, hue: tuple[int, int, int]
) -> Take:
    media = f"film.assets/takes/{shot}-{n + 1}.frames"
    store_frames(frames(*size, hue, length + 2 * HANDLES), folder / media, RATE)
    recipe = Recipe({"nodes": {}}, 7 + n, {}, cost={"seconds": 41.0 + n})
    name = f"{shot}-take-{n + 1}"
    return Take(name, media, length, HANDLES, HANDLES, RATE, recipe, rating=4 - n)


def _music(path: Path) -> None:
    time = np.arange(48_000 * 9) / 48_000
    beat = np.abs(np.sin(time * math.pi * 1.5)) ** 3 * (0.35 + 0.6 * np.sin(time * 0.35) ** 2)
    tone = np.sin(time * 220 * 2 * math.pi) * beat
    stereo = np.stack((tone, tone * 0.8)).astype(np.float32)
    sound: StoredAudio = store_audio([stereo], path.with_suffix(".part"), 48_000, 2)
    save_audio(sound, path)
    path.with_suffix(".part").unlink()


def _span(frames_: int, handles: int = HANDLES) -> Span:
    return Span(Time.at(-handles, RATE), Time.at(frames_ + handles, RATE))


def _cut() -> Cut:
    clips, at = [], 0
    for name, _, _, length in SHOTS:
        at += 14 if name == "shot-4" else 0
        source = Source("shot", name, span=_span(length))
        clips.append(Clip(f"{name}-clip", source, at, length, Time.at(0, RATE)))
        at += length
    music = Source("file", "music.wav", span=Span(Time.at(0, RATE), Time.at(216, RATE)))
    title = Clip("title", Source("title", "The Ball", place="lower"), 6, 40, Time.at(0, RATE))
    return Cut(
        RATE,
        tracks=(
            Track(
                "V1", "video", clips=tuple(clips),
                transitions=(Transition("shot-1-clip", "shot-2-clip", 8, 8),),
            ),
            Track("T1", "title", clips=(title,)),
            Track("A1", "audio", clips=(Clip("music", music, 0, 190, Time.at(10, RATE)),)),
        ),
        markers=(Marker("beat", 84, colour="yellow", text="the music turns here"),),
    )  # fmt: skip


def film_text(board: Board, cut: Cut) -> str:
    """Return the document of a film as the text of a file."""
    facts = {
        "format": "aiprod-workflow", "version": 1, "nodes": {},
        "story": dump_board(board), "timeline": dump_cut(cut),
    }  # fmt: skip
    return json.dumps(facts)
