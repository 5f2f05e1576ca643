"""The inspector as an artist uses it: every change is a command, every "no" a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from aiprod_studio.app.session.seeds import is_free, new_seeds
from aiprod_studio.graph.commands import (
    AddNode,
    Connect,
    MakeSubgraph,
    RemoveNodes,
    RenameNode,
    SetParam,
)
from aiprod_studio.media import save_image
from aiprod_studio.sdk import Image
from aiprod_studio.ui.inspector.fields.number import NumberField
from aiprod_studio.ui.inspector.fields.seed import SeedField

from .conftest import LEFT, drag, link

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def steps_of(editing, node: str = "sampler"):
    return editing.document.nodes[node].params.get("steps", 20)


def field(panel, name: str):
    return panel.form.rows[name].field


def undo_steps(document) -> int:
    count = 0
    while document.undo():
        count += 1
    for _ in range(count):
        document.redo()
    return count


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


def test_arrow_keys_step_on_the_grid_of_the_parameter(editing, panel) -> None:
    panel.show_node("size")
    width = field(panel, "width")
    before = width.value
    QTest.keyClick(width, Qt.Key.Key_Up)
    assert editing.document.nodes["size"].params["width"] == before + width.step
    QTest.keyClick(width, Qt.Key.Key_Down, CTRL)
    assert editing.document.nodes["size"].params["width"] == max(16, before - 9 * width.step)


def test_what_differs_from_the_default_is_marked_and_goes_back(editing, panel) -> None:
    panel.show_node("second")
    row = panel.form.rows["steps"]
    assert row.is_changed
    assert row.reset is not None
    QTest.mouseClick(row.reset, LEFT)
    assert "steps" not in editing.document.nodes["second"].params
    QApplication.processEvents()
    assert not row.is_changed
    assert not row.reset.isVisible()


def test_several_nodes_are_edited_together_and_differences_are_told(editing, panel) -> None:
    panel.show_nodes(["sampler", "second"])
    steps = field(panel, "steps")
    assert steps.accessibleDescription() == "several values"
    QTest.mouseClick(steps, LEFT)
    QTest.keyClicks(panel.focusWidget(), "12")
    QTest.keyClick(panel.focusWidget(), ENTER)
    assert (steps_of(editing), steps_of(editing, "second")) == (12, 12)
    editing.document.undo()
    assert (steps_of(editing), steps_of(editing, "second")) == (20, 40)


def test_nodes_of_different_kinds_show_what_they_share(editing, panel) -> None:
    panel.show_nodes(["prompt", "sampler"])
    assert not panel.form.rows
    editing.do(AddNode("flow.note", "note"))
    panel.show_nodes(["prompt", "note"])
    assert list(panel.form.rows) == ["text"]


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


def test_a_prompt_is_meant_when_it_is_left(editing, panel) -> None:
    panel.show_node("prompt")
    text = field(panel, "text").text
    text.setFocus()
    text.selectAll()
    QTest.keyClicks(text, "a blue boat")
    assert editing.document.nodes["prompt"].params["text"] == "a red boat"
    panel.show_node("sampler")
    assert editing.document.nodes["prompt"].params["text"] == "a blue boat"


def test_a_prompt_is_meant_after_a_rest_in_one_step(qtbot, editing, panel) -> None:
    panel.show_node("prompt")
    before = undo_steps(editing.document)
    text = field(panel, "text").text
    QTest.keyClicks(text, "Slowly, ")
    wanted = "Slowly, a red boat"
    qtbot.waitUntil(lambda: editing.document.nodes["prompt"].params["text"] == wanted, timeout=3000)
    assert undo_steps(editing.document) == before + 1


def test_a_weight_is_raised_and_lowered_by_keys(editing, panel) -> None:
    panel.show_node("prompt")
    text = field(panel, "text").text
    text.setFocus()
    cursor = text.textCursor()
    cursor.setPosition(3)
    text.setTextCursor(cursor)
    QTest.keyClick(text, Qt.Key.Key_Up, CTRL)
    QTest.keyClick(text, Qt.Key.Key_Up, CTRL)
    assert text.toPlainText() == "a (red:1.2) boat"
    QTest.keyClick(text, Qt.Key.Key_Down, CTRL)
    QTest.keyClick(text, Qt.Key.Key_Down, CTRL)
    assert text.toPlainText() == "a red boat"


def test_find_goes_from_place_to_place(editing, panel) -> None:
    editing.do(SetParam("prompt", "text", "red sky, red sea, red boat"))
    panel.show_node("prompt")
    prompt = field(panel, "text")
    QTest.keyClick(prompt.text, Qt.Key.Key_F, CTRL)
    QTest.keyClicks(prompt.finder.line, "red")
    assert prompt.finder.places.text() == "3 places"
    places = []
    for _ in range(4):
        places.append(prompt.text.textCursor().selectionStart())
        QTest.keyClick(prompt.finder.line, ENTER)
    assert places == [0, 9, 18, 0]
    QTest.keyClick(prompt.finder.line, ESCAPE)
    assert not prompt.finder.isVisible()


def test_prompts_written_before_are_offered_again(editing, panel) -> None:
    panel.show_node("prompt")
    prompt = field(panel, "text")
    for words in ("a red boat at night", "two cats on a sofa"):
        prompt.text.setFocus()
        prompt.text.setPlainText(words)
        prompt.text.left.emit()
        QApplication.processEvents()
    prompt.past.menu().aboutToShow.emit()
    offered = [action.text() for action in prompt.past.menu().actions()]
    assert offered[0] == "a red boat at night"
    prompt.past.menu().actions()[0].trigger()
    assert editing.document.nodes["prompt"].params["text"] == "a red boat at night"
    assert (editing.places.data / "prompts.json").is_file()


def test_a_driven_parameter_shows_its_link_and_can_be_released(qtbot, editing, panel) -> None:
    link(editing)
    panel.show_node("sampler")
    row = panel.form.rows["guidance"]
    assert not row.field.isVisible()
    assert row.link is not None
    with qtbot.waitSignal(panel.node_wanted) as wanted:
        row.link.followed.emit()
    assert wanted.args == ["sum"]
    row.link.cut.emit()
    QApplication.processEvents()
    assert row.field.isVisible()
    assert "guidance" not in editing.document.nodes["sampler"].inputs


def test_a_parameter_shows_only_while_it_matters(editing, panel) -> None:
    panel.show_node("sampler")
    panel.form.sections["Advanced"].open(True)
    assert not panel.form.rows["shift"].isVisible()
    editing.do(SetParam("sampler", "schedule", "shifted"))
    QApplication.processEvents()
    assert panel.form.rows["shift"].isVisible()


def test_advanced_parameters_are_folded_and_say_how_many_are_changed(editing, panel) -> None:
    panel.show_node("sampler")
    section = panel.form.sections["Advanced"]
    assert not section.is_open
    editing.do(SetParam("sampler", "strength", 0.5))
    QApplication.processEvents()
    assert section.button.text() == "Advanced  (1 changed)"
    QTest.mouseClick(section.button, LEFT)
    panel.show_node("prompt")
    panel.show_node("second")
    assert panel.form.sections["Advanced"].is_open


def test_choices_are_filtered_and_taken_by_keyboard(qtbot, editing, panel) -> None:
    panel.show_node("sampler")
    panel.form.sections["Advanced"].open(True)
    schedule = field(panel, "schedule")
    schedule.setFocus()
    schedule.open_list()
    opened = schedule._list
    QTest.keyClicks(opened.line, "quad")
    assert [opened.list.item(n).text() for n in range(opened.list.count())] == ["linear-quadratic"]
    QTest.keyClick(opened.line, ENTER)
    assert editing.document.nodes["sampler"].params["schedule"] == "linear-quadratic"


def picture_in(folder: Path) -> Path:
    path = folder / "boat.png"
    save_image(Image(np.full((60, 90, 3), 120, np.uint8)), path)
    return path


def drop(widget, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    widget.dropEvent(event)


def test_a_dropped_file_of_the_folder_is_named_relative_to_the_workflow(
    qtbot, editing, panel
) -> None:
    panel.show_node("picture")
    drop(field(panel, "file"), picture_in(editing.folder))
    assert editing.document.nodes["picture"].params["file"] == "boat.png"
    qtbot.waitUntil(lambda: field(panel, "file").facts.text() == "90 × 60", timeout=8000)
    assert field(panel, "file").picture._pixmap is not None


def test_a_file_from_elsewhere_is_copied_beside_the_workflow(
    qtbot, editing, panel, tmp_path
) -> None:
    panel.show_node("picture")
    drop(field(panel, "file"), picture_in(tmp_path))
    qtbot.waitUntil(
        lambda: (
            editing.document.nodes["picture"].params.get("file") == "film.assets/media/boat.png"
        ),
        timeout=5000,
    )
    assert (editing.assets / "media" / "boat.png").read_bytes() == (
        tmp_path / "boat.png"
    ).read_bytes()


def test_a_missing_file_is_told_with_what_to_do(qtbot, editing, panel) -> None:
    editing.do(SetParam("picture", "file", "gone.png"))
    panel.show_node("picture")
    facts = field(panel, "file").facts
    qtbot.waitUntil(lambda: "does not exist" in facts.text(), timeout=5000)
    assert "choose another" in facts.text()


def test_a_model_is_chosen_among_those_found_with_size_and_fit(qtbot, editing, panel) -> None:
    panel.show_node("model")
    model = field(panel, "model")
    qtbot.waitUntil(lambda: model.shelf.looked, timeout=20_000)
    assert [value for value, _ in model.choice.options()] == ["starter"]
    assert re.match(r"AIPROD Starter, \d+ MB, fits whole", model.about.text())
    editing.do(SetParam("model", "model", "ltx-unknown"))
    QApplication.processEvents()
    assert "not in the model folders" in model.about.text()


def test_a_name_that_no_system_takes_is_refused_inline(editing, panel) -> None:
    panel.show_node("save")
    line = field(panel, "name").line
    line.selectAll()
    QTest.keyClicks(line, "a/b")
    assert panel.form.rows["name"].wrong.isVisible()
    QTest.keyClick(line, ENTER)
    assert editing.document.nodes["save"].params.get("name", "film") == "film"


def test_the_rate_is_exact(editing, panel) -> None:
    panel.show_node("size")
    line = field(panel, "rate").line
    line.selectAll()
    QTest.keyClicks(line, "23.976")
    QTest.keyClick(line, ENTER)
    assert editing.document.nodes["size"].params["rate"] == "24000/1001"
    QApplication.processEvents()
    assert line.text() == "23.976"


def test_a_node_is_renamed_in_the_head_and_followed(editing, panel) -> None:
    panel.show_node("prompt")
    panel.header.name.selectAll()
    QTest.keyClicks(panel.header.name, "words")
    QTest.keyClick(panel.header.name, ENTER)
    assert "words" in editing.document.nodes
    QApplication.processEvents()
    assert panel.names == ("words",)
    editing.do(RenameNode("words", "text"))
    QApplication.processEvents()
    assert panel.names == ("text",)
    assert panel.header.name.text() == "text"


def test_a_removed_node_leaves_an_empty_inspector_and_undo_brings_it_back(editing, panel) -> None:
    panel.show_node("prompt")
    editing.do(RemoveNodes(("prompt",)))
    QApplication.processEvents()
    assert panel.nothing.isVisible()
    editing.undo()
    QApplication.processEvents()
    assert field(panel, "text").text.toPlainText() == "a red boat"


def test_undo_is_shown_in_the_editor(editing, panel) -> None:
    panel.show_node("sampler")
    drag(field(panel, "steps"), 60)
    editing.undo()
    QApplication.processEvents()
    steps = field(panel, "steps")
    assert isinstance(steps, NumberField)
    assert steps.value == 20


def test_parameters_of_a_subgraph_are_promoted_and_edited_outside(editing, panel) -> None:
    editing.do(Connect("sum", "number", "sampler", "guidance"))
    editing.do(MakeSubgraph(("sampler",), "group"))
    panel.show_node("sampler", within="group")
    panel.form.rows["steps"].promote(True)
    QApplication.processEvents()
    assert editing.document.subgraphs["group"].params == {"steps": ("sampler", "steps")}
    panel.show_node("group")
    drag(field(panel, "steps"), 60)
    assert editing.document.nodes["group"].params["steps"] > 20
    panel.show_node("sampler", within="group")
    panel.form.rows["steps"].promote(False)
    assert not editing.document.subgraphs["group"].params


def test_a_ghost_shows_its_values_and_says_why_it_cannot_be_edited(editing, panel) -> None:
    editing.document.specs = None
    editing.do(AddNode("far.away", "ghost", params={"power": 9}))
    editing.document.specs = editing.specs
    panel.show_node("ghost")
    from PySide6.QtWidgets import QLabel

    words = " ".join(label.text() for label in panel.form.findChildren(QLabel))
    assert "'far.away' is not installed" in words
    assert "power: 9" in words


def test_going_back_to_a_kind_of_node_costs_nothing(editing, panel) -> None:
    import time

    for name in ("sampler", "prompt", "size", "second"):
        panel.show_node(name)
    times = []
    for name in ("sampler", "prompt", "second", "size") * 3:
        begin = time.thread_time()
        panel.show_node(name)
        times.append(time.thread_time() - begin)
    assert min(times) < 0.016


def test_closing_commits_what_is_typed_and_follows_no_more(editing, panel) -> None:
    panel.show_node("prompt")
    QTest.keyClicks(field(panel, "text").text, "Soon, ")
    panel.close()
    assert editing.document.nodes["prompt"].params["text"] == "Soon, a red boat"
    editing.do(SetParam("prompt", "text", "later"))
    QApplication.processEvents()


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


def test_what_is_typed_is_part_of_a_run_that_is_started_at_once(editing, panel) -> None:
    panel.show_node("prompt")
    QTest.keyClicks(field(panel, "text").text, "At dawn, ")
    editing.queue.pause()
    editing.run(["prompt"])
    assert "At dawn, a red boat" in editing.queue.text(editing.queue.waiting()[-1].id)
