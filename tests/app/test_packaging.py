"""The wheel carries packs, resources and templates, and runs where nothing else of ours is."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder), "."]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed from the wheel into an environment of its own."""
    folder = tmp_path_factory.mktemp("empty") / "env"
    venv.EnvBuilder(with_pip=False, symlinks=True).create(folder)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    subprocess.run([*pip, "--no-deps", "-q", str(wheel)], check=True)
    # The libraries are borrowed from this environment; our own editable install is not, because
    # Python reads .pth files only in its own site-packages.
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "aiprod-studio"


@pytest.mark.slow
def test_the_wheel_holds_packs_resources_and_templates_inside_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"aiprod_studio"}
    for part in ("nodes/flow/maths.py", "workflows/text_to_video.json", "resources/"):
        assert any(name.startswith(f"aiprod_studio/bundled/{part}") for name in names)
    assert any(name.endswith("models/starter/manifest.json") for name in names)


@pytest.mark.slow
def test_the_installed_program_lists_nodes_and_runs_a_template(
    program: Path, tmp_path: Path
) -> None:
    listed = subprocess.run([program, "nodes"], capture_output=True, text=True, cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "sampling.dit" in listed.stdout
    python = program.parent / "python"
    where = "from aiprod_studio.app.places import shipped; print(shipped('workflows'))"
    bundled = subprocess.run([python, "-c", where], capture_output=True, text=True, cwd=tmp_path)
    template = Path(bundled.stdout.strip()) / "text_to_video.json"
    assert "bundled" in template.parts
    command = [program, "--run", template, "--output", tmp_path, "--set", "sampler.steps=2"]
    ran = subprocess.run([*command, "--quiet"], capture_output=True, text=True, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert list(tmp_path.glob("*.mp4"))


@pytest.mark.slow
def test_no_top_level_module_called_nodes_is_installed(program: Path, tmp_path: Path) -> None:
    python = program.parent / "python"
    tried = subprocess.run([python, "-c", "import nodes"], capture_output=True, cwd=tmp_path)
    assert b"ModuleNotFoundError" in tried.stderr
