"""Which files a workflow may read: those beside it and those in folders that the user gave.

A path in a workflow is relative to the workflow's folder. Symlinks are followed before the check,
so a link cannot lead out. The boards that ship with the program may be read by every workflow.
Nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aiprod_studio.app.places import shipped
from aiprod_studio.sdk import Invalid, Missing, Refusal


@dataclass(frozen=True)
class Sandbox:
    """The folder that relative paths start from, and all folders that may be read."""

    base: Path
    roots: tuple[Path, ...]

    @classmethod
    def around(cls, workflow: Path, folders: Iterable[Path]) -> Sandbox:
        """Return the sandbox of a workflow file: its own folder and the given ones."""
        base = workflow.resolve().parent
        ours = (shipped("resources") / "boards").resolve()
        given = (Path(folder).expanduser().resolve() for folder in folders)
        return cls(base, (base, ours, *given))

    def file(self, where: str, value: str) -> Path:
        """Return the file that `value` names.

        Raises:
            Refusal: it lies outside, is missing, or is no plain file; `where` names node and field.
        """
        path = self.existing(where, value)
        if not path.is_file():
            raise Refusal(Invalid(where, f"{value!r} is a folder or a device, not a file"))
        return path

    def existing(self, where: str, value: str) -> Path:
        """Return the file or folder that `value` names.

        Raises:
            Refusal: it lies outside or is missing.
        """
        path = self._inside(where, value)
        if not path.exists():
            remedy = f"Put it there, or correct the path; it is read relative to {self.base}."
            raise Refusal(Missing(where, f"the file {value!r} does not exist", remedy))
        return path

    def _inside(self, where: str, value: str) -> Path:
        if not value:
            raise Refusal(Missing(where, "no file is chosen", "Choose a file."))
        try:
            path = (self.base / value).resolve()
            path.exists()  # names that are too long fail here
        except (OSError, ValueError, RuntimeError) as error:
            raise Refusal(Invalid(where, f"{value[:80]!r} is no path ({error})")) from None
        if not any(path.is_relative_to(root) for root in self.roots):
            why = f"the file {value!r} lies outside the folders this workflow may read"
            remedy = "Move it beside the workflow, or give its folder with --allow DIR."
            raise Refusal(Invalid(where, why, remedy))
        return path
