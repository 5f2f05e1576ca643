"""The queue and its worker process: order, pause, cancel, death, restart; plans of the latest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aiprod_studio.app.jobs.history import Entry, QueueFiles
from aiprod_studio.app.jobs.job import Job
from aiprod_studio.app.jobs.job_list import JobList
from aiprod_studio.app.jobs.messages import Ended, JobPlanned, Planned
from aiprod_studio.app.jobs.queue import Queue
from aiprod_studio.app.packs import describe_pack
from aiprod_studio.app.places import Places
from aiprod_studio.app.session.results import Results
from aiprod_studio.app.settings import Settings
from aiprod_studio.engine.events import StepDone, StepFailed, StepPreview, StepProgress
from aiprod_studio.sdk import NodeSpec

PACK = '''
"""Nodes for tests of the queue."""
from typing import Annotated
import os, time
from aiprod_studio.sdk import Number, Run, Text, node

@node("trial.wait", "Wait", since="1.0")
def wait(run: Run, *, seconds: Annotated[float, Number(0, 100)] = 0.0, mark: str = "") -> str:
    """Wait."""
    import numpy as np
    begun, step = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        time.sleep(0.02)
        run.progress(time.monotonic() - begun, seconds)
        run.preview(np.full((4, 6, 3), 200, np.uint8))
    return mark or "done"

@node("trial.fail", "Fail", since="1.0")
def fail(run: Run) -> str:
    """Fail."""
    raise RuntimeError("the dog ate it")

@node("trial.die", "Die", since="1.0")
def die(run: Run) -> str:
    """End the process."""
    os.kill(os.getpid(), 9)
'''


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    folder = tmp_path_factory.mktemp("home")
    places = Places(folder / "data", folder / "cache")
    (places.packs / "trial").mkdir(parents=True)
    (places.packs / "trial" / "trial.py").write_text(PACK)
    return places


@pytest.fixture(scope="module")
def settings(places: Places) -> Settings:
    return Settings(packs={"trial": describe_pack(places.packs / "trial", {}, []).digest})


@pytest.fixture(scope="module")
def opened(places: Places, settings: Settings) -> Iterator[Queue]:
    queue = Queue(places, settings)
    yield queue
    queue.close()


@pytest.fixture
def queue(opened: Queue) -> Iterator[Queue]:
    yield opened
    opened.resume()
    for entry in opened.entries():
        opened.cancel(entry.id)
    until(opened, lambda: opened.running is None)
    opened.clear_history()
    opened.drain(1000)


def text(kind: str, **params: object) -> str:
    import json

    node = {"type": f"trial.{kind}", "version": "1.0", "params": params}
    return json.dumps({"format": "aiprod-workflow", "version": 1, "nodes": {"it": node}})


def job(places: Places, kind: str, title: str = "a job", **params: object) -> Job:
    params.setdefault("mark", f"{title} {time.time()}") if kind == "wait" else None
    return Job(title, text(kind, **params), places.data / "film.json")


def until(queue: Queue, true: Callable[[], bool], seconds: float = 60) -> list[object]:
    """Wait until something is true; return what was heard meanwhile."""
    heard: list[object] = []
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, [str(entry) for entry in queue.entries()]
        heard += [event for _, event in queue.drain()]
        time.sleep(0.01)
    return heard + [event for _, event in queue.drain(1000)]


def state(queue: Queue, number: int) -> str:
    entry = queue.entry(number)
    return entry.state if entry is not None else "forgotten"


def test_a_job_runs_tells_and_leaves_its_result_in_the_store(queue: Queue, places: Places) -> None:
    ended: list[Ended] = []
    asked = job(places, "wait", seconds=0.3, mark="hello")
    number = queue.add(Job(**{**vars(asked), "on_done": ended.append}))
    heard = until(queue, lambda: bool(ended))
    assert state(queue, number) == "done"
    kinds = [type(event) for event in heard]
    assert kinds.index(JobPlanned) < kinds.index(StepDone) < kinds.index(Ended)
    assert StepPreview in kinds and StepProgress in kinds
    assert ended and ended[0].state == "done"
    results = Results(places.store)
    spec = NodeSpec("trial.wait", "Wait", "1.0", (), (_output(),), (), "")
    result = results.of("it", spec, ended[0].keys["it"])
    assert result is not None and result.kind == "text" and result.value() == "hello"
    results.close()


def _output():  # type: ignore[no-untyped-def]
    from aiprod_studio.sdk.spec import OutputSpec

    return OutputSpec("text", "text")


def test_jobs_run_in_their_order_which_can_be_changed(queue: Queue, places: Places) -> None:
    queue.pause()
    one, two, three = (queue.add(job(places, "wait", name)) for name in ("one", "two", "three"))
    queue.move(three, 0)
    queue.move(one, 99)
    assert [entry.id for entry in queue.waiting()] == [three, two, one]
    queue.cancel(two)
    assert state(queue, two) == "cancelled"
    queue.resume()
    until(queue, lambda: not queue.waiting() and queue.running is None)
    past = queue.history()
    assert [entry.id for entry in past if entry.state == "done"] == [one, three]


def test_a_pause_stops_the_job_and_it_goes_on_afterwards(queue: Queue, places: Places) -> None:
    number = queue.add(job(places, "wait", seconds=60.0))
    until(queue, lambda: (queue.running or _none()).share > 0.05)
    queue.pause()
    until(queue, lambda: state(queue, number) == "waiting")
    assert queue.paused and queue.running is None
    queue.resume()
    until(queue, lambda: state(queue, number) == "running")


def _none() -> Entry:
    return Entry(0, "", "")


def test_a_job_that_is_cancelled_while_it_pauses_does_not_come_back(
    queue: Queue, places: Places
) -> None:
    number = queue.add(job(places, "wait", seconds=60.0))
    until(queue, lambda: (queue.running or _none()).share > 0.001)
    queue.pause()
    queue.cancel(number)
    until(queue, lambda: state(queue, number) == "cancelled", 30)
    assert queue.waiting() == []


def test_a_cleared_history_stays_cleared_whatever_happens_to_the_program(tmp_path: Path) -> None:
    folder = tmp_path / "queue"
    jobs = JobList(QueueFiles(folder))
    jobs.add(Entry(1, "past", "film.json", state="done"), "{}")
    jobs.write()
    (file,) = folder.glob("*.json")
    assert "past" in file.read_text(encoding="utf-8") and jobs.text(1) == "{}"
    jobs.drop(1)
    jobs.write()
    assert "past" not in file.read_text(encoding="utf-8") and jobs.text(1) is None


def test_a_cancel_ends_a_job_long_before_its_end(queue: Queue, places: Places) -> None:
    number = queue.add(job(places, "wait", seconds=90.0))
    until(queue, lambda: (queue.running or _none()).share > 0.001)
    queue.cancel(number)
    until(queue, lambda: state(queue, number) == "cancelled", 30)
    assert (queue.entry(number) or _none()).share < 0.9


def test_who_waits_for_a_job_hears_when_it_is_done_at_the_second_try(
    queue: Queue, places: Places
) -> None:
    ended: list[str] = []
    asked = job(places, "wait", seconds=1.0)
    number = queue.add(
        Job(**{**vars(asked), "on_done": lambda told: ended.append(told.state)}), first=True
    )
    queue.cancel(number)
    until(queue, lambda: ended == ["cancelled"])
    assert queue.retry(number) is not None
    until(queue, lambda: len(ended) == 2)
    assert ended == ["cancelled", "done"]


def test_a_node_that_raises_is_named_and_the_queue_goes_on(queue: Queue, places: Places) -> None:
    bad, good = queue.add(job(places, "fail")), queue.add(job(places, "wait"))
    heard = until(queue, lambda: state(queue, good) == "done")
    failed = [event for event in heard if isinstance(event, StepFailed)]
    assert failed and failed[0].node == "it" and "the dog ate it" in str(failed[0].problems[0])
    entry = queue.entry(bad)
    assert entry is not None and entry.state == "failed" and entry.node == "it" and entry.problems


def test_a_worker_that_dies_is_said_and_the_next_job_runs(queue: Queue, places: Places) -> None:
    bad, good = queue.add(job(places, "die")), queue.add(job(places, "wait"))
    until(queue, lambda: state(queue, good) == "done")
    entry = queue.entry(bad)
    assert entry is not None and entry.state == "failed"
    assert "memory ran out" in entry.problems[0] and "Run it again" in entry.problems[0]


def test_a_plan_is_told_and_a_document_that_cannot_run_is_refused(
    queue: Queue, places: Places
) -> None:
    plans: list[Planned] = []
    path = places.data / "film.json"
    queue.plan(text("wait", mark="plan"), path, plans.append)
    until(queue, lambda: len(plans) == 1)
    assert [row.state for row in plans[0].sheet.rows] == ["run"] and plans[0].sheet.fits
    assert plans[0].sheet.view is not None
    queue.plan(text("unheard_of"), path, plans.append)
    queue.plan(text("wait"), path, plans.append, targets=["nobody"])
    until(queue, lambda: len(plans) == 3)
    words = [str(problem) for planned in plans[1:] for problem in planned.refused]
    assert any("unheard_of" in word for word in words)
    assert any("nobody" in word for word in words)


def test_of_many_questions_of_one_document_the_latest_is_answered(
    queue: Queue, places: Places
) -> None:
    answered: list[int] = []
    for number in range(30):
        queue.plan(
            text("wait", mark=str(number)), places.data / "film.json",
            lambda _, number=number: answered.append(number), owner="document",
        )  # fmt: skip
    until(queue, lambda: 29 in answered)
    assert answered == sorted(answered) and len(answered) < 30


def test_a_job_can_be_run_again_and_opened_again(queue: Queue, places: Places) -> None:
    number = queue.add(job(places, "wait", mark="again"))
    until(queue, lambda: state(queue, number) == "done")
    assert "again" in (queue.text(number) or "")
    again = queue.retry(number)
    assert again is not None and queue.retry(again) is None
    until(queue, lambda: state(queue, again) == "done")
    queue.remove(number)
    assert queue.entry(number) is None and queue.text(number) is None


LEAVE = """
import sys, os, time
from pathlib import Path
from aiprod_studio.app.jobs.job import Job
from aiprod_studio.app.jobs.queue import Queue
from aiprod_studio.app.places import Places
from aiprod_studio.app.settings import Settings
if __name__ == "__main__":
    home = Path(sys.argv[1])
    queue = Queue(Places(home / "data", home / "cache"), Settings())
    queue.pause()
    queue.add(Job("left", sys.argv[2], home / "data" / "film.json"))
    os.kill(os.getpid(), 9)
"""


def test_what_waited_when_the_program_was_killed_is_offered_again(
    tmp_path: Path, settings: Settings, places: Places
) -> None:
    script = tmp_path / "leave.py"
    script.write_text(LEAVE)
    home = tmp_path / "home"
    process = subprocess.run([sys.executable, script, home, text("wait", mark="x")], check=False)
    assert process.returncode == -signal.SIGKILL
    queue = Queue(Places(home / "data", home / "cache"), Settings())
    (left,) = queue.kept()
    assert left.title == "left" and "trial.wait" in (queue.text(left.id) or "")
    assert queue.running is None
    queue.give_up_kept()
    assert not queue.kept() and queue.history()[0].state == "cancelled"
    queue.close()


def test_closing_ends_the_worker_and_its_threads(places: Places, settings: Settings) -> None:
    import threading

    before = threading.active_count()
    queue = Queue(places, settings)
    number = queue.add(job(places, "wait", seconds=60.0))
    until(queue, lambda: (queue.running or _none()).share > 0)
    worker = queue.worker_pid
    assert worker is not None
    queue.close()
    assert threading.active_count() == before
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    assert state(queue, number) == "running"
