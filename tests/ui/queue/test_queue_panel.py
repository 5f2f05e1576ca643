"""The queue as the artist sees it, and the plan before a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from aiprod_studio.app.jobs.history import Entry
from aiprod_studio.app.jobs.job import Job
from aiprod_studio.app.jobs.messages import Planned, Sheet, SheetRow
from aiprod_studio.engine.services import Peaks
from aiprod_studio.memory.budgets import GB, Budgets
from aiprod_studio.sdk import DoesNotFit, Invalid
from aiprod_studio.ui.queue.gauge import Gauge
from aiprod_studio.ui.queue.panel import QueuePanel
from aiprod_studio.ui.queue.plan_dialog import PlanDialog
from aiprod_studio.ui.queue.plan_words import range_shown, summary
from aiprod_studio.ui.queue.row import QueueRow, words_of
from aiprod_studio.ui.studio import Studio

LEFT = Qt.MouseButton.LeftButton
TEXT = '{"format": "aiprod-workflow", "version": 1, "nodes": {"p": {"type": "text.prompt"}}}'


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> Iterator[QueuePanel]:
    studio.queue.pause()
    panel = QueuePanel(studio.bridge)
    panel.resize(700, 400)
    panel.show()
    yield panel
    panel.close()
    panel.deleteLater()


def add(studio: Studio, *titles: str) -> list[int]:
    path = studio.places.data / "film.json"
    return [studio.queue.add(Job(title, TEXT, path)) for title in titles]


def order(studio: Studio) -> list[str]:
    return [entry.title for entry in studio.queue.waiting()]


def test_jobs_are_listed_moved_and_cancelled_by_buttons_and_keys(
    panel: QueuePanel, studio: Studio, qtbot: QtBot
) -> None:
    one, two, three = add(studio, "one", "two", "three")
    qtbot.waitUntil(lambda: panel.row(three) is not None)
    assert not panel.empty.isVisible()
    row = panel.row(three)
    assert isinstance(row, QueueRow)
    QTest.mouseClick(row._buttons["up"], LEFT)
    assert order(studio) == ["one", "three", "two"]
    qtbot.wait(10)
    first = panel.row(one)
    assert first is not None
    QTest.keyClick(first, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert order(studio) == ["three", "one", "two"]
    second = panel.row(two)
    assert second is not None
    QTest.keyClick(second, Qt.Key.Key_Delete)
    assert order(studio) == ["three", "one"]
    qtbot.waitUntil(lambda: "Cancelled" in panel.row(two).accessibleName())  # type: ignore[union-attr]
    QTest.mouseClick(panel.clear_button, LEFT)
    qtbot.waitUntil(lambda: panel.row(two) is None)


def test_pause_and_go_on_by_the_same_button(
    panel: QueuePanel, studio: Studio, qtbot: QtBot
) -> None:
    assert panel.pause_button.text() == "Go on"
    (one,) = add(studio, "one")
    QTest.mouseClick(panel.pause_button, LEFT)
    assert not studio.queue.paused
    qtbot.waitUntil(lambda: studio.queue.entry(one).state == "done", timeout=90_000)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: panel.pause_button.text() == "Pause")
    with qtbot.waitSignal(panel.asked_to_open) as asked:
        QTest.mouseClick(panel.row(one)._buttons["open"], LEFT)  # type: ignore[union-attr]
    assert asked.args == [one]


def test_a_job_says_how_it_stands_in_words() -> None:
    entry = Entry(1, "Boat", "", state="running", share=0.5, note="sampler", seconds_left=90.0)
    assert words_of(entry) == "sampler  ·  50 %  ·  2 min left"
    done = Entry(
        1, "Boat", "", state="done", started=100.0, ended=112.0, files=(str(Path("out/a.mp4")),)
    )
    assert "in 12 s" in words_of(done) and "a.mp4" in words_of(done)
    assert words_of(Entry(1, "B", "", state="failed", problems=("It broke.",))) == "It broke."


def row(name: str, state: str = "run") -> SheetRow:
    return SheetRow(name, "a.b", "Does it", state, "k", Peaks(host=GB), (3.0, 5.0))  # type: ignore[arg-type]


SHEET = Sheet(
    (row("a"), row("b", "cached")), peaks=Peaks(host=GB), seconds=(3.0, 5.0),
    budgets=Budgets(0, 8 * GB, 0, 40 * GB), device="cpu",
)  # fmt: skip


def test_a_plan_that_fits_is_run_with_enter(qtbot: QtBot) -> None:
    dialog = PlanDialog("Boat")
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.run_button.isEnabled()
    dialog.show_planned(Planned(1, SHEET))
    assert dialog.headline.text() == "1 step  ·  about 3 to 5 s  ·  1 there already"
    assert dialog.table.topLevelItemCount() == 2
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == PlanDialog.DialogCode.Accepted


def test_a_plan_that_does_not_fit_says_what_would_help_and_goes_to_the_node(qtbot: QtBot) -> None:
    dialog = PlanDialog("Boat")
    qtbot.addWidget(dialog)
    dialog.show()
    problem = DoesNotFit("node 'sampler'", "it needs 12 GB", "Make it 640 x 384.")
    dialog.show_sheet(Sheet(SHEET.rows, short=(problem,), budgets=SHEET.budgets))
    words = [label.text() for label in dialog.findChildren(type(dialog.words))]
    assert any("it needs 12 GB" in word for word in words)
    assert "Make it 640 x 384." in words
    assert not dialog.run_button.isEnabled()
    from PySide6.QtWidgets import QPushButton

    (go,) = [b for b in dialog.findChildren(QPushButton) if b.text() == "Go there"]
    with qtbot.waitSignal(dialog.asked_for_node) as asked:
        QTest.mouseClick(go, LEFT)
    assert asked.args == ["sampler"]


def test_plans_are_summed_up_in_a_line() -> None:
    assert summary(Sheet()) == "Nothing to run"
    assert summary(Sheet(problems=(Invalid("", "x"), Invalid("", "y")))) == "2 things to mend"
    assert summary(Sheet((row("a", "cached"),))) == "Everything is there already"
    assert range_shown((100.0, 290.0)) == "2 to 5 min" and range_shown(None) == ""


def test_a_gauge_shows_use_against_plan_and_budget(qtbot: QtBot) -> None:
    gauge = Gauge("RAM")
    qtbot.addWidget(gauge)
    gauge.show_plan(3 * GB, 8 * GB)
    assert gauge.words() == "3 GB of 8 GB"
    gauge.show_use(9 * GB)
    assert gauge.words() == "9 GB of 8 GB" and "planned peak 3 GB" in gauge.toolTip()
    gauge.resize(160, 36)
    image = gauge.grab().toImage()
    from aiprod_studio.ui.theme import current

    seen = {image.pixelColor(x, image.height() - 3).name() for x in range(image.width())}
    assert current().hex("bad") in seen
