"""Running plans: what is called, with what, how often, and what happens when something fails."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pytest

from aiprod_studio.engine import CancelToken, EventQueue, StepFailed, StepSaid
from aiprod_studio.sdk import (
    ExitCode,
    Failed,
    File,
    Number,
    OutputName,
    Refusal,
    Run,
    SavedFile,
    SourceFile,
    node,
)

from .bench import Bench, graph

CALLS: list[str] = []


@pytest.fixture(autouse=True)
def calls() -> list[str]:
    CALLS.clear()
    return CALLS


class Halves(NamedTuple):
    first: str
    second: str


@node("test.word", "Word", since="1")
def word(*, text: str = "hello") -> str:
    """Say a word."""
    CALLS.append(text)
    return text


@node("test.join", "Join", since="1")
def join(run: Run, a: str, b: str | None = None, *, glue: str = " ") -> str:
    """Join two words."""
    CALLS.append(run.node)
    return a if b is None else f"{a}{glue}{b}"


@node("test.halve", "Halve", since="1")
def halve(text: str) -> Halves:
    """Cut a word in two."""
    return Halves(text[: len(text) // 2], text[len(text) // 2 :])


@node("test.save", "Save", since="1", writes=True)
def save(run: Run, text: str, *, name: Annotated[str, OutputName()] = "out") -> SavedFile:
    """Write text into a file."""
    CALLS.append(run.node)
    with run.writing(name, ".txt") as path:
        path.write_text(text, encoding="utf-8")
    return run.saved()


@node("test.fail", "Fail", since="1")
def fail(text: str, *, kind: str = "mistake") -> str:
    """Fail in one of several ways."""
    errors: dict[str, BaseException] = {
        "mistake": TypeError("these two do not add"),
        "refusal": Refusal(Failed("input 'text'", "it is too silly", "Choose another.")),
        "memory": MemoryError("no more"),
        "permission": PermissionError(13, "Permission denied", "/secret/file"),
    }
    raise errors[kind]


@node("test.read", "Read", since="1")
def read(*, file: Annotated[Path, File()] = Path()) -> str:
    """Read a text file."""
    CALLS.append(file.name)
    return file.read_text(encoding="utf-8")


@node("test.source", "Source", since="1")
def source(*, file: Annotated[SourceFile | None, File()] = None) -> str:
    """Say what file it got."""
    return "nothing" if file is None else file.identity[:8]


@node("test.pick", "Pick", since="1", needs=lambda params: frozenset({params["use"]}))
def pick(a: str | None = None, b: str | None = None, *, use: str = "a") -> Any:
    """Pass one of two on."""
    return a if use == "a" else b


@node("test.scale", "Scale", since="1")
def scale(*, factor: Annotated[float, Number(0, 10)] = 2.0) -> float:
    """Multiply by two."""
    return factor * 2


def hello(**changes: str) -> Any:
    return graph(
        one=(word, {"text": changes.get("one", "hello")}),
        two=(word, {"text": changes.get("two", "world")}),
        both=(join, {}, {"a": "one.text", "b": "two.text"}),
        out=(save, {}, {"text": "both.text"}),
    )


def test_a_graph_runs_once_and_the_second_run_calls_nothing(bench: Bench) -> None:
    report = bench.run(hello())
    assert sorted(report.done) == ["both", "one", "out", "two"]
    assert report.exit_code == ExitCode.DONE
    assert report.files[0].path.read_text(encoding="utf-8") == "hello world"
    CALLS.clear()
    bench.reopen()
    again = bench.run(hello())
    assert CALLS == []
    assert again.done == () and again.cached == ("out",)
    assert again.kept[0].path == report.files[0].path


def test_a_changed_param_runs_only_what_depends_on_it(bench: Bench) -> None:
    bench.run(hello())
    CALLS.clear()
    report = bench.run(hello(two="there"))
    assert sorted(CALLS) == ["both", "out", "there"]
    assert "one" in report.cached


def test_fresh_runs_everything_again_and_keeps_one_file(bench: Bench) -> None:
    first = bench.run(hello())
    CALLS.clear()
    second = bench.run(hello(), fresh=True)
    assert len(CALLS) == 4
    assert second.files == first.files
    assert len(list(bench.services.output.iterdir())) == 1


def test_other_content_never_replaces_a_file_of_the_same_name(bench: Bench) -> None:
    bench.run(hello())
    report = bench.run(hello(two="there"))
    assert report.files[0].path.name == "out_002.txt"
    assert (bench.services.output / "out.txt").read_text(encoding="utf-8") == "hello world"


@pytest.mark.parametrize("change", ["deleted", "altered"])
def test_a_saved_file_that_is_gone_or_altered_is_written_again(bench: Bench, change: str) -> None:
    path = bench.run(hello()).files[0].path
    if change == "deleted":
        path.unlink()
    else:
        path.write_text("hello WORLD", encoding="utf-8")
    CALLS.clear()
    report = bench.run(hello())
    assert CALLS == ["out"]
    assert report.files[0].path.read_text(encoding="utf-8") == "hello world"


def test_a_touched_file_with_the_same_content_counts_as_the_same(bench: Bench) -> None:
    path = bench.run(hello()).files[0].path
    path.touch()
    assert bench.run(hello()).done == ()


def test_several_outputs_are_linked_by_name(bench: Bench) -> None:
    flat = graph(
        one=(word, {"text": "abcd"}),
        parts=(halve, {}, {"text": "one.text"}),
        back=(join, {"glue": "-"}, {"a": "parts.second", "b": "parts.first"}),
    )
    bench.run(flat)
    assert bench.value(flat, "back") == "cd-ab"


def test_what_only_feeds_the_other_side_of_a_switch_is_not_computed(bench: Bench) -> None:
    flat = graph(
        one=(word, {"text": "one"}),
        two=(word, {"text": "two"}),
        pick=(pick, {"use": "b"}, {"a": "one.text", "b": "two.text"}),
    )
    bench.run(flat)
    assert CALLS == ["two"]
    assert bench.plan(flat).step("one").state == "unneeded"
    assert bench.value(flat, "pick") == "two"


def test_a_link_to_a_parameter_takes_its_place_and_is_checked(bench: Bench) -> None:
    flat = graph(one=(scale, {"factor": 3}), two=(scale, {"factor": 1}, {"factor": "one.number"}))
    bench.run(flat)
    assert bench.value(flat, "two") == 12.0
    over = graph(one=(scale, {"factor": 9}), two=(scale, {"factor": 1}, {"factor": "one.number"}))
    report = bench.run(over)
    assert str(report.problems[0]).startswith(
        "node 'two', parameter 'factor': 18.0 is above the largest value, 10."
    )


def test_two_nodes_that_compute_the_same_are_computed_once(bench: Bench) -> None:
    flat = graph(
        one=(word, {"text": "same"}),
        two=(word, {"text": "same"}),
        both=(join, {}, {"a": "one.text", "b": "two.text"}),
    )
    report = bench.run(flat)
    assert CALLS == ["same", "both"]
    assert set(report.done) | set(report.cached) == {"one", "two", "both"}


def test_a_failure_stops_only_what_depends_on_it(bench: Bench) -> None:
    flat = graph(
        one=(word, {"text": "one"}),
        bad=(fail, {}, {"text": "one.text"}),
        after=(join, {}, {"a": "bad.text"}),
        lost=(save, {"name": "lost"}, {"text": "after.text"}),
        kept=(save, {"name": "kept"}, {"text": "one.text"}),
    )
    events = EventQueue()
    report = bench.run(flat, events=events)
    assert report.exit_code == ExitCode.NODE_FAILED
    assert list(report.failed) == ["bad"]
    assert report.skipped == {"after": "bad", "lost": "bad"}
    assert [file.path.name for file in report.files] == ["kept.txt"]
    told = str(report.problems[0])
    assert "node 'bad': TypeError: these two do not add in test_runs.py:" in told
    assert "Traceback" not in told
    failed = next(e for e in drained(events) if isinstance(e, StepFailed))
    assert "Traceback" in failed.trace and "Traceback" not in str(failed.to_dict())


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("refusal", ExitCode.NODE_FAILED, "node 'bad', input 'text': it is too silly. Choose"),
        ("memory", ExitCode.DOES_NOT_FIT, "memory ran out"),
        ("permission", ExitCode.MISSING, "/secret/file may not be read or written"),
    ],
)
def test_each_kind_of_failure_has_its_sentence_and_exit_code(
    bench: Bench, kind: str, code: ExitCode, words: str
) -> None:
    flat = graph(one=(word,), bad=(fail, {"kind": kind}, {"text": "one.text"}))
    report = bench.run(flat)
    assert report.exit_code == code
    assert words in str(report.problems[0])


def test_a_missing_file_is_found_by_the_plan_and_nothing_runs(bench: Bench) -> None:
    flat = graph(
        text=(read, {"file": "none.txt"}),
        out=(save, {}, {"text": "text.text"}),
        fine=(word, {}),
        other=(save, {"name": "other"}, {"text": "fine.text"}),
    )
    plan = bench.plan(flat)
    assert [step.name for step in plan.steps if step.state == "blocked"] == ["text", "out"]
    with pytest.raises(Refusal) as refused:
        bench.engine.run(plan)
    assert str(refused.value).startswith("node 'text', parameter 'file': there is no file")
    assert refused.value.exit_code == ExitCode.MISSING
    assert CALLS == [] and not bench.services.output.exists()
    report = bench.engine.run(plan, partial=True)
    assert [file.path.name for file in report.files] == ["other.txt"]


def test_a_files_content_decides_not_its_name(bench: Bench) -> None:
    project = bench.services.folder
    (project / "a.txt").write_text("same")
    bench.run(graph(text=(read, {"file": "a.txt"})))
    (project / "a.txt").rename(project / "b.txt")
    assert bench.run(graph(text=(read, {"file": "b.txt"}))).done == ()
    (project / "b.txt").write_text("other")
    assert bench.run(graph(text=(read, {"file": "b.txt"}))).done == ("text",)


def test_a_file_arrives_in_the_form_that_its_hint_asks_for(bench: Bench) -> None:
    (bench.services.folder / "a.txt").write_text("x")
    flat = graph(some=(source, {"file": "a.txt"}), none=(source, {"file": None}))
    bench.run(flat)
    assert len(bench.value(flat, "some")) == 8
    assert bench.value(flat, "none") == "nothing"


def test_a_cancelled_run_says_so_and_goes_on_later(bench: Bench) -> None:
    token = CancelToken()

    @node("test.stop", "Stop", since="1")
    def stop(run: Run, text: str) -> str:
        """Cancel once."""
        if not token.is_set:
            token.set()
        run.check()
        return text

    flat = graph(one=(word,), stop=(stop, {}, {"text": "one.text"}))
    report = bench.run(flat, cancel=token, workflow="film.json")
    assert report.cancelled and report.exit_code == ExitCode.CANCELLED
    assert report.done == ("one",)
    assert [job.workflow for job in bench.engine.journal.interrupted()] == ["film.json"]


def test_steps_speak_through_events(bench: Bench) -> None:
    @node("test.talk", "Talk", since="1")
    def talk(run: Run) -> str:
        """Talk a lot."""
        half = run.part(0.0, 0.5)
        for number in range(1000):
            half.progress(number, 1000)
        run.say("half way")
        run.progress(1, 1)
        return "done"

    events = EventQueue()
    bench.run(graph(talk=(talk,)), events=events)
    told = [event.to_dict() for event in drained(events)]
    names = [event["event"] for event in told]
    assert names[:2] == ["job_started", "step_started"]
    assert names[-2:] == ["step_done", "job_done"]
    assert [e.text for e in [StepSaid("talk", "half way")]] == ["half way"]
    assert {"event": "step_said", "node": "talk", "text": "half way"} in told
    progress = [event for event in told if event["event"] == "step_progress"]
    assert 2 <= len(progress) <= 5
    assert progress[-1]["done"] == 1


def test_scratch_folders_are_gone_after_the_run(bench: Bench) -> None:
    seen: list[Path] = []

    @node("test.scratch", "Scratch", since="1")
    def scratching(run: Run) -> str:
        """Use scratch space."""
        seen.append(run.scratch(".bin"))
        seen.append(run.scratch(".bin"))
        seen[0].write_bytes(b"x")
        return "done"

    bench.run(graph(one=(scratching,)))
    assert seen[0] != seen[1]
    assert not seen[0].exists() and not seen[0].parent.exists()


def test_only_declared_nodes_may_write(bench: Bench) -> None:
    @node("test.sneaky", "Sneaky", since="1")
    def sneaky(run: Run) -> str:
        """Write without saying so."""
        with run.writing("x", ".txt") as path:
            path.write_text("x")
        return "x"

    report = bench.run(graph(one=(sneaky,)))
    assert "not declared with writes=True" in str(report.problems[0])


def test_a_failed_write_leaves_nothing(bench: Bench) -> None:
    @node("test.half", "Half", since="1", writes=True)
    def half(run: Run) -> SavedFile:
        """Fail in the middle of writing."""
        with run.writing("half", ".txt") as path:
            path.write_text("x")
            if path.exists():
                raise ValueError("in the middle")
        return run.saved()

    bench.run(graph(one=(half,)))
    assert list(bench.services.output.iterdir()) == []


def test_the_journal_knows_what_ran(bench: Bench, tmp_path: Path) -> None:
    bench.run(hello(), workflow="film.json")
    (job,) = bench.engine.journal.jobs()
    assert (job.workflow, job.state, job.steps, job.done) == ("film.json", "done", 4, 4)
    assert bench.engine.journal.recipe(job.id) == bench.services.recipe
    with sqlite3.connect(tmp_path / "state" / "journal.sqlite") as reading:
        states = dict(reading.execute("SELECT node, state FROM steps").fetchall())
    assert states == {"one": "done", "two": "done", "both": "done", "out": "done"}


def test_the_history_gives_a_time_range(bench: Bench) -> None:
    flat = graph(one=(word, {"text": "a"}))
    assert bench.plan(flat).seconds is None
    bench.run(flat)
    low, high = bench.plan(graph(one=(word, {"text": "b"}))).seconds or (0, 0)
    assert 0 < low < high < 1


def drained(events: EventQueue) -> list[Any]:
    return [events.get_nowait() for _ in range(events.qsize())]
