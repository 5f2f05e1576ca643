"""Every "no" the program can say: a value with a place, a reason and a remedy.

All rooms build `Problem`s and raise `Refusal`; the command line, the log and the window show the
same sentence. Nothing here prints, formats tracebacks or decides what happens next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a headless run tells the shell."""

    DONE = 0
    NODE_FAILED = 1
    INVALID = 2
    MISSING = 3
    DOES_NOT_FIT = 4
    CANCELLED = 130


@dataclass(frozen=True)
class Problem:
    """One reason for a refusal.

    `where` names the node, socket, file or field; `why` says what was found and what was expected;
    `remedy` says what to do. Subclasses name the reason (`WouldLoop`, `TypesDiffer`, ...).
    """

    where: str
    why: str
    remedy: str = ""
    exit_code: ClassVar[ExitCode] = ExitCode.INVALID

    def __str__(self) -> str:
        head = f"{self.where}: {self.why}" if self.where else self.why
        sentence = head if head.endswith((".", "!", "?")) else head + "."
        return f"{sentence} {self.remedy}".rstrip()


class Invalid(Problem):
    """The file or an argument is wrong."""


class Missing(Problem):
    """A model or media file is not there or cannot be read."""

    exit_code = ExitCode.MISSING


class DoesNotFit(Problem):
    """A budget would be exceeded."""

    exit_code = ExitCode.DOES_NOT_FIT


class Failed(Problem):
    """A node could not do its work."""

    exit_code = ExitCode.NODE_FAILED


class Refusal(Exception):
    """Raised where work cannot go on; carries one problem or many."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def exit_code(self) -> ExitCode:
        """The gravest wins in this order: wrong file, missing file, does not fit, node failed."""
        order = (ExitCode.INVALID, ExitCode.MISSING, ExitCode.DOES_NOT_FIT, ExitCode.NODE_FAILED)
        found = {problem.exit_code for problem in self.problems}
        return next((code for code in order if code in found), ExitCode.NODE_FAILED)


class Cancelled(Exception):
    """The artist stopped the run; raised at the next check, never caught by a node."""
