"""Shots, takes and files in the Edit workspace: switched, compared, laid, filled in, brought in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from aiprod_studio.media.composing import Composer
from aiprod_studio.media.images import load_image
from aiprod_studio.story.edits import LockTrack
from aiprod_studio.ui.timeline.panels.shot_list import MIME
from tests.ui.timeline.conftest import Hands

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def test_takes_are_switched_rated_and_picked_on_the_clip(hands: Hands) -> None:
    hands.click(hands.spot("V1", 20))
    hands.key(Qt.Key.Key_Right, ALT)
    assert hands.clip("shot-1-clip").source.take == "shot-1-take-2"
    hands.key(Qt.Key.Key_5, ALT)
    shot = hands.editing.board().find_shot("shot-1")[1]
    assert shot.takes[1].rating == 5 and shot.picked == "shot-1-take-1"
    rows = hands.space.panel.takes.rows
    assert [row.take.name for row in rows] == ["shot-1-take-2", "shot-1-take-1"]
    assert rows[0].plays and not rows[1].plays


def test_two_takes_are_compared_in_sync_by_a_wipe(hands: Hands) -> None:
    hands.see(20)
    hands.click(hands.spot("V1", 20))
    hands.key(Qt.Key.Key_W, CTRL)
    screen = hands.space.program.picture
    hands.wait(lambda: screen._other is not None)
    assert screen.comparison == "wipe"
    assert not np.array_equal(screen._other, screen.frame)
    cut = hands.editing.cut()
    hands.space.state.seek(30)
    hands.wait(lambda: hands.space.program.player.frame(30) is not None)
    hands.key(Qt.Key.Key_W, CTRL)
    assert screen.comparison == "one" and hands.editing.cut() == cut


def test_values_typed_beside_the_viewer_are_edits(hands: Hands) -> None:
    hands.click(hands.spot("V1", 170))
    panel = hands.space.panel
    panel.values.opacity.setValue(50)
    panel.values.opacity.editingFinished.emit()
    assert hands.clip("shot-4-clip").opacity == 0.5
    panel.values.speed.setValue(200)
    panel.values.speed.editingFinished.emit()
    assert hands.clip("shot-4-clip").frames == 20
    hands.click(hands.spot("T1", 20))
    panel.values.text.setPlainText("A Ball")
    panel.values.text.left.emit()
    assert hands.clip("title").source.name == "A Ball"


def test_a_value_that_is_refused_goes_back_to_what_it_was(hands: Hands) -> None:
    hands.click(hands.spot("V1", 20))
    speed = hands.space.panel.values.speed
    hands.editing.do_story(LockTrack("V1"))
    speed.setValue(50)
    speed.editingFinished.emit()
    assert "locked" in str(hands.refused[-1]) and speed.value() == 100


def test_chosen_shots_are_inserted_and_laid_at_the_playhead(hands: Hands) -> None:
    hands.space.shots.setCurrentIndex(hands.space.shots.model().index(1, 0))
    hands.space.state.seek(144)
    hands.key(Qt.Key.Key_F9)
    clip = hands.editing.cut().track("V1").clip_at(150)
    assert clip is not None and clip.source.name == "shot-2" and clip.frames == 36
    assert hands.clip("shot-4-clip").at == 194
    assert hands.space.state.playhead == 180


def test_shots_are_dropped_from_the_list_onto_a_track(hands: Hands) -> None:
    data = QMimeData()
    data.setData(MIME, b"shot-2")
    at = QPointF(hands.spot("V1", 210))
    _drop(hands, data, at)
    clip = hands.editing.cut().track("V1").clips[-1]
    assert clip.source.name == "shot-2" and abs(clip.at - 210) <= 12
    assert hands.space.state.draft is None


def test_a_sound_file_from_elsewhere_is_copied_and_laid(hands: Hands, tmp_path: Path) -> None:
    outside = tmp_path / "beat.wav"
    outside.write_bytes((hands.editing.folder / "music.wav").read_bytes())
    hands.space.bringing.add([outside], 200)
    hands.wait(lambda: len(hands.editing.cut().track("A1").clips) == 2)
    clip = hands.editing.cut().track("A1").clips[-1]
    assert (clip.at, clip.frames, clip.source.name) == (200, 216, "film.assets/media/beat.wav")
    assert (hands.editing.assets / "media" / "beat.wav").is_file()


def test_a_file_that_is_no_media_is_refused_in_words(hands: Hands, tmp_path: Path) -> None:
    odd = tmp_path / "notes.txt"
    odd.write_text("hello", encoding="utf-8")
    hands.space.bringing.add([odd], 200)
    hands.wait(lambda: hands.refused)
    assert "notes.txt" in str(hands.refused[0])


def test_a_title_is_added_and_chosen(hands: Hands) -> None:
    hands.space.state.seek(100)
    hands.key(Qt.Key.Key_T, CTRL | SHIFT)
    (name,) = hands.space.state.chosen
    assert hands.clip(name).source.kind == "title" and hands.clip(name).frames == 72


def test_states_of_shots_stand_on_clips_and_in_the_list(hands: Hands) -> None:
    hands.wait(lambda: hands.space.renders.states)
    hands.wait(lambda: hands.space.state.shots["shot-1"].state == "blocked")
    hands.click(hands.spot("V1", 20))
    assert "no Shot node" in hands.space.panel.shot.problems.text()
    assert hands.space.state.shots["shot-3"].state == "locked"


def test_all_shots_are_laid_on_an_empty_timeline(hands: Hands) -> None:
    hands.key(Qt.Key.Key_A, CTRL)
    hands.key(Qt.Key.Key_Backspace)
    hands.space.laying.lay_all()
    names = [clip.source.name for clip in hands.editing.cut().track("V1").clips]
    assert names == ["shot-1", "shot-2", "shot-3", "shot-4"]


def _drop(hands: Hands, data: QMimeData, at: QPointF) -> None:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tracks, act = hands.space.view.tracks, Qt.DropAction.CopyAction
    QApplication.sendEvent(tracks, QDragEnterEvent(at.toPoint(), act, data, buttons, keys))
    QApplication.sendEvent(tracks, QDropEvent(at, act, data, buttons, keys))


def test_a_gap_is_filled_by_a_shot_between_its_neighbours(hands: Hands) -> None:
    before = hands.editing.board()
    hands.click(hands.spot("V1", 150))
    hands.key(Qt.Key.Key_G, SHIFT)
    hands.wait(lambda: hands.editing.cut().track("V1").clip_at(150))
    clip = hands.editing.cut().track("V1").clip_at(150)
    assert clip is not None and (clip.at, clip.stop) == (144, 158)
    assert hands.space.state.chosen == {clip.name}
    shot = hands.editing.board().find_shot(clip.source.name)[1]
    assert (shot.length, shot.prompt) == (14, "a long fall")
    with Composer(before, hands.editing.cut(), hands.editing.folder) as composer:
        for path, frame in ((shot.comes_from, 143), (shot.goes_to, 158)):
            pixels = load_image(hands.editing.folder / path).pixels
            assert np.array_equal(pixels, composer.frame(frame))
    hands.wait(lambda: hands.refused)  # its graph has no Shot node, which is said
    hands.editing.undo()
    assert hands.editing.board() == before
    assert hands.editing.cut().track("V1").clip_at(150) is None


def test_filling_without_a_gap_says_what_to_do(hands: Hands) -> None:
    hands.space.state.seek(20)
    hands.key(Qt.Key.Key_G, SHIFT)
    hands.key(Qt.Key.Key_R, SHIFT)
    assert "gap" in str(hands.refused[0])
    hands.space.state.mark(170, 180)
    hands.space.gaps.retake()
    assert "in and out" in str(hands.refused[-1])
