"""Filling between keyframes: held, cross-faded, moved along optical flow, straight and bent."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from aiprod_studio.diffusion.refiner.filling import as_picture, carried, faded
from aiprod_studio.diffusion.refiner.metrics import psnr
from aiprod_studio.diffusion.refiner.motion import bend_of, bent, between, motion, moved
from aiprod_studio.diffusion.refiner.refining import Manner, film
from aiprod_studio.sdk import Refusal

Picture = np.ndarray


def scene(x: float, y: float = 24.0) -> Picture:
    """A ball, dark at its left and light at its right, at (x, y) before a soft background."""
    rows, columns = np.mgrid[0:48, 0:64].astype(np.float32)
    ground = np.stack([rows * 3, 90 + 40 * np.sin(columns / 9), 200 - rows * 2], -1)
    near = np.hypot(columns - x, rows - y)
    ball = (130 + 11 * (columns - x) + 3 * (rows - y))[..., None]
    cover = np.clip(9 - near, 0, 1)[..., None]
    return as_picture((ground * (1 - cover) + ball * cover).astype(np.float32))


def test_keyframes_come_out_byte_for_byte_whatever_is_filled_between() -> None:
    keys = {0: scene(20), 3: scene(26), 8: scene(40)}
    for kind in ("hold", "linear", "flow"):
        made = list(film(keys, 11, Manner(fill=kind)))
        assert len(made) == 11
        assert all(np.array_equal(made[frame], keys[frame]) for frame in keys)
        assert np.array_equal(made[10], keys[8])


def test_flow_finds_the_place_of_a_ball_that_a_cross_fade_shows_twice() -> None:
    keys, truth = {0: scene(24), 4: scene(32)}, scene(28)
    flow = list(film(keys, 5, Manner(fill="flow")))[2]
    fade = list(film(keys, 5, Manner(fill="linear")))[2]
    assert psnr(flow, truth) > psnr(fade, truth) + 5


def test_a_cross_fade_is_the_weighted_mean() -> None:
    one, other = scene(20), scene(30)
    expected = 0.75 * one.astype(np.float32) + 0.25 * other.astype(np.float32)
    np.testing.assert_allclose(faded(one, other, 0.25), expected, atol=1e-3)


def test_holding_repeats_the_nearer_keyframe() -> None:
    keys = {0: scene(20), 3: scene(30)}
    made = list(film(keys, 4, Manner(fill="hold")))
    assert np.array_equal(made[1], keys[0])
    assert np.array_equal(made[2], keys[3])


def test_what_one_picture_hides_is_taken_from_the_other() -> None:
    way = motion(scene(24), scene(32))
    assert way.doubt.max() > 2  # what the ball covers next has nowhere to go
    found = carried(scene(24), scene(32), way, 0.5).colours
    assert np.isfinite(found).all()


def test_equal_pictures_stand_still() -> None:
    way = motion(scene(24), scene(24))
    assert np.abs(way.onward).max() < 0.05
    to_first, to_second = between(way, 0.3)
    assert np.abs(to_first).max() < 0.05
    assert np.abs(to_second).max() < 0.05


def test_a_start_leads_the_search_to_what_moved_too_far_for_plain_flow() -> None:
    first, second, truth = scene(16), scene(46), scene(31)
    near = np.hypot(*(np.mgrid[0:48, 0:64] - np.array([24, 16])[:, None, None])) < 12
    back = np.hypot(*(np.mgrid[0:48, 0:64] - np.array([24, 46])[:, None, None])) < 12
    start = tuple(np.zeros((48, 64, 2), np.float32) for _ in range(2))
    start[0][near, 0], start[1][back, 0] = 30, -30
    plain = as_picture(carried(first, second, motion(first, second), 0.5).colours)
    led = motion(first, second, (start[0], start[1]))
    assert psnr(as_picture(carried(first, second, led, 0.5).colours), truth) > (
        psnr(plain, truth) + 1
    )


def test_a_bend_follows_a_thrown_ball_better_than_a_straight_way() -> None:
    def thrown(time: float) -> Picture:
        return scene(20 + 8 * time, 30 - 14 * time + 7 * time * time)

    keys, truth = [thrown(time) for time in (-1.0, 0.0, 1.0, 2.0)], thrown(0.5)
    way = motion(keys[1], keys[2])
    bend = bend_of(way.onward, motion(keys[1], keys[0], (-way.onward, way.onward)), -1.0)
    bend_back = bend_of(way.back, motion(keys[2], keys[3], (-way.back, way.back)), -1.0)
    straight = as_picture(carried(keys[1], keys[2], way, 0.5).colours)
    curved = as_picture(carried(keys[1], keys[2], bent(way, bend, bend_back), 0.5).colours)
    ball = np.s_[12:44, 10:40]
    assert psnr(curved[ball], truth[ball]) > psnr(straight[ball], truth[ball]) + 0.5


def test_looking_up_moves_a_picture_by_whole_pixels_exactly() -> None:
    flow = np.zeros((48, 64, 2), np.float32)
    flow[..., 0] = 3
    found = moved(scene(30), flow)
    np.testing.assert_array_equal(found[:, :-3], scene(30)[:, 3:].astype(np.float32))


def test_pictures_smaller_than_a_patch_and_of_one_pixel_are_filled_too() -> None:
    for size in ((1, 1), (3, 40), (11, 11)):
        keys = {0: np.zeros((*size, 3), np.uint8), 4: np.full((*size, 3), 200, np.uint8)}
        made = list(film(keys, 5, Manner()))
        assert 60 < made[2].mean() < 140


def test_pictures_of_two_sizes_are_refused_with_both_named() -> None:
    small = cv2.resize(scene(20), (32, 24))
    with pytest.raises(Refusal, match=r"64 x 48 \(frame 0\) and 32 x 24 \(frame 4\)"):
        list(film({0: scene(20), 4: small}, 5, Manner()))


def test_pictures_with_alpha_are_refused() -> None:
    with pytest.raises(Refusal, match="picture at frame 0 is uint8 of shape"):
        list(film({0: np.zeros((8, 8, 4), np.uint8)}, 1, Manner()))
