"""Folders of images as boards, and whether a file is an image at all.

The board importers share it. Images are told by their first bytes and never decoded here; paths on
the board are relative to the folder of the document.
"""

from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.board import Board, Panel, Scene, Shot, letter_of
from aiprod_studio.story.problems import BadValue, Unreadable

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*", b"GIF8")


def why_no_image(path: Path) -> Problem | None:
    """Return why a file cannot be a picture, judged by its first bytes, or None."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        why = f"it cannot be read: {error.strerror}"
        return Unreadable(str(path.name), why, "The panel is kept; put the image there again.")
    webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    if webp or start.startswith(STARTS):
        return None
    why = "it is empty" if not start else "its first bytes are those of no image"
    return Unreadable(str(path.name), why, "The panel is kept; replace the image.")


def relative(path: Path, home: Path) -> str:
    """Return a path as the document writes it, relative to the document's folder."""
    try:
        return Path(os.path.relpath(path, home)).as_posix()
    except ValueError:  # another drive, where no relative path leads
        return path.as_posix()


def natural(name: str) -> list[tuple[int, int | str]]:
    """Return a key that sorts `panel 10` after `panel 9`."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part)) if part.isdigit() else (1, part) for part in parts if part]


def read_pictures(
    folder: Path, home: Path, rate: Fraction = Fraction(24), frames: int | None = None
) -> tuple[Board, tuple[Problem, ...]]:
    """Read a folder of images as one scene, a shot for each, in natural order of their names.

    Each lasts so many frames, two seconds unless told.

    Raises:
        Refusal: the folder cannot be read, or holds no image, or `frames` is less than 1.
    """
    frames = max(1, round(2 * rate)) if frames is None else frames
    if frames < 1:
        why = f"panels of {frames} frames are asked for"
        raise Refusal(BadValue(str(folder), why, "Give at least one frame."))
    try:
        found = [path for path in folder.iterdir() if path.suffix.lower() in ENDINGS]
    except OSError as error:
        why = f"the folder cannot be read: {error.strerror}"
        raise Refusal(Unreadable(str(folder), why, "Choose another folder.")) from None
    if not found:
        why = f"it holds none of {', '.join(sorted(ENDINGS))}"
        raise Refusal(Unreadable(str(folder), why, "Choose a folder with images."))
    found.sort(key=lambda path: natural(path.name))
    shots = []
    for index, path in enumerate(found):
        panel = Panel(f"panel-{2 * index + 3}", relative(path, home), frames)
        shots.append(Shot(f"shot-{2 * index + 2}", letter_of(index), panels=(panel,)))
    scene = Scene("scene-1", "1", folder.name, shots=tuple(shots))
    problems = (why_no_image(path) for path in found)
    board = Board(rate, serial=2 * len(found) + 1, scenes=(scene,))
    return board, tuple(problem for problem in problems if problem is not None)
