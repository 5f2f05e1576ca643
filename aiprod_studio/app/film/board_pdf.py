"""The board on paper: panels with the fields and the layout that were chosen, as a PDF.

The export dialog and the command line call `export_board`. Words stay words, so that the PDF can be
searched and copied from; pictures are made small enough for print. A picture that is missing or
damaged leaves a frame that says so. Nothing of the document is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.film.board_pdf_cells import (
    FIELDS,
    Box,
    Cell,
    FieldName,
    cells_of,
    field_of,
    printed,
)
from aiprod_studio.app.film.board_pdf_words import Words
from aiprod_studio.app.film.ground import Ground
from aiprod_studio.sdk import Invalid, Problem, Refusal
from aiprod_studio.story import sections
from aiprod_studio.story.board import Board, Scene
from aiprod_studio.story.problems import LooksOdd
from aiprod_studio.story.time import timecode

if TYPE_CHECKING:
    from aiprod_studio.graph import Document

LAYOUTS: Mapping[str, tuple[int, int]] = {
    "1 panel": (1, 1), "2 panels": (2, 1), "4 panels": (2, 2), "6 panels": (3, 2),
    "8 panels": (4, 2), "12 panels": (4, 3), "list": (1, 4),
}  # fmt: skip
"""Columns and rows on a page."""
PAPERS = ("A4", "Letter")
MARGIN, GAP, LINE = 34.0, 14.0, 1.32
USUAL = 16 / 9
"""The shape of a frame without a picture."""
INK, FAINT, RULE = (0.10, 0.11, 0.13), (0.42, 0.44, 0.48), (0.80, 0.81, 0.83)


@dataclass(frozen=True)
class BoardSettings:
    """What is on the pages.

    Args:
        layout: a name of `LAYOUTS`.
        fields: what stands below each panel, in this order.
        paper: A4 or Letter.
        landscape: whether pages lie.
        new_page_per_scene: whether each scene begins a page.
    """

    layout: str = "6 panels"
    fields: Sequence[FieldName] = ("duration", "action", "dialogue", "camera", "notes")
    paper: str = "A4"
    landscape: bool = True
    new_page_per_scene: bool = True


def export_board(
    document: Document, ground: Ground, path: Path, settings: BoardSettings | None = None
) -> tuple[Problem, ...]:
    """Write the board as a PDF; return a sentence for every picture that could not be printed.

    Raises:
        Refusal: the board has no panels, a setting is unknown, or the disk refuses.
    """
    from aiprod_studio.media.placing import placing

    settings = settings or BoardSettings()
    _check(settings)
    board = sections.parse_board(document.extra.get(sections.STORY))[0]
    if not any(True for _ in board.panels()):
        raise Refusal(Invalid("the board", "it has no panels", "Add a panel, or import a board."))
    path.parent.mkdir(parents=True, exist_ok=True)
    with placing(path) as part:
        return _Pages(board, ground, settings, part).written()


def _check(settings: BoardSettings) -> None:
    known = {"layout": (settings.layout, tuple(LAYOUTS)), "paper": (settings.paper, PAPERS)}
    for name, (value, good) in known.items():
        if value not in good:
            why = f"there is no {name} {value!r}"
            raise Refusal(Invalid("the board's PDF", why, f"Use one of {', '.join(good)}."))
    odd = [name for name in settings.fields if name not in FIELDS]
    if odd:
        why = f"there is no field {odd[0]!r}"
        raise Refusal(Invalid("the board's PDF", why, f"Use some of {', '.join(FIELDS)}."))


class _Pages:
    """The pages being written."""

    def __init__(self, board: Board, ground: Ground, settings: BoardSettings, path: Path) -> None:
        from reportlab.lib import pagesizes
        from reportlab.pdfgen.canvas import Canvas

        size = {"A4": pagesizes.A4, "Letter": pagesizes.letter}[settings.paper]
        self.width, self.height = sorted(size, reverse=settings.landscape)
        self.board, self.ground, self.settings = board, ground, settings
        self.problems: list[Problem] = []
        self.paper = Canvas(str(path), pagesize=(self.width, self.height), invariant=1)
        self.paper.setTitle(board.title or "Storyboard")
        self.paper.setCreator("AIPROD Studio")
        self.words = Words(self.paper)

    def written(self) -> tuple[Problem, ...]:
        """Draw every page and return what could not be drawn."""
        pages = list(self._pages())
        for number, cells in enumerate(pages, 1):
            self._head(cells[0].scene, number, len(pages))
            for cell, box in zip(cells, self._boxes(), strict=False):
                self._draw(cell, box)
            self.paper.showPage()
        self.paper.save()
        return tuple(self.problems)

    def _pages(self) -> Iterator[list[Cell]]:
        columns, rows = LAYOUTS[self.settings.layout]
        page: list[Cell] = []
        for cell in cells_of(self.board):
            turns = self.settings.new_page_per_scene and page and page[0].scene != cell.scene
            if len(page) == columns * rows or turns:
                yield page
                page = []
            page.append(cell)
        if page:
            yield page

    def _boxes(self) -> Iterator[Box]:
        columns, rows = LAYOUTS[self.settings.layout]
        top = MARGIN + 40
        width = (self.width - 2 * MARGIN - (columns - 1) * GAP) / columns
        height = (self.height - top - MARGIN - (rows - 1) * GAP) / rows
        for row in range(rows):
            for column in range(columns):
                x, y = MARGIN + column * (width + GAP), top + row * (height + GAP)
                yield Box(x, y, width, height)

    def _head(self, scene: Scene, page: int, pages: int) -> None:
        title = self.board.title or "Storyboard"
        room = self.width - 2 * MARGIN
        self._text(self.words.fitted(title, room, 13, "bold"), MARGIN, MARGIN + 10, 13, "bold")
        number = f"{page} / {pages}"
        wide = self.words.width(number, 9)
        heading = f"Scene {scene.number}   {scene.title}".strip()
        heading = self.words.fitted(heading, room - wide - GAP, 9)
        self._text(heading, MARGIN, MARGIN + 25, 9, ink=FAINT)
        self._text(number, self.width - MARGIN - wide, MARGIN + 25, 9, ink=FAINT)
        self.paper.setStrokeColorRGB(*RULE)
        self.paper.line(MARGIN, self._up(MARGIN + 30), self.width - MARGIN, self._up(MARGIN + 30))

    def _draw(self, cell: Cell, box: Box) -> None:
        picture, words = self._split(box)
        self._picture(cell, picture)
        size = max(6.5, min(9.5, words.width / 26))
        y = words.y + size * 1.25
        self._text(cell.number, words.x, y, size * 1.15, "bold")
        began = timecode(cell.at, self.board.rate)
        wide = self.words.width(began, size)
        self._text(began, words.x + words.width - wide, y, size, ink=FAINT)
        self._fields(cell, words, y, size)

    def _fields(self, cell: Cell, box: Box, y: float, size: float) -> None:
        """Write what was chosen of a panel; what finds no room is told."""
        for name in self.settings.fields:
            text = field_of(cell, name, self.board.rate)
            below = self._paragraph(FIELDS[name], text, box, y, size) if text else y
            if below is None:
                why = "its words do not all fit on the page"
                remedy = "Choose a layout with fewer panels or the list, or print fewer fields."
                self.problems.append(LooksOdd(f"panel {cell.number}", why, remedy))
                return
            y = below

    def _split(self, box: Box) -> tuple[Box, Box]:
        """Return where the picture and the words go: beside each other in lists, else below."""
        if self.settings.layout == "list":
            wide = min(box.width * 0.4, box.height * 16 / 9)
            words = Box(box.x + wide + GAP, box.y, box.width - wide - GAP, box.height)
            return Box(box.x, box.y, wide, box.height), words
        share = 0.62 if self.settings.fields else 0.86
        high = min(box.width * 0.75, box.height * share)
        return (
            Box(box.x, box.y, box.width, high),
            Box(box.x, box.y + high + 3, box.width, box.height - high - 3),
        )

    def _picture(self, cell: Cell, box: Box) -> None:
        from reportlab.lib.utils import ImageReader

        drawn, ratio = None, USUAL
        try:
            drawn, ratio = printed(cell.panel, self.ground, box)
        except Refusal as refusal:
            self.problems += refusal.problems
        wide = min(box.width, box.height * ratio)
        place = Box(box.x + (box.width - wide) / 2, box.y, wide, wide / ratio)
        self.paper.setStrokeColorRGB(*RULE)
        if drawn is not None:
            self.paper.drawImage(ImageReader(drawn), place.x, self._up(place.y + place.height),
                                 place.width, place.height)  # fmt: skip
        else:
            self._text("no picture", place.x + 8, place.y + 16, 8, ink=FAINT)
        self.paper.rect(place.x, self._up(place.y + place.height), place.width, place.height)

    def _paragraph(self, label: str, text: str, box: Box, y: float, size: float) -> float | None:
        """Write a field under its label; return where the next one begins, None at the end."""
        indent = self.words.width(f"{label}  ", size, "bold")
        lines = self.words.broken(text, box.width, indent, size)
        room = int((box.y + box.height - y) / (size * LINE))
        cut = len(lines) > room
        if cut and room < 1:
            return None
        if cut:
            last = f"{lines[room - 1]} {lines[room]}"
            lead = indent if room == 1 else 0
            lines = [*lines[: room - 1], self.words.fitted(f"{last}…", box.width - lead, size)]
        for index, line in enumerate(lines):
            y += size * LINE
            if not index:
                self._text(label, box.x, y, size, "bold", FAINT)
            self._text(line, box.x + (indent if not index else 0), y, size)
        return None if cut else y

    def _text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        weight: str = "",
        ink: tuple[float, float, float] = INK,
    ) -> None:
        self.paper.setFillColorRGB(*ink)
        self.words.draw(text, x, self._up(y), size, weight)

    def _up(self, y: float) -> float:
        """Return a distance from the top as the PDF counts, from below."""
        return float(self.height) - y
