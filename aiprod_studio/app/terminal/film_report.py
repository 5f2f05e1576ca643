"""What filming did, shot by shot, for the end of a headless run and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aiprod_studio.sdk import ExitCode, Problem, Refusal

Outcome = Literal["rendered", "restored", "fresh", "locked", "failed", "cancelled"]
WORDS = {
    "rendered": "rendered", "restored": "rendered again from its recipe", "fresh": "up to date",
    "locked": "locked, left as it is", "failed": "FAILED", "cancelled": "cancelled",
}  # fmt: skip


@dataclass(frozen=True)
class ShotReport:
    """What happened to a shot; `media` is the film of its take, `seconds` what it took."""

    name: str
    number: str
    outcome: Outcome
    seconds: float = 0.0
    media: str = ""
    problems: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "name": self.name,
            "number": self.number,
            "outcome": self.outcome,
            "seconds": round(self.seconds, 3),
            "media": self.media,
            "problems": [str(problem) for problem in self.problems],
        }


@dataclass(frozen=True)
class FilmReport:
    """What a filming did: shots in the order of the film, and the files that were exported."""

    shots: tuple[ShotReport, ...] = ()
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    notes: tuple[str, ...] = field(default=())

    @property
    def failures(self) -> tuple[Problem, ...]:
        """The reasons for all that failed."""
        failed = (problem for shot in self.shots for problem in shot.problems)
        return (*failed, *self.problems)

    @property
    def exit_code(self) -> ExitCode:
        """What a headless run tells the shell."""
        if any(shot.outcome == "cancelled" for shot in self.shots):
            return ExitCode.CANCELLED
        return Refusal(self.failures).exit_code if self.failures else ExitCode.DONE

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "event": "film_done",
            "shots": [shot.to_dict() for shot in self.shots],
            "files": [str(path) for path in self.files],
            "problems": [str(problem) for problem in self.problems],
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
            "exit_code": int(self.exit_code),
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines that a person reads at the end."""
        for shot in self.shots:
            time = f" in {shot.seconds:.1f} s" if shot.outcome == "rendered" else ""
            yield f"{shot.number}: {WORDS[shot.outcome]}{time}"
        yield from self.notes
        yield from (f"wrote {path}" for path in self.files)
        failed = sum(shot.outcome == "failed" for shot in self.shots)
        if failed:
            yield f"{failed} of {len(self.shots)} shots failed; the others are as they should be."
        yield f"Done in {self.seconds:.1f} s."
