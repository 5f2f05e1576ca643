"""What keeps a document from running: each problem once, with its place and a remedy."""

from typing import Any

import pytest

from aiprod_studio.graph import check
from aiprod_studio.graph.errors import (
    BadName,
    FromTheFuture,
    GraphProblem,
    LinkToNowhere,
    MissingInput,
    NeedsMuted,
    NothingPasses,
    OutOfRange,
    Recursive,
    TooDeep,
    TypesDiffer,
    UnknownInput,
    UnknownNode,
    UnknownParam,
    WouldLoop,
    WrongType,
)
from tests.graph.graph_samples import SPECS, chain, film, opened

NUMBER: dict[str, Any] = {"type": "maths.number"}


def adding(**inputs: str) -> dict[str, Any]:
    return {"type": "maths.add", "inputs": inputs}


def problems(nodes: dict[str, Any], **sections: Any) -> tuple[GraphProblem, ...]:
    found = check(opened(nodes, **sections), SPECS)
    for problem in found:
        assert problem.where
        assert problem.remedy
        assert "\n" not in str(problem)
    return found


def only(nodes: dict[str, Any], **sections: Any) -> GraphProblem:
    found = problems(nodes, **sections)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_document_has_no_problems() -> None:
    assert check(film(), SPECS) == ()
    assert check(chain(50), SPECS) == ()


@pytest.mark.parametrize(
    ("nodes", "kind", "sentence"),
    [
        (
            {"a": {"type": "text.promt"}},
            UnknownNode,
            "node 'a': no pack has a node of type 'text.promt'. Did you mean 'text.prompt'?",
        ),
        (
            {"a": {"type": "weird.thing"}},
            UnknownNode,
            "node 'a': no pack has a node of type 'weird.thing'. "
            "Install or allow the pack it comes from, or mute the node.",
        ),
        (
            {"a": {"type": "subgraph.look"}},
            UnknownNode,
            "node 'a': the document has no sub-graph 'look'. "
            "Install or allow the pack it comes from, or mute the node.",
        ),
        (
            {"n": NUMBER, "a": adding(a="m.integer")},
            LinkToNowhere,
            "node 'a', input 'a': it is linked to node 'm', which does not exist. "
            "Remove the link, or link it to a node that exists.",
        ),
        (
            {"number": NUMBER, "a": adding(a="nubmer.integer")},
            LinkToNowhere,
            "node 'a', input 'a': it is linked to node 'nubmer', which does not exist. "
            "Did you mean 'number'?",
        ),
        (
            {"n": NUMBER, "a": adding(a="n.text")},
            LinkToNowhere,
            "node 'a', input 'a': it is linked to 'n.text', and 'n' has no output 'text'. "
            "Its outputs: integer.",
        ),
        (
            {"a": adding(a="inputs.x")},
            LinkToNowhere,
            "node 'a', input 'a': it is linked to 'inputs.x', and a document has no such input. "
            "Add the input, or remove the link.",
        ),
        (
            {"p": {"type": "text.prompt"}, "a": adding(a="p.text")},
            TypesDiffer,
            "node 'a', input 'a': it takes number, and 'p.text' gives text. "
            "Link an output of type number to it.",
        ),
        (
            {"n": NUMBER, "a": adding(a="n.integer"), "w": {"type": "maths.whole",
             "inputs": {"a": "a.total"}}},
            TypesDiffer,
            "node 'w', input 'a': it takes integer, and 'a.total' gives number. "
            "Link an output of type integer to it.",
        ),
        (
            {"a": {"type": "maths.add"}},
            MissingInput,
            "node 'a', input 'a': it is linked to nothing, and the node needs its a (number). "
            "Link an output of type number to it.",
        ),
        (
            {"n": {"type": "maths.number", "params": {"value": 2000}}},
            OutOfRange,
            "node 'n', parameter 'value': 2000 is above the largest value, 1000. "
            "Set it between 0 and 1000.",
        ),
        (
            {"n": {"type": "maths.number", "params": {"value": "many"}}},
            WrongType,
            "node 'n', parameter 'value': 'many' is not a whole number. Give a whole number.",
        ),
        (
            {"n": {"type": "maths.number", "params": {"value": True}}},
            WrongType,
            "node 'n', parameter 'value': True is not a whole number. Give a whole number.",
        ),
        (
            {"n": {"type": "maths.number", "params": {"valeu": 1}}},
            UnknownParam,
            "node 'n', parameter 'valeu': 'maths.number' has no such parameter. "
            "Did you mean 'value'?",
        ),
        (
            {"n": NUMBER, "m": {"type": "maths.number", "inputs": {"valeu": "n.integer"}}},
            UnknownInput,
            "node 'm', input 'valeu': 'maths.number' has no such input. Did you mean 'value'?",
        ),
        (
            {"n": {"type": "maths.number", "version": "1.1"}},
            FromTheFuture,
            "node 'n': it was made for version 1.1 of 'maths.number', and 1.0 is here. "
            "Update the program or the pack.",
        ),
        (
            {"a.b": NUMBER},
            BadName,
            "node 'a.b': 'a.b' holds '.' or '/', which separate names in links. Rename it.",
        ),
        (
            {"inputs": NUMBER},
            BadName,
            "node 'inputs': 'inputs' is reserved for the inputs and outputs of sub-graphs. "
            "Rename it.",
        ),
        ({"": NUMBER}, BadName, "a name is empty. Rename it."),
        (
            {"a": adding(a="b.total"), "b": adding(a="c.total"), "c": adding(a="a.total")},
            WouldLoop,
            "node 'a': the links form a loop: a → c → b → a. Remove one of these links.",
        ),
        (
            {"a": adding(a="a.total")},
            WouldLoop,
            "node 'a': the links form a loop: a → a. Remove one of these links.",
        ),
    ],
)  # fmt: skip
def test_a_problem_is_one_sentence_that_names_place_reason_and_remedy(
    nodes: dict[str, Any], kind: type[GraphProblem], sentence: str
) -> None:
    (found,) = check(opened(nodes), SPECS)
    assert found.remedy
    assert type(found) is kind
    assert str(found) == sentence


@pytest.mark.parametrize(
    ("param", "value", "kind"),
    [
        ("steps", 0, OutOfRange),
        ("steps", 8.5, WrongType),
        ("steps", 10**19, OutOfRange),
        ("steps", None, WrongType),
        ("steps", [1], WrongType),
        ("guidance", 20.5, OutOfRange),
        ("guidance", "1", WrongType),
        ("rate", "0", OutOfRange),
        ("rate", "fast", WrongType),
        ("rate", {}, WrongType),
        ("quality", "best", OutOfRange),
        ("quality", 1, WrongType),
    ],
)
def test_a_value_that_a_parameter_cannot_have_is_out_of_range_or_of_the_wrong_type(
    param: str, value: Any, kind: type[GraphProblem]
) -> None:
    nodes = {"s": {"type": "sampling.dit", "mode": "active", "params": {param: value}}}
    found = [p for p in problems(nodes) if not isinstance(p, MissingInput)]
    assert [type(problem) for problem in found] == [kind]
    assert found[0].node == "s"
    assert found[0].field == param


def test_a_whole_number_fits_where_a_number_is_wanted() -> None:
    assert problems({"n": NUMBER, "a": adding(a="n.integer")}) == ()


def test_an_older_version_of_a_node_and_one_that_is_no_number_are_fine() -> None:
    assert problems({"n": {"type": "maths.number", "version": "0.9.5"}}) == ()
    assert problems({"n": {"type": "maths.number", "version": "beta"}}) == ()


def test_all_problems_are_told_not_only_the_first() -> None:
    kinds = {type(p) for p in problems({
        "x": {"type": "no.such"},
        "n": {"type": "maths.number", "params": {"value": -1, "other": 1}},
        "a": adding(b="n.integer", c="gone.out"),
    })}  # fmt: skip
    assert kinds == {
        UnknownNode, OutOfRange, UnknownParam, MissingInput, UnknownInput, LinkToNowhere,
    }  # fmt: skip


def test_two_separate_loops_are_both_told() -> None:
    found = problems({
        "a": adding(a="b.total"), "b": adding(a="a.total"),
        "c": adding(a="d.total"), "d": adding(a="c.total"), "after": adding(a="c.total"),
    })  # fmt: skip
    assert [type(problem) for problem in found] == [WouldLoop, WouldLoop]


def test_a_muted_node_has_no_problems_but_what_needs_it_has() -> None:
    nodes = {
        "ghost": {"type": "no.such", "mode": "mute"},
        "a": {"type": "maths.add", "mode": "mute", "params": {"extra": 99}},
        "b": adding(a="a.total"),
    }
    found = only(nodes)
    assert type(found) is NeedsMuted
    assert str(found) == (
        "node 'b', input 'a': it needs what the muted node 'a' would make. "
        "Unmute 'a', or mute this node too."
    )


def test_an_optional_input_does_without_a_muted_node() -> None:
    nodes = {
        "n": NUMBER,
        "m": {**NUMBER, "mode": "mute"},
        "a": adding(a="n.integer", b="m.integer"),
    }
    assert problems(nodes) == ()


def test_a_bypassed_node_is_judged_by_what_it_passes() -> None:
    bypassed = {"type": "maths.add", "mode": "bypass", "params": {"extra": 99}}
    nodes = {"n": NUMBER, "m": {**bypassed, "inputs": {"a": "n.integer"}}, "b": adding(a="m.total")}
    assert problems(nodes) == ()
    found = only({"m": bypassed, "b": adding(a="m.total")})
    assert type(found) is NothingPasses
    assert "'m'" in str(found)


def test_the_real_type_behind_a_bypassed_node_and_reroutes_counts() -> None:
    nodes = {
        "p": {"type": "text.prompt"},
        "pick": {"type": "flow.pick", "mode": "bypass", "inputs": {"two": "p.text"}},
        "bend": {"type": "graph.reroute", "inputs": {"value": "pick.value"}},
        "a": adding(a="bend.value"),
    }
    found = only(nodes)
    assert type(found) is TypesDiffer
    assert "'p.text' gives text" in str(found)


def test_a_reroute_that_is_linked_to_nothing_is_told_where_it_matters() -> None:
    found = only({"bend": {"type": "graph.reroute"}, "a": adding(a="bend.value")})
    assert type(found) is MissingInput
    assert found.node == "a"
    assert "'bend'" in str(found)


def test_a_ring_of_reroutes_is_a_loop_and_ends() -> None:
    found = problems({
        "r": {"type": "graph.reroute", "inputs": {"value": "s.value"}},
        "s": {"type": "graph.reroute", "inputs": {"value": "r.value"}},
        "a": adding(a="r.value"),
    })  # fmt: skip
    assert [type(problem) for problem in found] == [WouldLoop]


def test_problems_inside_a_sub_graph_name_it() -> None:
    look = {
        "nodes": {"a": adding(a="inputs.x"), "n": {**NUMBER, "params": {"value": -5}}},
        "inputs": {"y": {"type": "number"}},
        "outputs": {"out": "b.total"},
        "params": {"p": "a.missing", "q": "c.extra"},
    }
    found = problems({}, subgraphs={"look": look})
    assert [str(problem) for problem in found] == [
        "sub-graph 'look', node 'a', input 'a': it is linked to 'inputs.x', and the sub-graph "
        "'look' has no such input. Add the input, or remove the link.",
        "sub-graph 'look', node 'n', parameter 'value': -5 is below the smallest value, 0. "
        "Set it between 0 and 1000.",
        "sub-graph 'look', output 'out': it is linked to node 'b', which does not exist. "
        "Remove the link, or link it to a node that exists.",
        "sub-graph 'look', parameter 'p': it sets 'a.missing', and 'maths.add' has no such "
        "parameter. Its parameters: extra.",
        "sub-graph 'look', parameter 'q': it sets 'c.extra', and there is no node 'c'. "
        "Choose a parameter of a node inside.",
    ]


LOOK = {
    "nodes": {"sum": {"type": "maths.add", "inputs": {"a": "inputs.x", "b": "inputs.y"}}},
    "inputs": {"x": {"type": "number"}, "y": {"type": "number"}},
    "outputs": {"out": "sum.total"},
    "params": {"more": "sum.extra"},
}


def use(inputs: dict[str, str], **params: Any) -> dict[str, Any]:
    return {"type": "subgraph.look", "inputs": inputs, "params": params}


def test_a_use_of_a_sub_graph_is_checked_like_any_node() -> None:
    sub = {"look": LOOK}
    good = {"n": NUMBER, "u": use({"x": "n.integer"}, more=2), "w": adding(a="u.out")}
    assert problems(good, subgraphs=sub) == ()
    assert type(only({"u": use({})}, subgraphs=sub)) is MissingInput
    wrong = {"p": {"type": "text.prompt"}, "u": use({"x": "p.text"})}
    assert type(only(wrong, subgraphs=sub)) is TypesDiffer
    wrong = {"n": NUMBER, "u": use({"x": "n.integer"}, more=99)}
    assert type(only(wrong, subgraphs=sub)) is OutOfRange
    wrong = {"n": NUMBER, "u": use({"x": "n.integer"}, less=1)}
    assert type(only(wrong, subgraphs=sub)) is UnknownParam
    wrong = {"n": NUMBER, "u": use({"x": "n.integer"}), "w": adding(a="u.sum")}
    assert type(only(wrong, subgraphs=sub)) is LinkToNowhere


def test_an_input_of_a_sub_graph_is_needed_when_a_node_inside_needs_it_through_a_reroute() -> None:
    inside = {
        "nodes": {
            "bend": {"type": "graph.reroute", "inputs": {"value": "inputs.x"}},
            "sum": {"type": "maths.add", "inputs": {"a": "bend.value"}},
        },
        "inputs": {"x": {"type": "number"}},
    }
    assert type(only({"u": use({})}, subgraphs={"look": inside})) is MissingInput


def test_sub_graphs_that_contain_themselves_are_told() -> None:
    found = problems({}, subgraphs={
        "a": {"nodes": {"u": {"type": "subgraph.b"}}},
        "b": {"nodes": {"u": {"type": "subgraph.a"}}},
        "c": {"nodes": {"u": {"type": "subgraph.c"}}},
    })  # fmt: skip
    told = [problem for problem in found if isinstance(problem, Recursive)]
    assert len(told) == 2
    assert str(told[0]) == (
        "sub-graph 'a': the sub-graph contains itself: 'a' → 'b' → 'a'. Remove one of these uses."
    )


def test_sub_graphs_nested_beyond_all_sense_are_told_and_do_not_overflow() -> None:
    count = 3000
    subgraphs = {
        f"s{index}": {"nodes": {"u": {"type": f"subgraph.s{index + 1}"}}} for index in range(count)
    }
    subgraphs[f"s{count}"] = {"nodes": {}}
    found = problems({"u": {"type": "subgraph.s0"}}, subgraphs=subgraphs)
    assert any(isinstance(problem, TooDeep) for problem in found)


def test_a_document_full_of_problems_is_told_in_a_bounded_number_of_them() -> None:
    nodes = {f"node_{index}": adding(a=f"nodx_{index}.total") for index in range(3000)}
    found = problems(nodes)
    assert len(found) == 201
    assert "more problems" in str(found[-1])
