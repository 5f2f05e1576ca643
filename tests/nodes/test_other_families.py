"""The same nodes with small networks of the big families' classes: LTX-Video and LTX-2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    AutoencoderKLLTX2Video,
    AutoencoderKLLTXVideo,
    LTX2VideoTransformer3DModel,
    LTXVideoTransformer3DModel,
)
from diffusers.pipelines.ltx.modeling_latent_upsampler import LTXLatentUpsamplerModel

from aiprod_studio.models.families.ltx2 import LTX2
from aiprod_studio.models.families.ltx_video import LTXVideo
from aiprod_studio.sdk import (
    VAE,
    Conditioning,
    DiT,
    Image,
    Latents,
    Model,
    Refusal,
    Run,
    SourceFile,
    Upscaler,
)
from tests.nodes.bench import Desk, Studio

LATENTS = 4
WORDS = 24


def ltx_video() -> dict[str, torch.nn.Module]:
    torch.manual_seed(0)
    return {
        "transformer": LTXVideoTransformer3DModel(
            in_channels=LATENTS, out_channels=LATENTS, num_attention_heads=2,
            attention_head_dim=12, cross_attention_dim=24, num_layers=2, caption_channels=WORDS,
        ),
        "video_vae": AutoencoderKLLTXVideo(
            latent_channels=LATENTS, block_out_channels=(4, 4, 4, 4),
            decoder_block_out_channels=(4, 4, 4, 4), layers_per_block=(1, 1, 1, 1, 1),
            decoder_layers_per_block=(1, 1, 1, 1, 1), timestep_conditioning=True,
        ),
        "latent_upsampler": LTXLatentUpsamplerModel(
            in_channels=LATENTS, mid_channels=32, num_blocks_per_stage=1
        ),
    }  # fmt: skip


def ltx2() -> dict[str, torch.nn.Module]:
    torch.manual_seed(0)
    return {
        "transformer": LTX2VideoTransformer3DModel(
            in_channels=LATENTS, out_channels=LATENTS, num_attention_heads=2,
            attention_head_dim=12, cross_attention_dim=24, audio_in_channels=8,
            audio_out_channels=8, audio_num_attention_heads=2, audio_attention_head_dim=12,
            audio_cross_attention_dim=24, num_layers=2, caption_channels=WORDS,
        ),
        "video_vae": AutoencoderKLLTX2Video(
            latent_channels=LATENTS, block_out_channels=(8, 8, 8, 8),
            decoder_block_out_channels=(8, 16, 32), layers_per_block=(1, 1, 1, 1, 1),
            decoder_layers_per_block=(1, 1, 1, 1),
        ),
    }  # fmt: skip


FAMILIES = {"ltx_video": (LTXVideo, ltx_video), "ltx2": (LTX2, ltx2)}


class Held(Studio):
    """Networks that are in memory already, with their family's own settings."""

    def __init__(self, folder: Path, family: str) -> None:
        super().__init__(folder, folder)
        kind, build = FAMILIES[family]
        self.family, self.settings = family, kind().settings([]) | {"latent_channels": LATENTS}
        self.networks = {
            name: network.eval().requires_grad_(False) for name, network in build().items()
        }
        self.used = (SourceFile(folder / "model.safetensors", "tiny"),)

    def models(self, name: str) -> Mapping[str, Model]:
        kinds = {"transformer": DiT, "video_vae": VAE, "latent_upsampler": Upscaler}
        return {
            component: kinds[component](component, self.family, self.used, self.settings)
            for component in self.networks
        }

    @contextmanager
    def use(self, model: Model, run: Run) -> Iterator[Any]:
        yield self.networks[model.component]


@pytest.fixture(params=sorted(FAMILIES))
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    made = Desk(tmp_path, tmp_path)
    made.services = Held(tmp_path, request.param)
    return made


def words(family: str, seed: int = 1) -> Conditioning:
    generator = torch.Generator().manual_seed(seed)
    embeddings = torch.randn(1, 5, WORDS, generator=generator)
    empty = {"empty.embeddings": embeddings[:, :1] * 0, "empty.mask": torch.ones(1, 1)}
    return Conditioning(embeddings, torch.ones(1, 5), family, extra=empty)


def sampled(desk: Desk, start: Latents, **params: Any) -> Latents:
    parts = desk.call("models.load", model="any")
    chosen = {"steps": 2, "seed": 3, **params}
    return desk.call("sampling.dit", parts.dit, words(parts.dit.family), start, **chosen)


@pytest.fixture
def empty(desk: Desk) -> Latents:
    vae = desk.call("models.load", model="any").vae
    size = {"width": 64, "height": 96, "frames": 17, "rate": Fraction(24)}
    return desk.call("latents.empty", vae, **size)


def test_pictures_and_words_become_frames(desk: Desk, empty: Latents) -> None:
    vae = desk.call("models.load", model="any").vae
    picture = Image(np.full((96, 64, 3), 90, np.uint8))
    start = desk.call("latents.first_frame", empty, picture, vae)
    start = desk.call("latents.last_frame", start, picture, vae)
    made = sampled(desk, start)
    assert made.samples.shape == (1, LATENTS, 3, 3, 2)
    torch.testing.assert_close(made.samples[:, :, :1], start.keyframes[0].latents)
    video = desk.call("decode.video", made, vae)
    assert (video.width, video.height, video.frame_count) == (64, 96, 17)
    assert len(list(video.frames())) == 17


def test_every_sampler_and_schedule_runs(desk: Desk, empty: Latents) -> None:
    found = [
        sampled(desk, empty, sampler=sampler, steps=3).samples
        for sampler in ("euler", "ancestral", "cfg++", "gradient", "res_2s")
    ]
    found += [
        sampled(desk, empty, schedule=schedule, steps=4).samples
        for schedule in ("shifted", "linear-quadratic", "beta", "distilled-refine")
    ]
    assert all(bool(torch.isfinite(samples).all()) for samples in found)
    assert len({samples.sum().item() for samples in found}) == len(found)


def test_distilled_models_follow_their_own_levels(desk: Desk, empty: Latents) -> None:
    parts = desk.call("models.load", model="any")
    levels = [1.0, 0.9, 0.5, 0.0]
    distilled = replace(parts.dit, settings={**parts.dit.settings, "sigmas": levels})
    given = words(parts.dit.family)
    made = desk.call("sampling.dit", distilled, given, empty, steps=3)
    same = desk.call("sampling.dit", parts.dit, given, empty, steps=9, sigmas="1 0.9 0.5 0")
    assert torch.equal(made.samples, same.samples)


def test_two_phases_with_the_latent_upscaler(tmp_path: Path) -> None:
    desk = Desk(tmp_path, tmp_path)
    desk.services = Held(tmp_path, "ltx_video")
    parts = desk.call("models.load", model="any")
    size = {"width": 64, "height": 32, "frames": 17, "rate": Fraction(24)}
    first = sampled(desk, desk.call("latents.empty", parts.vae, **size))
    large = desk.call("upscale.latents", first, parts.upscaler, parts.vae)
    assert (large.width, large.height, large.frames) == (128, 64, 17)
    assert large.samples.shape == (1, LATENTS, 3, 2, 4)
    second = sampled(desk, large, schedule="distilled-refine", strength=0.9)
    video = desk.call("decode.video", second, parts.vae)
    assert (video.width, video.height, video.frame_count) == (128, 64, 17)


def test_decoders_that_take_noise_get_the_same_noise_in_every_tile(tmp_path: Path) -> None:
    desk = Desk(tmp_path, tmp_path)
    desk.services = Held(tmp_path, "ltx_video")
    parts = desk.call("models.load", model="any")
    made = sampled(desk, desk.call("latents.empty", parts.vae, width=64, height=32, frames=17))
    one, other = (
        np.stack(list(desk.call("decode.video", made, parts.vae).frames())) for _ in range(2)
    )
    assert np.array_equal(one, other)


def test_words_of_another_width_are_refused(desk: Desk, empty: Latents) -> None:
    parts = desk.call("models.load", model="any")
    wrong = Conditioning(torch.zeros(1, 3, WORDS + 1), torch.ones(1, 3), parts.dit.family)
    with pytest.raises(Refusal, match="Link the text encoder of this model"):
        desk.call("sampling.dit", parts.dit, wrong, empty)
