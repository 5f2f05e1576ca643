"""Videos made from videos: each frame is the right one, computed only when it is asked for."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiprod_studio.media import (
    CroppedVideo,
    ImageSequence,
    JoinedVideo,
    RatedVideo,
    ResizedVideo,
    RetimedVideo,
    ReversedVideo,
    SoundedVideo,
    StillVideo,
    TrimmedVideo,
    open_video,
    save_image,
    save_video,
    source_of,
    store_frames,
)
from aiprod_studio.sdk import Image, Refusal, SourceFile, StoredFile, Video
from aiprod_studio.sdk.values import STORED
from tests.media.films import CountingVideo, Hum, all_samples, number_of

PLAIN = (type(None), bool, int, float, str, bytes, Fraction, SourceFile, StoredFile, np.ndarray)


def numbers(video: Video, *span: int) -> list[int]:
    return [number_of(frame) for frame in video.frames(*span)]


@pytest.fixture
def film() -> CountingVideo:
    return CountingVideo(24, sound=Hum(48000, click=24000))


def test_a_resized_film_keeps_everything_but_its_size(film):
    resized = ResizedVideo(film, 33, 20)
    assert (resized.width, resized.height, resized.frame_count) == (33, 20, 24)
    assert resized.rate == 24 and resized.audio is film.sound
    assert next(resized.frames(5)).shape == (20, 33, 3)
    assert numbers(resized, 5, 9) == [5, 6, 7, 8]


def test_a_cropped_film_shows_its_rectangle(film):
    cropped = CroppedVideo(film, 32, 8, 30, 20)
    frame = next(cropped.frames(7))
    assert frame.shape == (20, 30, 3) and frame.flags.owndata
    assert int(frame.mean()) // 16 == 7


@pytest.mark.parametrize("box", [(0, 0, 65, 10), (-1, 0, 5, 5), (60, 40, 5, 9), (0, 0, 0, 5)])
def test_a_rectangle_outside_of_the_film_is_refused(film, box):
    with pytest.raises(Refusal, match="not inside 64 x 48"):
        CroppedVideo(film, *box)


def test_a_trimmed_film_brings_its_part_of_the_sound(film):
    trimmed = TrimmedVideo(film, 6, 18)
    assert trimmed.frame_count == 12
    assert numbers(trimmed) == list(range(6, 18))
    assert numbers(trimmed, 2, 4) == [8, 9]
    samples = all_samples(trimmed.audio)
    assert samples.shape == (2, 24000)
    assert int(samples[0].argmax()) == 12000


@pytest.mark.parametrize("span", [(5, 5), (-1, 4), (0, 25), (9, 3)])
def test_an_impossible_trim_is_refused(film, span):
    with pytest.raises(Refusal, match="does not lie inside the 24 frames"):
        TrimmedVideo(film, *span)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(Fraction(48), [0, 0, 1, 1, 2, 2]), (Fraction(12), [1, 3, 5, 7]), (Fraction(24), [0, 1, 2]),
     (Fraction(30), [0, 1, 2, 2, 3, 4, 5, 6, 6])],
)  # fmt: skip
def test_a_new_rate_chooses_the_frame_on_show(film, rate, expected):
    retimed = RetimedVideo(film, rate)
    assert retimed.frame_count == rate
    assert retimed.audio is film.sound
    assert numbers(retimed, 0, len(expected)) == expected


@given(had=st.integers(1, 60), wanted=st.integers(1, 60), count=st.integers(1, 40), data=st.data())
@settings(deadline=None, max_examples=60)
def test_any_new_rate_keeps_the_length_and_the_order(had, wanted, count, data):
    source = CountingVideo(count, Fraction(had), 16, 8)
    retimed = RetimedVideo(source, Fraction(wanted), blend=data.draw(st.booleans()))
    assert abs(retimed.frame_count / retimed.rate - count / source.rate) <= 1 / retimed.rate
    frames = list(retimed.frames())
    assert len(frames) == retimed.frame_count
    start = data.draw(st.integers(0, len(frames) - 1))
    assert np.array_equal(next(retimed.frames(start)), frames[start])


def test_blending_mixes_the_two_frames_around_a_moment():
    black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 200, np.uint8)
    pair = JoinedVideo((StillVideo(black, 1, Fraction(2)), StillVideo(white, 1, Fraction(2))))
    shades = [int(f[0, 0, 0]) for f in RetimedVideo(pair, Fraction(8), blend=True).frames()]
    assert shades == [0, 50, 100, 150, 200, 200, 200, 200]


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(-1), Fraction(2000)])
def test_impossible_rates_are_refused(film, rate):
    with pytest.raises(Refusal, match="above 0"):
        RetimedVideo(film, rate)


def test_a_film_played_faster_has_the_same_frames(film):
    fast = RatedVideo(film, Fraction(48))
    assert (fast.rate, fast.frame_count, fast.audio) == (48, 24, None)
    assert numbers(fast) == list(range(24))


def test_a_reversed_film_runs_backwards():
    backwards = ReversedVideo(CountingVideo(40))
    assert numbers(backwards) == list(reversed(range(40)))
    assert numbers(backwards, 3, 30) == list(reversed(range(10, 37)))


def test_joined_films_follow_each_other_with_their_sounds(film):
    mute = CountingVideo(12)
    other = CountingVideo(24, sound=Hum(22050, 22050, 1, click=11025))
    joined = JoinedVideo((film, mute, other))
    assert joined.frame_count == 60
    assert numbers(joined, 22, 40) == [22, 23, *range(12), *range(4)]
    samples = all_samples(joined.audio)
    assert samples.shape == (2, 120000)
    assert int(samples[0, :48000].argmax()) == 24000
    assert np.abs(samples[:, 48000:72000]).max() == 0
    assert abs(int(samples[1, 72000:].argmax()) - 24000) <= 1


def test_films_that_differ_are_not_joined(film):
    with pytest.raises(Refusal, match="differ in size or rate"):
        JoinedVideo((film, CountingVideo(3, width=32)))
    with pytest.raises(Refusal, match="differ in size or rate"):
        JoinedVideo(())


def test_a_film_can_get_and_lose_its_sound(film):
    assert SoundedVideo(film, None).audio is None
    assert SoundedVideo(CountingVideo(2), film.sound).audio is film.sound
    assert numbers(SoundedVideo(film, None), 0, 2) == [0, 1]


def test_pictures_make_a_film(tmp_path):
    for number, frame in enumerate(CountingVideo(4).frames()):
        save_image(Image(frame), tmp_path / f"{number}.png")
    clear = np.zeros((48, 64, 4), np.uint8)  # nothing drawn: the white of the paper
    save_image(Image(clear), tmp_path / "4.png")
    files = tuple(source_of(tmp_path / f"{n}.png") for n in range(5))
    film = ImageSequence(files, 64, 48, Fraction(12))
    assert film.frame_count == 5
    assert numbers(film) == [0, 1, 2, 3, 255]
    (tmp_path / "2.png").write_bytes(b"changed")
    with pytest.raises(Refusal, match="has changed"):
        list(film.frames())


def test_a_frame_may_be_painted_on_without_harm():
    film = StillVideo(np.zeros((4, 4, 3), np.uint8), 3, Fraction(24))
    next(film.frames())[:] = 255
    assert next(film.frames()).max() == 0
    doubled = list(RetimedVideo(film, Fraction(48)).frames())
    doubled[0][:] = 255
    assert doubled[1].max() == 0


def test_a_chain_from_file_to_file_is_exact(tmp_path, clip):
    film = TrimmedVideo(RetimedVideo(ResizedVideo(open_video(clip), 80, 48), Fraction(25)), 3, 43)
    save_video(film, tmp_path / "out.mov", "prores_422")
    again = open_video(tmp_path / "out.mov")
    assert (again.frame_count, again.rate, again.width) == (40, 25, 80)
    assert again.audio.sample_count == 76800


def test_all_values_can_be_kept_by_the_store(tmp_path, film, clip):
    """Every field of every value is plain, so that the engine can write it field by field."""
    still = StillVideo(np.zeros((4, 4, 3), np.uint8), 3, Fraction(24))
    kept = store_frames(still.frames(), tmp_path / "a.frames", Fraction(24))
    opened = open_video(clip)
    values = [
        opened, opened.sound, kept, still, ResizedVideo(opened, 8, 8),
        CroppedVideo(kept, 0, 0, 2, 2), RetimedVideo(kept, Fraction(3)),
        TrimmedVideo(opened, 1, 4), TrimmedVideo(opened, 1, 4).audio,
        JoinedVideo((kept, still)), SoundedVideo(kept, opened.sound), ReversedVideo(kept),
        ImageSequence((source_of(clip),), 4, 4, Fraction(24)),
        JoinedVideo((opened, opened)).audio,
    ]  # fmt: skip
    for value in values:
        assert_plain(value)


def assert_plain(value: object) -> None:
    if isinstance(value, tuple):
        for item in value:
            assert_plain(item)
    elif not isinstance(value, PLAIN):
        assert type(value) in STORED.values(), type(value)
        assert dataclasses.is_dataclass(value)
        for field in dataclasses.fields(value):
            assert_plain(getattr(value, field.name))
        rebuilt = type(value)(**{f.name: getattr(value, f.name) for f in dataclasses.fields(value)})
        assert type(rebuilt) is type(value)
    else:
        assert not isinstance(value, Path)
