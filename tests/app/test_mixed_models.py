"""Parts of models that do not go together are refused by the plan, before anything is computed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from aiprod_studio.app.places import shipped
from tests.nodes import published

TEMPLATE = shipped("workflows") / "ltx" / "text_to_video.json"
NEWER = "ltx-2.5-22b-distilled-transformer"
LORA = "ltx-2-19b-distilled-lora-384"
Nodes = dict[str, Any]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    published.ltx2(folder / "ltx2", "ltx-2-19b-dev-fp8")
    published.ltx25(folder / "ltx25", "ltx-2.5-22b-distilled")
    published.ltx_video(folder / "ltxv", "ltxv-2b-0.9.5")
    save_file({"blocks.0.a.weight": torch.zeros(4, 4)}, folder / "mystery.safetensors")
    return folder


@pytest.fixture
def plan(
    models: Path, home: Path, workflow: Callable[[Any], Path], program: Callable[..., Any]
) -> Callable[[Callable[[Nodes], None]], Any]:
    """Change the template, and plan it with every model at hand."""
    (home / "data").mkdir(parents=True)
    (home / "data" / "models").symlink_to(models)
    sizes = ("size.width=64", "size.height=64", "size.frames=9", "sampler.steps=1")

    def run(change: Callable[[Nodes], None]) -> Any:
        nodes: Nodes = json.loads(TEMPLATE.read_text())["nodes"]
        change(nodes)
        settings = [word for size in sizes for word in ("--set", size)]
        return program("plan", workflow(nodes), *settings)

    return run


def second(nodes: Nodes, model: str) -> None:
    nodes["second"] = {"type": "models.load", "params": {"model": model}}


def linked(node: str, model: str, /, **inputs: str) -> Callable[[Nodes], None]:
    def change(nodes: Nodes) -> None:
        second(nodes, model)
        nodes[node]["inputs"] |= inputs

    return change


def chosen(model: str) -> Callable[[Nodes], None]:
    return lambda nodes: nodes["model"]["params"].update(model=model)


CASES: dict[str, tuple[Callable[[Nodes], None], int, str]] = {
    "a codec of another family": (
        linked("decode", "ltxv-2b-0.9.5", vae="second.vae"), 2,
        "node 'decode', input 'vae': it is of family 'ltx_video', and what is linked to 'latents'"
        " is of 'ltx2'",
    ),
    "a codec of another generation": (
        linked("decode", NEWER, vae="second.vae"), 2,
        "node 'decode', input 'vae': it is of generation '2.5'",
    ),
    "a vocoder of another generation": (
        linked("sound", NEWER, vocoder="second.vocoder"), 2, "node 'sound', input 'vocoder'",
    ),
    "the size of another generation's latents": (
        linked("size", NEWER, vae="second.vae"), 2, "node 'sampler', input 'start'",
    ),
    "words of another generation": (
        linked("encode", NEWER, model="second.text_encoder", connectors="second.connectors"), 2,
        "node 'sampler', input 'positive': it is of generation '2.5'",
    ),
    "connectors that another text encoder taught": (
        linked("encode", NEWER, model="second.text_encoder"), 2,
        "they read what Gemma 3 gives, and the text encoder that is linked is Gemma 4",
    ),
    "an audio codec where pictures are decoded": (
        linked("decode", NEWER, vae="model.audio_vae"), 2, "it takes vae, and 'model.audio_vae'",
    ),
    "no connectors": (
        lambda nodes: nodes["encode"]["inputs"].pop("connectors"), 3, "and there are none",
    ),
    "a LoRA in place of a model": (chosen(LORA), 2, "is a LoRA, which changes a model"),
    "a file that nobody knows": (chosen("mystery"), 3, "(blocks.0.a.weight) of an unknown model"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_go_together_is_named_by_the_plan(name: str, plan: Any) -> None:
    change, code, words = CASES[name]
    ran = plan(change)
    assert ran.code == code
    assert words in ran.err
    assert "defect" not in ran.err and "mistake" not in ran.err


def test_the_graph_that_the_cases_break_is_planned_when_whole(plan: Any) -> None:
    assert plan(chosen("ltx-2-19b-dev-fp8")).code == 0


def test_a_text_encoder_that_is_chosen_by_itself_finds_parts_of_one_generation(plan: Any) -> None:
    ran = plan(chosen("gemma_3_tiny"))
    assert ran.code == 0, ran.err
