"""What the mouse is on, what it snaps to, and which gesture a press begins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.ui.timeline.model.gestures import begin, pointed
from aiprod_studio.ui.timeline.model.gestures.dragging import RollCut, SlideClip, SlipClip, TrimTail
from aiprod_studio.ui.timeline.model.hitting import Hit, hit, inside
from aiprod_studio.ui.timeline.model.rows import rows_of
from aiprod_studio.ui.timeline.model.scale import Scale
from aiprod_studio.ui.timeline.model.snapping import points, snap
from tests.ui.timeline.samples import at, desk, film


def found(track: str, frame: float, part: float = 0.75, per_frame: float = 4.0) -> Hit:
    there = desk(per_frame=per_frame)
    pointer = at(there, track, frame, part)
    return hit(there.cut, there.rows, there.scale, pointer.x, pointer.y)


def test_each_part_of_a_clip_is_found() -> None:
    assert found("V1", 130).part == "body"
    assert found("V1", 121.2).part == "head"
    assert found("V1", 149).part == "tail"
    assert found("V1", 48.2) == Hit("cut", "V1", "a", "b", upper=False)
    assert found("V1", 47.8) == Hit("cut", "V1", "a", "b", upper=False)
    assert found("V1", 110) == Hit("gap", "V1", start=108, stop=120, upper=False)
    assert found("V1", 400).stop is None
    assert found("V1", 130, part=0.2).upper


def test_a_transition_is_taken_hold_of_in_the_strip_of_names() -> None:
    assert found("V1", 84, part=0.1) == Hit("passage", "V1", "b", "c", 80, 88)
    assert found("V1", 80.2, part=0.1).part == "passage_start"
    assert found("V1", 87.9, part=0.1).part == "passage_stop"
    assert found("V1", 84, part=0.8).part == "cut"


def test_beside_and_below_the_tracks_there_is_nothing() -> None:
    there = desk()
    assert hit(there.cut, there.rows, there.scale, 10, -5) == Hit()
    assert hit(there.cut, there.rows, there.scale, 10, 5000) == Hit()


@given(st.floats(0.05, 60))
def test_every_clip_keeps_a_middle_to_take_hold_of(per_frame: float) -> None:
    cut = film()
    rows, scale = rows_of(cut), Scale(per_frame)
    for row in rows.rows:
        for clip in cut.tracks[row.index].clips:
            x = scale.x(clip.at + clip.frames / 2)
            assert hit(cut, rows, scale, x, row.bottom - 2).part == "body"


@given(st.floats(0, 170), st.sampled_from(["V1", "V2", "A1", "T1"]))
def test_a_point_on_a_clip_names_that_clip_or_the_cut_it_is_at(frame: float, track: str) -> None:
    there = film().track(track).clip_at(int(frame))
    seen = found(track, frame)
    if there is not None:
        assert there.name in (seen.clip, seen.other)


def test_a_box_finds_the_clips_it_touches() -> None:
    there = desk()
    top, bottom = there.rows.of("V1").top, there.rows.of("A1").bottom  # type: ignore[union-attr]
    box = (there.scale.x(40), top + 1.0, there.scale.x(60), bottom - 1.0)
    assert inside(there.cut, there.rows, there.scale, box) == {"a", "b", "sa", "sb"}


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=3),
    st.sets(st.integers(0, 500), max_size=20),
    st.floats(0, 30),
)
def test_snapping_finds_the_nearest_point_within_reach(
    edges: list[int], meets: set[int], reach: float
) -> None:
    snapped = snap(edges, tuple(sorted(meets)), reach)
    moves = [abs(meet - edge) for edge in edges for meet in meets if abs(meet - edge) <= reach]
    assert (snapped is None) == (not moves)
    if snapped is not None:
        assert abs(snapped.by) == min(moves)
        assert snapped.at in meets and any(edge + snapped.by == snapped.at for edge in edges)


def test_the_moving_clips_are_nothing_to_snap_to_but_marks_and_markers_are() -> None:
    meets = points(film(), (77,), frozenset({"d"}))
    assert 77 in meets and 100 in meets and 0 in meets
    assert 120 not in meets and 150 in meets  # where the title ends


def test_tools_begin_their_gestures_and_the_cursor_says_the_same() -> None:
    there = desk()

    def began(
        tool: str, track: str, frame: float, part: float = 0.75, ctrl: bool = False
    ) -> object:
        pointer = at(there, track, frame, part, ctrl=ctrl)
        place = hit(there.cut, there.rows, there.scale, pointer.x, pointer.y)
        return begin(tool, there, place, pointer)  # type: ignore[arg-type]

    assert isinstance(began("select", "V1", 48), RollCut)
    tail = began("select", "V1", 149.5)
    assert isinstance(tail, TrimTail) and not tail.ripple
    ripple = began("trim", "V1", 149.5)
    assert isinstance(ripple, TrimTail) and ripple.ripple
    held = began("select", "V1", 149.5, ctrl=True)
    assert isinstance(held, TrimTail) and held.ripple
    assert isinstance(began("trim", "V1", 20, 0.4), SlipClip)
    assert isinstance(began("trim", "V1", 20, 0.8), SlideClip)
    assert isinstance(began("slip", "V1", 0.5), SlipClip)
    assert began("hand", "V1", 20) is None
    assert pointed("select", Hit("body", "V1", "a")) == "move"
    assert pointed("blade", Hit("body", "V1", "a")) == "blade"
