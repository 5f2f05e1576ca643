"""The evaluation: right on truth, at chance on wrong labels, red for a model that ignores words."""

import json
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest

from aiprod_studio.sdk.errors import Refusal
from aiprod_studio.training import evaluation, world

cv2.setNumThreads(1)
COUNT = 16


@pytest.fixture(scope="module")
def asked() -> list[evaluation.Question]:
    return evaluation.questions(COUNT)


class Painter:
    """A model that paints the truth of each prompt, or of another prompt by `shift` places."""

    def __init__(self, shift: int = 0) -> None:
        known = [*evaluation.questions(COUNT)]
        for pair in evaluation.pairs(5):
            known += [pair.first, pair.second]
        self.scenes = {question.prompt: question.scene for question in known}
        self.shift = shift

    def __call__(self, prompts: Sequence[str], seeds: Sequence[int]) -> Iterator[np.ndarray]:
        order = list(self.scenes)
        for prompt, _ in zip(prompts, seeds, strict=True):
            other = order[(order.index(prompt) + self.shift) % len(order)]
            yield self.scenes[other].render().frames

    def animate(
        self, prompts: Sequence[str], pictures: Sequence[np.ndarray], seeds: Sequence[int]
    ) -> Iterator[np.ndarray]:
        yield from self(prompts, seeds)


def codec(frames: np.ndarray) -> np.ndarray:
    return np.stack([cv2.GaussianBlur(frame, (3, 3), 0.6) for frame in frames])


def measured(shift: int) -> evaluation.Report:
    model = Painter(shift)
    return evaluation.evaluate(
        model, codec, prompts=COUNT, minimal_pairs=5, diverse_prompts=0, training_scenes=40,
        animate=model.animate, given_pictures=6,
    )  # fmt: skip


@pytest.fixture(scope="module")
def honest() -> evaluation.Report:
    return measured(0)


@pytest.fixture(scope="module")
def deaf() -> evaluation.Report:
    return measured(7)


def test_the_readers_are_right_on_truth(honest):
    for name, score in honest.row("truth").scores.items():
        assert score.share >= 0.9, name


@pytest.mark.slow
def test_the_readers_reach_their_own_limit_on_many_true_clips():
    many = evaluation.questions(160)
    readings = [evaluation.read(question.scene.render().frames) for question in many]
    for name, score in evaluation.score("truth", many, readings).scores.items():
        assert score.share >= 0.95, name
    wrong = evaluation.score("wrong", evaluation.shuffled(many), readings)
    for name, score in wrong.scores.items():
        chance = 0.75 if name in ("camera", "weather") else 0.45
        assert score.share <= chance, name


def test_wrong_labels_read_near_chance(honest):
    wrong = honest.row("generated, shuffled prompts").scores
    assert wrong["object"].share < 0.4
    assert wrong["colour"].share < 0.35
    assert wrong["sky"].share < 0.6


def test_a_model_that_paints_the_truth_passes(honest):
    gates = honest.gates("base")
    failed = [name for name, (_, _, passed) in gates.results.items() if not passed]
    assert gates.green, failed


def test_a_model_that_ignores_its_prompt_turns_the_gates_red(deaf):
    gates = deaf.gates("base")
    assert not gates.green
    for name in ("sky", "ground", "object", "colour", "pairs sky", "given frame 0 kept, dB"):
        assert not gates.results[name][2], name


def test_a_codec_that_ruins_the_picture_turns_its_gate_red(asked):
    def ruin(frames):
        return np.stack([cv2.GaussianBlur(frame, (0, 0), 9) for frame in frames])

    found = evaluation.rows(asked[:4], Painter(), ruin)
    gates = evaluation.report(found).gates("base")
    assert not gates.results["codec round trip, dB"][2]


def test_questions_are_half_held_out_and_state_what_is_asked(asked):
    assert sum(question.held_out for question in asked) == COUNT // 2
    for question in asked:
        assert set(evaluation.ASKED) <= set(question.stated)
        assert world.HELD_OUT.holds(question.scene.attributes) == question.held_out
        assert set(question.prompt.split()) <= set(world.WORDS)


def test_a_pair_differs_in_one_attribute_and_keeps_its_seed():
    for pair in evaluation.pairs(30):
        first, second = pair.first.scene.attributes, pair.second.scene.attributes
        assert [name for name in first if first[name] != second[name]] == [pair.changed]
        assert pair.first.seed == pair.second.seed
        assert pair.first.prompt != pair.second.prompt


def test_shuffled_questions_keep_no_place(asked):
    moved = evaluation.shuffled(asked)
    assert sorted(q.seed for q in moved) == sorted(q.seed for q in asked)
    assert all(a is not b for a, b in zip(asked, moved, strict=True))


def test_the_report_is_a_table_and_json_with_the_hash_of_the_weights(honest, tmp_path):
    file = tmp_path / "weights.safetensors"
    file.write_bytes(b"one")
    first = evaluation.weights_hash([file])
    assert evaluation.report(honest.rows, [file]).weights == first
    file.write_bytes(b"two")
    assert evaluation.weights_hash([file]) != first
    table = honest.table()
    for name in ("truth", "codec round trip", "generated", "generated, shuffled prompts"):
        assert f"| {name} |" in table
    plain = json.loads(honest.json())
    assert plain["rows"]["truth"]["all"]["sky"]["asked"] == COUNT
    assert plain["pairs"]["colour"]["flips"]["asked"] == 1


def test_a_copy_of_training_pictures_is_nearer_than_unseen_truth(asked):
    copies = {0: np.stack([world.scene(3).still(0.5)] * 3)}
    found = evaluation.nearest(copies, asked[:6], 20)
    assert found.seeds == (3,)
    assert found.generated < 0.5 < found.unseen


def test_takes_that_never_differ_have_no_diversity(asked):
    def same(prompts, seeds):
        return [np.zeros((5, 96, 128, 3), np.uint8) for _ in prompts]

    assert evaluation.diversity(asked[:1], same, 3) == 0.0


def test_films_from_pictures_say_how_well_the_picture_is_kept_and_the_prompt_obeyed(asked):
    def still(prompts, pictures, seeds):
        return [np.repeat(picture[None], 9, 0) for picture in pictures]

    moving = evaluation.from_pictures(asked[:4], Painter().animate)
    frozen = evaluation.from_pictures(asked[:4], still)
    assert moving.kept == frozen.kept == 99.0
    assert moving.scores["direction"].share == 1.0
    assert frozen.scores["direction"].share < 0.5


def test_the_first_readings_are_kept_one_by_one(honest, asked):
    kept = json.loads(honest.json())["sample"]
    assert len(kept) == evaluation.SAMPLE
    for reading, question in zip(kept, asked, strict=False):
        assert reading["sky"] == question.stated["sky"]


def test_an_empty_picture_reads_as_no_actor_and_noise_does_not_crash():
    grey = np.full((9, 96, 128, 3), 127, np.uint8)
    assert evaluation.read(grey)["object"] == "none"
    assert evaluation.read(grey)["direction"] == "none"
    noise = np.random.default_rng(0).integers(0, 255, (9, 96, 128, 3), dtype=np.uint8)
    assert set(evaluation.read(noise)) >= set(evaluation.ASKED)


def test_larger_films_are_read_like_small_ones():
    chosen = {"object": "balloon", "colour": "red", "direction": "up", "sky": "day",
              "ground": "meadow", "weather": "clear", "camera": "static"}  # fmt: skip
    frames = world.compose(chosen, 4).render(13, 256, 192).frames
    read = evaluation.read(frames)
    assert {name: read[name] for name in evaluation.ASKED} == {
        name: chosen[name] for name in evaluation.ASKED
    }


def test_frames_of_a_wrong_kind_are_refused():
    with pytest.raises(Refusal, match="uint8"):
        evaluation.read(np.zeros((2, 96, 128, 3), np.float32))  # type: ignore[arg-type]
