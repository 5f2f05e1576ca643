"""Cuts of every rate, edited at random, open again in every format with the same cut points."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprod_studio.sdk import Refusal
from aiprod_studio.story import edits as e
from aiprod_studio.story.cut import Cut, Track
from aiprod_studio.story.interchange.dropping import CutFormat
from aiprod_studio.story.interchange.exchange import SUFFIXES, read_cut, write_cut
from tests.story.story_samples import board, cut
from tests.story.test_story_properties import random_cut_edit

RATES = [Fraction(rate) for rate in (24, 25, 30, 50, 60)]
RATES += [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)]


def edited(seed: int, rate: Fraction) -> Cut:
    dice = random.Random(seed)
    state = cut()
    for _ in range(12):
        try:
            state = random_cut_edit(state, dice).apply(state)
        except Refusal:
            continue
    return e.SetCutRate(rate).apply(state)


def again(state: Cut, folder: Path, kind: CutFormat) -> Cut:
    path = folder / f"film{SUFFIXES[kind]}"
    write_cut(state, board(), path, kind, lambda name: f"file:///films/{name}")
    return read_cut(path).cut


def points(tracks: list[Track]) -> list[list[tuple[int, int]]]:
    """Where clips begin and end, track by track; empty tracks and hidden ones left out."""
    shown = (track for track in tracks if track.clips and not track.off)
    return sorted([(clip.at, clip.stop) for clip in track.clips] for track in shown)


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, 10**9),
    st.sampled_from(RATES),
    st.sampled_from(["otio", "fcp_xml", "fcpx_xml", "edl"]),
)
def test_any_cut_opens_again_with_equal_cut_points_at_any_rate(
    tmp_path: Path, seed: int, rate: Fraction, kind: CutFormat
) -> None:
    state = edited(seed, rate)
    found = again(state, tmp_path, kind)
    assert found.rate == rate
    pictures = [track for track in state.tracks if track.kind == "video"]
    if kind == "edl":
        pictures = [track for track in pictures if track.clips and not track.off][:1]
    seen = [track for track in found.tracks if track.kind == "video"]
    assert points(seen) == points(pictures)
    if kind != "edl":
        heard, sounds = (
            [track for track in each.tracks if track.kind == "audio"] for each in (found, state)
        )
        assert points(heard) == points(sounds)


def test_a_film_of_an_hour_at_an_uneven_rate_does_not_drift(tmp_path: Path) -> None:
    rate = Fraction(30000, 1001)
    state = e.SetCutRate(rate).apply(cut())
    _, last = state.find("d")
    state = e.Move("d", 108_000).apply(state)
    for kind in ("fcp_xml", "fcpx_xml", "edl"):
        found = again(state, tmp_path, kind)  # type: ignore[arg-type]
        ends = [(clip.at, clip.frames) for _, clip in found.clips()]
        assert (108_000, last.frames) in ends, kind


@pytest.mark.parametrize(
    ("code", "fcm", "rate"),
    [
        ("23", "", "24"),
        ("24", "", "25"),
        ("29", "", "30"),
        ("10", "FCM: DROP FRAME\n", "30000/1001"),
    ],
)
def test_the_rate_of_another_programs_edl_is_told_from_its_timecodes(
    tmp_path: Path, code: str, fcm: str, rate: str
) -> None:
    span = f"01:00:00:00 01:00:02:{code} 01:00:00:00 01:00:02:{code}"
    path = tmp_path / "theirs.edl"
    path.write_text(f"TITLE: Theirs\n{fcm}\n001  AX       V     C        {span}\n")
    found = read_cut(path).cut
    assert found.rate == Fraction(rate)
    length = 2 * round(Fraction(rate)) + int(code)
    assert [(clip.at, clip.frames) for _, clip in found.clips()] == [(0, length)]
