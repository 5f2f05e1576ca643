"""What the terminal shows: results on standard output, problems on standard error.

With `--json` each line is one JSON object. The only room besides the developers' tools that prints.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiprod_studio.sdk.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console


def show_problems(problems: Iterable[Problem], *, as_json: bool) -> None:
    """Print one sentence for each problem; with `as_json` one object, on standard output."""
    for problem in problems:
        if as_json:
            show_json(problem_facts(problem))
        else:
            print(f"error: {problem}", file=sys.stderr)


def problem_facts(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain values."""
    return {
        "event": "problem",
        "reason": type(problem).__name__,
        "where": problem.where,
        "why": problem.why,
        "remedy": problem.remedy,
        "exit_code": int(problem.exit_code),
    }


def show_json(value: Any) -> None:
    """Print one JSON value on one line."""
    print(json.dumps(value, ensure_ascii=False, sort_keys=True), flush=True)


def show_text(text: str) -> None:
    """Print lines that other programs may read too."""
    print(text, flush=True)


def terminal(*, errors: bool = False) -> Console:
    """Return a rich console on standard output (or standard error)."""
    from rich.console import Console

    return Console(stderr=errors, highlight=False)
