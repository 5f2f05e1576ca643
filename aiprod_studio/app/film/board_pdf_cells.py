"""What one panel of a printed board holds: its words and its picture for print.

`board_pdf` lays them on pages.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from aiprod_studio.app.film.ground import Ground
from aiprod_studio.sdk import Missing, Refusal
from aiprod_studio.story.board import Board, Panel, Scene, Shot

FieldName = Literal["dialogue", "action", "notes", "camera", "duration", "prompt", "title"]
FIELDS: Mapping[FieldName, str] = {
    "title": "Title", "duration": "Duration", "camera": "Camera", "action": "Action",
    "dialogue": "Dialogue", "notes": "Notes", "prompt": "Prompt",
}  # fmt: skip
PRINT_DPI = 200


@dataclass(frozen=True)
class Cell:
    """One panel with all that is said of it, and the frame of the film where it begins."""

    scene: Scene
    shot: Shot
    panel: Panel
    number: str
    at: int


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, in points from the top left."""

    x: float
    y: float
    width: float
    height: float


def cells_of(board: Board) -> Iterator[Cell]:
    """Yield every panel, in the order of the film."""
    at = 0
    for scene, shot in board.shots():
        for index, panel in enumerate(shot.panels, 1):
            part = f".{index}" if len(shot.panels) > 1 else ""
            yield Cell(scene, shot, panel, f"{scene.number}{shot.letter}{part}", at)
            at += panel.frames


def field_of(cell: Cell, name: FieldName, rate: Fraction) -> str:
    """Return what stands in a field of a panel."""
    if name == "duration":
        seconds = float(cell.panel.frames / rate)
        return f"{seconds:.1f} s ({cell.panel.frames} frames)"
    if name == "title":
        return cell.shot.title
    if name == "prompt":
        return cell.shot.prompt if cell.panel is cell.shot.panels[0] else ""
    found: str = getattr(cell.panel, name)
    return found.strip()


def printed(panel: Panel, ground: Ground, box: Box) -> tuple[Any, float]:
    """Return a picture for print, no finer than needed, and its width by its height."""
    from PIL import Image

    from aiprod_studio.media import load_image, on_paper, resize_pixels
    from aiprod_studio.media.fit import inner_size

    if not panel.image:
        raise Refusal(Missing(f"panel {panel.name}", "it has no picture yet", "Draw or add one."))
    pixels = on_paper(load_image(ground.locate(panel.image)).pixels)
    height, width = pixels.shape[:2]
    most = (round(box.width / 72 * PRINT_DPI), round(box.height / 72 * PRINT_DPI))
    if width > most[0] or height > most[1]:
        pixels = resize_pixels(pixels, *inner_size((width, height), most))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=88)
    file.seek(0)
    return file, width / height
