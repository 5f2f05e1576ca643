"""The training loop that every stage shares: limits, warm-up, decay, EMA, curves, resuming, checks.

A stage iterates over `Trainer.steps()` and hands each loss to `step.finish`. Stopped at any moment
and started again, it goes on from the last state. It asserts that every weight gets a gradient and
that memory does not run away. It knows no model and no data.
"""

from __future__ import annotations

import math
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from aiprod_studio.training import weights
from aiprod_studio.training.cache import Cache

SAVE_EVERY = 120.0
"""Seconds between states."""
LOG_EVERY = 20
DECAY = 0.994
MUON = 2.5
"""Rate of the orthogonal steps over AdamW's, at equal size of steps."""


@dataclass(frozen=True)
class Limits:
    """When a stage ends, whichever comes first, and how much memory it may take."""

    minutes: float = 10.0
    steps: int = 1_000_000
    gigabytes: float = 12.0


class Failed(RuntimeError):
    """Training went wrong in a way that more of it would not mend."""


@dataclass
class Trainer:
    """One stage: a network, its optimisers, its averaged weights and its state in the cache.

    `matrices` names a part of the network whose matrices learn by orthogonal steps (Muon).
    """

    cache: Cache
    stage: str
    network: nn.Module
    limits: Limits
    rate: float = 1.5e-3
    warm: int = 50
    floor: float = 0.2
    matrices: str = ""
    done: int = 0
    spent: float = 0.0
    average: dict[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trained = {n: p for n, p in self.network.named_parameters() if p.requires_grad}
        self.optimisers = _optimisers(self.trained, self.rate, self.matrices)
        self.average = {name: p.detach().clone() for name, p in self.trained.items()}
        if self._file.exists():
            self._resume()

    @property
    def share(self) -> float:
        """How much of the limit is used, in [0, 1]."""
        return min(1.0, max(self.done / self.limits.steps, self.spent / 60 / self.limits.minutes))

    def steps(self) -> Iterator[Step]:
        """Yield steps until a limit is reached, then store the state with the averaged weights."""
        begun, before, saved = time.monotonic(), self.spent, time.monotonic()
        while self.share < 1:
            yield Step(self, np.random.default_rng([self.done, len(self.trained)]))
            self.spent = before + time.monotonic() - begun
            if time.monotonic() - saved > SAVE_EVERY:
                self.save()
                saved = time.monotonic()
        self.save()
        self.use_average()

    def finish(self, loss: Tensor, facts: dict[str, float]) -> None:
        """One optimiser step on a loss."""
        for optimiser in self.optimisers:
            optimiser.zero_grad()
            for group in optimiser.param_groups:
                group["lr"] = group["initial_lr"] * self._schedule()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = float(nn.utils.clip_grad_norm_(list(self.trained.values()), 1.0))
        if self.done % 100 == 3:
            self._check(norm)
        for optimiser in self.optimisers:
            optimiser.step()
        self._follow()
        if self.done % LOG_EVERY == 0 or facts:
            point = {"step": self.done, "minutes": self.spent / 60, "loss": float(loss.detach())}
            self.cache.log(self.stage, **point, norm=norm, **facts)
        self.done += 1

    def use_average(self) -> None:
        """Put the averaged weights into the network."""
        with torch.no_grad():
            for name, parameter in self.trained.items():
                parameter.copy_(self.average[name])

    def save(self) -> None:
        """Store weights, averages and the optimiser's state."""
        kept: dict[str, Tensor] = {f"weight.{name}": p for name, p in self.trained.items()}
        kept |= {f"average.{name}": p for name, p in self.average.items()}
        for number, optimiser in enumerate(self.optimisers):
            state = weights.optimiser_state(optimiser)
            kept |= {f"optimiser{number}.{name}": value for name, value in state.items()}
        weights.save(self._file, kept, {"done": self.done, "spent": self.spent})

    @property
    def _file(self) -> Path:
        return self.cache.path(f"{self.stage}.state.safetensors")

    def _resume(self) -> None:
        kept, facts = weights.tensors(self._file), weights.facts(self._file)
        self.done, self.spent = int(facts["done"]), float(facts["spent"])
        with torch.no_grad():
            for name, parameter in self.trained.items():
                parameter.copy_(kept[f"weight.{name}"])
                self.average[name].copy_(kept[f"average.{name}"])
        for number, optimiser in enumerate(self.optimisers):
            mark = f"optimiser{number}."
            state = {n.removeprefix(mark): v for n, v in kept.items() if n.startswith(mark)}
            weights.restore_optimiser(optimiser, state)

    def _schedule(self) -> float:
        """Warm up, hold, and fall as a cosine over the last half."""
        late = max(0.0, 2 * self.share - 1)
        fall = self.floor + (1 - self.floor) * (1 + math.cos(math.pi * late)) / 2
        return fall * min(1.0, (self.done + 1) / self.warm)

    def _follow(self) -> None:
        """Move the averages: early on faster, so that they are of use from the start."""
        keep = min(DECAY, (1 + self.done) / (10 + self.done))
        kept, live = list(self.average.values()), [p.detach() for p in self.trained.values()]
        torch._foreach_lerp_(kept, live, 1 - keep)

    def _check(self, norm: float) -> None:
        if not math.isfinite(norm):
            raise Failed(f"{self.stage}: the gradient is {norm} at step {self.done}")
        dead = [n for n, p in self.trained.items() if p.grad is None or not bool(p.grad.any())]
        if dead:
            raise Failed(f"{self.stage}: no gradient reaches {', '.join(dead[:5])}")
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        if used > self.limits.gigabytes:
            raise Failed(f"{self.stage}: {used:.1f} GB used, {self.limits.gigabytes} allowed")


@dataclass
class Step:
    """One step: its own random numbers, and where its loss goes."""

    trainer: Trainer
    random: np.random.Generator
    facts: dict[str, float] = field(default_factory=dict)

    def finish(self, loss: Tensor) -> None:
        """Learn from the loss."""
        self.trainer.finish(loss, self.facts)


def _optimisers(
    trained: dict[str, nn.Parameter], rate: float, matrices: str
) -> list[torch.optim.Optimizer]:
    """AdamW, and Muon for the matrices of the part named; Muon's steps have AdamW's size."""
    own = {n: p for n, p in trained.items() if matrices and matrices in n}
    chosen = [p for n, p in own.items() if p.ndim == 2 and n.endswith("weight")]
    taken = {id(p) for p in chosen}
    rest = [p for p in trained.values() if id(p) not in taken]
    found: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(rest, rate, betas=(0.9, 0.95), weight_decay=0.01, fused=True)
    ]
    if chosen:
        found.append(
            torch.optim.Muon(chosen, MUON * rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
        )
    for optimiser in found:
        for group in optimiser.param_groups:
            group["initial_lr"] = group["lr"]
    return found
