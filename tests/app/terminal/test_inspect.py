"""`inspect` names what files are, in words and as JSON, without importing torch."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiprod_studio.app.modelling import STARTER

Program = Callable[..., Any]
PARITY = Path(__file__).resolve().parents[2] / "models" / "parity"


def test_a_checkpoint_is_described_with_its_parts_and_its_fit(program: Program) -> None:
    ran = program("inspect", PARITY / "v20_mono.safetensors")
    assert ran.code == 0
    for word in ("LTX-2 2.0", "transformer", "video_vae", "vocoder", "missing: text_encoder"):
        assert word in ran.out
    assert "fits: transformer: whole" in ran.out


def test_the_starter_is_whole(program: Program) -> None:
    ran = program("inspect", *sorted(STARTER.glob("*.safetensors")), "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["missing"] == []


def test_what_is_no_model_is_named_for_what_it_is(program: Program, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n"
    )
    ran = program("inspect", tmp_path / "model.safetensors")
    assert ran.code == 2
    assert "LFS" in ran.out
    ran = program("inspect", tmp_path / "none.safetensors")
    assert "none.safetensors" in ran.out + ran.err


def test_inspecting_and_planning_need_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from aiprod_studio.app.terminal.cli import main;"
        f"main(['inspect', {str(PARITY / 'v23_q8_0.gguf')!r}]);"
        "from aiprod_studio.app.places import shipped;"
        "main(['plan', str(shipped('workflows') / 'image_to_video.json')]);"
        "print('torch' in sys.modules, 'PySide6' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "False False"
