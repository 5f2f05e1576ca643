"""Widely used nodes of other packs: LoRA lists, LTX's all-in-one sampler, switches, texts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.comfy.drawing import Canvas, read

LORAS = [
    {"on": True, "lora": "styles\\ink.safetensors", "strength": 0.8},
    {"on": False, "lora": "styles/oil.safetensors", "strength": 1.2},
]


def test_a_list_of_loras_becomes_a_chain_in_both_forms_of_the_file() -> None:
    canvas = Canvas()
    model = canvas.node("UNETLoader", ["ltx.safetensors"], outputs=["MODEL"])
    canvas.node("Power Lora Loader (rgthree)", [{}, {"type": "Header"}, *LORAS, ""],
                outputs=["MODEL", "CLIP"], model=(model, 0))  # fmt: skip
    sent = {
        "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "ltx.safetensors"}},
        "2": {"class_type": "Power Lora Loader (rgthree)",
              "inputs": {"lora_1": LORAS[0], "lora_2": LORAS[1], "model": ["1", 0]}},
    }  # fmt: skip
    for raw in (canvas, sent):
        nodes = read(raw)[0]["nodes"]
        assert nodes["lora"]["params"] == {"lora": "ink", "strength": 0.8}
        assert nodes["lora_2"]["params"] == {"lora": "oil", "strength": 1.2}
        assert nodes["lora_2"]["mode"] == "bypass" and "mode" not in nodes["lora"]
        assert nodes["lora_2"]["inputs"] == {"model": "lora.dit"}


def test_ltxs_sampler_with_size_and_picture_becomes_three_nodes() -> None:
    canvas = Canvas()
    node = canvas.node
    model = node("CheckpointLoaderSimple", ["ltxv.safetensors"], outputs=["MODEL", "CLIP", "VAE"])
    words = node("CLIPTextEncode", ["a boat"], outputs=["CONDITIONING"], clip=(model, 1))
    guide = node("STGGuiderAdvanced", [0.997, True, "1, 0.9", "1,16,8", "0, 4, 2", "1, 1, 1"],
                 outputs=["GUIDER"], model=(model, 0), positive=(words, 0))  # fmt: skip
    levels = node("BasicScheduler", ["linear_quadratic", 30, 1], outputs=["X"], model=(model, 0))
    halves = node("SplitSigmas", [28], outputs=["SIGMAS", "SIGMAS"], sigmas=(levels, 0))
    noise = node("RandomNoise", [108, "fixed"], outputs=["NOISE"])
    picture = node("LoadImage", ["a.png", "image"], outputs=["IMAGE", "MASK"])
    node("LTXVBaseSampler", [768, 512, 97, "0", 0.8, "center", 30, 0], outputs=["LATENT"],
         model=(model, 0), vae=(model, 2), guider=(guide, 0), sigmas=(halves, 1), noise=(noise, 0),
         optional_cond_images=(picture, 0))  # fmt: skip
    raw, said = read(canvas)
    nodes = raw["nodes"]
    assert nodes["size"]["params"]["frames"] == 97
    assert nodes["begin"]["inputs"]["latents"] == "size.latents"
    assert nodes["begin"]["params"] == {"strength": 0.8}
    params = nodes["sampler"]["params"]
    assert (params["guidance"], params["stg"], params["seed"]) == (8.0, 2.0, 108)
    from aiprod_studio.diffusion.schedules import linear_quadratic

    found = [float(word) for word in params["sigmas"].split(",")]
    assert found == pytest.approx(linear_quadratic(30)[28:].tolist(), abs=2e-6)
    assert nodes["sampler"]["inputs"]["start"] == "begin.latents"
    assert any("changes from step to step" in sentence for sentence in said)


@pytest.mark.parametrize(("switch", "text"), [(True, "a fox, at night"), (False, "a fox")])
def test_switches_and_joined_texts_are_followed(switch: bool, text: str) -> None:
    canvas = Canvas()
    short = canvas.node("PrimitiveStringMultiline", ["a fox"], outputs=["STRING"])
    long = canvas.node("StringConcatenate", ["", "at night", ", "], outputs=["STRING"],
                       string_a=(short, 0))  # fmt: skip
    chosen = canvas.node("ComfySwitchNode", [switch], outputs=["STRING"], on_true=(long, 0),
                         on_false=(short, 0))  # fmt: skip
    model = canvas.node("CheckpointLoaderSimple", ["a.safetensors"], outputs=["MODEL", "CLIP"])
    canvas.node("CLIPTextEncode", [""], outputs=["CONDITIONING"], clip=(model, 1), text=(chosen, 0))
    nodes: dict[str, Any] = read(canvas)[0]["nodes"]
    assert nodes["prompt"]["params"] == {"text": text}
    assert not any(node["type"].startswith("comfy.") for node in nodes.values())
