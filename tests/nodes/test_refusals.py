"""What the nodes refuse, each in one sentence that names the place and a remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from aiprod_studio.sdk import VAE, Cancelled, Latents, Refusal
from tests.nodes import tiny
from tests.nodes.bench import Bench, Desk
from tests.nodes.workflows import text, text_to_video


@pytest.fixture
def vae(desk: Desk) -> VAE:
    return desk.call("models.load", model="starter").vae


@pytest.fixture
def empty(desk: Desk, vae: VAE) -> Latents:
    return desk.call("latents.empty", vae, width=64, height=48, frames=9)


def test_a_size_that_the_model_cannot_make_is_refused_before_anything_runs(bench: Bench) -> None:
    nodes = text_to_video()
    nodes["latents"]["params"] |= {"width": 70, "frames": 10}
    with pytest.raises(Refusal) as refused:
        bench.run(text(nodes), target="decode")
    assert [str(problem) for problem in refused.value.problems] == [
        "node 'latents', width: 70 cannot be made by this model, which needs a multiple of 16. "
        "Choose 64 or 80.",
        "node 'latents', frames: 10 cannot be made by this model, which needs 1 more than a "
        "multiple of 4. Choose 9 or 13.",
    ]
    assert not bench.services.uses


def test_the_nearest_size_is_taken_when_asked_for_and_said(desk: Desk, vae: VAE) -> None:
    made = desk.call("latents.empty", vae, width=70, height=48, frames=10, sizes="nearest")
    assert (made.width, made.height, made.frames) == (64, 48, 9)
    assert made.samples.shape == (1, 8, 3, 3, 4)
    assert desk.said() == ["made 64 x 48, 9 frames: the nearest that works"]


def test_the_channels_are_seen_when_the_settings_do_not_tell_them(desk: Desk, vae: VAE) -> None:
    settings = {name: value for name, value in vae.settings.items() if name != "channels"}
    made = desk.call(
        "latents.empty", replace(vae, settings=settings), width=64, height=48, frames=9
    )
    assert made.samples.shape[1] == 8


def test_decoding_what_was_never_sampled_is_refused(desk: Desk, vae: VAE, empty: Latents) -> None:
    with pytest.raises(Refusal, match="nothing has been sampled into the latents yet"):
        desk.call("decode.video", empty, vae)


def test_parts_of_different_families_are_not_mixed(desk: Desk, vae: VAE, empty: Latents) -> None:
    other = replace(empty, family="ltx2", empty=False)
    with pytest.raises(Refusal, match="the latents are of 'ltx2', the codec is of 'starter'"):
        desk.call("decode.video", other, vae)
    model = desk.call("models.load", model="starter")
    words = desk.call("text.encode", "a ball", model.text_encoder)
    with pytest.raises(Refusal, match="the latents are of 'ltx2', the model is of 'starter'"):
        desk.call("sampling.dit", model.dit, words, other)


def test_a_model_without_an_upscaler_loads_and_is_refused_where_it_is_needed(
    desk: Desk, starter: Path
) -> None:
    tiny.make(starter.parent / "plain", upscaler=False)
    parts = desk.call("models.load", model="plain")
    assert parts.upscaler.files == ()
    with pytest.raises(Refusal, match="the model has no upscaler"):
        desk.call("upscale.frames", None, parts.upscaler)


def test_a_frame_upscaler_is_refused_for_latents(desk: Desk, empty: Latents) -> None:
    parts = desk.call("models.load", model="starter")
    with pytest.raises(Refusal, match="works on frames, not on latents"):
        desk.call("upscale.latents", replace(empty, empty=False), parts.upscaler, parts.vae)


def test_redoing_needs_a_video_to_begin_from(desk: Desk, vae: VAE, empty: Latents) -> None:
    model = desk.call("models.load", model="starter")
    words = desk.call("text.encode", "a ball", model.text_encoder)
    with pytest.raises(Refusal, match=r"strength 0\.5 needs a video to begin from"):
        desk.call("sampling.dit", model.dit, words, empty, strength=0.5)
    first = desk.call("sampling.dit", model.dit, words, empty, steps=2)
    little = desk.call("sampling.dit", model.dit, words, first, steps=8, strength=0.1)
    much = desk.call("sampling.dit", model.dit, words, first, steps=8, strength=0.9)
    near, far = ((made.samples - first.samples).square().mean() for made in (little, much))
    assert float(near) < float(far)


def test_guidance_blocks_that_a_model_does_not_have_are_refused(desk: Desk, empty: Latents) -> None:
    model = desk.call("models.load", model="starter")
    words = desk.call("text.encode", "a ball", model.text_encoder)
    with pytest.raises(Refusal, match="names no blocks for spatio-temporal guidance"):
        desk.call("sampling.dit", model.dit, words, empty, stg=1.0)
    with_blocks = replace(model.dit, settings={**model.dit.settings, "stg_blocks": [1]})
    made = desk.call("sampling.dit", with_blocks, words, empty, steps=2, stg=1.0)
    plain = desk.call("sampling.dit", model.dit, words, empty, steps=2)
    assert not torch.equal(made.samples, plain.samples)


def test_noise_levels_can_be_written_down_and_wrong_ones_are_refused(
    desk: Desk, empty: Latents
) -> None:
    model = desk.call("models.load", model="starter")
    words = desk.call("text.encode", "a ball", model.text_encoder)
    made = desk.call("sampling.dit", model.dit, words, empty, sigmas="1, 0.5, 0")
    same = desk.call("sampling.dit", model.dit, words, empty, steps=2, schedule="shifted", shift=1)
    assert torch.equal(made.samples, same.samples)
    with pytest.raises(Refusal, match="end with 0"):
        desk.call("sampling.dit", model.dit, words, empty, sigmas="1, 0.5")


@pytest.mark.parametrize("type_name", ["text.encode", "latents.first_frame", "decode.video"])
def test_every_step_can_be_cancelled_before_it_has_done_anything(
    desk: Desk, vae: VAE, empty: Latents, type_name: str
) -> None:
    import numpy as np

    from aiprod_studio.sdk import Image

    parts = desk.call("models.load", model="starter")
    filled = replace(empty, empty=False)
    inputs = {
        "text.encode": ("a ball", parts.text_encoder),
        "latents.first_frame": (empty, Image(np.zeros((48, 64, 3), np.uint8)), vae),
        "decode.video": (filled, vae),
    }
    desk.cancel.set()
    with pytest.raises(Cancelled):
        desk.call(type_name, *inputs[type_name])
