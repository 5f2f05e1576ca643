"""Boards that the tests of the storyboard start from."""

from __future__ import annotations

from aiprod_studio.story.board import Board, Panel, Scene, Shot, letter_of


def board_of(*scenes: tuple[int, ...], frames: int = 24) -> Board:
    """A board with a scene for each argument, a shot for each of its numbers, so many panels each.

    Panels are called a, b, c... in the order of the film, shots s0, s1..., scenes c0, c1...
    """
    names, shots = iter("abcdefghijklmnopqrstuvwxyz"), 0
    made = []
    for place, counts in enumerate(scenes):
        row = []
        for index, count in enumerate(counts):
            panels = tuple(Panel(next(names), frames=frames) for _ in range(count))
            row.append(Shot(f"s{shots}", letter_of(index), panels=panels))
            shots += 1
        made.append(Scene(f"c{place}", str(place + 1), shots=tuple(row)))
    return Board(serial=100, scenes=tuple(made))


def order(board: Board) -> list[str]:
    """The panels of each shot, a word for each shot."""
    return ["".join(panel.name for panel in shot.panels) for _, shot in board.shots()]
