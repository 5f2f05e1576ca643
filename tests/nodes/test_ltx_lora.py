"""LoRAs beside a transformer: strengths, curves, keys, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from aiprod_studio.sdk import DiT, Latents, LoRA, Refusal, SourceFile
from tests.nodes import published
from tests.nodes.bench import Bench, Desk
from tests.nodes.workflows import node, text

LTX2, OFFICIAL = "ltx-2-tiny", "ltx-2-19b-distilled-lora-384"


@pytest.fixture
def parts(ltx: Desk) -> Any:
    return ltx.call("models.load", model=LTX2)


def sampled(ltx: Desk, parts: Any, dit: DiT, **params: Any) -> Latents:
    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=9)
    words = ltx.call("text.encode", "a red ball", parts.text_encoder, parts.connectors)
    chosen = {"steps": 4, "seed": 3, "guidance": 1.0, **params}
    found: Latents = ltx.call("sampling.dit", dit, words, start, **chosen)
    return found


def test_a_lora_changes_the_film_and_leaves_the_model_alone(ltx: Desk, parts: Any) -> None:
    plain = sampled(ltx, parts, parts.dit)
    led = ltx.call("models.lora", parts.dit, lora=OFFICIAL)
    assert ltx.said() == [f"{OFFICIAL}.safetensors changes 3 layers"]
    assert parts.dit.loras == ()
    assert not torch.equal(sampled(ltx, parts, led).samples, plain.samples)
    off = ltx.call("models.lora", parts.dit, lora=OFFICIAL, strength=0.0)
    assert torch.equal(sampled(ltx, parts, off).samples, plain.samples)
    assert torch.equal(sampled(ltx, parts, parts.dit).samples, plain.samples)


def test_beside_the_layers_equals_merged_into_the_weights(ltx_shelf: Path) -> None:
    from aiprod_studio.models import load_component
    from aiprod_studio.models.adapters.loras import beside

    path = ltx_shelf / "ltx2" / "checkpoints" / f"{LTX2}.safetensors"
    file = ltx_shelf / "ltx2" / "loras" / f"{OFFICIAL}.safetensors"
    network = load_component([path], "transformer", dtype=torch.float32)
    layer = network.transformer_blocks[1].attn1.to_q  # type: ignore[index, union-attr]
    halves = load_file(file)
    stem = "diffusion_model.transformer_blocks.1.attn1.to_q"
    delta = halves[f"{stem}.lora_B.weight"] @ halves[f"{stem}.lora_A.weight"]
    x = torch.randn(2, 5, layer.in_features)
    plain = layer(x)
    with beside(network, [LoRA(SourceFile(file, "x"), 0.5)]) as dials:
        torch.testing.assert_close(layer(x), plain + 0.5 * x @ delta.T)
        dials.at(1.0)
        torch.testing.assert_close(layer(x), plain + 0.5 * x @ delta.T)
    assert torch.equal(layer(x), plain)
    assert not any(module._forward_hooks for module in network.modules())


def test_a_curve_turns_a_lora_down_on_the_way(ltx: Desk, parts: Any) -> None:
    def made(curve: str, **params: Any) -> torch.Tensor:
        led = ltx.call("models.lora", parts.dit, lora=OFFICIAL, curve=curve)
        return sampled(ltx, parts, led, **params).samples

    whole, half, none = made(""), made("0:1, 0.5:0"), made("0:0")
    assert torch.equal(made("0:1"), whole)
    assert torch.equal(none, sampled(ltx, parts, parts.dit).samples)
    assert not torch.equal(half, whole)
    assert not torch.equal(half, none)
    levels = {"sigmas": "1, 0.7, 0"}
    first = ltx.call("models.lora", parts.dit, lora=OFFICIAL, curve="0.5:0")
    assert torch.equal(sampled(ltx, parts, first, **levels).samples, made("0:1 0.5:0", **levels))


@pytest.mark.parametrize(
    ("curve", "why"),
    [("half", "no list such as"), ("0.5:1, 0.2:0", "they must rise"), ("2:1", "between 0 and 1")],
)
def test_a_curve_that_makes_no_sense_is_refused(
    ltx: Desk, parts: Any, curve: str, why: str
) -> None:
    with pytest.raises(Refusal, match=why):
        ltx.call("models.lora", parts.dit, lora=OFFICIAL, curve=curve)


def test_several_loras_add_up(ltx: Desk, parts: Any) -> None:
    one = ltx.call("models.lora", parts.dit, lora=OFFICIAL, strength=0.5)
    twice = ltx.call("models.lora", one, lora=OFFICIAL, strength=0.5)
    once = ltx.call("models.lora", parts.dit, lora=OFFICIAL)
    torch.testing.assert_close(
        sampled(ltx, parts, twice).samples, sampled(ltx, parts, once).samples, rtol=1e-4, atol=1e-4
    )


def test_a_lora_of_another_family_names_the_keys_that_match_nothing(
    ltx: Desk, parts: Any, ltx_shelf: Path
) -> None:
    folder = Path(ltx.services.folder)
    state = {"diffusion_model.blocks.0.self_attn.q.lora_A.weight": torch.ones(2, 4),
             "diffusion_model.blocks.0.self_attn.q.lora_B.weight": torch.ones(4, 2)}  # fmt: skip
    save_file(state, folder / "wan.safetensors")
    with pytest.raises(Refusal) as refused:
        ltx.call("models.lora", parts.dit, lora="wan.safetensors")
    sentence = str(refused.value)
    assert "blocks.0.self_attn.q" in sentence
    assert "made for another model family" in sentence
    ltxv = ltx.call("models.load", model="ltxv-tiny-0.9.5")
    state = load_file(ltx_shelf / "ltx2" / "checkpoints" / f"{LTX2}.safetensors")
    state["model.diffusion_model.transformer_blocks.0.audio_attn1.to_q.weight"] *= 1
    only = {"x.transformer_blocks.7.attn1.to_q.weight": torch.ones(8, 8)} | state
    published.lora(folder / "deep.safetensors", {
        name.replace("x.", "model.diffusion_model."): each for name, each in only.items()
    })  # fmt: skip
    with pytest.raises(Refusal, match=r"transformer_blocks\.7\.attn1\.to_q"):
        ltx.call("models.lora", ltxv.dit, lora="deep.safetensors")


def test_a_lora_of_another_width_is_refused_by_its_layer(ltx: Desk, parts: Any) -> None:
    folder = Path(ltx.services.folder)
    name = "model.diffusion_model.transformer_blocks.0.attn1.to_q.weight"
    published.lora(folder / "wide.safetensors", {name: torch.ones(96, 96)})
    led = ltx.call("models.lora", parts.dit, lora="wide.safetensors")
    with pytest.raises(Refusal, match=r"changes a weight of \(96, 96\) where the model has"):
        sampled(ltx, parts, led)


def test_an_ic_lora_says_at_which_scale_it_wants_its_references(ltx: Desk, parts: Any) -> None:
    name = "transformer_blocks.0.attn1.to_q"
    halves = {f"diffusion_model.{name}.lora_A.weight": torch.ones(2, 64),
              f"diffusion_model.{name}.lora_B.weight": torch.ones(64, 2)}  # fmt: skip
    facts = {"reference_downscale_factor": "2"}
    save_file(halves, Path(ltx.services.folder) / "depth.safetensors", facts)
    ltx.call("models.lora", parts.dit, lora="depth.safetensors")
    assert ltx.said() == [
        "depth.safetensors changes 1 layers; it wants reference videos at scale 2"
    ]


def test_a_model_is_no_lora_and_a_lora_must_be_chosen(ltx: Desk, parts: Any) -> None:
    with pytest.raises(Refusal, match="is a model, not a LoRA"):
        ltx.call("models.lora", parts.dit, lora=LTX2)
    with pytest.raises(Refusal, match="has no transformer"):
        ltx.call("models.lora", replace(parts.dit, files=()), lora=OFFICIAL)


def test_another_lora_strength_or_curve_is_another_result(
    ltx_bench: Callable[[str], Bench],
) -> None:
    bench = ltx_bench("keys")

    def key(**params: Any) -> str:
        nodes = {
            "model": node("models.load", model=LTX2),
            "lora": node("models.lora", {"model": "model.dit"}, **params),
        }
        return bench.engine.plan(bench._flat(text(nodes)), targets=["lora"]).step("lora").key

    other = "ltx-2-19b-ic-lora-depth-control"
    found = {
        key(lora=OFFICIAL), key(lora=other), key(lora=OFFICIAL, strength=0.5),
        key(lora=OFFICIAL, curve="0:1, 0.5:0"),
    }  # fmt: skip
    assert len(found) == 4
    assert key(lora=OFFICIAL) in found
