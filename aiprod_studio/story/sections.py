"""The document's sections `story` and `timeline`: JSON to board and cut, and back.

The application reads with `parse_*`, changes by edits, and writes with `dump_*` through the
document's own history. A section that was only read is written again as it was, unknown parts and
all.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.problems import BadValue, shown
from aiprod_studio.story.records import Json, read_as, write
from aiprod_studio.story.repairs import oddities, repaired_board, repaired_cut

STORY = "story"
TIMELINE = "timeline"


def parse_board(section: Json) -> tuple[Board, tuple[Problem, ...]]:
    """Return the board of a `story` section and what is odd about it.

    Raises:
        Refusal: the section is no object at all.
    """
    problems: list[Problem] = []
    board = read_as(Board, _object(section, STORY), STORY, problems)
    board, repairs = repaired_board(board)
    return board, (*problems, *repairs, *oddities(board))


def parse_cut(section: Json) -> tuple[Cut, tuple[Problem, ...]]:
    """Return the cut of a `timeline` section and what is odd about it.

    Raises:
        Refusal: the section is no object at all.
    """
    problems: list[Problem] = []
    cut = read_as(Cut, _object(section, TIMELINE), TIMELINE, problems)
    cut, repairs = repaired_cut(cut)
    return cut, (*problems, *repairs)


def dump_board(board: Board) -> Json:
    """Return the `story` section of a board."""
    return write(board)


def dump_cut(cut: Cut) -> Json:
    """Return the `timeline` section of a cut."""
    return write(cut)


def _object(section: Json, name: str) -> Mapping[str, Json]:
    if section is None:
        return {}
    if not isinstance(section, Mapping):
        why = f"it is {shown(section)}; an object is expected"
        raise Refusal(BadValue(name, why, "Undo the last change, or remove the section."))
    return section
