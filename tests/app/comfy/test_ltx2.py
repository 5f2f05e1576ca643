"""LTX-2 from ComfyUI: sound, two stages, a first picture, all of it inside a sub-graph."""

from __future__ import annotations

from typing import Any

import pytest

from aiprod_studio.graph import check, loads
from tests.app.comfy.drawing import SPECS, Canvas, converted, read

CHECKPOINT = "ltx-2-19b-dev-fp8.safetensors"
AV = ["LATENT", "LATENT"]
PROMPTS = ["CONDITIONING", "CONDITIONING"]


def two_stages() -> Canvas:
    """The official template: a use of a sub-graph with promoted widgets, and a saver."""
    outer = Canvas()
    picture = outer.node("LoadImage", ["girl.png", "image"], outputs=["IMAGE", "MASK"])
    outer.subgraphs.append(_inside())
    proxies = [["-1", "text"], ["-1", "length"], ["13", "noise_seed"], ["-1", "ckpt_name"]]
    use = outer.node(
        "id-of-Image to Video", ["a girl sings", 121, 11, CHECKPOINT], outputs=["VIDEO"],
        properties={"proxyWidgets": proxies}, told=["text", "length", "ckpt_name"],
        image=(picture, 0),
    )  # fmt: skip
    outer.node("SaveVideo", ["video/LTX-2", "mp4", "auto"], title="Final film", video=(use, 0))
    return outer


def _inside() -> dict[str, Any]:
    canvas = Canvas()
    node = canvas.node
    model = node("CheckpointLoaderSimple", ["other"], outputs=["MODEL", "CLIP", "VAE"],
                 told=["ckpt_name"], ckpt_name=(0, 3))  # fmt: skip
    clip = node("LTXAVTextEncoderLoader", ["gemma_3_12B_it.safetensors", "other", "default"],
                outputs=["CLIP"], ckpt_name=(0, 3))  # fmt: skip
    voice = node("LTXVAudioVAELoader", ["other"], outputs=["VAE"], ckpt_name=(0, 3))
    words = [
        node("CLIPTextEncode", [""], outputs=["CONDITIONING"], clip=(clip, 0), text=(0, 0)),
        node("CLIPTextEncode", ["static"], outputs=["CONDITIONING"], clip=(clip, 0)),
    ]
    rate = node("PrimitiveFloat", [25], outputs=["FLOAT"], title="Frame Rate")
    length = node("PrimitiveInt", [97, "fixed"], outputs=["INT"], told=["value"], value=(0, 1))
    led = node("LTXVConditioning", [24], outputs=PROMPTS, positive=(words[0], 0),
               negative=(words[1], 0), frame_rate=(rate, 0))  # fmt: skip
    blank = node("EmptyImage", [1280, 720, 1, 0], outputs=["IMAGE"])
    half = node("ImageScaleBy", ["lanczos", 0.5], outputs=["IMAGE"], image=(blank, 0))
    sides = node("GetImageSize", outputs=["INT", "INT", "INT"], image=(half, 0))
    size = node("EmptyLTXVLatentVideo", [768, 512, 97, 1], outputs=["LATENT"],
                width=(sides, 0), height=(sides, 1), length=(length, 0))  # fmt: skip
    noise = node("RandomNoise", [10, "fixed"], outputs=["NOISE"])
    begun = node("LTXVImgToVideoInplace", [0.7, False], outputs=["LATENT"], vae=(model, 2),
                 image=(0, 2), latent=(size, 0))  # fmt: skip
    hush = node("LTXVEmptyLatentAudio", [97, 25, 1], outputs=["LATENT"], audio_vae=(voice, 0))
    both = node("LTXVConcatAVLatent", outputs=["LATENT"], video_latent=(begun, 0),
                audio_latent=(hush, 0))  # fmt: skip
    method = node("KSamplerSelect", ["euler_ancestral"], outputs=["SAMPLER"])
    sigmas = node("LTXVScheduler", [20, 2.05, 0.95, True, 0.1], outputs=["SIGMAS"],
                  latent=(both, 0))  # fmt: skip
    guide = node("CFGGuider", [4], outputs=["GUIDER"], model=(model, 0), positive=(led, 0),
                 negative=(led, 1))  # fmt: skip
    first = node("SamplerCustomAdvanced", outputs=AV, noise=(noise, 0), guider=(guide, 0),
                 sampler=(method, 0), sigmas=(sigmas, 0), latent_image=(both, 0))  # fmt: skip
    apart = node("LTXVSeparateAVLatent", outputs=AV, av_latent=(first, 0))
    ups = node("LatentUpscaleModelLoader", ["ltx-2-spatial-upscaler-x2-1.0.safetensors"],
               outputs=["LATENT_UPSCALE_MODEL"])  # fmt: skip
    vae = node("Reroute", outputs=["VAE"], **{"": (model, 2)})
    large = node("LTXVLatentUpsampler", outputs=["LATENT"], samples=(apart, 0),
                 upscale_model=(ups, 0), vae=(vae, 0))  # fmt: skip
    again = node("LTXVImgToVideoInplace", [1, False], outputs=["LATENT"], vae=(vae, 0),
                 image=(0, 2), latent=(large, 0))  # fmt: skip
    joined = node("LTXVConcatAVLatent", outputs=["LATENT"], video_latent=(again, 0),
                  audio_latent=(apart, 1))  # fmt: skip
    lora = node("LoraLoaderModelOnly", ["ltx-2-19b-distilled-lora-384.safetensors", 0.6],
                outputs=["MODEL"], model=(model, 0))  # fmt: skip
    camera = node("LoraLoaderModelOnly", ["camera/dolly.safetensors", 1], outputs=["MODEL"], mode=4,
                  model=(lora, 0))  # fmt: skip
    light = node("CFGGuider", [1], outputs=["GUIDER"], model=(camera, 0), positive=(led, 0),
                 negative=(led, 1))  # fmt: skip
    few = node("ManualSigmas", ["0.909375, 0.725, 0.421875, 0.0"], outputs=["SIGMAS"])
    second = node("SamplerCustomAdvanced", outputs=AV, noise=(noise, 0), guider=(light, 0),
                  sampler=(method, 0), sigmas=(few, 0), latent_image=(joined, 0))  # fmt: skip
    parts = node("LTXVSeparateAVLatent", outputs=AV, av_latent=(second, 1))
    frames = node("VAEDecodeTiled", [512, 64, 4096, 8], outputs=["IMAGE"], samples=(parts, 0),
                  vae=(model, 2))  # fmt: skip
    heard = node("LTXVAudioVAEDecode", outputs=["AUDIO"], samples=(parts, 1), audio_vae=(voice, 0))
    film = node("CreateVideo", [30], outputs=["VIDEO"], images=(frames, 0), audio=(heard, 0),
                fps=(rate, 0))  # fmt: skip
    canvas.groups.append({"title": "Stage 2", "color": "#A88", "bounding": [6500, -50, 2000, 400]})
    return canvas.inside("Image to Video", ["text", "length", "image", "ckpt_name"], (film, 0))


@pytest.fixture(scope="module")
def nodes() -> dict[str, Any]:
    found: dict[str, Any] = read(two_stages())[0]["nodes"]
    return found


def test_nothing_is_left_to_mend() -> None:
    loaded = loads(converted(two_stages()).text, SPECS)
    assert loaded.document is not None
    assert check(loaded.document, SPECS) == ()


def test_what_was_written_outside_the_sub_graph_counts(nodes: dict[str, Any]) -> None:
    assert nodes["model"]["params"] == {"model": "ltx-2-19b-dev-fp8"}
    assert nodes["prompt"]["params"] == {"text": "a girl sings"}
    assert nodes["size"]["params"]["frames"] == 121
    assert nodes["sampler"]["params"]["seed"] == nodes["sampler_2"]["params"]["seed"] == 11


def test_sizes_and_rates_are_followed_through_the_nodes_that_reckon_them(
    nodes: dict[str, Any],
) -> None:
    size = nodes["size"]["params"]
    assert (size["width"], size["height"], size["rate"]) == (640, 352, 25)


def test_sound_is_switched_on_and_decoded_from_the_same_latents(nodes: dict[str, Any]) -> None:
    assert nodes["size"]["params"]["sound"] is True
    assert nodes["sound"]["inputs"] == {
        "latents": "sampler_2.latents", "vae": "model.audio_vae", "vocoder": "model.vocoder",
    }  # fmt: skip
    assert nodes["encode"]["inputs"]["connectors"] == "model.connectors"
    saved = nodes["Final film"]
    assert saved["type"] == "files.save_video"
    assert saved["inputs"] == {"video": "decode.video", "audio": "sound.audio"}


def test_both_stages_are_samplers_with_the_picture_pinned_in_each(nodes: dict[str, Any]) -> None:
    first, second = nodes["sampler"], nodes["sampler_2"]
    assert first["inputs"]["start"] == "begin.latents"
    assert first["params"] == {
        "guidance": 4.0, "sampler": "ancestral", "schedule": "ltx2-by-size", "seed": 11,
    }  # fmt: skip
    assert second["params"] == {
        "guidance": 1.0, "sampler": "ancestral", "schedule": "distilled-refine", "seed": 11,
        "steps": 3,
    }  # fmt: skip
    assert second["inputs"]["start"] == "begin_2.latents"
    assert nodes["begin_2"]["inputs"]["latents"] == "enlarge.latents"
    assert nodes["enlarge"]["inputs"] == {
        "latents": "sampler.latents", "upscaler": "enlarger.upscaler", "vae": "model.vae",
    }  # fmt: skip
    assert nodes["begin"]["params"] == {"strength": 0.7}


def test_loras_keep_their_strength_and_a_bypassed_one_stays_bypassed(nodes: dict[str, Any]) -> None:
    assert nodes["lora"]["params"] == {"lora": "ltx-2-19b-distilled-lora-384", "strength": 0.6}
    assert nodes["lora_2"]["mode"] == "bypass" and nodes["lora_2"]["params"] == {"lora": "dolly"}
    assert nodes["sampler_2"]["inputs"]["model"] == "lora_2.dit"


def test_the_sub_graph_is_opened_into_a_frame() -> None:
    raw, _ = read(two_stages())
    frames = {frame["name"]: frame for frame in raw["frames"]}
    members = frames["Image to Video"]["members"]
    assert {"sampler", "sampler_2", "decode"} <= set(members)
    assert "picture" not in members and "Final film" not in members
    assert frames["Stage 2"]["colour"] == "#aa8888"
    assert set(frames["Stage 2"]["members"]) < set(members)


def test_a_picture_that_a_switch_leaves_out_is_bypassed() -> None:
    canvas = two_stages()
    inner = canvas.subgraphs[0]["nodes"]
    for node in inner:
        if node["type"] == "LTXVImgToVideoInplace":
            node["widgets_values"][1] = True
    nodes = read(canvas)[0]["nodes"]
    assert nodes["begin"]["mode"] == nodes["begin_2"]["mode"] == "bypass"
    assert nodes["sampler"]["inputs"]["start"] == "begin.latents"


def test_a_given_sound_is_encoded_and_kept() -> None:
    canvas = Canvas()
    model = canvas.node(
        "CheckpointLoaderSimple", ["a.safetensors"], outputs=["MODEL", "CLIP", "VAE"]
    )
    voice = canvas.node("LTXVAudioVAELoader", ["a.safetensors"], outputs=["VAE"])
    size = canvas.node("EmptyLTXVLatentVideo", [768, 512, 97, 1], outputs=["LATENT"])
    song = canvas.node("LoadAudio", ["song.mp3", None, None], outputs=["AUDIO"])
    track = canvas.node(
        "LTXVAudioVAEEncode", outputs=["LATENT"], audio=(song, 0), audio_vae=(voice, 0)
    )
    mask = canvas.node("SolidMask", [0, 512, 512], outputs=["MASK"])
    kept = canvas.node("SetLatentNoiseMask", outputs=["LATENT"], samples=(track, 0), mask=(mask, 0))
    both = canvas.node("LTXVConcatAVLatent", outputs=["LATENT"], video_latent=(size, 0),
                       audio_latent=(kept, 0))  # fmt: skip
    canvas.node("VAEDecode", outputs=["IMAGE"], samples=(both, 0), vae=(model, 2))
    nodes = read(canvas)[0]["nodes"]
    assert nodes["sound_in"]["inputs"] == {
        "latents": "size.latents", "audio": "sound.audio", "vae": "model.audio_vae",
    }  # fmt: skip
    assert "sound" not in nodes["size"]["params"]
    assert nodes["decode"]["inputs"]["latents"] == "sound_in.latents"
