"""The upscaler's network: twice the size, bicubic before training, local."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler


@pytest.mark.parametrize(("height", "width"), [(96, 128), (34, 50), (16, 16)])
def test_frames_double_in_any_even_size(height: int, width: int) -> None:
    network = FrameUpscaler(width=8, depth=1)
    assert network(torch.zeros(2, 3, height, width)).shape == (2, 3, 2 * height, 2 * width)


def test_it_begins_as_a_bicubic_enlargement() -> None:
    frames = torch.rand(1, 3, 16, 20) * 1.6 - 0.8
    plain = functional.interpolate(frames, scale_factor=2, mode="bicubic").clamp(-1, 1)
    torch.testing.assert_close(FrameUpscaler(width=8, depth=1)(frames), plain)


def test_a_pixel_depends_on_what_is_within_reach() -> None:
    network = FrameUpscaler(width=8, depth=2)
    torch.nn.init.normal_(network.leave.weight, std=0.1)
    frames = torch.rand(1, 3, 16, 128) - 0.5
    changed = frames.clone()
    changed[..., :8] = 0.9
    same = 2 * (8 + network.reach)
    torch.testing.assert_close(network(frames)[..., same:], network(changed)[..., same:])


def test_odd_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        FrameUpscaler(width=8, depth=1)(torch.zeros(1, 3, 15, 16))
