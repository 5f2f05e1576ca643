"""Screenshots of the window, for looking at and for comparing: `python -m aiprod_studio.dev shots`.

Each scene is put up in the real window, offscreen, in a home of its own; one process for each theme
and scale, because Qt takes the scale at its start. The pictures in `tests/pictures/` were made so,
and a test compares new ones with them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.places import shipped
from aiprod_studio.dev.scenes import SCENES, Stage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from aiprod_studio.sdk.values import UInt8Array

SIZE = (1440, 900)
COMBINATIONS = (("dark", 1), ("dark", 2), ("light", 1), ("light", 2))
COLOURS = 255
"""Pictures are kept with so many colours: a quarter of the bytes, and no eye sees it."""
BUDGET = "8GB"
"""What the pictures' machine may use, so that other machines draw the same numbers."""


def take_shots(folder: Path, names: Iterable[str] = (), themes: Iterable[str] = ()) -> int:
    """Take pictures of scenes (all by default) in all themes and scales; return how many failed."""
    failed = 0
    for theme, scale in COMBINATIONS:
        if not themes or f"{theme}-{scale}00" in themes:
            failed += take_in_process(folder, theme, scale, names)
    return failed


def take_in_process(folder: Path, theme: str, scale: int, names: Iterable[str] = ()) -> int:
    """Take pictures in one theme and scale, in a process of its own; return 1 when it failed."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ, "QT_QPA_PLATFORM": "offscreen", "AIPROD_HOME": home,
            "QT_SCALE_FACTOR": str(scale), "QT_SCREEN_SCALE_FACTORS": "",
        }  # fmt: skip
        arguments = [str(folder), theme, str(scale), *names]
        command = [sys.executable, "-m", "aiprod_studio.dev.shots", *arguments]
        return int(subprocess.run(command, env=environment, check=False).returncode != 0)


def take_here(folder: Path, theme: str, scale: int, names: Iterable[str] = ()) -> None:
    """Take pictures in this process, whose scale is already set."""
    from PySide6.QtWidgets import QDialog

    from aiprod_studio.app.settings import Settings
    from aiprod_studio.ui.shell.window import MainWindow
    from aiprod_studio.ui.start import make_application
    from aiprod_studio.ui.studio import Studio
    from aiprod_studio.ui.theme import apply

    app = make_application()
    apply(app, "light" if theme == "light" else "dark")
    folder.mkdir(parents=True, exist_ok=True)
    studio = Studio(settings=Settings(ram=BUDGET))
    for name in names or SCENES:
        window = MainWindow(studio)
        window.resize(*SIZE)
        window.show()
        stage = Stage(app, window)
        shown = SCENES[name](stage)
        stage.settle(0.5)
        _keep(shown, folder / f"{name}-{theme}-{scale}00.png")
        for dialog in app.topLevelWidgets():
            if isinstance(dialog, QDialog):
                dialog.reject()
        for editing in list(window.documents.editings):
            window.documents.close(editing)
        window.close()
        window.deleteLater()
        stage.settle(0.05)
        _empty(studio)
    studio.close()


def _empty(studio: object) -> None:
    """Leave no jobs for the next scene."""
    from aiprod_studio.ui.studio import Studio

    assert isinstance(studio, Studio)
    for entry in studio.queue.entries():
        studio.queue.cancel(entry.id)
    studio.queue.clear_history()
    studio.queue.resume()


def _keep(shown: QWidget, file: Path) -> None:
    """Write a widget's picture with few colours."""
    from PIL import Image
    from PySide6.QtGui import QImage

    image = shown.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size = (image.width(), image.height())
    pixels = Image.frombuffer(
        "RGB", size, bytes(image.constBits()), "raw", "RGB", image.bytesPerLine(), 1
    )
    pixels.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def take_gallery(names: Iterable[str] = ()) -> None:
    """Render the templates that run at once (or those named), and keep a frame of each."""
    from aiprod_studio.app.session.results import open_file, small_picture
    from aiprod_studio.app.session.templates import templates
    from aiprod_studio.media import load_image

    folder = shipped("resources") / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    for template in templates():
        if template.needs or (names and template.name not in names):
            continue
        panel = _first_panel(template.file)
        if panel is not None:
            _keep_frame(small_picture(load_image(panel), 512), folder / f"{template.name}.png")
            continue
        with tempfile.TemporaryDirectory() as home:
            out = Path(home) / "out"
            command = [sys.executable, "-m", "aiprod_studio", "--run", str(template.file)]
            subprocess.run(
                [*command, "--output", str(out), "--quiet"],
                env={**os.environ, "AIPROD_HOME": home},
                check=False,
            )
            films = sorted(out.rglob("*.mp4"))
            seen = open_file(films[0]) if films else None
            if seen is not None:
                _keep_frame(small_picture(seen, 512), folder / f"{template.name}.png")


def _keep_frame(pixels: UInt8Array, file: Path) -> None:
    from PIL import Image

    Image.fromarray(pixels).quantize(COLOURS).save(file, optimize=True)


def _first_panel(file: Path) -> Path | None:
    """Return the first drawing of a template's board, None when it has none."""
    story = json.loads(file.read_text(encoding="utf-8")).get("story", {})
    for scene in story.get("scenes", ()):
        for shot in scene.get("shots", ()):
            for panel in shot.get("panels", ()):
                if panel.get("image"):
                    return (file.parent / str(panel["image"])).resolve()
    return None


if __name__ == "__main__":
    take_here(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
