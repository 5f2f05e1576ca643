"""The viewer over a document that is really run: results, earlier runs, comparison, previews."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from aiprod_studio.app.jobs.messages import Ended
from aiprod_studio.engine.events import StepDone, StepPreview
from aiprod_studio.graph.commands import AddNode, Connect, RenameNode, SetParam
from aiprod_studio.media import load_image, save_image, save_video, store_frames
from aiprod_studio.sdk import Image
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.viewer import ArrayFrames, ViewerPanel
from aiprod_studio.ui.viewer.commands import fill_compare
from aiprod_studio.ui.viewer.frame_out import write_frame

from .conftest import film


@pytest.fixture
def editing(open_document: Callable[..., Editing], tmp_path: Path) -> Editing:
    """A picture that is made smaller, and a prompt."""
    folder = tmp_path / "film"
    folder.mkdir()
    pixels = np.zeros((60, 90, 3), np.uint8)
    pixels[:, 45:] = 200
    save_image(Image(pixels), folder / "a.png")
    editing = open_document(path=folder / "film.json")
    editing.do(
        AddNode("files.load_image", "picture", params={"file": "a.png"}),
        AddNode("edit.crop_image", "cut", params={"width": 40, "height": 40}),
        AddNode("text.prompt", "prompt", params={"text": "a red boat"}),
        Connect("picture", "image", "cut", "image"),
    )
    return editing


@pytest.fixture
def viewer(qtbot, editing: Editing) -> Iterator[ViewerPanel]:
    made = ViewerPanel(editing)
    qtbot.addWidget(made, before_close_func=lambda widget: widget.close())
    made.resize(640, 480)
    made.show()
    yield made
    made.close()


def run(qtbot, editing: Editing, *targets: str) -> None:
    ended: list[Ended] = []
    editing.job_event.connect(lambda e: ended.append(e) if isinstance(e, Ended) else None)
    editing.run(targets)
    qtbot.waitUntil(lambda: bool(ended), timeout=60_000)
    assert ended[0].problems == ()
    for node in targets:
        qtbot.waitUntil(lambda n=node: editing.result_of(n) is not None, timeout=30_000)


def seen(viewer: ViewerPanel) -> np.ndarray | None:
    return viewer.picture.frame


@pytest.mark.slow
def test_a_result_is_shown_and_compared_with_an_earlier_run(qtbot, editing, viewer) -> None:
    viewer.show_node("cut")
    assert "has not been run" in viewer.picture._words
    run(qtbot, editing, "cut", "prompt")
    viewer.show_node("cut")
    qtbot.waitUntil(lambda: seen(viewer) is not None, timeout=30_000)
    assert seen(viewer).shape == (40, 40, 3)
    assert seen(viewer).max() == 0

    editing.do(SetParam("cut", "left", 50))
    run(qtbot, editing, "cut")
    qtbot.waitUntil(lambda: seen(viewer) is not None and seen(viewer).max() == 200, timeout=30_000)
    fill_compare(viewer)
    earlier = next(a for a in viewer.bar.compare_menu.actions() if a.text().startswith("cut, "))
    earlier.trigger()
    qtbot.waitUntil(lambda: viewer.side.source is not None, timeout=30_000)
    assert viewer.picture.comparison == "wipe"
    qtbot.waitUntil(lambda: viewer.picture._other is not None, timeout=30_000)
    assert viewer.picture._other.max() == 0
    QTest.mouseClick(viewer.bar.ways["side"], Qt.MouseButton.LeftButton)
    assert viewer.picture.comparison == "side"
    viewer.compare("cut", "picture")
    qtbot.waitUntil(
        lambda: viewer.picture._other is not None and viewer.picture._other.shape[1] == 90,
        timeout=30_000,
    )
    viewer.comparing.end()
    assert viewer.picture.comparison == "one"

    viewer.show_node("prompt")
    qtbot.waitUntil(lambda: viewer.picture._words == "a red boat", timeout=30_000)
    assert seen(viewer) is None
    editing.do(RenameNode("prompt", "words"))
    qtbot.waitUntil(lambda: viewer.node == "words", timeout=30_000)

    viewer.put_in_slot(1, "cut")
    viewer.put_in_slot(2, "picture")
    QTest.keyClick(viewer.picture, Qt.Key.Key_1)
    assert viewer.node == "cut"
    qtbot.waitUntil(
        lambda: seen(viewer) is not None and seen(viewer).shape[1] == 40, timeout=30_000
    )


def test_previews_of_the_shown_node_are_played_while_it_works(qtbot, viewer) -> None:
    viewer.show_node("cut")
    viewer.take(StepPreview("picture", film(3)))
    assert viewer.player.count == 0
    viewer.take(StepPreview("cut", film(8)))
    assert viewer.player.count == 8
    assert viewer.player.playing
    assert viewer.bar.note.text() == "running"
    viewer.player.pause()
    viewer.take(StepPreview("cut", film(9)))
    assert not viewer.player.playing
    viewer.take(StepDone("cut", 1.0))
    viewer.show_node("cut")
    assert viewer.player.count == 0


def test_a_film_is_driven_by_keys(qtbot, viewer) -> None:
    viewer.show_frames(ArrayFrames(film(48)), "film", "64 × 36")
    viewer.picture.setFocus()
    keys, screen = Qt.Key, viewer.picture
    screen.zoom_to(3)
    assert viewer.bar.title._text == "film"
    QTest.keyClick(screen, keys.Key_End)
    assert viewer.player.index == 47
    QTest.keyClick(screen, keys.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert viewer.player.index == 37
    QTest.keyClick(screen, keys.Key_L)
    QTest.keyClick(screen, keys.Key_L)
    assert viewer.player.speed == 2
    QTest.keyClick(screen, keys.Key_K)
    assert not viewer.player.playing
    QTest.keyClick(screen, keys.Key_Home)
    QTest.keyClick(screen, keys.Key_Space)
    assert viewer.player.playing
    QTest.keyClick(screen, keys.Key_Space)


def test_the_scrub_bar_goes_to_the_exact_frame_under_the_mouse(qtbot, viewer) -> None:
    viewer.show_frames(ArrayFrames(film(48)))
    scrub = viewer.transport.scrub
    for index in (0, 7, 31, 47):
        middle = (scrub.place_of(index) + scrub.place_of(index + 1)) / 2
        from PySide6.QtCore import QPoint

        QTest.mouseClick(scrub, Qt.MouseButton.LeftButton, pos=QPoint(round(middle), 10))
        assert viewer.player.index == index
        qtbot.waitUntil(lambda: viewer.player.frame() is not None, timeout=30_000)
        QApplication.processEvents()
        assert viewer.picture.frame[0, 0, 0] == index


def test_the_timecode_can_be_written(qtbot, viewer) -> None:
    viewer.show_frames(ArrayFrames(film(48)))
    line = viewer.transport.time
    for text, index in (("12", 12), ("1:05", 29), ("0.5s", 12), ("nonsense", 12)):
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert viewer.player.index == index
    assert line.text() == "00:00:00:12"


def test_the_pixel_under_the_mouse_is_told(qtbot, viewer) -> None:
    viewer.show_frames(ArrayFrames(film(4)), "film", "64 × 36")
    qtbot.waitUntil(lambda: viewer.picture.frame is not None, timeout=30_000)
    area = viewer.picture.lens.area()
    scale = viewer.picture.lens.scale
    spot = (area.topLeft() + type(area.topLeft())(10.5 * scale, 5.5 * scale)).toPoint()
    QTest.mouseMove(viewer.picture, spot)
    assert viewer.bar.facts._text == "10, 5   0 20 15  #00140f"


def test_a_narrow_viewer_shows_the_numbers_of_both_pixels(qtbot, viewer) -> None:
    viewer.resize(330, 400)
    viewer.bar.show_comparison("earlier", "wipe")
    viewer.bar.show_pixel((1199, 1096, (225, 171, 112), (12, 0, 255)))
    QApplication.processEvents()
    assert viewer.bar.facts.text().startswith("1199, 1096   225 171 112")
    assert "…" not in viewer.bar.facts.text()
    assert viewer.bar.other.text().startswith("earlier   12 0 255")
    viewer.bar.show_pixel(None)
    assert viewer.bar.other.text() == "earlier"


def test_a_frame_is_saved_as_it_is_seen(qtbot, viewer, tmp_path: Path) -> None:
    viewer.show_frames(ArrayFrames(film(4)))
    viewer.player.seek(3)
    qtbot.waitUntil(lambda: viewer.picture.frame is not None, timeout=30_000)
    QApplication.processEvents()
    write_frame(viewer, viewer.picture.frame, tmp_path / "frame.png")
    qtbot.waitUntil((tmp_path / "frame.png").is_file, timeout=30_000)
    np.testing.assert_array_equal(load_image(tmp_path / "frame.png").pixels, film(4)[3])


def test_a_film_of_a_file_is_shown_frame_by_frame(qtbot, viewer, tmp_path: Path) -> None:
    from fractions import Fraction

    from aiprod_studio.ui.viewer.opening import open_path

    frames = np.zeros((12, 48, 64, 3), np.uint8)
    frames += (np.arange(12, dtype=np.uint8) * 20)[:, None, None, None]
    path = tmp_path / "a.mp4"
    save_video(store_frames(iter(frames), tmp_path / "a.frames", Fraction(12)), path)
    opened = open_path(path)
    assert opened.facts == "64 × 48, 12 fps, 1 s"
    viewer.show_frames(opened.frames, "a.mp4", opened.facts)
    for index in (0, 11, 5, 6, 2):
        viewer.player.seek(index)
        qtbot.waitUntil(lambda: viewer.player.frame() is not None, timeout=30_000)
        QApplication.processEvents()
        assert abs(int(viewer.picture.frame[20, 20, 0]) - index * 20) <= 4


def test_a_sound_is_seen_as_its_wave() -> None:
    from aiprod_studio.media import SilentAudio
    from aiprod_studio.ui.viewer.opening import WAVE, waveform

    picture = waveform(SilentAudio(8000, 2, 4000))
    assert picture.shape == (WAVE[1], WAVE[0], 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) == 2


def test_closing_ends_every_thread(qtbot, viewer) -> None:
    viewer.show_frames(ArrayFrames(film(48)))
    viewer.side.set_source(ArrayFrames(film(20)))
    viewer.player.play()
    viewer.close()
    assert viewer.player.source is None
    assert not viewer.player.playing
