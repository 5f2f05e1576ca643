"""What the engine asks of the application: files, models, budgets, and where results go.

The application implements `Services` once per run and hands it to the planner and the engine. The
engine never opens a model or an artist's file by itself; it only sees identities and forecasts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from aiprod_studio.sdk import Model, Run, SourceFile

if TYPE_CHECKING:
    import torch

    from aiprod_studio.engine.plan import Step


@dataclass(frozen=True, slots=True)
class Peaks:
    """The most memory of each kind that something needs at once, in bytes."""

    vram: int = 0
    host: int = 0
    pinned: int = 0
    disk: int = 0

    def over(self, other: Peaks) -> Peaks:
        """Return the peak of two things done one after the other; what they leave on disk adds."""
        return Peaks(
            max(self.vram, other.vram),
            max(self.host, other.host),
            max(self.pinned, other.pinned),
            self.disk + other.disk,
        )

    def to_dict(self) -> dict[str, int]:
        """Return the peaks by kind."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a step is expected to need; `seconds` is (least, most), None when nothing is known."""

    peaks: Peaks = Peaks()
    seconds: tuple[float, float] | None = None


class Services(Protocol):
    """The application as the engine sees it.

    Subclass it: the methods with a body have a sensible answer already.
    """

    @property
    def device(self) -> str:
        """The device that tensors belong on, as torch names it."""

    @property
    def dtype(self) -> torch.dtype:
        """The compute type chosen for this device."""

    @property
    def versions(self) -> str:
        """What enters the keys of steps that compute with models: device kind and compute type."""

    @property
    def recipe(self) -> str:
        """The workflow of this run, as JSON."""

    @property
    def output(self) -> Path:
        """The folder that steps with `writes=True` put files into."""

    def file(self, node: str, param: str, value: str) -> SourceFile:
        """Return the file that a parameter names, checked, with the identity of its content.

        Raises:
            Refusal: it is outside the allowed folders, missing, unreadable, or nothing is chosen.
        """

    def models(self, name: str) -> Mapping[str, Model]:
        """Return the parts of a model by component, with the identities of their files.

        Raises:
            Refusal: there is no such model, or a part of it is missing.
        """

    def use(self, model: Model, run: Run) -> AbstractContextManager[Any]:
        """Make a model ready on the device for a `with` block and give its module."""

    def settle(self, step: Step) -> Mapping[str, Any]:
        """Return values for parameters that the artist left to the program, by name.

        The plan takes them for its own, also in the keys. The same step is always answered alike,
        until `recover` has made it smaller.
        """
        return {}

    def forecast(self, step: Step) -> Forecast:
        """Return what a step is expected to need, from its costs, facts and models."""
        return Forecast()

    def release(self, models: Sequence[Model]) -> None:
        """Drop models from memory: no later step of this plan needs them."""
        return

    def measured(self) -> Peaks:
        """Return the peaks measured since the last call."""
        return Peaks()

    def recover(self, step: Step, error: BaseException, say: Callable[[str], None]) -> bool:
        """Make room after memory ran out; True when the step may be tried again.

        The step then starts from its checkpoint. Each call for one step must do something new.
        """
        return False
