"""Listing the shots of a film with their takes and states, as a table or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from aiprod_studio.app.film import filming
from aiprod_studio.app.opened import read_document
from aiprod_studio.app.packs import registry
from aiprod_studio.app.terminal import console
from aiprod_studio.app.terminal.film import ground_of
from aiprod_studio.sdk import ExitCode
from aiprod_studio.story import sections


def story(given: argparse.Namespace) -> int:
    """List the shots of a file with their takes and state."""
    known = registry()
    document = read_document(given.file, known)
    ground = ground_of(given.file, known, (), given.file.parent)
    board, problems = sections.parse_board(document.extra.get(sections.STORY))
    states = filming.shots(document, ground, board)
    if given.json:
        facts = {"event": "story", "title": board.title, "rate": str(board.rate),
                 "shots": [_facts(state) for state in states],
                 "problems": [str(problem) for problem in problems]}  # fmt: skip
        console.show_json(facts)
        return ExitCode.DONE
    _table(board.title or given.file.stem, states)
    for problem in (*problems, *(p for state in states for p in state.problems)):
        console.show_text(f"note: {problem}")
    return ExitCode.DONE


def _facts(state: filming.ShotState) -> dict[str, Any]:
    return {
        "name": state.name,
        "number": state.number,
        "title": state.title,
        "state": state.state,
        "frames": state.frames,
        "picked": state.picked,
        "problems": [str(problem) for problem in state.problems],
        "takes": [
            {
                "name": take.name,
                "media": take.media,
                "there": take.name not in state.missing,
                "seed": take.recipe.seed,
                "rating": take.rating,
                "seconds": take.recipe.cost.get("seconds"),
            }
            for take in state.takes
        ],
    }


def _table(title: str, states: Sequence[filming.ShotState]) -> None:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False,
                  header_style="bold")  # fmt: skip
    for heading in ("shot", "title", "state", "frames", "takes", "plays"):
        table.add_column(heading, no_wrap=True)
    for state in states:
        table.add_row(state.number, state.title, state.state, str(state.frames),
                      str(len(state.takes)), state.picked)  # fmt: skip
    console.terminal().print(table)
