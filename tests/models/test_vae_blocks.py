"""The published block lists of LTX VAEs nest as diffusers' own configurations of them do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from aiprod_studio.models import codecs, load_component
from aiprod_studio.models.families.layout import rename
from aiprod_studio.models.families.vae_blocks import (
    Nested,
    UnknownBlock,
    nest_decoder,
    nest_encoder,
    read_blocks,
)
from aiprod_studio.models.families.video_vae import COMMON, LTXV_090_BLOCKS
from tests.models.conftest import relative

UP_091 = [
    ["res_x", {"num_layers": 5, "inject_noise": True}],
    ["compress_all", {"residual": True, "multiplier": 2}],
    ["res_x", {"num_layers": 6, "inject_noise": True}],
    ["compress_all", {"residual": True, "multiplier": 2}],
    ["res_x", {"num_layers": 7, "inject_noise": True}],
    ["compress_all", {"residual": True, "multiplier": 2}],
    ["res_x", {"num_layers": 8, "inject_noise": False}],
]


def test_the_first_release_nests_as_its_converter_does() -> None:
    blocks = read_blocks(LTXV_090_BLOCKS)
    up, down = nest_decoder(blocks, 128).prefixes, nest_encoder(blocks, 128).prefixes
    assert [up[f"up_blocks.{i}."] for i in range(10)] == [
        "mid_block.", "up_blocks.0.", "up_blocks.1.upsamplers.0.", "up_blocks.1.",
        "up_blocks.2.conv_in.", "up_blocks.2.upsamplers.0.", "up_blocks.2.",
        "up_blocks.3.conv_in.", "up_blocks.3.upsamplers.0.", "up_blocks.3.",
    ]  # fmt: skip
    assert [down[f"down_blocks.{i}."] for i in range(10)] == [
        "down_blocks.0.", "down_blocks.0.downsamplers.0.", "down_blocks.0.conv_out.",
        "down_blocks.1.", "down_blocks.1.downsamplers.0.", "down_blocks.1.conv_out.",
        "down_blocks.2.", "down_blocks.2.downsamplers.0.", "down_blocks.3.", "mid_block.",
    ]  # fmt: skip


def test_the_decoder_of_0_9_1_has_the_published_sizes() -> None:
    nested = nest_decoder(read_blocks(UP_091), 128)
    assert nested.channels == 1024
    assert nested.middle.layers == 8
    assert [group.layers for group in nested.groups] == [7, 6, 5]
    assert [group.channels * group.factor for group in nested.groups] == [1024, 512, 256]
    assert all(group.residual and group.noise for group in nested.groups)


def flat_name(name: str, encoder: Nested, decoder: Nested) -> str:
    """A key of diffusers' network under its name in an LTX file."""
    half, _, rest = name.partition(".")
    nested = {"encoder": encoder, "decoder": decoder}.get(half)
    back = [(new, old) for old, new in reversed(COMMON)]
    if nested is not None:
        for old, new in sorted(nested.prefixes.items(), key=lambda item: -len(item[1])):
            if rest.startswith(new):
                rest = old + rest[len(new) :]
                break
    return rename(
        f"{half}.{rest}" if rest else half, [*back, ("conv_shortcut.conv", "conv_shortcut")]
    )


@pytest.mark.parametrize("conditioned", [False, True])
def test_a_vae_of_the_early_layout_computes_the_same(conditioned: bool, tmp_path: Path) -> None:
    from diffusers import AutoencoderKLLTXVideo

    torch.manual_seed(0)
    sizes: dict[str, Any] = {"latent_channels": 4, "block_out_channels": (4, 8, 16, 16)}
    if conditioned:
        sizes |= {
            "decoder_block_out_channels": (8, 16, 32), "decoder_layers_per_block": (5, 6, 7, 8),
            "decoder_spatio_temporal_scaling": (True,) * 3, "timestep_conditioning": True,
            "decoder_inject_noise": (False,) * 4, "upsample_residual": (True,) * 3,
            "upsample_factor": (2,) * 3,
        }  # fmt: skip
    else:
        sizes["decoder_block_out_channels"] = (4, 8, 16, 16)
    network: Any = AutoencoderKLLTXVideo(**sizes).eval()
    config: dict[str, Any] = {"latent_channels": 4, "encoder_base_channels": 4}
    config |= {"decoder_base_channels": 4, "blocks": LTXV_090_BLOCKS}
    if conditioned:
        plain = [[name, {**params, "inject_noise": False}] for name, params in UP_091]
        config |= {"encoder_blocks": LTXV_090_BLOCKS, "decoder_blocks": plain}
        config |= {"timestep_conditioning": True}
    encoder = nest_encoder(read_blocks(LTXV_090_BLOCKS), 4)
    decoder = nest_decoder(read_blocks(config.get("decoder_blocks", LTXV_090_BLOCKS)), 4)
    state = {
        "vae." + flat_name(name, encoder, decoder): tensor.clone()
        for name, tensor in network.state_dict().items()
    }
    path = tmp_path / "vae.safetensors"
    metadata = {"config": json.dumps({"vae": config}), "model_version": "0.9.1"}
    save_file(state, path, metadata)
    loaded: Any = load_component([path], "video_vae", dtype=torch.float32)
    video, latents = torch.rand(1, 3, 9, 64, 64) * 2 - 1, torch.randn(1, 4, 2, 2, 2)
    temb = {"temb": torch.tensor([0.05])} if conditioned else {}
    with torch.inference_mode():
        expected = network.encode(video).latent_dist.mean
        assert relative(codecs.encode_video(loaded, video), expected) < 1e-5
        expected = network.decode(latents, return_dict=False, **temb)[0]
        assert relative(codecs.decode_video(loaded, latents), expected) < 1e-5


NONSENSE = [
    None, 3, [3], [["res_x"]], [["res_x", {}]], [["res_x", "a"]],
    [["compress_all", {"multiplier": 0}]],
]  # fmt: skip


@pytest.mark.parametrize("raw", NONSENSE)
def test_a_list_that_makes_no_sense_is_said(raw: Any) -> None:
    with pytest.raises(UnknownBlock):
        read_blocks(raw)


def test_blocks_without_a_place_are_named() -> None:
    with pytest.raises(UnknownBlock, match="'attn_res_x' at place 0"):
        nest_encoder([("attn_res_x", {})], 4)
    with pytest.raises(UnknownBlock, match="'attn_res_x' at place 0"):
        nest_decoder([("attn_res_x", {})], 4)
