"""The rate of the film in the Edit workspace: chosen, typed, taken back; shots at another rate."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from aiprod_studio.story.edits import RemoveTrack
from tests.ui.timeline.conftest import Hands


def type_rate(hands: Hands, text: str) -> None:
    box = hands.space.panel.rate
    edit = box.lineEdit()
    assert edit is not None and box.isVisible()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def test_another_rate_keeps_playhead_marks_view_and_picture_at_their_times(hands: Hands) -> None:
    hands.see(24)
    space, before = hands.space, hands.editing.cut()
    space.state.mark(12, 60)
    x = space.state.scale.x(24)
    type_rate(hands, "48")
    assert hands.editing.cut().rate == 48
    assert (space.state.playhead, space.state.span) == (48, (24, 120))
    assert abs(space.state.scale.x(48) - x) < 1
    player = space.program.player
    hands.wait(lambda: player.source is not None and player.rate == 48)
    assert player.index == 48
    assert "48 frames a second" in space.panel.facts.text()
    hands.editing.undo()
    assert hands.editing.cut() == before
    assert (space.state.playhead, space.state.span) == (24, (12, 60))


def test_ntsc_rates_are_exact_and_a_word_is_refused(hands: Hands) -> None:
    type_rate(hands, "23.976")
    assert hands.editing.cut().rate == Fraction(24000, 1001)
    assert hands.space.panel.rate.currentText() == "23.976"
    type_rate(hands, "fast")
    assert "no frame rate" in str(hands.refused[-1])
    assert hands.space.panel.rate.currentText() == "23.976"
    assert len(hands.refused) == 1


def test_a_shot_laid_on_a_cut_of_another_rate_lasts_as_long_as_on_the_board(hands: Hands) -> None:
    type_rate(hands, "60")
    hands.space.state.seek(hands.editing.cut().frames)
    before = {clip.name for _, clip in hands.editing.cut().clips()}
    hands.space.shots.setCurrentIndex(hands.space.shots.shots.index(0))
    hands.space.laying.place_shots(insert=False)
    made = [clip for _, clip in hands.editing.cut().clips() if clip.name not in before]
    assert [clip.frames for clip in made] == [120]


def test_a_rate_chosen_before_the_first_shot_is_kept(hands: Hands) -> None:
    while hands.editing.cut().tracks:
        hands.editing.do_story(RemoveTrack(hands.editing.cut().tracks[0].name))
    hands.space.state.choose(())
    type_rate(hands, "30")
    hands.space.laying.lay_all()
    cut = hands.editing.cut()
    assert cut.rate == 30
    assert [clip.frames for clip in cut.track("V1").clips] == [60, 45, 75, 50]
    assert hands.space.state.playhead == 0
