"""What a node function gets as `run`: progress, previews, models, scratch space, files, checkpoint.

The runner makes one per step and closes it afterwards. It keeps the promises of `sdk.Run` and
nothing more; a node reaches neither the store nor other steps through it.
"""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.engine.cancel import CancelToken
from aiprod_studio.engine.events import Sink, StepPreview, StepProgress, StepSaid
from aiprod_studio.engine.services import Services
from aiprod_studio.engine.writing import Writer
from aiprod_studio.sdk import Checkpoint, Failed, Model, Refusal, SavedFile

if TYPE_CHECKING:
    import torch

    from aiprod_studio.sdk.values import UInt8Array

EVENT_GAP = 0.05
"""Seconds between two events of a kind: at most 20 a second reach the window."""


class StepRun:
    """The run of one step."""

    def __init__(
        self,
        node: str,
        services: Services,
        events: Sink,
        cancel: CancelToken,
        *,
        checkpoint: Checkpoint,
        new_folder: Callable[[], Path],
        writes: bool,
    ) -> None:
        self._node, self._services, self._events, self._cancel = node, services, events, cancel
        self._checkpoint = checkpoint
        self._new_folder = new_folder
        self._folder: Path | None = None
        self._writer = Writer(services.output, cancel.check) if writes else None
        self._numbers = itertools.count(1)
        self._pace = _Pace()
        self._next_preview = 0.0

    @property
    def node(self) -> str:
        """The name of the node in the document."""
        return self._node

    @property
    def checkpoint(self) -> Checkpoint:
        """This step's checkpoint."""
        return self._checkpoint

    @property
    def device(self) -> str:
        """The device that tensors belong on."""
        return self._services.device

    @property
    def dtype(self) -> torch.dtype:
        """The compute type chosen for this device."""
        return self._services.dtype

    @property
    def files(self) -> tuple[SavedFile, ...]:
        """What this step has written for the artist."""
        return tuple(self._writer.saved) if self._writer is not None else ()

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Report progress; stops here if the artist cancelled."""
        self._cancel.check()
        left = self._pace.due(done, total)
        if left is not None:
            seconds = None if left < 0 else left
            self._events.put(StepProgress(self._node, done, total, note, seconds))

    def check(self) -> None:
        """Raise `Cancelled` if the artist cancelled."""
        self._cancel.check()

    def say(self, text: str) -> None:
        """Tell the artist one line about this step."""
        self._events.put(StepSaid(self._node, text))

    def preview(self, frames: UInt8Array) -> None:
        """Show a picture or a short film of the work so far; too frequent ones are left out."""
        self._cancel.check()
        now = time.monotonic()
        if now >= self._next_preview:
            self._next_preview = now + EVENT_GAP
            # The node may go on painting into its array while the window shows this one.
            self._events.put(StepPreview(self._node, frames.copy()))

    def part(self, start: float, end: float) -> PartRun:
        """Return this run with its progress covering only [start, end], in 0 to 1."""
        return PartRun(self, start, end)

    def models(self, name: str) -> Mapping[str, Model]:
        """Return the parts of a model by component; loads nothing."""
        return self._services.models(name)

    def use(self, model: Model) -> AbstractContextManager[Any]:
        """Make a model ready on the device for a `with` block and give its module."""
        return self._services.use(model, self)

    def scratch(self, suffix: str) -> Path:
        """Return a new path in this step's scratch folder."""
        if self._folder is None:
            self._folder = self._new_folder()
        return self._folder / f"{next(self._numbers)}{suffix}"

    def writing(self, name: str, suffix: str) -> AbstractContextManager[Path]:
        """Write a file for the artist, put in place when all went well."""
        if self._writer is None:
            why = "it writes a file, but is not declared with writes=True"
            raise Refusal(Failed("", why, "Report it to its author."))
        return self._writer.writing(name, suffix)

    def saved(self) -> SavedFile:
        """Return the file that `writing` has just put in place."""
        if not self.files:
            raise Refusal(Failed("", "it asks for a saved file before writing one"))
        return self.files[-1]

    def recipe(self) -> str:
        """Return the workflow that made this result, as JSON."""
        return self._services.recipe

    def take_folder(self) -> Path | None:
        """Return the scratch folder, if one was made, and give it up."""
        folder, self._folder = self._folder, None
        return folder

    def close(self) -> None:
        """Remove the scratch folder."""
        folder = self.take_folder()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


class PartRun:
    """A run whose progress covers a part of another's."""

    def __init__(self, whole: StepRun | PartRun, start: float, end: float) -> None:
        self._whole, self._start, self._end = whole, start, end

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Report progress within the part."""
        share = min(max(done / total, 0.0), 1.0) if total else 0.0
        self._whole.progress(self._start + share * (self._end - self._start), 1.0, note)

    def part(self, start: float, end: float) -> PartRun:
        """Return this run with its progress covering a part of this part."""
        return PartRun(self, start, end)

    @property
    def node(self) -> str:
        """The name of the node in the document."""
        return self._whole.node

    @property
    def checkpoint(self) -> Checkpoint:
        """This step's checkpoint."""
        return self._whole.checkpoint

    @property
    def device(self) -> str:
        """The device that tensors belong on."""
        return self._whole.device

    @property
    def dtype(self) -> torch.dtype:
        """The compute type chosen for this device."""
        return self._whole.dtype

    def check(self) -> None:
        """Raise `Cancelled` if the artist cancelled."""
        self._whole.check()

    def say(self, text: str) -> None:
        """Tell the artist one line about this step."""
        self._whole.say(text)

    def preview(self, frames: UInt8Array) -> None:
        """Show a picture or a short film of the work so far."""
        self._whole.preview(frames)

    def models(self, name: str) -> Mapping[str, Model]:
        """Return the parts of a model by component; loads nothing."""
        return self._whole.models(name)

    def use(self, model: Model) -> AbstractContextManager[Any]:
        """Make a model ready on the device for a `with` block and give its module."""
        return self._whole.use(model)

    def scratch(self, suffix: str) -> Path:
        """Return a new path in this step's scratch folder."""
        return self._whole.scratch(suffix)

    def writing(self, name: str, suffix: str) -> AbstractContextManager[Path]:
        """Write a file for the artist, put in place when all went well."""
        return self._whole.writing(name, suffix)

    def saved(self) -> SavedFile:
        """Return the file that `writing` has just put in place."""
        return self._whole.saved()

    def recipe(self) -> str:
        """Return the workflow that made this result, as JSON."""
        return self._whole.recipe()


class _Pace:
    """When progress is worth an event, and how long the rest will take."""

    def __init__(self) -> None:
        self._next = 0.0
        self._ended = False
        self._first: tuple[float, float] | None = None

    def due(self, done: float, total: float) -> float | None:
        """Return the seconds left (-1 when unknown), or None when no event is due.

        The end is always told, once.
        """
        now = time.monotonic()
        share = done / total if total else 0.0
        if self._first is None:
            # A resumed step begins in the middle: only what it does now tells its speed.
            self._first = (now, share)
        ending = share >= 1.0 and not self._ended
        if now < self._next and not ending:
            return None
        self._ended = share >= 1.0
        self._next = now + EVENT_GAP
        began, from_share = self._first
        gained = share - from_share
        return (now - began) * (1.0 - share) / gained if gained > 0 else -1.0
