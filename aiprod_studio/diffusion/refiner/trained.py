"""The starter's trained refiner as a corrector: candidate frames, weighed pixel by pixel.

The network's finder says where things went; a second optical flow begins there. Three candidates
come of it: the plain fill, the fill along the motion that was found, and that along ways bent by
the keyframes beyond. The network's judge mixes them. A gate that nothing was learned for stands
behind it: a motion under which both keyframes agree less than under plain flow is not believed,
whatever the judge says. The network is given, not loaded. Used by the refine nodes, the training
and the evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from aiprod_studio.diffusion.refiner.filling import Carried, carried
from aiprod_studio.diffusion.refiner.motion import Floats, Motion, bend_of, bent, motion
from aiprod_studio.diffusion.refiner.refining import Asked

MOST_DOUBT = 8.0
"""Pixels of doubt beyond which more makes no difference to the judge."""
SAME, STRICT = 30.0, 12.0
"""Squared levels of 255 below which keyframes agree well enough; how sharply the gate closes.

Both were chosen on films of their own seeds. Patterns that repeat, as hatchings and tiles do, lead
the finder to the wrong repetition and the judge never saw enough of them.
"""


@dataclass(frozen=True)
class Candidates:
    """Frames to choose from: `colours` (N, H, W, 3) in [0, 255], the plain fill first.

    `told` (8 N + 1, H, W) is what the judge sees of them, see `FrameRefiner.judged`. `flow`
    (H, W, 3) is the fill by plain flow, without the noise that the first may have, and `apart` (N,)
    the mean squared difference of both keyframes along each candidate's motion, levels of 255.
    """

    colours: Floats
    told: Floats
    flow: Floats
    apart: Floats

    def mixed(self, shares: Floats) -> Floats:
        """The frame (H, W, 3) of shares (N, H, W), which add up to 1, behind the gate.

        What the gate takes from a candidate goes to the fill by plain flow.
        """
        kept = shares * self.gate()[:, None, None]
        made = (self.colours * kept[..., None]).sum(0)
        return np.asarray(made + (1 - kept.sum(0))[..., None] * self.flow, np.float32)

    def gate(self) -> Floats:
        """What is left of each candidate, (N,) in [0, 1]: 1 of the first, half where it is equal.

        The keyframes themselves say it: a motion that is right carries one onto the other.
        """
        apart = self.apart.astype(np.float64) + SAME
        opened = 1 / (1 + (apart / apart[0]) ** STRICT)
        opened[0] = 1
        return np.asarray(opened, np.float32)


class Trained:
    """Corrects one frame at a time with a network that finds and judges as `FrameRefiner` does."""

    def __init__(self, network: torch.nn.Module, device: str, dtype: torch.dtype) -> None:
        self._network: Any = network
        self._device, self._dtype = device, dtype
        self._last: tuple[Motion, tuple[float, float], tuple[Motion, Motion]] | None = None

    @torch.inference_mode()
    def __call__(self, asked: Asked) -> Floats:
        """Return the corrected frame (H, W, 3), float32 in [0, 255]."""
        made = self.candidates(asked)
        told = self._placed(made.told)[None]
        return made.mixed(self._network.judged(told)[0].float().cpu().numpy())

    def candidates(self, asked: Asked) -> Candidates:
        """Return the plain fill and what stands beside it."""
        _, before, after, _ = asked.keys
        straight, curved = self._ways(asked)
        flow = carried(before, after, asked.way, asked.share)
        plain = Carried(asked.fill, flow.apart, flow.doubts)
        found = carried(before, after, straight, asked.share)
        around = found
        if curved.bend is not None:
            around = carried(before, after, curved, asked.share)
        made = (plain, found, around)
        time = np.full((1, *asked.fill.shape[:2]), asked.share, np.float32)
        told = np.concatenate([*(_told(each) for each in made), time])
        apart = np.array([np.square(each.apart).mean() for each in made], np.float32)
        return Candidates(np.stack([each.colours for each in made]), told, flow.colours, apart)

    def _ways(self, asked: Asked) -> tuple[Motion, Motion]:
        """The motion that the finder leads to, straight and bent; kept for the next frame."""
        last = self._last
        if last is None or last[0] is not asked.way or last[1] != asked.spans:
            straight = motion(asked.keys[1], asked.keys[2], self._found(asked))
            self._last = last = (asked.way, asked.spans, (straight, _curved(asked, straight)))
        return last[2]

    @torch.inference_mode()
    def _found(self, asked: Asked) -> tuple[Floats, Floats]:
        way = asked.way
        pictures = (self._colours(picture)[None] for picture in asked.keys[1:3])
        known = self._placed(np.stack([way.onward, way.back])).movedim(-1, 1)[None]
        flow = self._network.found(*pictures, known)[0].float().movedim(1, -1)
        return flow[0].cpu().numpy(), flow[1].cpu().numpy()

    def _colours(self, picture: Any) -> torch.Tensor:
        return self._placed(picture.astype(np.float32) / 127.5 - 1).movedim(-1, 0)

    def _placed(self, values: Any) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(self._device, self._dtype)


def _curved(asked: Asked, way: Motion) -> Motion:
    """The same motion through the keyframes beyond, as far as there are some."""
    earlier, before, after, later = asked.keys
    since, until = asked.spans[0], 1 - asked.spans[1]
    bend = bend_back = None
    if since < 0:
        beyond = motion(before, earlier, (since * way.onward, -since * way.onward))
        bend = bend_of(way.onward, beyond, since)
    if until < 0:
        beyond = motion(after, later, (until * way.back, -until * way.back))
        bend_back = bend_of(way.back, beyond, until)
    return bent(way, bend, bend_back)


def _told(made: Carried) -> Floats:
    """What the judge sees of one candidate, (8, H, W)."""
    doubts = np.minimum(made.doubts, MOST_DOUBT) / 4
    parts = [made.colours / 127.5 - 1, made.apart / 64, doubts]
    return np.asarray(np.concatenate(parts, -1).transpose(2, 0, 1), np.float32)
