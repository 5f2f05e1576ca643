"""Every kind of network and storage streams to the bit what it computes resident, LoRA included."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from aiprod_studio.memory.accounting import AccountingDevice
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.layout import dissect
from aiprod_studio.memory.residency import Residency
from aiprod_studio.models.linear import LowRank, StoredLinear, Strength, put

from .networks import described

PLENTY = 1 << 30


def ltx2() -> torch.nn.Module:
    from diffusers import LTX2VideoTransformer3DModel

    return LTX2VideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=16,
        cross_attention_dim=32, audio_in_channels=8, audio_out_channels=8,
        audio_num_attention_heads=2, audio_attention_head_dim=8, audio_cross_attention_dim=16,
        num_layers=4, caption_channels=24,
    )  # fmt: skip


def run_ltx2(network: Any) -> torch.Tensor:
    draw = torch.Generator().manual_seed(5)
    text = torch.randn(1, 5, 24, generator=draw)
    return network(
        hidden_states=torch.randn(1, 24, 8, generator=draw),
        audio_hidden_states=torch.randn(1, 6, 8, generator=draw),
        encoder_hidden_states=text, audio_encoder_hidden_states=text,
        timestep=torch.full((1, 1), 500.0), audio_timestep=torch.full((1, 1), 500.0),
        num_frames=2, height=3, width=4, audio_num_frames=6, return_dict=False,
    )[0]  # fmt: skip


def wan() -> torch.nn.Module:
    from diffusers import WanTransformer3DModel

    return WanTransformer3DModel(
        num_attention_heads=2, attention_head_dim=12, in_channels=4, out_channels=4, text_dim=16,
        freq_dim=32, ffn_dim=64, num_layers=4, cross_attn_norm=True, rope_max_seq_len=32,
    )  # fmt: skip


def run_wan(network: Any) -> torch.Tensor:
    draw = torch.Generator().manual_seed(5)
    return network(
        torch.randn(1, 4, 2, 8, 8, generator=draw), torch.tensor([500.0]),
        torch.randn(1, 6, 16, generator=draw), return_dict=False,
    )[0]  # fmt: skip


def gemma() -> torch.nn.Module:
    from transformers import Gemma3TextConfig, Gemma3TextModel

    config = Gemma3TextConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=6,
        num_attention_heads=4, num_key_value_heads=2, head_dim=8, sliding_window=8,
    )  # fmt: skip
    return Gemma3TextModel(config)


def run_gemma(network: Any) -> torch.Tensor:
    return network(input_ids=torch.arange(12)[None]).last_hidden_state


def is_branch(name: str) -> bool:
    return ".branches." in name


FAMILIES: dict[str, tuple[Callable[[], torch.nn.Module], Callable[[Any], torch.Tensor], str]] = {
    "ltx2": (ltx2, run_ltx2, "transformer_blocks"),
    "wan": (wan, run_wan, "blocks"),
    "gemma": (gemma, run_gemma, "layers"),
}


def stored(network: torch.nn.Module, blocks: str, storage: str, lora: bool) -> torch.nn.Module:
    """Keep the blocks' linear layers in a storage type, with a LoRA beside each."""
    part = network.get_submodule(blocks)
    layers = [(n, m) for n, m in part.named_modules() if isinstance(m, torch.nn.Linear)]
    for path, layer in layers:
        scale = torch.tensor(0.5) if storage == "scaled" else None
        weight = layer.weight.data / 0.5 if storage == "scaled" else layer.weight.data
        kept = weight if storage == "float32" else weight.to(torch.float8_e4m3fn)
        bias = None if layer.bias is None else layer.bias.data
        shape = (layer.out_features, layer.in_features)
        new = StoredLinear(kept, shape, bias=bias, scale=scale)
        if lora:
            down, up = torch.randn(2, shape[1]) * 0.1, torch.randn(shape[0], 2) * 0.1
            new.branches.append(LowRank(down, up, Strength("lora", 0.7), 1.0))
        put(part, path, new)
    return network


@pytest.mark.parametrize("lora", [False, True], ids=["plain", "lora"])
@pytest.mark.parametrize("storage", ["float32", "cast", "scaled"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_streams_what_it_computes_resident(
    family: str, storage: str, lora: bool
) -> None:
    make, run, blocks = FAMILIES[family]

    def build() -> torch.nn.Module:
        torch.manual_seed(4)
        network = stored(make(), blocks, storage, lora)
        return network.eval().requires_grad_(False)

    with torch.inference_mode():
        expected = run(build())
    anatomy = dissect(build(), blocks, is_branch)
    model = replace(
        described(build, blocks=blocks).model,
        outside_bytes=anatomy.outside_bytes,
        block_bytes=anatomy.block_bytes,
        beside=is_branch,
    )
    vram = model.outside_bytes + model.activations + 2 * max(model.block_bytes)
    budgets = Budgets(vram, PLENTY, PLENTY)
    with Residency(budgets, AccountingDevice(budgets)) as residency:
        assert not residency.placement(model).whole
        with residency.use(model) as network, torch.inference_mode():
            for _ in range(2):
                assert torch.equal(run(network), expected)
        assert residency.ledger.peaks["vram"] <= budgets.vram
