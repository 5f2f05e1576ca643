"""Properties that hold whatever is done: undo restores, files come back, views can follow."""

import json
import random
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from aiprod_studio.graph import Document, check, dumps, flatten, loads
from aiprod_studio.graph.errors import GraphProblem
from aiprod_studio.graph.format import write_content
from aiprod_studio.graph.loops import loops
from aiprod_studio.sdk import Problem, Refusal
from tests.graph.graph_mirror import Mirror
from tests.graph.graph_moves import Moves, broken_workflow
from tests.graph.graph_samples import SPECS, film
from tests.graph.test_graph_format import EVERYTHING

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def is_sound(document: Document) -> bool:
    """Say whether commands kept what they promise: no loops, no links to nowhere."""
    for _, graph in document.content.scopes():
        reads = {n: [s for s, _ in node.inputs.values()] for n, node in graph.nodes.items()}
        if any(loops(reads)):
            return False
        known = {*graph.nodes, "inputs"}
        if any(source not in known for read in reads.values() for source in read):
            return False
        if any(node not in known for node, _ in (*graph.outputs.values(), *graph.params.values())):
            return False
    return True


class Editing(RuleBasedStateMachine):
    """An artist at work, with a view that follows by facts alone."""

    def __init__(self) -> None:
        super().__init__()
        self.document = film()
        self.mirror = Mirror(self.document)
        self.past = [dumps(self.document)]
        self.future: list[str] = []
        while self.document.undo():
            self.past.append(dumps(self.document))
        while self.document.redo():
            pass
        self.past = self.past[:0:-1]

    @rule(seed=st.integers(0, 10**9), count=st.integers(1, 4))
    def do(self, seed: int, count: int) -> None:
        moves = Moves(self.document, random.Random(seed))
        wanted = [move for move in (moves.next() for _ in range(count)) if move is not None]
        before = dumps(self.document)
        reason = self.document.why_not(*wanted)
        assert dumps(self.document) == before
        try:
            self.document.do(*wanted)
        except Refusal as refusal:
            note(f"refused {wanted}: {refusal}")
            assert reason == refusal.problems[0]
            assert dumps(self.document) == before
            return
        note(f"did {wanted}")
        assert reason is None
        if dumps(self.document) != before:
            self.past.append(before)
            self.future.clear()

    @precondition(lambda self: self.document.can_undo)
    @rule()
    def undo(self) -> None:
        self.future.append(dumps(self.document))
        self.document.undo()
        assert dumps(self.document) == self.past.pop()

    @precondition(lambda self: self.document.can_redo)
    @rule()
    def redo(self) -> None:
        self.past.append(dumps(self.document))
        self.document.redo()
        assert dumps(self.document) == self.future.pop()

    @invariant()
    def the_view_equals_the_document(self) -> None:
        self.mirror.check()

    @invariant()
    def it_is_sound_and_comes_back_from_its_file(self) -> None:
        text = dumps(self.document)
        again = loads(text, SPECS)
        assert again.document is not None, again.problems
        assert dumps(again.document) == text
        assert is_sound(self.document)


Editing.TestCase.settings = settings(
    deadline=None,
    max_examples=30,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
TestEditing = Editing.TestCase


def state(document: Document) -> str:
    """Return all that a file would hold; quicker to make than its text."""
    return json.dumps(write_content(document.content), sort_keys=True)


def test_a_thousand_random_commands_are_undone_and_redone_exactly() -> None:
    document = film()
    mirror = Mirror(document)
    moves = Moves(document, random.Random(20))
    states = [state(document)]
    done = 0
    for _ in range(1000):
        move = moves.next()
        if move is None or document.why_not(move) is not None:
            continue
        document.do(move)
        done += 1
        if state(document) != states[-1]:
            states.append(state(document))
    assert done > 300
    mirror.check()
    for known in reversed(states[:-1]):
        assert document.undo()
        assert state(document) == known
    mirror.check()
    for known in states[1:]:
        assert document.redo()
        assert state(document) == known
    assert not document.redo()
    mirror.check()


def test_whatever_was_done_check_and_flatten_give_an_answer() -> None:
    for seed in range(20):
        document = film()
        moves = Moves(document, random.Random(seed))
        for _ in range(60):
            move = moves.next()
            if move is not None and document.why_not(move) is None:
                document.do(move)
        problems = check(document, SPECS)
        assert all(str(problem) and problem.remedy for problem in problems)
        try:
            flat = flatten(document, SPECS)
        except Refusal:
            assert problems
        else:
            assert all(source in flat.nodes for node in flat.nodes.values()
                       for source, _ in node.inputs.values())  # fmt: skip


def test_a_broken_document_can_be_edited_and_undone_without_a_crash() -> None:
    for seed in range(15):
        rng = random.Random(seed)
        document = loads(json.dumps(broken_workflow(rng)), rng.choice((SPECS, None))).document
        assert document is not None
        states = [state(document)]
        moves = Moves(document, rng)
        for _ in range(40):
            move = moves.next()
            if move is None or document.why_not(move) is not None:
                continue
            document.do(move)
            if state(document) != states[-1]:
                states.append(state(document))
                answers(dumps(document))
        for known in reversed(states[:-1]):
            document.undo()
            assert state(document) == known


def answers(data: str | bytes) -> None:
    """Demand a sound answer of the loader, whatever the file holds."""
    loaded = loads(data, SPECS)
    if loaded.document is None:
        assert loaded.problems
        for problem in loaded.problems:
            assert isinstance(problem, GraphProblem)
            assert str(problem)
            assert len(str(problem)) < 1000
        return
    assert not loaded.problems
    text = dumps(loaded.document)
    again = loads(text, SPECS)
    assert again.document is not None
    assert dumps(again.document) == text
    assert all(isinstance(problem, Problem) for problem in check(loaded.document, SPECS))
    try:
        flatten(loaded.document, SPECS)
    except Refusal as refusal:
        assert refusal.problems


SEEDS = (json.dumps(EVERYTHING, ensure_ascii=False).encode(), dumps(film()).encode())


@QUICK
@given(
    st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8)
)
def test_files_with_flipped_bytes_never_crash_the_loader(
    seed: bytes, flips: list[tuple[float, int]]
) -> None:
    data = bytearray(seed)
    for where, value in flips:
        data[int(where * (len(data) - 1))] = value
    answers(bytes(data))


@QUICK
@given(st.sampled_from(SEEDS), st.floats(0, 1), st.floats(0, 1), st.binary(max_size=20))
def test_files_with_pieces_cut_out_or_put_in_never_crash_the_loader(
    seed: bytes, start: float, length: float, piece: bytes
) -> None:
    at = int(start * len(seed))
    answers(seed[:at] + piece + seed[at + int(length**4 * len(seed)) :])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["prompt.text", "inputs.a", "subgraph.look", "mute", "sampling.dit", "."]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "inputs", "params", "nodes", "a", "look", "prompt", ".", ""]),
        inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) in a JSON value."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        here = waiting.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here))
        for key in keys:
            found.append((here, key))
            if isinstance(here[key], dict | list):
                waiting.append(here[key])
    return found


@QUICK
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), JSON), min_size=1, max_size=4))
def test_files_with_other_values_in_any_place_never_crash_the_loader(
    seed: bytes, changes: list[tuple[float, Any]]
) -> None:
    raw = json.loads(seed)
    for where, value in changes:
        found = places(raw)
        container, key = found[int(where * (len(found) - 1))]
        container[key] = value
    answers(json.dumps(raw))


@QUICK
@given(JSON)
def test_any_json_is_answered(value: Any) -> None:
    answers(json.dumps(value))
    head = {"format": "aiprod-workflow", "version": 1, "nodes": {}}
    answers(json.dumps({**head, "nodes": value}))
    answers(json.dumps({**head, "subgraphs": {"look": value}}))
    answers(json.dumps({**head, "version": 0, "nodes": {"a": value}}))
