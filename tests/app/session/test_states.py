"""How nodes stand, from plans and events alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiprod_studio.app.jobs.history import Entry
from aiprod_studio.app.jobs.messages import Ended, JobPlanned, Sheet, SheetRow
from aiprod_studio.app.jobs.tally import Tally
from aiprod_studio.app.session.results import Results
from aiprod_studio.app.session.states import NodeStates, cost_shown, named_node
from aiprod_studio.engine.events import StepDone, StepFailed, StepProgress, StepSkipped, StepStarted
from aiprod_studio.engine.plan import State
from aiprod_studio.engine.report import Report
from aiprod_studio.engine.services import Peaks
from aiprod_studio.graph.errors import GraphProblem
from aiprod_studio.sdk import Failed, Invalid, NodeSpec, Refusal


def sheet(**keys: str) -> Sheet:
    """Return a plan whose nodes have these keys and all run."""
    return Sheet(tuple(row(name, key) for name, key in keys.items()))


def row(name: str, key: str, state: State = "run", seconds: float = 1.0) -> SheetRow:
    peaks = Peaks(vram=3 << 30)
    return SheetRow(name, "a.b", "A", state, key, peaks, (seconds, seconds))


def test_a_node_is_cached_after_its_step_and_stale_after_a_change() -> None:
    states = NodeStates()
    states.planned(sheet(a="1", b="2"), set())
    assert states["a"].standing == ""
    states.take(JobPlanned(1, sheet(a="1", b="2")))
    assert states.take(StepStarted("a")) == {"a"} and states["a"].standing == "running"
    states.take(StepProgress("a", 3, 4, "", 9.0))
    assert states["a"].progress == 0.75 and states["a"].seconds_left == 9.0
    states.take(StepDone("a", 1.0))
    assert (states["a"].standing, states["a"].key, states["a"].progress) == ("cached", "1", None)
    states.planned(sheet(a="new", b="2"), set())
    assert states["a"].standing == "stale" and states["a"].key == "1"
    states.planned(sheet(a="1", b="2"), {"1"})
    assert states["a"].standing == "cached"


def test_a_change_while_a_step_runs_leaves_it_stale_when_it_is_done() -> None:
    states = NodeStates()
    states.planned(sheet(a="1"), set())
    states.take(JobPlanned(1, sheet(a="1")))
    states.take(StepStarted("a"))
    states.planned(sheet(a="2"), set())
    assert states["a"].standing == "running"
    states.take(StepDone("a", 1.0))
    assert states["a"].standing == "stale"


def test_what_failed_says_why_until_it_runs_again() -> None:
    states = NodeStates()
    states.planned(sheet(a="1", b="2"), set())
    problem = Failed("node 'a'", "it broke", "Mend it.")
    states.take(StepFailed("a", (problem,)))
    states.take(StepSkipped("b", "a"))
    assert states["a"].standing == "error" and "Mend it" in states["a"].message
    assert "a failed" in states["b"].message
    states.planned(sheet(a="1", b="2"), set())
    assert states["a"].standing == "error"
    states.take(JobPlanned(2, sheet(a="1", b="2")))
    assert states["a"].standing == "" and not states["a"].message


def test_a_cancelled_job_leaves_nothing_running() -> None:
    states = NodeStates()
    states.take(JobPlanned(1, sheet(a="1")))
    states.take(StepStarted("a"))
    assert states.ended(Ended(1, Report(cancelled=True))) == {"a"}
    assert states["a"].standing == ""


def test_reasons_that_a_document_cannot_run_are_put_on_their_nodes() -> None:
    states = NodeStates()
    states.wrong((GraphProblem("", "an input is open", "Link it.", node="encode"),))
    assert states["encode"].standing == "error"
    states.planned(sheet(encode="1"), set())
    assert states["encode"].standing == ""


def test_states_follow_a_node_to_its_new_name() -> None:
    states = NodeStates()
    states.planned(sheet(use="1", **{"use/inner": "2"}), {"1", "2"})
    states.renamed("use", "group")
    assert states["group/inner"].key == "2" and not states["use/inner"].key


def test_a_problem_names_its_node() -> None:
    assert named_node(Invalid("node 'a b', param 'x'", "")) == "a b"
    assert named_node(Invalid('sub-graph "g", node "n"', "")) == "n"
    assert named_node(Invalid("file x", "")) == ""
    assert cost_shown(3 << 29) == "1.5 GB" and cost_shown(1000) == ""


def test_a_job_is_as_far_as_its_steps_by_their_seconds() -> None:
    tally, entry = Tally(), Entry(1, "job", "")
    steps = (row("a", "1", "cached"), row("b", "2", seconds=1), row("c", "3", seconds=3))
    tally.take(entry, JobPlanned(1, Sheet(steps)))
    entry = tally.take(entry, StepDone("b", 1.0))
    assert entry.share == 0.25
    entry = tally.take(entry, StepProgress("c", 1, 2))
    assert entry.share == 0.625
    assert tally.take(entry, StepStarted("c")).note == "c"


def test_results_for_other_nodes_are_not_read_so_that_torch_is_never_imported(
    tmp_path: Path,
) -> None:
    from aiprod_studio.sdk.spec import OutputSpec

    results = Results(tmp_path)
    spec = NodeSpec("a.b", "A", "1", (), (OutputSpec("latents", "latents"),), (), "")
    result = results.of("sampler", spec, "key")
    assert result is not None and result.kind == "other"
    with pytest.raises(Refusal, match="for other nodes"):
        result.thumbnail()
    results.close()
