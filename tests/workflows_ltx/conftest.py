"""Tiny checkpoints under the names that the templates use, and the program to run them with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.app.places import shipped
from aiprod_studio.app.terminal.cli import main
from tests.nodes import published

FOLDERS = tuple(shipped("workflows") / name for name in ("ltx", "wan"))
SMALL = {
    "latents.empty": {"width": 64, "height": 64, "frames": 25},
    "edit.resize": {"width": 96, "height": 64},
    "latents.keyframe": {"frame": 24},
    "text.write_out": {"longest": 8},
    "text.duration": {"least": 1, "most": 2},
    "sampling.dit": {"steps": 3},
}
"""What a test changes: sizes and lengths only, never the graph."""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user who has put every model of the templates into the models folder."""
    home = tmp_path_factory.mktemp("home")
    published.shelf(home / "data" / "models")
    return home


@pytest.fixture
def render(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[str], Path]:
    """Run a template as it ships, small, and return the film."""
    monkeypatch.setenv("AIPROD_HOME", str(home))

    def run(name: str) -> Path:
        path = path_of(name)
        output = tmp_path / "outputs"
        code = main(["--run", str(path), "--output", str(output), *_smaller(path)])
        assert code == 0, capfd.readouterr().err
        return output / f"{name}.mp4"

    return run


@pytest.fixture
def planned(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[str], dict[str, Any]]:
    """Plan a template as it ships, small, and return what is known of each step."""
    monkeypatch.setenv("AIPROD_HOME", str(home))

    def plan(name: str) -> dict[str, Any]:
        path = path_of(name)
        assert main(["plan", str(path), "--json", "--fresh", *_smaller(path)]) == 0
        steps = json.loads(capfd.readouterr().out)["steps"]
        return {step["node"]: step for step in steps}

    return plan


def path_of(name: str) -> Path:
    """Return where a template lies."""
    return next(path for folder in FOLDERS for path in [folder / f"{name}.json"] if path.is_file())


def _smaller(path: Path) -> list[str]:
    nodes: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["nodes"]
    given = []
    for name, node in nodes.items():
        for param, value in SMALL.get(node["type"], {}).items():
            schedule = node.get("params", {}).get("schedule", "")
            own_steps = param == "steps" and schedule.startswith("distilled")
            if param not in node["inputs"] and not own_steps:
                given += ["--set", f"{name}.{param}={value}"]
    return given
