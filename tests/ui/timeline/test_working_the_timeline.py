"""The mouse on the tracks: a gesture is one undo step, drafts change nothing, Escape forgets."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from aiprod_studio.story.edits import Overwrite
from tests.ui.timeline.conftest import LEFT, Hands
from tests.ui.timeline.samples import clip

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_a_drag_of_an_end_is_one_undo_step(hands: Hands) -> None:
    before = hands.editing.cut()
    hands.drag(hands.spot("V1", 197.5), hands.spot("V1", 187.5))
    assert hands.clip("shot-4-clip").frames == 30
    hands.editing.undo()
    assert hands.editing.cut() == before and not hands.editing.document.can_undo


def test_a_draft_is_painted_and_changes_nothing_until_the_button_is_let_go(hands: Hands) -> None:
    before = hands.editing.cut()
    end = hands.spot("V1", 187.5)
    hands.drag(hands.spot("V1", 197.5), end, drop=False)
    state = hands.space.state
    assert hands.editing.cut() == before
    assert state.seen_cut.find("shot-4-clip")[1].frames == 30
    QTest.keyClick(hands.space.view.tracks, Qt.Key.Key_Escape)
    QTest.mouseRelease(hands.space.view.tracks, LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert state.draft is None and hands.editing.cut() == before
    assert not hands.editing.document.can_undo


def test_a_drag_snaps_to_the_marker_and_shows_a_line(hands: Hands) -> None:
    hands.space.state.seek(176)
    near = hands.spot("V1", 176) + QPoint(4, 0)
    hands.drag(hands.spot("V1", 197.5), near, drop=False)
    assert hands.space.state.draft is not None and hands.space.state.draft.line == 176
    QTest.mouseRelease(hands.space.view.tracks, LEFT, Qt.KeyboardModifier.NoModifier, near)
    assert hands.clip("shot-4-clip").stop == 176


def test_a_refused_move_says_why_and_leaves_the_cut(hands: Hands) -> None:
    hands.click(hands.spot("V1", 100))
    hands.key(Qt.Key.Key_L, CTRL)
    before = hands.editing.cut()
    said: list[str] = []
    hands.editing.said.connect(said.append)
    hands.drag(hands.spot("V1", 100), hands.spot("V1", 130))
    assert hands.editing.cut() == before and not hands.refused
    assert said[0].startswith("clip 1C A long fall: it is locked, and this would change it.")


def test_clicks_choose_and_shift_adds(hands: Hands) -> None:
    hands.click(hands.spot("V1", 20))
    assert hands.space.state.chosen == {"shot-1-clip"}
    hands.click(hands.spot("A1", 20), SHIFT)
    assert hands.space.state.chosen == {"shot-1-clip", "music"}
    hands.click(hands.spot("V1", 151))
    assert hands.space.state.gap == ("V1", 144, 158) and not hands.space.state.chosen


def test_a_box_over_empty_place_chooses(hands: Hands) -> None:
    hands.drag(hands.spot("V1", 150, 0.9), hands.spot("V1", 120, 0.2))
    assert hands.space.state.chosen == {"shot-3-clip"}


def test_the_blade_cuts_where_it_is_pressed(hands: Hands) -> None:
    hands.key(Qt.Key.Key_B)
    hands.click(hands.spot("V1", 110))
    spans = [(c.at, c.stop) for c in hands.editing.cut().track("V1").clips]
    assert (84, 110) in spans and (110, 144) in spans
    hands.key(Qt.Key.Key_A)
    assert hands.space.state.tool == "select"


def test_the_wheel_zooms_at_the_mouse(hands: Hands) -> None:
    at = hands.spot("V1", 60)
    state = hands.space.state
    under, before = state.scale.moment(at.x()), state.scale.per_frame
    hands.wheel(at, 120, CTRL)
    assert state.scale.per_frame > before
    assert abs(state.scale.moment(at.x()) - under) < 0.01


def test_the_ruler_scrubs(hands: Hands) -> None:
    ruler, state = hands.space.view.ruler, hands.space.state
    QTest.mousePress(ruler, LEFT, pos=QPoint(round(state.scale.x(40.5)), 28))
    assert state.playhead == 40
    QTest.mouseMove(ruler, QPoint(round(state.scale.x(70.5)), 28))
    QTest.mouseRelease(ruler, LEFT, pos=QPoint(round(state.scale.x(70.5)), 28))
    assert state.playhead == 70 and hands.space.program.player.index in (0, 70)


def test_a_marker_is_dragged_along_the_ruler(hands: Hands) -> None:
    ruler, scale = hands.space.view.ruler, hands.space.state.scale
    QTest.mousePress(ruler, LEFT, pos=QPoint(round(scale.x(84)), 6))
    QTest.mouseMove(ruler, QPoint(round(scale.x(120)), 6))
    QTest.mouseRelease(ruler, LEFT, pos=QPoint(round(scale.x(120)), 6))
    assert [mark.at for mark in hands.editing.cut().markers] == [120]


def test_typing_a_time_goes_there(hands: Hands) -> None:
    field = hands.space.view.time
    field.setText("215")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert hands.space.state.playhead == 63 and field.text() == "00:00:02:15"


def test_heads_lock_hide_and_choose_the_target(hands: Hands) -> None:
    heads = hands.space.view.heads
    heads.head("V1").lock.click()
    assert hands.editing.cut().track("V1").locked
    heads.head("A1").switch.click()
    assert hands.editing.cut().track("A1").off
    heads.head("V1").menu().actions()[0].trigger()
    assert [t.name for t in hands.editing.cut().tracks][:2] == ["V1", "V2"]
    heads.head("V2").target.click()
    assert hands.space.state.target("video") == "V2"


def test_a_taller_track_is_only_a_view(hands: Hands) -> None:
    head = hands.space.view.heads.head("V1")
    low = QPoint(20, head.height() - 2)
    QTest.mousePress(head, LEFT, pos=low)
    QTest.mouseMove(head, low + QPoint(0, 40))
    QTest.mouseRelease(head, LEFT, pos=low + QPoint(0, 40))
    assert hands.space.state.heights["V1"] > 64
    assert not hands.editing.document.can_undo


def test_middle_button_moves_the_view(hands: Hands) -> None:
    state = hands.space.state
    state.zoom(4, 0)
    at = QPoint(400, 40)
    middle = Qt.MouseButton.MiddleButton
    QTest.mousePress(hands.space.view.tracks, middle, pos=at)
    QTest.mouseMove(hands.space.view.tracks, at - QPoint(100, 0))
    QTest.mouseRelease(hands.space.view.tracks, middle, pos=at - QPoint(100, 0))
    assert state.scale.first > 0 and state.draft is None


def test_a_film_of_two_hours_is_shown_zoomed_and_scrolled(hands: Hands) -> None:
    frames, state, view = 2 * 3600 * 24, hands.space.state, hands.space.view
    hands.editing.do_story(
        *(Overwrite((("V1", clip(f"far-{n}", 0, 240)),), frames - 240 * (n + 1)) for n in range(40))
    )
    assert hands.editing.cut().frames == frames
    state.fit()
    assert state.scale.x(frames) <= state.width
    state.seek(frames - 100)
    state.zoom(1e9)
    assert 0 <= state.scale.x(frames - 100) <= state.width
    assert view.across.maximum() > 10**7
    view.across.setValue(0)
    assert state.scale.first < 1
    assert not view.tracks.grab().isNull()


def test_letting_go_twice_does_no_harm(hands: Hands) -> None:
    hands.space.close()
    hands.space.close()
