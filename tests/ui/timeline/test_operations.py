"""What the keys do to the cut, with what is chosen, the playhead, in and out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits import LockTrack
from aiprod_studio.ui.timeline.model import operations, passages
from aiprod_studio.ui.timeline.model.drafting import Desk, applied
from tests.ui.timeline.samples import clip, desk, film


def after(there: Desk, edits: operations.Edits) -> Cut:
    return applied(there.cut, edits)


def spans(cut: Cut, track: str) -> list[tuple[int, int]]:
    return [(each.at, each.stop) for each in cut.track(track).clips]


def test_cutting_at_the_playhead_takes_the_chosen_clip_or_all() -> None:
    one = desk(chosen=("o",), playhead=70)
    assert spans(after(one, operations.cut_through(one)), "V2") == [(60, 70), (70, 90)]
    assert len(after(one, operations.cut_through(one)).track("V1").clips) == 4
    everything = desk(playhead=70)
    assert len(after(everything, operations.cut_through(everything)).track("V1").clips) == 5


def test_cutting_leaves_locked_tracks_alone() -> None:
    there = desk(LockTrack("V2").apply(film()), playhead=70)
    assert len(after(there, operations.cut_through(there)).track("V2").clips) == 1


def test_removing_leaves_a_gap_and_ripple_removing_closes_it() -> None:
    there = desk(chosen=("a",))
    assert spans(after(there, operations.remove(there)), "V1")[0] == (48, 84)
    closed = after(there, operations.ripple_remove(there))
    assert spans(closed, "V1")[0] == (0, 36) and spans(closed, "A1") == [(0, 36)]


def test_ripple_removing_several_clips_closes_each_gap() -> None:
    there = desk(chosen=("a", "c"))
    assert spans(after(there, operations.ripple_remove(there)), "V1") == [(0, 36), (48, 78)]


def test_lift_and_extract_work_between_in_and_out() -> None:
    there = desk()
    assert spans(after(there, operations.lift(there, 10, 20)), "V1")[:2] == [(0, 10), (20, 48)]
    assert spans(after(there, operations.extract(there, 10, 20)), "V1")[:2] == [(0, 10), (10, 38)]


def test_a_gap_closes() -> None:
    there = desk()
    assert spans(after(there, operations.close_gap("V1", 108, 120)), "V1")[-1] == (108, 138)


def test_nudging_moves_chosen_clips_and_never_before_the_film() -> None:
    there = desk(chosen=("d",))
    assert spans(after(there, operations.nudge(there, -1)), "V1")[-1] == (119, 149)
    assert operations.nudge(desk(chosen=("a",)), -1) == ()


def test_the_clip_under_the_playhead_is_trimmed_to_it() -> None:
    there = desk(playhead=130)
    over_it = replace(there, chosen=frozenset({"d"}))
    trimmed = after(over_it, operations.trim_to_playhead(over_it, "tail", ripple=False))
    assert spans(trimmed, "V1")[-1] == (120, 130)
    pulled = after(over_it, operations.trim_to_playhead(over_it, "head", ripple=True))
    assert spans(pulled, "V1")[-1] == (120, 140)


def test_links_and_locks_are_switched() -> None:
    there = desk(chosen=("a", "sa"))
    free = after(there, operations.toggle_link(there))
    assert free.find("a")[1].link == ""
    again = replace(there, cut=free)
    assert after(again, operations.toggle_link(again)).find("a")[1].link
    locked = after(there, operations.toggle_lock(there))
    assert locked.find("a")[1].locked and locked.find("sa")[1].locked
    held = replace(there, cut=locked)
    assert not after(held, operations.toggle_lock(held)).find("a")[1].locked


def test_a_marker_comes_and_goes_at_the_playhead() -> None:
    there = desk(playhead=33)
    marked = after(there, operations.toggle_marker(there))
    assert [mark.at for mark in marked.markers] == [33, 100]
    again = replace(there, cut=marked)
    assert after(again, operations.toggle_marker(again)).markers == there.cut.markers


def test_the_playhead_jumps_from_cut_to_cut_and_from_marker_to_marker() -> None:
    cut = film()
    assert operations.next_junction(cut, 0) == 48
    assert operations.next_junction(cut, 150) == 150
    assert operations.previous_junction(cut, 60) == 48
    assert operations.previous_junction(cut, 0) == 0
    assert operations.next_marker(cut, 5) == 100
    assert operations.next_marker(cut, 5, forward=False) == 5


def test_a_transition_is_as_long_as_the_handles_allow() -> None:
    there = desk(playhead=50)
    (edit,) = passages.add_passages(there, 24)
    assert (edit.left, edit.right, edit.before, edit.after) == ("a", "b", 12, 12)  # type: ignore[attr-defined]
    (shorter,) = passages.add_passages(there, 240)
    assert shorter.before + shorter.after == 24  # type: ignore[attr-defined]
    chosen = desk(chosen=("o",))
    assert [type(each).__name__ for each in passages.add_passages(chosen, 10)] == [
        "AddTransition"
    ] * 2


def test_a_transition_without_spare_frames_says_why() -> None:
    bare = tuple(clip(name, at, 24, handles=0) for name, at in (("x", 0), ("y", 24)))
    cut = Cut(film().rate, tracks=(replace(film().tracks[0], clips=bare, transitions=()),))
    with pytest.raises(Refusal, match=r"has fewer than .* frames?"):
        passages.add_passages(desk(cut, playhead=24), 12)
    with pytest.raises(Refusal, match="no cut between"):
        passages.add_passages(desk(Cut(film().rate)), 12)


def test_cutting_through_a_transition_is_refused_with_a_reason_and_nothing_else_is_cut() -> None:
    there = desk(playhead=81)
    edits = operations.cut_through(there, everything=True)
    with pytest.raises(Refusal, match="transitions need"):
        applied(there.cut, edits)
