"""The refiner's films, network and training stage, small and real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from aiprod_studio.diffusion.refiner.motion import moved
from aiprod_studio.diffusion.refiner.trained import Trained
from aiprod_studio.models.networks.frame_refiner import FrameRefiner
from aiprod_studio.training import weights, world
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.loop import Limits
from aiprod_studio.training.refiner import films, measuring
from aiprod_studio.training.refiner import stage as refiner
from aiprod_studio.training.refiner.films import Film, question, sprite_film, world_film
from aiprod_studio.training.shapes import BASE


@pytest.fixture(scope="module")
def sprites() -> Film:
    return sprite_film(3)


@pytest.fixture(scope="module")
def network() -> FrameRefiner:
    torch.manual_seed(0)
    return FrameRefiner(width=8, deep=8, mix=8).eval()


@pytest.mark.parametrize("kind", ["world", "sprites"])
def test_the_motion_of_a_film_is_exact_between_any_two_of_its_moments(
    kind: str, sprites: Film
) -> None:
    plain = {"weather": "clear", "camera": "pan_left", "motion": "roll", "object": "ball"}
    film = sprites if kind == "sprites" else world_film(world.compose(plain, 4))
    for start, end in ((0, 12), (12, 0), (5, 8)):
        error = np.abs(moved(film.frames[end], film.flow(start, end)) - film.frames[start])
        assert float(np.median(error)) < 2  # the rest is hidden or has left the picture


def test_films_are_the_same_for_the_same_seed_and_half_of_a_shard_are_sprites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(films, "SHARD", 4)
    one, other = (films.Films(Cache(tmp_path / name), 1) for name in "ab")
    assert len(one) == 4
    for row in range(4):
        assert np.array_equal(one.film(row).frames, other.film(row).frames)
    own = sprite_film(films.FIRST_SEED + 1)
    assert np.array_equal(one.film(1).frames, own.frames)


def test_training_never_sees_a_held_out_combination_or_a_judged_sprite() -> None:
    shards = refiner.SHARDS * films.SHARD
    seeds = range(films.FIRST_SEED, films.FIRST_SEED + shards)
    judged = range(measuring.FIRST_SPRITES, measuring.FIRST_SPRITES + 10_000)
    assert not set(seeds) & set(judged)
    assert not any(world.HELD_OUT.holds(world.scene(seed).attributes) for seed in seeds[::97])


def test_what_the_finder_is_taught_is_where_things_really_went(sprites: Film) -> None:
    pair = films.pair(sprites, 0, 12)
    assert np.array_equal(pair.ways[0], sprites.flow(0, 12))
    assert np.array_equal(pair.ways[1], sprites.flow(12, 0))


def test_candidates_are_the_fill_and_two_others_and_the_judge_s_shares_add_up(
    sprites: Film, network: FrameRefiner
) -> None:
    asked = question(sprites, 6, 6, 8).asked
    made = Trained(network, "cpu", torch.float32).candidates(asked)
    assert made.colours.shape == (3, 96, 128, 3)
    assert np.array_equal(made.colours[0], asked.fill)
    shares = network.judged(torch.from_numpy(made.told)[None])
    torch.testing.assert_close(shares.sum(1), torch.ones(1, 96, 128))


@pytest.mark.parametrize("size", [(96, 128), (61, 83), (200, 120), (16, 24)])
def test_the_refiner_takes_any_size(size: tuple[int, int], network: FrameRefiner) -> None:
    film = sprite_film(5, size[1], size[0])
    asked = question(film, 6, 6, 9).asked
    made = Trained(network, "cpu", torch.float32)(asked)
    assert made.shape == (*size, 3)
    assert np.isfinite(made).all()


def test_a_matching_that_is_certain_gives_the_motion_in_cells(network: FrameRefiner) -> None:
    """Noise looks like itself alone, so that even features that were never trained find it."""
    random = np.random.default_rng(2)
    first = torch.from_numpy(random.uniform(-1, 1, (1, 3, 32, 48)).astype(np.float32))
    second = torch.roll(first, (8, 12), (2, 3))
    with torch.no_grad():
        flow, agreed = network.finder.motion(torch.cat([first, second]))
    inside = flow[0, :, 2:5, 2:8]
    sure = agreed[0, 0, 2:5, 2:8]
    assert sure.float().mean() > 0.5
    assert (inside[0][sure] - 3).abs().median() < 0.35
    assert (inside[1][sure] - 2).abs().median() < 0.35


def test_the_stage_trains_both_networks_goes_on_where_it_stopped_and_leaves_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(films, "SHARD", 2)
    monkeypatch.setattr(refiner, "PAIRS", 1)
    monkeypatch.setattr(refiner, "QUESTIONS", 1)
    cache = Cache(tmp_path)
    for steps in (4, 5):
        refiner.train(cache, BASE, Limits(minutes=5, steps=steps))
    for stage in (refiner.FINDER, refiner.JUDGE):
        assert weights.facts(cache.path(f"{stage}.state.safetensors"))["done"] == "5"
    trained = FrameRefiner()
    weights.load(trained, cache.path(refiner.REFINER))
    fresh = FrameRefiner()
    assert not torch.equal(trained.finder.join.weight, fresh.finder.join.weight)


def test_a_recall_is_asked_only_of_actors_that_moved_and_tells_there_from_gone() -> None:
    film = world_film(world.compose({"object": "ball", "motion": "roll", "weather": "clear",
                                     "camera": "static", "colour": "red"}, 4))  # fmt: skip
    frames = film.frames
    assert measuring.recalled(film, frames[6], 6, 0, 12) is True
    assert measuring.recalled(film, frames[0], 6, 0, 12) is False
    still = world_film(world.compose({"object": "ball", "motion": "still", "weather": "clear",
                                      "camera": "static", "colour": "red"}, 4))  # fmt: skip
    assert measuring.recalled(still, still.frames[6], 6, 0, 12) is None


def test_the_evaluation_sees_truth_as_truth_and_its_rows_hold_together(sprites: Film) -> None:
    clip = measuring.Clip("sprites", sprites)
    ways = measuring.fillers(None)
    ways["truth"] = lambda _keys, _frames: list(sprites.frames)
    rows = {row.way: row for row in measuring.measured(ways, [clip], (12,))}
    assert rows["truth"].psnr == 100
    assert rows["truth"].recall == 1
    assert rows["flow"].lead == 0
    assert rows["truth"].psnr > rows["flow"].psnr > rows["cross-fade"].psnr
    assert all(row.keyframes == 1 for row in rows.values())
    table = measuring.table(list(rows.values()))
    assert table.count("\n") == 4
    assert "| sprites | 12 | flow |" in table
