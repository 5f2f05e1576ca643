"""The bootstrap chooses the right torch, notices changes, and passes arguments on."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).resolve().parents[2] / "installer" / "bootstrap.py"


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def put_driver(folder: Path, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose driver answers like this, with nothing else on its path."""
    script = folder / "nvidia-smi"
    script.write_text(f"#!/bin/sh\nprintf '{answer}'\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")


@pytest.mark.skipif(sys.platform != "linux", reason="the fake driver is a shell script")
@pytest.mark.parametrize(
    ("capabilities", "build"),
    [
        ("6.1\\n", "cu126"),
        ("7.0\\n", "cu126"),
        ("7.5\\n", "cu130"),
        ("12.0\\n", "cu130"),
        ("8.9\\n6.1\\n", "cu126"),
        ("[N/A]\\n", "cpu"),
    ],
)
def test_the_torch_build_follows_the_oldest_card(
    bootstrap: ModuleType,
    capabilities: str,
    build: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_driver(tmp_path, capabilities, monkeypatch)
    assert bootstrap.choose_torch_build() == build


def test_without_a_driver_the_processor_build_is_chosen(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.choose_torch_build() == ("default" if sys.platform == "darwin" else "cpu")


def test_own_options_are_taken_out_and_the_rest_goes_on(bootstrap: ModuleType) -> None:
    given = ["--run", "film.json", "--env", "place", "--set", "a.b=--test", "--torch", "cpu"]
    rest, options = bootstrap.split_arguments(given)
    assert rest == ["--run", "film.json", "--set", "a.b=--test"]
    assert options == {"--env": "place", "--torch": "cpu"}


def test_the_environment_is_out_of_date_when_anything_it_depends_on_changes(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bootstrap.fingerprint("cpu", False)
    assert bootstrap.fingerprint("cu130", False) != before
    assert bootstrap.fingerprint("cpu", True) != before
    pins = tmp_path / "constraints.txt"
    pins.write_text("torch==1\n")
    monkeypatch.setattr(bootstrap, "CONSTRAINTS", pins)
    assert bootstrap.fingerprint("cpu", False) != before


def test_every_pinned_package_that_the_project_needs_satisfies_its_range(
    bootstrap: ModuleType,
) -> None:
    import tomllib

    from packaging.requirements import Requirement

    project = tomllib.loads((FILE.parents[1] / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + extras["dev"]
    lines = bootstrap.CONSTRAINTS.read_text().split()
    pins = {name.lower().replace("_", "-"): version for name, version in
            (line.split("==") for line in lines)}  # fmt: skip
    for line in wanted:
        requirement = Requirement(line)
        version = pins.get(requirement.name.lower().replace("_", "-"))
        assert version is not None, f"{requirement.name} is not pinned"
        assert requirement.specifier.contains(version), f"{line} is pinned to {version}"
