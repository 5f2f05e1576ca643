"""The command that opens the window, and what it says where there can be none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aiprod_studio.app.session.recovery import EVERY, Recovery
from aiprod_studio.launch import files_to_open, main


def test_nothing_or_files_mean_the_window_and_all_else_the_command_line() -> None:
    assert files_to_open([]) == []
    assert files_to_open(["film.json", "b.mp4"]) == [Path("film.json"), Path("b.mp4")]
    for words in (["--run", "film.json"], ["--help"], ["plan", "film.json"], ["nodes"]):
        assert files_to_open(words) is None


def test_the_command_line_still_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "text.prompt"]) == 0
    assert "Prompt" in capsys.readouterr().out


def run(code: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "AIPROD_HOME": str(home), **environment},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a display")
def test_without_a_display_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    done = run("import sys; from aiprod_studio.launch import main; sys.exit(main([]))", tmp_path)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1 and "--run FILE" in done.stderr
    assert "no display" in done.stderr


def test_without_pyside_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys, importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name == 'PySide6' else find(name, *a);"
        "from aiprod_studio.launch import main; sys.exit(main(['film.json']))"
    )
    done = run(code, tmp_path, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 3
    assert "PySide6 is not installed" in done.stderr and "Traceback" not in done.stderr


OPEN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import aiprod_studio.ui.start as start
look = start.first_look
def first_look(window):
    look(window)
    print(window.windowTitle(), flush=True)
    QTimer.singleShot(700, lambda: (window.close(), QApplication.quit()))
start.first_look = first_look
from aiprod_studio.launch import main
code = main(sys.argv[1:])
assert "torch" not in sys.modules
sys.exit(code)
"""


@pytest.mark.slow
def test_a_named_file_is_opened_in_the_window_which_ends_cleanly(tmp_path: Path) -> None:
    file = tmp_path / "my_film.json"
    file.write_text('{"format": "aiprod-workflow", "version": 1, "nodes": {}}')
    code = OPEN.replace("sys.argv[1:]", repr([str(file)]))
    done = run(code, tmp_path / "home", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    assert "my_film" in done.stdout


EDIT = """
from PySide6.QtCore import QTimer
from aiprod_studio.graph.commands import AddNode
from aiprod_studio.ui.start import make_application, make_window
app = make_application()
window = make_window(app)
window.show()
window.new()
window.editing.do(AddNode("text.prompt", "kept"))
print("edited", flush=True)
app.exec()
"""


@pytest.mark.slow
def test_killing_the_program_loses_at_most_five_seconds_of_work(tmp_path: Path) -> None:
    environment = {**os.environ, "AIPROD_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(
        [sys.executable, "-c", EDIT], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "edited\n"
    edited = time.time()
    slots = tmp_path / "data" / "recovery"
    while not list(slots.glob("*.slot")):
        assert time.time() - edited < 2 * EVERY + 5
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    (left,) = Recovery(slots).leftovers()
    assert "kept" in left.text()
    assert left.at - edited < 5.0
