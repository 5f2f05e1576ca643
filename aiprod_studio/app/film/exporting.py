"""Getting a film out: as a film, an animatic, a cut for another program, a board on paper.

The window's export dialog and the command line call these. Every picture comes from the `Composer`
that the preview shows. What is exported never changes the document; files appear whole or not at
all, and a name that is taken gets a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from aiprod_studio.app.film.ground import Ground
from aiprod_studio.sdk import Invalid, Problem, Refusal, Video
from aiprod_studio.story import sections
from aiprod_studio.story.assembling import animatic, first_cut
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.interchange.dropping import CutFormat, drops
from aiprod_studio.story.interchange.exchange import SUFFIXES, TITLES, write_cut

if TYPE_CHECKING:
    from aiprod_studio.graph import Document
    from aiprod_studio.media.composing import Composer

__all__ = [
    "CUT_TITLES", "FILM_FORMATS", "FilmSettings", "composer_of", "cut_drops", "cut_of",
    "export_animatic", "export_cut", "export_film", "film_drops", "free_path",
]  # fmt: skip

FILM_FORMATS = ("h264", "prores_422", "prores_hq", "prores_4444", "webm", "png")
CUT_TITLES: Mapping[CutFormat, str] = TITLES

Fit = Literal["bars", "crop"]
Progress = Callable[[int, int], None]
Check = Callable[[], None]


@dataclass(frozen=True)
class FilmSettings:
    """How a film is written.

    Args:
        format: one of `FILM_FORMATS`; png is a folder of pictures with the sound beside.
        size: (width, height) in pixels; None for the film's own.
        fit: what happens when shapes differ: bars shows all of it, crop fills and cuts.
        start: the first frame.
        stop: the frame after the last; None for the end.
        sound: whether it is heard.
        quality: the encoder's scale (smaller is better); None for the usual.
    """

    format: str = "h264"
    size: tuple[int, int] | None = None
    fit: Fit = "bars"
    start: int = 0
    stop: int | None = None
    sound: bool = True
    quality: int | None = None


def cut_of(document: Document, board: Board) -> Cut:
    """Return the document's cut, or all shots in order while nothing has been cut yet."""
    cut, _ = sections.parse_cut(document.extra.get(sections.TIMELINE))
    return cut if any(track.clips for track in cut.tracks) else first_cut(board)


@contextmanager
def composer_of(board: Board, cut: Cut, ground: Ground) -> Iterator[Composer]:
    """Give what composes a film's pictures and sound; closed at the end of the block."""
    from aiprod_studio.media.composing import Composer

    composer = Composer(board, cut, ground.folder, locate=ground.locate)
    try:
        yield composer
    finally:
        composer.reels.close()


def export_film(
    document: Document,
    ground: Ground,
    path: Path,
    settings: FilmSettings | None = None,
    *,
    progress: Progress | None = None,
    check: Check | None = None,
) -> tuple[Problem, ...]:
    """Write the film; return a sentence for everything in it that could not be shown or heard.

    Args:
        document: the film; it is embedded in the file.
        ground: where it lies.
        path: the file, a folder for png.
        settings: how it is written.
        progress: receives (frames done, frames in all).
        check: raises to stop; no file is left then.

    Raises:
        Refusal: there is nothing to export, the format cannot hold it, or the disk is full.
    """
    board = _board(document)
    return _export(
        document, ground, board, cut_of(document, board), path, settings, progress, check
    )


def export_animatic(
    document: Document,
    ground: Ground,
    path: Path,
    settings: FilmSettings | None = None,
    *,
    progress: Progress | None = None,
    check: Check | None = None,
) -> tuple[Problem, ...]:
    """Write the animatic: panels at their durations, dialogue below, scratch sound.

    Needs no model and no take. Arguments and refusals as `export_film`.
    """
    board = _board(document)
    return _export(document, ground, board, animatic(board), path, settings, progress, check)


def export_cut(document: Document, ground: Ground, path: Path, kind: CutFormat) -> tuple[str, ...]:
    """Write the cut for another program; return what it leaves out, in sentences.

    Raises:
        Refusal: there is no cut, the format cannot hold it, or the disk refuses.
    """
    board = _board(document)
    cut = cut_of(document, board)

    def address(name: str) -> str:
        try:
            return ground.locate(name).as_uri()
        except Refusal:
            return (ground.folder / name).absolute().as_uri()

    write_cut(cut, board, path, kind, address, board.title)
    return drops(kind, cut, board)


def cut_drops(document: Document, kind: CutFormat) -> tuple[str, ...]:
    """Return what a format would leave out of this document's cut, in sentences."""
    board = _board(document)
    return drops(kind, cut_of(document, board), board)


def film_drops(format: str) -> tuple[str, ...]:
    """Return what a film format leaves out, in sentences."""
    from aiprod_studio.media import FORMATS

    chosen = FORMATS[format]
    lost = ["The cut, the takes and the board are not in it; the document inside brings them back."]
    if format == "png":
        lost.append("The sound lies beside the pictures as a WAV file.")
    elif not chosen.sound:
        lost.append("It carries no sound.")
    return tuple(lost)


def free_path(folder: Path, name: str, suffix: str) -> Path:
    """Return a path in a folder that is not taken: `name`, `name_002`..."""
    number = 1
    while True:
        path = folder / f"{name}{'' if number == 1 else f'_{number:03}'}{suffix}"
        if not path.exists():
            return path
        number += 1


def cut_suffix(kind: CutFormat) -> str:
    """Return the ending of a cut's file."""
    return SUFFIXES[kind]


def film_suffix(format: str) -> str:
    """Return the ending of a film's file, "" for a folder of pictures."""
    from aiprod_studio.media import FORMATS

    return FORMATS[format].suffix


def _board(document: Document) -> Board:
    return sections.parse_board(document.extra.get(sections.STORY))[0]


def _export(
    document: Document,
    ground: Ground,
    board: Board,
    cut: Cut,
    path: Path,
    settings: FilmSettings | None,
    progress: Progress | None,
    check: Check | None,
) -> tuple[Problem, ...]:
    from aiprod_studio import graph
    from aiprod_studio.media import save_video

    settings = settings or FilmSettings()
    if cut.frames < 1:
        why = "there is nothing in it yet"
        raise Refusal(Invalid("the film", why, "Put shots on the timeline, or panels on a board."))
    with composer_of(board, cut, ground) as composer:
        problems = composer.problems()
        film = _film(composer, settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_video(
            film, path, settings.format, quality=settings.quality, recipe=graph.dumps(document),
            progress=progress, check=check,
        )  # fmt: skip
    return problems


def _film(composer: Composer, settings: FilmSettings) -> Video:
    from aiprod_studio.media import ResizedVideo, SoundedVideo

    if not 0 <= settings.start < (settings.stop or composer.frames) <= composer.frames:
        why = f"frames {settings.start} to {settings.stop} do not lie in its {composer.frames}"
        raise Refusal(Invalid("the film", why, "Choose a range inside the film."))
    own = composer.natural_size()
    crops = settings.size is not None and settings.fit == "crop"
    size = own if crops or settings.size is None else settings.size
    film: Video = composer.video(size, settings.start, settings.stop)
    if crops and settings.size is not None:
        film = ResizedVideo(film, *settings.size, "crop")
    return film if settings.sound else SoundedVideo(film, None)
