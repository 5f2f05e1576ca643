"""A job: what the window asks the worker to run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from aiprod_studio.app.jobs.history import Entry
from aiprod_studio.app.jobs.messages import Ended, Work
from aiprod_studio.app.opened import Wishes
from aiprod_studio.graph import Document, dumps

OnDone: TypeAlias = Callable[[Ended], None]


@dataclass(frozen=True)
class Job:
    """Something to run.

    `document` is copied as text when the job is added, so it may change afterwards. `path` is the
    workflow's file, or where it would lie: relative files start there. `targets` name nodes; none
    means all that write files. `origin` says who asked. `on_done` is called by `drain`.
    """

    title: str
    document: Document | str
    path: Path
    targets: Sequence[str] = ()
    origin: str = ""
    on_done: OnDone | None = None
    fresh: bool = False
    output: Path | None = None
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def text(self) -> str:
        """The document as text."""
        return self.document if isinstance(self.document, str) else dumps(self.document)

    def work(self, text: str) -> Work:
        """Return what the worker is told."""
        output = self.output or self.path.parent / "outputs"
        wishes = replace(self.wishes, output=output)
        return Work(text, self.path, tuple(self.targets), self.fresh, wishes)

    def entry(self, number: int) -> Entry:
        """Return how the queue lists it before it has begun."""
        return Entry(
            number,
            self.title,
            str(self.path),
            tuple(self.targets),
            self.origin,
            "waiting",
            self.fresh,
            str(self.output or ""),
            time.time(),
        )

    @classmethod
    def again(cls, entry: Entry, text: str) -> Job:
        """Return the job that a listed one was, to run it once more."""
        return cls(
            entry.title,
            text,
            Path(entry.path),
            entry.targets,
            entry.origin,
            fresh=entry.fresh,
            output=Path(entry.output) if entry.output else None,
        )
