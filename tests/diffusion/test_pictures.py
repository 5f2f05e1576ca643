"""Previews, and colours as bytes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from aiprod_studio.diffusion.colours import as_frames, as_video
from aiprod_studio.diffusion.preview import ColourMap, fit
from aiprod_studio.sdk import Refusal


def test_frames_become_a_video_tensor_and_come_back_the_same() -> None:
    frames = np.arange(256 * 3, dtype=np.uint32).reshape(1, 16, 48).astype(np.uint8)
    frames = np.stack([frames, frames, frames[:, ::-1]], axis=-1)
    video = as_video(frames)
    assert video.shape == (1, 3, 1, 16, 48)
    assert float(video.min()) == -1
    assert float(video.max()) == 1
    assert np.array_equal(as_frames(video), frames)


def test_a_fitted_preview_finds_a_linear_decoder() -> None:
    matrix = torch.randn(5, 3, generator=torch.Generator().manual_seed(2)) * 0.2

    def decode(latents: torch.Tensor) -> torch.Tensor:
        colours = torch.einsum("bcfhw,ck->bkfhw", latents, matrix) + 0.1
        return colours.repeat_interleave(4, 3).repeat_interleave(4, 4)

    found = fit(decode, [torch.randn(1, 5, 3, 4, 4) for _ in range(3)])
    torch.testing.assert_close(found.matrix, matrix, atol=1e-5, rtol=0)
    torch.testing.assert_close(found.bias, torch.full((3,), 0.1), atol=1e-5, rtol=0)
    read = ColourMap.of({"preview": found.rows()}, 5)
    assert read is not None
    assert torch.equal(read.matrix, found.matrix)


def test_a_preview_is_a_short_film_large_enough_to_see() -> None:
    pictures = ColourMap.spread(8).pictures(torch.randn(1, 8, 7, 6, 8))
    assert pictures.shape == (7, 96, 128, 3)
    assert pictures.dtype == np.uint8


def test_a_preview_map_for_other_latents_is_refused() -> None:
    assert ColourMap.of({}, 4) is None
    with pytest.raises(Refusal, match="'preview' is"):
        ColourMap.of({"preview": [[0, 0, 0]]}, 4)
