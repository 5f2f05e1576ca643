"""Every LTX and Wan template runs headless, as it ships, on tiny published checkpoints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiprod_studio.app.packs import load_packs
from aiprod_studio.app.places import shipped
from aiprod_studio.media import open_video
from aiprod_studio.ui.canvas.shape import FOOTER, HEADER, ROW, WIDTH
from tests.workflows_ltx.conftest import FOLDERS, path_of

FILMS = {
    "text_to_video": (64, 64, 25),
    "image_to_video": (64, 64, 25),
    "distilled_two_stages": (128, 128, 25),
    "two_stages": (128, 128, 25),
    "high_quality": (128, 128, 25),
    "keyframes": (64, 64, 25),
    "reference_video": (64, 64, 25),
    "audio_to_video": (64, 64, 25),
    "retake": (96, 64, 49),
    "extend_forward": (96, 64, 97),
    "extend_back": (96, 64, 97),
    "smoother_motion": (64, 64, 49),
    "written_prompt": (64, 64, 25),
    "automatic_length": (64, 64, 25),
    "ltx_video_0_9": (64, 64, 25),
    "wan_image_to_video": (64, 64, 25),
    "wan_text_to_video": (64, 64, 25),
}
SILENT = {"ltx_video_0_9", "wan_image_to_video", "wan_text_to_video"}
EVERY_TIME = {"two_stages", "retake", "automatic_length", "wan_image_to_video"}
"""Templates that the quick suite renders too; among them they use every kind of node."""


def each() -> list[Any]:
    slow = pytest.mark.slow
    return [pytest.param(n, marks=() if n in EVERY_TIME else slow, id=n) for n in FILMS]


def template(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path_of(name).read_text(encoding="utf-8"))
    return found


def test_every_template_of_the_folders_is_tested() -> None:
    assert {path.stem for folder in FOLDERS for path in folder.glob("*.json")} == set(FILMS)


@pytest.mark.parametrize("name", each())
def test_a_template_makes_the_film_that_it_promises(
    name: str, render: Callable[[str], Path]
) -> None:
    film = open_video(render(name))
    assert (film.width, film.height, film.frame_count) == FILMS[name]
    frames = np.stack(list(film.frames()))
    assert frames.std() > 1
    assert np.abs(np.diff(frames.astype(int), axis=0)).mean() > 0
    if name in SILENT:
        assert film.audio is None
        return
    assert film.audio is not None
    sound = np.concatenate(list(film.audio.chunks()), axis=1)
    assert np.abs(sound).max() > 0
    assert sound.shape[1] / film.audio.sample_rate == pytest.approx(
        film.frame_count / film.rate, abs=0.1
    )


@pytest.mark.parametrize("name", sorted(set(FILMS) - {"automatic_length"}))
def test_the_plan_knows_size_and_length_of_the_film_before_anything_runs(
    name: str, planned: Callable[[str], dict[str, Any]]
) -> None:
    steps = planned(name)
    facts = steps["decode"]["facts"]
    assert (facts["width"], facts["height"], facts["frames"]) == FILMS[name]


@pytest.mark.parametrize(
    ("name", "passes"),
    [("image_to_video", [1]), ("two_stages", [4, 1]), ("high_quality", [8, 2])],
)
def test_the_plan_counts_the_passes_of_each_step(
    name: str, passes: list[int], planned: Callable[[str], dict[str, Any]]
) -> None:
    steps = planned(name)
    found = [steps[node]["facts"]["passes"] for node in ("sampler", "refine") if node in steps]
    assert found == passes


@pytest.mark.parametrize("name", FILMS)
def test_a_template_is_laid_out_to_be_read(name: str) -> None:
    document = template(name)
    places = {node: seen["pos"] for node, seen in document["view"].items()}
    assert places.keys() == document["nodes"].keys()
    assert len(document["notes"][0]["text"]) > 80
    specs = load_packs(shipped("nodes"), Path("nowhere"), {}).specs
    boxes = []
    for node, (x, y) in places.items():
        spec = specs[document["nodes"][node]["type"]]
        rows = max(len(spec.inputs), len(spec.outputs)) + min(3, len(spec.params))
        boxes.append((x, y, WIDTH, HEADER + FOOTER + ROW * rows))
    for index, (x, y, w, h) in enumerate(boxes):
        for u, v, ww, hh in boxes[index + 1 :]:
            apart = x + w + 20 <= u or u + ww + 20 <= x or y + h + 10 <= v or v + hh + 10 <= y
            assert apart, f"two nodes of {name} lie on each other at {x, y} and {u, v}"


@pytest.mark.parametrize("name", FILMS)
def test_links_of_a_template_run_from_left_to_right(name: str) -> None:
    document = template(name)
    for node, told in document["nodes"].items():
        for link in told.get("inputs", {}).values():
            source = document["view"][link.partition(".")[0]]["pos"]
            assert source[0] < document["view"][node]["pos"][0], f"{link} to {node}"
