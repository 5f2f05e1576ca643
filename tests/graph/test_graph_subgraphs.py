"""Sub-graphs: made from nodes, edited, nested, renamed, dissolved."""

from typing import Any

import pytest

from aiprod_studio.graph import Document, check, dumps, flatten
from aiprod_studio.graph.commands import (
    AddFrame,
    AddNode,
    Connect,
    DissolveSubgraph,
    EditSubgraph,
    MakeSubgraph,
    PasteNodes,
    RemoveNodes,
    RemoveSubgraph,
    RenameNode,
    RenameSocket,
    RenameSubgraph,
    SetMode,
    SetParam,
    clip,
)
from aiprod_studio.graph.errors import (
    BadName,
    GraphProblem,
    InUse,
    LinkToNowhere,
    NameTaken,
    NoSuchThing,
    NothingToDo,
    OutOfRange,
    Recursive,
    WouldLoop,
    WrongShape,
)
from tests.graph.graph_samples import SPECS, film, opened


@pytest.fixture
def looked(small_film: Document) -> Document:
    """Return the film with encoder and sampler in a sub-graph that promotes `steps`."""
    small_film.do(MakeSubgraph(("encode", "sampler"), "look"))
    small_film.do(EditSubgraph("look", params={"steps": "sampler.steps"}), title="Build")
    return small_film


def runs(document: Document) -> dict[str, Any]:
    """Return what would run, by the last part of each name."""
    flat = flatten(document, SPECS)
    return {
        name.rpartition("/")[2]: (
            node.spec.type,
            dict(node.params),
            {i: (s.rpartition("/")[2], o) for i, (s, o) in node.inputs.items()},
        )
        for name, node in flat.nodes.items()
    }


def test_nodes_become_a_sub_graph_with_their_links_as_its_interface(looked: Document) -> None:
    look = looked.subgraphs["look"]
    assert {name: socket.type for name, socket in look.inputs.items()} == {
        "model": "text_encoder",
        "text": "text",
        "model_2": "dit",
    }
    assert look.outputs == {"latents": ("sampler", "latents")}
    assert look.nodes["encode"].inputs["text"] == ("inputs", "text")
    assert looked.nodes["look"].inputs["text"] == ("prompt", "text")
    assert looked.nodes["decode"].inputs == {"latents": ("look", "latents")}
    assert looked.view["look"] == {"pos": [300, 0]}
    assert look.view["encode"] == {"pos": [200, 0]}
    assert check(looked, SPECS) == ()


def test_making_and_dissolving_a_sub_graph_gives_the_same_graph_back() -> None:
    document = film()
    before = dict(document.nodes)
    document.do(MakeSubgraph(("encode", "sampler"), "look"), DissolveSubgraph("look"))
    assert dict(document.nodes) == before
    assert document.view == film().view
    assert not document.subgraphs


def test_dissolving_keeps_values_of_the_use_and_gives_free_names(looked: Document) -> None:
    looked.do(SetParam("look", "steps", 33), AddNode("text.prompt", "sampler"))
    expected = runs(looked)["decode"]
    looked.do(DissolveSubgraph("look"))
    assert looked.nodes["sampler_2"].params["steps"] == 33
    assert looked.nodes["decode"].inputs == {"latents": ("sampler_2", "latents")}
    assert runs(looked)["decode"][0] == expected[0]
    assert not looked.subgraphs


def test_a_sub_graph_in_use_elsewhere_stays_when_one_use_is_dissolved(looked: Document) -> None:
    looked.do(PasteNodes(clip(looked, ("look",))))
    looked.do(DissolveSubgraph("look"))
    assert list(looked.subgraphs) == ["look"]
    assert looked.nodes["look_2"].subgraph == "look"


def test_promoted_parameters_are_set_on_the_use_within_the_range_inside(looked: Document) -> None:
    looked.do(SetParam("look", "steps", 50))
    assert flatten(looked, SPECS).nodes["look/sampler"].params["steps"] == 50
    assert isinstance(looked.why_not(SetParam("look", "steps", 500)), OutOfRange)


def test_commands_work_inside_a_sub_graph(looked: Document) -> None:
    looked.do(
        AddNode("text.prompt", "extra", within="look"),
        Connect("extra", "text", "encode", "text", within="look"),
        SetParam("extra", "text", "inside", within="look"),
        RenameNode("sampler", "dream", within="look"),
    )
    look = looked.subgraphs["look"]
    assert look.outputs == {"latents": ("dream", "latents")}
    assert look.params == {"steps": ("dream", "steps")}
    assert flatten(looked, SPECS).nodes["look/extra"].params["text"] == "inside"
    looked.do(Connect("inputs", "text", "encode", "text", within="look"))
    looked.undo()
    looked.undo()
    assert "extra" not in looked.subgraphs["look"].nodes


def test_removing_nodes_inside_removes_their_part_of_the_interface(looked: Document) -> None:
    looked.do(SetParam("look", "steps", 9))
    before = dumps(looked)
    looked.do(RemoveNodes(("sampler",), within="look"))
    assert not looked.subgraphs["look"].outputs
    assert not looked.subgraphs["look"].params
    assert dict(looked.nodes["look"].params) == {}
    assert dict(looked.nodes["decode"].inputs) == {}
    looked.undo()
    assert dumps(looked) == before


def test_editing_the_interface_takes_links_and_values_of_removed_parts_along(
    looked: Document,
) -> None:
    looked.do(
        EditSubgraph(
            "look",
            inputs={"text": "text", "model_2": "dit", "start": "latents"},
            outputs={"latents": "sampler.latents", "words": "encode.conditioning"},
        )
    )
    look = looked.subgraphs["look"]
    assert list(looked.nodes["look"].inputs) == ["text", "model_2"]
    assert dict(look.nodes["encode"].inputs) == {"text": ("inputs", "text")}
    looked.do(Connect("inputs", "start", "sampler", "start", within="look"))
    assert look.outputs["words"] == ("encode", "conditioning")


def test_parts_of_the_interface_are_renamed_with_links_and_values(looked: Document) -> None:
    looked.do(SetParam("look", "steps", 9))
    before = runs(looked)
    looked.do(
        RenameSocket("look", "inputs", "model_2", "dit"),
        RenameSocket("look", "outputs", "latents", "result"),
        RenameSocket("look", "params", "steps", "effort"),
    )
    assert looked.nodes["look"].inputs["dit"] == ("model", "dit")
    assert looked.nodes["decode"].inputs == {"latents": ("look", "result")}
    assert dict(looked.nodes["look"].params) == {"effort": 9}
    assert runs(looked) == before


def test_sub_graphs_nest_and_a_part_of_one_can_become_another(looked: Document) -> None:
    before = runs(looked)
    looked.do(MakeSubgraph(("sampler",), "engine room", within="look"))
    assert looked.subgraphs["look"].nodes["engine room"].subgraph == "engine room"
    assert looked.subgraphs["look"].params == {"steps": ("engine room", "steps")}
    assert "look/engine room/sampler" in flatten(looked, SPECS).nodes
    assert runs(looked) == before
    looked.do(SetParam("look", "steps", 77))
    assert runs(looked)["sampler"][1]["steps"] == 77
    looked.do(DissolveSubgraph("engine room", within="look"))
    assert looked.subgraphs["look"].params == {"steps": ("sampler", "steps")}
    assert runs(looked)["sampler"][1]["steps"] == 77


def test_renaming_a_sub_graph_renames_the_type_of_its_uses(looked: Document) -> None:
    looked.do(RenameSubgraph("look", "night"))
    assert looked.nodes["look"].type == "subgraph.night"
    assert check(looked, SPECS) == ()


@pytest.mark.parametrize(
    ("command", "kind", "part"),
    [
        (MakeSubgraph((), "x"), NothingToDo, "no node is chosen"),
        (MakeSubgraph(("prompt",), "look"), NameTaken, "'look'"),
        (MakeSubgraph(("prompt",), "a.b"), BadName, "'.'"),
        (MakeSubgraph(("nobody",), "x"), NoSuchThing, "'nobody'"),
        (MakeSubgraph(("model", "save"), "x"), WouldLoop, "x → "),
        (DissolveSubgraph("prompt"), NoSuchThing, "no sub-graph"),
        (RemoveSubgraph("look"), InUse, "look"),
        (RemoveSubgraph("lok"), NoSuchThing, "Did you mean 'look'?"),
        (RemoveSubgraph(""), NoSuchThing, "no sub-graph"),
        (RenameSubgraph("look", "a/b"), BadName, "'/'"),
        (AddNode("subgraph.look", "x", within="look"), Recursive, "'look' → 'look'"),
        (EditSubgraph("look", outputs={"x": "nobody.y"}), LinkToNowhere, "'nobody'"),
        (EditSubgraph("look", outputs={"x": "sampler"}), WrongShape, "node.socket"),
        (EditSubgraph("look", params={"x": "sampler.step"}), LinkToNowhere, "'steps'"),
        (EditSubgraph("look", inputs={"a.b": "text"}), BadName, "'.'"),
        (EditSubgraph("look", inputs={"a": ""}), WrongShape, "needs a type"),
        (RenameSocket("look", "inputs", "text", "model"), NameTaken, "'model'"),
        (RenameSocket("look", "inputs", "txt", "words"), NoSuchThing, "Did you mean 'text'?"),
        (RenameSocket("look", "sockets", "a", "b"), WrongShape, "inputs, outputs"),  # type: ignore[arg-type]
    ],
)
def test_what_is_not_allowed_is_refused(
    looked: Document, command: Any, kind: type[GraphProblem], part: str
) -> None:
    before = dumps(looked)
    reason = looked.why_not(command)
    assert isinstance(reason, kind)
    assert part in str(reason)
    assert reason.remedy
    assert dumps(looked) == before


def test_a_muted_use_is_not_dissolved(looked: Document) -> None:
    looked.do(SetMode(("look",), "mute"))
    assert isinstance(looked.why_not(DissolveSubgraph("look")), WrongShape)


def test_a_sub_graph_cannot_be_pasted_into_itself(looked: Document) -> None:
    text = clip(looked, ("look",))
    reason = looked.why_not(PasteNodes(text, within="look"))
    assert isinstance(reason, Recursive)
    looked.do(MakeSubgraph(("look", "prompt"), "outer"))
    reason = looked.why_not(PasteNodes(clip(looked, ("outer",)), within="look"))
    assert isinstance(reason, Recursive)


def test_frames_whose_nodes_all_go_in_go_with_them() -> None:
    document = film()
    document.do(AddFrame("inner", ("encode",)), AddFrame("outer", ("prompt", "encode", "save")))
    document.do(MakeSubgraph(("encode", "sampler"), "look"))
    assert [frame.name for frame in document.subgraphs["look"].frames] == ["inner"]
    assert [(f.name, f.members) for f in document.frames] == [("outer", ("prompt", "look", "save"))]
    document.do(DissolveSubgraph("look"))
    assert {frame.name for frame in document.frames} == {"inner", "outer"}


def test_pasting_brings_sub_graphs_along_and_keeps_different_ones_apart(looked: Document) -> None:
    other = Document(specs=SPECS)
    other.do(PasteNodes(clip(looked, ("look",))))
    assert list(other.subgraphs) == ["look"]
    other.do(PasteNodes(clip(looked, ("look",))))
    assert list(other.subgraphs) == ["look"]
    looked.do(SetParam("sampler", "guidance", 3, within="look"))
    other.do(PasteNodes(clip(looked, ("look",))))
    assert list(other.subgraphs) == ["look", "look_2"]
    assert other.nodes["look_3"].type == "subgraph.look_2"
    assert other.subgraphs["look_2"].nodes["sampler"].params["guidance"] == 3


def test_an_output_that_passes_an_input_through_survives_dissolving() -> None:
    document = opened(
        {
            "n": {"type": "maths.number"},
            "u": {"type": "subgraph.pass", "inputs": {"x": "n.integer"}},
            "end": {"type": "maths.add", "inputs": {"a": "u.y"}},
        },
        subgraphs={
            "pass": {
                "nodes": {},
                "inputs": {"x": {"type": "number"}},
                "outputs": {"y": "inputs.x"},
            }
        },
    )
    assert flatten(document, SPECS).nodes["end"].inputs == {"a": ("n", "integer")}
    document.do(DissolveSubgraph("u"))
    assert document.nodes["end"].inputs == {"a": ("n", "integer")}
