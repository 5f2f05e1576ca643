"""The nodes of the story pack: a shot's wishes, the take, frames, joins and splices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from aiprod_studio.app.packs import Registry
from aiprod_studio.media import SilentAudio
from aiprod_studio.sdk import Audio, Refusal, Video
from tests.nodes.bench import registry


@pytest.fixture(scope="module")
def nodes() -> Registry:
    return registry()


def call(nodes: Registry, type_name: str, *inputs: Any, **params: Any) -> Any:
    return nodes.specs[type_name].function(*inputs, **params)


@dataclass(frozen=True)
class Grey(Video):
    """Frames of one grey each, from `first` on."""

    first: int
    frame_count: int
    width: int = 4
    height: int = 4
    rate: Fraction = Fraction(12)
    sound: Audio | None = None

    @property
    def audio(self) -> Audio | None:
        return self.sound

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Any]:
        stop = self.frame_count if stop is None else min(stop, self.frame_count)
        for number in range(start, stop):
            yield np.full((4, 4, 3), self.first + number, np.uint8)


def greys(video: Video, *bounds: int) -> list[int]:
    return [int(frame[0, 0, 0]) for frame in video.frames(*bounds)]


@pytest.mark.parametrize(("frames", "step", "lasting"), [(1, 8, 1), (9, 8, 9), (10, 8, 17),
                                                         (24, 4, 25), (7, 1, 7)])  # fmt: skip
def test_a_shot_lasts_as_long_as_the_model_can_make_it(
    nodes: Registry, frames: int, step: int, lasting: int
) -> None:
    wishes = call(nodes, "story.shot", text="a boat", frames=frames, step=step, seed=5)
    assert wishes == ("a boat", lasting, 5, 24.0)


def test_a_take_passes_its_pictures_and_may_be_given_another_sound(nodes: Registry) -> None:
    video, sound = Grey(0, 3), SilentAudio(48_000, 1, 12_000)
    assert call(nodes, "story.take", video) is video
    given = call(nodes, "story.take", video, sound)
    assert given.audio is sound and greys(given) == [0, 1, 2]


def test_frames_are_taken_from_both_ends(nodes: Registry) -> None:
    video = Grey(10, 5)
    found = [call(nodes, "story.frame", video, frame=n).pixels[0, 0, 0] for n in (0, 3, -1, -5)]
    assert found == [10, 13, 14, 10]
    with pytest.raises(Refusal, match="frame 5 is not in the video, which has 5"):
        call(nodes, "story.frame", video, frame=5)
    with pytest.raises(Refusal, match="frame -6"):
        call(nodes, "story.frame", video, frame=-6)


def test_a_join_shows_shared_moments_once_and_passes_evenly(nodes: Registry) -> None:
    joined = call(nodes, "story.join", Grey(0, 6), Grey(104, 6), overlap=2)
    assert joined.frame_count == 10
    assert greys(joined) == [0, 1, 2, 3, 29, 80, 106, 107, 108, 109]
    for start in range(10):
        for stop in range(start, 11):
            assert greys(joined, start, stop) == greys(joined)[start:stop]
    assert greys(call(nodes, "story.join", Grey(0, 2), Grey(9, 1), overlap=0)) == [0, 1, 9]


def test_a_join_of_unlike_or_too_short_videos_is_refused(nodes: Registry) -> None:
    with pytest.raises(Refusal, match="differ in size or rate"):
        call(nodes, "story.join", Grey(0, 6), Grey(0, 6, rate=Fraction(24)), overlap=2)
    with pytest.raises(Refusal, match="an overlap of 7 frames does not fit videos of 6"):
        call(nodes, "story.join", Grey(0, 6), Grey(0, 9), overlap=7)


def test_joined_sound_is_as_long_as_the_pictures(nodes: Registry) -> None:
    def heard(count: int) -> Grey:
        return Grey(0, count, sound=SilentAudio(48_000, 1, count * 4000))

    joined = call(nodes, "story.join", heard(6), heard(6), overlap=2)
    assert joined.audio.sample_count == 10 * 4000


def test_a_splice_changes_its_frames_and_fades_at_their_sides(nodes: Registry) -> None:
    spliced = call(nodes, "story.splice", Grey(0, 12), Grey(103, 7), at=3, start=5, stop=8)
    found = greys(spliced)
    assert found[:3] == [0, 1, 2] and found[10:] == [10, 11]
    assert found[5:8] == [105, 106, 107]
    assert found[3] < found[4] < 105 and found[8] > found[9] > 9
    for start in range(12):
        assert greys(spliced, start, 12) == found[start:]
    whole = call(nodes, "story.splice", Grey(0, 5), Grey(100, 5), at=0, start=0)
    assert greys(whole) == [100, 101, 102, 103, 104]


def test_a_part_that_does_not_reach_is_refused(nodes: Registry) -> None:
    with pytest.raises(Refusal, match="frames 5 to 9 do not lie in the part, 3 to 7"):
        call(nodes, "story.splice", Grey(0, 12), Grey(0, 4), at=3, start=5, stop=9)


def test_spliced_and_joined_videos_survive_the_store(nodes: Registry) -> None:
    from aiprod_studio.sdk.values import STORED

    assert {"media.OverlappedVideo", "media.SplicedVideo"} <= set(STORED)
