"""A file that cannot be read is seen on its clips, said in words, and found again by the artist."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from aiprod_studio.ui.footage.tones import tones
from aiprod_studio.ui.timeline.bringing import replaced
from tests.ui.timeline.conftest import Hands


def strip_colour(hands: Hands, track: str, frame: int) -> QColor:
    tracks = hands.space.view.tracks
    image: QImage = tracks.grab(QRect(tracks.rect())).toImage()
    return image.pixelColor(hands.spot(track, frame, 0.1))


def test_a_missing_sound_is_red_on_the_timeline_and_told_beside_the_viewer(hands: Hands) -> None:
    hands.wait(lambda: hands.space.errands.wave("music.wav") is not None)
    assert strip_colour(hands, "A1", 150) != tones().bad
    music = hands.editing.folder / "music.wav"
    music.rename(music.with_name("tune.wav"))
    hands.space.errands.renew(hands.editing.folder, hands.space.renders.ground().locate)
    hands.space.view.tracks.update()
    hands.wait(lambda: hands.space.errands.why_not("music.wav") or hands.space.view.tracks.grab())
    hands.wait(lambda: hands.space.errands.why_not("music.wav"))
    hands.click(hands.spot("A1", 150))
    trouble = hands.space.panel.trouble
    assert trouble.isVisible() and "music.wav" in trouble.why.text() and trouble.search.isVisible()
    assert strip_colour(hands, "A1", 150) == tones().bad
    hands.space.bringing.replace("music.wav", music.with_name("tune.wav"))
    hands.wait(lambda: hands.clip("music").source.name == "tune.wav")
    hands.wait(lambda: hands.space.errands.wave("tune.wav") is not None)
    assert not trouble.isVisible()
    hands.editing.undo()
    assert hands.clip("music").source.name == "music.wav"


def test_a_shorter_file_is_refused_and_nothing_changes(hands: Hands) -> None:
    cut = hands.editing.cut()
    source = cut.find("music")[1].source
    assert source.span is not None
    edits = replaced(cut, "music.wav", type(source)("file", "short.wav", span=source.span))
    assert [edit.source.name for edit in edits] == ["short.wav"]  # type: ignore[attr-defined]
    short = type(source.span)(source.span.start, source.span.start.plus(5, cut.rate))
    hands.editing.do_story(*replaced(cut, "music.wav", type(source)("file", "s.wav", span=short)))
    assert "beyond the end of its source" in str(hands.refused[-1])
    assert str(hands.refused[-1]).startswith("clip music.wav")
    assert hands.editing.cut() == cut
