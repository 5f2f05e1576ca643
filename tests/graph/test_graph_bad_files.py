"""Files that nobody should have written: one clear sentence each, quickly, and never a crash."""

import json
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.graph import load, loads
from aiprod_studio.graph.errors import (
    BadNumber,
    DuplicateName,
    FromTheFuture,
    GraphProblem,
    NotJson,
    TooDeep,
    TooLarge,
    Unreadable,
    WrongFormat,
    WrongShape,
)
from aiprod_studio.sdk import ExitCode
from tests.graph.graph_samples import workflow


def only_problem(text: str | bytes) -> GraphProblem:
    loaded = loads(text, name="film.json")
    assert loaded.document is None
    (problem,) = loaded.problems
    sentence = str(problem)
    assert problem.exit_code == ExitCode.INVALID
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert problem.remedy
    return problem


HEAD = '"format": "aiprod-workflow", "version": 1'


@pytest.mark.parametrize(
    ("text", "kind", "parts"),
    [
        ("", NotJson, ["film.json", "not JSON", "line 1"]),
        ("hello", NotJson, ["film.json", "line 1, column 1"]),
        (f'{{{HEAD},\n "nodes": {{}}', NotJson, ["line 2"]),
        (b"\xff\xfe{\x00}\x00", NotJson, ["film.json", "UTF-8"]),
        (b"\x89PNG\r\n\x1a\n", NotJson, ["film.json"]),
        ("[]", WrongFormat, ["film.json", "JSON object"]),
        ("null", WrongFormat, ["film.json"]),
        ('"text"', WrongFormat, ["film.json"]),
        ("{}", WrongFormat, ["'format' is missing", "aiprod-workflow"]),
        ('{"format": "comfy", "version": 1}', WrongFormat, ["'comfy'"]),
        ('{"format": ["aiprod-workflow"]}', WrongFormat, ["film.json"]),
        ('{"format": "aiprod-workflow", "nodes": {}}', WrongFormat, ["'version' is missing"]),
        ('{"format": "aiprod-workflow", "version": "1"}', WrongFormat, ["'version'", "'1'"]),
        ('{"format": "aiprod-workflow", "version": true}', WrongFormat, ["'version'"]),
        ('{"format": "aiprod-workflow", "version": -1}', WrongFormat, ["-1", "0, 1"]),
        ('{"format": "aiprod-workflow", "version": 1.0}', WrongFormat, ["1.0"]),
        ('{"format": "aiprod-workflow", "version": 2}', FromTheFuture, ["version 2", "Update"]),
        (f"{{{HEAD}}}", WrongShape, ["'nodes' is missing"]),
        (f'{{{HEAD}, "nodes": {{"a": {{}}, "a": {{}}}}}}', DuplicateName, ["node 'a'", "twice"]),
        (f'{{{HEAD}, "nodes": {{}}, "nodes": {{}}}}', DuplicateName, ["'nodes'", "twice"]),
        (
            f'{{{HEAD}, "nodes": {{"a": {{"type": "x.y", "params": {{"p": NaN}}}}}}}}',
            BadNumber,
            ["node 'a'", "parameter 'p'", "NaN"],
        ),
        (
            f'{{{HEAD}, "nodes": {{"a": {{"type": "x.y", "params": {{"p": [-Infinity]}}}}}}}}',
            BadNumber,
            ["node 'a'", "'p[0]'", "too large"],
        ),
        (f'{{{HEAD}, "nodes": {{}}, "story": 1e999}}', BadNumber, ["'story'"]),
        (f'{{{HEAD}, "nodes": {{}}, "story": {10**30}}}', BadNumber, ["'story'", "64 bits"]),
        (f'{{{HEAD}, "nodes": {{}}, "story": {"9" * 5000}}}', BadNumber, ["'story'"]),
        (f'{{{HEAD}, "nodes": {{}}, "story": {2**64}}}', BadNumber, ["'story'"]),
        (f'{{{HEAD}, "nodes": {{}}, "story": "\\ud800"}}', NotJson, ["'story'", "half a"]),
        (f'{{{HEAD}, "nodes": {{"\\udc00": 1}}}}', NotJson, ["half a character"]),
    ],
)
def test_a_file_that_is_no_workflow_is_refused_with_one_sentence(
    text: str | bytes, kind: type[GraphProblem], parts: list[str]
) -> None:
    problem = only_problem(text)
    assert type(problem) is kind
    for part in parts:
        assert part in str(problem)


WRONG_SHAPES: list[tuple[dict[str, Any], list[str]]] = [
    ({"nodes": []}, ["field 'nodes'", "[]", "object"]),
    ({"nodes": {"a": None}}, ["node 'a'", "None", "object"]),
    ({"nodes": {"a": {}}}, ["node 'a'", "'type' is missing"]),
    ({"nodes": {"a": {"type": 3}}}, ["node 'a'", "field 'type'", "3"]),
    ({"nodes": {"a": {"type": ""}}}, ["node 'a'", "field 'type'"]),
    ({"nodes": {"a": {"type": "x.y", "version": 1.0}}}, ["node 'a'", "'version'"]),
    ({"nodes": {"a": {"type": "x.y", "mode": "off"}}}, ["node 'a'", "'off'", "'mute'"]),
    ({"nodes": {"a": {"type": "x.y", "mode": True}}}, ["node 'a'", "'mode'"]),
    ({"nodes": {"a": {"type": "x.y", "params": []}}}, ["node 'a'", "'params'"]),
    ({"nodes": {"a": {"type": "x.y", "inputs": "b.c"}}}, ["node 'a'", "'inputs'"]),
    ({"nodes": {"a": {"type": "x.y", "inputs": {"i": "b"}}}}, ["node 'a'", "input 'i'", "'b'"]),
    ({"nodes": {"a": {"type": "x.y", "inputs": {"i": ["b", "c"]}}}}, ["node 'a'", "input 'i'"]),
    ({"nodes": {"a": {"type": "x.y", "inputs": {"i": "b."}}}}, ["input 'i'", "node.output"]),
    ({"nodes": {"a": {"type": "x.y", "inputs": {"i": ".b"}}}}, ["input 'i'", "node.output"]),
    ({"frames": {}}, ["'frames'", "list"]),
    ({"frames": [3]}, ["'frames[0]'"]),
    ({"frames": [{}]}, ["'frames[0]'", "'name' is missing"]),
    ({"frames": [{"name": "f", "members": "a"}]}, ["'frames[0].members'"]),
    ({"frames": [{"name": "f", "members": [1]}]}, ["'frames[0].members[0]'"]),
    ({"frames": [{"name": "f", "colour": "red"}]}, ["'frames[0].colour'", "'red'"]),
    ({"frames": [{"name": "f", "pos": [1]}]}, ["'frames[0].pos'", "two numbers"]),
    ({"frames": [{"name": "f"}, {"name": "f"}]}, ["'frames[1]'", "'f'", "twice"]),
    ({"notes": [{"text": 1}]}, ["'notes[0].text'"]),
    ({"notes": [{"name": "n"}, {"name": "n"}]}, ["'notes[1]'", "twice"]),
    ({"view": []}, ["'view'"]),
    ({"view": {"a": {"pos": [1, "2"]}}}, ["'view.a.pos'"]),
    ({"view": {"a": {"pos": [1, True]}}}, ["'view.a.pos'"]),
    ({"view": {"a": {"collapsed": 1}}}, ["'view.a.collapsed'", "true or false"]),
    ({"view": {"a": {"colour": "#ffcc00\n"}}}, ["'view.a.colour'"]),
    ({"subgraphs": [1]}, ["'subgraphs'"]),
    ({"subgraphs": {"s": {}}}, ["sub-graph 's'", "'nodes' is missing"]),
    ({"subgraphs": {"s": {"nodes": {"a": 1}}}}, ["sub-graph 's', node 'a'"]),
    ({"subgraphs": {"s": {"nodes": {}, "inputs": {"i": {}}}}}, ["sub-graph 's'", "'inputs.i'"]),
    ({"subgraphs": {"s": {"nodes": {}, "outputs": {"o": 1}}}}, ["sub-graph 's'", "'outputs.o'"]),
    ({"subgraphs": {"s": {"nodes": {}, "params": {"p": "x"}}}}, ["sub-graph 's'", "'params.p'"]),
    ({"subgraphs": {"s": {"nodes": {}, "notes": [{"name": "n"}] * 2}}}, ["sub-graph 's'", "twice"]),
]


@pytest.mark.parametrize(("sections", "parts"), WRONG_SHAPES)
def test_a_field_of_the_wrong_shape_is_named_with_what_stands_there(
    sections: dict[str, Any], parts: list[str]
) -> None:
    problem = only_problem(workflow(**{"nodes": {}, **sections}))
    assert isinstance(problem, WrongShape | DuplicateName)
    for part in parts:
        assert part in str(problem)


def test_all_wrong_fields_are_told_at_once() -> None:
    nodes = {"a": {"type": 1, "mode": "x"}, "b": {}, "c": {"type": "x.y", "inputs": {"i": 0}}}
    loaded = loads(workflow(nodes, frames=3))
    assert loaded.document is None
    assert len(loaded.problems) == 5
    assert {problem.node for problem in loaded.problems} == {"", "a", "b", "c"}


def test_thousands_of_wrong_fields_are_told_in_a_few_sentences() -> None:
    loaded = loads(workflow({f"n{index}": None for index in range(20_000)}))
    assert loaded.document is None
    assert len(loaded.problems) == 50


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10_000_000,
        '{"a":' * 2_000_000,
        "[" * 5_000_000 + "]" * 5_000_000,
        workflow(story=json.loads("[" * 150 + "]" * 150)),
        workflow(
            nodes={"a": {"type": "x.y", "params": json.loads('{"a":' * 120 + "1" + "}" * 120)}}
        ),
    ],
    ids=["open", "objects", "closed", "section", "param"],
)
def test_brackets_nested_too_deep_are_refused(text: str) -> None:
    problem = only_problem(text)
    assert isinstance(problem, TooDeep)


def test_ten_megabytes_of_nested_lists_are_read() -> None:
    text = workflow(story=[[[[]] * 10] * 10] * 25_000)
    assert len(text) > 9_000_000
    loaded = loads(text)
    assert loaded.document is not None


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    loaded = load(path)
    (problem,) = loaded.problems
    assert isinstance(problem, TooLarge)
    assert "huge.json" in str(problem)


@pytest.mark.parametrize("name", ["missing.json", "folder", "nul\0l.json", "x" * 300])
def test_a_path_that_cannot_be_opened_gives_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    loaded = load(str(tmp_path / name))
    (problem,) = loaded.problems
    assert isinstance(problem, Unreadable)
    assert "cannot be opened" in str(problem)
