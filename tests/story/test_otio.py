"""OpenTimelineIO both ways: nothing is lost on the round trip, and foreign files open in words."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprod_studio.sdk import Refusal
from aiprod_studio.story import edits as e
from aiprod_studio.story.cut import Cut, Marker
from aiprod_studio.story.interchange.exchange import read_cut, write_cut
from aiprod_studio.story.interchange.otio_in import from_otio_text
from aiprod_studio.story.interchange.otio_out import to_otio
from tests.story.story_samples import board, cut
from tests.story.test_story_properties import random_cut_edit


def full_cut() -> Cut:
    state = cut()
    for edit in (
        e.AddTransition("a", "b", 6, 4),
        e.AddTransition("", "a", 0, 5),
        e.AddTransition("d", "", 5, 0),
        e.AddMarker(Marker("beat", 30, 3, "red", "the ball stops")),
        e.AddMarker(Marker("blink", 4), "c"),
        e.SetSpeed("d", Fraction(2, 3)),
        e.SetOpacity("o", 0.25),
        e.SetGain("music", 0.5),
        e.LockTrack("A2"),
        e.LockClip("o"),
        e.SwitchTrack("T1"),
    ):
        state = edit.apply(state)
    return state


def test_a_cut_with_everything_comes_back_from_an_otio_file(tmp_path: Path) -> None:
    path = tmp_path / "film.otio"
    write_cut(full_cut(), board(), path, "otio", str)
    again = read_cut(path)
    assert again.problems == ()
    assert again.cut == full_cut()
    assert again.board == board()
    assert list(tmp_path.iterdir()) == [path]


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_any_cut_comes_back_from_otio_with_takes_handles_markers_and_locks(seed: int) -> None:
    dice = random.Random(seed)
    state = replace(cut(), rate=dice.choice([Fraction(24), Fraction(25), Fraction(24000, 1001)]))
    for _ in range(15):
        try:
            state = random_cut_edit(state, dice).apply(state)
        except Refusal:
            continue
    again = from_otio_text(to_otio(state, board()).to_json_string())
    assert again.problems == ()
    assert again.cut == state
    assert again.board == board()


def test_every_take_is_a_media_reference_and_the_picked_one_is_active() -> None:
    timeline = to_otio(cut(), board())
    clip = next(item for item in timeline.find_clips() if item.name == "a")
    assert set(clip.media_references()) == {"take-1", "take-2"}
    assert clip.active_media_reference_key == "take-1"
    assert clip.media_reference.target_url == "film.assets/take-1.mp4"
    assert clip.source_range.start_time.value == 12
    assert clip.available_range().duration.value == 72


def test_an_edit_made_in_another_program_is_taken_over() -> None:
    timeline = to_otio(cut(), board())
    clip = next(item for item in timeline.find_clips() if item.name == "a")
    clip.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(14, 24), otio.opentime.RationalTime(40, 24)
    )
    clip.active_media_reference_key = "take-2"
    found = from_otio_text(timeline.to_json_string()).cut
    assert (found.find("a")[1].frames, found.find("a")[1].start.value) == (40, 2)
    assert found.find("a")[1].source.take == "take-2"
    assert found.find("b")[1].at == 40


def foreign() -> otio.schema.Timeline:
    def time(value: float, rate: float = 25) -> otio.opentime.RationalTime:
        return otio.opentime.RationalTime(value, rate)

    timeline = otio.schema.Timeline("theirs", global_start_time=time(90000))
    track = otio.schema.Track("Video 1")
    hour = otio.opentime.TimeRange(time(90000), time(200))
    media = otio.schema.ExternalReference("/mnt/a.mov", hour)
    for name in ("one", "two"):
        span = otio.opentime.TimeRange(time(90010), time(50))
        track.append(otio.schema.Clip(name, media.deepcopy(), span))
    track.insert(1, otio.schema.Transition("x", "SMPTE_Dissolve", time(5), time(5)))
    timeline.tracks.append(track)
    return timeline


def test_a_foreign_timeline_counts_its_media_from_the_first_frame() -> None:
    found = from_otio_text(foreign().to_json_string())
    assert found.problems == ()
    assert found.cut.rate == 25
    one, two = found.cut.tracks[0].clips
    assert (one.at, one.stop, two.at, two.stop) == (0, 50, 50, 100)
    assert one.start.value == 10
    assert one.source.span is not None
    assert one.source.span.stop.value == 200
    assert found.cut.tracks[0].transitions[0].frames == 10


def test_a_schema_from_the_future_is_refused_in_words() -> None:
    text = foreign().to_json_string().replace('"Clip.2"', '"Clip.9"')
    with pytest.raises(Refusal, match=r"film\.otio: it was written by a newer program"):
        from_otio_text(text, "film.otio")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"OTIO_SCHEMA": "Clip.2", "name": "x"}'])
def test_what_is_no_timeline_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal, match=r"expected|damaged"):
        from_otio_text(text, "film.otio")


def test_a_nested_stack_and_an_unknown_effect_are_said_and_the_rest_loads() -> None:
    timeline = foreign()
    stack = otio.schema.Stack("nest", children=[timeline.tracks[0][0].deepcopy()])
    timeline.tracks[0].append(stack)
    timeline.tracks[0][0].effects.append(otio.schema.Effect(effect_name="glow"))
    found = from_otio_text(timeline.to_json_string())
    assert [clip.name for _, clip in found.cut.clips()] == ["one", "two", "nest"]
    said = " ".join(str(problem) for problem in found.problems)
    assert "Stack" in said
    assert "'glow'" in said


@pytest.mark.parametrize("rate", [-24.0, 0.0, 3.14159265])
def test_a_rate_that_cannot_be_is_said_and_the_rest_loads(rate: float) -> None:
    raw = json.loads(foreign().to_json_string())
    raw["global_start_time"]["rate"] = rate
    found = from_otio_text(json.dumps(raw))
    assert found.cut.rate == 25
    assert len(found.cut.tracks[0].clips) == 2
    assert "rate" in str(found.problems[0])


def test_two_clips_of_one_name_stay_two_clips() -> None:
    timeline = foreign()
    timeline.tracks[0][2].name = "one"
    found = from_otio_text(timeline.to_json_string())
    assert [clip.name for _, clip in found.cut.clips()] == ["one", "one-2"]
    assert "two things are called 'one'" in str(found.problems[0])
