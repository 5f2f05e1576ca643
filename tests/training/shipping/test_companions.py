"""What stands beside the backbone is measured as shipped, and told only while it is what ships."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aiprod_studio.training.shipping import companions

SHIPPED = Path(__file__).parents[3] / "resources" / "models" / "starter"


def manifest(folder: Path, refiner: str) -> None:
    files = [{"file": "refiner.safetensors", "sha256": refiner},
             {"file": "transformer.safetensors", "sha256": refiner}]  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")


def test_numbers_are_told_of_the_very_files_that_were_measured(tmp_path: Path) -> None:
    manifest(tmp_path, "one")
    assert companions.kept(tmp_path) == ""
    report = {"files": {"refiner.safetensors": "one"}, "told": "| learned |"}
    (tmp_path / companions.REPORT).write_text(json.dumps(report), encoding="utf-8")
    assert companions.kept(tmp_path) == "| learned |"
    manifest(tmp_path, "other")
    assert companions.kept(tmp_path) == ""


@pytest.mark.slow
def test_the_shipped_upscaler_beats_bicubic_behind_the_codec(tmp_path: Path) -> None:
    folder = tmp_path / "starter"
    shutil.copytree(SHIPPED, folder)
    told = companions.measure(folder, scenes=1, clips=0)
    assert companions.kept(folder) == told
    (line,) = [line for line in told.splitlines() if "round trip of the codec" in line]
    learned, bicubic = (float(cell) for cell in line.split("|")[2:4])
    assert learned > bicubic + 0.1
    assert "keyframes 12, 6 and 3" in told
