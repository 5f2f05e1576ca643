"""Wan image to video: pictures beside the noise, and two transformers that take turns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from aiprod_studio.sdk import Conditioning, Image, Latents, Refusal
from tests.nodes.bench import Desk

HIGH, LOW = (f"wan2.2_i2v_{name}_noise_14B_fp8_scaled" for name in ("high", "low"))


@pytest.fixture
def parts(ltx: Desk) -> Any:
    return ltx.call("models.load", model=HIGH)


@pytest.fixture
def words(ltx: Desk, parts: Any) -> Conditioning:
    found: Conditioning = ltx.call("text.encode", "a red ball", parts.text_encoder)
    return found


def picture(level: int) -> Image:
    rows = np.arange(48)[:, None, None] * 3 + level
    return Image(np.broadcast_to(rows, (48, 64, 3)).astype(np.uint8))


def begun(ltx: Desk, parts: Any, *pictures: Image) -> Latents:
    empty = ltx.call("latents.empty", parts.vae, width=64, height=48, frames=9)
    found: Latents = ltx.call("latents.pictures", empty, parts.vae, *pictures)
    return found


def sampled(ltx: Desk, parts: Any, words: Conditioning, start: Latents, *later: Any) -> Latents:
    found: Latents = ltx.call(
        "sampling.dit", parts.dit, words, start, None, *later, steps=4, guidance=1.0, seed=3
    )
    return found


def test_the_parts_of_wan_find_each_other_though_they_are_shared(parts: Any) -> None:
    names = [file.path.name for part in parts for file in part.files]
    assert {"wan_2.1_vae.safetensors", "umt5_xxl.safetensors"} <= set(names)


def test_pictures_lie_beside_the_noise_with_marks_of_what_is_given(ltx: Desk, parts: Any) -> None:
    one, two = begun(ltx, parts, picture(0)), begun(ltx, parts, picture(0), picture(90))
    assert one.beside is not None
    assert two.beside is not None
    assert one.beside.shape == two.beside.shape == (1, 20, 3, 6, 8)
    assert one.beside[0, :4, :, 0, 0].tolist() == [[1, 0, 0]] * 4
    assert two.beside[0, :4, :, 0, 0].tolist() == [[1, 0, 0]] * 3 + [[1, 0, 1]]
    assert torch.equal(one.beside[:, 4:, 0], two.beside[:, 4:, 0])
    assert not torch.equal(one.beside[:, 4:, 2], two.beside[:, 4:, 2])


def test_the_film_depends_on_its_picture(ltx: Desk, parts: Any, words: Conditioning) -> None:
    made = [sampled(ltx, parts, words, begun(ltx, parts, picture(level))) for level in (0, 90)]
    assert not torch.equal(made[0].samples, made[1].samples)
    assert made[0].beside is None
    video = ltx.call("decode.video", made[0], parts.vae)
    assert (video.width, video.height, video.frame_count) == (64, 48, 9)


def test_the_network_sees_what_the_published_pipeline_shows_it(
    ltx: Desk, parts: Any, words: Conditioning
) -> None:
    from aiprod_studio.diffusion.noise import SeededNoise
    from aiprod_studio.diffusion.tokens import Grid, unpack
    from aiprod_studio.models import load_component

    start = begun(ltx, parts, picture(0))
    made = ltx.call("sampling.dit", parts.dit, words, start, sigmas="1, 0", guidance=1.0, seed=3)
    network: Any = load_component(
        [file.path for file in parts.dit.files], "transformer", dtype=torch.float32
    )
    noise = unpack(SeededNoise(3).of((1, 144, 16)), (3, 6, 8), Grid.of(parts.vae.settings))
    context = torch.nn.functional.pad(words.embeddings, (0, 0, 0, 512 - words.embeddings.shape[1]))
    assert start.beside is not None
    with torch.inference_mode():
        seen = torch.cat([noise, start.beside], dim=1)
        velocity = network(seen, torch.tensor([1000.0]), context, return_dict=False)[0]
    torch.testing.assert_close(made.samples, noise - velocity, rtol=1e-4, atol=1e-4)


def test_the_later_transformer_takes_over_at_low_noise(
    ltx: Desk, parts: Any, words: Conditioning
) -> None:
    start, low = begun(ltx, parts, picture(0)), ltx.call("models.load", model=LOW).dit
    alone = sampled(ltx, parts, words, start)
    ltx.services.uses.clear()
    both = sampled(ltx, parts, words, start, low)
    assert ltx.services.uses == ["transformer", "transformer"]
    assert not torch.equal(both.samples, alone.samples)
    levels = {"steps": 4, "guidance": 1.0, "seed": 3}
    never = ltx.call("sampling.dit", parts.dit, words, start, None, low, handover=0.0, **levels)
    assert torch.equal(never.samples, alone.samples)
    only = ltx.call("sampling.dit", low, words, start, **levels)
    always = ltx.call("sampling.dit", parts.dit, words, start, None, low, sigmas="0.8, 0",
                      **levels)  # fmt: skip
    same = ltx.call("sampling.dit", low, words, start, sigmas="0.8, 0", **levels)
    assert torch.equal(always.samples, same.samples)
    assert not torch.equal(only.samples, alone.samples)


def test_what_does_not_belong_together_is_refused(
    ltx: Desk, parts: Any, words: Conditioning
) -> None:
    empty = ltx.call("latents.empty", parts.vae, width=64, height=48, frames=9)
    with pytest.raises(Refusal, match=r"the start has none\. Link First and Last Picture"):
        sampled(ltx, parts, words, empty)
    with pytest.raises(Refusal, match="Use the node First and Last Picture"):
        ltx.call("latents.first_frame", empty, picture(0), parts.vae)
    other = ltx.call("models.load", model="ltx-2-tiny").vae
    start = ltx.call("latents.empty", other, width=64, height=64, frames=9)
    with pytest.raises(Refusal, match="does not see pictures beside the noise"):
        ltx.call("latents.pictures", start, other, picture(0))
    clip = replace(parts.vae, settings={**parts.vae.settings, "picture_clip": True})
    with pytest.raises(Refusal, match=r"wants a CLIP view.*Wan 2\.2"):
        ltx.call("latents.pictures", empty, clip, picture(0))


def test_a_wan_lora_changes_the_film(
    ltx: Desk, parts: Any, words: Conditioning, tmp_path: Path
) -> None:
    from safetensors.torch import save_file

    stem = "diffusion_model.blocks.0.self_attn.q"
    halves = {
        f"{stem}.lora_A.weight": torch.randn(2, 128),
        f"{stem}.lora_B.weight": torch.ones(128, 2),
    }
    save_file(halves, tmp_path / "wan_lora.safetensors")
    led = ltx.call("models.lora", parts.dit, lora="wan_lora.safetensors")
    start = begun(ltx, parts, picture(0))
    plain = sampled(ltx, parts, words, start)
    assert not torch.equal(
        sampled(ltx, parts._replace(dit=led), words, start).samples, plain.samples
    )
