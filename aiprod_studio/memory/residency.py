"""Which models are in memory: loads them when they are used, keeps them while budgets allow.

The application makes one `Residency` per process and describes models to it; nodes get networks
through it, ready on the device. Before anything is allocated, `planning.place` decides what fits;
idle models make room, first those that a plan has done with, then the least recently used. It
knows no model family and never raises a budget.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType

import torch

from aiprod_studio.memory.arranging import Arrangement
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.describing import Check, ModelOnDisk, no_check
from aiprod_studio.memory.devices import Device, open_device, plain_tensors
from aiprod_studio.memory.layout import dissect
from aiprod_studio.memory.ledger import KINDS, Ledger
from aiprod_studio.memory.planning import Placement, Room, Rules, place
from aiprod_studio.sdk import Refusal


@dataclass(eq=False)
class _Held:
    """A model in memory, how many use it, and when it was used last."""

    network: torch.nn.Module
    arrangement: Arrangement
    uses: int = 0
    used_at: int = 0
    done: bool = False


class Residency:
    """Models in memory, within budgets; one at a time decides, several may compute.

    Args:
        budgets: what all models together may take, activations included.
        device: a torch device name, or a `Device` (the tests' accounting one).
        slots: blocks that a streamed model has on the device at once, beside resident ones.
        enforce: let torch itself refuse to go over the device budget, as when a user set it; what
            it refuses is then an out-of-memory error that the ladder answers.
    """

    def __init__(
        self, budgets: Budgets, device: Device | str, *, slots: int = 2, enforce: bool = False
    ) -> None:
        self.budgets = budgets
        cap = budgets.vram if enforce else None
        self.device = open_device(device, cap=cap) if isinstance(device, str) else device
        self._slots = slots
        self._lock = threading.RLock()
        self._held: dict[str, _Held] = {}
        self._rules: dict[str, Rules] = {}
        self._clock = 0

    @property
    def ledger(self) -> Ledger:
        """What is held now, and the peaks."""
        return self.device.ledger

    @property
    def resident(self) -> tuple[str, ...]:
        """Keys of the models in memory, the least recently used first."""
        with self._lock:
            return tuple(sorted(self._held, key=lambda key: self._held[key].used_at))

    def measured(self) -> dict[str, int]:
        """Return the peaks by kind since the last call; of a card's memory as torch measured it."""
        with self._lock:
            peaks = dict(self.ledger.peaks)
            self.ledger.reset_peaks()
            measured = self.device.peak(reset=True)
            return peaks if measured is None else peaks | {self.device.kind: measured}

    def placement(self, model: ModelOnDisk) -> Placement:
        """Say how a model would be held if all idle models made room; loads nothing.

        Raises:
            Refusal: it does not fit; the problem names the smallest change.
        """
        with self._lock:
            room = self._room(model.key, after_eviction=True)
            return place(model, room, self.rules(model.key))

    @contextmanager
    def use(self, model: ModelOnDisk, *, check: Check = no_check) -> Iterator[torch.nn.Module]:
        """Give the network, ready on the device, for a `with` block.

        Args:
            model: `activations` are those of this use.
            check: called often while loading and before every block; raises to cancel.

        Raises:
            Refusal: it does not fit, or its files cannot be read.
        """
        with self._lock:
            held = self._ready(model, check)
            computing = self.device.hold(model.activations, _computing(model.key))
            held.uses += 1
        try:
            yield held.network
        finally:
            with self._lock:
                computing.release()
                held.arrangement.watch(no_check)
                held.uses -= 1
                if held.done and held.uses == 0:
                    self._drop(model.key)

    def release(self, key: str, *, keep: bool = False) -> None:
        """Say that the plan needs a model no more: it goes now, or as soon as it is idle.

        With `keep` it stays while there is room, but is the first to go.
        """
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return
            if keep:
                held.used_at = 0
            elif held.uses == 0:
                self._drop(key)
            else:
                held.done = True

    def flush(self, *, keep: Collection[str] = ()) -> int:
        """Drop idle models but those to `keep`, and what is cached; return the bytes given back."""
        with self._lock:
            before = self.ledger.total("vram") + self.ledger.total("host")
            for key in self._idle():
                if key not in keep:
                    self._drop(key)
            self.device.flush()
            return before - self.ledger.total("vram") - self.ledger.total("host")

    def close(self) -> None:
        """Drop everything; nothing may be in use."""
        self.flush()

    def __enter__(self) -> Residency:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def rules(self, key: str) -> Rules:
        """How a model may be held at present."""
        return self._rules.get(key, Rules(slots=self._slots))

    def restrict(self, key: str, rules: Rules) -> None:
        """Hold a model by other rules from its next use on; the ladder does this."""
        self._rules[key] = rules

    def _ready(self, model: ModelOnDisk, check: Check) -> _Held:
        held = self._held.get(model.key)
        self._clock += 1
        if held is not None and held.uses:
            self._make_room_for_another_use(model, held)
        else:
            held = self._settle(model, check)
        held.used_at, held.done = self._clock, False
        return held

    def _settle(self, model: ModelOnDisk, check: Check) -> _Held:
        """Load if need be, and bring to where there is room."""
        held = self._held.get(model.key)
        if held is None:
            self._make_room(model)
            held = self._load(model, check)
        try:
            known = replace(held.arrangement.model, activations=model.activations)
            held.arrangement.settle(self._make_room(known), check)
        except BaseException:
            self._drop(model.key)
            raise
        return held

    def _load(self, model: ModelOnDisk, check: Check) -> _Held:
        size = 0 if model.mapped or self.device.in_place else model.weight_bytes
        loaded = self.ledger.hold("host", model.key, size)
        try:
            with plain_tensors():
                network = model.load(check)
            anatomy = dissect(network, model.blocks, model.beside)
            arrangement = Arrangement(self.device, model, anatomy, loaded)
        except BaseException:
            loaded.release()
            raise
        held = self._held[model.key] = _Held(network, arrangement)
        return held

    def _make_room_for_another_use(self, model: ModelOnDisk, held: _Held) -> None:
        """A model that is in use cannot be moved; only its further activations need room."""
        extra = ModelOnDisk(
            model.key, model.name, 0, model.load, activations=model.activations, mapped=True
        )
        self._make_room(extra, moving=False)

    def _make_room(self, model: ModelOnDisk, *, moving: bool = True) -> Placement:
        """Evict idle models until this one is held as well as it can be; return how."""
        own = model.key if moving else ""
        rules = self.rules(model.key)
        best = place(model, self._room(own, after_eviction=True), rules)
        for evict in self._evictions(model.key):
            if self._placed(model, own, rules) == best:
                return best
            evict()
        return place(model, self._room(own), rules)

    def _placed(self, model: ModelOnDisk, own: str, rules: Rules) -> Placement | None:
        try:
            return place(model, self._room(own), rules)
        except Refusal:
            return None

    def _room(self, key: str, *, after_eviction: bool = False) -> Room:
        """What is free for one model: the budgets less what the others hold."""
        gone = {key, _computing(key), *(self._idle() if after_eviction else ())}

        def free(kind: str) -> int:
            held = self.ledger.held(kind)
            taken = self.ledger.total(kind) - sum(held.get(each, 0) for each in gone)
            return self.budgets.of(kind) - taken

        separate = self.device.separate
        return Room(free(self.device.kind), free("host"), free("pinned"), separate)

    def _evictions(self, key: str) -> Iterator[Callable[[], None]]:
        """Ways to make room, mildest first: off the device, then out of memory."""
        others = [each for each in self._idle() if each != key]
        if self.device.separate:
            for each in others:
                yield self._held[each].arrangement.leave_device
        for each in others:
            if any(each in self.ledger.held(kind) for kind in KINDS):
                yield partial(self._drop, each)

    def _idle(self) -> list[str]:
        """Keys of the models that nobody uses, the least recently used first."""
        return [key for key in self.resident if self._held[key].uses == 0]

    def _drop(self, key: str) -> None:
        self._held.pop(key).arrangement.close()


def _computing(key: str) -> str:
    """The ledger's holder for what computing with a model takes."""
    return f"{key} (computing)"
