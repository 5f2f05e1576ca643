"""Moving the view, and what the canvas tells those around it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from aiprod_studio.graph import Link

from .conftest import EMPTY

Key = Qt.Key


def test_middle_drag_and_wheel_move_the_view_within_its_limits(canvas, hand, document) -> None:
    before = canvas.viewer.centre
    hand.drag(EMPTY, EMPTY + QPointF(100, 40), button=Qt.MouseButton.MiddleButton)
    assert (canvas.viewer.centre - before).x() == pytest.approx(-100, abs=2)
    for _ in range(80):
        canvas.viewer.zoom_at(0.8, EMPTY)
    assert canvas.viewer.zoom == pytest.approx(0.04)
    for _ in range(80):
        canvas.viewer.zoom_at(1.3, EMPTY)
    assert canvas.viewer.zoom == pytest.approx(3.0)
    assert document.changed


def test_home_shows_everything_and_f_what_is_chosen(canvas, hand) -> None:
    canvas.viewer.look_at(QPointF(9000, 9000), 2.0)
    hand.press(Key.Key_Home)
    assert canvas.viewer.seen.contains(canvas.projection.whole())
    canvas.select(["sampler"])
    hand.press(Key.Key_F)
    assert canvas.viewer.seen.center().x() == pytest.approx(hand.middle("sampler").x(), abs=1)


def test_the_minimap_goes_where_it_is_clicked(canvas, hand) -> None:
    canvas.frame_all()
    canvas.actual_size()
    QTest.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(20, 69))
    assert canvas.viewer.centre.x() < hand.middle("encode").x()


def test_the_shell_hears_of_selection_activation_and_manuals(canvas, hand) -> None:
    heard: list[object] = []
    canvas.selection_changed.connect(lambda names: heard.append(tuple(names)))
    canvas.node_activated.connect(heard.append)
    canvas.asked_for_manual.connect(heard.append)
    hand.click(hand.header("sampler"))
    hand.press(Key.Key_F1)
    hand.double_click(hand.middle("sampler"))
    assert heard == [("sampler",), "sampling.dit", "sampler"]


def test_the_context_menu_says_what_can_be_done(canvas, hand, document) -> None:
    from aiprod_studio.ui.canvas.menu import menu_for

    canvas.select(["prompt"])
    words = [a.text().split("\t")[0] for a in menu_for(canvas, hand.middle("prompt")).actions()]
    assert {"Mute", "Bypass", "Rename…", "Remove", "Colour"} <= set(words)
    path = canvas.projection.links["encode", "text"].path().pointAtPercent(0.5)
    menu = menu_for(canvas, path)
    next(a for a in menu.actions() if a.text() == "Remove link").trigger()
    assert Link("prompt", "text", "encode", "text") not in set(document.links())


def test_moving_the_view_keeps_what_is_being_written(canvas, hand, document) -> None:
    canvas.select(["prompt"])
    hand.press(Key.Key_F2)
    canvas.writing.selectAll()
    hand.write(canvas.writing, "kept")
    canvas.viewer.pan(QPointF(10, 0))
    assert "kept" in document.nodes and not canvas.writing.isVisible()


def test_the_canvas_takes_the_keys_when_the_mouse_comes_but_not_from_a_text(
    qtbot, canvas, hand
) -> None:
    button = QPushButton("elsewhere", canvas)
    line, value = QLineEdit(canvas), QPushButton("value", canvas)
    value.setProperty("keeps_keys", True)
    canvas.activateWindow()
    for holder, taken in ((button, True), (line, False), (value, False)):
        holder.show()
        holder.setFocus()
        qtbot.waitUntil(holder.hasFocus, timeout=30_000)
        spot = QPointF(300, 300)
        QApplication.sendEvent(canvas.viewer, QEnterEvent(spot, spot, spot))
        assert canvas.viewer.hasFocus() is taken


def test_a_node_added_from_the_library_stands_beside_what_is_there(canvas, document) -> None:
    canvas.viewer.look_at(canvas.projection.nodes["encode"].area.center(), 1.0)
    canvas.add_in_view("edit.crop")
    canvas.add_in_view("edit.crop")
    areas = [item.area for item in canvas.projection.nodes.values()]
    new = canvas.projection.nodes["crop_2"].area
    assert sum(area.intersects(new) for area in areas) == 1
    assert canvas.viewer.seen.intersects(new)
