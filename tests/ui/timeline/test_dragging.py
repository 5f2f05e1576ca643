"""Drags make drafts: edges stop where the media ends, links go along, other tracks play on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits import LockClip, Slip
from aiprod_studio.story.playing import track_playing
from aiprod_studio.ui.timeline.model.drafting import Desk, Draft, Pointer, Reach, applied
from aiprod_studio.ui.timeline.model.gestures import DropClips, begin
from aiprod_studio.ui.timeline.model.hitting import hit
from aiprod_studio.ui.timeline.model.laying import Piece
from tests.ui.timeline.samples import at, clip, desk, film


def dragged(there: Desk, tool: str, start: Pointer, to: Pointer) -> Draft:
    place = hit(there.cut, there.rows, there.scale, start.x, start.y)
    gesture = begin(tool, there, place, start)  # type: ignore[arg-type]
    assert gesture is not None
    return gesture.move(to)


def by(there: Desk, pointer: Pointer, frames: float, **keys: bool) -> Pointer:
    return replace(pointer, x=pointer.x + there.scale.width(frames), **keys)  # type: ignore[arg-type]


def place(cut: Cut, name: str) -> tuple[str, int, int]:
    track, found = cut.find(name)
    return track.name, found.at, found.stop


def test_a_tail_is_trimmed_and_stops_where_its_handles_end() -> None:
    there = desk()
    start = at(there, "V1", 149)
    shorter = dragged(there, "select", start, by(there, start, -10))
    assert place(shorter.cut, "d") == ("V1", 120, 140)
    assert shorter.words == "-00:00:00:10" and shorter.frame == 139
    longer = dragged(there, "select", start, by(there, start, 500))
    assert place(longer.cut, "d") == ("V1", 120, 162)
    assert longer.problem is not None and "beyond the end" in str(longer.problem)


def test_a_trim_moves_the_linked_clip_too() -> None:
    there = desk()
    start = at(there, "A1", 0.5)
    after = dragged(there, "select", start, by(there, start, 6)).cut
    assert place(after, "a") == ("V1", 6, 48) and place(after, "sa") == ("A1", 6, 48)


def test_a_ripple_pulls_what_comes_later() -> None:
    there = desk()
    start = at(there, "V1", 107)
    after = dragged(there, "trim", start, by(there, start, -4)).cut
    assert place(after, "c") == ("V1", 84, 104) and place(after, "d")[1] == 116


def test_a_roll_moves_only_the_cut() -> None:
    there = desk()
    start = at(there, "V1", 48)
    after = dragged(there, "select", start, by(there, start, 5)).cut
    assert place(after, "a") == ("V1", 0, 53) and place(after, "b") == ("V1", 53, 84)


def test_a_slip_shows_an_earlier_part_when_the_picture_is_pulled_right() -> None:
    there = desk()
    start = at(there, "V2", 75)
    draft = dragged(there, "slip", start, by(there, start, 7))
    assert draft.edits == (Slip("o", -7),)
    far = dragged(there, "slip", start, by(there, start, 99))
    assert far.edits == (Slip("o", -12),)


def test_a_slide_gives_the_neighbours_the_frames() -> None:
    there = desk()
    start = at(there, "V1", 70, 0.9)
    after = dragged(there, "slide", start, by(there, start, 3)).cut
    assert place(after, "a")[2] == 51 and place(after, "b")[1:] == (51, 87)
    assert place(after, "c")[1:] == (87, 108)


def test_a_clip_moved_over_others_replaces_them() -> None:
    there = desk()
    start = at(there, "V1", 130)
    draft = dragged(there, "select", start, by(there, start, -30))
    assert place(draft.cut, "d") == ("V1", 90, 120)
    assert place(draft.cut, "c") == ("V1", 84, 90)


def test_chosen_clips_move_together_and_keep_links_and_transitions() -> None:
    there = desk(chosen=("b", "c"))
    start = at(there, "V1", 60)
    draft = dragged(there, "select", start, by(there, start, 90))
    assert draft.problem is None
    assert place(draft.cut, "b") == ("V1", 138, 174) and place(draft.cut, "sb")[1] == 138
    assert [(p.left, p.right) for p in draft.cut.track("V1").transitions] == [("b", "c")]
    assert draft.cut.find("b")[1].link == draft.cut.find("sb")[1].link != ""
    assert place(draft.cut, "d") == ("V1", 120, 138)


def test_a_clip_goes_to_the_track_under_the_mouse_and_its_sound_stays() -> None:
    there = desk()
    start = at(there, "V1", 20)
    draft = dragged(there, "select", start, at(there, "V2", 20))
    assert place(draft.cut, "a") == ("V2", 0, 48) and place(draft.cut, "sa") == ("A1", 0, 48)


def test_nothing_moves_before_the_film() -> None:
    there = desk()
    start = at(there, "V2", 75)
    assert place(dragged(there, "select", start, by(there, start, -500)).cut, "o")[1] == 0


def test_with_ctrl_the_others_make_room_and_the_old_gap_closes() -> None:
    there = desk()
    start = at(there, "V1", 95)
    draft = dragged(there, "select", start, by(there, start, -84, ctrl=True))
    assert place(draft.cut, "c") == ("V1", 0, 24)
    assert place(draft.cut, "a") == ("V1", 24, 72) and place(draft.cut, "d")[1] == 120


def test_with_alt_a_copy_is_laid() -> None:
    there = desk()
    start = at(there, "V1", 20)
    draft = dragged(there, "select", start, by(there, start, 200, alt=True))
    copy = draft.cut.track("V1").clip_at(210)
    assert copy is not None and copy.name not in ("a", "") and place(draft.cut, "a")[1] == 0
    assert copy.link and copy.link == draft.cut.track("A1").clip_at(210).link  # type: ignore[union-attr]


def test_a_locked_clip_says_why_it_stays() -> None:
    there = desk(LockClip("d").apply(film()))
    start = at(there, "V1", 130)
    draft = dragged(there, "select", start, by(there, start, 30))
    assert draft.edits == () and draft.cut == there.cut
    assert draft.problem is not None and "locked" in str(draft.problem)


def test_moves_and_trims_snap_and_show_the_line() -> None:
    there = replace(desk(playhead=200), snapping=True)
    start = at(there, "V2", 75)
    draft = dragged(there, "select", start, by(there, start, 138.6))
    assert place(draft.cut, "o")[1] == 200 and draft.line == 200


def test_a_transition_is_stretched_on_both_sides_and_stops_at_the_handles() -> None:
    there = desk()
    start = at(there, "V1", 87.9, 0.1)
    draft = dragged(there, "select", start, by(there, start, 3))
    (passage,) = draft.cut.track("V1").transitions
    assert (passage.before, passage.after) == (7, 7)
    (most,) = dragged(there, "select", start, by(there, start, 60)).cut.track("V1").transitions
    assert (most.before, most.after) == (12, 12)


def test_the_blade_cuts_one_clip_with_its_link_and_with_shift_all() -> None:
    there = desk()
    one = dragged(there, "blade", at(there, "V1", 20), at(there, "V1", 20))
    assert len(one.edits) == 1
    assert len(one.cut.track("V1").clips) == 5 and len(one.cut.track("A1").clips) == 3
    all_of_them = at(there, "V1", 70, shift=True)
    after = dragged(there, "blade", all_of_them, all_of_them).cut
    assert len(after.track("V2").clips) == 2 and len(after.track("V1").clips) == 5


def test_a_marquee_chooses_what_it_touches() -> None:
    there = desk()
    draft = dragged(there, "select", at(there, "V1", 112), at(there, "A1", 60, 0.3))
    assert draft.chosen == {"b", "c", "sb"} and draft.edits == ()


def test_shots_dropped_from_outside_lie_one_after_the_other() -> None:
    there = desk()
    new = (Piece(clip("", 0, 20)), Piece(clip("", 0, 30)))
    over = DropClips(there, new, {}).move(at(there, "V1", 108))
    assert over.problem is None and over.cut.track("V1").clip_at(130).frames == 30  # type: ignore[union-attr]
    pushed = DropClips(there, new, {}).move(at(there, "V1", 48, ctrl=True)).cut
    assert place(pushed, "b")[1] == 98
    wrong = DropClips(there, new, {}).move(at(there, "T1", 10))
    assert wrong.edits == () and "title" in str(wrong.problem)


def test_a_shot_that_is_heard_brings_its_sound_to_the_target_track() -> None:
    there = desk()
    new = (Piece(clip("", 0, 20), ("video", "audio")),)
    after = DropClips(there, new, {"audio": "A2"}).move(at(there, "V2", 10)).cut
    seen, heard = after.track("V2").clip_at(10), after.track("A2").clip_at(10)
    assert seen is not None and heard is not None
    assert seen.link == heard.link != "" and (heard.at, heard.frames) == (10, 20)
    bare = DropClips(there, new, {}).move(at(there, "V2", 10)).cut
    assert [clip.frames for clip in bare.track("A3").clips] == [20]


@given(
    st.sampled_from(["select", "trim", "roll", "slip", "slide", "blade"]),
    st.sampled_from(["V1", "V2", "A1", "T1"]),
    st.floats(0, 160),
    st.floats(0.05, 0.95),
    st.integers(-120, 120),
    st.sampled_from([{}, {"ctrl": True}, {"alt": True}, {"shift": True}]),
    st.sampled_from([(), ("a",), ("b", "c"), ("a", "d", "o")]),
    st.booleans(),
)
def test_any_drag_makes_a_draft_that_its_edits_really_give(
    tool: str, track: str, frame: float, part: float, move: int, keys: dict[str, bool],
    chosen: tuple[str, ...], snapping: bool,
) -> None:  # fmt: skip
    there = replace(desk(chosen=chosen, playhead=90), snapping=snapping)
    start = at(there, track, frame, part, **keys)
    place = hit(there.cut, there.rows, there.scale, start.x, start.y)
    gesture = begin(tool, there, place, start)  # type: ignore[arg-type]
    if gesture is None:
        return
    for step in (move // 2, move):
        draft = gesture.move(by(there, start, step))
        assert applied(there.cut, draft.edits) == draft.cut
    assert there.cut == film()


@given(st.sampled_from(["V1", "A1"]), st.floats(0, 150), st.integers(-60, 60))
def test_a_move_changes_nothing_on_tracks_without_a_part_in_it(
    track: str, frame: float, move: int
) -> None:
    there = desk()
    start = at(there, track, frame)
    place = hit(there.cut, there.rows, there.scale, start.x, start.y)
    if place.part != "body":
        return
    after = dragged(there, "select", start, by(there, start, move)).cut
    for name in ("V2", "T1", "A2"):
        before, now = there.cut.track(name), after.track(name)
        for at_frame in range(0, 160, 13):
            old = track_playing(before, at_frame, there.cut.rate)
            assert track_playing(now, at_frame, there.cut.rate) == old


@pytest.mark.parametrize("limit", [0, 1, 7, 400])
@given(wanted=st.lists(st.integers(-500, 500), min_size=1, max_size=6))
def test_the_reach_is_the_furthest_allowed_move_however_the_mouse_wanders(
    limit: int, wanted: list[int]
) -> None:
    cut = Cut(
        film().rate,
        tracks=(replace(film().track("V2"), clips=(clip("o", 600, 30, handles=limit),)),),
    )
    reach = Reach(cut, lambda move: (Slip("o", move),))
    for move in wanted:
        allowed, draft = reach.draft(move)
        assert allowed == max(-limit, min(limit, move))
        assert (draft.problem is None) == (allowed == move)
