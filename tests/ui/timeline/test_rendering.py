"""Shots rendered from the Edit workspace: a job, a take on the board, and the cut as it was.

The graph needs no model: it cuts a piece off a film, as long as the shot with its handles.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from aiprod_studio.app.film import filming
from aiprod_studio.engine.events import StepPreview
from aiprod_studio.media.reels import Reels
from aiprod_studio.media.write import save_video
from aiprod_studio.sdk import Problem
from aiprod_studio.story.edits import PickTake, SetShot
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.footage.renders import renders_of
from aiprod_studio.ui.timeline import EditWorkspace
from tests.ui.timeline.conftest import Hands
from tests.ui.timeline.making import HUES, RATE, film_text, frames, make_film

NODES = {
    "shot": {"type": "story.shot", "params": {"step": 1, "rate": 24}},
    "film": {"type": "files.load_video", "params": {"file": "long.mp4"}},
    "cut": {"type": "edit.trim", "inputs": {"video": "film.video", "end": "shot.frames"}},
    "take": {"type": "story.take", "inputs": {"video": "cut.video"}},
}


@pytest.fixture
def renders(tmp_path: Path, open_document: Callable[..., Editing], qtbot: QtBot) -> Iterator[Hands]:
    from aiprod_studio.media.frame_store import store_frames

    folder = tmp_path / "film"
    folder.mkdir()
    board, cut = make_film(folder)
    stored = store_frames(frames(160, 90, HUES[4], 120), tmp_path / "long.frames", RATE)
    save_video(stored, folder / "long.mp4", "h264")
    text = json.dumps({**json.loads(film_text(board, cut)), "nodes": NODES})
    (folder / "film.json").write_text(text, encoding="utf-8")
    editing = open_document(text, folder / "film.json")
    refused: list[Problem] = []
    editing.refused.connect(refused.append)
    space = EditWorkspace(editing)
    space.resize(1000, 700)
    space.show()
    yield Hands(space, qtbot, refused)
    space.close()
    space.deleteLater()
    QApplication.sendPostedEvents(None, 0)


@pytest.mark.slow
def test_a_shot_is_rendered_and_its_take_plays_while_the_cut_stays(renders: Hands) -> None:
    space, editing = renders.space, renders.editing
    renders.wait(lambda: space.renders.states)
    assert space.state.shots["shot-4"].state == "empty"
    cut = editing.cut()
    space.state.fit()
    renders.click(renders.spot("V1", 170))
    renders.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    renders.wait(lambda: space.state.shots["shot-4"].progress is not None)
    renders.wait(lambda: editing.board().find_shot("shot-4")[1].takes, 120)
    assert not renders.refused and editing.cut() == cut
    (take,) = editing.board().find_shot("shot-4")[1].takes
    assert (take.frames, take.head) == (40, 12) and (editing.folder / take.media).is_file()
    assert editing.document.undo_title == "Take of 1D"
    renders.wait(lambda: space.state.shots["shot-4"].state == "fresh")
    assert space.state.shots["shot-4"].progress is None and not space.renders.live
    editing.do_story(SetShot("shot-4", {"frames": 30}))
    renders.wait(lambda: space.state.shots["shot-4"].state == "stale")


@pytest.mark.slow
def test_a_retake_of_a_span_is_one_more_take_with_the_rest_as_it_was(renders: Hands) -> None:
    space, editing = renders.space, renders.editing
    space.renders.render(["shot-4"])
    renders.wait(lambda: editing.board().find_shot("shot-4")[1].takes, 60)
    cut, before = editing.cut(), editing.board().find_shot("shot-4")[1]
    space.state.fit()
    renders.click(renders.spot("V1", 170))
    space.state.mark(174, 188)
    renders.key(Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    renders.wait(lambda: len(editing.board().find_shot("shot-4")[1].takes) == 2, 60)
    shot = editing.board().find_shot("shot-4")[1]
    assert not renders.refused and editing.cut() == cut and shot.takes[0] == before.takes[0]
    take = shot.take()
    assert take is shot.takes[1]
    assert (take.frames, take.head, take.tail) == (40, 12, 12)
    reels = Reels(editing.folder)
    first, last = before.takes[0].media, take.media
    away = [
        np.abs(reels.frame(first, n).astype(int) - reels.frame(last, n).astype(int)).mean()
        for n in (12 + 5, 12 + 22)
    ]
    reels.close()
    assert away[0] < 1 < away[1]


@pytest.mark.slow
def test_a_shot_whose_render_fails_says_why(renders: Hands) -> None:
    space, editing = renders.space, renders.editing
    (editing.folder / "long.mp4").write_bytes(b"no film")
    space.renders.render(["shot-4"])
    renders.wait(lambda: renders.refused, 120)
    assert "long.mp4" in str(renders.refused[0])
    renders.wait(lambda: space.renders.job_of("shot-4") is None)
    assert not editing.board().find_shot("shot-4")[1].takes


def test_render_what_changed_says_when_nothing_did(renders: Hands) -> None:
    said: list[str] = []
    renders.editing.said.connect(said.append)
    renders.editing.do_story(PickTake("shot-1-take-2"))
    for name in ("shot-1", "shot-2", "shot-4"):
        renders.editing.do_story(SetShot(name, {"locked": True}))
    renders.space.renders.render_changed()
    renders.wait(lambda: said)
    assert "nothing to render" in said[0]


def test_the_latest_picture_of_a_render_stands_on_its_clips(renders: Hands) -> None:
    space, editing = renders.space, renders.editing
    ground = space.renders.ground()
    space.renders.add(filming.freeze(editing.document, editing.board(), "shot-4", ground))
    job = space.renders.job_of("shot-4")
    assert job is not None
    picture = np.full((3, 90, 160, 3), (10, 200, 30), np.uint8)
    editing.studio.bridge.happened.emit(job, StepPreview("cut", picture))
    renders.wait(lambda: "shot-4" in space.state.filling.live)
    space.state.fit()
    spot = renders.spot("V1", 178, 0.6)
    green = space.view.tracks.grab().toImage().pixelColor(spot)
    assert (green.red(), green.green(), green.blue()) == (10, 200, 30)
    space.renders.cancel("shot-4")
    renders.wait(lambda: space.renders.job_of("shot-4") is None, 60)
    assert not space.renders.live


def test_all_workspaces_of_a_document_share_its_renders(renders: Hands) -> None:
    shared = renders_of(renders.editing)
    assert shared is renders.space.renders
    shared.close()
    assert not shared.closed  # the workspace still hears
    renders.space.close()
    assert shared.closed
