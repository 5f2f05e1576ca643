"""Running files with no window: what is said, what is written, what is kept, how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.app.places import shipped
from tests.app.graphs import PICTURE_TO_FILE

Program = Callable[..., Any]
Writer = Callable[[Any], Path]


def test_the_second_run_renders_nothing_and_says_so(program: Program, workflow: Writer) -> None:
    path = workflow(PICTURE_TO_FILE)
    assert program("--run", path).files == ["small.png"]
    again = program("--run", path)
    assert again.code == 0
    assert "Nothing to render" in again.out
    assert again.files == ["small.png"]


def test_fresh_computes_again_but_never_replaces_a_file(program: Program, workflow: Writer) -> None:
    path = workflow(PICTURE_TO_FILE)
    first = program("--run", path)
    before = (first.output / "small.png").read_bytes()
    again = program("--run", path, "--fresh")
    assert "3 steps to run" in again.out
    assert (again.output / "small.png").read_bytes() == before


def test_a_deleted_result_is_made_again(program: Program, workflow: Writer) -> None:
    path = workflow(PICTURE_TO_FILE)
    (program("--run", path).output / "small.png").unlink()
    again = program("--run", path)
    assert again.files == ["small.png"]
    assert "1 steps to run" in again.out or "1 step to run" in again.out


def test_a_changed_picture_is_noticed(program: Program, workflow: Writer) -> None:
    from PIL import Image

    path = workflow(PICTURE_TO_FILE)
    program("--run", path)
    Image.new("RGB", (128, 96), "red").save(path.parent / "boat.png")
    assert program("--run", path).files == ["small.png", "small_002.png"]


def test_settings_of_the_command_line_change_this_run_only(
    program: Program, workflow: Writer
) -> None:
    from PIL import Image

    path = workflow(PICTURE_TO_FILE)
    text = path.read_text()
    ran = program("--run", path, "--set", "resize.width=32", "--set", "save.name=tiny")
    assert ran.files == ["tiny.png"]
    assert Image.open(ran.output / "tiny.png").size == (32, 48)
    assert path.read_text() == text


def test_a_result_carries_the_workflow_that_makes_it_again(
    program: Program, workflow: Writer
) -> None:
    path = workflow(PICTURE_TO_FILE)
    ran = program("--run", path, "--set", "resize.width=40")
    extracted = program("extract", ran.output / "small.png")
    recipe = json.loads(extracted.out)
    assert recipe["nodes"]["resize"]["params"]["width"] == 40
    (path.parent / "again.json").write_text(extracted.out)
    again = program("--run", path.parent / "again.json")
    assert "Nothing to render" in again.out


def test_json_gives_one_event_a_line(program: Program, workflow: Writer) -> None:
    ran = program("--run", workflow(PICTURE_TO_FILE), "--json")
    kinds = [event["event"] for event in ran.events]
    assert kinds[0] == "job_started"
    assert kinds[-1] == "job_done"
    assert ran.events[-1]["report"]["files"] == [str(ran.output / "small.png")]


def test_quiet_prints_nothing(program: Program, workflow: Writer) -> None:
    ran = program("--run", workflow(PICTURE_TO_FILE), "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_plan_shows_what_would_run_and_writes_nothing(program: Program, workflow: Writer) -> None:
    path = workflow(PICTURE_TO_FILE)
    shown = program("plan", path, "--json")
    states = {step["node"]: step["state"] for step in json.loads(shown.out)["steps"]}
    assert states == {"load": "run", "resize": "run", "save": "run"}
    assert "edit.resize_image" in program("plan", path).out
    program("--run", path)
    shown = program("plan", path, "--json")
    assert json.loads(shown.out)["steps"][0]["state"] == "cached"


def test_a_failed_step_stops_only_what_depends_on_it(program: Program, workflow: Writer) -> None:
    nodes = {
        **PICTURE_TO_FILE,
        "bad": {"type": "flow.maths", "params": {"operation": "divide", "a": 1, "b": 0}},
        "cut": {
            "type": "edit.crop_image",
            "params": {"width": 10, "height": 10},
            "inputs": {"image": "load.image", "left": "bad.whole"},
        },
        "save_cut": {
            "type": "files.save_image",
            "params": {"name": "cut"},
            "inputs": {"image": "cut.image"},
        },
    }
    ran = program("--run", workflow(nodes))
    assert ran.code == 1
    assert ran.files == ["small.png"]
    assert "node 'bad'" in ran.err
    assert "save_cut: skipped" in ran.out


def test_a_switch_computes_only_what_it_passes_on(program: Program, workflow: Writer) -> None:
    nodes = {
        **PICTURE_TO_FILE,
        "missing": {"type": "files.load_image", "params": {"file": "none.png"}},
        "switch": {
            "type": "flow.switch",
            "params": {"use": "second"},
            "inputs": {"first": "missing.image", "second": "resize.image"},
        },
    }
    nodes["save"] = {**nodes["save"], "inputs": {"image": "switch.value"}}
    ran = program("--run", workflow(nodes))
    assert (ran.code, ran.files) == (0, ["small.png"]), ran.err


def test_ctrl_c_leaves_a_job_that_goes_on(workflow: Writer, tmp_path: Path) -> None:
    """A long save is interrupted: exit code 130, no file, and the next run ends well."""
    pack = tmp_path / "home" / "data" / "packs" / "slow"
    pack.mkdir(parents=True)
    (pack / "slow.py").write_text(SLOW_NODE)
    subprocess.run(
        [sys.executable, "-m", "aiprod_studio", "packs", "--allow", "slow"],
        check=True,
        capture_output=True,
    )
    nodes = {
        "count": {"type": "slow.count", "params": {"steps": 40}},
        "maths": {"type": "flow.maths", "inputs": {"a": "count.number"}},
    }
    command = [sys.executable, "-m", "aiprod_studio", "--run", str(workflow(nodes)), "--json"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert running.stdout is not None
    for line in running.stdout:
        if json.loads(line)["event"] == "step_progress" and json.loads(line)["done"] >= 5:
            break
    asked = time.monotonic()
    running.send_signal(signal.SIGINT)
    rest = running.stdout.read()
    assert running.wait(timeout=60) == 130
    assert time.monotonic() - asked < 20
    assert "job_cancelled" in rest
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0
    first = next(e for e in map(json.loads, done.stdout.splitlines()) if e["event"] == "step_said")
    assert int(first["text"].split()[-1]) >= 5


@pytest.mark.slow
def test_ctrl_c_ends_a_run_while_its_model_is_being_loaded(tmp_path: Path) -> None:
    template = shipped("workflows") / "text_to_video.json"
    command = [sys.executable, "-m", "aiprod_studio", "--run", str(template), "--json"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert running.stdout is not None
    for line in running.stdout:
        event = json.loads(line)
        if (event["event"], event.get("node")) == ("step_started", "encode"):
            break
    asked = time.monotonic()
    running.send_signal(signal.SIGINT)
    rest = running.stdout.read()
    assert running.wait(timeout=60) == 130
    assert time.monotonic() - asked < 20
    assert json.loads(rest.splitlines()[-1])["event"] == "job_cancelled"
    again = subprocess.run(
        [*command, "--set", "sampler.steps=2"], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    assert again.returncode == 0


def test_nodes_of_a_pack_that_is_off_are_explained(
    program: Program, workflow: Writer, tmp_path: Path
) -> None:
    pack = tmp_path / "home" / "data" / "packs" / "slow"
    pack.mkdir(parents=True)
    (pack / "slow.py").write_text(SLOW_NODE)
    ran = program("--run", workflow({"count": {"type": "slow.count"}}))
    assert ran.code == 2
    assert "installed but off: slow" in ran.err


SLOW_NODE = '''
import time
from typing import Annotated
from aiprod_studio.sdk import Number, Run, node

@node("slow.count", "Count", since="1.0")
def count(run: Run, *, steps: Annotated[int, Number(1, 1000)] = 10) -> float:
    """Count slowly, keeping a checkpoint at each step."""
    kept = run.checkpoint.load() or {"done": 0}
    run.say(f"starts at {kept['done']}")
    for done in range(int(kept["done"]), steps):
        time.sleep(0.05)
        run.checkpoint.save({"done": done + 1})
        run.progress(done + 1, steps)
    return float(steps)
'''


def test_no_window_library_is_imported_and_help_needs_nothing_heavy() -> None:
    code = (
        "import sys; from aiprod_studio.app.terminal.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'pydantic', 'rich', 'PySide6'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


def test_omp_threads_wait_without_spinning(monkeypatch: Any, program: Program) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    program("nodes", "--json")
    assert (os.environ["OMP_WAIT_POLICY"], os.environ["GOMP_SPINCOUNT"]) == ("passive", "0")


def test_nodes_are_listed_with_their_specs(program: Program) -> None:
    specs = {spec["type"]: spec for spec in json.loads(program("nodes", "--json").out)}
    width = next(p for p in specs["edit.resize_image"]["params"] if p["name"] == "width")
    assert (width["minimum"], width["maximum"], width["kind"]) == (1, 16384, "integer")
    assert "Bring a picture" in program("nodes", "edit.resize_image").out
    unknown = program("nodes", "edit.resize_imagee")
    assert unknown.code == 2
    assert "Did you mean 'edit.resize_image'?" in unknown.err


def test_a_file_without_a_workflow_inside_is_said(program: Program, workflow: Writer) -> None:
    picture = workflow(PICTURE_TO_FILE).parent / "boat.png"
    ran = program("extract", picture)
    assert ran.code == 3
    assert "no workflow is inside" in ran.err


def test_check_says_all_that_is_wrong(program: Program, workflow: Writer) -> None:
    nodes = json.loads(json.dumps(PICTURE_TO_FILE))
    nodes["resize"]["params"] = {"width": -1, "heigth": 5}
    ran = program("check", workflow(nodes))
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2
    assert program("check", workflow(PICTURE_TO_FILE)).code == 0
