"""Enlarging in tiles, and stopping inside a network."""

from __future__ import annotations

import pytest
import torch

from aiprod_studio.diffusion.enlarging import enlarged
from aiprod_studio.diffusion.stopping import stoppable
from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler
from aiprod_studio.sdk import Cancelled, Refusal


@pytest.fixture
def upscaler() -> FrameUpscaler:
    torch.manual_seed(0)
    network = FrameUpscaler(width=6, depth=1).eval()
    torch.nn.init.normal_(network.leave.weight, std=0.05)
    return network.requires_grad_(False)


@pytest.mark.parametrize("tile", [26, 32, 50])
def test_tiles_give_what_the_whole_frame_gives(upscaler: FrameUpscaler, tile: int) -> None:
    frames = torch.rand(2, 3, 62, 90) * 2 - 1
    whole = enlarged(frames, upscaler, tile=0, reach=upscaler.reach)
    tiled = enlarged(frames, upscaler, tile=tile, reach=upscaler.reach)
    assert whole.shape == (2, 3, 124, 180)
    torch.testing.assert_close(tiled, whole, atol=1e-5, rtol=0)


def test_cancelling_stops_between_tiles(upscaler: FrameUpscaler) -> None:
    left = [3]

    def check() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        enlarged(torch.zeros(1, 3, 64, 64), upscaler, tile=24, reach=4, check=check)


def test_a_network_that_does_not_enlarge_is_refused() -> None:
    with pytest.raises(Refusal, match="Choose one that enlarges frames"):
        enlarged(torch.zeros(1, 3, 8, 8), lambda part: part[..., :3], tile=0, reach=0)


def test_a_network_is_stopped_before_its_next_block_and_left_as_it_was() -> None:
    blocks = torch.nn.ModuleList(torch.nn.Linear(2, 2) for _ in range(5))
    network = torch.nn.Module()
    network.blocks = blocks
    seen: list[int] = []

    def check() -> None:
        seen.append(len(seen))
        if len(seen) == 3:
            raise Cancelled

    with pytest.raises(Cancelled), stoppable(network, check):
        value = torch.zeros(1, 2)
        for block in blocks:
            value = block(value)
    assert len(seen) == 3
    assert not any(block._forward_pre_hooks for block in blocks)
