"""LoRAs that hang beside a network only while it is used: exact for every storage and kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from aiprod_studio.app import modelling
from aiprod_studio.memory.accounting import AccountingDevice
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.residency import Residency
from aiprod_studio.models import forward, load_component
from aiprod_studio.models.adapters.loras import beside, check, share_at
from aiprod_studio.sdk import DiT, LoRA, Refusal, SourceFile
from tests.models.conftest import PARITY, parity_io, relative
from tests.models.test_parity import request_of

FILES = {
    "plain": ("v20_mono.safetensors", "v20"),
    "fp8": ("v23_fp8_scaled.safetensors", "v23_fp8_scaled"),
    "gguf": ("v23_q8_0.gguf", "v23_q8_0"),
}
LAYERS = ("transformer_blocks.0.attn1.to_q", "transformer_blocks.2.ff.net.0.proj")
SHAPES = {LAYERS[0]: (64, 64), LAYERS[1]: (256, 64)}
PLENTY = 1 << 40


def written(path: Path, kind: str) -> LoRA:
    generator = torch.Generator().manual_seed(3)

    def some(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator) * 0.2

    state: dict[str, torch.Tensor] = {}
    for layer, (rows, columns) in SHAPES.items():
        if kind == "LoKr":
            state[f"diffusion_model.{layer}.lokr_w1"] = some(4, 4)
            state[f"diffusion_model.{layer}.lokr_w2"] = some(rows // 4, columns // 4)
            continue
        state[f"diffusion_model.{layer}.lora_down.weight"] = some(2, columns)
        state[f"diffusion_model.{layer}.lora_up.weight"] = some(rows, 2)
        state[f"diffusion_model.{layer}.alpha"] = torch.tensor(1.0)
        if kind == "DoRA":
            state[f"diffusion_model.{layer}.dora_scale"] = some(rows, 1).abs() + 0.5
    save_file(state, path)
    return LoRA(SourceFile(path, kind), 0.7)


@pytest.mark.parametrize("kind", ["LoRA", "DoRA", "LoKr"])
@pytest.mark.parametrize("storage", FILES)
def test_beside_for_a_while_equals_attached_for_good(
    storage: str, kind: str, tmp_path: Path
) -> None:
    name, io_name = FILES[storage]
    lora, request = (
        written(tmp_path / "lora.safetensors", kind),
        request_of(parity_io(io_name), "t2v"),
    )
    paths = [PARITY / name]
    network: Any = load_component(paths, "transformer", dtype=torch.float32)
    for_good: Any = load_component(
        paths, "transformer", dtype=torch.float32, loras=[(lora.file.path, lora.strength)]
    )
    with torch.inference_mode():
        plain, expected = forward(network, request).video, forward(for_good, request).video
        with beside(network, [lora]):
            found = forward(network, request).video
        after = forward(network, request).video
    assert relative(found, expected) < 1e-5
    assert relative(found, plain) > 1e-3
    assert torch.equal(after, plain)


def test_a_lora_is_checked_from_headers_alone(tmp_path: Path) -> None:
    lora = written(tmp_path / "lora.safetensors", "LoRA")
    for name, _ in FILES.values():
        assert check(DiT("transformer", "ltx2", (SourceFile(PARITY / name, name),)), lora) == 2
    older = DiT("transformer", "ltx_video", (SourceFile(PARITY / "ltxv095_mono.safetensors", "x"),))
    assert check(older, lora) == 2
    connectors = replace(older, component="video_vae")
    with pytest.raises(Refusal, match="2 of its 2 layers match nothing"):
        check(connectors, lora)


def test_a_streamed_transformer_with_a_lora_gives_the_bits_of_a_resident_one(
    tmp_path: Path,
) -> None:
    lora, request = written(tmp_path / "l.safetensors", "LoRA"), request_of(parity_io("v20"), "t2v")
    path = PARITY / "v20_mono.safetensors"
    model = DiT("transformer", "ltx2", (SourceFile(path, "v20"),))
    described = modelling.on_disk(model, "float32")

    def computed(vram: int) -> tuple[torch.Tensor, bool]:
        budgets = Budgets(vram, PLENTY, PLENTY)
        with Residency(budgets, AccountingDevice(budgets)) as residency:
            whole = residency.placement(described).whole
            with residency.use(described) as network, torch.inference_mode():
                with beside(network, [lora]):
                    made = forward(network, request).video
                    assert torch.equal(forward(network, request).video, made)
                return made, whole

    resident, whole = computed(PLENTY)
    streamed, other = computed(described.outside_bytes + 2 * max(described.block_bytes))
    assert (whole, other) == (True, False)
    assert torch.equal(resident, streamed)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(-2, 2)), max_size=6, unique_by=lambda p: p[0]),
    st.floats(0, 1),
)
def test_a_curve_holds_the_last_point_that_was_reached(
    points: list[tuple[float, float]], progress: float
) -> None:
    curve = sorted(points)
    reached = [share for place, share in curve if place <= progress]
    found = share_at(curve, progress)
    assert found == (reached[-1] if reached else 1.0) or any(
        abs(place - progress) < 1e-8 for place, _ in curve
    )
