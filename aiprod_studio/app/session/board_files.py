"""Files that come onto the board: images kept beside the document, boards of other programs read.

A document may only name files in its own folder, so what lies elsewhere is copied to
`NAME.assets/panels`. The window asks in a thread; nothing here changes a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from aiprod_studio.app.session.files import bring_in, copied
from aiprod_studio.sdk import Invalid, Missing, Problem, Refusal
from aiprod_studio.story.board import Board, Panel, Scene, Shot
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.files import files_named, with_files_moved
from aiprod_studio.story.interchange.exchange import read_cut
from aiprod_studio.story.interchange.fountain import read_fountain
from aiprod_studio.story.interchange.otio_in import Imported
from aiprod_studio.story.interchange.pictures import (
    ENDINGS,
    natural,
    read_pictures,
    relative,
    why_no_image,
)
from aiprod_studio.story.interchange.storyboarder import read_storyboarder
from aiprod_studio.story.sections import dump_board, dump_cut, parse_board, parse_cut

BOARDS = (".storyboarder", ".fountain")
CUTS = (".otio", ".otioz", ".xml", ".fcpxml", ".edl")
PANELS = "panels"


@dataclass(frozen=True)
class Brought:
    """What came of some files: names of images, a board, a cut, and what could not be read."""

    images: tuple[str, ...] = ()
    board: Board | None = None
    cut: Cut | None = None
    problems: tuple[Problem, ...] = ()
    single: bool = False
    """Whether board and cut come from one file, so that their names belong together."""


def bring(files: Sequence[Path], folder: Path, assets: Path, rate: Fraction) -> Brought:
    """Read images, boards, scripts, timelines and folders of images.

    Args:
        files: what was chosen or dropped.
        folder: what the document's paths are relative to.
        assets: the folder of what belongs to the document.
        rate: frames a second of the board.

    Returns:
        All that could be read; what could not is in `problems`, a sentence each.
    """
    images: list[str] = []
    scenes: list[Scene] = []
    problems: list[Problem] = []
    cut: Cut | None = None
    boards = 0
    for path in sorted(files, key=lambda path: natural(path.name)):
        try:
            if path.suffix.lower() in CUTS:
                found = kept_cut(read_cut(path), path, folder, assets)
                boards += 1
                scenes += found.board.scenes
                cut = found.cut if cut is None and found.cut.frames else cut
                problems += found.problems
            elif path.is_dir() or path.suffix.lower() in BOARDS:
                boards += 1
                board, odd = read_board(path, folder, rate)
                board, lost = kept_board(board, folder, assets)
                scenes += board.scenes
                problems += (*odd, *lost)
            else:
                images.append(kept_image(path, folder, assets))
        except Refusal as refusal:
            problems += refusal.problems
    whole = Board(rate, scenes=tuple(scenes)) if scenes else None
    return Brought(tuple(images), whole, cut, tuple(problems), boards == 1)


def read_board(path: Path, folder: Path, rate: Fraction) -> tuple[Board, tuple[Problem, ...]]:
    """Read a board, a script, a timeline or a folder of images; and what is odd about it.

    Raises:
        Refusal: it cannot be read, or is none of these.
    """
    if path.is_dir():
        return read_pictures(path, folder, rate)
    ending = path.suffix.lower()
    if ending == ".storyboarder":
        return read_storyboarder(path, folder)
    if ending == ".fountain":
        return read_fountain(path, rate)
    why = f"a file ending in {ending or 'nothing'!r} holds no board"
    raise Refusal(
        Invalid(path.name, why, f"Give one of {', '.join(BOARDS)}, or a folder of images.")
    )


def kept_board(board: Board, folder: Path, assets: Path) -> tuple[Board, tuple[Problem, ...]]:
    """Return a board whose images all lie in the document's folder; copies those that do not."""
    problems: list[Problem] = []

    def kept(panel: Panel) -> Panel:
        if not panel.image or (_inside(folder / panel.image, folder) is not None):
            return panel
        try:
            return replace(panel, image=kept_image(folder / panel.image, folder, assets))
        except Refusal as refusal:
            problems.extend(refusal.problems)
            return panel

    def kept_shot(shot: Shot) -> Shot:
        return replace(shot, panels=tuple(map(kept, shot.panels)))

    scenes = tuple(replace(s, shots=tuple(map(kept_shot, s.shots))) for s in board.scenes)
    return replace(board, scenes=scenes), tuple(problems)


def kept_cut(found: Imported, path: Path, folder: Path, assets: Path) -> Imported:
    """Return an imported timeline whose media lie in the document's folder.

    What is found where the timeline says, beside it or at a full path, is copied in; what is not
    stays named, so that the artist can put it there.
    """
    story, timeline = dump_board(found.board), dump_cut(found.cut)
    moved: dict[str, str] = {}
    problems = list(found.problems)
    for name in {*files_named(story), *files_named(timeline)}:
        file = next((f for f in (folder / name, path.parent / name) if f.is_file()), None)
        if file is None:
            why = f"its media {name!r} are not there"
            remedy = "Put the file there, or replace the clip; it shows a slate until then."
            problems.append(Missing(path.name, why, remedy))
            continue
        try:
            moved[name] = bring_in(file, folder, assets)
        except Refusal as refusal:
            problems.extend(refusal.problems)
    board, _ = parse_board(with_files_moved(story, moved))
    cut, _ = parse_cut(with_files_moved(timeline, moved))
    return Imported(board, cut, tuple(problems))


def kept_image(path: Path, folder: Path, assets: Path) -> str:
    """Return the name of an image as the document writes it; copies it in where it lies outside.

    Raises:
        Refusal: it is missing, or no image.
    """
    if not path.is_file():
        raise Refusal(Missing(path.name, "the file does not exist", "Choose another image."))
    if path.suffix.lower() not in ENDINGS:
        why = f"a file ending in {path.suffix or 'nothing'!r} is no image"
        raise Refusal(Invalid(path.name, why, f"Give one of {', '.join(sorted(ENDINGS))}."))
    problem = why_no_image(path)
    if problem is not None:
        raise Refusal(replace(problem, remedy="Choose another image."))
    inside = _inside(path, folder)
    return inside if inside is not None else relative(copied(path, assets / PANELS), folder)


def next_version(path: Path, panels: Path) -> Path:
    """Return a free name for the next version of a drawing, say `boat v3.png`."""
    stem, _, tail = path.stem.rpartition(" v")
    if not (stem and tail.isdigit()):
        stem = path.stem
    number = 2
    while (found := panels / f"{stem} v{number}{path.suffix}").exists():
        number += 1
    return found


def _inside(path: Path, folder: Path) -> str | None:
    """Return a path as the document writes it, None when it lies outside of the folder."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return None
