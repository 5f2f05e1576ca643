"""Screens of several scales: the window is moved between them, or starts again at another size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aiprod_studio.ui.shell import restart

MOVES = """
import sys, time
from pathlib import Path


def main():
    from aiprod_studio.ui.start import make_application, make_window

    app = make_application()
    window = make_window(app)
    window.show()
    editing = window.open_path(Path(sys.argv[1]))
    window.notices.show("a message", "note", stays=True)
    one, two = app.screens()
    before = editing.text()
    for screen, ratio in ((one, 1.0), (two, 2.0), (one, 1.0)):
        window.windowHandle().setScreen(screen)
        window.move(screen.geometry().topLeft())
        end = time.monotonic() + 60
        while window.devicePixelRatioF() != ratio:
            assert time.monotonic() < end, window.devicePixelRatioF()
            app.processEvents()
            time.sleep(0.02)
        window.resize(1000, 600)
        app.processEvents()
        picture = window.grab()
        assert picture.width() == round(1000 * ratio), picture.width()
        notice = window.notices.all()[0]
        assert 300 < notice.geometry().bottom() < 600
        assert notice.geometry().right() < window.width()
    assert editing.text() == before and not window.documents.is_unsaved(editing)
    window.close()
    window.studio.close()
    print("moved")


if __name__ == "__main__":
    main()
"""


def test_a_window_is_sharp_on_every_screen_it_is_moved_to(tmp_path: Path) -> None:
    size = {"width": 1500, "height": 900, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screens = [{"name": "one", "x": 0, "y": 0, **size}, {"name": "two", "x": 1500, "y": 0, **size}]
    config, script = tmp_path / "screens.json", tmp_path / "moves.py"
    config.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    script.write_text(MOVES, encoding="utf-8")
    film = Path(__file__).parents[3] / "workflows" / "text_to_video.json"
    done = subprocess.run(
        [sys.executable, str(script), str(film)],
        env={
            **os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
            "QT_SCREEN_SCALE_FACTORS": "one=1;two=2", "AIPROD_HOME": str(tmp_path / "home"),
            "PYTHONPATH": str(Path(__file__).parents[3]),
        },
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "moved", done.stderr


def test_the_artists_scale_is_told_to_qt_and_that_of_the_system_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("QT_SCALE_FACTOR", raising=False)
    monkeypatch.delenv(restart.OWN, raising=False)
    restart.set_scale(100)
    assert "QT_SCALE_FACTOR" not in os.environ
    restart.set_scale(150)
    assert os.environ["QT_SCALE_FACTOR"] == "1.5" and os.environ[restart.OWN]
    monkeypatch.setenv("QT_SCALE_FACTOR", "3")
    monkeypatch.delenv(restart.OWN)
    restart.set_scale(150)
    assert os.environ["QT_SCALE_FACTOR"] == "3" and restart.OWN not in os.environ


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for the program")
def test_starting_again_names_the_files_and_leaves_the_old_scale_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, program = tmp_path / "told.txt", tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$# $4 ${{QT_SCALE_FACTOR:-none}}" > "{told}.new"\n')
    program.write_text(program.read_text() + f'mv "{told}.new" "{told}"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("QT_SCALE_FACTOR", "1.5")
    monkeypatch.setenv(restart.OWN, "1")
    assert restart.start_again([Path("a.json"), Path("b.json")])
    _wait_for(told)
    assert told.read_text().strip() == "4 b.json none"
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    assert not restart.start_again([])


def _wait_for(file: Path) -> None:
    import time

    end = time.monotonic() + 30
    while not file.is_file():
        assert time.monotonic() < end
        time.sleep(0.02)
