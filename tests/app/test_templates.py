"""Every template that ships runs with no window and makes what its note promises."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiprod_studio.app.places import shipped

Program = Callable[..., Any]
TEMPLATES = sorted(shipped("workflows").rglob("*.json"))
GRAPHS = [path for path in TEMPLATES if '"story"' not in path.read_text(encoding="utf-8")]
"""Templates that make one film of their graph; those with a story are tested with the films."""
WITH_STARTER = [path for path in GRAPHS if path.parent == shipped("workflows")]
FEW_STEPS = 4


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_template_says_what_it_does(path: Path, program: Program) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert len(document["notes"][0]["text"]) > 40
    assert program("check", path).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("path", WITH_STARTER, ids=lambda path: path.stem)
def test_every_template_makes_a_film(path: Path, program: Program) -> None:
    ran = program("--run", path, *fewer_steps(path))
    assert ran.code == 0, ran.err
    assert ran.files == [f"{path.stem}.mp4"]
    frames = read(ran.output / ran.files[0])
    assert frames.shape == ((50 if path.stem == "upscale" else 25), 192, 256, 3)
    assert frames.std() > 10, "the film shows nothing"


@pytest.mark.slow
def test_the_film_begins_with_the_given_picture(program: Program) -> None:
    from PIL import Image

    path = shipped("workflows") / "image_to_video.json"
    ran = program("--run", path, *fewer_steps(path))
    first = read(ran.output / "image_to_video.mp4")[0].astype(float)
    picture = Image.open(path.parent / "media" / "boat_start.png").resize((256, 192))
    assert psnr(first, np.asarray(picture.convert("RGB"), float)) > 22


@pytest.mark.slow
def test_another_seed_makes_another_film_without_encoding_the_prompt_again(
    program: Program,
) -> None:
    path = shipped("workflows") / "text_to_video.json"
    first = program("--run", path, *fewer_steps(path))
    second = program("--run", path, *fewer_steps(path), "--seed", "8")
    assert second.files == ["text_to_video.mp4", "text_to_video_002.mp4"]
    assert "encode: done" in first.out
    assert "encode: done" not in second.out
    films = [read(first.output / name).astype(float) for name in second.files]
    assert psnr(films[0], films[1]) < 30


def fewer_steps(path: Path) -> list[str]:
    """Enough steps to see something, not to judge it."""
    has_sampler = "sampling.dit" in path.read_text(encoding="utf-8")
    return ["--set", f"sampler.steps={FEW_STEPS}"] if has_sampler else []


def read(path: Path) -> np.ndarray:
    from aiprod_studio.media import open_video

    return np.stack(list(open_video(path).frames()))


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(20 * np.log10(255 / np.sqrt(np.mean((a - b) ** 2))))
