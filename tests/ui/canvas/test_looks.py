"""What can be read on the canvas, and how quickly it answers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from aiprod_studio.graph.commands import AddNode, Connect, MoveNodes
from aiprod_studio.ui.canvas import DARK, LIGHT, CanvasView, NodeLook, Palette
from aiprod_studio.ui.canvas.palette import CATEGORIES, HUES
from aiprod_studio.ui.canvas.tips import tip_of
from aiprod_studio.ui.theme import THEMES, ThemeName
from aiprod_studio.ui.theme.tokens import tokens
from tests.counted import calls


def light(colour: QColor) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: QColor | str, other: QColor | str) -> float:
    a, b = sorted((light(QColor(one)), light(QColor(other))))
    return (b + 0.05) / (a + 0.05)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_all_words_can_be_read(palette: Palette) -> None:
    for ground in (palette.node, palette.inset, palette.panel):
        for ink in (palette.text, palette.dim, palette.danger, palette.warning):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(palette.note_text, palette.note) >= 4.5
    assert contrast(palette.accent, palette.canvas) >= 3
    for category in (*CATEGORIES, *HUES):
        ground = palette.header(category, category if category.startswith("#") else "")
        assert contrast(palette.on_header, ground) >= 4.5, (category, ground.name())


@pytest.mark.parametrize("theme", THEMES)
def test_every_type_and_category_that_ships_has_its_colour(specs: dict, theme: ThemeName) -> None:
    known = tokens(theme)
    sockets = {one.type for spec in specs.values() for one in (*spec.sockets, *spec.outputs)}
    assert not {kind for kind in sockets if f"socket_{kind}" not in known}
    assert not {s.category for s in specs.values() if f"category_{s.category}" not in known}


def test_a_thumbnail_makes_room_for_itself_and_goes_again(canvas: CanvasView) -> None:
    item = canvas.projection.nodes["sampler"]
    low = item.area.height()
    picture = QImage(320, 180, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    canvas.set_state("sampler", NodeLook(thumbnail=picture, badge="cached"))
    assert item.area.height() > low + 100
    at = canvas.viewer.mapFromScene(item.pos() + item.drawn.picture.center())
    shown = canvas.viewer.viewport().grab().toImage().pixelColor(at)
    assert shown.red() > 200 and shown.green() < 60
    canvas.clear_states()
    assert item.area.height() == low


def test_an_error_outlines_its_node_and_its_words_are_in_the_tooltip(canvas: CanvasView) -> None:
    canvas.set_state("model", NodeLook(badge="error", message="the file is gone"))
    item = canvas.projection.nodes["model"]
    assert "the file is gone" in tip_of(item, item.area.center())
    edge = canvas.viewer.mapFromScene(item.pos() + QPointF(0, item.area.height() / 2))
    image = canvas.viewer.viewport().grab().toImage()
    row = [image.pixelColor(edge.x() + dx, edge.y()) for dx in (-1, 0, 1)]
    assert any(c.red() > 180 and c.green() < 150 for c in row)


def test_a_tooltip_says_what_a_socket_takes(canvas: CanvasView) -> None:
    item = canvas.projection.nodes["sampler"]
    point = item.socket_point("input", "model")
    assert point is not None
    assert "dit" in tip_of(item, point)


def test_states_of_unknown_nodes_do_no_harm(canvas: CanvasView) -> None:
    canvas.set_state("nobody", NodeLook(progress=2.0))
    canvas.set_state("prompt", NodeLook(progress=-3.0, eta="∞"))
    canvas.grab()


def test_a_link_over_400_nodes_with_diamonds_is_judged_by_looking_at_each_a_few_times(
    qapp: object, specs: dict
) -> None:
    from aiprod_studio.graph import Document

    document = Document(specs=specs)
    commands: list = [AddNode("flow.maths", "n0")]
    for at in range(1, 400):
        before, now = f"n{at - 1}", f"n{at}"
        commands += [AddNode("flow.maths", now), Connect(before, "number", now, "a")]
        commands.append(Connect(before, "number", now, "b"))
    document.do(*commands)
    link = Connect("n399", "number", "n0", "a")
    assert document.why_not(link) is not None
    assert calls(lambda: document.why_not(link)) < 20 * 400


def test_a_change_of_one_node_does_not_paint_the_others(canvas: CanvasView) -> None:
    from PySide6.QtWidgets import QApplication

    canvas.grab()
    QApplication.processEvents()
    painted: list[str] = []
    for name, item in canvas.projection.nodes.items():
        plain = item.paint
        item.paint = lambda *a, n=name, p=plain: (painted.append(n), p(*a))[1]  # type: ignore
    canvas.document.do(MoveNodes({"picture": (330.0, 330.0)}))
    QApplication.processEvents()
    assert "prompt" not in painted
