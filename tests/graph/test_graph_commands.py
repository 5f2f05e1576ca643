"""Commands: what each does, what it refuses, what the history says, what listeners hear."""

from fractions import Fraction
from typing import Any

import pytest

from aiprod_studio.graph import Document, Link, dumps, loads
from aiprod_studio.graph.commands import (
    AddFrame,
    AddNode,
    AddNote,
    CollapseNodes,
    ColourNodes,
    Connect,
    Disconnect,
    EditFrame,
    EditNote,
    InsertOnLink,
    MoveNodes,
    PasteNodes,
    RemoveFrame,
    RemoveNodes,
    RemoveNote,
    RemoveSection,
    RenameNode,
    ResetParam,
    SetMode,
    SetParam,
    SetSection,
    clip,
)
from aiprod_studio.graph.errors import (
    BadName,
    BadNumber,
    GraphProblem,
    LinkToNowhere,
    NameTaken,
    NoSuchThing,
    NothingToDo,
    OutOfRange,
    TooDeep,
    TypesDiffer,
    UnknownInput,
    UnknownNode,
    UnknownParam,
    WouldLoop,
    WrongShape,
    WrongType,
)
from aiprod_studio.graph.facts import (
    Connected,
    Disconnected,
    Fact,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
    ParamSet,
    Saved,
    SectionSet,
    ViewSet,
)
from aiprod_studio.sdk import Refusal
from tests.graph.graph_samples import SPECS, film, opened


def refusal(document: Document, *commands: Any) -> GraphProblem:
    """Return why commands are refused, after seeing that nothing was changed."""
    before = dumps(document)
    reason = document.why_not(*commands)
    with pytest.raises(Refusal) as caught:
        document.do(*commands)
    assert caught.value.problems[0] == reason
    assert isinstance(reason, GraphProblem)
    assert reason.remedy
    assert dumps(document) == before
    assert not document.can_undo or document.undo_title == "Build"
    return reason


def test_a_new_node_gets_a_free_name_its_version_and_its_place(document: Document) -> None:
    document.do(AddNode("sampling.dit", pos=(3, 4)), AddNode("sampling.dit"))
    assert list(document.nodes) == ["dit", "dit_2"]
    assert document.nodes["dit"].version == "1.2"
    assert document.view["dit"] == {"pos": [3, 4]}


@pytest.mark.parametrize(
    ("command", "kind", "part"),
    [
        (AddNode("text.promt"), UnknownNode, "Did you mean 'text.prompt'?"),
        (AddNode("subgraph.look"), UnknownNode, "no sub-graph 'look'"),
        (AddNode("text.prompt", "prompt"), NameTaken, "such as 'prompt_2'"),
        (AddNode("text.prompt", "inputs"), BadName, "reserved"),
        (AddNode("text.prompt", "a.b"), BadName, "'.'"),
        (AddNode("text.prompt", "a/b"), BadName, "'/'"),
        (AddNode("text.prompt", "a\nb"), BadName, "cannot be seen"),
        (AddNode("text.prompt", " a"), BadName, "space"),
        (AddNode("text.prompt", "\ud800"), GraphProblem, "half a character"),
        (AddNode("text.prompt", "x" * 121), BadName, "121 characters"),
        (AddNode("text.prompt", "x", {"txt": "a"}), UnknownParam, "Did you mean 'text'?"),
        (AddNode("text.prompt", "x", mode="off"), WrongShape, "'off' is no mode"),  # type: ignore[arg-type]
        (AddNode("text.prompt", "x", pos=(0, float("nan"))), BadNumber, "finite"),
        (AddNode("text.prompt", "x", within="look"), NoSuchThing, "no sub-graph 'look'"),
        (RemoveNodes(("prompt", "encod")), NoSuchThing, "Did you mean 'encode'?"),
        (RenameNode("prompt", "encode"), NameTaken, "'encode'"),
        (RenameNode("prompt", ""), BadName, "empty"),
        (SetMode(("prompt",), "off"), WrongShape, "'off'"),  # type: ignore[arg-type]
        (SetParam("sampler", "steps", 101), OutOfRange, "between 1 and 100"),
        (SetParam("sampler", "steps", "8"), WrongType, "whole number"),
        (SetParam("sampler", "step", 8), UnknownParam, "Did you mean 'steps'?"),
        (SetParam("sampler", "guidance", float("inf")), BadNumber, "finite"),
        (SetParam("sampler", "guidance", 10**400), BadNumber, "64 bits"),
        (SetParam("prompt", "text", b"bytes"), WrongType, "bytes"),
        (SetParam("prompt", "text", {1: 2}), WrongType, "texts as names"),
        (ResetParam("prompt", "other"), NothingToDo, "default already"),
        (Disconnect("prompt", "text"), NothingToDo, "nothing is linked"),
        (Connect("prompt", "text", "nobody", "text"), NoSuchThing, "'nobody'"),
        (Connect("promt", "text", "encode", "text"), LinkToNowhere, "Did you mean 'prompt'?"),
        (Connect("prompt", "texts", "encode", "text"), LinkToNowhere, "Did you mean 'text'?"),
        (Connect("inputs", "x", "encode", "text"), LinkToNowhere, "inputs.x"),
        (Connect("prompt", "text", "encode", "txt"), UnknownInput, "Did you mean 'text'?"),
        (Connect("prompt", "text", "save", "video"), TypesDiffer, "it takes video"),
        (Connect("sampler", "latents", "sampler", "start"), WouldLoop, "sampler → sampler"),
        (InsertOnLink("prompt", "encode", "text"), TypesDiffer, "no input for text"),
        (InsertOnLink("prompt", "prompt", "x"), NothingToDo, "nothing is linked"),
        (ColourNodes(("prompt",), "red"), WrongShape, "'red' is no colour"),
        (MoveNodes({"prompt": (1,)}), WrongShape, "pair"),  # type: ignore[dict-item]
        (MoveNodes({"nobody": (1, 2)}), NoSuchThing, "'nobody'"),
        (AddFrame("f", ("nobody",)), NoSuchThing, "'nobody'"),
        (EditFrame("f", colour="#000000"), NoSuchThing, "frame 'f'"),
        (RemoveFrame("f"), NoSuchThing, "frame 'f'"),
        (EditNote("n", "x"), NoSuchThing, "note 'n'"),
        (RemoveNote("n"), NoSuchThing, "note 'n'"),
        (SetSection("nodes", {}), BadName, "part of the graph"),
        (SetSection("story", [float("nan")]), BadNumber, "finite"),
        (SetSection("story", Fraction(1, 3).__class__), WrongType, "cannot be kept"),
        (RemoveSection("story"), NoSuchThing, "'story'"),
        (PasteNodes("hello"), GraphProblem, "the clipboard: it is not JSON"),
        (PasteNodes(dumps(Document())), NothingToDo, "no nodes"),
    ],
)
def test_what_is_not_allowed_is_refused_with_reason_and_remedy(
    command: Any, kind: type[GraphProblem], part: str
) -> None:
    reason = refusal(film(), command)
    assert isinstance(reason, kind)
    assert part in str(reason)


def test_values_nested_without_end_are_refused(document: Document) -> None:
    value: list[Any] = []
    value.append(value)
    assert isinstance(document.why_not(SetSection("story", value)), TooDeep)


def test_commands_in_one_step_are_all_or_nothing() -> None:
    document = film()
    reason = refusal(document, SetParam("sampler", "steps", 9), RemoveNodes(("nobody",)))
    assert isinstance(reason, NoSuchThing)
    assert document.nodes["sampler"].params["steps"] == 8


def test_a_loop_is_refused_and_named_in_the_order_of_the_links(document: Document) -> None:
    document.do(AddNode("maths.add", "a"), AddNode("maths.add", "b"), AddNode("maths.add", "c"))
    document.do(Connect("a", "total", "b", "a"), Connect("b", "total", "c", "a"), title="Build")
    reason = refusal(document, Connect("c", "total", "a", "a"))
    assert str(reason) == (
        "node 'a': the links form a loop: a → b → c → a. Remove one of these links."
    )


def test_connecting_replaces_what_was_linked_there() -> None:
    document = film()
    document.do(AddNode("text.prompt", "other"), Connect("other", "text", "encode", "text"))
    assert document.nodes["encode"].inputs["text"] == ("other", "text")
    assert len(list(document.links())) == 6


def test_without_packs_anything_sound_is_allowed() -> None:
    document = Document()
    document.do(
        AddNode("some.node", "a", {"x": [1, {"y": None}]}),
        AddNode("other.node", "b"),
        Connect("a", "out", "b", "in"),
        SetParam("b", "z", 3),
    )
    assert isinstance(document.why_not(Connect("b", "out", "a", "in")), WouldLoop)
    assert isinstance(document.why_not(Connect("c", "out", "a", "in")), LinkToNowhere)


def test_renaming_a_node_rewrites_links_frames_and_its_place() -> None:
    document = film()
    document.do(AddFrame("words", ("prompt", "encode"), "#336699"))
    document.do(RenameNode("prompt", "Gedicht"))
    assert document.nodes["encode"].inputs["text"] == ("Gedicht", "text")
    assert document.frames[0].members == ("Gedicht", "encode")
    assert document.view["Gedicht"] == {"pos": [0, 0]}
    assert "prompt" not in document.view
    assert document.undo_title == "Rename 'prompt' to 'Gedicht'"


def test_a_new_name_does_not_catch_links_that_lead_nowhere() -> None:
    document = opened({"a": {"type": "maths.add", "inputs": {"a": "lost.total"}}})
    for command in (AddNode("maths.add", "lost"), RenameNode("a", "lost")):
        reason = document.why_not(command)
        assert isinstance(reason, NameTaken)
        assert "would catch the new one" in str(reason)
    document.do(Disconnect("a", "a"), AddNode("maths.add", "lost"))


def test_removing_nodes_takes_their_links_and_places_in_frames_along() -> None:
    document = film()
    document.do(AddFrame("all", ("prompt", "encode", "save")))
    document.do(RemoveNodes(("encode", "prompt")))
    assert set(document.nodes) == {"model", "sampler", "decode", "save"}
    assert dict(document.nodes["sampler"].inputs) == {"model": ("model", "dit")}
    assert document.frames[0].members == ("save",)
    assert set(document.view) == set(document.nodes)


def test_params_are_set_copied_and_reset() -> None:
    document = film()
    value = {"deep": [1]}
    ghost = opened({"g": {"type": "no.such"}})
    ghost.do(SetParam("g", "p", value))
    value["deep"].append(2)
    assert ghost.nodes["g"].params["p"] == {"deep": [1]}
    document.do(SetParam("sampler", "rate", Fraction(30000, 1001)))
    assert document.nodes["sampler"].params["rate"] == "30000/1001"
    document.do(ResetParam("sampler", "rate"))
    assert "rate" not in document.nodes["sampler"].params


def test_setting_what_is_set_already_makes_no_step() -> None:
    document = film()
    document.do(SetParam("sampler", "steps", 8), SetMode(("save",), "active"))
    assert document.undo_title == "Build"
    document.do(SetParam("sampler", "steps", 8.0))
    assert document.undo_title == "Set sampler.steps"


def test_a_node_is_inserted_into_a_link_by_sockets_that_fit(document: Document) -> None:
    document.do(
        AddNode("maths.number", "n"),
        AddNode("maths.add", "end"),
        Connect("n", "integer", "end", "b"),
        AddNode("maths.add", "between"),
    )
    document.do(InsertOnLink("between", "end", "b"))
    assert document.nodes["between"].inputs == {"a": ("n", "integer")}
    assert document.nodes["end"].inputs == {"b": ("between", "total")}
    document.do(AddNode("graph.reroute", "bend"), InsertOnLink("bend", "end", "b"))
    assert document.nodes["end"].inputs == {"b": ("bend", "value")}
    document.undo()
    assert document.nodes["end"].inputs == {"b": ("between", "total")}


def test_looks_of_nodes_are_kept_in_the_view() -> None:
    document = film()
    document.do(
        MoveNodes({"prompt": (5, 6.5), "save": (7, 8)}),
        CollapseNodes(("prompt",)),
        ColourNodes(("prompt",), "#aabbcc"),
    )
    assert document.view["prompt"] == {"pos": [5, 6.5], "collapsed": True, "colour": "#aabbcc"}
    document.do(CollapseNodes(("prompt",), False), ColourNodes(("prompt",), ""))
    assert document.view["prompt"] == {"pos": [5, 6.5]}


def test_frames_and_notes_are_added_changed_and_removed() -> None:
    document = film()
    document.do(AddFrame("words", ("prompt",)), AddFrame(), AddNote("hello"), AddNote("more"))
    assert [frame.name for frame in document.frames] == ["words", "frame"]
    assert [note.name for note in document.notes] == ["note", "note_2"]
    document.do(
        EditFrame("frame", "Light", ("model", "model"), "#ffffff", (1, 2), (3, 4)),
        EditNote("note", "bye", "#000000", (0, 0)),
    )
    light = document.frames[1]
    assert (light.name, light.members, light.pos, light.size) == (
        "Light",
        ("model",),
        (1, 2),
        (3, 4),
    )
    assert document.notes[0].text == "bye"
    document.do(RemoveFrame("words"), RemoveNote("note_2"))
    assert [frame.name for frame in document.frames] == ["Light"]
    assert [note.name for note in document.notes] == ["note"]
    for _ in range(3):
        document.undo()
    assert document.undo_title == "Build"
    assert not document.frames


def test_sections_share_with_the_history_what_stays_the_same(document: Document) -> None:
    shots = [{"name": f"shot {index}"} for index in range(100)]
    document.do(SetSection("story", {"shots": shots}))
    first = document.extra["story"]
    shots[3]["name"] = "changed"
    document.do(SetSection("story", {"shots": shots}))
    second = document.extra["story"]
    assert first["shots"][3] == {"name": "shot 3"}
    assert second["shots"][3] == {"name": "changed"}
    assert second["shots"][4] is first["shots"][4]
    document.undo()
    assert document.extra["story"] is first
    document.do(RemoveSection("story"))
    assert not document.extra
    document.undo()
    assert document.section("story")["shots"][99] == {"name": "shot 99"}


def test_copies_keep_incoming_links_or_not() -> None:
    document = film()
    text = clip(document, ("encode", "sampler"))
    document.do(PasteNodes(text))
    assert document.nodes["encode_2"].inputs == {
        "text": ("prompt", "text"),
        "model": ("model", "text_encoder"),
    }
    assert document.nodes["sampler_2"].inputs["positive"] == ("encode_2", "conditioning")
    assert document.nodes["sampler_2"].params == {"steps": 8}
    assert document.view["encode_2"] == {"pos": [240, 40]}
    document.do(PasteNodes(text, (0, 0), keep_links=False))
    assert dict(document.nodes["encode_3"].inputs) == {}
    assert document.nodes["sampler_3"].inputs == {"positive": ("encode_3", "conditioning")}
    assert document.view["sampler_3"] == {"pos": [200, 0]}


def test_a_clip_is_a_workflow_and_pastes_into_another_document() -> None:
    document = film()
    document.do(AddFrame("words", ("prompt", "encode")), AddNote("about words", "about"))
    text = clip(document, ("prompt", "encode"), notes=("about",))
    assert loads(text, SPECS).document is not None
    other = Document(specs=SPECS)
    other.do(PasteNodes(text))
    assert set(other.nodes) == {"prompt", "encode"}
    assert other.nodes["encode"].inputs == {"text": ("prompt", "text")}
    assert other.frames[0].members == ("prompt", "encode")
    assert other.notes[0].text == "about words"
    other.do(PasteNodes(text))
    assert [frame.name for frame in other.frames] == ["words", "words_2"]
    assert other.frames[1].members == ("prompt_2", "encode_2")


def test_a_whole_workflow_can_be_pasted_but_not_a_loop() -> None:
    document = film()
    document.do(PasteNodes(dumps(film())))
    assert len(document.nodes) == 12
    loop = {"a": {"type": "maths.add", "inputs": {"a": "a.total"}}}
    reason = document.why_not(PasteNodes(dumps(opened(loop))))
    assert isinstance(reason, WouldLoop)


def test_undo_and_redo_walk_the_history_and_say_where_they_are() -> None:
    document = film()
    texts = [dumps(document)]
    for steps in (9, 10, 11):
        document.do(SetParam("sampler", "steps", steps))
        texts.append(dumps(document))
    assert document.undo()
    assert document.undo()
    assert dumps(document) == texts[1]
    assert (document.undo_title, document.redo_title) == ("Set sampler.steps",) * 2
    document.redo()
    assert dumps(document) == texts[2]
    document.do(SetMode(("save",), "mute"), title="Silence")
    assert document.undo_title == "Silence"
    assert not document.can_redo
    assert not document.redo()
    while document.undo():
        pass
    assert not document.nodes
    assert not document.can_undo


def test_changed_follows_the_saved_state_through_undo_and_redo() -> None:
    document = film()
    document.mark_saved()
    assert not document.changed
    document.do(SetParam("sampler", "steps", 9))
    assert document.changed
    document.undo()
    assert not document.changed
    document.undo()
    assert document.changed
    document.redo()
    assert not document.changed
    document.undo()
    document.do(AddNode("text.prompt"))
    document.undo()
    assert document.changed, "the saved state cannot be reached any more"
    document.mark_saved()
    assert not document.changed


def test_listeners_hear_facts_in_an_order_that_a_view_can_follow() -> None:
    document = film()
    heard: list[Fact] = []
    end = document.events.subscribe(heard.append)
    document.do(RemoveNodes(("decode",)))
    assert [type(fact) for fact in heard] == [Disconnected, Disconnected, NodeRemoved, ViewSet]
    heard.clear()
    document.undo()
    assert [type(fact) for fact in heard] == [NodeAdded, ViewSet, Connected, Connected]
    heard.clear()
    document.do(SetParam("sampler", "steps", 4), RenameNode("sampler", "dream"))
    assert heard == [
        Disconnected("", Link("sampler", "latents", "decode", "latents")),
        ParamSet("", "sampler", "steps", 4),
        NodeRenamed("", "sampler", "dream"),
        Connected("", Link("dream", "latents", "decode", "latents")),
    ]
    heard.clear()
    document.do(SetSection("story", {}))
    document.mark_saved()
    assert heard == [SectionSet("", "story"), Saved("")]
    end()
    document.undo()
    assert len(heard) == 2


def test_asking_why_not_tells_listeners_nothing() -> None:
    document = film()
    heard: list[Fact] = []
    document.events.subscribe(heard.append)
    assert document.why_not(RemoveNodes(("decode",))) is None
    assert document.why_not(RemoveNodes(("nobody",))) is not None
    assert heard == []


def test_a_listener_may_change_the_document_and_another_may_fail() -> None:
    document = film()
    heard: list[Fact] = []

    def mutes_what_is_added(fact: Fact) -> None:
        if isinstance(fact, NodeAdded):
            document.do(SetMode((fact.node.name,), "mute"))

    def fails(fact: Fact) -> None:
        raise ValueError("a view is broken")

    document.events.subscribe(mutes_what_is_added)
    document.events.subscribe(fails)
    document.events.subscribe(heard.append)
    with pytest.raises(ValueError, match="a view is broken"):
        document.do(AddNode("text.prompt", "late", pos=(0, 0)))
    assert document.nodes["late"].mode == "mute"
    assert [type(fact).__name__ for fact in heard] == ["NodeAdded", "ViewSet", "ModeSet"]
