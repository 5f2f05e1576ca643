"""Every part of every LTX generation computes what the official code computes (see parity/)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from aiprod_studio.models import Request, Stream, codecs, forward, load_component
from tests.models.conftest import PARITY, parity_io, relative

EXACT = 1e-5
HALF = 3e-4
V20 = ("v20_mono.safetensors",)
V25 = (
    "v25_transformer.safetensors", "v25_text_projection.safetensors", "v25_vae_conv.safetensors",
    "v25_audio_vae.safetensors",
)  # fmt: skip
CASES = ("t2v", "masked", "stg", "isolate", "attnmask", "i2v", "a2v")


def load(names: tuple[str, ...], component: str) -> Any:
    paths = [PARITY / name for name in names]
    return load_component(paths, component, dtype=torch.float32)


def request_of(io: dict[str, torch.Tensor], case: str) -> Request:
    def of(name: str, default: str = "") -> torch.Tensor | None:
        return io.get(f"{case}.{name}", io.get(default))

    sigmas = [of(f"{s}_timesteps", f"t2v.{s}_timesteps") for s in ("video", "audio")]
    assert sigmas[0] is not None and sigmas[1] is not None
    mask = of("context_mask")
    video = Stream(
        io["video"], sigmas[0], io["video_positions"], io["context"], mask,
        strengths=of("attention_mask"), keyframes=of("keyframes_mask"),
    )  # fmt: skip
    audio = Stream(io["audio"], sigmas[1], io["audio_positions"], io["audio_context"], mask)
    skip = tuple(io["stg.blocks"].tolist()) if case == "stg" else ()
    return Request(video, io["sigma"], audio, skip=skip, isolate=case == "isolate")


@pytest.fixture(scope="module")
def transformers() -> Callable[[str], Any]:
    kept: dict[str, Any] = {}

    def of(name: str) -> Any:
        if name not in kept:
            kept[name] = load((name,), "transformer")
        return kept[name]

    return of


@pytest.mark.parametrize("case", CASES)
def test_the_transformer_of_2_0_agrees(case: str, transformers: Callable[[str], Any]) -> None:
    check_transformer(transformers(V20[0]), parity_io("v20"), case)


@pytest.mark.parametrize("case", [*CASES, "keyframes"])
def test_the_transformer_of_2_5_agrees(case: str, transformers: Callable[[str], Any]) -> None:
    check_transformer(transformers(V25[0]), parity_io("v25"), case)


@pytest.mark.parametrize("name", ["v23_fp8_scaled.safetensors", "v23_q8_0.gguf"])
def test_quantised_transformers_of_2_3_agree(name: str) -> None:
    check_transformer(load((name,), "transformer"), parity_io(name.partition(".")[0]), "t2v")


def check_transformer(transformer: Any, io: dict[str, torch.Tensor], case: str) -> None:
    with torch.inference_mode():
        out = forward(transformer, request_of(io, case))
    assert out.audio is not None
    assert relative(out.video, io[f"{case}.video_out"]) < EXACT
    assert relative(out.audio, io[f"{case}.audio_out"]) < EXACT


def test_hooks_are_gone_after_a_pass(transformers: Callable[[str], Any]) -> None:
    transformer, io = transformers(V20[0]), parity_io("v20")
    with torch.inference_mode():
        for case in ("stg", "attnmask", "i2v"):
            forward(transformer, request_of(io, case))
        check_transformer(transformer, io, "t2v")
    assert not any(m._forward_pre_hooks for m in transformer.modules())


def test_a_film_without_sound_is_an_isolated_pass(transformers: Callable[[str], Any]) -> None:
    io = parity_io("v20")
    request = request_of(io, "isolate")
    with torch.inference_mode():
        out = forward(transformers(V20[0]), Request(request.video, request.sigma))
    assert out.audio is None
    assert relative(out.video, io["isolate.video_out"]) < EXACT


@pytest.mark.parametrize(("files", "name"), [(V20, "v20"), (V25, "v25")])
def test_the_video_vae_agrees(files: tuple[str, ...], name: str) -> None:
    io, vae = parity_io(name), load(files, "video_vae")
    with torch.inference_mode():
        latents = codecs.encode_video(vae, io["vae.pixels"].float())
        pixels = codecs.decode_video(vae, io["vae.latent"])
    assert relative(latents, io["vae.encoded"]) < HALF
    assert relative(pixels.half(), io["vae.decoded"]) < HALF


@pytest.mark.parametrize(("files", "name"), [(V20, "v20"), (V25, "v25")])
def test_sound_agrees(files: tuple[str, ...], name: str) -> None:
    io, vae, vocoder = parity_io(name), load(files, "audio_vae"), load(files, "vocoder")
    with torch.inference_mode():
        assert relative(codecs.encode_audio(vae, io["audio.mel"]), io["audio.encoded"]) < EXACT
        assert relative(codecs.decode_audio(vae, io["audio.latent"]), io["audio.decoded"]) < EXACT
        sound = codecs.vocode(vocoder, io["audio.vocoder_mel"])
    assert relative(sound, io["audio.waveform"]) < EXACT


@pytest.mark.parametrize(("files", "name"), [(V20, "v20"), (V25, "v25")])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_text_connectors_agree(files: tuple[str, ...], name: str, side: str) -> None:
    io, connectors = parity_io(name), load(files, "connectors")
    with torch.inference_mode():
        video, audio, _ = connectors(
            io["conn.hidden_states"], io[f"conn.{side}.attention_mask"], padding_side=side
        )
    assert relative(video, io[f"conn.{side}.video"]) < EXACT
    assert relative(audio, io[f"conn.{side}.audio"]) < EXACT


def test_the_latent_upscaler_agrees() -> None:
    io, upscaler = (
        parity_io("up_spatial_x2"),
        load(("up_spatial_x2.safetensors",), "latent_upsampler"),
    )
    with torch.inference_mode():
        assert relative(upscaler(io["up.in"]), io["up.out"]) < EXACT


@pytest.mark.parametrize("case", ["t2v", "i2v"])
def test_the_transformer_of_0_9_agrees(case: str, transformers: Callable[[str], Any]) -> None:
    io = parity_io("ltxv095")
    sigmas = io[f"{case}.timestep"]
    stream = Stream(io["x"], sigmas, io["coords"], io["ctx"], io["mask"])
    with torch.inference_mode():
        out = forward(transformers("ltxv095_mono.safetensors"), Request(stream, sigmas.amax(1)))
    assert relative(out.video, io[f"{case}.out"]) < EXACT


def test_the_video_vae_of_0_9_agrees() -> None:
    io, vae = parity_io("ltxv095"), load(("ltxv095_mono.safetensors",), "video_vae")
    with torch.inference_mode():
        mean = vae.encode(io["vae.pixels"].float()).latent_dist.mean
        pixels = vae.decode(io["vae.latent"], temb=torch.tensor([0.05]), return_dict=False)[0]
    assert relative(mean, io["vae.encoded_mean"]) < EXACT
    assert relative(pixels.half(), io["vae.decoded"]) < HALF


def test_every_checkpoint_of_the_parity_set_is_used(parity: Path) -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    models = [p.name for p in parity.iterdir() if ".io." not in p.name and p.suffix != ".md"]
    assert not [name for name in models if name not in text]


class _Largest(TorchDispatchMode):
    """Remembers the largest tensor that a pass made."""

    def __init__(self) -> None:
        super().__init__()
        self.numel = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for value in out if isinstance(out, tuple | list) else (out,):
            if isinstance(value, torch.Tensor):
                self.numel = max(self.numel, value.numel())
        return out


@pytest.mark.parametrize("name", ["v20_mono.safetensors", "ltxv095_mono.safetensors"])
def test_held_tokens_do_not_multiply_the_activations(
    name: str, transformers: Callable[[str], Any]
) -> None:
    transformer, tokens, inner = transformers(name), 300, 64
    sigmas = torch.full((1, tokens), 0.6)
    sigmas[:, :60] = 0
    positions = torch.rand(1, 3, tokens, 2) * 20
    stream = Stream(torch.randn(1, tokens, 8), sigmas, positions, torch.randn(1, 4, 24))
    with torch.inference_mode(), _Largest() as few:
        forward(transformer, Request(stream, torch.tensor([0.6])))
    many = replace(stream, sigmas=torch.rand(1, tokens))
    with torch.inference_mode(), _Largest() as all_differ:
        forward(transformer, Request(many, torch.tensor([0.6])))
    feed_forward, modulation = 4 * tokens * inner, 6 * tokens * inner
    assert few.numel <= feed_forward
    assert all_differ.numel >= modulation
