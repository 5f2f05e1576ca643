"""Fixtures for the program as its user starts it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.app.terminal.cli import main


@dataclass
class Ran:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str
    output: Path

    @property
    def files(self) -> list[str]:
        """The names of the files that the run wrote."""
        if not self.output.is_dir():
            return []
        return sorted(path.name for path in self.output.iterdir())

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON lines of a run with --json."""
        return [json.loads(line) for line in self.out.splitlines()]


Program = Callable[..., Ran]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without a past: empty settings, store and packs."""
    folder = tmp_path / "home"
    monkeypatch.setenv("AIPROD_HOME", str(folder))
    return folder


@pytest.fixture
def program(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Program:
    """The command line; `program("--run", file)` returns exit code, output and files."""

    def run(*arguments: object) -> Ran:
        output = tmp_path / "outputs"
        given = [str(argument) for argument in arguments]
        if given[0] == "--run":
            given += ["--output", str(output)]
        code = main(given)
        out, err = capfd.readouterr()
        return Ran(code, out, err, output)

    return run


@pytest.fixture
def workflow(tmp_path: Path) -> Callable[[Any], Path]:
    """Write nodes (or raw text, or bytes) as a workflow file with a picture beside it."""
    from PIL import Image

    folder = tmp_path / "project"
    folder.mkdir()
    Image.linear_gradient("L").resize((128, 96)).convert("RGB").save(folder / "boat.png")

    def write(content: Any, name: str = "film.json") -> Path:
        path = folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            document = {"format": "aiprod-workflow", "version": 1, "nodes": content}
            path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write
