"""Bad input gets one clear sentence that names its place, an exit code, and writes nothing."""

import copy
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.app.places import shipped
from tests.app.graphs import PICTURE_TO_FILE

Nodes = dict[str, Any]
Program = Callable[..., Any]
Writer = Callable[[Any], Path]


def changed(**changes: Any) -> Nodes:
    """The working graph with some nodes' entries replaced: `node__key=value`."""
    nodes = copy.deepcopy(PICTURE_TO_FILE)
    for place, value in changes.items():
        node, _, key = place.partition("__")
        nodes.setdefault(node, {})[key] = value
    return nodes


def test_the_graph_that_the_cases_break_works_when_whole(
    program: Program, workflow: Writer
) -> None:
    ran = program("--run", workflow(PICTURE_TO_FILE))
    assert ran.code == 0, ran.err
    assert ran.files == ["small.png"]


WRONG_FILES = {
    "not json": ("{ this is no json", 2, ["film.json"]),
    "not utf-8": (b"\xff\xfe\x00{", 2, ["film.json"]),
    "empty": ("", 2, ["film.json"]),
    "a list": ("[1, 2]", 2, ["film.json"]),
    "another format": ('{"format": "comic", "version": 1, "nodes": {}}', 2, ["'comic'"]),
    "from the future": ('{"format": "aiprod-workflow", "version": 99, "nodes": {}}', 2, ["99"]),
    "a duplicate name": (
        '{"format": "aiprod-workflow", "version": 1, "nodes": {"a": {"type": "flow.note"},'
        ' "a": {"type": "flow.note"}}}',
        2,
        ["'a'"],
    ),
    "not a number": (
        '{"format": "aiprod-workflow", "version": 1, "nodes": {"m": {"type": "flow.maths",'
        ' "params": {"a": NaN}}}}',
        2,
        ["NaN"],
    ),
    "a huge number": (
        '{"format": "aiprod-workflow", "version": 1, "nodes": {"m": {"type": "flow.maths",'
        ' "params": {"a": 1e999}}}}',
        2,
        [],
    ),
    "ten megabytes of brackets": ("[" * 10_000_000, 2, ["film.json"]),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_file_that_is_no_workflow(name: str, program: Program, workflow: Writer) -> None:
    content, code, named = WRONG_FILES[name]
    refused(program("--run", workflow(content)), code, named)


WRONG_NODES = {
    "a link to nowhere": (
        changed(save__inputs={"image": "shrink.image"}),
        2,
        ["'save'", "'image'", "shrink"],
    ),
    "an output that is not there": (
        changed(save__inputs={"image": "resize.picture"}),
        2,
        ["'save'", "picture"],
    ),
    "a loop": (
        changed(
            one={"type": 0},
            resize__inputs={"image": "again.image"},
            again__type="edit.resize_image",
            again__inputs={"image": "resize.image"},
        )
        | {},
        2,
        ["resize", "again"],
    ),
    "a type mismatch": (
        changed(words__type="text.prompt", words__params={}, save__inputs={"image": "words.text"}),
        2,
        ["'save'", "'image'", "text"],
    ),
    "a missing input": (changed(save__inputs={}), 2, ["'save'", "'image'"]),
    "a parameter out of range": (
        changed(resize__params={"width": -5}),
        2,
        ["'resize'", "'width'", "-5"],
    ),
    "a parameter of the wrong type": (
        changed(resize__params={"width": "wide"}),
        2,
        ["'resize'", "'width'", "'wide'"],
    ),
    "an unknown parameter": (
        changed(resize__params={"widht": 5}),
        2,
        ["'resize'", "'widht'", "'width'"],
    ),
    "an unknown node": (changed(resize__type="edit.resizee"), 2, ["'resize'", "edit.resizee"]),
    "a missing file": (changed(load__params={"file": "ship.png"}), 3, ["'load'", "'file'", "ship"]),
    "no file": (changed(load__params={"file": ""}), 3, ["'load'", "'file'"]),
    "a file above": (changed(load__params={"file": "../x.png"}), 2, ["'load'", "'file'", "../x"]),
    "an absolute file": (
        changed(load__params={"file": "/etc/hostname"}),
        2,
        ["'load'", "'file'", "/etc/hostname"],
    ),
    "an address": (
        changed(load__params={"file": "http://example.org/a.png"}),
        2,
        ["'load'", "'file'", "address"],
    ),
    "an ffmpeg protocol": (
        changed(load__params={"file": "concat:a.png|b.png"}),
        2,
        ["'load'", "'file'", "protocol"],
    ),
    "an output name with a folder": (
        changed(save__params={"name": "../../small"}),
        2,
        ["'save'", "'name'"],
    ),
    "an output name with a control character": (
        changed(save__params={"name": "sm\nall"}),
        2,
        ["'save'", "'name'"],
    ),
}
WRONG_NODES["a loop"][0].pop("one")


@pytest.mark.parametrize("name", WRONG_NODES)
def test_a_workflow_that_cannot_run(name: str, program: Program, workflow: Writer) -> None:
    content, code, named = WRONG_NODES[name]
    refused(program("--run", workflow(content)), code, named)


def test_a_symlink_that_leads_out(program: Program, workflow: Writer, tmp_path: Path) -> None:
    path = workflow(changed(load__params={"file": "link.png"}))
    (tmp_path / "outside.png").write_bytes((path.parent / "boat.png").read_bytes())
    (path.parent / "link.png").symlink_to(tmp_path / "outside.png")
    refused(program("--run", path), 2, ["'load'", "'file'", "outside the folders"])


def test_a_picture_that_is_none(program: Program, workflow: Writer) -> None:
    path = workflow(PICTURE_TO_FILE)
    (path.parent / "boat.png").write_text("I am no picture")
    ran = program("--run", path)
    refused(ran, 2, ["'load'", "boat.png"])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs file permissions")
def test_a_picture_that_may_not_be_read(program: Program, workflow: Writer) -> None:
    path = workflow(PICTURE_TO_FILE)
    (path.parent / "boat.png").chmod(0)
    refused(program("--run", path), 3, ["'load'", "boat.png"])


def test_a_workflow_that_is_not_there(program: Program, tmp_path: Path) -> None:
    refused(program("--run", tmp_path / "none.json"), 3, ["none.json"])


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("resize.width=-3", ["'resize'", "'width'", "-3"]),
        ("resize.widht=3", ["'resize'", "widht"]),
        ("shrink.width=3", ["shrink"]),
        ("width=3", ["width=3"]),
        ("resize.width", ["resize.width"]),
    ],
)
def test_a_setting_that_fits_nothing(
    setting: str, named: list[str], program: Program, workflow: Writer
) -> None:
    refused(program("--run", workflow(PICTURE_TO_FILE), "--set", setting), 2, named)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--vram", "much"), ("--ram", "0GB"), ("--device", "toaster"), ("--seed", "dice")],
)
def test_an_option_that_means_nothing(
    option: str, value: str, program: Program, workflow: Writer
) -> None:
    refused(program("--run", workflow(PICTURE_TO_FILE), option, value), 2, [option, value])


def test_problems_come_as_json_too(program: Program, workflow: Writer) -> None:
    ran = program("--run", workflow(changed(resize__params={"width": -5})), "--json")
    assert ran.code == 2
    problems = [json.loads(line) for line in ran.out.splitlines()]
    assert problems[-1]["event"] == "problem"
    assert "'resize'" in problems[-1]["where"]


def refused(ran: Any, code: int, named: list[str]) -> None:
    """The run stopped with this code and named these things in clear sentences."""
    lines = [line for line in ran.err.splitlines() if line.startswith("error:")]
    assert ran.code == code, ran.err
    assert lines, "nothing was said"
    assert "Traceback" not in ran.err
    for word in named:
        assert word in ran.err
    assert ran.files == []


def film(nodes: Nodes | None = None, **load: Any) -> Nodes:
    """A graph that opens a video and saves it, with some nodes replaced."""
    return {
        "load": {"type": "files.load_video", "params": {"file": "clip.mp4", **load}},
        "save": {
            "type": "files.save_video",
            "params": {"name": "copy"},
            "inputs": {"video": "load.video"},
        },
        **(nodes or {}),
    }


@pytest.fixture
def clip(workflow: Writer) -> Path:
    """A small sound video beside the workflow."""
    from fractions import Fraction

    import numpy as np

    from aiprod_studio.media import StillVideo, save_video

    path = workflow(film())
    moving = StillVideo(np.full((48, 64, 3), 90, np.uint8), 12, Fraction(12))
    save_video(moving, path.parent / "clip.mp4")
    return path


def test_the_film_that_the_next_cases_break_is_copied(program: Program, clip: Path) -> None:
    ran = program("--run", clip)
    assert (ran.code, ran.files) == (0, ["copy.mp4"]), ran.err


def test_a_truncated_video(program: Program, clip: Path) -> None:
    file = clip.parent / "clip.mp4"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    refused(program("--run", clip), 2, ["'load'", "clip.mp4"])


def test_a_video_without_frames(program: Program, clip: Path) -> None:
    from aiprod_studio.media.process import executable

    file = clip.parent / "clip.mp4"
    file.unlink()
    make = [executable(), "-v", "error", "-f", "lavfi", "-i", "color=s=64x48:r=12"]
    subprocess.run([*make, "-frames:v", "0", "-c:v", "libx264", str(file)], check=True)
    ran = program("--run", clip)
    assert ran.code in (2, 3)
    refused(ran, ran.code, ["'load'", "clip.mp4"])


def test_a_picture_bomb(program: Program, workflow: Writer) -> None:
    path = workflow(PICTURE_TO_FILE)
    (path.parent / "boat.png").write_bytes(png_header(60_000, 60_000))
    refused(program("--run", path), 2, ["'load'", "boat.png"])


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that promises so many pixels."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    chunk = b"IHDR" + size + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + chunk + zlib.crc32(chunk).to_bytes(4, "big")


def test_an_odd_width_for_h264(program: Program, clip: Path, workflow: Writer) -> None:
    odd = {
        "resize": {
            "type": "edit.resize",
            "params": {"width": 63, "height": 48},
            "inputs": {"video": "load.video"},
        },
        "save": {
            "type": "files.save_video",
            "params": {"name": "copy"},
            "inputs": {"video": "resize.video"},
        },
    }
    refused(program("--run", workflow(film(odd))), 2, ["'save'", "63 x 48", "62 x 48 or 64 x 48"])


def test_a_budget_that_nothing_fits_into(program: Program, tmp_path: Path) -> None:
    template = shipped("workflows") / "text_to_video.json"
    refused(program("--run", template, "--ram", "770MB"), 4, ["--ram", "Raise"])


def test_a_full_disk_leaves_no_half_file(workflow: Writer, tmp_path: Path) -> None:
    """The save node may write a few kilobytes only: a sentence, and no file."""
    path, output = workflow(PICTURE_TO_FILE), tmp_path / "outputs"
    code = (
        "import resource, signal, sys; from aiprod_studio.app.terminal.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "main(['plan', sys.argv[1], '--quiet'])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "sys.exit(main(['--run', sys.argv[1], '--output', sys.argv[2],"
        " '--set', 'resize.width=4096', '--set', 'resize.height=4096']))"
    )
    command = [sys.executable, "-c", code, str(path), str(output)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert [item.name for item in output.iterdir()] == []
