"""Painting what is visible of the sheet of cards, in order, by the functions of `painting`.

`CardsSheet` calls it for every paint event. It reads the sheet and keeps nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter

from aiprod_studio.ui.footage.tones import tones
from aiprod_studio.ui.storyboard import painting
from aiprod_studio.ui.storyboard.heading import paint_scene, paint_shot
from aiprod_studio.ui.storyboard.model.layout import Box, Card
from aiprod_studio.ui.theme import current

if TYPE_CHECKING:
    from aiprod_studio.ui.storyboard.sheet import CardsSheet


def paint_visible(sheet: CardsSheet, painter: QPainter, seen: Box) -> None:
    """Paint what of the cards, headings and tiles lies in a part of the content."""
    shades = tones()
    _paint_heads(sheet, painter, seen)
    for tile in sheet.layout_now.tiles:
        if tile.box.meets(seen):
            painting.paint_tile(painter, tile, tile == sheet.hot, shades)
    for card in sheet.layout_now.cards:
        if card.box.meets(seen):
            _paint_card(sheet, painter, card)
    if sheet.drop is not None:
        painting.paint_drop(painter, sheet.drop, shades)
    _paint_held(sheet, painter)
    if sheet.frame is not None:
        painter.setPen(shades.accent)
        painter.fillRect(painting.rect_of(sheet.frame), shades.span)
        painter.drawRect(painting.rect_of(sheet.frame))


def _paint_heads(sheet: CardsSheet, painter: QPainter, seen: Box) -> None:
    shades = tones()
    scenes = {scene.name: scene for scene in sheet.board.scenes}
    shots = {shot.name: shot for _, shot in sheet.board.shots()}
    at = sheet.layout_now.card(sheet.at)
    for head in sheet.layout_now.heads:
        if not head.box.meets(seen):
            continue
        if head.kind == "scene" and head.name in scenes:
            facts = sheet.facts.get(head.name, "")
            paint_scene(painter, head, scenes[head.name], facts, shades)
        elif head.name in shots:
            chosen = at is not None and at.shot == head.name
            look = sheet.looks.get(head.name)
            paint_shot(painter, head, shots[head.name], look, chosen, shades)


def _paint_card(sheet: CardsSheet, painter: QPainter, card: Card) -> None:
    if not sheet.has(card.panel):
        return
    panel, look = sheet.panel(card.panel), sheet.looks.get(card.shot)
    number = f"{look.number if look else ''}·{card.index + 1}".strip("·")
    dragged, stretching = sheet.stretching or ("", 0)
    face = painting.Face(
        number,
        sheet.pictures.picture(panel.image, round(card.box.width * 1.1)),
        sheet.pictures.why_not(panel.image),
        card.panel in sheet.chosen,
        card.panel == sheet.at and sheet.hasFocus(),
        stretching if dragged == card.panel else 0,
        sheet.short.get(card.panel, 0),
        sheet.held is not None and card.panel in sheet.chosen,
        sheet.shape_now == "strip",
    )
    painting.paint_card(painter, card, panel, face, sheet.board.rate, sheet.sizes().words, tones())


def _paint_held(sheet: CardsSheet, painter: QPainter) -> None:
    """Paint the first of the chosen panels under the mouse that drags them."""
    if sheet.held is None:
        return
    wide = current().px(96)
    for place, name in enumerate(reversed(sheet.chosen[:3])):
        image = sheet.pictures.picture(sheet.panel(name).image, wide)
        at = sheet.held + QPointF(12 + 6 * place, 12 + 6 * place)
        area = QRectF(at, QSize(wide, round(wide * 9 / 16)))
        painter.fillRect(area.adjusted(-1, -1, 1, 1), tones().accent)
        painter.fillRect(area, tones().bar)
        if image is not None:
            painter.drawImage(area, image)
