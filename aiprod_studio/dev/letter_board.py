"""Draws the board that ships with the storyboard template, and makes its sounds, by program alone.

    python -m aiprod_studio.dev.letter_board

writes `resources/boards/letter`: eight panels in the starter model's world, waves, rain, a bell and
a tune. All of it is original; the same numbers give the same files. Nothing reads it at run time.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aiprod_studio.app.places import shipped
from aiprod_studio.media.images import png_bytes
from aiprod_studio.training.world.scenes import compose

Sound = NDArray[np.float64]

FOLDER = shipped("resources") / "boards" / "letter"
SIZE = (800, 600)
MOMENT = 0.12
"""When in its scene a panel is seen; the actor has come in and has somewhere to go."""
RATE = 32_000

SCENE = {"weather": "clear", "camera": "static", "companion": "none"}
PANELS: Mapping[str, tuple[int, dict[str, str]]] = {
    "1A_boat": (100, {"object": "boat", "colour": "red", "motion": "sail", "direction": "right",
                      "sky": "dawn", "ground": "sea", "backdrop": "mountains"}),
    "1B_bird": (201, {"object": "bird", "colour": "white", "motion": "fly", "direction": "left",
                      "sky": "dawn", "ground": "sea", "backdrop": "mountains"}),
    "1C_rain": (202, {"object": "boat", "colour": "red", "motion": "sail", "direction": "right",
                      "sky": "day", "ground": "sea", "backdrop": "hills", "weather": "rain"}),
    "1D_harbour": (103, {"object": "boat", "colour": "red", "motion": "sail",
                         "direction": "right", "sky": "sunset", "ground": "sea",
                         "backdrop": "houses"}),
    "2A_cat": (104, {"object": "cat", "colour": "black", "motion": "walk", "direction": "left",
                     "sky": "sunset", "ground": "meadow", "backdrop": "houses"}),
    "2B_car": (105, {"object": "car", "colour": "yellow", "motion": "drive", "direction": "left",
                     "sky": "sunset", "ground": "meadow", "backdrop": "hills"}),
    "2C_train": (206, {"object": "train", "colour": "blue", "motion": "drive",
                       "direction": "right", "sky": "night", "ground": "meadow",
                       "backdrop": "hills"}),
    "2D_balloon": (107, {"object": "balloon", "colour": "orange", "motion": "rise",
                         "direction": "up", "sky": "night", "ground": "meadow",
                         "backdrop": "trees"}),
}  # fmt: skip
"""A seed and what is seen, by the panel's file."""

TUNE = (0, 4, 7, 11, 12, 11, 7, 4, -3, 0, 4, 7, 9, 7, 4, 0, 5, 9, 12, 16, 12, 9, 5, 9, -5, -1, 2,
        7, 11, 7, 2, -1)  # fmt: skip
"""Steps above D, four to a beat's half: D, B minor, G and A, each with its seventh."""


def main() -> None:
    """Write all panels and sounds."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (seed, attributes) in PANELS.items():
        picture = compose({**SCENE, **attributes}, seed).still(MOMENT, *SIZE)
        (FOLDER / f"{name}.png").write_bytes(png_bytes(picture))
    for name, sound in (
        ("waves", waves(6.5)), ("rain", rain(2.5)), ("bell", bell(2.5)), ("tune", tune(13.2)),
    ):  # fmt: skip
        _save(sound, FOLDER / f"{name}.m4a")


def waves(seconds: float) -> Sound:
    """Return slow swells of dull noise."""
    time = _time(seconds)
    swell = 0.35 + 0.3 * np.sin(2 * np.pi * time / 3.1) + 0.15 * np.sin(2 * np.pi * time / 1.7)
    return _eased(0.5 * swell * _dulled(_noise(time.size, 1), 60))


def rain(seconds: float) -> Sound:
    """Return even, brighter noise with drops."""
    time = _time(seconds)
    drops = (_noise(time.size, 3) > 3.4).astype(np.float64)
    falling = np.convolve(drops, np.exp(-np.arange(400) / 60.0), "same")
    return _eased(0.16 * _dulled(_noise(time.size, 2), 4) + 0.25 * falling * _noise(time.size, 4))


def bell(seconds: float) -> Sound:
    """Return a ship's bell struck twice."""
    time = _time(seconds)
    partials = ((1.0, 1.0), (2.02, 0.5), (2.97, 0.35), (4.2, 0.2))
    sound = np.zeros(time.size)
    for struck in (0.05, 0.45):
        since = np.maximum(0.0, time - struck)
        for ratio, part in partials:
            ring = np.exp(-since * (2 + ratio)) * np.sin(2 * np.pi * 660 * ratio * since)
            sound += (time >= struck) * part * ring
    return _eased(0.22 * sound)


def tune(seconds: float) -> Sound:
    """Return a broken-chord tune of soft plucked notes, ending on its first."""
    sound = np.zeros(int(seconds * RATE))
    notes = (*TUNE, *TUNE[:24], 0)
    gap = (seconds - 1.6) / len(notes)
    for index, step in enumerate(notes):
        pitch = 293.66 * 2 ** (step / 12)
        start = int(index * gap * RATE)
        since = np.arange(sound.size - start) / RATE
        ring = sum(np.sin(2 * np.pi * pitch * n * since) / n**2.2 for n in (1, 2, 3))
        sound[start:] += 0.16 * np.exp(-since * 2.4) * np.minimum(1, since / 0.008) * ring
        if index % 8 == 0:
            low = np.sin(2 * np.pi * pitch / 2 * since) * np.exp(-since * 0.9)
            sound[start:] += 0.14 * np.minimum(1, since / 0.02) * low
    return _eased(sound)


def _time(seconds: float) -> Sound:
    return np.arange(int(seconds * RATE)) / RATE


def _noise(count: int, seed: int) -> Sound:
    return np.random.default_rng(seed).standard_normal(count)


def _dulled(sound: Sound, width: int) -> Sound:
    kernel = np.hanning(width + 2)
    dull = np.convolve(sound, kernel / np.sqrt((kernel**2).sum()), "same")
    return np.asarray(dull * 0.4, np.float64)


def _eased(sound: Sound) -> Sound:
    """Fade the ends and keep it below full scale."""
    ramp = np.minimum(1.0, np.arange(sound.size) / (0.06 * RATE))
    return np.clip(sound * ramp * ramp[::-1] ** 0.5, -0.98, 0.98)


def _save(sound: Sound, path: Path) -> None:
    import imageio_ffmpeg

    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y",
        "-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0",
        "-c:a", "aac", "-b:a", "56k", "-map_metadata", "-1", "-fflags", "+bitexact", str(path),
    ]  # fmt: skip
    subprocess.run(command, input=sound.astype("<f4").tobytes(), check=True)


if __name__ == "__main__":
    main()
