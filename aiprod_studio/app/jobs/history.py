"""The queue on the disk: what waits and what has been; no crash and no restart loses it.

One file for each process that has a queue, beside it the text of every job's document. What a
process left that no longer lives is taken over by the next one that starts.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from aiprod_studio.engine.owners import Owner, myself

EntryState = Literal["waiting", "running", "done", "failed", "cancelled", "kept"]
OPEN: tuple[EntryState, ...] = ("waiting", "running", "kept")
MOST_PAST = 200
"""So many ended jobs are remembered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A job as the queue lists it.

    Times are seconds since 1970. `share` is how much is done, from 0 to 1; `note` says what is
    being done; `kept` jobs waited when the program ended and are offered again. `origin` says what
    asked for it (a document's id, "timeline", ...).
    """

    id: int
    title: str
    path: str
    targets: tuple[str, ...] = ()
    origin: str = ""
    state: EntryState = "waiting"
    fresh: bool = False
    output: str = ""
    added: float = 0.0
    started: float | None = None
    ended: float | None = None
    share: float = 0.0
    note: str = ""
    seconds_left: float | None = None
    problems: tuple[str, ...] = ()
    node: str = ""
    files: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done, or being done."""
        return self.state in OPEN


class QueueFiles:
    """The queue's folder. A disk that cannot be written costs the memory, never a job."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / f"{myself()}.json"
        self.trouble = ""

    def take_over(self) -> list[Entry]:
        """Return the entries of processes that are gone, the oldest first; open ones are kept."""
        found: list[Entry] = []
        for file in sorted(self._folder.glob("*-*.json")):
            owner = Owner.read(file.stem)
            if owner is None or owner.lives():
                continue
            found += _entries(file)
            with contextlib.suppress(OSError):
                file.unlink()
        found.sort(key=lambda entry: entry.id)
        return [replace(e, state="kept", share=0.0) if e.is_open else e for e in found]

    def write(self, entries: Iterable[Entry]) -> None:
        """Keep the entries of this process; none need no file."""
        found = [asdict(entry) for entry in entries]
        if not found and not self._file.exists():
            return
        text = json.dumps(found, indent=1)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            new = self._file.with_suffix(".new")
            new.write_text(text, encoding="utf-8")
            new.replace(self._file)
            self.trouble = ""
        except OSError as error:
            self.trouble = f"The queue cannot be kept on the disk ({error.strerror or error})."

    def write_text(self, job: int, text: str) -> None:
        """Keep the document of a job."""
        with contextlib.suppress(OSError):
            self._text_file(job).parent.mkdir(parents=True, exist_ok=True)
            self._text_file(job).write_text(text, encoding="utf-8", errors="surrogatepass")

    def text(self, job: int) -> str | None:
        """Return the document of a job, None when it is gone."""
        try:
            return self._text_file(job).read_text(encoding="utf-8", errors="surrogatepass")
        except (OSError, UnicodeError):
            return None

    def forget(self, job: int) -> None:
        """Remove the document of a job."""
        with contextlib.suppress(OSError):
            self._text_file(job).unlink()

    def _text_file(self, job: int) -> Path:
        return self._folder / "documents" / f"{job}.json"


def _entries(file: Path) -> list[Entry]:
    """Read entries; what cannot be read is left out."""
    try:
        raw: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    found = []
    for item in raw if isinstance(raw, list) else []:
        with contextlib.suppress(TypeError, ValueError, AttributeError):
            item = {**item, **{k: tuple(item.get(k, ())) for k in ("targets", "problems", "files")}}
            found.append(Entry(**item))
    return found
