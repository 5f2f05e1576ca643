"""Refusals in the artist's words: clips by the shot, title or file that they play.

Edits know clips only by the names in the file; whoever shows a refusal to the artist puts it
through `in_words`. The words are those that stand on the clips.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from aiprod_studio.sdk import Problem
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut

LONGEST = 40


def in_words(problem: Problem, board: Board, cut: Cut) -> Problem:
    """Return a problem that calls clips as they are seen, say `2A The cat` for 'shot-5-clip'."""
    where, why = problem.where, problem.why
    for name, words in _words(board, cut):
        if where == f"clip {name}":
            where = f"clip {words}"
        why = why.replace(f"{name!r}", f"“{words}”")
    return replace(problem, where=where, why=why)


def clip_called(clip: Clip, board: Board) -> str:
    """Return what stands on a clip: the number and title of its shot, its text, or its file."""
    source = clip.source
    if source.kind == "title":
        return _short(" ".join(source.name.split()))
    if source.kind == "shot":
        for scene, shot in board.shots():
            if shot.name == source.name:
                return _short(f"{scene.number}{shot.letter} {shot.title}".strip())
        return source.name
    return _short(PurePosixPath(source.name.replace("\\", "/")).name)


def _words(board: Board, cut: Cut) -> Iterator[tuple[str, str]]:
    for _, clip in cut.clips():
        yield clip.name, clip_called(clip, board) or clip.name


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
