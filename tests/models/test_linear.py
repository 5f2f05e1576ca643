"""Weights in every storage type compute what they say, and LoRA adds what merging would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from aiprod_studio.memory.accounting import ActivationMeter
from aiprod_studio.models import load_component, lora
from aiprod_studio.models.gguf_header import TYPES
from aiprod_studio.models.linear import AT_ONCE, FEW, StoredLinear
from aiprod_studio.models.quantised import GROUPS, READERS, dequantise
from aiprod_studio.models.storage import RUNNABLE_GGUF
from aiprod_studio.sdk import Refusal
from tests.models.conftest import relative

LAYER = "transformer_blocks.1.attn1.to_q"
HALVES = {"Q2_K": (80, 82), "Q3_K": (108,), "Q6_K": (208,)}
PAIRS = ("Q4_1", "Q5_1", "Q4_K", "Q5_K")


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_quantised_type_expands_as_its_inventors_do(kind: str) -> None:
    elements, size = GROUPS[kind]
    random = np.random.default_rng(7)
    data = random.integers(0, 256, (96, size), dtype=np.uint8)
    for at in HALVES.get(kind, (0, 2) if kind in PAIRS else (0,)):
        data[:, at : at + 2] = random.normal(0, 0.1, (96, 1)).astype(np.float16).view(np.uint8)
    expected = gguf.quants.dequantize(data, gguf.GGMLQuantizationType[kind])
    found = dequantise(torch.from_numpy(data), kind, (96, elements))
    assert np.array_equal(found.numpy(), expected.reshape(96, elements))


def test_every_type_that_is_promised_can_be_expanded() -> None:
    assert set(READERS) == RUNNABLE_GGUF
    assert {name for name, _, _ in TYPES.values()} >= RUNNABLE_GGUF


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("per_row", [False, True])
def test_scaled_fp8_computes_with_its_scale(dtype: torch.dtype, per_row: bool) -> None:
    stored = torch.randn(24, 16).to(torch.float8_e4m3fn)
    scale = torch.rand(24, 1) * 1e-3 if per_row else torch.tensor(3e-4)
    layer = StoredLinear(stored, (24, 16), scale=scale, bias=torch.randn(24))
    x = torch.randn(5, 16, dtype=dtype)
    expected = x.float() @ (stored.float() * scale).T + layer.bias.float()  # type: ignore[union-attr]
    assert layer(x).dtype == dtype
    assert relative(layer(x), expected) < {torch.float32: 1e-6}.get(dtype, 0.02)


@pytest.mark.parametrize("per_row", [False, True, None], ids=["scale", "scales", "cast"])
def test_a_matrix_too_large_to_expand_at_once_is_multiplied_row_by_row(
    per_row: bool | None,
) -> None:
    """As the projection of LTX-2's text connectors, which is eleven times a layer of blocks."""
    rows, columns = 2100, 32_768
    assert rows * columns > AT_ONCE
    stored = torch.randn(rows, 64).to(torch.float8_e4m3fn).repeat(1, columns // 64)
    scales = {True: torch.rand(rows, 1) * 1e-3, False: torch.tensor(3e-4), None: None}
    layer = StoredLinear(stored, (rows, columns), scale=scales[per_row], bias=torch.randn(rows))
    x = torch.randn(3, columns)
    with torch.inference_mode(), ActivationMeter() as meter:
        found = layer(x)
    assert meter.peak < 1.02 * 4 * AT_ONCE
    expected = torch.nn.functional.linear(x, layer.expanded(torch.float32), layer.bias)
    assert relative(found, expected) < 1e-6


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_expanding_scaled_fp8_takes_no_more_than_its_result(dtype: torch.dtype) -> None:
    stored = torch.randn(2048, 4096).to(torch.float8_e4m3fn)
    layer = StoredLinear(stored, (2048, 4096), scale=torch.rand(2048, 1))
    with ActivationMeter() as meter:
        made = layer.expanded(dtype)
    halved = 4 * 2 * FEW if dtype == torch.float16 else 0
    assert meter.peak <= made.nbytes + halved + 2048 * 8


def test_a_layer_shows_its_computing_type_without_memory() -> None:
    layer = StoredLinear(torch.zeros(4, 2, dtype=torch.float8_e4m3fn), (4, 2))
    assert layer.weight.is_meta
    assert layer.weight.dtype == torch.float32


@pytest.fixture
def starter(tiny_starter: Path) -> Any:
    return load_component([tiny_starter / "transformer.safetensors"], "transformer")


def save_lora(path: Path, tensors: dict[str, torch.Tensor]) -> Path:
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    return path


STYLES = {
    "official": ("diffusion_model.{}.lora_A.weight", "diffusion_model.{}.lora_B.weight"),
    "diffusers": ("transformer.{}.lora_A.weight", "transformer.{}.lora_B.weight"),
    "peft": (
        "base_model.model.{}.lora_A.default.weight",
        "base_model.model.{}.lora_B.default.weight",
    ),
    "unprefixed": ("{}.lora_down.weight", "{}.lora_up.weight"),
    "kohya": ("lora_unet_{_}.lora_down.weight", "lora_unet_{_}.lora_up.weight"),
}


def factors(rank: int = 3, width: int = 24) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    make = torch.randn
    return make(rank, width, generator=generator), make(width, rank, generator=generator)


def named(style: str, layer: str = LAYER) -> tuple[str, str]:
    down, up = STYLES[style]
    flat = layer.replace(".", "_")
    return tuple(form.replace("{_}", flat).replace("{}", layer) for form in (down, up))  # type: ignore[return-value]


def changed(network: Any, layer: str = LAYER) -> torch.Tensor:
    """What a layer computes for the unit vectors: its weight, branches and all."""
    found = network.get_submodule(layer)
    out: torch.Tensor = found(torch.eye(found.in_features)) - found.bias
    return out.T


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_lora_of_every_style_adds_what_merging_would(
    style: str, tiny_starter: Path, starter: Any, tmp_path: Path
) -> None:
    down, up = factors()
    names = named(style)
    alpha = names[0].partition(".lora_")[0] + ".alpha"
    path = save_lora(
        tmp_path / "l.safetensors", {names[0]: down, names[1]: up, alpha: torch.tensor(6.0)}
    )
    paths = [tiny_starter / "transformer.safetensors"]
    network: Any = load_component(paths, "transformer", dtype=torch.float32, loras=[(path, 0.5)])
    expected = starter.get_submodule(LAYER).weight.float() + 0.5 * (6 / 3) * up @ down
    assert relative(changed(network), expected) < 1e-5


def test_a_strength_can_change_between_passes(tiny_starter: Path, tmp_path: Path) -> None:
    down, up = factors()
    names = named("official")
    path = save_lora(tmp_path / "look.safetensors", dict(zip(names, (down, up), strict=True)))
    paths = [tiny_starter / "transformer.safetensors"]
    network: Any = load_component(paths, "transformer", dtype=torch.float32, loras=[(path, 1.0)])
    strong = changed(network)
    lora.set_strengths(network, {"look": 0.0})
    none = changed(network)
    lora.set_strengths(network, {"look": 0.25})
    assert relative(changed(network) - none, 0.25 * (strong - none)) < 1e-5
    with pytest.raises(Refusal, match="no LoRA is named 'other'"):
        lora.set_strengths(network, {"other": 1.0})


def test_dora_turns_rows_to_their_wanted_length(
    tiny_starter: Path, starter: Any, tmp_path: Path
) -> None:
    down, up = factors()
    lengths = torch.rand(24, 1) + 0.5
    names = named("official")
    stem = names[0].partition(".lora_")[0]
    tensors = {names[0]: down, names[1]: up, f"{stem}.dora_scale": lengths}
    path = save_lora(tmp_path / "d.safetensors", tensors)
    paths = [tiny_starter / "transformer.safetensors"]
    network: Any = load_component(paths, "transformer", dtype=torch.float32, loras=[(path, 0.7)])
    weight = starter.get_submodule(LAYER).weight.float()
    moved = weight + up @ down
    whole = lengths * moved / moved.norm(dim=1, keepdim=True)
    assert relative(changed(network), weight + 0.7 * (whole - weight)) < 1e-5


@pytest.mark.parametrize("decomposed", [False, True])
def test_lokr_adds_its_kronecker_product(
    decomposed: bool, tiny_starter: Path, starter: Any, tmp_path: Path
) -> None:
    generator = torch.Generator().manual_seed(1)
    first = torch.randn(4, 6, generator=generator)
    left, right = torch.randn(6, 2, generator=generator), torch.randn(2, 4, generator=generator)
    stem = f"diffusion_model.{LAYER}"
    tensors = {f"{stem}.lokr_w1": first, f"{stem}.alpha": torch.tensor(1.0)}
    if decomposed:
        tensors |= {f"{stem}.lokr_w2_a": left, f"{stem}.lokr_w2_b": right}
    else:
        tensors[f"{stem}.lokr_w2"] = left @ right
    path = save_lora(tmp_path / "k.safetensors", tensors)
    paths = [tiny_starter / "transformer.safetensors"]
    network: Any = load_component(paths, "transformer", dtype=torch.float32, loras=[(path, 1.0)])
    scale = 1 / 2 if decomposed else 1.0
    weight = starter.get_submodule(LAYER).weight.float()
    assert relative(changed(network), weight + scale * torch.kron(first, left @ right)) < 1e-5


def test_two_loras_act_together_and_keep_their_own_strengths(
    tiny_starter: Path, starter: Any, tmp_path: Path
) -> None:
    (down, up), names = factors(), named("official")
    one = save_lora(tmp_path / "one.safetensors", {names[0]: down, names[1]: up})
    two = save_lora(tmp_path / "two.safetensors", {names[0]: down * 2, names[1]: up})
    paths = [tiny_starter / "transformer.safetensors"]
    network: Any = load_component(
        paths, "transformer", dtype=torch.float32, loras=[(one, 0.5), (two, 0.1)]
    )
    expected = starter.get_submodule(LAYER).weight.float() + 0.7 * up @ down
    assert relative(changed(network), expected) < 1e-5


def refused(tiny_starter: Path, path: Path) -> str:
    with pytest.raises(Refusal) as caught:
        load_component(
            [tiny_starter / "transformer.safetensors"], "transformer", loras=[(path, 1.0)]
        )
    return str(caught.value)


def test_keys_that_match_nothing_are_named(tiny_starter: Path, tmp_path: Path) -> None:
    down, up = factors()
    good, lost = named("official"), named("official", "transformer_blocks.9.attn1.to_q")
    tensors = dict(zip((*good, *lost), (down, up, down + 0, up + 0), strict=True))
    said = refused(tiny_starter, save_lora(tmp_path / "l.safetensors", tensors))
    assert "1 of its 2 layers match nothing" in said
    assert "transformer_blocks.9.attn1.to_q" in said


def test_a_lora_for_another_family_is_refused(tiny_starter: Path, tmp_path: Path) -> None:
    down, up = factors()
    names = named("official", "double_blocks.0.img_attn.qkv")
    path = save_lora(tmp_path / "l.safetensors", {names[0]: down, names[1]: up})
    assert "most likely made for another model family" in refused(tiny_starter, path)


def test_a_lora_of_another_width_is_refused(tiny_starter: Path, tmp_path: Path) -> None:
    down, up = factors(width=32)
    names = named("official")
    path = save_lora(tmp_path / "l.safetensors", {names[0]: down, names[1]: up})
    assert "(32, 32) where the model has (24, 24)" in refused(tiny_starter, path)


def test_half_a_lora_and_unknown_kinds_are_refused(tiny_starter: Path, tmp_path: Path) -> None:
    down, up = factors()
    names = named("official")
    half = save_lora(tmp_path / "half.safetensors", {names[0]: down})
    assert "its other half is missing" in refused(tiny_starter, half)
    stem = f"diffusion_model.{LAYER}"
    strange = {names[0]: down, names[1]: up, f"{stem}.hada_w1_a": down + 0}
    path = save_lora(tmp_path / "hada.safetensors", strange)
    assert "hada_w1_a" in refused(tiny_starter, path)


def test_a_model_where_a_lora_belongs_is_refused(tiny_starter: Path) -> None:
    said = refused(tiny_starter, tiny_starter / "transformer.safetensors")
    assert "it is no LoRA file" in said


def quantised_starter(tiny: Path, folder: Path, change: str) -> Path:
    """The tiny transformer with one layer stored in another way."""
    from safetensors import safe_open
    from safetensors.torch import load_file

    path = tiny / "transformer.safetensors"
    state = load_file(path)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    weight = f"{LAYER}.weight"
    if change == "int8":
        state[weight] = torch.zeros(state[weight].shape, dtype=torch.int8)
        state[f"{LAYER}.comfy_quant"] = torch.zeros(4, dtype=torch.uint8)
    elif change == "nvfp4":
        state[weight] = torch.zeros(24, 12, dtype=torch.uint8)
        state[f"{LAYER}.weight_scale_2"] = torch.ones(())
    elif change == "comfy":
        state[f"{LAYER}.scale_weight"] = torch.tensor(0.5)
        state[weight] = (state[weight] * 2).to(torch.float8_e4m3fn)
        state["scaled_fp8"] = torch.empty(2, dtype=torch.float8_e4m3fn)
    elif change == "cast":
        state[weight] = state[weight].to(torch.float8_e4m3fn)
    elif change == "nan":
        state[weight] = torch.full_like(state[weight], float("nan"))
    out = folder / "transformer.safetensors"
    save_file(state, out, metadata)
    return out


@pytest.mark.parametrize(("change", "words"), [("int8", "int8"), ("nvfp4", "NVFP4")])
def test_what_cannot_run_is_refused_with_what_can(
    change: str, words: str, tiny_starter: Path, tmp_path: Path
) -> None:
    path = quantised_starter(tiny_starter, tmp_path, change)
    with pytest.raises(Refusal) as caught:
        load_component([path], "transformer")
    assert words in str(caught.value)
    assert LAYER in str(caught.value)
    assert "Q8_0" in str(caught.value)


@pytest.mark.parametrize("change", ["comfy", "cast"])
def test_fp8_layers_stay_fp8_in_memory(
    change: str, tiny_starter: Path, starter: Any, tmp_path: Path
) -> None:
    path = quantised_starter(tiny_starter, tmp_path, change)
    network: Any = load_component([path], "transformer", dtype=torch.float32)
    layer = network.get_submodule(LAYER)
    assert layer.stored.dtype == torch.float8_e4m3fn
    weight = starter.get_submodule(LAYER).weight.float()
    assert relative(changed(network), weight) < 0.05


def test_weights_that_are_no_numbers_are_refused(tiny_starter: Path, tmp_path: Path) -> None:
    path = quantised_starter(tiny_starter, tmp_path, "nan")
    with pytest.raises(Refusal, match=r"to_q.weight' holds values that are no numbers"):
        load_component([path], "transformer")


def test_storage_can_be_kept_or_expanded(tiny_starter: Path) -> None:
    paths = [tiny_starter / "transformer.safetensors"]
    kept: Any = load_component(paths, "transformer", dtype=torch.float32, storage="file")
    wide: Any = load_component(paths, "transformer", dtype=torch.float32, storage="compute")
    assert kept.get_submodule(LAYER).stored.dtype == torch.bfloat16
    assert wide.get_submodule(LAYER).weight.dtype == torch.float32
    assert torch.equal(changed(kept), changed(wide))
    assert json.loads(json.dumps(kept.aiprod.settings)) == kept.aiprod.settings


def test_a_large_matrix_is_expanded_piece_by_piece_to_the_same_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from aiprod_studio.memory.accounting import ActivationMeter
    from aiprod_studio.models import quantised

    torch.manual_seed(0)
    for kind in ("Q8_0", "Q4_K", "IQ4_XS"):
        elements, size = quantised.GROUPS[kind]
        data = torch.randint(0, 60, (1536, size), dtype=torch.uint8)
        shape = (1536, elements)
        whole = quantised.dequantise(data, kind, shape, torch.bfloat16)
        monkeypatch.setattr(quantised, "AT_ONCE", 64 * elements)
        with ActivationMeter() as meter:
            pieces = quantised.dequantise(data, kind, shape, torch.bfloat16)
        monkeypatch.undo()
        assert torch.equal(whole.view(torch.int16), pieces.view(torch.int16))
        assert meter.peak < 2 * whole.nbytes
