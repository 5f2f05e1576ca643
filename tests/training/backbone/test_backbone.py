"""The backbone, its training on given frames, and the quick generator."""

from __future__ import annotations

import pytest
import torch

from aiprod_studio.models.networks.starter_transformer import PLACES, StarterTransformer, places
from aiprod_studio.training.backbone import diffusing, flow, sampling, text
from aiprod_studio.training.backbone.feed import Feed
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.loop import Failed, Limits
from aiprod_studio.training.shapes import Shape


@pytest.fixture(scope="module")
def network(tiny: Shape) -> StarterTransformer:
    torch.manual_seed(0)
    return StarterTransformer(**tiny.transformer()).eval()


@pytest.fixture(scope="module")
def encoder(tiny: Shape) -> torch.nn.Module:
    torch.manual_seed(0)
    return text.encoder(tiny).eval()


def test_places_are_shares_of_the_picture_whatever_its_size() -> None:
    small, large = flow.coordinates(2, 6, 8)[None], flow.coordinates(2, 12, 16)[None]
    one, other = places(small, 16, 2.0), places(large, 16, 2.0)
    assert one.shape == (1, 96, PLACES)
    assert float((one.mean(1) - other.mean(1)).abs().max()) < 0.05
    assert len({tuple(row.tolist()) for row in one[0]}) == 96


def test_the_network_tells_places_apart_in_pure_sameness(network: StarterTransformer) -> None:
    tokens, words = torch.ones(1, 48, 16), torch.ones(1, 2, 32)
    out = network(
        hidden_states=tokens, encoder_hidden_states=words, timestep=torch.full((1, 1), 1000.0),
        encoder_attention_mask=torch.ones(1, 2), video_coords=flow.coordinates(1, 6, 8)[None],
        return_dict=False,
    )[0]  # fmt: skip
    assert out.shape == (1, 48, 16)
    assert float(out.std(1).mean()) > 1e-3


def test_the_same_seed_makes_the_same_film(
    network: StarterTransformer, encoder: torch.nn.Module
) -> None:
    wish = sampling.Wish(frames=5, steps=2)
    made = [sampling.generate(network, encoder, ["a red ball"] * 2, [7, 8], wish)
            for _ in range(2)]  # fmt: skip
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0][0], made[0][1])
    assert made[0].shape == (2, 16, 2, 6, 8)


def test_a_given_first_frame_stays(network: StarterTransformer, encoder: torch.nn.Module) -> None:
    given = torch.randn(1, 16, 1, 6, 8)
    wish = sampling.Wish(frames=5, steps=2, given={0: given, 4: torch.randn(1, 16, 1, 6, 8)})
    made = sampling.generate(network, encoder, ["a red ball"], [1], wish)
    assert torch.equal(made[:, :, :1], given)


def test_a_given_last_frame_changes_the_film(
    network: StarterTransformer, encoder: torch.nn.Module
) -> None:
    plain = sampling.generate(network, encoder, [""], [1], sampling.Wish(frames=5, steps=2))
    wish = sampling.Wish(frames=5, steps=2, given={4: torch.randn(1, 16, 1, 6, 8)})
    assert not torch.allclose(sampling.generate(network, encoder, [""], [1], wish), plain)


@pytest.mark.parametrize("shift", [1.0, 2.0, 5.0])
def test_the_schedule_falls_from_one_to_zero(shift: float) -> None:
    levels = sampling.schedule(8, shift)
    assert float(levels[0]) == 1
    assert float(levels[-1]) == 0
    assert bool((levels.diff() < 0).all())


def test_batches_follow_their_random_numbers(cache: Cache) -> None:
    import numpy as np

    feed = Feed(cache, "films")
    one, same = (feed.batch(4, np.random.default_rng(5)) for _ in range(2))
    assert torch.equal(one.latents, same.latents)
    assert one.latents.shape == (4, 336, 16)
    assert one.keys.shape == (4, 48, 16)
    assert 0 < float(one.cover.mean()) < 0.5


def test_stills_then_films_train_and_store_their_weights(tiny: Shape, cache: Cache) -> None:
    text.weights.save(cache.path(text.FILE), text.encoder(tiny).state_dict(), {})
    diffusing.images(cache, tiny, Limits(10, 12))
    diffusing.video(cache, tiny, Limits(10, len(diffusing.TURNS) + 2))
    first, last = list(cache.curve("images")), list(cache.curve("video"))
    assert first[0]["gap"] is not None
    assert last[0]["loss"] < first[0]["loss"] * 1.2
    assert cache.path("video.safetensors").exists()


def test_captions_that_are_ignored_stop_the_run(
    tiny: Shape, cache: Cache, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(diffusing, "GAP_AFTER", 4)
    monkeypatch.setattr(diffusing, "GAP_EVERY", 2)
    for name in ("images.safetensors", "images.state.safetensors"):
        cache.path(name).unlink(missing_ok=True)
    with pytest.raises(Failed, match="captions are ignored"):
        diffusing.images(cache, tiny, Limits(10, 12))
