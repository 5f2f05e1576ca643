"""The export dialog: what is left out is said first, files appear whole, a stop leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aiprod_studio.media.probe import probe
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.timeline.export.dialog import NOTHING_LOST, ExportDialog
from aiprod_studio.ui.timeline.export.pages import BoardPage, CutPage, FilmPage


@pytest.fixture
def dialog(
    made_film: Path, open_document: Callable[..., Editing], qtbot: QtBot
) -> Iterator[ExportDialog]:
    editing = open_document((made_film / "film.json").read_text(), made_film / "film.json")
    found = ExportDialog(editing, span=(40, 52))
    found.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    found.show()
    yield found
    found.close()
    found.deleteLater()


def wait(qtbot: QtBot, until: Callable[[], object], seconds: float = 30) -> None:
    qtbot.waitUntil(lambda: bool(until()), timeout=round(seconds * 1000))


def write(qtbot: QtBot, dialog: ExportDialog, path: Path) -> str:
    dialog.path.setText(str(path))
    dialog.path.textEdited.emit(str(path))
    dialog.start()
    wait(qtbot, lambda: dialog.job is None)
    return dialog.told.text()


def test_a_span_of_the_film_is_written_at_a_size(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    page = dialog.page
    assert isinstance(page, FilmPage)
    page.shape.setCurrentIndex(page.shape.findData("own"))
    page.width_.setValue(96)
    page.height_.setValue(54)
    page.range.setCurrentIndex(1)
    assert "Written: part.mp4" in write(qtbot, dialog, tmp_path / "part.mp4")
    info = probe(tmp_path / "part.mp4")
    assert (info.width, info.height, info.frame_count, info.has_audio) == (96, 54, 12, True)


def test_each_format_says_what_it_leaves_out(dialog: ExportDialog, qtbot: QtBot) -> None:
    wait(qtbot, lambda: "takes" in dialog.lost.text())
    dialog.kinds.setCurrentRow(2)
    page = dialog.page
    assert isinstance(page, CutPage)
    told = {}
    for index in range(page.kind.count()):
        page.kind.setCurrentIndex(index)
        kind = page.kind.currentData()
        dialog.lost.setText("")
        wait(qtbot, lambda: dialog.lost.text())
        told[kind] = dialog.lost.text()
    assert "take" not in told["otio"] or told["otio"] == NOTHING_LOST
    assert len(told["edl"].splitlines()) > len(told["otio"].splitlines())


def test_the_cut_and_the_board_are_written(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.kinds.setCurrentRow(2)
    assert dialog.path.text().endswith("film.otio")
    assert "Written" in write(qtbot, dialog, tmp_path / "film.otio")
    dialog.kinds.setCurrentRow(3)
    assert isinstance(dialog.page, BoardPage) and dialog.path.text().endswith(".pdf")
    assert "Written" in write(qtbot, dialog, tmp_path / "board.pdf")
    assert (tmp_path / "board.pdf").read_bytes().startswith(b"%PDF")


def test_what_cannot_be_written_is_said(
    open_document: Callable[..., Editing], qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = ExportDialog(open_document())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    told = write(qtbot, dialog, tmp_path / "empty.mp4")
    dialog.close()
    dialog.deleteLater()
    assert "nothing in it yet" in told and not (tmp_path / "empty.mp4").exists()


def test_a_stopped_export_leaves_no_file(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "stopped.mp4"
    dialog.path.setText(str(path))
    dialog.start()
    assert dialog.job is not None and not dialog.write.isEnabled()
    dialog.cancel.click()
    wait(qtbot, lambda: dialog.job is None)
    assert "Stopped" in dialog.told.text() and not path.exists()


@pytest.mark.parametrize("way", ["button", "Escape", "frame"])
def test_the_dialog_closes_by_its_button_by_escape_and_by_its_frame(
    dialog: ExportDialog, qtbot: QtBot, way: str
) -> None:
    if way == "button":
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    elif way == "Escape":
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        dialog.close()
    assert not dialog.isVisible()
