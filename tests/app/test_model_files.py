"""Model files that change or vanish while a run uses them: a sentence, never a crash."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.app.modelling import STARTER
from aiprod_studio.app.places import shipped

CUT_SHORT = """
import os, sys
from pathlib import Path
import torch
from aiprod_studio.app.device import Device
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.app.services import RunServices
from aiprod_studio.memory.budgets import GB, Budgets
from aiprod_studio.models import Library
from aiprod_studio.sdk import Refusal

torch.set_num_threads(1)
folder = Path(sys.argv[1])

class Asked:
    node = "encode"
    def check(self): pass

services = RunServices(
    sandbox=Sandbox.around(folder / "film.json", []), output=folder, recipe="{}",
    device=Device("cpu", "bfloat16", "so that weights stay mapped"),
    budgets=Budgets(0, 4 * GB), library=Library((), None, folder / "starter"),
)
model = services.models("starter")["text_encoder"]
try:
    with services.use(model, Asked()) as network, torch.inference_mode():
        network(torch.arange(8)[None])
        file = model.files[0].path
        os.truncate(file, 4096)
        network(torch.arange(8)[None])
except Refusal as refusal:
    print(refusal)
services.close()
"""

DISK_FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
from aiprod_studio.app.terminal.cli import main
sys.exit(main(["--run", *sys.argv[1:]]))
"""


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(STARTER, folder / "starter")
    return folder


@pytest.mark.slow
def test_a_file_cut_short_under_its_mapping_is_refused_and_the_process_lives(
    starter: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CUT_SHORT, str(starter)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "text_encoder.safetensors: it was replaced or changed while it was in use" in done.stdout
    assert "Run again" in done.stdout


def film(folder: Path, model: str) -> Path:
    """The shipped template with another model, in a folder of its own."""
    text = (shipped("workflows") / "text_to_video.json").read_text(encoding="utf-8")
    path = folder / "film.json"
    path.write_text(text.replace('"model": "starter"', f'"model": "{model}"'), encoding="utf-8")
    return path


def test_a_model_folder_that_is_gone_is_named(program: Callable[..., Any], starter: Path) -> None:
    path = film(starter, "starter")
    path.write_text(path.read_text().replace('"starter"', '"./starter"'))
    assert program("plan", path).code == 0
    shutil.rmtree(starter / "starter")
    ran = program("--run", path)
    assert ran.code == 3
    assert "starter" in ran.err
    assert "Traceback" not in ran.err


def test_a_file_of_a_model_that_vanishes_before_its_step_fails_in_words(
    starter: Path, tmp_path: Path, home: Path
) -> None:
    from aiprod_studio import engine
    from aiprod_studio.app.opened import Wishes, open_document, read_document
    from aiprod_studio.app.packs import registry
    from aiprod_studio.app.places import user_places
    from aiprod_studio.app.settings import Settings

    path = film(starter, "starter")
    path.write_text(path.read_text().replace('"starter"', '"./starter"'))
    packs = registry()
    wishes = Wishes(device="cpu", output=tmp_path / "outputs")
    opened = open_document(
        read_document(path, packs), path, packs, user_places(), Settings(), wishes
    )
    plan = opened.plan()
    (starter / "starter" / "text_encoder.safetensors").unlink()
    failed: list[str] = []

    class Sink:
        def put(self, event: Any) -> None:
            failed.extend(str(problem) for problem in getattr(event, "problems", ()))

    report = engine.Engine(opened.store, opened.journal, opened.services).run(plan, events=Sink())
    opened.close()
    assert report.failed
    assert any("text_encoder.safetensors" in sentence for sentence in failed), failed


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a Unix matter")
def test_a_disk_that_fills_while_frames_are_written_ends_in_words(tmp_path: Path) -> None:
    path = shipped("workflows") / "text_to_video.json"
    done = subprocess.run(
        [sys.executable, "-c", DISK_FULL, str(path), "--output", str(tmp_path / "out"),
         "--set", "size.frames=9", "--set", "sampler.steps=1"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert "Free some space" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_folder_that_is_gone_is_told_once(program: Callable[..., Any], home: Path) -> None:
    gone = home / "unplugged disk" / "models"
    settings = home / "data" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"model_folders": [str(gone)]}), encoding="utf-8")
    told = program("models")
    assert told.code == 0
    assert told.err.count(f"the model folder {gone} is not there") == 1
    assert json.loads(program("models", "--json").out) == []
    assert program("doctor").out.count(f"{gone} is not there") == 1
