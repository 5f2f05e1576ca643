"""The inspector as an artist uses it: every change is a command, every "no" a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from aiprod_studio.graph.commands import (
    AddNode,
    Connect,
    MakeSubgraph,
    RemoveNodes,
    RenameNode,
    SetParam,
)
from aiprod_studio.ui.inspector.fields.number import NumberField

from .conftest import LEFT, drag, field, link

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def steps_of(editing, node: str = "sampler"):
    return editing.document.nodes[node].params.get("steps", 20)


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


def test_going_back_to_a_kind_of_node_makes_no_editor_again(editing, panel) -> None:
    forms = {}
    for name in ("sampler", "prompt", "size"):
        panel.show_node(name)
        forms[name] = panel.form
    for name in ("sampler", "size", "prompt"):
        panel.show_node(name)
        assert panel.form is forms[name]
    panel.show_node("second")
    assert panel.form is forms["sampler"]
    assert field(panel, "steps").value == 40


def test_closing_commits_what_is_typed_and_follows_no_more(editing, panel) -> None:
    panel.show_node("prompt")
    QTest.keyClicks(field(panel, "text").text, "Soon, ")
    panel.close()
    assert editing.document.nodes["prompt"].params["text"] == "Soon, a red boat"
    editing.do(SetParam("prompt", "text", "later"))
    QApplication.processEvents()


def test_what_is_typed_is_part_of_a_run_that_is_started_at_once(editing, panel) -> None:
    panel.show_node("prompt")
    QTest.keyClicks(field(panel, "text").text, "At dawn, ")
    editing.queue.pause()
    editing.run(["prompt"])
    assert "At dawn, a red boat" in editing.queue.text(editing.queue.waiting()[-1].id)
