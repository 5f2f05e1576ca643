"""Copy, cut and paste on the timeline, ripple delete, and titles that find a free track."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from aiprod_studio.story.edits import Link, RemoveTrack
from tests.ui.timeline.conftest import Hands

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def spans(hands: Hands, track: str) -> list[tuple[int, int]]:
    return [(clip.at, clip.stop) for clip in hands.editing.cut().track(track).clips]


def test_linked_clips_are_copied_and_pasted_at_the_playhead_still_linked(hands: Hands) -> None:
    hands.editing.do_story(Link(("shot-1-clip", "music")))
    hands.click(hands.spot("V1", 20))
    hands.key(Qt.Key.Key_C, CTRL)
    hands.space.state.seek(300)
    hands.key(Qt.Key.Key_V, CTRL)
    cut = hands.editing.cut()
    pasted = [cut.find(name)[1] for name in hands.space.state.chosen]
    assert sorted((clip.at, clip.frames) for clip in pasted) == [(300, 48), (300, 190)]
    assert len({clip.link for clip in pasted}) == 1 and pasted[0].link
    assert cut.find("shot-1-clip")[1].at == 0
    assert hands.space.state.playhead == 490
    hands.editing.undo()
    assert len(hands.editing.cut().track("V1").clips) == 4


def test_what_was_cut_goes_to_another_track_when_its_own_is_gone(hands: Hands) -> None:
    hands.click(hands.spot("T1", 20))
    hands.key(Qt.Key.Key_X, CTRL)
    assert spans(hands, "T1") == []
    hands.editing.do_story(RemoveTrack("T1"))
    hands.space.state.seek(50)
    hands.key(Qt.Key.Key_V, CTRL)
    assert spans(hands, "T1") == [(50, 90)]


def test_delete_closes_the_gap_and_backspace_leaves_it(hands: Hands) -> None:
    hands.click(hands.spot("V1", 60))
    hands.key(Qt.Key.Key_Delete)
    assert spans(hands, "V1") == [(0, 48), (48, 108), (122, 162)]
    hands.click(hands.spot("V1", 115))
    hands.key(Qt.Key.Key_Delete)
    assert spans(hands, "V1") == [(0, 48), (48, 108), (108, 148)]
    hands.click(hands.spot("V1", 60))
    hands.key(Qt.Key.Key_Backspace)
    assert spans(hands, "V1") == [(0, 48), (108, 148)]


def test_a_title_goes_to_a_free_track_and_what_is_typed_is_its_text(hands: Hands) -> None:
    hands.space.state.seek(20)
    hands.key(Qt.Key.Key_T, CTRL | SHIFT)
    assert spans(hands, "T1") == [(6, 46)] and spans(hands, "T2") == [(20, 92)]
    text = hands.space.panel.values.text
    hands.wait(text.hasFocus)
    QTest.keyClicks(text, "Two ")
    hands.space.renders.changed.emit()
    hands.wait(lambda: not hands.space._fresh.isActive())
    QTest.keyClicks(text, "hills")
    QTest.keyClick(text, Qt.Key.Key_Escape)
    assert hands.editing.cut().track("T2").clips[0].source.name == "Two hills"
    assert hands.space.view.tracks.hasFocus()


def test_a_comparison_without_another_take_says_so(hands: Hands) -> None:
    said: list[str] = []
    hands.editing.said.connect(said.append)
    hands.click(hands.spot("V1", 60))
    hands.key(Qt.Key.Key_W, CTRL)
    assert "no other take" in said[-1] and not hands.space.program.comparing
