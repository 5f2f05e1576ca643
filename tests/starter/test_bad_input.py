"""Prompts from outside the starter's world, and sizes that it cannot make."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiprod_studio.app.places import shipped

Program = Callable[..., Any]
TEMPLATE = shipped("workflows") / "text_to_video.json"
SMALL = {"sampler.steps": 2, "size.frames": 5, "size.width": 64, "size.height": 48}
LONG = "a red ball rolls to the left in a meadow and " * 220

PROMPTS = {
    "outside its world": ("a dragon in Paris", "not known to this model: dragon, Paris"),
    "empty": ("", ""),
    "of two thousand words": (LONG, "were cut off, the model reads"),
    "in another script": ("Красный мяч катится", "not known to this model: Красный, мяч, катится"),
    "with little words": (
        "the dragon behind some castle",
        "understood: nothing; not known to this model: dragon, castle",
    ),
    "of signs alone": ("?!… 🎈", "understood: nothing"),
}


def options(**changed: object) -> list[str]:
    values = SMALL | {name.replace("_", ".", 1): value for name, value in changed.items()}
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", PROMPTS)
def test_a_film_comes_out_and_one_line_says_what_was_understood(
    kind: str, program: Program
) -> None:
    prompt, expected = PROMPTS[kind]
    ran = program("--run", TEMPLATE, *options(prompt_text=prompt))
    assert ran.code == 0, ran.err
    assert ran.files == ["text_to_video.mp4"]
    said = [
        line for line in ran.out.splitlines() if line.startswith("encode: ") and expected in line
    ]
    assert said, ran.out
    assert len(said[0]) < 500
    assert frames(ran.output / ran.files[0]).shape == (5, 96, 128, 3)


@pytest.mark.slow
def test_every_word_of_the_world_is_understood(program: Program) -> None:
    prompt = "a red boat sails to the left on the sea at sunset"
    ran = program("--run", TEMPLATE, *options(prompt_text=prompt))
    assert f"understood: {prompt}" in ran.out
    assert "not known" not in ran.out


def test_a_size_that_does_not_work_is_refused_with_the_ones_that_do(program: Program) -> None:
    ran = program("--run", TEMPLATE, *options(size_width=100, size_frames=24))
    assert ran.code != 0
    for part in ("100", "96", "112", "24", "21", "25"):
        assert part in ran.err + ran.out
    assert not ran.files


@pytest.mark.slow
def test_a_size_that_does_not_work_is_snapped_where_that_is_wanted(program: Program) -> None:
    ran = program("--run", TEMPLATE, *options(size_width=100, size_frames=4, size_sizes="nearest"))
    assert ran.code == 0, ran.err
    assert "96 x 48, 5 frames: the nearest that works" in ran.out
    assert frames(ran.output / ran.files[0]).shape == (5, 96, 192, 3)


def test_the_manifest_says_how_long_a_prompt_may_be_and_lists_its_words() -> None:
    manifest = json.loads((shipped("resources") / "models/starter/manifest.json").read_text())
    assert manifest["settings"]["longest_prompt"] == 64
    assert {"boat", "red", "sunset"} <= set(manifest["settings"]["words"])


def frames(path: Path) -> np.ndarray:
    from aiprod_studio.media import open_video

    return np.stack(list(open_video(path).frames()))
