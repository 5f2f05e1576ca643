"""Unsaved work: asked about, kept, offered again, and what happens on a full disk."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from aiprod_studio.app.session.recovery import Recovery
from aiprod_studio.graph.commands import AddNode
from aiprod_studio.ui.shell import asking
from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace
from aiprod_studio.ui.shell.window import MainWindow

Graph = Callable[[], GraphWorkspace]


@pytest.mark.parametrize(("answer", "kept"), [("cancel", True), ("discard", False)])
def test_unsaved_work_is_asked_about_before_it_goes(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, answer: asking.Answer, kept: bool
) -> None:
    window.new()
    assert window.editing is not None
    window.editing.do(AddNode("text.prompt", "prompt"))
    monkeypatch.setattr(asking, "keep_changes", lambda *_: answer)
    window.filing.close()
    assert (window.page is not None) is kept
    if kept:
        assert window.isVisible() and not window.close()


def test_unsaved_work_is_kept_and_offered_by_the_next_start(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.new()
    assert window.editing is not None
    window.editing.do(AddNode("text.prompt", "kept", params={"text": "not lost"}))
    window.documents.keep_unsaved()
    folder = window.studio.places.data / "recovery"
    qtbot.waitUntil(lambda: len(list(folder.glob("*.slot"))) == 1, timeout=20_000)
    (slot,) = folder.glob("*.slot")
    facts = json.loads(slot.read_text())
    dead = f"999999-1-{facts['owner'].split('-', 2)[2]}"
    (folder / "dead.slot").write_text(json.dumps({**facts, "owner": dead}))
    (folder / "dead.json").write_text(slot.with_suffix(".json").read_text())
    (left,) = Recovery(folder).leftovers()
    monkeypatch.setattr(asking, "keep_changes", lambda *_: "discard")
    window.filing.close()
    window.gallery.show_leftovers([left])
    window.gallery.recover_wanted.emit(left)
    assert window.editing is not None
    assert window.editing.document.nodes["kept"].params["text"] == "not lost"
    assert window.tabs.tabText(1).endswith("•")


def test_a_full_disk_on_autosave_is_said_once_and_the_document_stays(
    window: MainWindow, qtbot: QtBot
) -> None:
    (window.studio.places.data).mkdir(parents=True, exist_ok=True)
    (window.studio.places.data / "recovery").write_text("in the way")
    window.new()
    editing = window.editing
    assert editing is not None
    editing.do(AddNode("text.prompt", "prompt"))
    window.documents.keep_unsaved()
    qtbot.waitUntil(lambda: bool(window.notices.all()), timeout=20_000)
    window.documents.keep_unsaved()
    window.studio.wait()
    qtbot.wait(20)
    assert len(window.notices.all()) == 1
    (notice,) = window.notices.all()
    assert "unsaved work cannot be kept" in notice.words and notice.mood == "error"
    assert "prompt" in editing.document.nodes
    (window.studio.places.data / "recovery").unlink()
    window.documents.keep_unsaved()
    qtbot.waitUntil(lambda: notice not in window.notices.all(), timeout=20_000)
    assert window.notices.all()[0].words == "Unsaved work is kept again."
    assert list((window.studio.places.data / "recovery").glob("*.slot"))
