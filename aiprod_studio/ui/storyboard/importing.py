"""Putting what was brought in into a document: a whole film into an empty one, else scenes behind.

The board and the window's drops share it. One import is one undo step.
"""

from __future__ import annotations

from aiprod_studio.app.session.board_files import Brought
from aiprod_studio.graph.commands import SetSection
from aiprod_studio.story.sections import STORY, TIMELINE, dump_board, dump_cut
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard.model.changes import appended, with_images, with_sounds
from aiprod_studio.ui.storyboard.model.layout import Drop
from aiprod_studio.ui.storyboard.model.trial import Trial

NOT_TAKEN = "The timeline was not taken, because this document has its own: open it in a new one."


def take(editing: Editing, brought: Brought, title: str, drop: Drop | None = None) -> None:
    """Put boards, cuts and images into a document; what could not be read is told.

    An empty document becomes the film of a file, takes and cut and all. Otherwise scenes go behind
    those that are there, images to the place they were dropped at, and sounds to the panels there.
    """
    empty = not editing.board().scenes and not editing.cut().frames
    film = brought.board is not None or brought.cut is not None
    if empty and film and brought.single and not brought.images and not brought.sounds:
        commands = []
        if brought.board is not None:
            commands.append(SetSection(STORY, dump_board(brought.board)))
        if brought.cut is not None:
            commands.append(SetSection(TIMELINE, dump_cut(brought.cut)))
        editing.do(*commands, title=title)
    else:
        trial = Trial(editing.board())
        for edit in appended(trial.board, brought.board) if brought.board is not None else ():
            trial.do(edit)
        for edit in with_images(trial.board, brought.images, drop) if brought.images else ():
            trial.do(edit)
        for edit in with_sounds(trial.board, brought.sounds, drop):
            trial.do(edit)
        if trial.edits:
            editing.do_story(*trial.edits, title=title)
        if brought.cut is not None:
            editing.said.emit(NOT_TAKEN)
    for problem in brought.problems:
        editing.refused.emit(problem)
