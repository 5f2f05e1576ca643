"""Numbers, seeds, rates and curves in the inspector, by mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from aiprod_studio.app.session.seeds import is_free, new_seeds
from aiprod_studio.graph.commands import AddNode
from aiprod_studio.ui.inspector.fields.seed import SeedField
from tests.counted import undo_steps

from .conftest import LEFT, drag, field

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def steps_of(editing, node: str = "sampler"):
    return editing.document.nodes[node].params.get("steps", 20)


def test_a_drag_changes_a_number_in_one_undo_step(editing, panel) -> None:
    panel.show_node("sampler")
    before = undo_steps(editing.document)
    drag(field(panel, "steps"), 60)
    assert steps_of(editing) > 20
    assert undo_steps(editing.document) == before + 1
    assert editing.document.undo_title == "Set steps"


def test_escape_takes_a_drag_back(editing, panel) -> None:
    panel.show_node("sampler")
    drag(field(panel, "steps"), 60, drop=False)
    QTest.keyClick(field(panel, "steps"), ESCAPE)
    QTest.mouseRelease(field(panel, "steps"), LEFT)
    assert field(panel, "steps").value == 20
    assert "steps" not in editing.document.nodes["sampler"].params


def test_shift_drags_finely_and_numbers_stay_in_their_range(editing, panel) -> None:
    panel.show_node("sampler")
    drag(field(panel, "guidance"), 24, SHIFT)
    assert 3 < editing.document.nodes["sampler"].params["guidance"] <= 3.1
    drag(field(panel, "guidance"), 4000)
    assert editing.document.nodes["sampler"].params["guidance"] == 20


def test_sums_are_typed(editing, panel) -> None:
    panel.show_node("size")
    QTest.keyClicks(field(panel, "width"), "2")
    QTest.keyClicks(panel.focusWidget(), "56+64*2")
    QTest.keyClick(panel.focusWidget(), ENTER)
    assert editing.document.nodes["size"].params["width"] == 384


def test_a_number_out_of_range_is_told_while_it_is_typed(editing, panel) -> None:
    panel.show_node("sampler")
    steps = field(panel, "steps")
    QTest.mouseClick(steps, LEFT)
    QTest.keyClicks(panel.focusWidget(), "900")
    said = panel.form.rows["steps"].wrong
    assert said is not None
    assert said.isVisible()
    assert "above the largest value, 100" in said.text()
    assert "between 1 and 100" in said.text()
    QTest.keyClick(panel.focusWidget(), ESCAPE)
    assert not said.isVisible()
    assert steps_of(editing) == 20


def test_zero_is_called_what_it_means_and_may_be_typed_so(editing, panel) -> None:
    editing.do(AddNode("decode.video", "decode", params={"tile": 64}))
    panel.show_node("decode")
    panel.form.sections["Advanced"].button.click()
    tile = field(panel, "tile")
    assert tile.scale.shown(tile.value) == ("64", "px")
    QTest.mouseClick(tile, LEFT)
    QTest.keyClicks(panel.focusWidget(), "automatic")
    QTest.keyClick(panel.focusWidget(), ENTER)
    assert editing.document.nodes["decode"].params.get("tile", 0) == 0
    assert tile.scale.shown(tile.value) == ("automatic", "")
    QTest.mouseClick(tile, LEFT)
    QTest.keyClicks(panel.focusWidget(), "128 px")
    QTest.keyClick(panel.focusWidget(), ENTER)
    assert editing.document.nodes["decode"].params["tile"] == 128


def test_keys_of_the_window_are_left_to_it(editing, panel) -> None:
    panel.show_node("sampler")
    steps = field(panel, "steps")
    QTest.keyClick(steps, ENTER, CTRL)
    assert not steps.findChildren(QLineEdit)


def test_arrow_keys_step_on_the_grid_of_the_parameter(editing, panel) -> None:
    panel.show_node("size")
    width = field(panel, "width")
    before = width.value
    QTest.keyClick(width, Qt.Key.Key_Up)
    assert editing.document.nodes["size"].params["width"] == before + width.scale.step
    QTest.keyClick(width, Qt.Key.Key_Down, CTRL)
    assert editing.document.nodes["size"].params["width"] == max(16, before - 9 * width.scale.step)


def test_a_seed_is_thrown_by_the_dice_and_shown_as_it_is(editing, panel) -> None:
    panel.show_node("sampler")
    seed = field(panel, "seed")
    assert isinstance(seed, SeedField)
    QTest.mouseClick(seed.dice, LEFT)
    thrown = editing.document.nodes["sampler"].params["seed"]
    QApplication.processEvents()
    assert seed.number.text() == str(thrown)


def test_a_free_seed_is_thrown_before_a_run_and_is_the_one_shown(editing, panel) -> None:
    panel.show_node("sampler")
    seed = field(panel, "seed")
    QTest.mouseClick(seed.lock, LEFT)
    assert is_free(editing.document, "", "sampler", "seed")
    assert editing.do(*new_seeds(editing.document, lambda _: 4711))
    QApplication.processEvents()
    assert seed.number.text() == "4711"
    QTest.mouseClick(seed.lock, LEFT)
    assert not is_free(editing.document, "", "sampler", "seed")
    assert new_seeds(editing.document) == []


def test_a_run_throws_free_seeds_first_and_runs_on_change_do_not(editing, panel) -> None:
    panel.show_node("sampler")
    QTest.mouseClick(field(panel, "seed").lock, LEFT)
    editing.queue.pause()
    editing.run(["prompt"], throw=False)
    assert "seed" not in editing.document.nodes["sampler"].params
    editing.run(["prompt"])
    used = editing.document.nodes["sampler"].params["seed"]
    assert f'"seed": {used}' in editing.queue.text(editing.queue.waiting()[-1].id)
    assert editing.document.undo_title == "New seeds"


def test_the_rate_is_exact(editing, panel) -> None:
    panel.show_node("size")
    line = field(panel, "rate").line
    line.selectAll()
    QTest.keyClicks(line, "23.976")
    QTest.keyClick(line, ENTER)
    assert editing.document.nodes["size"].params["rate"] == "24000/1001"
    QApplication.processEvents()
    assert line.text() == "23.976"


def test_a_curve_is_begun_dragged_and_stays_falling(qtbot, editing, panel) -> None:
    panel.show_node("sampler")
    panel.form.sections["Advanced"].open(True)
    curve = field(panel, "sigmas")
    QApplication.processEvents()
    QTest.mouseDClick(curve.plot, LEFT, pos=curve.plot.rect().center())
    QApplication.processEvents()
    assert editing.document.nodes["sampler"].params["sigmas"] == "1, 0.75, 0.5, 0.25, 0"
    start = curve.plot.point(2).toPoint()
    QTest.mousePress(curve.plot, LEFT, pos=start)
    QTest.mouseMove(curve.plot, QPoint(start.x(), 0))
    QTest.mouseRelease(curve.plot, LEFT, pos=QPoint(start.x(), 0))
    written = [float(n) for n in editing.document.nodes["sampler"].params["sigmas"].split(",")]
    assert written == sorted(written, reverse=True)
    assert 0.74 < written[2] < 0.75
    QApplication.processEvents()
    QTest.keyClick(curve.plot, Qt.Key.Key_Delete)
    assert len(editing.document.nodes["sampler"].params["sigmas"].split(",")) == 4
