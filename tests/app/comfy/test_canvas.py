"""What ComfyUI's canvas adds: ghosts, modes, notes, reroutes, values that are reckoned, nesting."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiprod_studio.app.comfy import read_comfy
from aiprod_studio.app.comfy.table import COUNTERPARTS
from aiprod_studio.graph import check, loads
from aiprod_studio.sdk import Refusal
from tests.app.comfy.drawing import SPECS, Canvas, converted, ltx_video, read


def test_a_node_without_a_counterpart_stays_with_its_values_and_links() -> None:
    canvas = ltx_video()
    decode = next(n for n in canvas.nodes if n["type"] == "VAEDecode")["id"]
    film = next(n for n in canvas.nodes if n["type"] == "CreateVideo")
    rife = canvas.node("RIFE VFI", ["rife47.pth", 2, True], outputs=["IMAGE"], frames=(decode, 0))
    film["inputs"][0]["link"] = canvas.link((rife, 0), (film["id"], 0))
    raw, said = read(canvas)
    assert raw["nodes"]["RIFE VFI"] == {
        "type": "comfy.RIFE VFI", "inputs": {"frames": "decode.video"},
        "params": {"widgets_values": ["rife47.pth", 2, True]},
    }  # fmt: skip
    assert raw["nodes"]["save"]["inputs"] == {"video": "RIFE VFI.IMAGE"}
    assert said[0].startswith("RIFE VFI: 1 node of ComfyUI ('RIFE VFI') without a counterpart here")
    loaded = loads(converted(canvas).text, SPECS)
    assert loaded.document is not None
    assert [type(problem).__name__ for problem in check(loaded.document, SPECS)] == ["UnknownNode"]


def test_what_serves_a_ghost_stays_with_it_and_still_serves_our_sampler() -> None:
    canvas = ltx_video()
    numbers = {node["type"]: node["id"] for node in canvas.nodes}
    canvas.node(
        "LTXVLoopingSampler", [56, 24], outputs=["LATENT"], sampler=(numbers["KSamplerSelect"], 0),
        sigmas=(numbers["LTXVScheduler"], 0),
    )  # fmt: skip
    nodes, _ = read(canvas)[0]["nodes"], None
    ghost = nodes["LTXVLoopingSampler"]
    assert ghost["inputs"] == {
        "sampler": "KSamplerSelect.SAMPLER",
        "sigmas": "LTXVScheduler.SIGMAS",
    }
    assert nodes["KSamplerSelect"]["params"] == {"sampler_name": "euler"}
    assert nodes["LTXVScheduler"]["params"]["steps"] == 30
    assert nodes["sampler"]["params"]["schedule"] == "ltx2-by-size"


def test_links_are_followed_through_reroutes_and_set_and_get() -> None:
    canvas = ltx_video()
    decode = next(n for n in canvas.nodes if n["type"] == "VAEDecode")
    way = canvas.node("Reroute", outputs=["VAE"], **{"": (1, 2)})
    canvas.node("SetNode", ["codec"], outputs=["*"], VAE=(way, 0))
    got = canvas.node("GetNode", ["codec"], outputs=["VAE"])
    decode["inputs"][1]["link"] = canvas.link((got, 0), (decode["id"], 1))
    nodes = read(canvas)[0]["nodes"]
    assert nodes["decode"]["inputs"]["vae"] == "model.vae"
    assert not any(node["type"].startswith("comfy.") for node in nodes.values())


def test_reckoned_values_become_numbers() -> None:
    canvas = ltx_video()
    size = next(n for n in canvas.nodes if n["type"] == "EmptyLTXVLatentVideo")
    seconds = canvas.node("PrimitiveInt", [5, "fixed"], outputs=["INT"])
    rate = canvas.node("PrimitiveFloat", [24.0], outputs=["FLOAT"])
    length = canvas.node("ComfyMathExpression", ["a * b + 1"], outputs=["FLOAT", "INT", "BOOLEAN"],
                         **{"values.a": (seconds, 0), "values.b": (rate, 0)})  # fmt: skip
    size["inputs"].append(
        {"name": "length", "type": "INT", "link": canvas.link((length, 1), (size["id"], 0))}
    )
    assert read(canvas)[0]["nodes"]["size"]["params"]["frames"] == 121


@pytest.mark.parametrize("expression", ["__import__('os')", "a.b", "9**9**9", "a[0]", "1/0", "("])
def test_a_formula_that_is_none_is_never_run(expression: str) -> None:
    canvas = Canvas()
    canvas.node("ComfyMathExpression", [expression], outputs=["FLOAT", "INT", "BOOLEAN"])
    (node,) = read(canvas)[0]["nodes"].values()
    assert node["type"] == "comfy.ComfyMathExpression"
    assert node["params"] == {"expression": expression}


def test_a_length_that_only_a_file_knows_stays_a_link() -> None:
    canvas = ltx_video()
    size = next(n for n in canvas.nodes if n["type"] == "EmptyLTXVLatentVideo")
    film = canvas.node("LoadVideo", ["walk.mp4", "image"], outputs=["VIDEO"])
    parts = canvas.node("GetVideoComponents", outputs=["IMAGE", "AUDIO", "FLOAT"], video=(film, 0))
    sides = canvas.node("GetImageSize", outputs=["INT"] * 3, image=(parts, 0))
    for slot, name in enumerate(("width", "height", "length")):
        link = canvas.link((sides, slot), (size["id"], slot))
        size["inputs"].append({"name": name, "type": "INT", "link": link})
    raw, said = read(canvas)
    node = raw["nodes"]["size"]
    assert node["inputs"]["frames"] == "film.frames"
    assert (node["params"]["width"], node["params"]["height"]) == (768, 512)
    assert any("width comes from a node whose result is not known beforehand" in s for s in said)


def test_muted_and_bypassed_nodes_stay_so_and_others_do_without_them() -> None:
    canvas = ltx_video()
    numbers = {node["type"]: node for node in canvas.nodes}
    model = numbers["CheckpointLoaderSimple"]["id"]
    lora = canvas.node("LoraLoaderModelOnly", ["style.safetensors", 0.7], outputs=["MODEL"], mode=4,
                       model=(model, 0))  # fmt: skip
    numbers["SamplerCustom"]["inputs"][0]["link"] = canvas.link((lora, 0), (10, 0))
    numbers["SaveVideo"]["mode"] = 2
    nodes = read(canvas)[0]["nodes"]
    assert nodes["lora"]["mode"] == "bypass"
    assert nodes["sampler"]["inputs"]["model"] == "lora.dit"
    assert nodes["save"]["mode"] == "mute"


def test_titles_notes_and_groups_come_along() -> None:
    canvas = ltx_video()
    canvas.nodes[-1]["title"] = "The v1.0 film"
    canvas.node("MarkdownNote", ["# Read me\nfirst"], title="Note")
    canvas.node("Label (rgthree)", {}, title="Section")
    canvas.groups += [
        {"title": "Words", "bounding": [850, -20, 700, 400], "color": "#3f789e"},
        {"title": "Words", "bounding": [850, -20, 700, 400], "color": "no colour"},
        {"title": "Empty", "bounding": [90000, 0, 10, 10], "color": "#888"},
    ]
    raw, _ = read(canvas)
    assert raw["nodes"]["The v1_0 film"]["type"] == "files.save_video"
    assert [note["text"] for note in raw["notes"]] == ["# Read me\nfirst", "Section"]
    assert [frame["name"] for frame in raw["frames"]] == ["Words", "Words_2"]
    assert raw["frames"][0]["colour"] == "#3f789e" and "colour" not in raw["frames"][1]
    assert "encode" in raw["frames"][0]["members"]


def test_no_two_nodes_lie_upon_each_other() -> None:
    from tests.app.comfy.test_ltx2 import two_stages
    from tests.app.comfy.test_wan import wan22

    canvas = ltx_video()
    for node in canvas.nodes:
        node["pos"] = [0, 0]
    for drawn in (canvas, two_stages(), wan22()):
        views = read(drawn)[0]["view"].values()
        places = sorted(tuple(view["pos"]) for view in views)
        for at, (x, y) in enumerate(places):
            near = [(a, b) for a, b in places[at + 1 :] if abs(a - x) < 220 and abs(b - y) < 90]
            assert not near, (x, y, near)


def test_a_picture_of_a_film_and_a_resized_film_keep_their_kinds() -> None:
    canvas = Canvas()
    film = canvas.node("VHS_LoadVideo", {"video": "a/walk.mp4", "force_rate": 24,
                       "custom_width": 512, "custom_height": 320, "frame_load_cap": 49,
                       "skip_first_frames": 8}, outputs=["IMAGE", "INT", "AUDIO", "X"])  # fmt: skip
    larger = canvas.node("ImageScale", ["bicubic", 1024, 640, "center"], outputs=["IMAGE"],
                         image=(film, 0))  # fmt: skip
    frame = canvas.node("ImageFromBatch", [3, 1], outputs=["IMAGE"], image=(larger, 0))
    canvas.node("SaveImage", ["still"], images=(frame, 0))
    canvas.node("VHS_VideoCombine", {"frame_rate": 24, "filename_prefix": "out/walk",
                "format": "video/ProRes"}, images=(larger, 0), audio=(film, 2))  # fmt: skip
    raw, _ = read(canvas)
    nodes = raw["nodes"]
    assert nodes["trim"]["params"] == {"start": 8, "end": 57}
    assert nodes["resize_2"]["params"] == {"width": 1024, "height": 640, "smooth": "cubic"}
    assert nodes["frame"]["type"] == "story.frame" and nodes["frame"]["params"] == {"frame": 3}
    saved = {node["type"]: node for node in nodes.values() if node["type"].startswith("files.save")}
    assert saved["files.save_image"]["inputs"] == {"image": "frame.image"}
    film_node = saved["files.save_video"]
    assert film_node["params"] == {"name": "walk", "format": "prores_hq"}
    assert film_node["inputs"] == {"video": "resize_2.video", "audio": "sound.audio"}


def test_every_node_of_the_table_can_stand_alone() -> None:
    for kind in COUNTERPARTS:
        canvas = Canvas()
        canvas.node(kind, [], outputs=["IMAGE", "LATENT", "X"])
        assert loads(converted(canvas).text, SPECS).document is not None, kind


def test_sub_graphs_without_end_are_refused_in_words() -> None:
    """Each of ten levels uses the next one ten times."""
    levels = [
        {"id": f"level{n}", "name": f"level{n}", "inputs": [], "outputs": [], "links": [],
         "nodes": [{"id": i, "type": f"level{n + 1}"} for i in range(10)]}
        for n in range(10)
    ]  # fmt: skip
    raw: dict[str, Any] = {"nodes": [{"id": 1, "type": "level0"}], "links": []}
    with pytest.raises(Refusal, match="more than 2000 nodes"):
        read_comfy(json.dumps(raw | {"definitions": {"subgraphs": levels}}), SPECS)
    levels[0]["nodes"] = [{"id": 1, "type": "level0"}]
    assert read_comfy(json.dumps(raw | {"definitions": {"subgraphs": levels[:1]}}), SPECS)
