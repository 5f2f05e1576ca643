"""The run: everything a node may ask for while it works, and nothing else.

The engine and the application stand behind this protocol. It is narrow on purpose: a node that
could reach the store, the journal or another node would break caching and resuming.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from aiprod_studio.sdk.values import Model

if TYPE_CHECKING:
    import torch

    from aiprod_studio.sdk.values import SavedFile, UInt8Array


class Checkpoint(Protocol):
    """Where a step keeps its own progress, so that a killed run goes on with the same bits."""

    def load(self) -> Mapping[str, Any] | None:
        """Return what was saved last for this very step (same key), or None."""

    def save(self, state: Mapping[str, Any]) -> None:
        """Keep tensors, numbers and text by name; replaces what was saved before, atomically."""


class Run(Protocol):
    """What the engine hands to a node as its first argument."""

    @property
    def node(self) -> str:
        """The name of the node in the document."""

    @property
    def checkpoint(self) -> Checkpoint:
        """This step's checkpoint."""

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Report progress; also stops here if the artist cancelled."""

    def check(self) -> None:
        """Raise `Cancelled` if the artist cancelled; call it at least every half second."""

    def say(self, text: str) -> None:
        """Tell the artist one line about this step (a warning, what was understood)."""

    def preview(self, frames: UInt8Array) -> None:
        """Show a picture (H, W, 3) or a short film (F, H, W, 3), uint8, of the work so far."""

    def part(self, start: float, end: float) -> Run:
        """Return the same run whose progress covers only [start, end] of this one, in 0 to 1."""

    def models(self, name: str) -> Mapping[str, Model]:
        """Return the parts of a model by component, as described on the disk; loads nothing."""

    def use(self, model: Model) -> AbstractContextManager[Any]:
        """Make a model ready on the device for a `with` block and give its module."""

    @property
    def device(self) -> str:
        """The device that tensors belong on, as torch names it."""

    @property
    def dtype(self) -> torch.dtype:
        """The compute type chosen for this device."""

    def scratch(self, suffix: str) -> Path:
        """Return a new path in this step's scratch folder; it goes unless a value holds it."""

    def writing(self, name: str, suffix: str) -> AbstractContextManager[Path]:
        """Write a file for the artist: gives a temporary path, put in place when all went well.

        Only nodes declared with `writes=True`. An existing file of that name is never replaced;
        the new one gets a number.
        """

    def saved(self) -> SavedFile:
        """Return the file that `writing` has just put in place."""

    def recipe(self) -> str:
        """Return the workflow that made this result, as JSON to embed in a file."""
