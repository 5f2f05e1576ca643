"""Wan from ComfyUI: two transformers in turn, pictures beside the noise, shifted schedules."""

from __future__ import annotations

from typing import Any

import pytest

from aiprod_studio.graph import check, loads
from tests.app.comfy.drawing import SPECS, Canvas, converted, read

PROMPTS = ["CONDITIONING", "CONDITIONING"]
FIRST = ["enable", 5, "randomize", 20, 3.5, "euler", "simple", 0, 10, "enable"]
SECOND = ["disable", 0, "fixed", 20, 3.5, "euler", "simple", 10, 10000, "disable"]


def wan22(*, picture: bool = True) -> Canvas:
    """Wan 2.2 with both transformers, as ComfyUI's own examples draw it."""
    canvas = Canvas()
    node = canvas.node
    low = node("UNETLoader", ["wan2.2_i2v_low_noise_14B.safetensors", "default"], outputs=["MODEL"])
    high = node("UnetLoaderGGUF", ["wan/wan2.2_i2v_high_noise_Q4.gguf"], outputs=["MODEL"])
    shifts = [node("ModelSamplingSD3", [8], outputs=["MODEL"], model=(m, 0)) for m in (high, low)]
    clip = node("CLIPLoader", ["umt5_xxl_fp8.safetensors", "wan", "default"], outputs=["CLIP"])
    vae = node("VAELoader", ["wan_2.1_vae.safetensors"], outputs=["VAE"])
    words = [node("CLIPTextEncode", [text], outputs=["CONDITIONING"], clip=(clip, 0))
             for text in ("a boat", "static")]  # fmt: skip
    given = {"positive": (words[0], 0), "negative": (words[1], 0)}
    if picture:
        image = node("LoadImage", ["boat.png", "image"], outputs=["IMAGE", "MASK"])
        begun = node("WanImageToVideo", [832, 480, 81, 1], outputs=[*PROMPTS, "LATENT"],
                     vae=(vae, 0), start_image=(image, 0), **given)  # fmt: skip
        given = {"positive": (begun, 0), "negative": (begun, 1)}
        start = (begun, 2)
    else:
        start = (node("EmptyHunyuanLatentVideo", [832, 480, 81, 1], outputs=["LATENT"]), 0)
    one = node("KSamplerAdvanced", FIRST, outputs=["LATENT"], model=(shifts[0], 0),
               latent_image=start, **given)  # fmt: skip
    two = node("KSamplerAdvanced", SECOND, outputs=["LATENT"], model=(shifts[1], 0),
               latent_image=(one, 0), **given)  # fmt: skip
    frames = node("VAEDecode", outputs=["IMAGE"], samples=(two, 0), vae=(vae, 0))
    film = node("CreateVideo", [16], outputs=["VIDEO"], images=(frames, 0))
    node("SaveVideo", ["boat", "auto", "auto"], video=(film, 0))
    return canvas


@pytest.fixture
def nodes() -> dict[str, Any]:
    found: dict[str, Any] = read(wan22())[0]["nodes"]
    return found


@pytest.mark.parametrize("picture", [True, False])
def test_nothing_is_left_to_mend(picture: bool) -> None:
    loaded = loads(converted(wan22(picture=picture)).text, SPECS)
    assert loaded.document is not None
    assert check(loaded.document, SPECS) == ()


def test_two_samplers_that_share_a_schedule_become_one(nodes: dict[str, Any]) -> None:
    (sampler,) = [node for node in nodes.values() if node["type"] == "sampling.dit"]
    models = {name: node["params"]["model"] for name, node in nodes.items()
              if node["type"] == "models.load"}  # fmt: skip
    given = sampler["inputs"]
    assert models[given["model"].partition(".")[0]] == "wan2.2_i2v_high_noise_Q4"
    assert models[given["later"].partition(".")[0]] == "wan2.2_i2v_low_noise_14B"
    params = sampler["params"]
    assert params["schedule"] == "shifted" and params["shift"] == 8.0
    assert (params["seed"], params["guidance"]) == (5, 3.5) and "steps" not in params


def test_the_later_transformer_takes_over_between_the_same_two_steps(nodes: dict[str, Any]) -> None:
    from aiprod_studio.diffusion.schedules import shifted

    (sampler,) = [node for node in nodes.values() if node["type"] == "sampling.dit"]
    levels = shifted(20, 8.0).tolist()
    assert levels[9] > sampler["params"]["handover"] > levels[10]


def test_codec_and_text_encoder_are_those_of_the_first_transformer(nodes: dict[str, Any]) -> None:
    (sampler,) = [node for node in nodes.values() if node["type"] == "sampling.dit"]
    first = sampler["inputs"]["model"].partition(".")[0]
    assert nodes["decode"]["inputs"]["vae"] == f"{first}.vae"
    assert nodes["encode"]["inputs"]["model"] == f"{first}.text_encoder"
    assert "connectors" not in nodes["encode"]["inputs"]


def test_a_picture_stands_beside_the_noise_and_the_rate_is_the_savers(
    nodes: dict[str, Any],
) -> None:
    (sampler,) = [node for node in nodes.values() if node["type"] == "sampling.dit"]
    assert sampler["inputs"]["start"] == "begin.latents"
    assert nodes["begin"]["type"] == "latents.pictures"
    assert nodes["begin"]["inputs"]["first"] == "picture.image"
    assert nodes["size"]["params"]["rate"] == 16 and nodes["size"]["params"]["frames"] == 81


def test_a_first_sampler_whose_latents_somebody_else_wants_stays_by_itself() -> None:
    canvas = wan22()
    samplers = [n["id"] for n in canvas.nodes if n["type"] == "KSamplerAdvanced"]
    vae = next(n["id"] for n in canvas.nodes if n["type"] == "VAELoader")
    canvas.node("VAEDecode", outputs=["IMAGE"], samples=(samplers[0], 0), vae=(vae, 0))
    nodes = read(canvas)[0]["nodes"]
    assert [n["type"] for n in nodes.values()].count("sampling.dit") == 2
    second = nodes["sampler_2"]["params"]
    assert second["sigmas"].startswith("0.888889, ") and second["steps"] == 10


def test_without_a_node_for_it_the_schedule_is_shifted_as_comfyui_does() -> None:
    canvas = Canvas()
    model = canvas.node("UNETLoader", ["wan2.1_t2v_1.3B.safetensors"], outputs=["MODEL"])
    canvas.node("KSampler", [3, "fixed", 12, 6, "euler", "simple", 1], outputs=["LATENT"],
                model=(model, 0))  # fmt: skip
    params = read(canvas)[0]["nodes"]["sampler"]["params"]
    assert (params["schedule"], params["shift"], params["steps"]) == ("shifted", 8.0, 12)
