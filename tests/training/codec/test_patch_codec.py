"""The codec's network: shapes, shared latents of stills and films, tiles, refusals."""

from __future__ import annotations

import pytest
import torch

from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.training import world
from aiprod_studio.training.codec import patches


def test_a_film_comes_back_in_its_size(fitted: PatchAutoencoder) -> None:
    film = patches.video_of(world.scene(1).render().frames)
    latents = fitted.encode(film)
    assert latents.shape == (1, 16, 7, 6, 8)
    assert fitted.decode(latents).shape == film.shape


@pytest.mark.parametrize(("frames", "height", "width"), [(1, 16, 16), (5, 32, 80), (9, 96, 48)])
def test_any_multiple_of_a_cell_works(
    fitted: PatchAutoencoder, frames: int, height: int, width: int
) -> None:
    film = torch.rand(1, 3, frames, height, width) * 2 - 1
    assert fitted(film).shape == film.shape


def test_a_still_and_an_unmoving_film_share_their_latents(fitted: PatchAutoencoder) -> None:
    still = patches.video_of(world.scene(2).still(0.3)[None])
    film = fitted.encode(still.expand(-1, -1, 5, -1, -1))
    alone = fitted.encode(still)
    torch.testing.assert_close(film[:, :, :1], alone)
    torch.testing.assert_close(film[:, :, 1:], alone, rtol=1e-3, atol=1e-4)


def test_latents_have_unit_mean_square_on_films(fitted: PatchAutoencoder) -> None:
    films = [patches.video_of(world.scene(500 + i).render().frames) for i in range(6)]
    square = torch.stack([fitted.encode(film)[:, :, 1:].square().mean() for film in films]).mean()
    assert 0.5 < float(square) < 2


def test_more_components_lose_less(fitted: PatchAutoencoder) -> None:
    film = patches.video_of(world.scene(3).render().frames)
    latents = fitted.encode(film)
    few = latents.clone()
    few[:, 6:12] = 0
    assert patches.psnr(fitted.decode(latents), film) > patches.psnr(fitted.decode(few), film) + 1


def test_overlapping_tiles_join_without_a_trace(fitted: PatchAutoencoder) -> None:
    network = PatchAutoencoder(**{k: v for k, v in fitted.config.items() if k[0] != "_"})
    network.load_state_dict(fitted.state_dict())
    torch.manual_seed(0)
    torch.nn.init.normal_(network.polish.leave.weight, std=0.2)
    latents = torch.randn(1, 16, 2, 3, 12) * 0.3
    whole, reach = network.decode(latents), network.reach
    left = network.decode(latents[..., : 6 + reach])[..., : 6 * 16]
    right = network.decode(latents[..., 6 - reach :])[..., reach * 16 :]
    torch.testing.assert_close(torch.cat([left, right], -1), whole, rtol=1e-4, atol=1e-5)


def test_every_group_of_frames_depends_on_its_own_latents_alone(fitted: PatchAutoencoder) -> None:
    latents = torch.randn(1, 16, 3, 2, 2) * 0.3
    changed = latents.clone()
    changed[:, :, 2] += 0.5
    one, other = fitted.decode(latents), fitted.decode(changed)
    torch.testing.assert_close(one[:, :, :5], other[:, :, :5])
    assert not torch.equal(one[:, :, 5:], other[:, :, 5:])


@pytest.mark.parametrize("shape", [(1, 3, 5, 30, 32), (1, 3, 4, 32, 32), (3, 5, 32, 32)])
def test_wrong_sizes_are_refused_in_words(fitted: PatchAutoencoder, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"multiples of 16|\(B, 3, F, H, W\)"):
        fitted.encode(torch.zeros(shape))
