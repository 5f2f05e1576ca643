"""Files that come onto the board: images kept beside the document, boards of other programs read.

A document may only name files in its own folder, so what lies elsewhere is copied to
`NAME.assets/panels`. The window asks in a thread; nothing here changes a document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from aiprod_studio.app.session.files import bring_in, copied
from aiprod_studio.app.session.timeline_media import media_at
from aiprod_studio.sdk import Invalid, Missing, Problem, Refusal
from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits import SetRate
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
SOUNDS = (".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".opus")
PANELS = "panels"


@dataclass(frozen=True)
class Brought:
    """What came of some files: names of images and sounds, a board, a cut, what is unreadable."""

    images: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
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
    sounds: list[str] = []
    found: list[Board] = []
    problems: list[Problem] = []
    cut: Cut | None = None
    for path in sorted(files, key=lambda path: natural(path.name)):
        try:
            if path.suffix.lower() in CUTS:
                timeline = kept_cut(read_cut(path), path, folder, assets)
                found.append(timeline.board)
                cut = timeline.cut if cut is None and timeline.cut.frames else cut
                problems += timeline.problems
            elif path.is_dir() or path.suffix.lower() in BOARDS:
                board, odd = read_board(path, folder, rate)
                board, lost = kept_board(board, folder, assets)
                found.append(board)
                problems += (*odd, *lost, *_empty(board, path))
            elif path.suffix.lower() in SOUNDS:
                sounds.append(kept_sound(path, folder, assets))
            else:
                images.append(kept_image(path, folder, assets))
        except Refusal as refusal:
            problems += refusal.problems
    single = len(found) == 1
    return Brought(tuple(images), tuple(sounds), _whole(found, rate), cut, _once(problems), single)


def _whole(boards: Sequence[Board], rate: Fraction) -> Board | None:
    """Return a board as it was read, or several as one at a rate; None without a scene."""
    if len(boards) == 1:
        return boards[0] if boards[0].scenes else None
    counted = (SetRate(rate).apply(unlocked(board)) for board in boards)
    scenes = tuple(scene for board in counted for scene in board.scenes)
    return Board(rate, scenes=scenes) if scenes else None


def _once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return problems without those that say the same again with another remedy."""
    return tuple({(each.where, each.why): each for each in problems}.values())


def _empty(board: Board, path: Path) -> tuple[Problem, ...]:
    if any(True for _ in board.panels()):
        return ()
    why = "there is nothing in it that could be a panel"
    return (Missing(path.name, why, "Write some action or dialogue, or draw a board, first."),)


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


def unlocked(board: Board) -> Board:
    """Return a board with no shot locked: a copy of another film can be counted anew."""
    scenes = (
        replace(scene, shots=tuple(replace(shot, locked=False) for shot in scene.shots))
        for scene in board.scenes
    )
    return replace(board, scenes=tuple(scenes))


def kept_board(board: Board, folder: Path, assets: Path) -> tuple[Board, tuple[Problem, ...]]:
    """Return a board whose images and sounds lie in the document's folder; copies the others."""
    problems: list[Problem] = []

    def kept_file(name: str, keep: Callable[[Path, Path, Path], str]) -> str:
        if not name or _inside(folder / name, folder) is not None:
            return name
        try:
            return keep(folder / name, folder, assets)
        except Refusal as refusal:
            problems.extend(refusal.problems)
            return name

    def kept(panel: Panel) -> Panel:
        image, sound = kept_file(panel.image, kept_image), kept_file(panel.sound, kept_sound)
        return replace(panel, image=image, sound=sound)

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
        file = media_at(name, path, folder, assets, found.addresses.get(name, name))
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


def kept_sound(path: Path, folder: Path, assets: Path) -> str:
    """Return the name of a sound as the document writes it; copies it in where it lies outside.

    Raises:
        Refusal: it is missing, or holds no sound.
    """
    from aiprod_studio.media import open_audio

    open_audio(path)
    return bring_in(path, folder, assets)


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
