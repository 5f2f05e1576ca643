"""Captions: varied, from a closed list of words, and honest about what they state."""

import pytest

from aiprod_studio.training import world
from aiprod_studio.training.world.words import TABLES

SCENES = [world.scene(seed) for seed in range(1500)]


def forms(name: str, value: str) -> list[str]:
    return [form for phrase in TABLES[name][value] for form in phrase.split("|")]


def test_every_word_is_in_the_list():
    known = set(world.WORDS)
    for seed, scene in enumerate(SCENES):
        assert set(scene.caption(seed).split()) <= known
        assert set(scene.plain().split()) <= known


def stated(scene: world.Scene, seed: int, name: str) -> bool:
    text = f" {scene.caption(seed)} "
    return any(f" {form} " in text for form in forms(name, scene.attributes[name]))


@pytest.mark.parametrize("name", TABLES)
def test_what_is_mentioned_is_said(name):
    for seed, scene in enumerate(SCENES):
        implied = name == "direction" and "motion" in scene.mentioned(seed)
        if name in scene.mentioned(seed) and not implied:
            assert stated(scene, seed, name), (scene.caption(seed), name)


@pytest.mark.parametrize("name", ["sky", "backdrop", "weather", "camera", "companion"])
def test_what_is_not_mentioned_is_not_said(name):
    for seed, scene in enumerate(SCENES):
        silent = name not in scene.mentioned(seed) and scene.attributes[name] in TABLES[name]
        assert not (silent and stated(scene, seed, name)), (scene.caption(seed), name)


def test_a_motion_up_or_down_states_its_direction():
    for seed, scene in enumerate(SCENES):
        if scene.attributes["motion"] in ("rise", "fall") and "motion" in scene.mentioned(seed):
            assert "direction" in scene.mentioned(seed)


def test_a_stated_direction_is_written():
    for seed, scene in enumerate(SCENES):
        if scene.attributes["direction"] in ("left", "right"):
            words = scene.caption(seed).split(" , ")
            said = scene.attributes["direction"] in " ".join(
                part for part in words if "camera" not in part
            )
            assert said == ("direction" in scene.mentioned(seed))


def test_about_half_the_captions_are_short():
    short = sum(len(scene.caption(seed).split()) <= 9 for seed, scene in enumerate(SCENES))
    assert 0.4 < short / len(SCENES) < 0.6


def test_one_scene_has_many_captions_and_each_seed_one():
    scene = SCENES[0]
    assert len({scene.caption(seed) for seed in range(100)}) > 60
    assert scene.caption(3) == scene.caption(3)


def test_the_plain_sentence_names_object_colour_action_and_place():
    chosen = {"object": "boat", "colour": "red", "direction": "left", "ground": "sea",
              "sky": "sunset"}  # fmt: skip
    assert world.compose(chosen, 1).plain() == "a red boat sails left at sea at sunset"
    chosen = {"object": "cat", "colour": "orange", "motion": "still", "ground": "snow",
              "sky": "night"}  # fmt: skip
    assert world.compose(chosen, 1).plain() == (
        "an orange cat stays still in a snowy land at night"
    )


def test_a_sheet_shows_scenes_with_their_words():
    page = world.sheet(range(4), columns=2)
    assert page.ndim == 3
    assert page.shape[0] > 2 * world.HEIGHT
    assert page.shape[1] > 6 * world.WIDTH
