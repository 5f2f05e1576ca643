"""From a file of ComfyUI to a film: the command line, rendered files, drops, and the render."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from aiprod_studio.app.comfy import is_comfy_file, makes_film
from aiprod_studio.app.session.drops import examine
from aiprod_studio.media import MediaInfo, probe
from aiprod_studio.sdk import Refusal
from tests.app.comfy.drawing import SPECS, Canvas, ltx_video, read
from tests.app.comfy.test_ltx2 import two_stages
from tests.app.comfy.test_wan import wan22
from tests.app.conftest import Program
from tests.nodes import published


def drawn(path: Path, **size: int) -> Path:
    path.write_text(json.dumps(ltx_video(**size).raw()), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_workflow_of_comfyui_renders_with_the_models_of_its_folders(
    program: Program, home: Path, tmp_path: Path
) -> None:
    published.ltx_video(home / "data" / "models", "ltx-video-2b-v0.9.5")
    file = drawn(tmp_path / "ball.json", width=64, height=64, frames=9, steps=2)
    made = tmp_path / "ours.json"
    ran = program("comfy", file, "-o", made)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == str(made) and "t5xxl_fp16" in ran.out
    ran = program("--run", made)
    assert ran.code == 0, ran.err
    info = probe(ran.output / "ball.mp4")
    assert (info.width, info.height, info.frame_count, info.rate) == (64, 64, 9, 24)


@pytest.mark.slow
def test_two_stages_with_sound_and_a_first_picture_render(
    program: Program, home: Path, tmp_path: Path
) -> None:
    published.ltx2(home / "data" / "models", "ltx-2-19b-dev-fp8")
    canvas = two_stages()
    for node in canvas.subgraphs[0]["nodes"]:
        small = {"EmptyImage": [128, 128, 1, 0], "LTXVScheduler": [2, 2.05, 0.95, True, 0.1]}
        node["widgets_values"] = small.get(node["type"], node["widgets_values"])
    use = next(node for node in canvas.nodes if node["type"].startswith("id-of"))
    use["widgets_values"][1] = 9
    info = _rendered(program, canvas, tmp_path, "LTX-2.mp4", "girl.png")
    assert (info.width, info.height, info.frame_count) == (128, 128, 9)
    assert info.has_audio and info.rate == 25


@pytest.mark.slow
def test_two_transformers_in_turn_render(program: Program, home: Path, tmp_path: Path) -> None:
    published.wan(home / "data" / "models")
    canvas = wan22()
    names = {
        "UNETLoader": ["wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors", "default"],
        "UnetLoaderGGUF": ["wan/wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"],
        "WanImageToVideo": [64, 64, 9, 1],
    }
    for node in canvas.nodes:
        node["widgets_values"] = names.get(node["type"], node["widgets_values"])
        if node["type"] == "KSamplerAdvanced":
            node["widgets_values"][3] = 4
            node["widgets_values"][7:9] = (
                [0, 2] if node["widgets_values"][0] == "enable" else [2, 9]
            )
    info = _rendered(program, canvas, tmp_path, "boat.mp4", "boat.png")
    assert (info.width, info.height, info.frame_count, info.rate) == (64, 64, 9, 16)


def _rendered(program: Program, canvas: Canvas, folder: Path, film: str, picture: str) -> MediaInfo:
    """Take a workflow over with the command line, render it and return what came out."""
    from PIL import Image

    Image.linear_gradient("L").convert("RGB").save(folder / picture)
    (folder / "theirs.json").write_text(json.dumps(canvas.raw()), encoding="utf-8")
    assert program("comfy", folder / "theirs.json", "-o", folder / "ours.json").code == 0
    ran = program("--run", folder / "ours.json")
    assert ran.code == 0, ran.err
    return probe(ran.output / film)


def test_the_command_writes_beside_the_file_and_never_over_another(
    program: Program, tmp_path: Path
) -> None:
    file = drawn(tmp_path / "ball.json")
    said = json.loads(program("comfy", file, "--json").out)
    assert said["file"] == str(tmp_path / "ball.aiprod.json")
    assert said["problems"][0]["where"] == "'t5xxl_fp16'"
    again = program("comfy", file)
    assert again.code == 2 and "exists already" in again.err
    nothing = program("comfy", tmp_path / "ball.aiprod.json")
    assert nothing.code == 2 and "no workflow of ComfyUI" in nothing.err
    assert program("comfy", tmp_path / "none.json").code == 3


def test_running_a_file_of_comfyui_says_how_it_is_taken_over(
    program: Program, tmp_path: Path
) -> None:
    ran = program("--run", drawn(tmp_path / "ball.json"))
    assert ran.code == 2
    assert "it is a workflow of ComfyUI" in ran.err and "aiprod-studio comfy" in ran.err


def test_a_dropped_workflow_is_taken_over_with_what_could_not_be(tmp_path: Path) -> None:
    file = drawn(tmp_path / "ball.json")
    found = examine(file, SPECS)
    assert found.kind == "comfy" and is_comfy_file(file)
    assert json.loads(found.text)["nodes"]["save"]["type"] == "files.save_video"
    assert ["t5xxl_fp16" in str(problem) for problem in found.problems] == [True]
    (tmp_path / "odd.json").write_bytes(b"\xff\xfe")
    assert not is_comfy_file(tmp_path / "odd.json")


def test_a_picture_opens_as_a_workflow_only_if_that_makes_films(tmp_path: Path) -> None:
    from PIL import Image, PngImagePlugin

    stills = {"1": {"class_type": "KSampler", "inputs": {}}}
    for name, raw in (("film", ltx_video().raw()), ("still", stills)):
        info = PngImagePlugin.PngInfo()
        info.add_text("workflow" if name == "film" else "prompt", json.dumps(raw))
        Image.new("RGB", (8, 8)).save(tmp_path / f"{name}.png", pnginfo=info)
        assert makes_film(json.dumps(raw)) == (name == "film")
    film, still = (examine(tmp_path / f"{name}.png", SPECS) for name in ("film", "still"))
    assert (film.kind, film.note) == ("comfy", "image") and "ltx-video-2b" in film.text
    assert (still.kind, still.note, still.text) == ("image", "ComfyUI", "")


def test_the_workflow_in_an_animated_webp_is_found(tmp_path: Path) -> None:
    from PIL import Image

    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    exif = Image.Exif()
    exif[0x0110] = "prompt:" + json.dumps({"1": {"class_type": "KSampler"}})
    exif[0x010F] = "workflow:" + json.dumps(ltx_video().raw())
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], exif=exif)
    assert "ltx-video-2b" in examine(tmp_path / "a.webp", SPECS).text


def test_the_workflow_in_a_film_is_found_also_in_its_comment(tmp_path: Path) -> None:
    import subprocess

    from aiprod_studio.media.process import executable

    raw = ltx_video().raw()
    inside = json.dumps({"workflow": raw})
    texts = {"own": {"workflow": json.dumps(raw)}, "suite": {"comment": inside}}
    for name, tags in texts.items():
        given = [word for key, value in tags.items() for word in ("-metadata", f"{key}={value}")]
        subprocess.run(
            [executable(), "-v", "error", "-f", "lavfi", "-i", "color=size=16x16:duration=0.5",
             "-movflags", "use_metadata_tags", *given, str(tmp_path / f"{name}.mp4")],
            check=True,
        )  # fmt: skip
        assert examine(tmp_path / f"{name}.mp4", SPECS).kind == "comfy", name


def test_a_film_whose_workflow_is_too_large_to_be_opened_is_still_a_film(tmp_path: Path) -> None:
    from PIL import Image, PngImagePlugin

    info = PngImagePlugin.PngInfo()
    parts = {str(n): {"class_type": "LTXVPreprocess", "inputs": {}} for n in range(2001)}
    info.add_text("prompt", json.dumps(parts))
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
    assert examine(tmp_path / "a.png", SPECS).kind == "image"


@pytest.mark.parametrize("size", [0, 7, 0xFFFFFFFF])
def test_a_damaged_webp_is_no_reason_to_stop(tmp_path: Path, size: int) -> None:
    file = tmp_path / "bad.webp"
    file.write_bytes(b"RIFF\x10\0\0\0WEBPEXIF" + struct.pack("<I", size) + b"workflow:{")
    assert examine(file, SPECS).kind == "image"


def test_a_foreign_json_is_still_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"some": {"other": 1}}')
    with pytest.raises(Refusal, match="no workflow of this program"):
        examine(tmp_path / "a.json", SPECS)


def test_pickled_models_are_said_to_stay_closed() -> None:
    canvas = Canvas()
    canvas.node("UpscaleModelLoader", ["4x_Sharp.pth"], outputs=["UPSCALE_MODEL"])
    raw, said = read(canvas)
    assert raw["nodes"]["enlarger"]["params"] == {"model": "4x_Sharp"}
    assert any("can run code" in sentence for sentence in said)
