"""The pages of the export dialog: what can be chosen for each kind of export, and what it loses.

Each page knows its file ending, the sentences about what is dropped, and the work to be done. They
show widgets and read no file; what is dropped from this very cut is asked in a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QSpinBox,
    QWidget,
)

from aiprod_studio.app.film import board_pdf, exporting
from aiprod_studio.app.film.board_pdf_cells import FIELDS
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.timeline.export.job import Check, Progress, Work

if TYPE_CHECKING:
    from aiprod_studio.app.film.ground import Ground
    from aiprod_studio.graph import Document

SIZES = (
    ("As it is", None), ("1920 x 1080", (1920, 1080)), ("1280 x 720", (1280, 720)),
    ("3840 x 2160", (3840, 2160)), ("1080 x 1920, upright", (1080, 1920)),
    ("1080 x 1080, square", (1080, 1080)), ("2048 x 858, scope", (2048, 858)),
    ("Own size", "own"),
)  # fmt: skip
FILM_TITLES = {
    "h264": "H.264 (MP4)", "prores_422": "ProRes 422", "prores_hq": "ProRes 422 HQ",
    "prores_4444": "ProRes 4444", "webm": "WebM (VP9)", "png": "PNG pictures",
}  # fmt: skip
FITS = (("Bars at the sides", "bars"), ("Fill and cut off", "crop"))


class Page(QWidget):
    """The base: a form, and `changed` when another file or loss follows from it."""

    title = ""
    icon = ""
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = QFormLayout(self)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.form.setVerticalSpacing(current().space(2))
        self.form.setHorizontalSpacing(current().space(4))

    @property
    def suffix(self) -> str:
        """The ending of the file, "" for a folder."""
        return ""

    @property
    def name(self) -> str:
        """What the file is called beside the document's name."""
        return ""

    def losses(self) -> Callable[[Document], tuple[str, ...]]:
        """Return what finds the sentences about what is left out."""
        return lambda _: ()

    def work(self, ground: Ground, path: Path) -> Work:
        """Return the work of the export."""
        raise NotImplementedError

    def _choice(self, words: str, rows: Any) -> QComboBox:
        box = QComboBox(self)
        for title, value in rows:
            box.addItem(title, value)
        box.setAccessibleName(words)
        box.currentIndexChanged.connect(self.changed)
        self.form.addRow(words, box)
        return box


class FilmPage(Page):
    """The film, in a format and size."""

    title, icon = "Film", "film"

    def __init__(self, span: tuple[int, int] | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span = span
        self.format = self._choice(
            "Format", [(FILM_TITLES[name], name) for name in exporting.FILM_FORMATS]
        )
        self.shape = self._choice("Size", SIZES)
        self.width_ = self._side(1920)
        self.height_ = self._side(1080)
        self.form.addRow("Width", self.width_)
        self.form.addRow("Height", self.height_)
        self.fit = self._choice("Other shapes", FITS)
        self.range = self._choice(
            "Range", [("Whole film", None), *([("From in to out", span)] if span else [])]
        )
        self.sound = QCheckBox("With sound", self)
        self.sound.setChecked(True)
        self.form.addRow("", self.sound)
        self.shape.currentIndexChanged.connect(self._show_sides)
        self._show_sides()

    def _side(self, value: int) -> QSpinBox:
        field = QSpinBox(self)
        field.setRange(16, 8192)
        field.setSingleStep(2)
        field.setValue(value)
        field.setSuffix(" px")
        return field

    def _show_sides(self) -> None:
        own = self.shape.currentData() == "own"
        self.form.setRowVisible(self.width_, own)
        self.form.setRowVisible(self.height_, own)
        self.fit.setEnabled(self.shape.currentData() is not None)

    @property
    def suffix(self) -> str:
        """The ending of the chosen format."""
        return exporting.film_suffix(self.format.currentData())

    def settings(self) -> exporting.FilmSettings:
        """Return what was chosen."""
        size = self.shape.currentData()
        if size == "own":
            size = (self.width_.value(), self.height_.value())
        span = self.range.currentData() or (0, None)
        return exporting.FilmSettings(
            self.format.currentData(), tuple(size) if size else None, self.fit.currentData(),
            span[0], span[1], self.sound.isChecked(),
        )  # fmt: skip

    def losses(self) -> Callable[[Document], tuple[str, ...]]:
        """Return what the format leaves out."""
        name = self.format.currentData()
        return lambda _: exporting.film_drops(name)

    def work(self, ground: Ground, path: Path) -> Work:
        """Return the writing of the film."""
        settings = self.settings()
        write = self._writer()

        def work(document: Document, progress: Progress, check: Check) -> tuple[str, ...]:
            told = write(document, ground, path, settings, progress=progress, check=check)
            return tuple(map(str, told))

        return work

    def _writer(self) -> Any:
        return exporting.export_film


class AnimaticPage(FilmPage):
    """The animatic: panels at their durations, dialogue, scratch sound."""

    title, icon = "Animatic", "images"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)

    @property
    def name(self) -> str:
        """It is named so."""
        return " animatic"

    def _writer(self) -> Any:
        return exporting.export_animatic


class CutPage(Page):
    """The cut for another program."""

    title, icon = "Cut for another program", "git-compare"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = self._choice(
            "Format", [(title, kind) for kind, title in exporting.CUT_TITLES.items()]
        )

    @property
    def suffix(self) -> str:
        """The ending of the chosen format."""
        return exporting.cut_suffix(self.kind.currentData())

    def losses(self) -> Callable[[Document], tuple[str, ...]]:
        """Return what the format leaves out of this cut."""
        kind = self.kind.currentData()
        return lambda document: exporting.cut_drops(document, kind)

    def work(self, ground: Ground, path: Path) -> Work:
        """Return the writing of the cut."""
        kind = self.kind.currentData()

        def work(document: Document, progress: Progress, check: Check) -> tuple[str, ...]:
            exporting.export_cut(document, ground, path, kind)
            return ()

        return work


class BoardPage(Page):
    """The board as a PDF."""

    title, icon = "Board as PDF", "file-text"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layouts = self._choice("Layout", [(name, name) for name in board_pdf.LAYOUTS])
        usual = board_pdf.BoardSettings()
        self.layouts.setCurrentText(usual.layout)
        self.paper = self._choice("Paper", [(name, name) for name in board_pdf.PAPERS])
        self.landscape = QCheckBox("Landscape", self)
        self.landscape.setChecked(usual.landscape)
        self.form.addRow("", self.landscape)
        self.fields: dict[str, QCheckBox] = {}
        for name, title in FIELDS.items():
            field = QCheckBox(title, self)
            field.setChecked(name in usual.fields)
            self.fields[name] = field
            self.form.addRow("" if len(self.fields) > 1 else "Fields", field)

    @property
    def suffix(self) -> str:
        """PDF."""
        return ".pdf"

    @property
    def name(self) -> str:
        """It is named so."""
        return " board"

    def work(self, ground: Ground, path: Path) -> Work:
        """Return the writing of the pages."""
        chosen: Any = tuple(name for name, field in self.fields.items() if field.isChecked())
        settings = replace(
            board_pdf.BoardSettings(), layout=self.layouts.currentData(), fields=chosen,
            paper=self.paper.currentData(), landscape=self.landscape.isChecked(),
        )  # fmt: skip

        def work(document: Document, progress: Progress, check: Check) -> tuple[str, ...]:
            return tuple(map(str, board_pdf.export_board(document, ground, path, settings)))

        return work
