"""What a plan predicts of sound and of enlarged latents is what they take, at three sizes.

On the meta device, where the published networks compute nothing and their tensors are counted.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch

from aiprod_studio.memory.accounting import ActivationMeter
from aiprod_studio.models import codecs
from aiprod_studio.models.costs import predict
from aiprod_studio.models.descriptor import Job, Part
from tests.models.conftest import plain_config

TYPES = pytest.mark.parametrize(
    "dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"]
)
FILMS = (25, 121, 257)
RATE = 24


def bare(make: Any, dtype: torch.dtype, **config: Any) -> Any:
    with torch.device("meta"):
        network = make(**config).eval().requires_grad_(False)
    return torch.nn.Module.to(network, dtype)


def predicted(network: Any, phase: str, size: tuple[int, int, int], dtype: torch.dtype) -> int:
    part = Part("", "ltx2", type(network).__name__, plain_config(network), {})
    return predict(part, Job(phase, *size, dtype.itemsize, facts={"rate": RATE})).activations


def times(frames: int) -> int:
    return round(frames / RATE * 25)


@TYPES
@pytest.mark.parametrize("phase", ["decode_sound", "encode_sound"])
def test_the_audio_codec_takes_what_was_predicted(phase: str, dtype: torch.dtype) -> None:
    from diffusers import AutoencoderKLLTX2Audio

    network = bare(AutoencoderKLLTX2Audio, dtype)
    for frames in FILMS:
        count = times(frames)
        with torch.inference_mode(), ActivationMeter() as meter:
            if phase == "decode_sound":
                codecs.decode_audio(network, torch.empty(1, 8, count, 16, device="meta").to(dtype))
            else:
                mel = torch.empty(1, 2, 4 * count - 3, 64, device="meta", dtype=dtype)
                codecs.encode_audio(network, mel)
        found = predicted(network, phase, (768, 512, frames), dtype)
        assert meter.peak <= found <= 1.1 * meter.peak, (frames, meter.peak, found)


@pytest.mark.parametrize(
    ("name", "dtype", "config"),
    [
        ("LTX2Vocoder", torch.bfloat16, {}),
        ("LTX2Vocoder", torch.float32,
         {"hidden_channels": 256, "upsample_factors": [5, 4, 4, 2, 2]}),
        ("LTX2VocoderWithBWE", torch.bfloat16, {}),
    ],
    ids=["2.0", "small", "2.3"],
)  # fmt: skip
def test_the_vocoders_take_what_was_predicted(
    name: str, dtype: torch.dtype, config: dict[str, Any]
) -> None:
    from aiprod_studio.models.classes import find_class

    network = bare(find_class(name), dtype, **config)
    for frames in FILMS:
        mel = torch.empty(1, 2, 4 * times(frames) - 3, 64, device="meta", dtype=dtype)
        with torch.inference_mode(), ActivationMeter() as meter:
            codecs.vocode(network, mel)
        found = predicted(network, "decode_sound", (768, 512, frames), dtype)
        assert meter.peak <= found <= 1.1 * meter.peak, (frames, meter.peak, found)


@TYPES
@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("LTXLatentUpsamplerModel", {"mid_channels": 512}),
        ("LTX2LatentUpsamplerModel", {}),
        ("LTX2LatentUpsamplerModel", {"rational_spatial_scale": 1.5}),
        ("LTX2LatentUpsamplerModel", {"use_rational_resampler": False}),
        ("LTX2LatentUpsamplerModel",
         {"mid_channels": 512, "spatial_upsample": False, "temporal_upsample": True}),
    ],
    ids=["0.9.8", "2.0", "by 1.5", "2.3", "in time"],
)  # fmt: skip
def test_the_latent_upscalers_take_what_was_predicted(
    name: str, config: dict[str, Any], dtype: torch.dtype
) -> None:
    from diffusers import AutoencoderKLLTX2Video

    from aiprod_studio.models.classes import find_class

    network = bare(find_class(name), dtype, num_blocks_per_stage=2, **config)
    codec = bare(AutoencoderKLLTX2Video, dtype)
    for frames, rows, columns in ((3, 8, 8), (5, 12, 16), (16, 22, 38)):
        with torch.inference_mode(), ActivationMeter() as meter:
            latents = torch.empty(1, 128, frames, rows, columns, device="meta", dtype=dtype)
            made = codecs.upscale_latents(network, codec, latents)
        size = (32 * made.shape[4], 32 * made.shape[3], 8 * made.shape[2] - 7)
        found = predicted(network, "upscale", size, dtype)
        assert meter.peak <= found <= 1.1 * meter.peak, (size, meter.peak, found)
