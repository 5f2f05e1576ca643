"""Gaps filled between their neighbours, and spans of takes made anew."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from aiprod_studio import graph
from aiprod_studio.app.film import filming
from aiprod_studio.app.film.retake import part_of
from aiprod_studio.app.opened import Wishes, open_document
from aiprod_studio.app.packs import registry
from aiprod_studio.app.places import user_places
from aiprod_studio.app.settings import Settings
from aiprod_studio.app.terminal import progress
from aiprod_studio.app.terminal.headless import carry_out
from aiprod_studio.engine import Report
from aiprod_studio.graph.commands import SetSection
from aiprod_studio.media import load_image, open_video
from aiprod_studio.sdk import Refusal
from aiprod_studio.story import sections
from aiprod_studio.story.cut import Cut, Source
from aiprod_studio.story.edits import Lift
from aiprod_studio.story.takes import Take
from tests.app.film.film_samples import Project, board, project


@pytest.fixture
def film(tmp_path: Path) -> Project:
    return project(tmp_path / "film")


def cut_of(film: Project) -> Cut:
    return sections.parse_cut(film.document.extra["timeline"])[0]


def with_gap(film: Project) -> Cut:
    """Take the second shot off the timeline."""
    cut = Lift(("V1",), 10, 20).apply(cut_of(film))
    film.document.do(SetSection("timeline", sections.dump_cut(cut)))
    return cut


def run(film: Project, frozen: filming.Frozen) -> Report:
    """Run a frozen shot as the window's queue does."""
    ground, places = film.ground, user_places()
    wishes = Wishes(device="cpu", output=ground.takes)
    opened = open_document(frozen.document, film.path, registry(), places, Settings(), wishes)
    try:
        plan = opened.plan(targets=[frozen.target])
        return carry_out(opened, plan, progress.Silence())
    finally:
        opened.close()


def test_a_gap_is_filled_by_a_shot_between_its_neighbours_frames(film: Project) -> None:
    film.render(only=["shot-1", "shot-3"])
    cut = with_gap(film)
    filling = filming.fill_gap(film.board, cut, film.ground, "V1", 15)
    for edit in filling.board_edits:
        film.edit(edit)
    for edit in filling.cut_edits:
        cut = edit.apply(cut)
    shot = film.board.find_shot(filling.shot)[1]
    assert film.board.number_of(shot.name) == "1C" and shot.prompt == "a red ball rolls"
    last = list(open_video(film.media("1A")).frames())[2 + 4]
    assert np.array_equal(load_image(film.path.parent / shot.comes_from).pixels, last)
    first = list(open_video(film.media("2A")).frames())[2]
    assert np.array_equal(load_image(film.path.parent / shot.goes_to).pixels, first)
    clip = next(clip for _, clip in cut.clips() if clip.source.name == shot.name)
    assert (clip.at, clip.frames) == (10, 10)
    frozen = filming.freeze(film.document, film.board, shot.name, film.ground)
    assert (frozen.layout.head, frozen.layout.frames, frozen.layout.total) == (1, 5, 9)
    pins = {
        node.params.get("frame", 0): node.inputs["image"][0]
        for node in frozen.document.nodes.values()
        if node.type in ("latents.keyframe", "latents.first_frame")
    }
    files = {frame: frozen.document.nodes[name].params["file"] for frame, name in pins.items()}
    assert files == {0: shot.comes_from, 6: shot.goes_to}
    assert film.render(only=[shot.name]).shots[0].outcome == "rendered"


def test_where_there_is_no_gap_none_is_filled(film: Project) -> None:
    with pytest.raises(Refusal, match="there is no gap between two clips at frame 5"):
        filming.fill_gap(film.board, cut_of(film), film.ground, "V1", 5)
    with pytest.raises(Refusal, match="there is no gap between two clips at frame 500"):
        filming.fill_gap(film.board, cut_of(film), film.ground, "V1", 500)


def test_a_retake_changes_its_span_alone_and_the_shot_stays_fresh(tmp_path: Path) -> None:
    film = project(tmp_path / "film", board(frames=30))
    film.render(only=["shot-1"])
    before = list(open_video(film.media("1A")).frames())
    frozen = filming.freeze_span(film.document, film.board, "shot-1", film.ground, 8, 14)
    report = run(film, frozen)
    edit = filming.record_take(film.board, frozen, report, film.ground, note="frames 8 to 14")
    assert edit is not None
    film.edit(edit)
    shot = film.board.numbered("1A")
    assert len(shot.takes) == 2 and shot.takes[1].note == "frames 8 to 14"
    assert (shot.takes[1].head, shot.takes[1].frames) == (shot.takes[0].head, shot.takes[0].frames)
    assert film.states()["1A"] == "fresh"
    after = list(open_video(film.media("1A")).frames())
    moved = [np.abs(a.astype(int) - b).mean() for a, b in zip(before, after, strict=True)]
    changed = [number for number, by in enumerate(moved) if by > 3]
    assert changed and min(changed) >= 4 and max(changed) <= 12
    assert max(moved[:4] + moved[13:]) < 2, "the other frames are as they were"


@pytest.mark.parametrize("step", [4, 8])
@pytest.mark.parametrize("total", [9, 17, 33])
def test_a_span_lies_in_a_window_that_the_model_can_make(step: int, total: int) -> None:
    take = Take("t", "t.mov", total - 4, 2, 2)
    for start in range(-2, total - 3):
        for stop in range(start + 1, total - 1):
            part = part_of(board(), take, start, stop, step, "shot 1A")
            assert (part.frames - 1) % step == 0
            assert 0 <= part.at <= part.start < part.stop <= part.at + part.frames <= total
            whole = part.stop - part.start == stop - start
            assert whole or part.frames + step > total, "only a whole take is too short"


def test_what_is_marked_on_a_clip_is_counted_in_the_frames_of_its_shot(film: Project) -> None:
    _, clip = next(iter(cut_of(film).clips()))
    cut = replace(cut_of(film), rate=film.board.rate * 2)
    clip = replace(clip, at=10, frames=40, speed=Fraction(3, 2))
    assert filming.marked_span(film.board, cut, clip, 0, 14) == (0, 3)
    assert filming.marked_span(film.board, cut, clip, 12, 15) == (1, 4)
    with pytest.raises(Refusal, match="no part of the clip lies between in and out"):
        filming.marked_span(film.board, cut, clip, 50, 60)
    music = replace(clip, source=Source("file", "music.wav"))
    for other in (None, music):
        with pytest.raises(Refusal, match="no clip that plays a shot lies between"):
            filming.marked_span(film.board, cut, other, 12, 15)


def test_a_span_outside_the_take_and_a_shot_without_one_are_refused(film: Project) -> None:
    with pytest.raises(Refusal, match="shot 1A: it has no take"):
        filming.freeze_span(film.document, film.board, "shot-1", film.ground, 0, 4)
    take = Take("t", "t.mov", 5, 2, 2)
    with pytest.raises(Refusal, match="frames 40 to 50 hold nothing"):
        part_of(board(), take, 40, 50, 4, "shot 1A")


def test_a_take_can_be_opened_as_the_graph_that_made_it(film: Project) -> None:
    from aiprod_studio.app.film.takes import graph_document

    film.render(only=["shot-1"])
    take = film.board.numbered("1A").take()
    assert take is not None
    opened = graph_document(take, film.ground)
    assert opened.nodes["sampler"].params["seed"] == 1
    assert not graph.check(opened, registry().specs)
    bare = replace(take, recipe=type(take.recipe)())
    with pytest.raises(Refusal, match="it has no recipe"):
        graph_document(bare, film.ground)
