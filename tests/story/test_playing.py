"""What plays when: places, dissolves, fades, speed, handles, takes and what stands in for them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from aiprod_studio.sdk import Refusal
from aiprod_studio.story import edits as e
from aiprod_studio.story.cut import Clip, Cut, Source, Track
from aiprod_studio.story.playing import Footage, Nothing, Still, Words, playing, resolved
from aiprod_studio.story.time import Time
from tests.story.story_samples import board, cut, shot_clip, span


def test_layers_come_from_the_bottom_and_sound_with_them() -> None:
    assert [layer.clip for layer in playing(cut(), 20)] == ["a", "o", "sa", "music"]
    assert [layer.clip for layer in playing(cut(), 110)] == ["o", "music"]
    assert playing(cut(), 5000) == ()
    assert playing(cut(), -1) == ()


def test_a_time_of_another_rate_plays_the_frame_that_shows_then() -> None:
    assert playing(cut(), Time.at(50, 25)) == playing(cut(), 48)


def test_the_mixes_of_a_dissolve_rise_evenly_and_add_up_to_one() -> None:
    state = e.AddTransition("a", "b", 3, 5).apply(cut())
    mixes = []
    for frame in range(45, 53):
        left, right = playing(state, frame)[:2]
        assert (left.clip, right.clip, left.transition) == ("a", "b", "dissolve")
        assert left.mix + right.mix == 1
        assert left.time == Time.at(frame, 24)
        assert right.time == Time.at(frame - 48, 24)
        mixes.append(right.mix)
    assert mixes == [Fraction(2 * step + 1, 16) for step in range(8)]
    assert [layer.clip for layer in playing(state, 44)][:1] == ["a"]
    assert playing(state, 53)[0].mix == 1


def test_a_fade_in_starts_from_nothing() -> None:
    state = e.AddTransition("", "d", 0, 4).apply(cut())
    assert [playing(state, 120 + k)[0].mix for k in range(5)] == [
        Fraction(1, 8),
        Fraction(3, 8),
        Fraction(5, 8),
        Fraction(7, 8),
        Fraction(1),
    ]


def test_a_dissolve_longer_than_the_handles_is_refused_in_words() -> None:
    with pytest.raises(Refusal, match="has fewer than 13 frames behind the clip"):
        e.AddTransition("a", "b", 0, 13).apply(cut())
    with pytest.raises(Refusal, match="are no neighbours"):
        e.AddTransition("a", "c", 2, 2).apply(cut())


def test_speed_moves_the_source_on_exactly() -> None:
    state = e.SetSpeed("d", Fraction(1, 3)).apply(cut())
    assert state.find("d")[1].frames == 90
    assert playing(state, 130)[0].time == Time(Fraction(10, 3), Fraction(24))
    assert playing(state, 130)[0].time.frame == 3


def test_what_a_split_clip_plays_is_what_it_played_before() -> None:
    fast = e.SetSpeed("d", Fraction(2, 3)).apply(cut())
    parted = e.Split("d", 133).apply(fast)
    for frame in range(120, 165):
        before, after = playing(fast, frame)[0], playing(parted, frame)[0]
        assert (before.time, before.source) == (after.time, after.source)


def test_a_shot_shows_its_picked_take_with_handles_then_its_panels() -> None:
    layer = playing(cut(), 20)[0]
    assert resolved(layer, board()) == Footage("film.assets/take-1.mp4", Time.at(32, 24), 32)
    other = replace(layer, source=replace(layer.source, take="take-2"))
    assert resolved(other, board()) == Footage("film.assets/take-2.mp4", Time.at(32, 24), 32)
    assert resolved(playing(cut(), 50)[0], board()) == Still("panel-3", "three.png")
    assert isinstance(resolved(playing(cut(), 125)[0], board()), Nothing)
    title = next(each for each in playing(cut(), 135) if each.kind == "title")
    assert resolved(title, board()) == Words("The End")


def test_rendering_a_shot_again_never_changes_the_edit() -> None:
    state = cut()
    before = [(layer.clip, layer.time) for layer in playing(state, 20)]
    again = e.PickTake("take-2").apply(board())
    assert [(layer.clip, layer.time) for layer in playing(state, 20)] == before
    shows = resolved(playing(state, 20)[0], again)
    assert isinstance(shows, Footage)
    assert shows.media.endswith("take-2.mp4")


def test_a_hidden_track_does_not_play() -> None:
    state = e.SwitchTrack("V1").apply(cut())
    assert "a" not in [layer.clip for layer in playing(state, 20)]


def test_two_hours_of_short_clips_play_and_are_edited_at_once() -> None:
    clips = tuple(shot_clip(f"c{n}", "shot-1", n * 48, 48) for n in range(3600))
    state = Cut(Fraction(24), tracks=(Track("V1", clips=clips),))
    assert state.frames == 2 * 3600 * 24
    later = e.Ripple("c10", tail=8).apply(state)
    assert playing(later, 11 * 48 - 8)[0].clip == "c11"
    assert later.frames == state.frames - 8


def test_a_clip_beyond_its_media_says_so_while_playing() -> None:
    clip = Clip("x", Source("file", "x.mp4", span=span(0, 10)), 0, 20)
    state = Cut(Fraction(24), tracks=(Track("V1", clips=(clip,)),))
    assert [playing(state, frame)[0].missing for frame in (9, 10)] == [False, True]
