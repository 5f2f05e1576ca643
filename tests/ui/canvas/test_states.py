"""How nodes stand, wherever they are seen: in sub-graphs, under the mouse, under a digit."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import AddNode, MakeSubgraph, MoveNodes, RenameNode
from aiprod_studio.ui.canvas import CanvasView, NodeLook
from aiprod_studio.ui.canvas.arranging import Box, spread
from aiprod_studio.ui.canvas.tips import tip_of


def image(tone: str) -> QImage:
    made = QImage(64, 48, QImage.Format.Format_RGB32)
    made.fill(QColor(tone))
    return made


def badge(canvas: CanvasView, name: str) -> str:
    return canvas.projection.nodes[name].look.badge


def test_states_inside_a_subgraph_belong_to_the_use_it_was_entered_by(canvas, document) -> None:
    document.do(MakeSubgraph(("encode",), "group"))
    canvas.set_state("group/encode", NodeLook(badge="running", progress=0.5))
    canvas.set_state("encode", NodeLook(badge="error"))
    canvas.select(["group"])
    canvas.enter_chosen()
    assert badge(canvas, "encode") == "running"
    assert canvas.path_of("encode") == "group/encode"
    canvas.set_state("group/encode", NodeLook(badge="cached"))
    assert badge(canvas, "encode") == "cached"
    document.do(RenameNode("encode", "words", within="group"))
    assert badge(canvas, "words") == "cached"
    canvas.leave()
    assert canvas.path_of("group") == "group"
    assert badge(canvas, "group") == ""


def test_the_use_of_a_use_is_named_by_its_whole_path(canvas, document) -> None:
    document.do(MakeSubgraph(("encode",), "inner"))
    document.do(MakeSubgraph(("inner", "prompt"), "outer"))
    canvas.set_state("outer/inner/encode", NodeLook(badge="stale"))
    for name in ("outer", "inner"):
        canvas.select([name])
        canvas.enter_chosen()
    assert badge(canvas, "encode") == "stale"
    canvas.leave()
    assert canvas.path_of("inner") == "outer/inner"


def test_a_digit_keeps_the_chosen_node_and_asks_for_it_again(qtbot, canvas, hand) -> None:
    wishes: list[tuple[int, str]] = []
    canvas.slot_wanted.connect(lambda digit, node: wishes.append((digit, node)))
    canvas.select(["sampler"])
    hand.press(Qt.Key.Key_2)
    canvas.select([])
    hand.press(Qt.Key.Key_2)
    assert wishes == [(2, "sampler"), (2, "")]


def test_digits_are_painted_on_their_nodes_and_go_again(canvas) -> None:
    before = canvas.viewer.grab().toImage()
    canvas.show_slots({"sampler": 2})
    assert canvas.viewer.grab().toImage() != before
    canvas.show_slots({})
    assert canvas.viewer.grab().toImage() == before


def test_a_rest_of_the_mouse_asks_for_the_result_and_plays_it(qtbot, canvas, hand) -> None:
    canvas.set_state("sampler", NodeLook(thumbnail=image("#808080")))
    item = canvas.projection.nodes["sampler"]
    assert item.drawn.picture is not None
    middle = canvas.viewer.mapFromScene(item.pos() + item.drawn.picture.center())

    def tone() -> str:
        return canvas.viewer.viewport().grab().toImage().pixelColor(middle).name()

    with qtbot.waitSignal(canvas.hovered, timeout=30_000) as asked:
        QTest.mouseMove(canvas.viewer.viewport(), hand.spot(hand.middle("sampler")))
    assert asked.args == ["sampler"]
    canvas.show_last("sampler", "24 frames", [image("#ff0000"), image("#0000ff")])
    assert canvas.hovering.playing == "sampler"
    seen: set[str] = set()

    def both() -> bool:
        seen.add(tone())
        return {"#ff0000", "#0000ff"} <= seen

    qtbot.waitUntil(both, timeout=30_000)
    assert "Last: 24 frames" in tip_of(item, item.area.center())
    QTest.mouseMove(canvas.viewer.viewport(), hand.spot(QPointF(600, -200)))
    assert canvas.hovering.playing == ""
    assert tone() == "#808080"


def test_a_film_that_comes_late_is_not_played(qtbot, canvas, hand) -> None:
    canvas.set_state("sampler", NodeLook(thumbnail=image("#808080")))
    canvas.show_last("sampler", "late", [image("#ff0000"), image("#0000ff")])
    assert canvas.hovering.playing == ""


def test_what_came_out_is_forgotten_when_the_node_stands_otherwise(canvas) -> None:
    item = canvas.projection.nodes["sampler"]
    canvas.show_last("sampler", "24 frames")
    canvas.set_state("sampler", NodeLook(badge="stale"))
    assert "24 frames" not in tip_of(item, item.area.center())


def test_even_gaps_leave_the_outermost_where_they_are() -> None:
    boxes = {"a": Box(0, 5, 10, 10), "b": Box(15, 9, 30, 10), "c": Box(100, 1, 20, 10)}
    places = spread(boxes, "across")
    assert places["a"] == (0, 5)
    assert places["c"] == (100, 1)
    assert places["b"] == (40, 9)
    assert spread({"a": boxes["a"]}, "down") == {"a": (0, 5)}


def test_spreading_is_one_step(canvas, document) -> None:
    document.do(MoveNodes({"encode": (250, 40)}))
    canvas.select(["prompt", "encode", "sampler"])
    command = next(c for c in canvas.commands if c.id == "canvas.spread_across")
    assert command.enabled()
    command.run()
    assert document.undo_title == "Spread nodes"
    first, middle, last = (canvas.projection.nodes[n].area for n in ("prompt", "encode", "sampler"))
    assert abs((middle.left() - first.right()) - (last.left() - middle.right())) <= 1


def test_an_empty_canvas_says_how_to_begin(qtbot, specs) -> None:
    document = Document(specs=specs)
    view = CanvasView(document, specs)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    assert view.empty.isVisible()
    document.do(AddNode("text.prompt", "prompt"))
    assert not view.empty.isVisible()
    document.undo()
    assert view.empty.isVisible()
    view.close()
