"""Where things lie on the timeline: frames and pixels, rows, ticks, typed times."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.story.time import timecode
from aiprod_studio.ui.timeline.model.rows import rows_of
from aiprod_studio.ui.timeline.model.ruling import read_timecode, steps, ticks
from aiprod_studio.ui.timeline.model.scale import NARROWEST, WIDEST, Scale
from tests.ui.timeline.samples import film

widths = st.floats(NARROWEST, WIDEST)
firsts = st.floats(0, 200_000)
RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(12), Fraction(25, 2)]


@given(widths, firsts, st.integers(0, 400_000))
def test_a_frame_is_found_again_at_the_pixel_where_it_begins(
    per_frame: float, first: float, frame: int
) -> None:
    scale = Scale(per_frame, first)
    assert scale.edge(scale.x(frame)) == frame
    assert scale.frame(scale.x(frame + 0.5)) == frame


@given(widths, st.floats(1000, 200_000), st.floats(0.1, 10), st.floats(0, 2000))
def test_zooming_keeps_what_is_under_the_mouse(
    per_frame: float, first: float, factor: float, x: float
) -> None:
    before = Scale(per_frame, first)
    after = before.zoomed(factor, x)
    assert NARROWEST <= after.per_frame <= WIDEST
    if after.first > 0:
        assert after.moment(x) == pytest.approx(before.moment(x), rel=1e-9)
    assert after.first >= 0


@given(st.integers(1, 200_000), st.floats(420, 4000))
def test_a_fitted_film_fits(frames: int, width: float) -> None:
    assert Scale().fitted(frames, width).x(frames) <= width


@given(widths, firsts, st.integers(0, 400_000))
def test_following_the_playhead_brings_it_into_view(
    per_frame: float, first: float, frame: int
) -> None:
    scale = Scale(per_frame, first).showing(frame, 1000)
    assert -1e-6 <= scale.x(frame) <= 1000


def test_video_lies_above_sound_and_the_first_video_track_next_to_it() -> None:
    rows = rows_of(film())
    assert [row.track for row in rows.rows] == ["T1", "V2", "V1", "A1", "A2"]
    assert rows.divider == rows.of("V1").bottom  # type: ignore[union-attr]
    assert all(upper.bottom <= lower.top for upper, lower in pairwise(rows.rows))


@given(st.floats(-50, 600))
def test_every_pixel_belongs_to_at_most_one_row(y: float) -> None:
    rows = rows_of(film())
    holding = [row for row in rows.rows if row.top <= y < row.bottom]
    assert rows.at(y) == (holding[0] if holding else None)


def test_a_row_away_stays_within_its_kind() -> None:
    rows = rows_of(film())
    assert rows.away("V1", -1) == "V2"
    assert rows.away("V1", 5) == "V1"
    assert rows.away("A1", 1) == "A2"
    assert rows.steps("V1", "V2") == -1
    assert rows.steps("V1", "A1") == 0


@pytest.mark.parametrize("rate", RATES)
@given(per_frame=widths, first=firsts)
def test_written_ticks_never_touch_and_rise_evenly(
    rate: Fraction, per_frame: float, first: float
) -> None:
    scale = Scale(per_frame, first)
    strong, fine = steps(scale, rate)
    assert strong % fine == 0
    found = list(ticks(scale, rate, 0, 800))
    assert all(b.frame - a.frame == fine for a, b in pairwise(found))
    written = [tick for tick in found if tick.strong]
    far = strong < 36000 * round(rate)
    assert all(scale.width(b.frame - a.frame) >= 96 or not far for a, b in pairwise(written))
    assert len(found) < 400


@given(st.integers(0, 24 * 3600 * 10), st.sampled_from(RATES))
def test_a_written_timecode_reads_as_its_frame(frame: int, rate: Fraction) -> None:
    assert read_timecode(timecode(frame, rate), rate) == frame


@pytest.mark.parametrize(
    ("typed", "frame"),
    [
        ("215", 2 * 24 + 15), ("5", 5), ("1:00", 24), ("+12", 112), ("-1:00", 76), ("-999999", 0),
        ("01;00", 24), ("", None), ("abc", None), ("1:2:3:4:5", None), ("-", None), ("1:x", None),
    ],
)  # fmt: skip
def test_times_are_read_as_an_editor_types_them(typed: str, frame: int | None) -> None:
    assert read_timecode(typed, Fraction(24), now=100) == frame
