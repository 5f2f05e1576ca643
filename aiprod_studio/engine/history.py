"""How long steps took on this machine, and what that says about the next ones.

The journal owns one and writes it to its database; the planner asks it for a range. Durations are
kept per node type, version, size class and compute; only the last few, so that it follows changes
of the machine.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from aiprod_studio.engine.database import Batch, Database

SCHEMA = """CREATE TABLE IF NOT EXISTS history (
    type TEXT, version TEXT, size TEXT, compute TEXT, seconds TEXT,
    PRIMARY KEY (type, version, size, compute)) WITHOUT ROWID"""
SAVE = "INSERT OR REPLACE INTO history VALUES (?,?,?,?,?)"
KEPT = 16
MARGIN = 1.15
"""The range is widened by this much on both sides: the future is never quite the past."""

Line = tuple[str, str, str, str]
Range = tuple[float, float]


def size_class(facts: Mapping[str, Any], params: Mapping[str, Any]) -> str:
    """Return a name for about how much work a step is, in steps of the square root of two.

    Pixels come from the facts `width`, `height` and `frames`, iterations from a parameter `steps`.
    """
    amount = 1.0
    told_of = [facts[name] for name in ("width", "height", "frames") if name in facts]
    for told in (*told_of, params.get("steps")):
        if isinstance(told, int | float) and not isinstance(told, bool) and 0 < told < 1e12:
            amount *= told
    return str(round(2 * math.log2(amount))) if amount > 1 else "-"


class History:
    """Durations by type, version, size class and compute."""

    def __init__(self, database: Database) -> None:
        rows = database.read("SELECT type, version, size, compute, seconds FROM history")
        self._lines: dict[Line, list[float]] = {
            (row[0], row[1], row[2], row[3]): json.loads(row[4]) for row in rows
        }
        self._changed: set[Line] = set()

    def add(self, line: Line, seconds: float) -> None:
        """Note that a step of this line took so long."""
        taken = self._lines.setdefault(line, [])
        taken.append(round(seconds, 6))
        if len(taken) > KEPT:
            del taken[0]
        self._changed.add(line)

    def expect(self, line: Line) -> Range | None:
        """Return the least and most seconds to expect, or None when nothing is known."""
        taken = self._lines.get(line)
        return (min(taken) / MARGIN, max(taken) * MARGIN) if taken else None

    def batch(self) -> list[Batch]:
        """Return what is to be written, once."""
        rows = [(*line, json.dumps(self._lines[line])) for line in self._changed]
        self._changed = set()
        return [(SAVE, rows)] if rows else []
