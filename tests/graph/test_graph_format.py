"""The file: what is written comes back, also what this version does not know; old files open."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.graph import Document, check, dumps, flatten, load, loads
from aiprod_studio.graph.commands import AddFrame, AddNote, MakeSubgraph, SetParam
from aiprod_studio.graph.schema import schema
from aiprod_studio.graph.upgrades import UPGRADES
from tests.graph.graph_samples import SPECS, chain, film, opened, workflow

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"


def text_as_saved(raw: Any) -> str:
    return json.dumps(raw, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


EVERYTHING = {
    "format": "aiprod-workflow",
    "version": 1,
    "generator": {"name": "a later version", "flags": [1, 1.0, True, None, 1e30]},
    "nodes": {
        "prompt": {
            "type": "text.prompt",
            "mode": "active",
            "params": {"text": "ein Ball – „rot“ 🎬", "later": {"deep": [{}]}},
            "inputs": {},
            "comment": "unknown field",
        },
        "ghost one": {
            "type": "other.pack.thing",
            "version": "9.9",
            "mode": "bypass",
            "inputs": {"x": "prompt.text", "y": "gone.too"},
        },
        "use": {"type": "subgraph.look", "inputs": {"a": "prompt.text"}, "params": {}},
    },
    "frames": [
        {"name": "Z", "colour": "#112233", "members": ["use", "gone"], "pos": [0.5, -1], "x": {}},
        {"name": "A", "colour": "", "members": [], "size": [3, 4.25]},
    ],
    "notes": [{"name": "about", "text": "two\nlines", "y": 0}, {"name": "empty", "text": ""}],
    "story": {"shots": [{"panel": "a.png", "duration": "24/1"}]},
    "timeline": {"tracks": []},
    "subgraphs": {
        "look": {
            "nodes": {"in": {"type": "flow.pick", "inputs": {"one": "inputs.a"}}},
            "inputs": {"a": {"type": "text", "doc": "unknown"}},
            "outputs": {"out": "in.value"},
            "params": {},
            "view": {},
            "later": [1],
        }
    },
    "view": {"prompt": {"pos": [0, 1.5], "zoom": 2}, "not a node": {"pos": [1, 1]}},
}


def test_what_was_saved_comes_back_byte_for_byte_with_all_that_is_unknown() -> None:
    text = text_as_saved(EVERYTHING)
    document = loads(text).document
    assert document is not None
    assert dumps(document) == text


def test_opening_with_specs_changes_nothing_either() -> None:
    document = loads(text_as_saved(EVERYTHING), SPECS).document
    assert document is not None
    assert dumps(document) == text_as_saved(EVERYTHING)


def test_the_order_of_names_in_the_file_does_not_matter_for_what_is_written() -> None:
    items = list(EVERYTHING.items())
    random.Random(1).shuffle(items)
    document = loads(json.dumps(dict(items))).document
    assert document is not None
    assert dumps(document) == text_as_saved(EVERYTHING)


def test_fields_at_their_default_are_left_out_of_new_documents() -> None:
    raw = json.loads(dumps(film()))
    assert set(raw) == {"format", "version", "nodes", "view"}
    assert raw["nodes"]["decode"] == {
        "type": "decode.vae",
        "version": "1.0",
        "inputs": {"latents": "sampler.latents"},
    }


def test_a_document_of_every_kind_of_thing_survives_saving_and_opening() -> None:
    document = film()
    document.do(
        MakeSubgraph(("encode", "sampler"), "look"),
        AddFrame("all", ("look", "prompt"), "#ff0000", (0, 0), (10, 10)),
        AddNote("hello", pos=(1, 2)),
    )
    again = loads(dumps(document), SPECS).document
    assert again is not None
    assert dumps(again) == dumps(document)
    assert again.nodes == document.nodes
    assert again.frames == document.frames
    assert again.notes == document.notes


def test_a_note_without_a_name_gets_one() -> None:
    document = opened(notes=[{"text": "a"}, {"name": "note_1", "text": "b"}])
    assert [(note.name, note.text) for note in document.notes] == [("note_2", "a"), ("note_1", "b")]


def test_a_file_with_a_byte_order_mark_opens() -> None:
    assert loads(b"\xef\xbb\xbf" + workflow().encode()).document is not None


def test_a_file_of_the_form_before_the_first_release_opens_and_makes_sense() -> None:
    loaded = load(GOLDEN / "workflow_version_0.json", SPECS)
    assert loaded.document is not None
    assert loaded.upgraded_from == 0
    assert check(loaded.document, SPECS) == ()
    flat = flatten(loaded.document, SPECS)
    assert flat.nodes["look/sampler"].params["steps"] == 12
    assert flat.nodes["look/sampler"].params["guidance"] == 2.5
    assert flat.nodes["prompt"].params["text"].startswith("a red ball")
    assert json.loads(dumps(loaded.document))["version"] == 1


def test_every_older_form_has_an_upgrade_and_a_golden_file() -> None:
    golden = {path.stem for path in GOLDEN.glob("workflow_version_*.json")}
    assert golden == {f"workflow_version_{version}" for version in UPGRADES}


@pytest.mark.parametrize("junk", [None, 1, "x", [], [1], {"nodes": 3}, {"nodes": {"a": 1}}])
def test_upgrades_take_any_json(junk: Any) -> None:
    raw = junk if isinstance(junk, dict) else {"nodes": {"a": junk}, "subgraphs": junk}
    for upgrade in UPGRADES.values():
        upgrade(raw)


def test_old_names_of_nodes_params_and_inputs_are_replaced_when_the_packs_are_known() -> None:
    loaded = loads(
        workflow(
            {
                "s": {
                    "type": "sampling.old",
                    "params": {"count": 5},
                    "inputs": {"cond": "e.conditioning"},
                },
                "p": {"type": "text.prompt", "params": {"words": "old", "text": "new"}},
            }
        ),
        SPECS,
    )
    assert loaded.document is not None
    sampler = loaded.document.nodes["s"]
    assert sampler.type == "sampling.dit"
    assert dict(sampler.params) == {"steps": 5}
    assert dict(sampler.inputs) == {"positive": ("e", "conditioning")}
    assert dict(loaded.document.nodes["p"].params) == {"words": "old", "text": "new"}
    assert loaded.replacements == ("node 's': 'sampling.old' is called 'sampling.dit' today.",)
    assert not loaded.document.changed


def test_old_names_also_make_sense_when_the_file_was_opened_without_packs() -> None:
    nodes = {"p": {"type": "text.prompt", "params": {"words": "old"}}}
    document = loads(workflow(nodes)).document
    assert document is not None
    assert check(document, SPECS) == ()
    assert flatten(document, SPECS).nodes["p"].params["text"] == "old"


def test_the_shipped_schema_is_the_one_that_the_code_makes() -> None:
    shipped = (ROOT / "resources" / "workflow.schema.json").read_text(encoding="utf-8")
    assert shipped == text_as_saved(schema()), (
        "run: python -m aiprod_studio.graph.schema > resources/workflow.schema.json"
    )


def test_with_specs_the_schema_describes_the_parameters_of_nodes() -> None:
    node = schema(SPECS)["$defs"]["node"]
    sampler = next(
        rule["then"]["properties"]
        for rule in node["allOf"]
        if rule["if"]["properties"]["type"]["const"] == "sampling.dit"
    )
    assert sampler["params"]["properties"]["steps"] == {
        "type": "integer", "default": 8, "minimum": 1, "maximum": 100,
    }  # fmt: skip
    assert not sampler["params"]["additionalProperties"]


def test_sections_are_given_as_copies() -> None:
    document = opened(story={"shots": [1]})
    document.section("story")["shots"].append(2)
    assert document.section("story") == {"shots": [1]}
    assert document.section("nothing") is None


def test_opening_leaves_the_document_unchanged_and_without_history() -> None:
    document = loads(dumps(chain(5)), SPECS).document
    assert isinstance(document, Document)
    assert not document.changed
    assert not document.can_undo
    document.do(SetParam("n1", "extra", 1.0))
    assert document.changed
