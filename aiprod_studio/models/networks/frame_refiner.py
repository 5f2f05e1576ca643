"""The starter's refiner of frames between keyframes: finds what moved far, and weighs candidates.

Two small networks in one file. `Finder` matches two pictures over their whole area, at a quarter of
a small working size, so that what moved farther than it is wide is found again. Where both ways of
the matching agree, its coarse motion is where a second optical flow begins. `Judge` weighs the
frames that come of it against the plain fill, pixel by pixel: its share of the plain fill is the
gate that keeps the film from falling below it. Any size. Neither computes optical flow nor reads
files; the refiner's algorithm and its training use them.
"""

from __future__ import annotations

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

CELL = 4
"""Pixels of the working size per cell of the matching, each side."""
STRIDE = 8
"""Working sizes are multiples of it."""
AROUND, AGREED = 1.5, 1.5
"""Cells around the best match that share in it; how far from its start a cell may come back."""
SEEN = 8
"""Channels of what the judge sees of each candidate: see `FrameRefiner.judged`."""


class FrameRefiner(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Finds motion between two pictures (`found`) and weighs candidate frames (`judged`)."""

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self, width: int = 48, deep: int = 56, mix: int = 24, candidates: int = 3,
        working: int = 12288,
    ) -> None:  # fmt: skip
        super().__init__()
        self.finder = Finder(width, deep)
        self.judge = Judge(candidates, mix)

    def found(self, first: Tensor, second: Tensor, known: Tensor) -> Tensor:
        """Find the coarse motion between pictures, both ways.

        Args:
            first: (B, 3, H, W) in [-1, 1].
            second: the other pictures.
            known: (B, 2, 2, H, W), optical flow from first to second and back, in pixels; it
                stands where the matching is of two minds.

        Returns:
            (B, 2, 2, H, W): the motion from first to second and back, in pixels.
        """
        height, width = first.shape[-2:]
        small = self._small(height, width)
        pair = functional.interpolate(torch.cat([first, second]), small, mode="area")
        scale = known.new_tensor([small[1] / width, small[0] / height])[:, None, None]
        flow, agreed = self.finder.motion(pair)
        both = torch.cat([known[:, 0], known[:, 1]]) * scale
        both = functional.interpolate(both, flow.shape[-2:], mode="area")
        flow = torch.where(agreed, CELL * flow, both.float()).to(first.dtype)
        whole = functional.interpolate(flow, (height, width), mode="bilinear", align_corners=False)
        return torch.stack((whole / scale).chunk(2), 1)

    def judged(self, told: Tensor) -> Tensor:
        """Weigh candidates, the first of which is the plain fill.

        Args:
            told: (B, candidates * SEEN + 1, H, W): of each candidate its colours (3), the
                disagreement of both pictures that it mixes (3) and the doubts of its motion (2);
                last the time between the keyframes, 0 to 1.

        Returns:
            (B, candidates, H, W), which add up to 1 everywhere.
        """
        weights: Tensor = self.judge(told).exp()
        return weights

    def _small(self, height: int, width: int) -> tuple[int, int]:
        """The working size: about as many pixels as the films of the training had."""
        factor = min(1.0, (int(self.config.working) / (height * width)) ** 0.5)
        rows, columns = (
            max(2 * STRIDE, round(side * factor / STRIDE) * STRIDE) for side in (height, width)
        )
        return rows, columns


class Finder(nn.Module):
    """Motion between two pictures at the working size, by matching everything with everything."""

    def __init__(self, width: int, deep: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(_block(3, 24, 2), _block(24, width, 2), _Residual(width))
        self.deeper = nn.Sequential(_block(width, deep, 2), _Residual(deep, 2), _Residual(deep))
        self.join = nn.Conv2d(width + deep, width, 1)
        self.nearness = nn.Parameter(torch.tensor(-3.0))
        self.sharpness = nn.Parameter(torch.tensor(2.7))

    def forward(self, pair: Tensor) -> Tensor:
        """Log chances (2B, cells, cells) that a cell of one picture is seen in one of the other.

        `pair` (2B, 3, h, w) holds the first pictures, then the second.
        """
        features = self._features(pair).float().flatten(2)
        both = torch.cat(features.chunk(2), 2)
        both = functional.normalize(both - both.mean(2, keepdim=True), dim=1)
        first, second = both.chunk(2, 2)
        places = _places(pair)
        far = functional.softplus(self.nearness.float()) * torch.cdist(places, places)
        with torch.autocast(pair.device.type, enabled=False):
            first = first * self.sharpness.float().exp()
            alike = torch.baddbmm(-far, first.transpose(1, 2), second)
        return torch.cat([alike, alike.transpose(1, 2)]).log_softmax(-1)

    @torch.no_grad()
    def motion(self, pair: Tensor) -> tuple[Tensor, Tensor]:
        """Flow (2B, 2, h / 4, w / 4) in cells, and where (2B, 1, ...) both ways of it agree.

        A cell goes to the mean of the best match and its neighbours, by their chances.
        """
        chances, places = self.forward(pair), _places(pair)
        size = (pair.shape[-2] // CELL, pair.shape[-1] // CELL)
        best = places[chances.argmax(-1)]
        near = (places - best[:, :, None]).abs().amax(-1) <= AROUND
        likely = chances.masked_fill(~near, -torch.inf).softmax(-1)
        flow = (likely @ places - places).transpose(1, 2).reshape(-1, 2, *size)
        back = looked_up(torch.cat(flow.chunk(2)[::-1]), flow)
        return flow, (flow + back).square().sum(1, keepdim=True) < AGREED**2

    def _features(self, pictures: Tensor) -> Tensor:
        near = self.enter(pictures)
        far = self.deeper(near)
        far = functional.interpolate(far, near.shape[-2:], mode="bilinear", align_corners=False)
        joined: Tensor = self.join(torch.cat([near, far], 1))
        return joined


class Judge(nn.Module):
    """Weights of candidates per pixel; at the beginning nearly all on the first."""

    def __init__(self, candidates: int, width: int) -> None:
        super().__init__()
        self.candidates = candidates
        self.fine = nn.Sequential(_block(candidates * SEEN + 1, width, 2), _Residual(width))
        self.rough = nn.Sequential(_block(width, 2 * width, 2), _Residual(2 * width, 2))
        self.back = nn.Conv2d(width + width // 2, width, 1)
        self.last = nn.Sequential(_Residual(width), nn.SiLU())
        self.leave = nn.Conv2d(width, 4 * candidates, 3, 1, 1)
        with torch.no_grad():
            self.leave.weight.mul_(0.1)

    def forward(self, told: Tensor) -> Tensor:
        """Return the logarithms of the weights (B, candidates, H, W); see `FrameRefiner.judged`."""
        height, width = told.shape[-2:]
        padded = functional.pad(told, (0, -width % 4, 0, -height % 4), mode="replicate")
        fine = self.fine(padded)
        rough = functional.pixel_shuffle(self.rough(fine), 2)
        fine = self.last(self.back(torch.cat([fine, rough], 1)))
        said = functional.pixel_shuffle(self.leave(fine), 2)[..., :height, :width].float()
        lean = said.new_zeros(self.candidates, 1, 1)
        lean[0] = 1.0
        return (said + lean).log_softmax(1)


def _block(enter: int, leave: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(enter, leave, 3, stride, 1), nn.SiLU())


class _Residual(nn.Module):
    def __init__(self, width: int, spread: int = 1) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, 1, spread, spread)
        self.two = nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, hidden: Tensor) -> Tensor:
        changed: Tensor = self.two(functional.silu(self.one(functional.silu(hidden))))
        return hidden + changed


def coordinates(height: int, width: int, device: torch.device) -> Tensor:
    """(2, H, W): column and row of each pixel."""
    rows = torch.arange(height, device=device, dtype=torch.float32)
    columns = torch.arange(width, device=device, dtype=torch.float32)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x, y])


def _places(pair: Tensor) -> Tensor:
    """(cells, 2): column and row of each cell of pictures."""
    size = pair.shape[-2] // CELL, pair.shape[-1] // CELL
    return coordinates(*size, pair.device).flatten(1).T


def looked_up(picture: Tensor, flow: Tensor) -> Tensor:
    """Each pixel of (N, C, H, W) at the place where `flow` (N, 2, H, W, in pixels) leads."""
    height, width = flow.shape[-2:]
    place = coordinates(height, width, flow.device) + flow.float()
    size = place.new_tensor([width, height])[:, None, None]
    grid = ((place + 0.5) * (2 / size) - 1).movedim(1, -1)
    found: Tensor = functional.grid_sample(
        picture.float(), grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return found.to(picture.dtype)
