"""The illustrated world: the same everywhere, true to its splits, its words and its masks."""

import hashlib
import subprocess
import sys

import cv2
import numpy as np
import pytest

from aiprod_studio.sdk.errors import Refusal
from aiprod_studio.training import world
from aiprod_studio.training.world.palette import ACTOR_LIGHT, BODY, lit

cv2.setNumThreads(1)

FINGERPRINT = """
import hashlib
from aiprod_studio.training import world
scene = world.scene(41, "seen")
made = scene.render(3)
digest = hashlib.sha256(made.frames.tobytes() + made.masks.tobytes() + scene.caption(5).encode())
print(digest.hexdigest())
"""


def fingerprint() -> str:
    scene = world.scene(41, "seen")
    made = scene.render(3)
    whole = made.frames.tobytes() + made.masks.tobytes() + scene.caption(5).encode()
    return hashlib.sha256(whole).hexdigest()


def test_a_seed_gives_the_same_pixels_and_words_in_another_process():
    other = subprocess.run(
        [sys.executable, "-c", FINGERPRINT], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == fingerprint()


def test_training_and_seen_scenes_never_show_a_held_out_combination():
    for seed in range(4000):
        assert not world.HELD_OUT.holds(world.scene(seed).attributes)
        assert not world.HELD_OUT.holds(world.scene(seed, "seen").attributes)


def test_held_out_scenes_show_nothing_else():
    assert all(
        world.HELD_OUT.holds(world.scene(seed, "held_out").attributes) for seed in range(1000)
    )


def test_splits_share_no_scene():
    numbers = [{world.scene(n, split).seed for n in range(500)}
               for split in ("train", "seen", "held_out")]  # fmt: skip
    assert not (numbers[0] & numbers[1] or numbers[0] & numbers[2] or numbers[1] & numbers[2])


def test_every_value_is_trained_and_every_object_meets_every_ground():
    scenes = [world.scene(seed).attributes for seed in range(4000)]
    for name, values in world.VOCABULARY.items():
        assert {scene[name] for scene in scenes} == set(values)
    met = {(scene["object"], scene["ground"]) for scene in scenes}
    assert len(met) == len(world.VOCABULARY["object"]) * len(world.VOCABULARY["ground"])


def test_an_unknown_split_and_a_negative_seed_are_refused():
    with pytest.raises(Refusal, match="split"):
        world.scene(1, "validation")  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="seed"):
        world.scene(-1)


def test_pictures_have_the_size_asked_for_and_cover_it():
    scene = world.scene(7)
    for width, height in ((128, 96), (256, 192), (192, 96), (64, 96)):
        picture, mask = scene.still_with_mask(0.5, width, height)
        assert picture.shape == (height, width, 3)
        assert mask.shape == (height, width)
        edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        assert edges.max(axis=1).min() > 0


def test_a_larger_picture_shows_the_same_scene():
    scene = world.compose({"weather": "clear"}, 12)
    small = scene.still(0.3).astype(float)
    large = cv2.resize(scene.still(0.3, 256, 192), (128, 96), interpolation=cv2.INTER_AREA)
    assert np.abs(small - large).mean() < 4


def test_a_still_is_the_frame_of_its_moment():
    scene = world.scene(3)
    frames = scene.render(5).frames
    assert np.array_equal(scene.still(0.5), frames[2])
    part = scene.render(3, start=0.5, end=1.0).frames
    assert np.array_equal(part[0], frames[2])
    assert np.array_equal(part[-1], frames[-1])


def test_the_actor_is_large_and_in_view():
    for seed in range(60):
        masks = world.scene(seed).render(5).masks == 1
        share = masks.mean(axis=(1, 2))
        assert share.max() > 0.03
        rows = masks[share.argmax()].any(axis=1)
        assert rows.sum() >= 24
        assert (share > 0.4 * share.max()).mean() >= 0.6


def in_lab(colours: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(np.float32(colours).reshape(-1, 1, 3) / 255, cv2.COLOR_RGB2LAB)[:, 0]


@pytest.mark.parametrize("colour", world.VOCABULARY["colour"])
def test_the_actor_has_the_colour_of_its_name(colour):
    names = list(BODY)
    for seed, (thing, sky) in enumerate(
        (thing, sky) for thing in ("ball", "cat", "fish") for sky in world.VOCABULARY["sky"]
    ):
        chosen = {"object": thing, "colour": colour, "sky": sky, "weather": "clear"}
        picture, mask = world.compose(chosen, seed).still_with_mask(0.5)
        core = cv2.erode((mask == 1).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        seen = in_lab(np.median(picture[core], axis=0))
        known = in_lab(np.array([lit(BODY[name], ACTOR_LIGHT[sky]) for name in names]))
        assert names[int(np.linalg.norm(known - seen, axis=1).argmin())] == colour


SIGNS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@pytest.mark.parametrize("direction", SIGNS)
def test_the_mask_moves_where_the_direction_says(direction):
    for seed in range(12):
        chosen = {"direction": direction, "camera": "static"}
        masks = world.compose(chosen, seed).render(9).masks == 1
        centres = [np.argwhere(mask).mean(axis=0)[::-1] for mask in masks]
        slope = np.polyfit(np.arange(9), np.array(centres), 1)[0] * 8
        along = float(slope @ SIGNS[direction])
        assert along > 0.2 * world.HEIGHT
        assert along > 1.5 * abs(float(slope @ SIGNS[direction][::-1]))


def test_motion_carries_each_frame_to_the_next():
    y, x = np.mgrid[0 : world.HEIGHT, 0 : world.WIDTH].astype(np.float32)
    for seed, camera in enumerate(world.VOCABULARY["camera"] * 2):
        made = world.compose({"weather": "clear", "camera": camera}, seed).render(25)
        flow, hidden = made.motion(), made.occlusion()
        for t in (0, 11, 23):
            carried = cv2.remap(
                made.frames[t + 1], x + flow[t, ..., 0], y + flow[t, ..., 1], cv2.INTER_LINEAR
            )
            gap = np.abs(carried.astype(float) - made.frames[t]).mean(axis=-1)
            moved = np.abs(made.frames[t + 1].astype(float) - made.frames[t]).mean()
            assert gap[~hidden[t]].mean() < max(1.6, 0.4 * moved)
            assert hidden[t].mean() < 0.2


def test_motion_tells_the_actor_from_the_scenery():
    made = world.compose({"object": "car", "direction": "left", "camera": "static"}, 5).render(25)
    flow = made.motion()
    actor = made.masks[:-1] == 1
    assert np.median(flow[actor][:, 0]) < -1.0
    assert np.abs(np.median(flow[~actor], axis=0)).max() < 0.2


def test_one_changed_attribute_changes_only_that():
    base = {"object": "boat", "colour": "red", "motion": "sail", "direction": "left",
            "sky": "day", "ground": "sea", "weather": "clear", "camera": "static",
            "backdrop": "hills", "companion": "none"}  # fmt: skip
    first, mask = world.compose(base, 9).still_with_mask(0.4)
    second, other = world.compose({**base, "colour": "green"}, 9).still_with_mask(0.4)
    assert np.array_equal(mask, other)
    outside = cv2.dilate((mask == 1).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    assert np.array_equal(first[outside], second[outside])
    assert not np.array_equal(first, second)


def test_attributes_that_do_not_go_together_are_refused_with_what_would():
    with pytest.raises(Refusal, match="A car can: drive, still"):
        world.compose({"object": "car", "motion": "swim"}, 1)
    with pytest.raises(Refusal, match="colour"):
        world.compose({"colour": "mauve"}, 1)
    with pytest.raises(Refusal, match="is no attribute"):
        world.compose({"mood": "happy"}, 1)


def test_what_is_composed_is_what_was_chosen():
    chosen = {"object": "train", "ground": "sea", "camera": "zoom_in"}
    for seed in range(50):
        assert chosen.items() <= world.compose(chosen, seed).attributes.items()
