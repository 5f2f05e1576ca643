"""Manual pages: one for every node, from what it declares, with nothing that could be executed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from aiprod_studio.app.packs import Registry
from aiprod_studio.ui.manual import ManualPanel, page


@pytest.fixture
def panel(qtbot, registry: Registry) -> ManualPanel:
    made = ManualPanel(registry.specs)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_node_has_a_page_with_all_its_sockets_and_parameters(registry: Registry) -> None:
    for spec in registry.specs.values():
        text = text_of(page(spec, registry.specs))
        assert spec.title in text
        for part in (*spec.inputs, *spec.params, *spec.outputs):
            assert part.name.replace("_", " ") in text, (spec.type, part.name)


def test_a_page_says_range_default_and_condition(registry: Registry) -> None:
    text = text_of(page(registry.specs["sampling.dit"]))
    assert "1 to 100; default 20" in text
    assert "only with schedule shifted" in text


def test_what_a_pack_writes_is_shown_and_never_taken_for_markup(registry: Registry) -> None:
    evil = replace(registry.specs["text.prompt"], title="<script>", doc="<img src=x> `a<b`")
    html = page(evil)
    assert "<script>" not in html
    assert "<img" not in html


def test_a_page_leads_to_nodes_that_fit(qtbot, panel: ManualPanel) -> None:
    panel.show_node("text.encode")
    assert "Often goes to" in panel.view.toPlainText()
    panel.view.anchorClicked.emit(QUrl("node:sampling.dit"))
    assert panel.shown == "sampling.dit"
    assert panel.view.toPlainText().startswith("DiT Sampler")


def test_pages_are_found_by_a_few_letters_and_keys(qtbot, panel: ManualPanel) -> None:
    QTest.keyClicks(panel.line, "dit samp")
    assert panel.list.currentItem().text() == "DiT Sampler"
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    assert panel.list.hasFocus()
    panel.line.setText("zzzz")
    assert panel.nothing.isVisible()


def test_a_page_adds_its_node(qtbot, panel: ManualPanel) -> None:
    panel.show_node("text.prompt")
    with qtbot.waitSignal(panel.asked_to_add) as wanted:
        QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    assert wanted.args == ["text.prompt"]


def test_an_unknown_node_is_said_to_be_so(panel: ManualPanel) -> None:
    panel.show_node("far.away")
    assert "no node 'far.away'" in panel.view.toPlainText()
    assert not panel.add.isEnabled()
