"""What plays is what is written: pictures and sound of a cut, frame by frame."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aiprod_studio.media import StoredVideo, open_video, save_audio, save_video, store_frames
from aiprod_studio.media.composing import Composer
from aiprod_studio.media.playback import Copies
from aiprod_studio.media.reels import Reels
from aiprod_studio.media.wav import store_audio
from aiprod_studio.story.board import Board, Panel, Scene, Shot
from aiprod_studio.story.cut import Clip, Cut, Source, Track, Transition
from aiprod_studio.story.takes import Take
from aiprod_studio.story.time import Span, Time

SIZE = (64, 48)
RATE = Fraction(24)
Frames = np.ndarray[Any, np.dtype[np.uint8]]


def painted(index: int, channel: int) -> Frames:
    """A frame that says its number: its channel is 6 times the number."""
    frame = np.full((48, 64, 3), 10, np.uint8)
    frame[..., channel] = 6 * index
    return frame


def film(folder: Path, name: str, channel: int, count: int = 24, rate: int = 24) -> StoredVideo:
    frames = (painted(index, channel) for index in range(count))
    return store_frames(frames, folder / f"{name}.frames", Fraction(rate))


def span(start: int, stop: int) -> Span:
    return Span(Time.at(start, RATE), Time.at(stop, RATE))


def clip(name: str, file: str, at: int, frames: int, start: int = 0, **more: Any) -> Clip:
    return Clip(name, Source("file", file), at, frames, Time.at(start, RATE), **more)


def video(*clips: Clip, transitions: tuple[Transition, ...] = (), name: str = "V1") -> Track:
    return Track(name, "video", clips=clips, transitions=transitions)


def composer(folder: Path, *tracks: Track, board: Board | None = None) -> Composer:
    return Composer(board or Board(RATE), Cut(RATE, tracks=tracks), folder)


def test_a_cut_shows_each_clip_from_its_own_frame_on(tmp_path: Path) -> None:
    film(tmp_path, "red", 0)
    film(tmp_path, "green", 1)
    track = video(clip("a", "red.frames", 0, 6, 3), clip("b", "green.frames", 8, 4, 10))
    with composer(tmp_path, track) as shown:
        assert np.array_equal(shown.frame(2, SIZE), painted(5, 0))
        assert np.array_equal(shown.frame(11, SIZE), painted(13, 1))
        assert not shown.frame(7, SIZE).any(), "a gap is black"
        assert not shown.frame(99, SIZE).any(), "so is what lies beyond the end"


def test_a_dissolve_passes_evenly_and_uses_the_frames_behind_the_cut(tmp_path: Path) -> None:
    film(tmp_path, "red", 0)
    film(tmp_path, "green", 1)
    track = video(
        clip("a", "red.frames", 0, 8), clip("b", "green.frames", 8, 8, 8),
        transitions=(Transition("a", "b", 2, 2),),
    )  # fmt: skip
    with composer(tmp_path, track) as shown:
        for passed, frame in enumerate(range(6, 10)):
            share = (2 * passed + 1) / 8
            found = shown.frame(frame, SIZE)[0, 0].astype(int)
            expected = painted(frame, 0)[0, 0] * (1 - share) + painted(frame, 1)[0, 0] * share
            assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize("kind", ["dip", "wipe", "push"])
def test_other_transitions_begin_with_the_one_and_end_with_the_other(
    tmp_path: Path, kind: str
) -> None:
    film(tmp_path, "red", 0)
    film(tmp_path, "green", 1)
    track = video(
        clip("a", "red.frames", 0, 12), clip("b", "green.frames", 12, 12, 12),
        transitions=(Transition("a", "b", 8, 8, kind),),
    )  # fmt: skip
    with composer(tmp_path, track) as shown:
        begin, middle, end = (shown.frame(n, SIZE).astype(float) for n in (4, 12, 19))
    assert begin[..., 0].mean() > begin[..., 1].mean()
    assert end[..., 1].mean() > end[..., 0].mean()
    if kind == "dip":
        assert middle.mean() < 0.25 * min(begin.mean(), end.mean())
    else:
        assert middle[:, 4].tolist() != middle[:, 60].tolist(), "both sides can be seen"


def test_speed_opacity_and_upper_tracks(tmp_path: Path) -> None:
    film(tmp_path, "red", 0)
    film(tmp_path, "green", 1)
    below = video(clip("a", "red.frames", 0, 10, 2, speed=Fraction(2)))
    above = video(clip("o", "green.frames", 4, 4, 0, opacity=0.25), name="V2")
    with composer(tmp_path, below, above) as shown:
        assert np.array_equal(shown.frame(3, SIZE), painted(8, 0))
        mixed = 0.75 * painted(12, 0) + 0.25 * painted(1, 1)
        assert np.abs(shown.frame(5, SIZE) - mixed).max() <= 1


def test_a_picture_of_another_shape_lets_the_track_below_show_beside_it(tmp_path: Path) -> None:
    film(tmp_path, "red", 0)
    Image.new("RGB", (20, 48), (0, 0, 250)).save(tmp_path / "tall.png")
    over = Clip("p", Source("file", "tall.png"), 0, 4, Time.at(0, RATE))
    below = video(clip("a", "red.frames", 0, 4, 9))
    with composer(tmp_path, below, video(over, name="V2")) as shown:
        frame = shown.frame(0, SIZE)
    assert frame[24, 32].tolist() == [0, 0, 250]
    assert frame[24, 2].tolist() == painted(9, 0)[0, 0].tolist()


def test_titles_stand_where_they_are_told(tmp_path: Path) -> None:
    places = ("centre", "lower", "bottom")
    clips = [
        Clip(place, Source("title", "Hello there", place=place), 4 * n, 4)  # type: ignore[arg-type]
        for n, place in enumerate(places)
    ]
    with composer(tmp_path, Track("T1", "title", clips=tuple(clips))) as shown:
        rows = [
            float(np.average(np.arange(240), weights=shown.frame(4 * n, (320, 240)).sum((1, 2))))
            for n in range(3)
        ]
    assert abs(rows[0] - 120) < 12 and 150 < rows[1] < rows[2] < 232


def test_a_shot_plays_its_take_from_the_head_on_and_its_panel_without_one(tmp_path: Path) -> None:
    film(tmp_path, "take", 0, 12, rate=12)
    Image.new("RGB", SIZE, (7, 8, 9)).save(tmp_path / "panel.png")
    take = Take("take-1", "take.frames", 8, 2, 2, Fraction(12))
    panel = Panel("panel-1", "panel.png", 16)
    one = Shot("shot-1", "A", panels=(panel,), takes=(take,), picked="take-1")
    two = Shot("shot-2", "B", panels=(Panel("panel-2", "panel.png", 16),))
    board = Board(RATE, scenes=(Scene("scene-1", "1", shots=(one, two)),))
    track = video(
        Clip("a", Source("shot", "shot-1"), 0, 16, Time.at(0, RATE)),
        Clip("b", Source("shot", "shot-2"), 16, 8, Time.at(0, RATE)),
    )
    with composer(tmp_path, track, board=board) as shown:
        assert np.array_equal(shown.frame(5, SIZE), painted(2 + 2, 0))
        assert shown.frame(20, SIZE)[3, 3].tolist() == [7, 8, 9]


def test_what_is_missing_shows_a_slate_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    lost = video(
        clip("a", "gone.mov", 0, 4), clip("b", "broken.png", 4, 4),
        Clip("c", Source("shot", "shot-9"), 8, 4), clip("d", "../outside.png", 12, 4),
    )  # fmt: skip
    with composer(tmp_path, lost) as shown:
        slates = [shown.frame(n, (320, 180)) for n in (0, 4, 8, 12)]
        said = [str(problem) for problem in shown.problems()]
    assert all(slate.std() > 3 for slate in slates), "a slate has words on it"
    assert len({slate.tobytes() for slate in slates}) == 4
    assert any("gone.mov" in text for text in said) and any("outside" in text for text in said)
    assert len(said) == 4


def tone(folder: Path, name: str, hertz: float, seconds: float, rate: int = 48_000) -> None:
    time = np.arange(int(seconds * rate)) / rate
    samples = (0.25 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[None]
    sound = store_audio(iter([samples]), folder / f"{name}.raw.wav", rate, 1)
    save_audio(sound, folder / f"{name}.wav")


def sounds(*clips: Clip, transitions: tuple[Transition, ...] = (), gain: float = 1.0) -> Track:
    return Track("A1", "audio", clips=clips, transitions=transitions, gain=gain)


def test_sound_lies_where_its_clip_lies_with_clip_and_track_gain(tmp_path: Path) -> None:
    tone(tmp_path, "a", 440, 2)
    track = sounds(clip("s", "a.wav", 12, 24, 6, gain=0.5), gain=2.0)
    with composer(tmp_path, track) as shown:
        heard = shown.sound(0, 48)
        assert shown.audio.sample_count == 72_000
    assert heard.shape == (2, 96_000)
    assert not heard[:, :24_000].any() and not heard[:, 72_000:].any()
    moment = np.arange(24_000, 72_000) - 24_000 + 12_000
    expected = 0.25 * np.sin(2 * np.pi * 440 * moment / 48_000)
    assert np.abs(heard[0, 24_000:72_000] - expected).max() < 1e-3


def test_spans_of_sound_join_without_a_gap_at_any_cut(tmp_path: Path) -> None:
    tone(tmp_path, "a", 330, 3, rate=44_100)
    fast = clip("s", "a.wav", 0, 30, speed=Fraction(5, 4))
    with composer(tmp_path, sounds(fast)) as shown:
        whole = shown.sound(0, 30)
        parts = [shown.sound(n, n + 1) for n in range(30)]
        chunks = list(shown.audio.chunks())
    assert np.array_equal(np.concatenate(parts, axis=1), whole)
    assert np.array_equal(np.concatenate(chunks, axis=1), whole)
    crossings = np.sum(np.diff(np.signbit(whole[0])))
    assert abs(crossings / 2 / 1.25 - 330 * 1.25) < 4, "faster sounds higher"


def test_a_cross_fade_of_sound_keeps_its_level_and_a_fade_out_ends_in_silence(
    tmp_path: Path,
) -> None:
    tone(tmp_path, "a", 200, 4)
    one = clip("one", "a.wav", 0, 24, 0)
    two = clip("two", "a.wav", 24, 24, 24)
    passages = (Transition("one", "two", 6, 6), Transition("two", "", 12, 0))
    with composer(tmp_path, sounds(one, two, transitions=passages)) as shown:
        heard = shown.sound(0, 48)[0]
    level = np.abs(heard.reshape(48, -1)).max(axis=1)
    assert np.abs(level[2:34] - 0.25).max() < 2e-3, "the same sound crosses into itself unheard"
    assert level[-1] < 0.03 and 0.1 < level[41] < 0.16


def test_the_sound_of_a_film_is_heard_from_its_first_frame_on(tmp_path: Path) -> None:
    rate = 48_000
    click = np.zeros((1, rate), np.float32)
    click[0, rate // 2 :] = 0.5
    sound = store_audio(iter([click]), tmp_path / "click.wav", rate, 1)
    save_video(film(tmp_path, "red", 0), tmp_path / "red.mov", "prores_422", audio=sound)
    track = sounds(clip("s", "red.mov", 0, 24))
    with composer(tmp_path, track) as shown:
        heard = shown.sound(0, 24)[0]
    assert abs(int(np.argmax(heard > 0.25)) - rate // 2) <= 1


def test_the_exported_film_is_the_preview(tmp_path: Path) -> None:
    film(tmp_path, "red", 0)
    film(tmp_path, "green", 1)
    tone(tmp_path, "a", 440, 2)
    track = video(
        clip("a", "red.frames", 0, 10), clip("b", "green.frames", 10, 10, 4, speed=Fraction(1, 2)),
        transitions=(Transition("a", "b", 3, 3),),
    )  # fmt: skip
    title = Clip("t", Source("title", "Titles"), 4, 8)
    tracks = (track, Track("T1", "title", clips=(title,)), sounds(clip("s", "a.wav", 2, 12)))
    with composer(tmp_path, *tracks) as shown:
        made = shown.video(SIZE)
        save_video(made, tmp_path / "out", "png")
        preview = [shown.frame(n, SIZE).copy() for n in range(shown.frames)]
        heard = shown.sound(0, shown.frames)
    written = [np.asarray(Image.open(path)) for path in sorted((tmp_path / "out").glob("*.png"))]
    assert len(written) == 20
    assert all(np.array_equal(a, b) for a, b in zip(preview, written, strict=True))
    from aiprod_studio.media import open_audio

    sound = np.concatenate(list(open_audio(tmp_path / "out" / "sound.wav").chunks()), axis=1)
    assert np.abs(sound - heard).max() < 1e-4


def test_a_range_of_the_film_has_its_own_pictures_and_sound(tmp_path: Path) -> None:
    film(tmp_path, "red", 0)
    tone(tmp_path, "a", 440, 2)
    tracks = (video(clip("a", "red.frames", 0, 24)), sounds(clip("s", "a.wav", 12, 12)))
    with composer(tmp_path, *tracks) as shown:
        part = shown.video(SIZE, 10, 14)
        assert [int(frame[0, 0, 0]) // 6 for frame in part.frames()] == [10, 11, 12, 13]
        assert part.audio is not None and part.audio.sample_count == 8_000
        heard = np.concatenate(list(part.audio.chunks()), axis=1)
    assert not heard[:, :4000].any() and heard[:, 4100:].any()


def test_scrubbing_in_any_order_gives_the_same_frames(tmp_path: Path) -> None:
    save_video(film(tmp_path, "red", 0, 40), tmp_path / "red.mov", "prores_4444")
    straight = [frame.copy() for frame in open_video(tmp_path / "red.mov").frames()]
    with composer(tmp_path, video(clip("a", "red.mov", 0, 40))) as shown:
        for number in (0, 1, 2, 30, 29, 28, 5, 39, 31, 0, 38):
            assert np.array_equal(shown.frame(number, SIZE), straight[number]), number


def test_a_take_rendered_anew_under_its_old_name_is_seen_at_once(tmp_path: Path) -> None:
    film(tmp_path, "red", 0)
    with composer(tmp_path, video(clip("a", "red.frames", 0, 24))) as shown:
        before = shown.frame(3, SIZE).copy()
        (tmp_path / "red.frames").unlink()
        store_frames((painted(n, 2) for n in range(24)), tmp_path / "red.frames", RATE)
        after = shown.frame(3, SIZE)
    assert not np.array_equal(before, after)


def test_silent_parts_of_a_film_need_no_sound_file(tmp_path: Path) -> None:
    film(tmp_path, "red", 0)
    with composer(tmp_path, video(clip("a", "red.frames", 0, 24))) as shown:
        assert shown.video(SIZE).audio is None
        assert not shown.sound(0, 24).any()


def test_a_playback_copy_shows_the_very_same_frames_and_makes_room(tmp_path: Path) -> None:
    for name, channel in (("red", 0), ("green", 1)):
        save_video(film(tmp_path, name, channel), tmp_path / f"{name}.mov", "prores_4444")
    copies = Copies(tmp_path / "copies", most=1)
    reels = Reels(tmp_path, copies=copies)
    before = [reels.frame("red.mov", n).copy() for n in range(24)]
    assert reels.prepare("red.mov") and reels.prepare("red.mov")
    assert isinstance(reels.film("red.mov"), StoredVideo)
    again = Reels(tmp_path, copies=copies)
    for number in (23, 0, 11, 12):
        assert np.array_equal(again.frame("red.mov", number), before[number])
    assert again.prepare("green.mov")
    assert [path.suffix for path in copies.folder.iterdir()] == [".frames"], "the older one left"
    assert np.array_equal(Reels(tmp_path, copies=copies).frame("red.mov", 5), before[5])
    reels.close()
    again.close()


def test_a_damaged_playback_copy_is_made_anew(tmp_path: Path) -> None:
    save_video(film(tmp_path, "red", 0), tmp_path / "red.mov", "prores_4444")
    copies = Copies(tmp_path / "copies")
    place = copies.make(tmp_path / "red.mov")
    place.write_bytes(place.read_bytes()[:100])
    assert copies.find(tmp_path / "red.mov") is None
    assert copies.make(tmp_path / "red.mov") == place
    assert copies.find(tmp_path / "red.mov") == place
