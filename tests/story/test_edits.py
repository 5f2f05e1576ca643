"""Each edit of the cut by example, the way an editor expects it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from aiprod_studio.sdk import Refusal
from aiprod_studio.story import edits as e
from aiprod_studio.story.cut import Cut
from tests.story.story_samples import board, cut, shot_clip, sound


def laid(state: Cut, track: str) -> list[tuple[str, int, int]]:
    """Return (name, at, stop) of the clips of a track."""
    return [(clip.name, clip.at, clip.stop) for clip in state.track(track).clips]


def test_trim_leaves_a_gap_and_takes_the_linked_sound_along() -> None:
    state = e.Trim("b", head=4, tail=6).apply(cut())
    assert laid(state, "V1") == [("a", 0, 48), ("b", 52, 78), ("c", 84, 108), ("d", 120, 150)]
    assert laid(state, "A1") == [("sa", 0, 48), ("sb", 52, 78), ("sc", 84, 108)]
    assert state.find("b")[1].start.value == 4
    assert list(state.track("V1").gaps()) == [(48, 52), (78, 84), (108, 120)]


def test_trim_into_a_neighbour_or_beyond_the_media_is_refused() -> None:
    with pytest.raises(Refusal, match="'a' and 'b' would share frames"):
        e.Trim("b", head=-4).apply(cut())
    with pytest.raises(Refusal, match="beyond the end of its source"):
        e.Trim("d", tail=-13).apply(cut())
    with pytest.raises(Refusal, match="30 frames, and 30 would be taken off"):
        e.Trim("d", head=30).apply(cut())


def test_ripple_moves_what_comes_later_with_its_sound_and_nothing_else() -> None:
    state = e.Ripple("a", head=8).apply(cut())
    assert laid(state, "V1") == [("a", 0, 40), ("b", 40, 76), ("c", 76, 100), ("d", 112, 142)]
    assert laid(state, "A1") == [("sa", 0, 40), ("sb", 40, 76), ("sc", 76, 100)]
    assert state.track("A2") == cut().track("A2")


def test_roll_moves_the_cut_and_keeps_the_ends() -> None:
    state = e.Roll("a", 5).apply(cut())
    assert laid(state, "V1")[:2] == [("a", 0, 53), ("b", 53, 84)]
    assert laid(state, "A1")[:2] == [("sa", 0, 53), ("sb", 53, 84)]
    assert state.find("b")[1].start.value == 5
    with pytest.raises(Refusal, match="no clip follows it"):
        e.Roll("c", 5).apply(cut())


def test_slip_shows_another_part_in_the_same_place() -> None:
    state = e.Slip("b", 7).apply(cut())
    assert laid(state, "V1") == laid(cut(), "V1")
    assert state.find("b")[1].start.value == state.find("sb")[1].start.value == 7


def test_slide_lets_the_neighbours_give_and_take() -> None:
    state = e.Slide("b", -6).apply(cut())
    assert laid(state, "V1")[:3] == [("a", 0, 42), ("b", 42, 78), ("c", 78, 108)]
    assert state.find("b")[1].start.value == 0
    assert state.find("c")[1].start.value == -6


def test_split_parts_linked_clips_alike_and_links_the_later_halves() -> None:
    state = e.Split("a", 20).apply(cut())
    later = state.track("V1").clips[1]
    assert (later.at, later.stop, later.start.value) == (20, 48, 20)
    assert state.linked(later.name) == (later.name, state.track("A1").clips[1].name)
    with pytest.raises(Refusal, match="frame 48 is not inside it"):
        e.Split("a", 48).apply(cut())


def test_insert_makes_room_and_overwrite_does_not() -> None:
    new = shot_clip("", "shot-1", 0, 10)
    inserted = e.Insert((("V1", new),), 48).apply(cut())
    assert [at for _, at, _ in laid(inserted, "V1")] == [0, 48, 58, 94, 130]
    assert laid(inserted, "A1")[1] == ("sb", 58, 94)
    over = e.Overwrite((("V1", new),), 43).apply(cut())
    assert [(at, stop) for _, at, stop in laid(over, "V1")][:3] == [(0, 43), (43, 53), (53, 84)]
    assert over.track("A1").clips[0].stop == 48
    both = e.Insert((("V1", new), ("A1", sound("", 0, 10))), 48).apply(cut())
    assert len(both.linked(both.track("V1").clips[1].name)) == 2


def test_lift_leaves_a_gap_and_extract_closes_it() -> None:
    lifted = e.Lift(("V1", "A1"), 40, 90).apply(cut())
    assert [(at, stop) for _, at, stop in laid(lifted, "V1")] == [(0, 40), (90, 108), (120, 150)]
    out = e.Extract(("V1", "A1"), 40, 90).apply(cut())
    assert [(at, stop) for _, at, stop in laid(out, "V1")] == [(0, 40), (40, 58), (70, 100)]
    assert [(at, stop) for _, at, stop in laid(out, "A1")] == [(0, 40), (40, 58)]
    with pytest.raises(Refusal, match="holds no frame"):
        e.Lift(("V1",), 5, 5).apply(cut())


def test_a_move_takes_the_sound_along_and_changes_only_its_own_track() -> None:
    state = e.Move("c", 200, "V2").apply(e.Move("o", 0).apply(cut()))
    assert laid(state, "V2") == [("o", 0, 200), ("c", 200, 224)]
    assert laid(state, "A1")[2] == ("sc", 200, 224)
    with pytest.raises(Refusal, match="a shot cannot lie on the title track 'T1'"):
        e.Move("d", 0, "T1").apply(cut())


def test_slower_clips_push_later_ones_once_along_with_their_sound() -> None:
    state = e.SetSpeed("a", Fraction(1, 2)).apply(cut())
    assert laid(state, "V1")[:3] == [("a", 0, 96), ("b", 96, 132), ("c", 132, 156)]
    assert laid(state, "A1") == [("sa", 0, 96), ("sb", 96, 132), ("sc", 132, 156)]
    with pytest.raises(Refusal, match="would share frames"):
        e.SetSpeed("a", Fraction(1, 2), ripple=False).apply(cut())
    with pytest.raises(Refusal, match="a speed of 0 is not between"):
        e.SetSpeed("a", Fraction(0)).apply(cut())


def test_an_edit_that_parts_two_clips_takes_their_dissolve_away() -> None:
    state = e.AddTransition("a", "b", 4, 4).apply(cut())
    assert e.Trim("a", tail=5).apply(state).track("V1").transitions == ()
    assert len(e.Ripple("a", tail=5).apply(state).track("V1").transitions) == 1
    split = e.Split("a", 20).apply(state).track("V1")
    assert split.transitions[0].left == split.clips[1].name


def test_a_locked_clip_stays_where_it_is() -> None:
    state = e.LockClip("d").apply(cut())
    with pytest.raises(Refusal, match="clip d: it is locked"):
        e.Ripple("c", tail=2).apply(state)
    assert e.LockClip("d", False).apply(state) == cut()


def test_tracks_are_added_named_and_removed() -> None:
    state = e.AddTrack("audio").apply(cut())
    assert state.tracks[-1].name == "A3"
    assert e.RemoveTrack("A3").apply(state) == cut()
    assert e.MoveTrack("T1", 0).apply(cut()).tracks[0].name == "T1"
    alone = e.RemoveTrack("A1").apply(cut())
    assert all(clip.link == "" for _, clip in alone.clips())
    with pytest.raises(Refusal, match="a track called 'V1' already"):
        e.AddTrack("video", "V1").apply(cut())


def test_a_track_gets_another_name_that_no_other_has() -> None:
    after = e.RenameTrack("V2", "grain").apply(cut())
    assert [track.name for track in after.tracks] == ["V1", "grain", "A1", "A2", "T1"]
    assert after.track("grain").clips == cut().track("V2").clips
    with pytest.raises(Refusal, match="there is a track called 'V1' already"):
        e.RenameTrack("V2", "V1").apply(cut())
    locked = e.LockTrack("V2").apply(cut())
    with pytest.raises(Refusal, match="track V2: it is locked"):
        e.RenameTrack("V2", "grain").apply(locked)


def test_the_board_gets_a_title_and_a_graph_for_its_shots() -> None:
    after = e.SetBoard({"title": "The Letter", "workflow": "shots.json"}).apply(board())
    assert (after.title, after.workflow) == ("The Letter", "shots.json")
    assert after.scenes == board().scenes
    with pytest.raises(Refusal, match="'serial' is no field that can be set"):
        e.SetBoard({"serial": 3}).apply(board())


def test_another_frame_rate_keeps_what_panels_last() -> None:
    unlocked = e.SetShot("shot-3", {"locked": False}).apply(board())
    after = e.SetRate(Fraction(12)).apply(unlocked)
    assert [panel.frames for _, panel in after.panels()] == [12, 12, 18, 12]
    assert after.rate == 12 and after.find_shot("shot-1")[1].handles == 6
    with pytest.raises(Refusal, match="shot 2A: it is locked"):
        e.SetRate(Fraction(12)).apply(board())
    with pytest.raises(Refusal, match="a frame rate is more than zero"):
        e.SetRate(Fraction(-2)).apply(unlocked)


def test_a_title_changes_its_words_and_its_place() -> None:
    after = e.SetTitle("t", "Fin", "bottom").apply(cut())
    assert (after.find("t")[1].source.name, after.find("t")[1].source.place) == ("Fin", "bottom")
    assert e.SetTitle("t", "Fin").apply(after).find("t")[1].source.place == "bottom"
    with pytest.raises(Refusal, match="there is no place 'roof'"):
        e.SetTitle("t", "Fin", "roof").apply(cut())  # type: ignore[arg-type]


def test_a_split_shot_parts_the_pictures_that_it_lies_between() -> None:
    filled = e.SetShot("shot-1", {"comes_from": "x.png", "goes_to": "y.png"}).apply(board())
    parted = e.SplitShot("panel-2").apply(filled)
    one, two = parted.scenes[0].shots[:2]
    assert (one.comes_from, one.goes_to) == ("x.png", "")
    assert (two.comes_from, two.goes_to) == ("", "y.png")
    joined = e.JoinShots(one.name, two.name).apply(parted).find_shot("shot-1")[1]
    assert (joined.comes_from, joined.goes_to) == ("x.png", "y.png")
