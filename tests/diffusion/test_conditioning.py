"""Tokens, positions and keyframes, checked against diffusers where it has the same rule."""

from __future__ import annotations

import pytest
import torch
from diffusers.models.transformers.transformer_ltx2 import LTX2AudioVideoRotaryPosEmbed
from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXConditionPipeline
from hypothesis import given, settings
from hypothesis import strategies as some

from aiprod_studio.diffusion.conditioning import lay
from aiprod_studio.diffusion.tokens import Grid, pack, positions, unpack
from aiprod_studio.sdk import Keyframe, Refusal

STARTER = Grid(time=4, space=16)


@settings(max_examples=30, deadline=None)
@given(patch=some.integers(1, 2), time=some.integers(1, 2), seed=some.integers(0, 99))
def test_unpacking_gives_back_what_was_packed(patch: int, time: int, seed: int) -> None:
    grid = Grid(patch=patch, patch_time=time)
    generator = torch.Generator().manual_seed(seed)
    latents = torch.randn(2, 3, 2 * time, 2 * patch, 3 * patch, generator=generator)
    tokens = pack(latents, grid)
    assert tokens.shape == (2, 12, 3 * time * patch * patch)
    assert torch.equal(unpack(tokens, grid.token_shape(latents), grid), latents)


def test_packing_is_that_of_the_ltx_pipelines() -> None:
    latents = torch.randn(1, 4, 4, 6, 2)
    expected = LTXConditionPipeline._pack_latents(latents, 2, 2)
    assert torch.equal(pack(latents, Grid(patch=2, patch_time=2)), expected)


@pytest.mark.parametrize("rate", [24.0, 12.0, 24000 / 1001])
def test_positions_are_those_of_ltx2(rate: float) -> None:
    theirs = LTX2AudioVideoRotaryPosEmbed(dim=12).prepare_video_coords(
        1, 4, 3, 5, torch.device("cpu"), rate
    )
    assert torch.equal(positions((4, 3, 5), Grid(), rate), theirs)


def test_starts_of_positions_are_those_of_ltx_video() -> None:
    ids = LTXConditionPipeline._prepare_video_ids(1, 4, 3, 5, device=torch.device("cpu"))
    theirs = LTXConditionPipeline._scale_video_ids(ids, device=torch.device("cpu")).float()
    theirs[:, 0] = theirs[:, 0] / 24
    torch.testing.assert_close(positions((4, 3, 5), Grid(), 24)[..., 0], theirs)


def test_a_guide_picture_covers_just_its_own_frame() -> None:
    found = positions((1, 2, 2), STARTER, 12, at_frame=24)
    torch.testing.assert_close(found[0, 0], torch.tensor([[2.0, 25 / 12]] * 4))
    ids = LTXConditionPipeline._prepare_video_ids(1, 1, 2, 2, device=torch.device("cpu"))
    theirs = LTXConditionPipeline._scale_video_ids(
        ids, 16, 4, frame_index=24, device=torch.device("cpu")
    )
    assert torch.equal(found[0, :, :, 0] * torch.tensor([[12], [1], [1]]), theirs[0].float())


def picture(value: float) -> torch.Tensor:
    return torch.full((1, 5, 1, 2, 3), value)


LATENTS = torch.zeros(1, 5, 7, 2, 3)


def test_a_first_frame_replaces_the_first_latent_frame() -> None:
    canvas = lay(LATENTS, [Keyframe(picture(2.0), 0)], STARTER, 25, 12)
    assert canvas.own == canvas.tokens.shape[1] == 42
    assert canvas.mask[0, :, 0].tolist() == [0.0] * 6 + [1.0] * 36
    noise = torch.randn(canvas.tokens.shape)
    start = canvas.start(noise, 1.0)
    assert torch.equal(start[:, :6], torch.full((1, 6, 5), 2.0))
    assert torch.equal(start[:, 6:], noise[:, 6:])
    assert canvas.sigmas(0.5)[0].tolist() == [0.0] * 6 + [0.5] * 36
    assert torch.equal(canvas.latents(start)[:, :, :1], picture(2.0))


def test_another_frame_is_appended_with_its_time_and_dropped_from_the_result() -> None:
    keyframes = [Keyframe(picture(3.0), 24), Keyframe(picture(4.0), 10, strength=0.75)]
    canvas = lay(LATENTS, keyframes, STARTER, 25, 12)
    assert canvas.tokens.shape == (1, 54, 5)
    assert canvas.mask[0, 42:, 0].tolist() == [0.0] * 6 + [0.25] * 6
    assert canvas.positions[0, 0, 42:, 0].tolist() == pytest.approx([2.0] * 6 + [10 / 12] * 6)
    assert canvas.sigmas(0.8)[0, 48:].tolist() == pytest.approx([0.2] * 6)
    assert canvas.latents(canvas.tokens).shape == LATENTS.shape
    assert not canvas.latents(canvas.tokens).any()


def test_without_keyframes_nothing_is_held() -> None:
    assert lay(LATENTS, [], STARTER, 25, 12).hold is None


def test_the_latents_given_are_not_changed() -> None:
    latents = LATENTS.clone()
    lay(latents, [Keyframe(picture(2.0), 0)], STARTER, 25, 12)
    assert torch.equal(latents, LATENTS)


def test_a_batch_shares_its_keyframes() -> None:
    keyframes = [Keyframe(picture(2.0), 0), Keyframe(picture(3.0), 24)]
    canvas = lay(LATENTS.expand(2, -1, -1, -1, -1), keyframes, STARTER, 25, 12)
    assert canvas.tokens.shape == (2, 48, 5)
    assert torch.equal(canvas.clean[0], canvas.clean[1])


@pytest.mark.parametrize(
    ("keyframe", "why"),
    [
        (Keyframe(picture(1), 25), "25 frames, numbered from 0 to 24"),
        (Keyframe(picture(1), -1), "numbered from 0 to 24"),
        (Keyframe(picture(1), 3, 1.5), "not between 0 and 1"),
        (Keyframe(torch.zeros(1, 5, 1, 2, 4), 3), "Encode it at the size of the video"),
    ],
)
def test_a_keyframe_that_cannot_be_laid_is_refused(keyframe: Keyframe, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        lay(LATENTS, [keyframe], STARTER, 25, 12)


def test_latents_that_do_not_divide_into_patches_are_refused() -> None:
    with pytest.raises(Refusal, match="do not divide by patches"):
        pack(torch.zeros(1, 2, 1, 3, 4), Grid(patch=2))


def test_a_grid_is_read_from_a_models_settings() -> None:
    assert Grid.of({"frame_step": 4, "multiple": 16}) == STARTER
    wan = {
        "frame_step": 4,
        "multiple": 16,
        "positions": {"scales": [4, 8, 8], "causal": False, "seconds": False},
        "patch": [1, 2, 2],
    }
    grid = Grid.of(wan)
    assert grid == Grid(time=4, space=8, aligned=False, seconds=False, patch=2)
    assert grid.latent_shape(64, 32, 9) == (3, 4, 8)
    assert positions((3, 1, 1), grid, 24)[0, 0, :, 0].tolist() == [0, 4, 8]
