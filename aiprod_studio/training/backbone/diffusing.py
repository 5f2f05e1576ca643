"""Trains the backbone: stills first, then films among stills, with given frames in a part of them.

Used by the command line (`images`, `video`). The second stage starts from the first one's weights.
A run whose captions are ignored is stopped early.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aiprod_studio.models.networks.starter_transformer import StarterTransformer
from aiprod_studio.training import weights
from aiprod_studio.training.backbone import flow, text
from aiprod_studio.training.backbone.feed import Batch, Feed
from aiprod_studio.training.backbone.flow import Noised, Text
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.loop import Failed, Limits, Step, Trainer
from aiprod_studio.training.shapes import CPU, Machine, Shape

RATE = 1.5e-3
"""Highest learning rate of a run from nothing; one that goes on from trained weights takes less."""
STILLS_PER_STEP, PARTS_PER_STEP, FILMS_PER_STEP = 32, 12, 5
GROUPS_OF_PART = 3
TURNS = {
    "video": ("part", "keyed", "part", "whole", "stills", "part", "part", "stills"),
    "quality": ("whole", "keyed", "whole", "part", "whole", "keyed", "whole", "stills"),
}
"""What the steps of the film stages show in turn: some groups of a film, the same with a later
frame given, whole films, stills. Parts cost less than half and teach most of the motion; whole
films are what is made in the end."""
LOWEST_GAP, GAP_AFTER, GAP_EVERY = {"images": 0.05, "video": 0.01, "quality": 0.01}, 300, 100
"""Films tell more about themselves through their noise, and some have a frame given."""
REFRESH = 100
"""Steps after which data made meanwhile is taken up."""
TEXT_ROOM = 36
"""Text tokens of a training sample; the world's captions hardly ever have more."""
NEARLY_NOISE = 0.6
"""How often a film is shown under nearly pure noise, where motion is decided."""
FIRST_GIVEN = 0.35
"""How often a film's first frame is given."""


@dataclass
class Diffusing:
    """The backbone with all that a step needs."""

    network: nn.Module
    encoder: nn.Module
    machine: Machine
    gaps: list[float] = field(default_factory=list)

    def text(self, batch: Batch) -> Text:
        """Embed a batch's captions, always to the same length: one compiled shape."""
        with torch.no_grad():
            return Text(*text.embedded(self.encoder, batch.captions[:, :TEXT_ROOM]))

    def learn(self, step: Step, batch: Noised, words: Text) -> None:
        """One step on the batch's mean loss; the caption gap now and then."""
        with torch.autocast(self.machine.device, torch.bfloat16):
            if step.trainer.done % GAP_EVERY == 0:
                self._watch(step, batch, words)
            mean = flow.losses(flow.velocity(self.network, batch, words), batch).mean()
        step.finish(mean)

    def _watch(self, step: Step, batch: Noised, words: Text) -> None:
        gap = flow.caption_gap(step.trainer.network, batch, words)  # the plain one: no compiling
        self.gaps.append(gap)
        step.facts["gap"] = gap
        recent = sum(self.gaps[-3:]) / len(self.gaps[-3:])
        lowest = LOWEST_GAP[step.trainer.stage]
        if step.trainer.done >= GAP_AFTER and len(self.gaps) > 2 and recent < lowest:
            raise Failed(f"captions are ignored: gap {recent:.3f} after {step.trainer.done} steps")


def images(
    cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU, rate: float = RATE
) -> None:
    """Train on stills and store `images.safetensors`."""
    feed = Feed(cache, "stills", machine.device)

    def show(at: Diffusing, step: Step) -> tuple[Noised, Text]:
        if step.trainer.done % REFRESH == 0:
            feed.refresh()
        return _still(at, feed, step.random, STILLS_PER_STEP)

    _train(cache, shape, limits, "images", _network(shape), show, machine, rate)


def video(
    cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU, rate: float = RATE
) -> None:
    """Go on from the stills with films, and store `video.safetensors`."""
    _films(cache, shape, limits, "video", "images", machine, rate)


def quality(
    cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU, rate: float = RATE / 2
) -> None:
    """Go on from the film stage with mostly whole films, and store `quality.safetensors`."""
    _films(cache, shape, limits, "quality", "video", machine, rate)


def _network(shape: Shape) -> StarterTransformer:
    network: StarterTransformer = StarterTransformer(**shape.transformer())
    return network


def _films(
    cache: Cache, shape: Shape, limits: Limits, stage: str, before: str, machine: Machine,
    rate: float,
) -> None:  # fmt: skip
    model = _network(shape)
    weights.load(model, cache.need(f"{before}.safetensors", before))
    stills, films = (Feed(cache, kind, machine.device) for kind in ("stills", "films"))

    def show(at: Diffusing, step: Step) -> tuple[Noised, Text]:
        if step.trainer.done % REFRESH == 0:
            films.refresh()
        turns = TURNS[stage]
        return _turn(at, turns[step.trainer.done % len(turns)], stills, films, step.random)

    _train(cache, shape, limits, stage, model, show, machine, rate)


def _train(
    cache: Cache, shape: Shape, limits: Limits, stage: str, model: nn.Module,
    show: Callable[[Diffusing, Step], tuple[Noised, Text]], machine: Machine, rate: float,
) -> None:  # fmt: skip
    model.to(machine.device)
    quick: Any = torch.compile(model, dynamic=False) if machine.compiled else model
    encoder = text.frozen(cache, shape).to(machine.device)
    at = Diffusing(quick, encoder, machine)
    trainer = Trainer(
        cache, stage, model, limits, rate, warm=60, floor=0.2 if stage == "images" else 0.05,
        matrices="transformer_blocks",
    )  # fmt: skip
    for step in trainer.steps():
        at.learn(step, *show(at, step))
    weights.save(cache.path(f"{stage}.safetensors"), model.state_dict(), {"steps": trainer.done})


def _still(
    at: Diffusing, feed: Feed, random: np.random.Generator, count: int
) -> tuple[Noised, Text]:
    device = at.machine.device
    batch = feed.batch(count * at.machine.times, random).to(device)
    coords = flow.coordinates(*feed.grid)[None].to(device)
    made = flow.noised(batch.latents, batch.cover, None, _generator(random, device), coords)
    return made, at.text(batch)


def _turn(
    at: Diffusing, turn: str, stills: Feed, films: Feed, random: np.random.Generator
) -> tuple[Noised, Text]:
    if turn == "stills":
        return _still(at, stills, random, STILLS_PER_STEP)
    if turn == "whole":
        return _film(at, films, random, FILMS_PER_STEP, films.grid[0], keyed=False)
    return _film(at, films, random, PARTS_PER_STEP, GROUPS_OF_PART, keyed=turn == "keyed")


def _film(
    at: Diffusing, feed: Feed, random: np.random.Generator, count: int, groups: int, *, keyed: bool
) -> tuple[Noised, Text]:
    """Some groups of films, the first frame given in a part; `keyed` appends a later frame."""
    device, count = at.machine.device, count * at.machine.times
    batch = feed.batch(count, random).to(device)
    cells = feed.grid[1] * feed.grid[2]
    whole = flow.coordinates(*feed.grid)[None].expand(count, -1, -1).to(device)
    chosen = random.random((count, feed.grid[0])).argsort(1)[:, :groups]
    chosen.sort(1)
    rows = torch.from_numpy((chosen[:, :, None] * cells + np.arange(cells)).reshape(count, -1))
    rows = rows.to(device)
    latents = batch.latents.gather(1, rows[:, :, None].expand(-1, -1, batch.latents.shape[2]))
    cover, coords = batch.cover.gather(1, rows), whole.gather(2, rows[:, None].expand(-1, 3, -1))
    first = torch.from_numpy(random.random(count) < FIRST_GIVEN).to(device)
    given = (rows < cells) & first[:, None]
    if keyed:
        latents = torch.cat([latents, batch.keys], 1)
        cover, given = _longer(cover, cells, 0.0), _longer(given, cells, True)
        coords = torch.cat([coords, flow.at_frames(whole[0], batch.times, cells)], 2)
    low, high = flow.FILM_MEANS
    means = np.where(random.random(count) < NEARLY_NOISE, high, low).astype(np.float32)
    made = flow.noised(
        latents, cover, given, _generator(random, device), coords,
        torch.from_numpy(means).to(device),
    )  # fmt: skip
    return made, at.text(batch)


def _longer(rows: Tensor, more: int, value: float) -> Tensor:
    """Rows (B, N) with `more` columns of `value` behind them."""
    return torch.cat([rows, rows.new_full((len(rows), more), value)], 1)


def _generator(random: np.random.Generator, device: str) -> torch.Generator:
    return torch.Generator(device).manual_seed(int(random.integers(0, 2**62)))
