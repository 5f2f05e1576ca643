"""The screen: what is seen where, pixel by pixel, and how the mouse moves it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from aiprod_studio.ui.viewer.screen import Screen

from .conftest import film

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


@pytest.fixture
def screen(qtbot) -> Screen:
    made = Screen()
    qtbot.addWidget(made)
    made.resize(640, 360)
    made.show_frame(film()[5])
    made.show()
    return made


def seen(screen: Screen, x: int, y: int) -> tuple[int, int, int]:
    colour = screen.grab().toImage().convertToFormat(QImage.Format.Format_RGB32).pixelColor(x, y)
    return (colour.red(), colour.green(), colour.blue())


def plain(value: int, width: int = 64, height: int = 36) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def test_a_picture_is_fitted_whole(screen) -> None:
    area = screen.lens.area()
    assert (area.width(), area.height()) == (640, 360)
    screen.show_frame(plain(200, 36, 36))
    assert (screen.lens.area().left(), screen.lens.area().width()) == (140, 360)
    assert seen(screen, 320, 180) == (200, 200, 200)
    assert seen(screen, 100, 180) != (200, 200, 200)


def test_every_pixel_is_the_pixel_of_the_frame_when_zoomed(screen) -> None:
    screen.zoom_to(10)
    for x, y in ((0, 0), (31, 17), (63, 35)):
        assert seen(screen, x * 10 + 5, y * 10 + 5) == (5, x * 2, y * 3)


def test_the_value_under_the_mouse_is_told_with_its_place(qtbot, screen) -> None:
    with qtbot.waitSignal(screen.pixel) as told:
        QTest.mouseMove(screen, QPoint(315, 175))
    assert told.args[0] == (31, 17, (5, 62, 51), None)
    assert screen.value_at(QPointF(-4, 10)) is None


def test_the_wheel_zooms_about_the_mouse(screen) -> None:
    from PySide6.QtGui import QWheelEvent

    at = QPointF(160, 90)
    before = screen.lens.pixel(at)
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    screen.wheelEvent(event)
    assert screen.lens.scale == pytest.approx(10 * 1.25**2)
    assert screen.lens.pixel(at) == before


def test_a_drag_moves_the_picture_and_a_double_click_fits_it_again(screen) -> None:
    screen.zoom_to(20)
    before = screen.lens.area().topLeft()
    QTest.mousePress(screen, MIDDLE, pos=QPoint(300, 200))
    QTest.mouseMove(screen, QPoint(340, 230))
    QTest.mouseRelease(screen, MIDDLE, pos=QPoint(340, 230))
    assert screen.lens.area().topLeft() - before == QPointF(40, 30)
    QTest.mouseDClick(screen, LEFT, pos=QPoint(10, 10))
    assert screen.lens.zoom is None


def test_the_wipe_shows_one_on_each_side_and_is_dragged(screen) -> None:
    screen.show_frame(plain(50))
    screen.show_other(plain(220))
    screen.set_comparison("wipe")
    assert (seen(screen, 200, 100), seen(screen, 450, 100)) == ((50,) * 3, (220,) * 3)
    QTest.mousePress(screen, LEFT, pos=QPoint(320, 60))
    QTest.mouseMove(screen, QPoint(160, 60))
    QTest.mouseRelease(screen, LEFT, pos=QPoint(160, 60))
    assert screen.wipe == pytest.approx(0.25)
    assert seen(screen, 200, 100) == (220,) * 3


def test_side_by_side_shows_both_whole(screen) -> None:
    screen.show_frame(plain(50))
    screen.show_other(plain(220, 128, 72))
    screen.set_comparison("side")
    assert (seen(screen, 160, 180), seen(screen, 480, 180)) == ((50,) * 3, (220,) * 3)
    first, second = screen.areas()
    assert second is not None
    assert first.size() == second.size()


def test_the_difference_of_equal_frames_is_black(screen) -> None:
    screen.show_other(film()[5])
    screen.set_comparison("difference")
    assert seen(screen, 320, 180) == (0, 0, 0)
    screen.show_other(plain(0))
    assert seen(screen, 320, 180) != (0, 0, 0)


def test_both_values_are_told_while_comparing(screen) -> None:
    screen.show_other(plain(9, 128, 72))
    screen.set_comparison("wipe")
    assert screen.value_at(QPointF(105, 55)) == (10, 5, (5, 20, 15), (9, 9, 9))


def test_words_stand_where_no_picture_is(screen) -> None:
    screen.show_frame(None)
    before = screen.grab().toImage()
    screen.show_words("Nothing was rendered yet.")
    assert screen.grab().toImage() != before
