"""Edits of takes: add what was rendered, rate, pick, note, remove. None of them touches the cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Shot, fresh
from aiprod_studio.story.edits.boarding import open_shot, with_shot, without
from aiprod_studio.story.edits.edit import BoardEdit
from aiprod_studio.story.problems import BadValue, IsLocked, NameTaken, NoSuchThing, listed
from aiprod_studio.story.takes import BEST, Take


@dataclass(frozen=True)
class AddTake(BoardEdit):
    """Add a rendered take to its shot, and let it play if `pick`; without a name it gets one."""

    title: ClassVar[str] = "Add take"
    shot: str
    take: Take
    pick: bool = True

    def apply(self, state: Board) -> Board:
        _, shot = state.find_shot(self.shot)
        board, take = state, self.take
        if not take.name:
            board, name = fresh(state, "take")
            take = replace(take, name=name)
        elif take.name in state.names():
            why = f"there is something called {take.name!r} already"
            raise Refusal(NameTaken("take", why, "Leave the name empty and it gets one."))
        picks = self.pick and not shot.locked
        picked = take.name if picks else shot.picked
        return with_shot(board, replace(shot, takes=(*shot.takes, take), picked=picked))


@dataclass(frozen=True)
class RateTake(BoardEdit):
    """Rate a take from 1 to 5; 0 takes the rating away."""

    title: ClassVar[str] = "Rate take"
    take: str
    rating: int

    def apply(self, state: Board) -> Board:
        if not 0 <= self.rating <= BEST:
            why = f"a rating of {self.rating} is not between 0 and {BEST}"
            raise Refusal(BadValue(f"take {self.take}", why, "Give 1 to 5, or 0 for none."))
        return _with_take(state, self.take, rating=self.rating)


@dataclass(frozen=True)
class NoteTake(BoardEdit):
    """Write a note on a take."""

    title: ClassVar[str] = "Note on take"
    take: str
    note: str

    def apply(self, state: Board) -> Board:
        return _with_take(state, self.take, note=self.note)


@dataclass(frozen=True)
class PickTake(BoardEdit):
    """Let a take of a shot play wherever the cut plays the shot."""

    title: ClassVar[str] = "Pick take"
    take: str

    def apply(self, state: Board) -> Board:
        shot, _ = _found(state, self.take)
        open_shot(state, shot.name)
        return with_shot(state, replace(shot, picked=self.take))


@dataclass(frozen=True)
class RemoveTake(BoardEdit):
    """Take a take off the board; the picked one and those of locked shots stay."""

    title: ClassVar[str] = "Remove take"
    take: str

    def apply(self, state: Board) -> Board:
        shot, take = _found(state, self.take)
        open_shot(state, shot.name)
        if shot.picked == self.take:
            why = "it is the picked take, which plays in the cut"
            raise Refusal(IsLocked(f"take {self.take}", why, "Pick another take first."))
        return with_shot(state, replace(shot, takes=without(shot.takes, take)))


def _found(board: Board, name: str) -> tuple[Shot, Take]:
    for _, shot in board.shots():
        for take in shot.takes:
            if take.name == name:
                return shot, take
    known = listed(take.name for _, shot in board.shots() for take in shot.takes)
    raise Refusal(NoSuchThing("board", f"there is no take {name!r}", f"There are {known}."))


def _with_take(
    board: Board, name: str, *, rating: int | None = None, note: str | None = None
) -> Board:
    shot, take = _found(board, name)
    if rating is not None:
        take = replace(take, rating=rating)
    if note is not None:
        take = replace(take, note=note)
    takes = tuple(take if each.name == name else each for each in shot.takes)
    return with_shot(board, replace(shot, takes=takes))
