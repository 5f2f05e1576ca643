"""Trains the interpolation refiner: half on scenes of the world, half on textured sprites.

First the finder, by the exact motion of the films: the cross entropy of its matching. Then, with
the finder fixed, the judge: it learns which candidate is nearest to the truth at each place, most
where actors are, so that erasing a small actor is never cheap; and the frame that it mixes is asked
to beat the plain fill by optical flow. Used by the command line (`refiner`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from aiprod_studio.diffusion.refiner.noise import roughened
from aiprod_studio.diffusion.refiner.trained import Trained
from aiprod_studio.models.networks.frame_refiner import CELL, FrameRefiner, coordinates
from aiprod_studio.training import weights
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.loop import Limits, Trainer
from aiprod_studio.training.refiner.films import Films, Pair, Question, drawn, drawn_pair
from aiprod_studio.training.shapes import CPU, Machine, Shape

REFINER = "refiner.safetensors"
FINDER, JUDGE = "refiner-finder", "refiner-judge"
SHARDS, PAIRS, QUESTIONS = 14, 8, 6
"""Of 60 films each; pairs and questions per step."""
POOL, FRESH = 600, 1
"""Questions kept to be asked again, and new ones per step: making candidates costs the most."""
NOISY, NOISE = 0.15, 0.3
"""Share of the questions with noise on their fill, and its highest level."""
TEMPERATURE, DIFFERENT = 4e-3, 0.1
"""Squared errors, colours in [-1, 1]: what makes one candidate clearly better; what counts most."""
MOST_GAIN = 1.5
"""Logarithm of the error over the fill's beyond which nothing more is earned: a noisy fill is
easily beaten and must not teach that every fill is bad."""
UNDER, FALLING = 0.1, 1.0
"""How much the frame's own error counts beside the choice; how much more falling below the fill
costs than rising above it earns."""
FINDING = 0.65
"""Share of the time that the finder gets."""
RATE, GOING_ON = 1e-3, 6e-4
"""Highest learning rates: from nothing, and from a refiner that is trained already."""
_FAINT = 1e-4
"""Squared error, of colours in [-1, 1], below which more accuracy hardly counts."""


def train(cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU) -> None:
    """Train the refiner; store it in `refiner.safetensors`. Every shape has the same refiner.

    It goes on from the refiner that is stored, if there is one (`unpack` stores what is shipped).
    """
    films = Films(cache, min(SHARDS, 1 + limits.steps // 100))
    network, rate = begun(cache)
    network.to(machine.device)
    find(cache, network, films, replace(limits, minutes=FINDING * limits.minutes), machine, rate)
    network.finder.requires_grad_(False)
    time = (1 - FINDING) * limits.minutes
    judge(cache, network, films, replace(limits, minutes=time), machine, rate)
    weights.save(cache.path(REFINER), network.state_dict(), {"minutes": limits.minutes})


def begun(cache: Cache) -> tuple[FrameRefiner, float]:
    """The stored refiner, or a fresh one; and the rate that suits it."""
    network: FrameRefiner = FrameRefiner()
    if not cache.path(REFINER).exists():
        return network, RATE
    weights.load(network, cache.path(REFINER))
    return network, GOING_ON


def find(
    cache: Cache, network: FrameRefiner, films: Films, limits: Limits, machine: Machine,
    rate: float = RATE,
) -> None:  # fmt: skip
    """Train the finder."""
    trainer = Trainer(cache, FINDER, network.finder, limits, rate)
    for step in trainer.steps():
        pairs = [drawn_pair(films, step.random) for _ in range(PAIRS * machine.times)]
        keys, ways = (each.to(machine.device) for each in _pairs(pairs))
        with torch.autocast(machine.device, torch.bfloat16):
            chances = network.finder(keys)
        step.finish(_matching(chances, ways))


def _pairs(pairs: list[Pair]) -> tuple[Tensor, Tensor]:
    """All first pictures, then all second ones, and the exact motion from each to its other."""
    keys = _colours(np.concatenate([[each.keys[i] for each in pairs] for i in (0, 1)]))
    ways = np.concatenate([[each.ways[i] for each in pairs] for i in (0, 1)])
    return keys, torch.from_numpy(ways).movedim(-1, 1)


def judge(
    cache: Cache, network: FrameRefiner, films: Films, limits: Limits, machine: Machine,
    rate: float = RATE,
) -> None:  # fmt: skip
    """Train the judge behind a finder that stays as it is."""
    maker = Trained(network, machine.device, torch.float32)
    trainer = Trainer(cache, JUDGE, network.judge, limits, rate)
    pool: deque[Case] = deque(maxlen=POOL)
    for step in trainer.steps():
        for _ in range(FRESH if pool else 2 * QUESTIONS):
            pool.append(_case(maker, drawn(films, step.random), step.random))
        chosen = step.random.integers(0, len(pool), QUESTIONS * machine.times)
        cases = [pool[int(index)] for index in chosen]
        told = torch.from_numpy(np.stack([each.told for each in cases])).to(machine.device)
        with torch.autocast(machine.device, torch.bfloat16):
            votes = network.judge(told)
        chosen_well, under = _choice(cases, votes), _against_fill(cases, votes.exp())
        if trainer.done % 20 == 0:
            step.facts.update(choice=float(chosen_well.detach()), gain=float(under.detach()))
            step.facts.update(plain=float(votes.detach().exp()[:, 0].mean()))
        step.finish(chosen_well + UNDER * under)


@dataclass(frozen=True)
class Case:
    """A question with its candidates, colours in [-1, 1] as (..., 3, H, W), and the answer.

    `floor` is the fill that the judge was shown.
    """

    colours: Tensor
    told: NDArray[np.float32]
    floor: Tensor
    answer: Tensor
    actors: Tensor


def _case(maker: Trained, question: Question, random: np.random.Generator) -> Case:
    """The candidates of a question; sometimes with noise on the fill, as artists may ask for it."""
    asked = question.asked
    if random.random() < NOISY:
        amount, seed = float(random.uniform(0, NOISE)), int(random.integers(2**31))
        asked = replace(asked, fill=roughened(asked.fill, amount, seed, 0))
    made = maker.candidates(asked)
    mask = torch.from_numpy(question.mask)[None].float()
    colours = _colours(made.colours)
    return Case(colours, made.told, colours[0], _colours(question.answer), mask)


def _colours(pictures: np.ndarray) -> Tensor:
    return torch.from_numpy(pictures).float().div_(127.5).sub_(1).movedim(-1, -3).contiguous()


def _choice(cases: list[Case], votes: Tensor) -> Tensor:
    """Cross entropy to the candidates that are nearest to the truth, where it matters which.

    It counts by how far the candidates' errors lie apart, and more on actors. Unlike the gain it
    has an end: the judge never needs to be surer than the errors are apart.
    """
    colours, answer, actors = _stacked(cases, votes, "colours", "answer", "actors")
    errors = (colours - answer[:, None]).square().mean(2)
    errors = functional.avg_pool2d(errors, 5, 1, 2, count_include_pad=False)
    weight = (errors.amax(1) - errors.amin(1)).clamp_max(DIFFERENT) * (1 + actors[:, 0])
    entropy = -((-errors / TEMPERATURE).softmax(1) * votes).sum(1)
    return (entropy * weight).sum() / weight.sum().clamp_min(1e-6)


def _stacked(cases: list[Case], like: Tensor, *names: str) -> list[Tensor]:
    return [torch.stack([getattr(each, name) for each in cases]).to(like) for name in names]


def _against_fill(cases: list[Case], shares: Tensor) -> Tensor:
    """The logarithm of the error over the fill's, over the frame and over the actors in it.

    Falling below the fill costs more than rising above it earns.
    """
    colours, floor, answer, actors = _stacked(cases, shares, "colours", "floor", "answer", "actors")
    frame, total = (colours * shares[:, :, None]).sum(1), shares.new_zeros(())
    for weight, mask in ((1.0, torch.ones_like(actors)), (0.5, actors)):
        area = mask.mean((1, 2, 3)) + 1e-3
        own, least = (
            ((each - answer).square() * mask).mean((1, 2, 3)) / area for each in (frame, floor)
        )
        gain = ((own + _FAINT) / (least + _FAINT)).log().clamp_min(-MOST_GAIN)
        total = total + weight * (gain + FALLING * functional.relu(gain)).mean()
    return total


def _matching(chances: Tensor, ways: Tensor) -> Tensor:
    """Cross entropy of the global matching at cells whose other end is seen."""
    height, width = ways.shape[-2:]
    rows, columns = height // CELL, width // CELL
    middle = CELL // 2
    flow = ways[..., middle::CELL, middle::CELL]
    start = coordinates(rows, columns, ways.device) * CELL + middle
    end = ((start + flow - (CELL - 1) / 2) / CELL).round().long()
    inside = (end[:, 0] >= 0) & (end[:, 0] < columns) & (end[:, 1] >= 0) & (end[:, 1] < rows)
    index = end[:, 1].clamp(0, rows - 1) * columns + end[:, 0].clamp(0, columns - 1)
    index = index.flatten(1)
    there, back = flow.flatten(2), torch.cat(flow.chunk(2)[::-1]).flatten(2)
    again = there + back.gather(2, index[:, None].expand(-1, 2, -1))
    seen = inside.flatten(1) & (again.square().sum(1) < CELL * CELL)
    weight = seen * (1 + 5 * (there.square().sum(1).sqrt() / 6).clamp_max(1))
    hit = chances.gather(2, index[..., None])[..., 0]
    return -(hit * weight).sum() / weight.sum().clamp_min(1)
