"""What a plan predicts is what a forward pass takes: never less, and at most a tenth more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from aiprod_studio.memory.accounting import ActivationMeter
from aiprod_studio.memory.chunking import Chunks
from aiprod_studio.models import Request, Stream, codecs, forward
from aiprod_studio.models.costs import FORMULAS, predict
from aiprod_studio.models.descriptor import Job, Part
from aiprod_studio.models.folders import PARTS
from aiprod_studio.models.recognising import family_named
from tests.models.conftest import PARITY, plain_config

CHANNELS, WORDS, WIDTH = 4, 128, 64
SIZES = ((5, 6, 8), (7, 8, 10), (9, 10, 14))
"""Frames, rows and columns of tokens."""
WAN_SIZES = ((9, 10, 14), (9, 12, 16), (11, 12, 16))
"""More of them, for Wan always reads 512 words."""
GIB = 1 << 30


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def ltx2() -> Any:
    from diffusers import LTX2VideoTransformer3DModel

    return LTX2VideoTransformer3DModel(
        in_channels=CHANNELS, out_channels=CHANNELS, num_attention_heads=4, attention_head_dim=32,
        cross_attention_dim=128, audio_in_channels=8, audio_out_channels=8,
        audio_num_attention_heads=4, audio_attention_head_dim=16, audio_cross_attention_dim=64,
        num_layers=2, caption_channels=WIDTH, rope_type="split", perturbed_attn=True,
    )  # fmt: skip


def ltx() -> Any:
    from diffusers import LTXVideoTransformer3DModel

    return LTXVideoTransformer3DModel(
        in_channels=CHANNELS, out_channels=CHANNELS, num_attention_heads=4, attention_head_dim=32,
        cross_attention_dim=128, num_layers=2, caption_channels=WIDTH,
    )  # fmt: skip


def wan() -> Any:
    from diffusers import WanTransformer3DModel

    return WanTransformer3DModel(
        num_attention_heads=4, attention_head_dim=96, in_channels=CHANNELS, out_channels=CHANNELS,
        text_dim=WIDTH, freq_dim=32, ffn_dim=1036, num_layers=2, cross_attn_norm=True,
    )  # fmt: skip


def starter() -> Any:
    from aiprod_studio.models.networks.starter_transformer import StarterTransformer

    return StarterTransformer(
        in_channels=CHANNELS, out_channels=CHANNELS, num_attention_heads=4, attention_head_dim=48,
        cross_attention_dim=192, num_layers=2, caption_channels=WIDTH,
    )  # fmt: skip


NETWORKS: dict[str, tuple[Callable[[], Any], str, tuple[int, int, int]]] = {
    "ltx2": (ltx2, "ltx2", (8, 32, 32)),
    "ltx": (ltx, "ltx_video", (8, 32, 32)),
    "wan": (wan, "wan", (4, 8, 8)),
    "starter": (starter, "starter", (4, 16, 16)),
}


def part_of(network: Any, family: str, component: str) -> Part:
    return Part(component, family, type(network).__name__, plain_config(network), {})


def stream(tokens: int, channels: int, axes: int, dtype: torch.dtype, held: int) -> Stream:
    sigmas = torch.full((1, tokens), 0.7)
    sigmas[:, :held] = 0
    return Stream(
        tokens=torch.randn(1, tokens, channels).to(dtype),
        sigmas=sigmas,
        positions=torch.rand(1, axes, tokens, 2),
        context=torch.randn(1, WORDS, WIDTH).to(dtype),
        context_mask=torch.ones(1, WORDS),
    )


def request(
    name: str, cells: tuple[int, int, int], frames: int, dtype: torch.dtype, sound: bool
) -> Request:
    tokens = cells[0] * cells[1] * cells[2]
    held = 0 if name == "wan" else cells[1] * cells[2]
    grid = (cells[0], 2 * cells[1], 2 * cells[2]) if name == "wan" else cells
    count = 4 * tokens if name == "wan" else tokens
    heard = stream(round(frames / 24 * 25), 8, 1, dtype, 0) if sound else None
    seen = stream(count, CHANNELS, 3, dtype, held)
    return Request(seen, torch.tensor([0.7]), audio=heard, grid=grid)


@pytest.mark.parametrize("chunk", [0, 128], ids=["whole", "chunked"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
@pytest.mark.parametrize(
    ("name", "sound"),
    [("ltx2", True), ("ltx2", False), ("ltx", False), ("wan", False), ("starter", False)],
)
def test_a_pass_takes_what_was_predicted_at_three_sizes(
    name: str, sound: bool, dtype: torch.dtype, chunk: int
) -> None:
    make, family, scales = NETWORKS[name]
    torch.manual_seed(0)
    network = make().eval().requires_grad_(False)
    torch.nn.Module.to(network, dtype)
    last = family_named(family).forward_layers["transformer"]
    across = 2 if name == "wan" else 1
    for cells in WAN_SIZES if name == "wan" else SIZES:
        frames = (cells[0] - 1) * scales[0] + 1
        size = (cells[2] * scales[2] * across, cells[1] * scales[1] * across, frames)
        facts = {
            "sound": sound, "rate": 24, "positions": {"scales": scales}, "longest_prompt": WORDS,
        }  # fmt: skip
        given = request(name, cells, frames, dtype, sound)
        job = Job("sample", *size, dtype.itemsize, None, chunk, facts)
        predicted = predict(part_of(network, family, "transformer"), job)
        with torch.inference_mode(), ActivationMeter() as meter:
            if chunk:
                with Chunks(network, lambda n, _: n.endswith(f".{last}"), chunk):
                    forward(network, given)
            else:
                forward(network, given)
        assert meter.peak <= predicted.activations <= 1.1 * meter.peak, (size, meter.peak)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("name", ["ltx2", "ltx"])
def test_shares_of_attention_are_counted(name: str, dtype: torch.dtype) -> None:
    make, family, scales = NETWORKS[name]
    network = torch.nn.Module.to(make().eval().requires_grad_(False), dtype)
    for cells in SIZES[1:]:
        given = request(name, cells, 8 * cells[0] - 7, dtype, False)
        tokens = given.video.tokens.shape[1]
        size = (32 * cells[2], 32 * cells[1], 8 * cells[0] - 7)
        facts = {"positions": {"scales": scales}, "longest_prompt": WORDS, "attention": True}
        job = Job("sample", *size, dtype.itemsize, None, 0, facts)
        predicted = predict(part_of(network, family, "transformer"), job).activations
        with torch.inference_mode(), ActivationMeter() as meter:
            shares = torch.full((1, tokens, tokens), 0.5, dtype=dtype)
            forward(network, replace(given, video=replace(given.video, strengths=shares)))
        assert meter.peak <= predicted <= 1.1 * meter.peak, (size, meter.peak, predicted)


def codec(name: str) -> tuple[Any, int]:
    from diffusers import AutoencoderKLLTX2Video, AutoencoderKLLTXVideo, AutoencoderKLWan

    with torch.device("meta"):
        made = {
            "AutoencoderKLLTX2Video": lambda: AutoencoderKLLTX2Video(),
            "AutoencoderKLLTXVideo": lambda: AutoencoderKLLTXVideo(),
            "AutoencoderKLWan": lambda: AutoencoderKLWan(),
        }[name]()
    return made.eval().requires_grad_(False), int(made.config.get("latent_channels") or 16)


@pytest.mark.parametrize(
    ("name", "scales", "sizes"),
    [
        ("AutoencoderKLLTX2Video", (8, 32, 32), ((1, 768, 512), (41, 512, 512), (81, 768, 512))),
        ("AutoencoderKLLTXVideo", (8, 32, 32), ((1, 768, 512), (41, 512, 512), (81, 768, 512))),
        ("AutoencoderKLWan", (4, 8, 8), ((1, 192, 128), (5, 128, 128), (9, 128, 256))),
    ],
)
def test_a_published_decoder_takes_what_was_predicted_at_three_sizes(
    name: str, scales: tuple[int, int, int], sizes: tuple[tuple[int, int, int], ...]
) -> None:
    network, channels = codec(name)
    part = part_of(network, PARTS[name][0], "video_vae")
    for frames, height, width in sizes:
        shape = ((frames - 1) // scales[0] + 1, height // scales[1], width // scales[2])
        latents = torch.empty(1, channels, *shape, device="meta")
        job = Job("decode", width, height, frames, 4, None, 0, {})
        with torch.inference_mode(), ActivationMeter() as meter:
            network.decode(latents)
        predicted = predict(part, job).activations
        assert meter.peak <= predicted <= 1.1 * meter.peak, (frames, meter.peak)


def test_the_starters_codec_takes_what_was_predicted_at_three_sizes() -> None:
    from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder

    network = PatchAutoencoder().eval().requires_grad_(False)
    part = part_of(network, "starter", "video_vae")
    for frames, height, width in ((9, 96, 128), (25, 96, 128), (17, 192, 160)):
        latents = torch.randn(1, 96, (frames - 1) // 4 + 1, height // 16, width // 16)
        job = Job("decode", width, height, frames, 4)
        with torch.inference_mode(), ActivationMeter() as meter:
            codecs.decode_video(network, latents)
        predicted = predict(part, job).activations
        assert meter.peak <= predicted <= 1.1 * meter.peak, (frames, meter.peak, predicted)
        with torch.inference_mode(), ActivationMeter() as meter:
            codecs.encode_video(network, torch.zeros(1, 3, frames, height, width))
        job = Job("encode_video", width, height, frames, 4)
        assert meter.peak <= predict(part, job).activations


@pytest.mark.parametrize("changed", [{}, {"mix": 48, "working": 3072}], ids=["usual", "wide"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_the_starters_refiner_takes_what_was_predicted_at_three_sizes(
    dtype: torch.dtype, changed: dict[str, int]
) -> None:
    from aiprod_studio.models.networks.frame_refiner import FrameRefiner

    network = FrameRefiner(**changed).eval().requires_grad_(False)
    torch.nn.Module.to(network, dtype)
    part = part_of(network, "starter", "refiner")
    for height, width in ((96, 128), (192, 256), (288, 512)):
        with torch.inference_mode(), ActivationMeter() as meter:
            pair = [torch.zeros(1, 3, height, width, dtype=dtype) for _ in range(2)]
            network.found(*pair, torch.zeros(1, 2, 2, height, width, dtype=dtype))
            del pair
            network.judged(torch.zeros(1, 25, height, width, dtype=dtype))
        predicted = predict(part, Job("refine", width, height, 9, dtype.itemsize)).activations
        assert meter.peak <= predicted <= 1.1 * meter.peak, (height, meter.peak, predicted)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("width", [32, 96])
def test_the_starters_upscaler_takes_what_was_predicted_at_three_sizes(
    dtype: torch.dtype, width: int
) -> None:
    from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler

    network = FrameUpscaler(width).eval().requires_grad_(False)
    torch.nn.Module.to(network, dtype)
    part = part_of(network, "starter", "latent_upsampler")
    for side in (64, 128, 192):
        job = Job("upscale", 4 * side, 2 * side, 9, dtype.itemsize, (1, 2 * side, 2 * side))
        with torch.inference_mode(), ActivationMeter() as meter:
            whole = torch.zeros(1, 3, side, 2 * side, dtype=dtype)
            network(whole[..., :side]).float().cpu()
        predicted = predict(part, job).activations
        assert meter.peak <= predicted <= 1.1 * meter.peak, (side, meter.peak, predicted)


def test_the_published_ltx_2_costs_what_was_measured() -> None:
    config = {
        "num_attention_heads": 32, "attention_head_dim": 128, "audio_num_attention_heads": 32,
        "audio_attention_head_dim": 64, "caption_channels": 3840, "in_channels": 128,
        "num_layers": 48,
    }  # fmt: skip
    part = Part("transformer", "ltx2", "LTX2VideoTransformer3DModel", config, {})
    facts = {"sound": True, "rate": 24, "held": False, "longest_prompt": 1024}
    for element, small, large in ((2, 0.86, 1.86), (4, 1.58, 3.41)):
        first = predict(part, Job("sample", 768, 512, 121, element, facts=facts))
        second = predict(part, Job("sample", 1216, 704, 121, element, facts=facts))
        assert first.activations / GIB == pytest.approx(small, rel=0.05)
        assert second.activations / GIB == pytest.approx(large, rel=0.05)
        assert first.flops / 1e12 == pytest.approx(199, rel=0.03)
        assert second.flops / 1e12 == pytest.approx(503, rel=0.03)


def test_every_class_that_can_be_built_has_a_formula() -> None:
    from aiprod_studio.models.classes import CLASSES

    assert set(FORMULAS) >= set(CLASSES)


@pytest.mark.parametrize("name", ["v20_mono", "ltxv095_mono", "up_spatial_x2", "v25_vae_conv"])
def test_every_part_of_a_checkpoint_is_predicted_and_grows_with_the_film(name: str) -> None:
    from aiprod_studio.models.files import open_model
    from aiprod_studio.models.recognising import recognise

    file = open_model(PARITY / f"{name}.safetensors")
    known = recognise(file)
    assert known is not None
    phases = {"video_vae": "decode", "latent_upsampler": "upscale", "text_encoder": "encode"}
    for component in known[1].components:
        part = known[0].part([file], component)
        phase = phases.get(component, "sample")
        costs = [predict(part, Job(phase, 256 * n, 256 * n, 33 * n, 4)) for n in (1, 2)]
        assert 0 < costs[0].activations <= costs[1].activations, component
        assert costs[0].flops > 0


def test_a_configuration_that_lacks_its_sizes_is_not_predicted(tmp_path: Path) -> None:
    part = Part("transformer", "ltx2", "LTX2VideoTransformer3DModel", {}, {})
    assert predict(part, Job("sample", 768, 512, 121)).activations == 0
