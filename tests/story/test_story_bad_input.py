"""Bad sections: a clear sentence, the rest still loads, nothing is lost."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest

from aiprod_studio.sdk import Refusal
from aiprod_studio.story import edits as e
from aiprod_studio.story.assembling import animatic, first_cut
from aiprod_studio.story.board import letter_of
from aiprod_studio.story.sections import dump_board, dump_cut, parse_board, parse_cut
from aiprod_studio.story.takes import digest_of
from aiprod_studio.story.time import Span, Time, rate_of, read_rate, timecode
from aiprod_studio.story.timing import spoken_frames, suggestions, too_much_said
from tests.story.story_samples import board, cut


@pytest.mark.parametrize(
    "value",
    [-24, 0, "-24000/1001", math.pi, math.nan, math.inf, "abc", None, True, "1/0", 10**9, [24]],
)
def test_a_rate_that_cannot_be_is_refused_in_words(value: Any) -> None:
    with pytest.raises(Refusal, match="Write a rate such as 24"):
        rate_of(value)


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (24, 24),
        ("25", 25),
        (12.5, Fraction(25, 2)),
        (30.0, 30),
        (23.976, Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("24000/1001", Fraction(24000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (24000 / 1001, Fraction(24000, 1001)),
    ],
)
def test_rates_are_exact(value: Any, rate: Fraction) -> None:
    assert read_rate(value) == rate


def test_times_of_different_rates_compare_exactly() -> None:
    ntsc = Fraction(24000, 1001)
    assert Time.at(24, ntsc) > Time.at(24, 24)
    assert Time.at(1001, 24).to(ntsc) == Time.at(1000, ntsc)
    assert Time.parse("5/2@24000/1001").rate == ntsc
    assert str(Time.parse("25@24")) == "25@24"
    assert not Span(Time.at(0, 24), Time.at(5, 24)).holds(Time.at(5, 24))
    with pytest.raises(Refusal, match="before its start"):
        Span(Time.at(5, 24), Time.at(0, 24))
    assert timecode(2 * 3600 * 24 + 5, Fraction(24)) == "02:00:00:05"


def test_odd_values_are_said_and_written_again_as_they_were() -> None:
    section = {
        "rate": "-24",
        "mood": {"by": "another program"},
        "scenes": [
            "not a scene",
            {
                "name": "scene-1",
                "number": "1",
                "shots": [{"name": "shot-1", "letter": "A", "seed": "x", "panels": 7, "tint": 1}],
            },
        ],
    }
    found, problems = parse_board(section)
    assert found.rate == 24
    said = "\n".join(str(problem) for problem in problems)
    for part in ("'rate' is '-24'", "not a scene", "'seed' is 'x'", "'panels' is 7"):
        assert part in said
    again = dump_board(found)
    assert again["rate"] == "-24"
    assert again["mood"] == {"by": "another program"}
    shot = again["scenes"][0]["shots"][0]
    assert (shot["seed"], shot["panels"], shot["tint"]) == ("x", 7, 1)
    assert again["scenes"][1] == "not a scene"
    fixed = e.SetShot("shot-1", {"seed": 5}).apply(found)
    assert dump_board(fixed)["scenes"][0]["shots"][0]["seed"] == 5


@pytest.mark.parametrize("section", [[], "x", 3, True])
def test_a_section_that_is_no_object_is_refused_in_words(section: Any) -> None:
    with pytest.raises(Refusal, match="story: it is"):
        parse_board(section)
    with pytest.raises(Refusal, match="timeline: it is"):
        parse_cut(section)


def test_a_shot_of_no_length_loads_is_said_and_is_skipped() -> None:
    section = dump_board(board())
    section["scenes"][0]["shots"][1]["panels"][0]["frames"] = 0
    found, problems = parse_board(section)
    assert "shot 1B: it lasts no frame" in str(problems[0])
    assert [clip.source.name for _, clip in first_cut(found).clips()] == ["shot-1", "shot-3"]
    assert len(animatic(found).track("V1").clips) == 3


def test_overlapping_clips_are_laid_apart_and_said() -> None:
    section = dump_cut(cut())
    section["tracks"][0]["clips"][1]["at"] = 40
    found, problems = parse_cut(section)
    assert [track.name for track in found.tracks][:2] == ["V1", "V1-2"]
    assert [clip.name for clip in found.track("V1-2").clips] == ["b"]
    assert "lie upon others (b)" in str(problems[0])
    assert len(list(found.clips())) == len(list(cut().clips()))


def test_doubled_and_missing_names_are_given_anew_and_said() -> None:
    section = dump_cut(cut())
    section["tracks"][0]["clips"][1]["name"] = "a"
    del section["tracks"][0]["clips"][2]["name"]
    found, problems = parse_cut(section)
    assert [clip.name for clip in found.tracks[0].clips] == ["a", "a-2", "clip-1", "d"]
    assert len(problems) == 2


def test_a_transition_without_a_cut_is_left_out_but_kept_in_the_file() -> None:
    section = dump_cut(cut())
    lost = {"left": "a", "right": "d", "before": 2, "after": 2}
    section["tracks"][0]["transitions"] = [lost]
    found, problems = parse_cut(section)
    assert found.tracks[0].transitions == ()
    assert "do not meet" in str(problems[0])
    assert dump_cut(found)["tracks"][0]["transitions_left_out"] == [lost]


def test_locks_are_refused_in_words() -> None:
    state = e.LockTrack("A1").apply(cut())
    with pytest.raises(Refusal, match=r"track A1: it is locked.*Unlock it"):
        e.Ripple("a", tail=4).apply(state)
    e.Ripple("a", tail=4).apply(
        e.Unlink("a").apply(e.Unlink("b").apply(e.Unlink("c").apply(cut())))
    )
    with pytest.raises(Refusal, match="shot 2A: it is locked"):
        e.SetShot("shot-3", {"prompt": "x"}).apply(board())


def test_fresh_stale_and_locked_follow_the_hash_of_the_recipe() -> None:
    _, shot = board().find_shot("shot-1")
    take = shot.take()
    assert take is not None
    today = digest_of(take.recipe.graph, 7, take.recipe.files)
    assert shot.state(today) == "fresh"
    assert shot.state(digest_of(take.recipe.graph, 8, take.recipe.files)) == "stale"
    assert shot.state("") == "stale", "nobody can say what the shot would be today"
    assert board().find_shot("shot-2")[1].state(today) == "stale"
    assert board().find_shot("shot-3")[1].state(today) == "locked"


def test_shots_are_numbered_as_on_set_and_keep_their_numbers() -> None:
    assert [letter_of(n) for n in (0, 7, 8, 12, 13, 23, 24)] == ["A", "H", "J", "N", "P", "Z", "AA"]
    state = e.AddShot("scene-1", 1).apply(board())
    assert [state.number_of(s.name) for _, s in state.shots()] == ["1A", "1C", "1B", "2A"]
    state = e.Renumber().apply(state)
    assert [state.number_of(s.name) for _, s in state.shots()] == ["1A", "1B", "1C", "2A"]
    assert state.numbered("1b").name == "shot-4"
    with pytest.raises(Refusal, match="no shot numbered '9Z'"):
        state.numbered("9Z")


def test_dialogue_longer_than_its_shot_is_suggested_never_applied() -> None:
    words = "One two three four five six seven eight nine ten."
    state = e.SetPanel("panel-3", {"dialogue": words}).apply(board())
    assert spoken_frames(words, Fraction(24)) == 108
    assert spoken_frames(f"ANNA (V.O.): {words}", Fraction(24)) == 108
    assert [(s.panel, s.frames, s.suggested) for s in suggestions(state)] == [
        ("panel-2", 24, 32),
        ("panel-3", 36, 108),
    ]
    assert "shot 1B: its dialogue takes about 108 frames" in str(too_much_said(state)[0])
    assert state.find_panel("panel-3")[1].frames == 36


def test_a_board_is_split_and_joined_again() -> None:
    parted = e.SplitShot("panel-2").apply(board())
    assert [len(shot.panels) for _, shot in parted.shots()] == [1, 1, 1, 1]
    new = parted.scenes[0].shots[1].name
    joined = e.JoinShots("shot-1", new).apply(parted)
    assert joined.scenes == board().scenes
