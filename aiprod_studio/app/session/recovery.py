"""Unsaved work, kept every few seconds, and offered again after a crash.

Every open document with unsaved changes has a slot: its text and where it came from, in the user's
data folder and never in the artist's. A slot goes when its document is saved or closed; what is
left by a process that no longer lives is offered at the next start. A full disk loses no earlier
slot and is said.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from aiprod_studio.engine.owners import Owner, myself
from aiprod_studio.sdk import Missing, Refusal

EVERY = 4.0
"""Seconds between two looks at what has changed; with the writing, 5 are never exceeded."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """Unsaved work of a process that is gone.

    `path` is the file it belongs to, None for a document that was never saved; `folder` is where
    its relative files start.
    """

    slot: Path
    path: Path | None
    folder: Path
    title: str
    at: float

    def text(self) -> str:
        """Return the document.

        Raises:
            Refusal: it cannot be read.
        """
        try:
            return _document_file(self.slot).read_text(encoding="utf-8", errors="surrogatepass")
        except OSError as error:
            why = f"the unsaved work cannot be read ({error.strerror or error})"
            raise Refusal(Missing(f"file {self.slot}", why, "Open the saved file.")) from None


class Recovery:
    """The slots of this process, and those that others left.

    Args:
        folder: where slots lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._owner = str(myself())

    def keep(self, document: str, text: str, path: Path | None, folder: Path, title: str) -> None:
        """Keep unsaved work under a document's id, which is of letters, digits and hyphens.

        Raises:
            Refusal: it cannot be written; what was kept before is unharmed.
        """
        slot = self._slot(document)
        facts = {
            "owner": self._owner,
            "path": str(path or ""),
            "folder": str(folder),
            "title": title,
            "at": time.time(),
        }
        try:
            slot.parent.mkdir(parents=True, exist_ok=True)
            _write(_document_file(slot), text)
            _write(slot, json.dumps(facts))
        except OSError as error:
            why = f"unsaved work cannot be kept ({error.strerror or error})"
            remedy = "Free some space, or save the document somewhere else."
            raise Refusal(Missing(f"folder {self._folder}", why, remedy)) from None

    def drop(self, document: str) -> None:
        """Forget a document's unsaved work: it was saved, or is not wanted."""
        _remove(self._slot(document))

    def leftovers(self) -> list[Leftover]:
        """Return what processes left that no longer live, the latest first."""
        found = []
        for slot in self._folder.glob("*.slot"):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                facts = json.loads(slot.read_text(encoding="utf-8"))
                owner = Owner.read(facts["owner"])
                if owner is not None and owner.lives():
                    continue
                path = Path(facts["path"]) if facts["path"] else None
                folder, title = Path(facts["folder"]), str(facts["title"])
                found.append(Leftover(slot, path, folder, title, float(facts["at"])))
        return sorted(found, key=lambda leftover: -leftover.at)

    def forget(self, leftover: Leftover) -> None:
        """Do not offer it again."""
        _remove(leftover.slot)

    def _slot(self, document: str) -> Path:
        return self._folder / f"{self._owner}-{document}.slot"


def _document_file(slot: Path) -> Path:
    return slot.with_suffix(".json")


def _write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    try:
        with new.open("w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise


def _remove(slot: Path) -> None:
    for path in (slot, _document_file(slot)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
