"""Commands through Editing, and runs that are heard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from aiprod_studio.app.jobs.messages import Ended
from aiprod_studio.app.places import shipped
from aiprod_studio.graph.commands import AddNode, Connect, RenameNode, SetParam
from aiprod_studio.graph.facts import NodeAdded
from aiprod_studio.story.edits import AddScene, AddShot
from aiprod_studio.ui.editing import Editing


def maths(editing: Editing) -> None:
    """A prompt that is saved nowhere: the smallest thing that runs."""
    assert editing.do(AddNode("text.prompt", "prompt", params={"text": "a red boat"}))


def test_a_command_is_one_step_and_its_facts_are_told_at_once(editing: Editing) -> None:
    told: list[list[object]] = []
    editing.changed.connect(told.append)
    assert editing.do(AddNode("text.prompt", "one"), AddNode("text.prompt", "two"), title="Add two")
    assert [type(fact) for facts in told for fact in facts].count(NodeAdded) == 2
    assert editing.document.undo_title == "Add two"
    editing.undo()
    assert not editing.document.nodes


def test_a_refused_command_changes_nothing_and_says_why(editing: Editing, qtbot: QtBot) -> None:
    editing.do(AddNode("text.prompt", "prompt"))
    with qtbot.waitSignal(editing.refused) as refused:
        assert not editing.do(Connect("prompt", "text", "nobody", "text"))
    assert "nobody" in str(refused.args[0])


def test_story_edits_of_board_are_one_step(editing: Editing) -> None:
    assert not editing.board().scenes
    assert editing.do_story(AddScene("Beach"), title="First scene")
    scene = editing.board().scenes[0].name
    assert editing.do_story(AddShot(scene), AddShot(scene), title="Two shots")
    assert len(editing.board().scenes[0].shots) == 2
    assert editing.document.undo_title == "Two shots"
    editing.undo()
    editing.undo()
    assert not editing.board().scenes


def test_a_plan_of_the_document_comes_by_itself_after_a_change(
    editing: Editing, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(editing.planned, timeout=60_000) as planned:
        maths(editing)
    sheet = planned.args[0]
    assert sheet.problems == ()
    assert [row.node for row in sheet.rows] == ["prompt"]
    assert editing.states["prompt"].planned


def test_a_run_tells_its_events_and_leaves_a_result(editing: Editing, qtbot: QtBot) -> None:
    maths(editing)
    heard: list[object] = []
    editing.job_event.connect(heard.append)
    editing.run(["prompt"])
    qtbot.waitUntil(lambda: any(isinstance(e, Ended) for e in heard), timeout=90_000)
    assert next(e for e in heard if isinstance(e, Ended)).problems == ()
    result = editing.result_of("prompt")
    assert result is not None and result.kind == "text" and result.value() == "a red boat"
    assert editing.looks()["prompt"].badge == "cached"
    editing.do(SetParam("prompt", "text", "a blue boat"))
    qtbot.waitUntil(lambda: editing.looks()["prompt"].badge == "stale", timeout=30_000)
    assert result == editing.result_of("prompt") or editing.result_of("prompt").stale
    editing.do(RenameNode("prompt", "words"))
    assert editing.states["words"].key


def test_what_was_rendered_is_there_for_the_plan_of_a_document_without_a_file(
    editing: Editing, qtbot: QtBot
) -> None:
    editing.folder.mkdir(parents=True)
    media = shipped("workflows") / "media" / "boat_start.png"
    (editing.folder / "boat.png").write_bytes(media.read_bytes())
    editing.do(
        AddNode("files.load_image", "load", params={"file": "boat.png"}),
        AddNode("files.save_image", "save", params={"name": "boat"}),
        Connect("load", "image", "save", "image"),
    )
    editing.run()
    qtbot.waitUntil(lambda: not editing.jobs, timeout=90_000)
    with qtbot.waitSignal(editing.planned, timeout=60_000) as planned:
        editing.plan_soon()
    assert planned.args[0].count("run") == 0
    assert editing.looks()["save"].badge == "cached"
    assert list(editing.output.glob("boat*"))


def test_a_job_that_is_run_again_from_the_queue_is_heard_by_its_document(
    editing: Editing, qtbot: QtBot
) -> None:
    maths(editing)
    first = editing.run(["prompt"])
    qtbot.waitUntil(lambda: not editing.jobs, timeout=90_000)
    began: list[int] = []
    editing.job_began.connect(began.append)
    again = editing.queue.retry(first)
    assert again is not None
    with qtbot.waitSignal(editing.job_event, timeout=60_000, check_params_cb=_ended):
        pass
    assert began == [again] and not editing.jobs


def _ended(event: object) -> bool:
    return isinstance(event, Ended)


def test_a_document_that_cannot_run_marks_the_node(editing: Editing, qtbot: QtBot) -> None:
    with qtbot.waitSignal(editing.planned, timeout=60_000):
        editing.do(AddNode("text.encode", "encode"))
    assert editing.looks()["encode"].badge == "error"
    assert "text" in editing.looks()["encode"].message


def test_a_documents_folder_follows_its_path(
    open_document: Callable[..., Editing], tmp_path: Path
) -> None:
    editing = open_document(path=tmp_path / "film.json")
    assert editing.assets == tmp_path / "film.assets" and editing.title == "film"
    editing.set_path(tmp_path / "other" / "cut.json")
    assert editing.folder == tmp_path / "other" and editing.title == "cut"


@pytest.mark.parametrize("name", ["dark", "light"])
def test_pictures_of_files_become_thumbnails(name: str, tmp_path: Path) -> None:
    import numpy as np

    from aiprod_studio.ui.node_looks import first_frame, qimage

    film = np.zeros((5, 4, 6, 3), np.uint8)
    film[2] = 255 if name == "light" else 9
    image = qimage(first_frame(film))
    assert (image.width(), image.height()) == (6, 4)
    assert image.pixelColor(0, 0).red() == int(film[2, 0, 0, 0])
