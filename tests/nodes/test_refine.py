"""Films between pinned pictures: filled, refined, measured, and made anew in latents."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from aiprod_studio.models.networks.frame_refiner import FrameRefiner
from aiprod_studio.sdk import Image, Keyframes, Latents, Missing, Refiner, Refusal, Video
from tests.nodes import tiny
from tests.nodes.bench import Desk

Pixels = np.ndarray


@pytest.fixture(scope="session")
def equipped(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny starter with a tiny refiner, in the published layout."""
    folder = tmp_path_factory.mktemp("equipped") / "starter"
    shutil.copytree(starter, folder)
    torch.manual_seed(1)
    sizes = {"width": 8, "deep": 8, "mix": 8}
    facts = {
        "config": json.dumps({"refiner": {"_class_name": "FrameRefiner", **sizes}}),
        "model_version": tiny.VERSION,
    }
    half = {n: t.bfloat16().contiguous() for n, t in FrameRefiner(**sizes).state_dict().items()}
    save_file(half, folder / "refiner.safetensors", metadata=facts)
    return folder


@pytest.fixture
def desk(tmp_path: Path, equipped: Path) -> Desk:
    return Desk(tmp_path, equipped)


@pytest.fixture
def refiner(desk: Desk) -> Refiner:
    found = desk.call("models.load", model="starter").refiner
    assert isinstance(found, Refiner)
    return found


def picture(x: float, width: int = 64, height: int = 48) -> Pixels:
    """A shaded ball at `x` before a soft background."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    ground = np.stack([rows * 3, 90 + 40 * np.sin(columns / 9), 200 - rows * 2], -1)
    cover = np.clip(9 - np.hypot(columns - x, rows - 24), 0, 1)[..., None]
    ball = (130 + 11 * (columns - x))[..., None]
    return np.clip(ground * (1 - cover) + ball * cover, 0, 255).astype(np.uint8)


def pinned(desk: Desk, *frames: int, strength: float = 1.0) -> Keyframes:
    keyframes = None
    for frame in frames:
        image = Image(picture(16 + 2 * frame))
        keyframes = desk.call("refine.pin", image, keyframes, frame=frame, strength=strength)
    assert keyframes is not None
    return keyframes


def seen(video: Video) -> list[Pixels]:
    return [frame.copy() for frame in video.frames()]


def test_pinned_pictures_are_kept_in_order_and_a_second_at_one_frame_replaces(desk: Desk) -> None:
    keyframes = pinned(desk, 8, 0, 4, 8)
    assert [each.frame for each in keyframes.pinned] == [0, 4, 8]
    assert desk.said() == ["frame 8 had a picture already; this one takes its place"]


@pytest.mark.parametrize("fill", ["flow", "linear", "hold"])
def test_a_filled_film_holds_its_pictures_byte_for_byte(desk: Desk, fill: str) -> None:
    keyframes = pinned(desk, 0, 4, 9)
    made = desk.call("refine.interpolate", keyframes, fill=fill, rate=Fraction(24))
    assert (made.width, made.height, made.frame_count, made.rate) == (64, 48, 10, 24)
    frames = seen(made)
    for each in keyframes.pinned:
        assert np.array_equal(frames[each.frame], each.image.pixels)


@pytest.mark.parametrize("levels", [0, 1, 2])
@pytest.mark.parametrize("noise", ["none", "distance", "gaussian"])
def test_a_refined_film_holds_its_pictures_byte_for_byte(
    desk: Desk, refiner: Refiner, levels: int, noise: str
) -> None:
    keyframes = pinned(desk, 0, 5, 9)
    made = desk.call("refine.video", keyframes, refiner, levels=levels, noise=noise, frames=12)
    frames = seen(made)
    assert len(frames) == 12
    for each in keyframes.pinned:
        assert np.array_equal(frames[each.frame], each.image.pixels)
    assert np.array_equal(frames[11], frames[9])


def test_the_same_seed_gives_the_same_film_and_another_seed_other_noise(
    desk: Desk, refiner: Refiner
) -> None:
    keyframes, rough = pinned(desk, 0, 4), {"noise": "gaussian", "strength": 0.3}
    one, same, other = (
        seen(desk.call("refine.video", keyframes, refiner, seed=seed, **rough))
        for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one[2], other[2])


def test_a_broken_off_film_goes_on_from_its_checkpoint_with_the_same_bytes(
    desk: Desk, refiner: Refiner
) -> None:
    from aiprod_studio.sdk import Cancelled

    keyframes, spec = pinned(desk, 0, 4, 8, 12), desk.registry.specs["refine.video"]
    params = {p.name: p.read(p.default) for p in spec.params} | {"levels": 0}
    whole = seen(spec.function(desk.run, keyframes, refiner, **params))
    run, shown = desk.run, []

    def stopping(frame: Pixels) -> None:
        shown.append(frame)
        if len(shown) == 10:
            raise Cancelled

    run.preview = stopping  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        spec.function(run, keyframes, refiner, **params)
    saved = run.checkpoint.load()
    assert saved is not None
    assert len(saved["frames"]) == 8
    again = desk.run
    again.checkpoint.save(saved)
    fresh: list[Pixels] = []
    again.preview = fresh.append  # type: ignore[method-assign]
    made = seen(spec.function(again, keyframes, refiner, **params))
    assert all(np.array_equal(a, b) for a, b in zip(whole, made, strict=True))
    assert len(fresh) == 5  # what was made before the break was not made again


def test_weak_pictures_give_way_and_without_a_firm_one_the_outer_stand(desk: Desk) -> None:
    firm = pinned(desk, 0, 8)
    stray = desk.call("refine.pin", Image(picture(50)), firm, frame=4, strength=0.5)
    frames = seen(desk.call("refine.interpolate", stray))
    assert np.array_equal(frames[0], firm.pinned[0].image.pixels)
    assert not np.array_equal(frames[4], picture(50))
    desk.said()
    frames = seen(desk.call("refine.interpolate", pinned(desk, 0, 4, 8, strength=0.5)))
    assert np.array_equal(frames[8], picture(32))
    assert desk.said() == [
        "no picture has strength 1; those at frames 0 and 8 are kept as they are"
    ]


def test_pictures_of_other_sizes_are_brought_to_the_first_ones_and_it_is_said(desk: Desk) -> None:
    keyframes = desk.call("refine.pin", Image(picture(16)), frame=0)
    tall = Image(np.dstack([picture(30, 40, 80), np.full((80, 40), 255, np.uint8)]))
    keyframes = desk.call("refine.pin", tall, keyframes, frame=3)
    made = desk.call("refine.interpolate", keyframes)
    assert (made.width, made.height) == (64, 48)
    said = "the picture at frame 3 is 40 x 80; it is brought to 64 x 48 (crop)"
    assert desk.said() == [said]


def test_frames_of_a_video_are_pinned_evenly_beside_those_that_are_there(desk: Desk) -> None:
    video = desk.call("refine.interpolate", pinned(desk, 0, 4))
    keyframes = desk.call("refine.pin_video", video, every=2, spread=6, strength=0.5)
    assert [each.frame for each in keyframes.pinned] == [0, 6, 12]
    both = desk.call("refine.pin_video", video, pinned(desk, 6), every=2, spread=6, strength=0.5)
    assert [(each.frame, each.strength) for each in both.pinned] == [(0, 0.5), (6, 1), (12, 0.5)]


def test_a_film_too_short_for_its_pictures_is_refused(desk: Desk) -> None:
    with pytest.raises(Refusal, match=r"pinned to frame 8, and the film has 5 frames.*Set it to 9"):
        desk.call("refine.interpolate", pinned(desk, 0, 8), frames=5)


def test_a_model_without_a_refiner_is_refused(desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        desk.call("refine.video", pinned(desk, 0, 4), Refiner("refiner", "", ()))
    assert isinstance(refused.value.problems[0], Missing)


def test_measures_tell_a_truth_from_a_cross_fade(desk: Desk) -> None:
    truth = desk.call("refine.interpolate", pinned(desk, *range(9)))
    keyframes = pinned(desk, 0, 4, 8)
    fade = desk.call("refine.interpolate", keyframes, fill="linear")
    flow = desk.call("refine.interpolate", keyframes)
    faded, flowed = (desk.call("refine.metrics", film, truth, keyframes) for film in (fade, flow))
    assert flowed.psnr > faded.psnr
    assert flowed.ssim > faded.ssim
    assert flowed.fidelity == faded.fidelity == 100
    assert "keyframes: 3 of 3 identical" in flowed.report
    alone = desk.call("refine.metrics", flow)
    assert (alone.psnr, alone.ssim, alone.fidelity) == (-1, -1, -1)
    assert alone.consistency > 20


def test_films_of_different_length_are_not_compared(desk: Desk) -> None:
    one, other = (desk.call("refine.interpolate", pinned(desk, 0, last)) for last in (4, 6))
    with pytest.raises(Refusal, match="7 frames, the video 64 x 48 with 5"):
        desk.call("refine.metrics", one, other)


@pytest.fixture
def start(desk: Desk) -> Latents:
    """A filled film in latents, its first and last picture pinned to it."""
    vae = desk.call("models.load", model="starter").vae
    keyframes = pinned(desk, 0, 16)
    latents = desk.call("latents.encode", desk.call("refine.interpolate", keyframes), vae)
    for each in keyframes.pinned:
        latents = desk.call("latents.keyframe", latents, each.image, vae, frame=each.frame)
    return latents


def refined(desk: Desk, start: Latents, **params: Any) -> Latents:
    model = desk.call("models.load", model="starter")
    words = desk.call("text.encode", "a red ball", model.text_encoder)
    made = desk.call("refine.latents", model.dit, words, start, **{"steps": 4, **params})
    assert isinstance(made, Latents)
    return made


@pytest.mark.parametrize("noise", ["gaussian", "distance", "none"])
@pytest.mark.parametrize("fill", ["given", "linear"])
def test_latent_frames_of_keyframes_come_out_exactly_as_they_were_encoded(
    desk: Desk, start: Latents, noise: str, fill: str
) -> None:
    made = refined(desk, start, noise=noise, fill=fill)
    assert made.samples.shape == start.samples.shape == (1, 8, 5, 3, 4)
    assert torch.equal(made.samples[:, :, 0], start.keyframes[0].latents[:, :, 0])
    assert torch.equal(made.samples[:, :, 4], start.samples[:, :, 4])
    assert not torch.allclose(made.samples[:, :, 2], start.samples[:, :, 2])
    assert torch.isfinite(made.samples).all()
    assert made.keyframes == ()


def test_a_lower_sigma_stays_nearer_to_the_film(desk: Desk, start: Latents) -> None:
    little, much = (refined(desk, start, sigma=sigma, steps=8) for sigma in (0.1, 1.0))
    near, far = ((made.samples - start.samples).square().mean() for made in (little, much))
    assert near < far


def test_levels_in_latents_end_with_the_same_bytes_after_a_break(
    desk: Desk, start: Latents
) -> None:
    model, spec = desk.call("models.load", model="starter"), desk.registry.specs["refine.latents"]
    words = desk.call("text.encode", "a red ball", model.text_encoder)
    params = {p.name: p.read(p.default) for p in spec.params} | {"steps": 4, "levels": 0}
    states: list[dict[str, Any]] = []
    run = desk.run
    run.checkpoint.save = lambda state: states.append(dict(state))  # type: ignore[method-assign]
    whole = spec.function(run, model.dit, words, start, None, **params)
    assert {state["number"] for state in states} == {0, 1}
    for state in (states[1], states[-1]):
        again = desk.run
        again.checkpoint.save(state)
        made = spec.function(again, model.dit, words, start, None, **params)
        assert torch.equal(made.samples, whole.samples)


def test_latents_without_pictures_or_film_are_refused(desk: Desk, start: Latents) -> None:
    vae = desk.call("models.load", model="starter").vae
    empty = desk.call("latents.empty", vae, width=64, height=48, frames=9)
    with pytest.raises(Refusal, match="no picture is pinned"):
        refined(desk, empty)
    held = desk.call("latents.first_frame", empty, Image(picture(20)), vae)
    with pytest.raises(Refusal, match="set fill to linear"):
        refined(desk, held)
    assert not refined(desk, held, fill="linear").empty
