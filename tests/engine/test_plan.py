"""Plans: states, models, facts, peaks, releases; and keys, which decide what is done again."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import pytest

from aiprod_studio.sdk import (
    VAE,
    Conditioning,
    DiT,
    Facts,
    Failed,
    Latents,
    ModelName,
    Refusal,
    Run,
    TextEncoder,
    node,
    weights_of,
)

from .bench import Bench, graph

RUNS: list[str] = []


class Parts(NamedTuple):
    dit: DiT
    text_encoder: TextEncoder
    vae: VAE


@node("plan.load", "Load", since="1")
def load(run: Run, *, model: Annotated[str, ModelName()] = "tiny") -> Parts:
    """Choose a model."""
    found = run.models(model)
    return Parts(found["dit"], found["text_encoder"], found["vae"])  # type: ignore[arg-type]


@node("plan.pass", "Pass", since="1")
def passed(model: DiT, *, strength: float = 1.0) -> DiT:
    """Hand a model on, as a LoRA node does."""
    return model


@node("plan.encode", "Encode", since="1", costs=weights_of("model", phase="encode"))
def encode(run: Run, model: TextEncoder, *, text: str = "") -> Conditioning:
    """Turn words into conditioning."""
    import torch

    RUNS.append(run.node)
    with run.use(model) as module:
        made = module(torch.full((1, 3, 4), float(len(text)))).detach()
    return Conditioning(made, torch.ones(1, 3), model.family, text)


@node("plan.size", "Size", since="1", facts=lambda params, _: dict(params))
def size(*, width: int = 64, height: int = 32, frames: int = 9) -> int:
    """Say a size."""
    return width


def _even(params: Facts, inputs: Any) -> Facts:
    if inputs["size"]["width"] % 2:
        remedy = f"Choose {inputs['size']['width'] + 1}."
        raise Refusal(Failed("input 'size'", "the width is odd", remedy))
    return {**inputs["size"], "steps": params["steps"]}


@node("plan.sample", "Sample", since="1", costs=weights_of("model", phase="sample"), facts=_even)
def sample(
    run: Run, model: DiT, positive: Conditioning, size: int, *, steps: int = 2, seed: int = 0
) -> Latents:
    """Make latents."""
    import torch

    RUNS.append(run.node)
    noise = torch.randn(1, 4, 1, 2, 2, generator=torch.Generator().manual_seed(seed))
    samples = noise + positive.embeddings.mean()
    return Latents(samples, model.family, size, size, 1, 24)  # type: ignore[arg-type]


@node("plan.decode", "Decode", since="1", costs=weights_of("vae", phase="decode"))
def decode(run: Run, vae: VAE, latents: Latents) -> float:
    """Look at latents."""
    RUNS.append(run.node)
    with run.use(vae):
        return float(latents.samples.sum())


@pytest.fixture
def studio(bench: Bench) -> Bench:
    RUNS.clear()
    (bench.services.folder / "models" / "tiny").write_bytes(b"weights")
    (bench.services.folder / "models" / "other").write_bytes(b"other weights")
    return bench


def film(shots: int = 2, **changes: Any) -> Any:
    nodes: dict[str, Any] = {
        "load": (load, {"model": changes.get("model", "tiny")}),
        "lora": (passed, {"strength": changes.get("strength", 1.0)}, {"model": "load.dit"}),
        "size": (size, {"width": changes.get("width", 64)}),
    }
    for shot in range(shots):
        nodes[f"encode{shot}"] = (encode, {"text": "a" * shot}, {"model": "load.text_encoder"})
        links = {"model": "lora.dit", "positive": f"encode{shot}.conditioning"}
        links["size"] = "size.integer"
        nodes[f"sample{shot}"] = (sample, {"seed": changes.get("seed", shot)}, links)
        links = {"vae": "load.vae", "latents": f"sample{shot}.latents"}
        nodes[f"decode{shot}"] = (decode, {}, links)
    return graph(**nodes)


def test_models_are_used_in_phases_and_released_after_their_last_user(studio: Bench) -> None:
    studio.run(film(3))
    assert [name.rstrip("012") for name in RUNS] == ["encode"] * 3 + ["sample"] * 3 + ["decode"] * 3
    assert studio.services.released == ["text_encoder", "transformer", "video_vae"]


def test_a_plan_tells_models_facts_peaks_and_time(studio: Bench) -> None:
    plan = studio.plan(film(2))
    told = plan.to_dict()
    step = next(step for step in told["steps"] if step["node"] == "sample0")
    assert step["models"][0].startswith("transformer:")
    assert step["facts"] == {"width": 64, "height": 32, "frames": 9, "steps": 2}
    assert step["peaks"] == {"vram": 100, "host": 10, "pinned": 0, "disk": 1}
    assert plan.peaks.vram == 100 and plan.peaks.disk == 6
    assert plan.seconds == (6.0, 24.0) and plan.unknown == 3
    assert plan.step("load").facts == {"family": "tiny", "channels": 4}


def test_a_plan_runs_nothing_and_writes_nothing(studio: Bench) -> None:
    before = sorted(studio.folder.rglob("*"))
    studio.plan(film())
    assert RUNS == [] and sorted(studio.folder.rglob("*")) == before


def test_a_new_seed_needs_no_text_encoder(studio: Bench) -> None:
    studio.run(film())
    studio.reopen()
    plan = studio.plan(film(seed=5))
    assert plan.step("encode0").state == "cached"
    needed = {model for step in plan.to_dict()["steps"] for model in step["models"]}
    assert {model.partition(":")[0] for model in needed} == {"transformer", "video_vae"}
    studio.services.used.clear()
    studio.engine.run(plan)
    assert "text_encoder" not in studio.services.used


def test_other_weights_and_another_device_are_computed_again(studio: Bench) -> None:
    studio.run(film(1))
    assert studio.plan(film(1, model="other")).step("encode0").state == "run"
    studio.services.versions_text = "cuda float16"
    plan = studio.plan(film(1))
    assert plan.step("encode0").state == "run"
    assert plan.step("load").state == "cached"


def test_the_same_weights_under_another_name_are_the_same(studio: Bench) -> None:
    studio.run(film(1))
    folder = studio.services.folder / "models"
    (folder / "copy").write_bytes((folder / "tiny").read_bytes())
    assert studio.run(film(1, model="copy")).done == ()


def test_a_lora_strength_changes_results_but_not_the_weights_needed(studio: Bench) -> None:
    one, two = studio.plan(film(1)), studio.plan(film(1, strength=0.5))
    assert one.step("sample0").key != two.step("sample0").key
    assert one.step("sample0").to_dict()["models"] == two.step("sample0").to_dict()["models"]


def test_facts_that_refuse_block_the_step_before_anything_runs(studio: Bench) -> None:
    plan = studio.plan(film(1, width=63))
    assert str(plan.problems[0]) == "node 'sample0', input 'size': the width is odd. Choose 64."
    assert plan.step("decode0").state == "blocked"
    assert plan.count("run") == 0


def test_a_missing_model_names_node_and_parameter(studio: Bench) -> None:
    plan = studio.plan(film(1, model="none"))
    assert str(plan.problems[0]) == (
        "node 'load', parameter 'model': there is no model 'none'. Put it into models."
    )
    assert len(plan.problems) == 1


def test_targets_are_what_writes_or_what_nobody_reads(studio: Bench) -> None:
    assert studio.plan(film(2)).targets == ("decode0", "decode1")
    plan = studio.plan(film(2), targets=["encode1"])
    assert [step.name for step in plan.steps if step.state == "run"] == ["load", "encode1"]


def test_keys_do_not_depend_on_names_or_order(studio: Bench) -> None:
    one = graph(a=(size, {"width": 5, "height": 6}))
    two = graph(b=(size, {"height": 6, "width": 5}), a=(size, {"width": 1}))
    assert studio.plan(one).step("a").key == studio.plan(two).step("b").key
