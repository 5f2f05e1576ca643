"""Random edits of random order: what must hold for every one of them."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import SetSection
from aiprod_studio.sdk import Refusal
from aiprod_studio.story import edits as e
from aiprod_studio.story.board import Board, Panel
from aiprod_studio.story.cut import Cut, Marker, Source, Transition
from aiprod_studio.story.playing import track_playing
from aiprod_studio.story.sections import dump_board, dump_cut, parse_board, parse_cut
from tests.story.story_samples import board, cut, shot_clip, sound, span, take

QUICK = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 10**9)


def random_cut_edit(state: Cut, dice: random.Random) -> e.CutEdit:
    """Return an edit that may or may not be allowed."""
    clips = [clip for _, clip in state.clips()] or [shot_clip("none", "x", 0, 1)]
    tracks = [track.name for track in state.tracks] or ["V1"]
    clip, other, track = dice.choice(clips), dice.choice(clips), dice.choice(tracks)
    by, at = dice.randint(-14, 14), dice.randint(0, 160)
    passages = [each for each_track in state.tracks for each in each_track.transitions]
    passage = dice.choice(passages or [Transition(clip.name, other.name)])
    new = dice.choice([shot_clip, sound])("", "shot-1", 0, dice.randint(1, 30))
    return dice.choice(
        [
            lambda: e.Trim(clip.name, dice.randint(-6, 12), dice.randint(-6, 12)),
            lambda: e.Ripple(clip.name, dice.randint(-6, 12), dice.randint(-6, 12)),
            lambda: e.Roll(clip.name, by),
            lambda: e.Slip(clip.name, by),
            lambda: e.Slide(clip.name, by),
            lambda: e.Split(clip.name, clip.at + dice.randint(0, clip.frames)),
            lambda: e.Move(clip.name, at, dice.choice([track, ""])),
            lambda: e.Insert(((track, new),), at),
            lambda: e.Overwrite(((track, new),), at),
            lambda: e.Lift((track,), at, at + dice.randint(0, 40)),
            lambda: e.Extract((track,), at, at + dice.randint(0, 40)),
            lambda: e.Remove((clip.name,)),
            lambda: e.Link((clip.name, other.name)),
            lambda: e.Unlink(clip.name),
            lambda: e.LockTrack(track, dice.random() < 0.2),
            lambda: e.LockClip(clip.name, dice.random() < 0.2),
            lambda: e.SetSpeed(clip.name, Fraction(dice.randint(1, 9), 4), dice.random() < 0.5),
            lambda: e.SetOpacity(clip.name, dice.random()),
            lambda: e.SetSource(clip.name, Source("shot", "shot-2", "take-9", span(-12, 99))),
            lambda: e.AddTransition(clip.name, other.name, dice.randint(0, 9), dice.randint(0, 9)),
            lambda: e.AddTransition("", clip.name, 0, dice.randint(0, 9)),
            lambda: e.RemoveTransition(passage.left, passage.right),
            lambda: e.AddMarker(Marker(f"m{at}", at), dice.choice(["", clip.name])),
            lambda: e.AddTrack(dice.choice(["video", "audio", "title"])),
        ]
    )()


def target_tracks(edit: e.CutEdit, before: Cut) -> set[str]:
    """Return the tracks an edit may change: those it names and all linked to them in turn."""
    named: set[str] = set(getattr(edit, "tracks", ()))
    named |= {name for name, _ in getattr(edit, "placed", ())}
    clips = {getattr(edit, key, "") for key in ("clip", "left", "right")}
    clips |= set(getattr(edit, "clips", ()))
    named |= {track.name for track, clip in before.clips() if clip.name in clips}
    named.add(getattr(edit, "track", ""))
    while True:
        links = {c.link for t, c in before.clips() if t.name in named and c.link}
        more = named | {t.name for t, c in before.clips() if c.link in links}
        if more == named:
            return named
        named = more


def sounds_and_shows(state: Cut, track: str, stop: int = 260) -> list[object]:
    layers = []
    for frame in range(0, stop, 7):
        for layer in track_playing(state.track(track), frame, state.rate):
            layers.append((frame, layer))
    return layers


def check_whole(state: Cut) -> None:
    names = [clip.name for _, clip in state.clips()]
    assert len(names) == len(set(names))
    for track in state.tracks:
        for clip in track.clips:
            assert clip.frames >= 1
            assert clip.at >= 0
            assert clip.source.span is None or clip.source.span.covers(clip.used(state.rate))
        for left, right in pairwise(track.clips):
            assert left.stop <= right.at


@QUICK
@given(SEEDS)
def test_no_edit_ever_breaks_a_cut_or_another_unlinked_or_locked_track(seed: int) -> None:
    dice = random.Random(seed)
    state = cut()
    for _ in range(25):
        edit = random_cut_edit(state, dice)
        try:
            after = edit.apply(state)
        except Refusal as refusal:
            assert all(problem.why and str(problem) for problem in refusal.problems)
            continue
        check_whole(after)
        touched = target_tracks(edit, state)
        for track in state.tracks:
            if track.name not in touched:
                assert sounds_and_shows(after, track.name) == sounds_and_shows(state, track.name)
            if track.locked and not isinstance(edit, e.LockTrack):
                assert after.track(track.name) == track
        state = after


@QUICK
@given(SEEDS)
def test_a_cut_comes_back_from_its_section_as_it_was(seed: int) -> None:
    dice = random.Random(seed)
    state = cut()
    for _ in range(15):
        try:
            state = random_cut_edit(state, dice).apply(state)
        except Refusal:
            continue
    section = json.loads(json.dumps(dump_cut(state)))
    again, problems = parse_cut(section)
    assert problems == ()
    assert again == state
    assert dump_cut(again) == section


def random_board_edit(state: Board, dice: random.Random) -> e.BoardEdit:
    scene = dice.choice([s.name for s in state.scenes] or ["none"])
    shots = [shot.name for _, shot in state.shots()] or ["none"]
    shot, other = dice.choice(shots), dice.choice(shots)
    panels = [panel.name for _, panel in state.panels()] or ["none"]
    panel, next_panel = dice.choice(panels), dice.choice(panels)
    takes = [t.name for _, s in state.shots() for t in s.takes] or ["none"]
    index = dice.choice([None, 0, 1, 2])
    return dice.choice(
        [
            lambda: e.AddScene("EXT. SEA", index=index),
            lambda: e.RemoveScene(scene),
            lambda: e.MoveScene(scene, dice.randint(0, 3)),
            lambda: e.SetScene(scene, {"title": "INT. CAVE"}),
            lambda: e.Renumber(dice.choice(["", scene])),
            lambda: e.AddShot(scene, index, "x", (Panel(frames=dice.randint(0, 9)),)),
            lambda: e.RemoveShot(shot),
            lambda: e.MoveShot(shot, scene, index),
            lambda: e.SplitShot(panel),
            lambda: e.JoinShots(shot, other),
            lambda: e.SetShot(shot, {"frames": dice.randint(-2, 30)}),
            lambda: e.SetShot(shot, {"locked": dice.random() < 0.3}),
            lambda: e.AddPanel(shot, Panel(image="new.png"), index),
            lambda: e.RemovePanel(panel),
            lambda: e.MovePanel(panel, shot, index),
            lambda: e.SplitPanel(panel, dice.randint(0, 30)),
            lambda: e.JoinPanels(panel, next_panel),
            lambda: e.SetPanel(panel, {"frames": dice.randint(-2, 40)}),
            lambda: e.AddTake(shot, take("", 24), dice.random() < 0.5),
            lambda: e.RateTake(dice.choice(takes), dice.randint(-1, 6)),
            lambda: e.PickTake(dice.choice(takes)),
            lambda: e.RemoveTake(dice.choice(takes)),
        ]
    )()


@QUICK
@given(SEEDS)
def test_no_edit_ever_breaks_a_board_or_a_locked_shot(seed: int) -> None:
    dice = random.Random(seed)
    state = board()
    for _ in range(25):
        edit = random_board_edit(state, dice)
        try:
            after = edit.apply(state)
        except Refusal:
            continue
        numbers = [f"{scene.number}{shot.letter}" for scene, shot in after.shots()]
        assert len(numbers) == len(set(numbers))
        assert all(panel.frames >= 1 for _, panel in after.panels())
        if not isinstance(edit, e.SetShot | e.AddTake | e.RateTake):
            kept = [shot for _, shot in after.shots()]
            assert all(shot in kept for _, shot in state.shots() if shot.locked)
        state = after
    again, problems = parse_board(json.loads(json.dumps(dump_board(state))))
    assert [p for p in problems if "lasts no frame" not in str(p)] == []
    assert again == state


@settings(QUICK, max_examples=8)
@given(SEEDS)
def test_an_edit_and_its_undo_restore_the_whole_document(seed: int) -> None:
    dice = random.Random(seed)
    document = Document()
    document.do(SetSection("story", dump_board(board())))
    document.do(SetSection("timeline", dump_cut(cut())))
    states = [sections(document)]
    for _ in range(12):
        try:
            if dice.random() < 0.6:
                state, _ = parse_cut(document.extra["timeline"])
                edit = random_cut_edit(state, dice)
                command = SetSection(edit.section, dump_cut(edit.apply(state)))
            else:
                shots, _ = parse_board(document.extra["story"])
                change = random_board_edit(shots, dice)
                command = SetSection(change.section, dump_board(change.apply(shots)))
        except Refusal:
            continue
        document.do(command)
        if sections(document) != states[-1]:
            states.append(sections(document))
    for known in reversed(states):
        assert sections(document) == known
        document.undo()


def sections(document: Document) -> str:
    return json.dumps(dict(document.extra), default=dict, sort_keys=True)


def test_most_random_edits_are_allowed_so_that_the_properties_mean_something() -> None:
    done: dict[str, int] = {}
    for seed in range(100):
        dice = random.Random(seed)
        state = cut()
        for _ in range(12):
            edit = random_cut_edit(state, dice)
            try:
                state = edit.apply(state)
            except Refusal:
                continue
            done[type(edit).__name__] = done.get(type(edit).__name__, 0) + 1
    assert len(done) == 23
    assert min(done.values()) >= 3, done


@pytest.mark.parametrize("name", ["Trim", "Ripple", "Roll", "Slip", "Slide"])
def test_an_edit_of_an_unknown_clip_is_refused_by_name(name: str) -> None:
    with pytest.raises(Refusal, match="there is no clip 'nobody'"):
        getattr(e, name)("nobody").apply(cut())
