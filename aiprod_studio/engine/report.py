"""What a run did, for the artist, the queue and the exit code.

The engine returns one at the end of each run, whatever happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiprod_studio.engine.services import Peaks
from aiprod_studio.sdk import ExitCode, Problem, Refusal, SavedFile


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did.

    Names of steps that were `done`, found `cached`, `failed` (with reasons) and `skipped` (with the
    failed step that each depends on). `files` were written now; `kept` were there from before.
    """

    job: int = 0
    done: tuple[str, ...] = ()
    cached: tuple[str, ...] = ()
    failed: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    files: tuple[SavedFile, ...] = ()
    kept: tuple[SavedFile, ...] = ()
    seconds: float = 0.0
    peaks: Peaks = Peaks()
    cancelled: bool = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All reasons for failures."""
        return tuple(problem for problems in self.failed.values() for problem in problems)

    @property
    def exit_code(self) -> ExitCode:
        """What a headless run tells the shell."""
        if self.cancelled:
            return ExitCode.CANCELLED
        return Refusal(self.problems).exit_code if self.failed else ExitCode.DONE

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "job": self.job,
            "done": list(self.done),
            "cached": list(self.cached),
            "failed": {name: [str(p) for p in found] for name, found in self.failed.items()},
            "skipped": dict(self.skipped),
            "files": [str(file.path) for file in self.files],
            "kept": [str(file.path) for file in self.kept],
            "seconds": round(self.seconds, 3),
            "peaks": self.peaks.to_dict(),
            "cancelled": self.cancelled,
            "exit_code": int(self.exit_code),
        }
