"""Prompts, choices, files and models in the inspector, by mouse and keys."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from safetensors.numpy import save_file

from aiprod_studio.app.settings import Settings
from aiprod_studio.graph.commands import (
    AddNode,
    SetParam,
)
from aiprod_studio.media import save_image
from aiprod_studio.sdk import Image
from tests.counted import undo_steps

from .conftest import field

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


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
    qtbot.waitUntil(
        lambda: editing.document.nodes["prompt"].params["text"] == wanted, timeout=30_000
    )
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


def test_a_dropped_file_of_the_folder_is_named_relative_to_the_workflow(
    qtbot, editing, panel
) -> None:
    panel.show_node("picture")
    drop(field(panel, "file"), picture_in(editing.folder))
    assert editing.document.nodes["picture"].params["file"] == "boat.png"
    qtbot.waitUntil(lambda: field(panel, "file").facts.text() == "90 × 60", timeout=30_000)
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
        timeout=30_000,
    )
    assert (editing.assets / "media" / "boat.png").read_bytes() == (
        tmp_path / "boat.png"
    ).read_bytes()


def test_a_missing_file_is_told_with_what_to_do(qtbot, editing, panel) -> None:
    editing.do(SetParam("picture", "file", "gone.png"))
    panel.show_node("picture")
    facts = field(panel, "file").facts
    qtbot.waitUntil(lambda: "does not exist" in facts.text(), timeout=30_000)
    assert "choose another" in facts.text()


def test_a_model_is_chosen_among_those_found_with_size_and_fit(qtbot, editing, panel) -> None:
    panel.show_node("model")
    model = field(panel, "model")
    qtbot.waitUntil(lambda: model.shelf.looked, timeout=30_000)
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


def test_a_lora_is_chosen_among_those_found_and_says_whom_it_is_for(
    qtbot, editing, panel, tmp_path: Path
) -> None:
    stem = "diffusion_model.transformer_blocks.0.audio_attn1.to_q"
    down, up = np.zeros((16, 64), np.float32), np.zeros((64, 16), np.float32)
    folder = tmp_path / "models"
    folder.mkdir()
    tensors = {f"{stem}.lora_A.weight": down, f"{stem}.lora_B.weight": up}
    save_file(tensors, folder / "watercolour.safetensors")
    assert editing.studio.decide(Settings(model_folders=(str(folder),)))
    editing.do(AddNode("models.lora", "style"))
    panel.show_node("style")
    lora = field(panel, "lora")
    qtbot.waitUntil(lambda: bool(lora.choice.options()), timeout=30_000)
    assert [name for name, _ in lora.choice.options()] == ["watercolour.safetensors"]
    lora.choice.committed.emit("watercolour.safetensors")
    assert editing.document.nodes["style"].params["lora"] == "watercolour.safetensors"
    assert "for LTX-2" in lora.about.text()
