"""Measures: known values, and that each one sees what it is for and nothing else."""

from __future__ import annotations

import numpy as np

from aiprod_studio.diffusion.refiner import metrics
from aiprod_studio.diffusion.refiner.filling import as_picture

Picture = np.ndarray


def picture(shift: float = 0.0, light: float = 0.0) -> Picture:
    rows, columns = np.mgrid[0:40, 0:56].astype(np.float32)
    wave = 120 + 50 * np.sin((columns - shift) / 6) + 40 * np.cos((rows + columns - shift) / 11)
    return as_picture(np.repeat((wave + light)[..., None], 3, -1))


def test_equal_pictures_are_perfect() -> None:
    assert metrics.psnr(picture(), picture()) == 100
    assert abs(metrics.ssim(picture(), picture()) - 1) < 1e-5


def test_psnr_is_that_of_its_formula() -> None:
    one = np.full((4, 4, 3), 100, np.uint8)
    assert abs(metrics.psnr(one, one + 10) - 20 * np.log10(25.5)) < 1e-5


def test_ssim_minds_structure_more_than_light() -> None:
    noise = np.random.default_rng(0).normal(0, 20, (40, 56, 3))
    rough = as_picture((picture() + noise).astype(np.float32))
    assert metrics.ssim(picture(), picture(light=20)) > 0.9 > metrics.ssim(picture(), rough)


def test_likeness_leaves_keyframes_out() -> None:
    truth = [picture(n) for n in range(4)]
    made = [truth[0], picture(1, 10), truth[2], picture(3, 10)]
    found = metrics.likeness(made, truth, {0, 2})
    assert found.frames == 2
    assert abs(found.psnr - 20 * np.log10(25.5)) < 0.1
    assert metrics.likeness(made, truth, {0, 1, 2, 3}).frames == 0


def test_keyframe_fidelity_is_100_only_for_the_same_bytes() -> None:
    film = [picture(n) for n in range(3)]
    changed = film[2].copy()
    changed[0, 0, 0] ^= 1
    found = metrics.keyframe_fidelity(film, {0: film[0], 2: changed})
    assert found[0] == 100
    assert 60 < found[2] < 100


def test_flicker_is_seen_as_flicker_and_a_fade_is_not() -> None:
    steady = [picture(n) for n in range(6)]
    fading = [picture(n, 6.0 * n) for n in range(6)]
    flickering = [picture(n, 12.0 * (n % 2)) for n in range(6)]
    calm, fade, flicker = (metrics.steadiness(f).flicker for f in (steady, fading, flickering))
    assert calm < 0.5
    assert fade < 1
    assert 11 < flicker < 13


def test_motion_is_consistent_and_boiling_is_not() -> None:
    moving = metrics.steadiness([picture(2 * n) for n in range(5)]).consistency
    random = np.random.default_rng(1)
    boiling = [as_picture((picture(2 * n) + random.normal(0, 15, (40, 56, 1))).astype(np.float32))
               for n in range(5)]  # fmt: skip
    assert moving > metrics.steadiness(boiling).consistency + 6


def test_a_single_frame_is_calm() -> None:
    assert metrics.steadiness([picture()]) == metrics.Steadiness(100, 0)
