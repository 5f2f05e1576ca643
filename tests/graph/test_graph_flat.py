"""What the engine is given: plain nodes in order, everything else seen through."""

from fractions import Fraction
from typing import Any

import pytest

from aiprod_studio.graph import FlatGraph, flatten
from aiprod_studio.graph.commands import MakeSubgraph, SetMode, SetParam
from aiprod_studio.graph.errors import (
    NeedsMuted,
    OutOfRange,
    Recursive,
    TooLarge,
    TypesDiffer,
    UnknownNode,
)
from aiprod_studio.sdk import Refusal
from tests.graph.graph_samples import SPECS, chain, film, opened

NUMBER: dict[str, Any] = {"type": "maths.number"}


def adding(**inputs: str) -> dict[str, Any]:
    return {"type": "maths.add", "inputs": inputs}


def flat(nodes: dict[str, Any], **sections: Any) -> FlatGraph:
    return flatten(opened(nodes, **sections), SPECS)


def refused(nodes: dict[str, Any], **sections: Any) -> tuple[Any, ...]:
    with pytest.raises(Refusal) as caught:
        flat(nodes, **sections)
    return caught.value.problems


def in_order(graph: FlatGraph) -> bool:
    seen: set[str] = set()
    for name, node in graph.nodes.items():
        if any(source not in seen for source, _ in node.inputs.values()):
            return False
        seen.add(name)
    return True


def test_a_link_may_drive_a_parameter_of_its_type() -> None:
    graph = flat(
        {
            "n": NUMBER,
            "sum": {**adding(a="n.integer"), "inputs": {"a": "n.integer", "extra": "n.integer"}},
        }
    )
    assert graph.nodes["sum"].inputs["extra"] == ("n", "integer")
    words = {"n": NUMBER, "w": {"type": "text.prompt"}, "m": {"type": "maths.number"}}
    words["m"]["inputs"] = {"value": "w.text"}
    assert isinstance(refused(words)[0], TypesDiffer)


def test_every_parameter_is_read_and_defaults_are_filled_in() -> None:
    document = film()
    document.do(SetParam("sampler", "rate", "24000/1001"))
    sampler = flatten(document, SPECS).nodes["sampler"]
    assert sampler.params == {
        "steps": 8,
        "guidance": 1.0,
        "rate": Fraction(24000, 1001),
        "quality": "exact",
    }
    assert isinstance(sampler.params["guidance"], float)
    assert sampler.spec is SPECS["sampling.dit"]
    assert sampler.inputs == {
        "model": ("model", "dit"),
        "positive": ("encode", "conditioning"),
    }


def test_nodes_come_after_what_they_read_and_always_in_the_same_order() -> None:
    document = chain(300)
    graph = flatten(document, SPECS)
    assert in_order(graph)
    assert len(graph.nodes) == 300
    backwards = dict(reversed(list(document.nodes.items())))
    raw = {
        n: {"type": node.type, "inputs": {i: ".".join(s) for i, s in node.inputs.items()}}
        for n, node in backwards.items()
    }
    assert list(flat(raw).nodes) == list(graph.nodes)


def test_a_muted_node_is_left_out_and_so_is_the_link_to_an_optional_input() -> None:
    graph = flat(
        {"n": NUMBER, "m": {**NUMBER, "mode": "mute"}, "a": adding(a="n.integer", b="m.integer")}
    )
    assert list(graph.nodes) == ["n", "a"]
    assert graph.nodes["a"].inputs == {"a": ("n", "integer")}
    assert graph.left_out == {"m": "it is muted"}


def test_what_needs_a_muted_node_is_reported() -> None:
    document = film()
    document.do(SetMode(("encode",), "mute"))
    with pytest.raises(Refusal) as caught:
        flatten(document, SPECS)
    assert [type(problem) for problem in caught.value.problems] == [NeedsMuted]
    document.do(SetMode(("sampler", "decode", "save"), "mute"))
    assert list(flatten(document, SPECS).nodes) == ["model", "prompt"]


def test_a_bypassed_node_passes_its_first_matching_input() -> None:
    graph = flat({
        "n": NUMBER, "m": NUMBER,
        "p": {"type": "text.prompt"},
        "skip": {**adding(a="n.integer", b="m.integer"), "mode": "bypass"},
        "first": adding(a="skip.total"),
    })  # fmt: skip
    assert graph.nodes["first"].inputs == {"a": ("n", "integer")}
    assert graph.left_out == {"skip": "it is bypassed"}
    assert "skip" not in graph.nodes


def test_a_bypassed_node_passes_its_first_linked_input_of_the_right_type() -> None:
    document = film()
    document.do(SetMode(("sampler",), "bypass"))
    with pytest.raises(Refusal):
        flatten(document, SPECS)
    graph = flat({
        "n": NUMBER,
        "skip": {"type": "flow.pick", "mode": "bypass", "inputs": {"two": "n.integer"}},
        "end": adding(a="skip.value"),
    })  # fmt: skip
    assert graph.nodes["end"].inputs == {"a": ("n", "integer")}


def test_bypassed_nodes_and_reroutes_are_seen_through_in_long_chains() -> None:
    nodes: dict[str, Any] = {"r0": NUMBER}
    for index in range(1, 2000):
        output = "integer" if index == 1 else "value"
        nodes[f"r{index}"] = {
            "type": "graph.reroute",
            "inputs": {"value": f"r{index - 1}.{output}"},
        }
    nodes["end"] = adding(a="r1999.value")
    graph = flat(nodes)
    assert graph.nodes["end"].inputs == {"a": ("r0", "integer")}
    assert list(graph.nodes) == ["r0", "end"]


def test_an_unlinked_reroute_leaves_an_optional_input_empty() -> None:
    graph = flat(
        {"n": NUMBER, "r": {"type": "graph.reroute"}, "a": adding(a="n.integer", b="r.value")}
    )
    assert graph.nodes["a"].inputs == {"a": ("n", "integer")}


INNER = {
    "nodes": {
        "sum": {"type": "maths.add", "inputs": {"a": "inputs.x"}, "params": {"extra": 1}},
    },
    "inputs": {"x": {"type": "number"}},
    "outputs": {"out": "sum.total", "same": "inputs.x"},
    "params": {"more": "sum.extra"},
}
OUTER = {
    "nodes": {
        "one": {"type": "subgraph.inner", "inputs": {"x": "inputs.x"}, "params": {"more": 2}},
        "two": {"type": "subgraph.inner", "inputs": {"x": "one.out"}},
    },
    "inputs": {"x": {"type": "number"}},
    "outputs": {"out": "two.out", "same": "one.same"},
    "params": {"late": "two.more"},
}
SUBGRAPHS = {"inner": INNER, "outer": OUTER}


def outer(mode: str = "active", **params: Any) -> dict[str, Any]:
    inputs = {"x": "n.integer"}
    return {"type": "subgraph.outer", "inputs": inputs, "params": params, "mode": mode}


def test_sub_graphs_unfold_to_nodes_named_after_their_use() -> None:
    graph = flat(
        {"n": NUMBER, "use": outer(late=5), "end": adding(a="use.out", b="use.same")},
        subgraphs=SUBGRAPHS,
    )
    assert list(graph.nodes) == ["n", "use/one/sum", "use/two/sum", "end"]
    assert in_order(graph)
    assert graph.nodes["use/one/sum"].inputs == {"a": ("n", "integer")}
    assert graph.nodes["use/two/sum"].inputs == {"a": ("use/one/sum", "total")}
    assert graph.nodes["end"].inputs == {"a": ("use/two/sum", "total"), "b": ("n", "integer")}


def test_parameters_of_a_use_reach_the_nodes_inside_also_through_two_levels() -> None:
    sums = ("use/one/sum", "use/two/sum")
    graph = flat({"n": NUMBER, "use": outer(late=5)}, subgraphs=SUBGRAPHS)
    assert [graph.nodes[name].params["extra"] for name in sums] == [2.0, 5.0]
    graph = flat({"n": NUMBER, "use": outer()}, subgraphs=SUBGRAPHS)
    assert [graph.nodes[name].params["extra"] for name in sums] == [2.0, 1.0]


def test_a_parameter_of_a_use_is_checked_against_the_node_inside() -> None:
    found = refused({"n": NUMBER, "use": outer(late=50)}, subgraphs=SUBGRAPHS)
    assert [type(problem) for problem in found] == [OutOfRange]
    assert found[0].node == "use"


def test_a_bypassed_sub_graph_passes_its_input_and_a_muted_one_is_left_out() -> None:
    graph = flat(
        {"n": NUMBER, "use": outer("bypass"), "end": adding(a="use.out")}, subgraphs=SUBGRAPHS
    )
    assert graph.nodes["end"].inputs == {"a": ("n", "integer")}
    graph = flat({"n": NUMBER, "use": outer("mute")}, subgraphs=SUBGRAPHS)
    assert list(graph.nodes) == ["n"]
    assert graph.left_out == {"use": "it is muted"}


def test_a_sub_graph_that_nothing_active_uses_may_be_unfinished() -> None:
    broken = {"nodes": {"x": {"type": "no.such"}}}
    nodes = {"n": NUMBER, "u": {"type": "subgraph.broken", "mode": "mute"}}
    assert list(flat(nodes, subgraphs={"broken": broken}).nodes) == ["n"]
    nodes["u"]["mode"] = "active"
    found = refused(nodes, subgraphs={"broken": broken})
    assert [(type(p), p.within, p.node) for p in found] == [(UnknownNode, "broken", "x")]


def test_what_flows_through_an_input_of_any_type_is_checked_where_it_arrives() -> None:
    loose = {
        "nodes": {"sum": {"type": "maths.add", "inputs": {"a": "inputs.x"}}},
        "inputs": {"x": {"type": "any"}},
        "outputs": {"out": "sum.total"},
    }
    nodes = {
        "p": {"type": "text.prompt"},
        "u": {"type": "subgraph.loose", "inputs": {"x": "p.text"}},
    }
    found = refused(nodes, subgraphs={"loose": loose})
    assert [type(problem) for problem in found] == [TypesDiffer]
    assert found[0].node == "u/sum"


def test_all_problems_are_raised_together() -> None:
    found = refused({"x": {"type": "no.such"}, "n": {**NUMBER, "params": {"value": -1}}})
    assert len(found) == 2


def test_sub_graphs_that_contain_themselves_are_refused() -> None:
    found = refused(
        {"u": {"type": "subgraph.a"}}, subgraphs={"a": {"nodes": {"u": {"type": "subgraph.a"}}}}
    )
    assert [type(problem) for problem in found] == [Recursive]


def test_a_document_that_unfolds_to_millions_of_nodes_is_refused_before_it_does() -> None:
    subgraphs: dict[str, Any] = {"s0": {"nodes": {"n": NUMBER}}}
    for index in range(1, 25):
        twice = {name: {"type": f"subgraph.s{index - 1}"} for name in ("a", "b")}
        subgraphs[f"s{index}"] = {"nodes": twice}
    found = refused({"u": {"type": "subgraph.s24"}}, subgraphs=subgraphs)
    assert [type(problem) for problem in found] == [TooLarge]


def test_making_a_sub_graph_does_not_change_what_runs() -> None:
    document = film()
    before = {name: node.params for name, node in flatten(document, SPECS).nodes.items()}
    document.do(MakeSubgraph(("encode", "sampler"), "look"))
    after = flatten(document, SPECS).nodes
    assert {name.rpartition("/")[2]: node.params for name, node in after.items()} == before
    assert after["decode"].inputs == {"latents": ("look/sampler", "latents")}


def test_the_flat_graph_cannot_be_changed() -> None:
    graph = flatten(film(), SPECS)
    with pytest.raises(TypeError):
        graph.nodes["sampler"].params["steps"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        graph.nodes["x"] = graph.nodes["sampler"]  # type: ignore[index]
