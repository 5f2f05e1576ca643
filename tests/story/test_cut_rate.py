"""Another frame rate of the cut: everything stays at its time, and nothing breaks."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprod_studio.sdk import Refusal
from aiprod_studio.story import edits as e
from aiprod_studio.story.cut import Cut, Marker
from aiprod_studio.story.playing import track_playing
from aiprod_studio.story.repairs import repaired_cut
from aiprod_studio.story.sections import dump_cut, parse_cut
from tests.story.story_samples import cut, shot_clip
from tests.story.test_story_properties import check_whole, random_cut_edit

QUICK = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 10**9)
RATES = [Fraction(rate) for rate in (8, 12, 25, 30, 48, 60, 120)]
RATES += [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(25, 2), Fraction(1)]


def edited(seed: int) -> Cut:
    """Return a cut that somebody has worked on."""
    dice = random.Random(seed)
    state = cut()
    for _ in range(20):
        try:
            state = random_cut_edit(state, dice).apply(state)
        except Refusal:
            continue
    return state


@QUICK
@given(SEEDS, st.sampled_from(RATES))
def test_at_any_rate_the_cut_is_whole_and_its_clips_touch_as_before(
    seed: int, rate: Fraction
) -> None:
    before = edited(seed)
    after = e.SetCutRate(rate).apply(before)
    assert after.rate == rate
    check_whole(after)
    assert repaired_cut(after) == (after, [])
    for old, new in zip(before.tracks, after.tracks, strict=True):
        assert [clip.name for clip in old.clips] == [clip.name for clip in new.clips]
        for (a, b), (c, d) in zip(pairwise(old.clips), pairwise(new.clips), strict=True):
            assert c.stop == d.at or a.stop < b.at
    again, problems = parse_cut(json.loads(json.dumps(dump_cut(after))))
    assert (again, problems) == (after, ())


@QUICK
@given(SEEDS, st.sampled_from([rate for rate in RATES if rate >= 24]))
def test_what_plays_at_a_time_plays_there_at_another_rate(seed: int, rate: Fraction) -> None:
    before = edited(seed)
    after = e.SetCutRate(rate).apply(before)
    near = 2 / min(rate, before.rate)
    for old in before.tracks:
        edges = [Fraction(frame) / before.rate for c in old.clips for frame in (c.at, c.stop)]
        passing = {name for each in old.transitions for name in (each.left, each.right)}
        for frame in range(0, before.frames, 5):
            second = Fraction(frame) / before.rate
            if any(abs(edge - second) < near for edge in edges):
                continue
            was = track_playing(old, frame, before.rate)
            now = track_playing(after.track(old.name), int(second * rate), rate)
            if {layer.clip for layer in (*was, *now)} & passing:
                continue
            assert [layer.clip for layer in was] == [layer.clip for layer in now]
            for one, other in zip(was, now, strict=True):
                apart = abs(one.time.seconds - other.time.seconds)
                assert apart <= near * one.speed


@QUICK
@given(SEEDS)
def test_twice_the_rate_and_back_is_the_same_cut(seed: int) -> None:
    before = edited(seed)
    assert e.SetCutRate(before.rate).apply(before) == before
    assert e.SetCutRate(before.rate).apply(e.SetCutRate(Fraction(48)).apply(before)) == before


def test_markers_transitions_and_speeds_go_along() -> None:
    state = cut()
    for edit in (
        e.AddTransition("a", "b", 6, 4),
        e.AddMarker(Marker("beat", 30, 3)),
        e.AddMarker(Marker("blink", 4), "b"),
        e.SetSpeed("d", Fraction(2)),
    ):
        state = edit.apply(state)
    after = e.SetCutRate(Fraction(12)).apply(state)
    assert [(c.at, c.frames) for c in after.track("V1").clips[:3]] == [(0, 24), (24, 18), (42, 12)]
    assert (after.track("V1").transitions[0].before, after.track("V1").transitions[0].after) == (
        3,
        2,
    )
    assert [(mark.at, mark.frames) for mark in after.markers] == [(15, 1)]
    assert after.find("b")[1].markers[0].at == 2
    assert after.find("d")[1].speed == 2
    assert after.frames == state.frames / 2


def test_clips_of_a_frame_stay_a_frame_at_a_low_rate() -> None:
    clips = tuple(shot_clip(f"c{n}", "shot-1", n, 1) for n in range(10))
    state = replace(cut(), tracks=(replace(cut().tracks[0], clips=clips),))
    after = e.SetCutRate(Fraction(6)).apply(state)
    assert [(clip.at, clip.frames) for clip in after.tracks[0].clips] == [(n, 1) for n in range(10)]
    check_whole(after)


def test_locked_clips_keep_their_time_and_their_lock() -> None:
    state = e.LockTrack("V2").apply(e.LockClip("c").apply(cut()))
    after = e.SetCutRate(Fraction(30)).apply(state)
    assert after.find("c")[1].locked and after.track("V2").locked
    assert after.find("c")[1].at == 105


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(-24), Fraction(5000)])
def test_no_rate_at_all_is_refused(rate: Fraction) -> None:
    with pytest.raises(Refusal, match="timeline: is"):
        e.SetCutRate(rate).apply(cut())
