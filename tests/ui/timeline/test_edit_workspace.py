"""The Edit workspace: keys, playback, takes, shots and files that come in, words that go out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from aiprod_studio.media.composing import Composer
from aiprod_studio.story.edits import LockTrack, PickTake
from aiprod_studio.ui.actions import ActionRegistry
from tests.ui.timeline.conftest import Hands

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def test_the_viewer_shows_what_the_export_composes(hands: Hands) -> None:
    folder = hands.editing.folder
    with Composer(hands.editing.board(), hands.editing.cut(), folder) as composer:
        for frame in (20, 46, 100):
            hands.see(frame)
            screen = hands.space.program.picture
            made = composer.frame(frame)
            hands.wait(lambda made=made, screen=screen: np.array_equal(screen.frame, made))


def test_an_edit_changes_the_picture_at_the_same_frame(hands: Hands) -> None:
    hands.see(20)
    screen = hands.space.program.picture
    before = screen.frame
    hands.editing.do_story(PickTake("shot-1-take-2"))
    hands.wait(lambda: screen.frame is not None and not np.array_equal(screen.frame, before))
    assert hands.space.program.player.index == 20


def test_keys_play_step_and_jump(hands: Hands) -> None:
    player, state = hands.space.program.player, hands.space.state
    hands.see(0)
    hands.key(Qt.Key.Key_L)
    assert player.speed == 1
    hands.key(Qt.Key.Key_L)
    assert player.speed == 2
    hands.key(Qt.Key.Key_K)
    assert not player.playing
    hands.key(Qt.Key.Key_Space)
    hands.wait(lambda: state.playhead > 3)
    hands.key(Qt.Key.Key_Space)
    assert not player.playing and state.playhead == player.index
    hands.key(Qt.Key.Key_Home)
    hands.key(Qt.Key.Key_Down)
    assert state.playhead == 6
    hands.key(Qt.Key.Key_Right, SHIFT)
    assert state.playhead == 30
    hands.key(Qt.Key.Key_End)
    assert state.playhead == 198


def test_in_and_out_are_marked_lifted_and_looped(hands: Hands) -> None:
    hands.see(10)
    hands.key(Qt.Key.Key_I)
    hands.space.state.seek(19)
    hands.key(Qt.Key.Key_O)
    assert hands.space.state.span == (10, 20)
    hands.space.program.player.set_loop(True)
    assert hands.space.program.player.range == (10, 19)
    hands.space.program.player.set_loop(False)
    assert hands.space.program.player.range == (0, 197)
    hands.key(Qt.Key.Key_Semicolon)
    assert hands.editing.cut().track("V1").clip_at(12) is None
    hands.editing.undo()
    hands.key(Qt.Key.Key_Apostrophe)
    assert hands.editing.cut().frames == 188


def test_keys_cut_nudge_remove_and_mark(hands: Hands) -> None:
    state = hands.space.state
    state.seek(100)
    hands.key(Qt.Key.Key_B, CTRL)
    assert len(hands.editing.cut().track("V1").clips) == 5
    hands.click(hands.spot("V1", 170))
    hands.key(Qt.Key.Key_Comma)
    assert hands.clip("shot-4-clip").at == 157
    hands.key(Qt.Key.Key_Delete)
    hands.key(Qt.Key.Key_Backspace)
    assert all(clip.name != "shot-4-clip" for _, clip in hands.editing.cut().clips())
    hands.key(Qt.Key.Key_M)
    assert 100 in [mark.at for mark in hands.editing.cut().markers]


def test_a_transition_comes_with_one_key(hands: Hands) -> None:
    hands.space.state.seek(84)
    hands.key(Qt.Key.Key_T, CTRL)
    made = hands.editing.cut().track("V1").transitions
    assert [(p.left, p.frames) for p in made] == [("shot-1-clip", 16), ("shot-2-clip", 24)]


def test_what_cannot_be_done_is_told(hands: Hands) -> None:
    hands.editing.do_story(LockTrack("V1"))
    hands.space.state.seek(20)
    hands.click(hands.spot("V1", 20))
    hands.key(Qt.Key.Key_Backspace)
    assert "locked" in str(hands.refused[-1])


def test_clips_get_their_pictures_and_waves(hands: Hands) -> None:
    errands = hands.space.errands
    hands.wait(lambda: errands._waves.get("music.wav") is not None)
    hands.wait(lambda: "film.assets/takes/shot-1-1.frames" in errands._latest)
    row = hands.space.state.rows.of("A1")
    assert row is not None
    shot = hands.space.view.tracks.grab().toImage()
    loud = [shot.pixelColor(QPoint(x, row.top + row.height - 8)).name() for x in range(40, 800, 8)]
    assert len(set(loud)) > 1  # a wave, not a plain box


def test_the_document_undone_to_nothing_shows_words(hands: Hands) -> None:
    hands.see(5)
    hands.key(Qt.Key.Key_A, CTRL)
    hands.key(Qt.Key.Key_Backspace)
    assert hands.space.program.player.source is None
    assert hands.space.program.picture.frame is None
    hands.editing.undo()
    hands.wait(lambda: hands.space.program.player.source is not None)


def test_actions_are_complete_and_their_keys_do_not_clash(hands: Hands) -> None:
    registry = ActionRegistry()
    registry.put("edit", hands.space.actions_here)
    assert registry.clashes() == []
    for action in hands.space.actions_here:
        assert action.title and action.local and action.id.startswith("timeline.")


def test_keys_hold_only_in_the_workspace_and_can_be_the_artists_own(hands: Hands) -> None:
    hands.space.bind({"timeline.marker": ("Ctrl+Shift+M",), "timeline.cut": ()})
    hands.space.state.seek(120)
    hands.key(Qt.Key.Key_M)
    assert len(hands.editing.cut().markers) == 1
    hands.key(Qt.Key.Key_M, CTRL | SHIFT)
    assert len(hands.editing.cut().markers) == 2


def test_the_menus_offer_what_fits(hands: Hands) -> None:
    from aiprod_studio.ui.timeline.menus import clip_menu

    tracks = hands.space.view.tracks
    for track, frame, words in (("V1", 100, "Cut at the playhead"), ("V1", 150, "Close gap")):
        hit = tracks.hit(QPointF(hands.spot(track, frame)))
        tracks.hand.choose_for_menu(hit)
        menu = clip_menu(hands.space, hit)
        assert words in [action.text() for action in menu.actions()]
        menu.deleteLater()


def test_a_marker_gets_a_name_and_a_note(hands: Hands) -> None:
    from aiprod_studio.ui.timeline.tracks.marker_box import MarkerBox

    hands.space.places.edit_marker("beat")
    (box,) = hands.space.findChildren(MarkerBox)
    box.name.setText("drums")
    box.close()
    (marker,) = hands.editing.cut().markers
    assert (marker.name, marker.at, marker.text) == ("drums", 84, "the music turns here")
    hands.editing.undo()
    assert hands.editing.cut().markers[0].name == "beat"


def test_in_a_narrow_window_every_button_of_the_toolbar_is_whole(hands: Hands) -> None:
    bar = hands.space.toolbar
    assert bar.export.text() == "Export" and bar.zoom.isVisible()
    hands.space.resize(820, 700)
    assert bar.export.text() == "" and bar.export.toolTip().startswith("Export film")
    for button in (*bar.findChildren(QToolButton), *bar.findChildren(QPushButton)):
        assert button.width() >= button.minimumSizeHint().width()
        assert button.geometry().right() <= bar.width()
    hands.space.resize(1200, 800)
    assert bar.export.text() == "Export" and bar.zoom.isVisible()
