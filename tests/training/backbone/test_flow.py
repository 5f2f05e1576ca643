"""Flow matching: noise levels, given tokens, coordinates, loss."""

from __future__ import annotations

import torch

from aiprod_studio.training.backbone import flow


def test_given_tokens_stay_clean_and_weigh_nothing() -> None:
    clean, cover = torch.randn(2, 6, 4), torch.rand(2, 6)
    given = torch.zeros(2, 6, dtype=torch.bool)
    given[0, :3] = True
    made = flow.noised(clean, cover, given, torch.Generator().manual_seed(1), torch.zeros(1, 3, 6))
    assert torch.equal(made.tokens[0, :3], clean[0, :3])
    assert float(made.sigmas[0, :3].sum() + made.weight[0, :3].sum()) == 0
    assert bool((made.sigmas[1] > 0).all())


def test_the_target_leads_from_the_picture_to_the_noise() -> None:
    clean, cover = torch.randn(2, 6, 4), torch.zeros(2, 6)
    made = flow.noised(clean, cover, None, torch.Generator().manual_seed(1), torch.zeros(1, 3, 6))
    back = made.tokens - made.sigmas.unsqueeze(-1) * made.target
    torch.testing.assert_close(back, clean, rtol=1e-4, atol=1e-5)


def test_the_actor_weighs_more() -> None:
    cover = torch.tensor([[0.0, 1.0]])
    made = flow.noised(
        torch.zeros(1, 2, 3), cover, None, torch.Generator().manual_seed(0), torch.zeros(1, 3, 2)
    )
    assert made.weight.tolist() == [[1.0, 4.0]]


def test_high_noise_is_drawn_more_often() -> None:
    drawn = flow.levels(4000, torch.Generator().manual_seed(0))
    assert 0.6 < float(drawn.median()) < 0.8
    assert float(drawn.min()) > 0


def test_times_are_causal_and_places_are_pixels() -> None:
    coords = flow.coordinates(3, 2, 2)
    assert coords[0, ::4].tolist() == [0.0, 1 / 12, 5 / 12] or torch.allclose(
        coords[0, ::4], torch.tensor([0.0, 1 / 12, 5 / 12])
    )
    assert coords[1:, :4].tolist() == [[0, 0, 16, 16], [0, 16, 0, 16]]


def test_a_further_frame_stands_at_its_own_time() -> None:
    there = flow.at_frames(flow.coordinates(3, 2, 2), torch.tensor([24.0, 6.0]), 4)
    assert there[:, 0].unique(dim=1).flatten().tolist() == [2.0, 0.5]
