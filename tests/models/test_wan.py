"""Wan's native files become diffusers' networks, checked against diffusers' own converter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from aiprod_studio.models import Request, Stream, codecs, forward, load_component
from aiprod_studio.models.families.layout import rename
from aiprod_studio.models.families.wan import RULES
from aiprod_studio.sdk import Refusal
from tests.models.conftest import relative


def tiny_wan(image: bool = False) -> Any:
    from diffusers import WanTransformer3DModel

    torch.manual_seed(0)
    extra = {"image_dim": 24, "added_kv_proj_dim": 128} if image else {}
    return WanTransformer3DModel(
        num_attention_heads=1, attention_head_dim=128, in_channels=4, out_channels=4, text_dim=16,
        freq_dim=32, ffn_dim=64, num_layers=2, **extra,
    ).eval()  # fmt: skip


def native(network: Any) -> dict[str, torch.Tensor]:
    """The same weights under the names of Wan's own files."""
    back = [(new, old) for old, new in reversed(RULES)]
    state = {rename(name, back): tensor.clone() for name, tensor in network.state_dict().items()}
    state["head.modulation"] = state.pop("modulation")
    return state


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize("image", [False, True])
def test_a_native_transformer_is_built_from_its_shapes(
    prefix: str, image: bool, tmp_path: Path
) -> None:
    from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers

    network = tiny_wan(image)
    state = native(network)
    assert set(convert_wan_transformer_to_diffusers(dict(state))) == set(network.state_dict())
    path = tmp_path / "wan2.1.safetensors"
    save_file({prefix + name: tensor for name, tensor in state.items()}, path)
    loaded: Any = load_component([path], "transformer", dtype=torch.float32)
    assert loaded.aiprod.family == "wan"
    for name, tensor in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor)


def test_the_adapter_lays_tokens_out_as_latents(tmp_path: Path) -> None:
    network = tiny_wan()
    path = tmp_path / "wan.safetensors"
    save_file(native(network), path)
    loaded = load_component([path], "transformer", dtype=torch.float32)
    latents, words = torch.randn(1, 4, 2, 4, 6), torch.randn(1, 5, 16)
    tokens = latents.flatten(2).transpose(1, 2)
    sigma = torch.tensor([0.4])
    stream = Stream(tokens, sigma[:, None].expand(1, 48), torch.zeros(1, 3, 48, 2), words)
    padded = torch.nn.functional.pad(words, (0, 0, 0, 507))
    with torch.inference_mode():
        expected = network(latents, torch.tensor([400.0]), padded, return_dict=False)[0]
        out = forward(loaded, Request(stream, sigma, grid=(2, 4, 6)))
        held = sigma[:, None].expand(1, 48).clone()
        held[:, :24] = 0
        mixed = Stream(tokens, held, torch.zeros(1, 3, 48, 2), words)
        other = forward(loaded, Request(mixed, sigma, grid=(2, 4, 6)))
    assert relative(out.video, expected.flatten(2).transpose(1, 2)) < 1e-6
    assert relative(other.video, out.video) > 1e-4
    with pytest.raises(Refusal, match="do not fill the latents' grid"):
        forward(loaded, Request(stream, sigma, grid=(2, 4, 5)))


RESIDUAL = {"norm1": "residual.0", "conv1": "residual.2", "norm2": "residual.3",
            "conv2": "residual.6", "conv_shortcut": "shortcut"}  # fmt: skip


def native_vae_name(name: str) -> str:
    parts = name.split(".")
    if parts[0] in ("quant_conv", "post_quant_conv"):
        return f"{ {'quant_conv': 'conv1', 'post_quant_conv': 'conv2'}[parts[0]] }.{parts[1]}"
    half, place, rest = parts[0], parts[1], parts[2:]
    if place == "conv_in":
        return f"{half}.conv1.{rest[0]}"
    if place in ("norm_out", "conv_out"):
        return f"{half}.head.{0 if place == 'norm_out' else 2}.{rest[0]}"
    if place == "mid_block":
        number = {"resnets": 2 * int(rest[1]), "attentions": 1}[rest[0]]
        return f"{half}.middle.{number}." + ".".join([RESIDUAL.get(p, p) for p in rest[2:]])
    if place == "down_blocks":
        return f"{half}.downsamples.{rest[0]}." + ".".join(RESIDUAL.get(p, p) for p in rest[1:])
    index = 4 * int(rest[0]) + (int(rest[2]) if rest[1] == "resnets" else 3)
    return f"{half}.upsamples.{index}." + ".".join(RESIDUAL.get(p, p) for p in rest[3:])


def test_the_native_vae_is_built_and_normalises_its_latents(tmp_path: Path) -> None:
    from diffusers import AutoencoderKLWan
    from diffusers.loaders.single_file_utils import convert_wan_vae_to_diffusers

    torch.manual_seed(0)
    network: Any = AutoencoderKLWan(base_dim=8).eval()
    state = {native_vae_name(n): t.clone() for n, t in network.state_dict().items()}
    assert set(convert_wan_vae_to_diffusers(dict(state))) == set(network.state_dict())
    path = tmp_path / "wan_2.1_vae.safetensors"
    save_file(state, path)
    loaded: Any = load_component([path], "video_vae", dtype=torch.float32)
    for name, tensor in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor)
    video = torch.rand(1, 3, 5, 16, 16) * 2 - 1
    with torch.inference_mode():
        latents = codecs.encode_video(loaded, video)
        raw = network.encode(video).latent_dist.mean
        mean, std = (
            torch.tensor(network.config.latents_mean),
            torch.tensor(network.config.latents_std),
        )
        expected = (raw - mean.view(1, -1, 1, 1, 1)) / std.view(1, -1, 1, 1, 1)
        assert relative(latents, expected) < 1e-5
        assert codecs.decode_video(loaded, latents).shape == video.shape
