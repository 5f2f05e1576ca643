"""What is saved comes back: counts, rates, sizes, colours, sound, in every format."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from aiprod_studio.media import (
    FORMATS,
    StillVideo,
    extract,
    load_image,
    open_audio,
    open_video,
    probe,
    save_video,
)
from aiprod_studio.sdk import Refusal
from tests.media.films import CountingVideo, Hum, all_samples, argv, number_of

FILMS = [name for name in FORMATS if name != "png"]


def chart() -> np.ndarray:
    """Patches of 125 colours, 16 x 16 pixels each."""
    steps = (0, 64, 128, 192, 255)
    colours = np.array([[r, g, b] for r in steps for g in steps for b in steps], np.uint8)
    patches = np.concatenate([colours, colours[:3]]).reshape(8, 16, 3)
    return patches.repeat(16, axis=0).repeat(16, axis=1)


def centres(frame: np.ndarray) -> np.ndarray:
    blocks = frame.reshape(8, 16, 16, 16, 3)
    return blocks[:, 4:12, :, 4:12].astype(int)


@pytest.mark.parametrize("name", FILMS)
@pytest.mark.parametrize("rate", ["24", "24000/1001"])
def test_a_film_of_25_frames_is_25_frames_again(tmp_path, name, rate):
    path = tmp_path / f"film{FORMATS[name].suffix}"
    done = []
    save_video(CountingVideo(25, Fraction(rate)), path, name, progress=lambda *p: done.append(p))
    again = open_video(path)
    assert (again.frame_count, again.width, again.height) == (25, 64, 48)
    # A GIF's clock has hundredths of a second: it cannot hold an NTSC rate.
    assert again.rate == (24 if name == "gif" else Fraction(rate))
    numbers = [number_of(frame) for frame in again.frames()]
    assert numbers == list(range(25))
    assert done[-1][0] == done[-1][1] and len(done) in (25, 50)


@pytest.mark.parametrize(
    ("name", "quality", "limit"),
    [("h264", 0, 3), ("h264", None, 8), ("prores_4444", None, 1), ("prores_hq", None, 3),
     ("prores_422", None, 4), ("webm", 4, 4)],
)  # fmt: skip
def test_a_colour_chart_survives(tmp_path, name, quality, limit):
    path = tmp_path / f"chart{FORMATS[name].suffix}"
    save_video(StillVideo(chart(), 3, Fraction(24)), path, name, quality=quality)
    info = probe(path)
    assert (info.matrix, info.primaries, info.transfer) == ("bt709",) * 3
    assert info.full_range is False
    for frame in open_video(path).frames():
        assert np.abs(centres(frame) - centres(chart())).max() <= limit


@pytest.mark.parametrize("name", argv("prores_422 prores_4444 webm gif"))
@pytest.mark.parametrize("size", [(33, 34), (34, 33), (33, 35)])
def test_odd_sizes_come_back_where_the_format_can_hold_them(tmp_path, name, size):
    path = tmp_path / f"odd{FORMATS[name].suffix}"
    save_video(CountingVideo(4, width=size[0], height=size[1]), path, name)
    again = open_video(path)
    assert (again.width, again.height, again.frame_count) == (*size, 4)
    assert [number_of(frame) for frame in again.frames()] == [0, 1, 2, 3]


def test_an_odd_width_is_refused_for_h264_with_the_nearest_even_ones(tmp_path):
    with pytest.raises(Refusal) as refused:
        save_video(CountingVideo(3, width=33), tmp_path / "odd.mp4")
    sentence = str(refused.value)
    assert "33 x 48" in sentence and "32 x 48" in sentence and "34 x 48" in sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "tail"), [("h264", 0), ("prores_hq", 0), ("webm", 0)])
@pytest.mark.parametrize("seconds", [Fraction(1, 2), Fraction(25, 24), Fraction(3)])
def test_sound_is_as_long_as_the_film_to_the_sample(tmp_path, name, tail, seconds):
    sound = Hum(round(seconds * 48000))
    path = tmp_path / f"film{FORMATS[name].suffix}"
    save_video(CountingVideo(25, sound=sound), path, name)
    again = open_video(path)
    assert again.frame_count == 25
    assert again.audio is not None
    assert (again.audio.sample_count, again.audio.sample_rate) == (50000, 48000)
    samples = all_samples(again.audio)
    assert samples.shape == (2, 50000)
    heard = min(50000, sound.sample_count)
    expected = all_samples(sound)[:, : heard - 2000]
    assert np.abs(samples[:, 1000 : heard - 2000] - expected[:, 1000:]).mean() < 0.01
    if heard < 48000:
        assert np.abs(samples[:, heard + 3000 :]).max() < 0.02


@pytest.mark.parametrize("name", ["h264", "prores_hq", "webm"])
def test_sound_starts_at_the_very_sample(tmp_path, name):
    path = tmp_path / f"film{FORMATS[name].suffix}"
    save_video(CountingVideo(48, sound=Hum(96000, click=30000)), path, name)
    samples = all_samples(open_video(path).audio)[0]
    assert int(np.abs(samples).argmax()) == 30000


def test_given_sound_takes_the_place_of_the_films_own(tmp_path):
    film = CountingVideo(24, sound=Hum(48000))
    save_video(film, tmp_path / "a.mov", "prores_422", audio=Hum(44100, 44100, 1))
    sound = open_audio(tmp_path / "a.mov")
    assert (sound.sample_rate, sound.channels, sound.sample_count) == (44100, 1, 44100)


def test_a_gif_says_that_it_carries_no_sound(tmp_path):
    said: list[str] = []
    save_video(CountingVideo(5, sound=Hum(9000)), tmp_path / "a.gif", "gif", say=said.append)
    assert said == ["GIF carries no sound; the film is saved without it."]


def test_a_still_gif_keeps_all_its_frames(tmp_path):
    save_video(StillVideo(chart(), 25, Fraction(25)), tmp_path / "still.gif", "gif")
    assert open_video(tmp_path / "still.gif").frame_count == 25


def test_a_png_sequence_holds_every_frame_the_sound_and_the_recipe(tmp_path):
    film = CountingVideo(7, sound=Hum(14000))
    save_video(film, tmp_path / "frames", "png", recipe='{"a": "ü"}')
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == [*(f"frame_{n:05}.png" for n in range(1, 8)), "sound.wav"]
    third = load_image(tmp_path / "frames" / "frame_00003.png")
    assert np.array_equal(third.pixels, list(film.frames())[2])
    assert extract(tmp_path / "frames" / "frame_00007.png") == '{"a": "ü"}'


def test_a_folder_that_holds_something_is_never_touched(tmp_path):
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "mine.txt").write_text("keep")
    with pytest.raises(Refusal, match="not an empty folder"):
        save_video(CountingVideo(2), tmp_path / "frames", "png")
    assert [path.name for path in (tmp_path / "frames").iterdir()] == ["mine.txt"]


def test_a_film_that_ends_early_is_refused_and_nothing_is_left(tmp_path):
    short = dataclasses.replace(CountingVideo(5))
    object.__setattr__(short, "frames", lambda *_: iter(list(CountingVideo(3).frames())))
    with pytest.raises(Refusal, match="after 3 of 5 frames"):
        save_video(short, tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_an_error_among_the_frames_leaves_the_old_file(tmp_path):
    def broken(*_):
        yield from CountingVideo(2).frames()
        raise RuntimeError("no more")

    (tmp_path / "a.mp4").write_bytes(b"old")
    film = CountingVideo(5)
    object.__setattr__(film, "frames", broken)
    for name in ("h264", "gif"):
        with pytest.raises(RuntimeError, match="no more"):
            save_video(film, tmp_path / "a.mp4", name)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.mp4", b"old")]


@pytest.mark.parametrize(
    ("format", "quality", "words"),
    [("h264", 60, "outside of 0"), ("prores_hq", 5, "no quality"), ("mpeg9", None, "no format")],
)
def test_unknown_formats_and_qualities_are_refused(tmp_path, format, quality, words):
    with pytest.raises(Refusal, match=words):
        save_video(CountingVideo(2), tmp_path / "a.mp4", format, quality=quality)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(-24), Fraction(5000)])
def test_impossible_rates_are_refused(tmp_path, rate):
    with pytest.raises(Refusal, match="frames a second"):
        save_video(CountingVideo(2, rate), tmp_path / "a.mp4")


def test_the_same_film_makes_the_same_bytes(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        save_video(CountingVideo(12, sound=Hum(24000)), tmp_path / name, recipe="{}")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_an_mp4_can_be_played_while_it_loads(tmp_path):
    save_video(CountingVideo(12), tmp_path / "a.mp4")
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
