"""The library: finding, adding and starring nodes, by mouse and by keyboard."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.library import LibraryPanel
from aiprod_studio.ui.library.fuzzy import Entry, found, score

Key = Qt.Key


def rows(panel: LibraryPanel) -> list[str]:
    tops = [panel.nodes.tree.topLevelItem(i) for i in range(panel.nodes.tree.topLevelItemCount())]
    return [top.text(0) for top in tops if top is not None]


def entries(*titles: str) -> list[Entry]:
    return [Entry(f"pack.{t.lower().replace(' ', '_')}", t, "pack", "") for t in titles]


def titles(found_ones: list[Entry]) -> list[str]:
    return [entry.title for entry in found_ones]


def test_beginnings_of_words_win_over_middles() -> None:
    known = entries("Resample", "DiT Sampler", "Sample Rate")
    assert titles(found(known, "sample")) == ["Sample Rate", "DiT Sampler", "Resample"]


def test_first_letters_find_a_node() -> None:
    assert titles(found(entries("Load Image", "Crop Video", "Save Image"), "li"))[0] == "Load Image"
    assert titles(found(entries("First Frame", "Frame Rate"), "ff")) == ["First Frame"]


def test_every_word_must_match_in_any_order() -> None:
    known = entries("Load Image", "Save Image", "Load Video")
    assert titles(found(known, "image load")) == ["Load Image"]
    assert found(known, "zzz") == []


def test_nothing_typed_finds_everything_by_category() -> None:
    assert len(found(entries("A", "B"), "  ")) == 2


@pytest.mark.parametrize("query", ["", "i", "IMG", "ünï", "a" * 300, "(", "\\"])
def test_any_query_is_answered(query: str) -> None:
    assert score(query, "Load Image") >= 0


def test_all_categories_are_shown(library: LibraryPanel, specs: Mapping[str, NodeSpec]) -> None:
    assert [row.lower() for row in rows(library)] == sorted({s.category for s in specs.values()})


def test_typing_finds_and_enter_asks(library: LibraryPanel, qtbot) -> None:
    QTest.keyClicks(library.nodes.line, "dit sam")
    assert rows(library)[0] == "DiT Sampler"
    with qtbot.waitSignal(library.asked_to_add) as asked:
        QTest.keyClick(library.nodes.line, Key.Key_Return)
    assert asked.args == ["sampling.dit"]


def test_arrows_move_and_escape_clears(library: LibraryPanel, qtbot) -> None:
    QTest.keyClicks(library.nodes.line, "load")
    first = library.nodes.tree.currentItem()
    QTest.keyClick(library.nodes.line, Key.Key_Down)
    assert library.nodes.tree.currentItem() is not first
    QTest.keyClick(library.nodes.line, Key.Key_Escape)
    assert library.nodes.line.text() == ""


def test_nothing_found_is_said(library: LibraryPanel) -> None:
    QTest.keyClicks(library.nodes.line, "qqqqq")
    assert library.nodes.nothing.isVisible() and not library.nodes.tree.isVisible()


def test_a_double_click_asks_for_the_node(library: LibraryPanel, qtbot) -> None:
    QTest.keyClicks(library.nodes.line, "load image")
    item = library.nodes.tree.topLevelItem(0)
    spot = library.nodes.tree.visualItemRect(item).center()
    port = library.nodes.tree.viewport()
    with qtbot.waitSignal(library.asked_to_add) as asked:
        QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=spot)
        QTest.mouseDClick(port, Qt.MouseButton.LeftButton, pos=spot)
    assert asked.args == ["files.load_image"]


def test_a_drag_carries_the_type(library: LibraryPanel) -> None:
    QTest.keyClicks(library.nodes.line, "load image")
    data = library.nodes.tree.mimeData([library.nodes.tree.topLevelItem(0)])
    assert bytes(data.data("application/x-aiprod-node").data()) == b"files.load_image"


def test_a_category_folds_and_stays_folded(library: LibraryPanel) -> None:
    top = library.nodes.tree.topLevelItem(1)
    spot = library.nodes.tree.visualItemRect(top).center()
    QTest.mouseClick(library.nodes.tree.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert not top.isExpanded()
    QTest.keyClicks(library.nodes.line, "x")
    QTest.keyClick(library.nodes.line, Key.Key_Escape)
    assert not library.nodes.tree.topLevelItem(1).isExpanded()


def test_favourites_stand_at_the_top_and_are_told(library: LibraryPanel, qtbot) -> None:
    with qtbot.waitSignal(library.favourites_changed) as told:
        library.nodes.toggle_favourite("sampling.dit")
    assert told.args == [["sampling.dit"]]
    assert rows(library)[0] == "Favourites"
    library.nodes.toggle_favourite("sampling.dit")
    assert "Favourites" not in rows(library)


def test_the_menu_of_a_node_stars_it(library: LibraryPanel) -> None:
    QTest.keyClicks(library.nodes.line, "load image")
    spot = library.nodes.tree.visualItemRect(library.nodes.tree.topLevelItem(0)).center()
    library.nodes.tree.menu_at(spot, QPoint(0, 0))
    menus = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    assert menus
    menus[0].actions()[0].trigger()
    menus[0].close()
    assert library.favourites == ["files.load_image"]


def test_other_packs_show_other_nodes(library: LibraryPanel, specs) -> None:
    library.set_specs({"text.prompt": specs["text.prompt"]})
    assert rows(library) == ["Text"]


def test_the_library_loads_neither_torch_nor_the_canvas_library() -> None:
    code = (
        "import sys, aiprod_studio.ui.library, aiprod_studio.ui.canvas\n"
        "assert not {'torch', 'diffusers', 'cv2', 'NodeGraphQt'} & set(sys.modules)\n"
        "from aiprod_studio.ui.canvas import CanvasView\n"
        "assert not {'torch', 'diffusers', 'cv2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
