"""Damaged and strange files: a document or a refusal, never anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from aiprod_studio.app.comfy import read_comfy
from aiprod_studio.app.comfy.table import COUNTERPARTS
from aiprod_studio.graph import loads
from aiprod_studio.sdk import Refusal
from tests.app.comfy.drawing import SPECS, ltx_video
from tests.app.comfy.test_ltx2 import two_stages
from tests.app.comfy.test_wan import wan22

WHOLE = [json.dumps(made().raw()) for made in (ltx_video, wan22, two_stages)]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORTHLESS = some.one_of(
    some.none(), some.booleans(), some.integers(-(2**70), 2**70), some.floats(),
    some.text(max_size=6), some.builds(dict), some.lists(some.integers(), max_size=2),
)  # fmt: skip


def opens(raw: Any) -> None:
    """Demand a document that can be loaded, or a refusal in words."""
    try:
        found = read_comfy(json.dumps(raw), SPECS)
    except Refusal as refusal:
        assert all(problem.why and problem.remedy for problem in refusal.problems)
        return
    assert loads(found.text, SPECS).document is not None
    assert read_comfy(json.dumps(raw), SPECS) == found, "the same file gives the same document"


def places(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value in a JSON value."""
    found = [path] if path else []
    inner = (
        raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    )
    for key, value in inner:
        found += places(value, (*path, key))
    return found


@QUICK
@given(data=some.data())
def test_a_file_in_which_values_are_replaced_or_missing(data: some.DataObject) -> None:
    raw = json.loads(data.draw(some.sampled_from(WHOLE)))
    for _ in range(data.draw(some.integers(1, 6))):
        *way, last = data.draw(some.sampled_from(places(raw)))
        holder = raw
        for key in way:
            holder = holder[key]
        if data.draw(some.booleans()):
            del holder[last]
        else:
            holder[last] = data.draw(WORTHLESS)
        if not places(raw):
            break
    opens(raw)


@QUICK
@given(data=some.data())
def test_any_of_the_nodes_linked_to_any_others(data: some.DataObject) -> None:
    raw = json.loads(data.draw(some.sampled_from(WHOLE)))
    kept = data.draw(some.sets(some.integers(0, len(raw["nodes"]) - 1)))
    raw["nodes"] = [node for at, node in enumerate(raw["nodes"]) if at not in kept]
    kinds = sorted(COUNTERPARTS)
    for node in raw["nodes"]:
        if data.draw(some.integers(0, 9)) == 0:
            node["type"] = data.draw(some.sampled_from(kinds))
    numbers = [node["id"] for node in raw["nodes"]] or [1]
    for link in raw["links"]:
        if data.draw(some.integers(0, 4)) == 0:
            link[1] = data.draw(some.sampled_from(numbers))
    opens(raw)


@QUICK
@given(
    some.dictionaries(
        some.text(max_size=3),
        some.fixed_dictionaries(
            {"class_type": some.sampled_from(sorted(COUNTERPARTS))},
            optional={
                "inputs": some.dictionaries(
                    some.sampled_from(["model", "vae", "samples", "latent", "image", "x.y"]),
                    WORTHLESS | some.tuples(some.text(max_size=3), some.integers(-1, 4)).map(list),
                    max_size=5,
                )
            },
        ),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_anything_in_the_form_for_the_server(raw: dict[str, Any]) -> None:
    opens(raw)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"nodes": 3, "links": []}', "[" * 100_000, '{"1": {"class_type": 3}}']
)
def test_what_is_no_workflow_is_refused(text: str) -> None:
    if text.endswith("3}}"):
        assert json.loads(read_comfy(text, SPECS).text)["nodes"] == {}
    else:
        with pytest.raises(Refusal):
            read_comfy(text, SPECS)


def test_nodes_that_wait_for_each_other_are_kept() -> None:
    raw = {"1": {"class_type": "Strange", "inputs": {"a": ["2", 0]}},
           "2": {"class_type": "Stranger", "inputs": {"b": ["1", 0]}}}  # fmt: skip
    nodes = json.loads(read_comfy(json.dumps(raw), SPECS).text)["nodes"]
    assert set(nodes) == {"Strange", "Stranger"}


def test_numbers_that_are_none_do_not_get_into_the_document() -> None:
    text = '{"1": {"class_type": "Strange", "inputs": {"x": NaN, "y": [[Infinity]], "z": 1e999}}}'
    found = read_comfy(text, SPECS).text
    assert json.loads(found)["nodes"]["Strange"]["params"] == {"x": None, "y": [[None]], "z": None}
