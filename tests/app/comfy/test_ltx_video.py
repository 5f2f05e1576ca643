"""LTX-Video 0.9 from ComfyUI: both forms of the file, and what becomes of each node."""

from __future__ import annotations

import pytest

from aiprod_studio.graph import check, loads
from tests.app.comfy.drawing import SPECS, Canvas, as_prompt, converted, ltx_video, read

WIDGETS = {
    "CheckpointLoaderSimple": ["ckpt_name"],
    "CLIPLoader": ["clip_name", "type"],
    "CLIPTextEncode": ["text"],
    "LTXVConditioning": ["frame_rate"],
    "EmptyLTXVLatentVideo": ["width", "height", "length", "batch_size"],
    "LTXVScheduler": ["steps", "max_shift", "base_shift", "stretch", "terminal"],
    "KSamplerSelect": ["sampler_name"],
    "SamplerCustom": ["add_noise", "noise_seed", "cfg"],
    "CreateVideo": ["fps"],
    "SaveVideo": ["filename_prefix", "format", "codec"],
}


def test_text_to_video_becomes_the_graph_that_our_template_has() -> None:
    raw, said = read(ltx_video())
    nodes = raw["nodes"]
    assert nodes["sampler"] == {
        "type": "sampling.dit", "version": "1.0",
        "params": {"seed": 7, "steps": 30, "schedule": "ltx2-by-size"},
        "inputs": {
            "model": "model.dit", "positive": "encode.conditioning",
            "negative": "encode_avoid.conditioning", "start": "size.latents",
        },
    }  # fmt: skip
    assert nodes["model"]["params"] == {"model": "ltx-video-2b-v0.9.5"}
    assert nodes["size"]["inputs"] == {"vae": "model.vae"}
    size = {"width": 768, "height": 512, "frames": 97, "rate": 24, "sizes": "nearest"}
    assert nodes["size"]["params"] == size
    assert nodes["prompt"]["params"] == {"text": "a red ball rolls"}
    assert nodes["avoid"]["params"] == {"text": "blurry"}
    assert nodes["encode"]["inputs"] == {"model": "model.text_encoder", "text": "prompt.text"}
    assert nodes["save"]["inputs"] == {"video": "decode.video"}
    assert nodes["save"]["params"] == {"name": "ball"}
    assert len(nodes) == 9
    assert said == [
        "'t5xxl_fp16': a model's other parts are found by the program, from the same family. "
        "The plan shows which files it takes."
    ]


def test_the_result_is_a_whole_document_without_a_problem() -> None:
    loaded = loads(converted(ltx_video()).text, SPECS)
    assert loaded.document is not None and not loaded.problems
    assert check(loaded.document, SPECS) == ()
    assert not loaded.document.changed


def test_the_form_for_the_server_gives_the_same_graph() -> None:
    drawn, _ = read(ltx_video())
    sent, _ = read(as_prompt(ltx_video(), WIDGETS))
    assert {n["type"] for n in sent["nodes"].values()} == {
        n["type"] for n in drawn["nodes"].values()
    }
    assert sent["nodes"]["sampler"] == drawn["nodes"]["sampler"]
    places = [tuple(view["pos"]) for view in sent["view"].values()]
    assert len(set(places)) == len(places), "nodes without places do not lie upon each other"


def test_sizes_are_rounded_down_to_whole_latents_as_there() -> None:
    raw, _ = read(ltx_video(width=1280 // 2, height=720 // 2, frames=100))
    assert raw["nodes"]["size"]["params"]["height"] == 352
    assert raw["nodes"]["size"]["params"]["frames"] == 97


def test_a_film_saved_at_another_rate_than_it_was_made_for_gets_that_rate() -> None:
    canvas = ltx_video()
    canvas.nodes[-2]["widgets_values"] = [29.97]
    nodes = read(canvas)[0]["nodes"]
    assert nodes["rate"]["params"] == {"rate": "30000/1001", "keep": "frames"}
    assert nodes["save"]["inputs"] == {"video": "rate.video"}


@pytest.mark.parametrize(
    ("frame", "kind", "params"),
    [
        (0, "latents.first_frame", {"strength": 0.8}),
        (-1, "latents.last_frame", {"strength": 0.8}),
        (40, "latents.keyframe", {"frame": 40, "strength": 0.8}),
        (-9, "latents.keyframe", {"frame": 88, "strength": 0.8}),
    ],
)
def test_guides_become_pictures_pinned_to_frames(
    frame: int, kind: str, params: dict[str, float]
) -> None:
    canvas = _guided(frame, Canvas.node)
    nodes = read(canvas)[0]["nodes"]
    (pin,) = [node for node in nodes.values() if node["type"] == kind]
    assert pin["params"] == params
    assert pin["inputs"] == {
        "latents": "size.latents",
        "image": "picture.image",
        "vae": "model.vae",
    }
    assert nodes["picture"]["params"] == {"file": "boats/red.png"}


def test_a_film_as_guide_becomes_a_reference_and_needs_no_size_of_its_own() -> None:
    nodes = read(_guided(0, _film))[0]["nodes"]
    (pin,) = [node for node in nodes.values() if node["type"] == "latents.reference"]
    assert pin["inputs"]["video"] == "film.video"


def _film(canvas: Canvas, *_: object, **__: object) -> int:
    film = canvas.node("LoadVideo", ["walk.mp4", "image"], outputs=["VIDEO"])
    return canvas.node("GetVideoComponents", outputs=["IMAGE", "AUDIO", "FLOAT"], video=(film, 0))


def _guided(frame: int, picture: object) -> Canvas:
    """Draw a guide between size and sampler, with its cropping behind the sampler."""
    canvas = ltx_video()
    assert callable(picture)
    loaded = picture(
        canvas, "LoadImage", ["boats\\red.png [input]", "image"], outputs=["IMAGE", "MASK"]
    )
    smaller = canvas.node("LTXVPreprocess", [35], outputs=["IMAGE"], image=(loaded, 0))
    guide = canvas.node(
        "LTXVAddGuide", [frame, 0.8], outputs=["CONDITIONING", "CONDITIONING", "LATENT"],
        positive=(3, 0), negative=(4, 0), vae=(1, 2), latent=(6, 0), image=(smaller, 0),
    )  # fmt: skip
    sampler = next(n for n in canvas.nodes if n["type"] == "SamplerCustom")
    for socket in sampler["inputs"]:
        if socket["name"] == "latent_image":
            socket["link"] = canvas.link((guide, 2), (sampler["id"], 5))
    crop = canvas.node(
        "LTXVCropGuides", outputs=["CONDITIONING", "CONDITIONING", "LATENT"],
        positive=(guide, 0), negative=(guide, 1), latent=(sampler["id"], 0),
    )  # fmt: skip
    decode = next(n for n in canvas.nodes if n["type"] == "VAEDecode")
    decode["inputs"][0]["link"] = canvas.link((crop, 2), (decode["id"], 0))
    return canvas
