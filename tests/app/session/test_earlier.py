"""Results of earlier runs are found again, with how the runs differed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aiprod_studio.app.packs import load_packs
from aiprod_studio.app.places import shipped, user_places
from aiprod_studio.app.session.differences import differences
from aiprod_studio.app.session.earlier import Earlier, EarlierRuns
from aiprod_studio.app.session.results import Result, Results
from aiprod_studio.sdk import NodeSpec
from tests.app.conftest import Program
from tests.app.graphs import PICTURE_TO_FILE


@pytest.fixture(scope="module")
def specs() -> dict[str, NodeSpec]:
    return dict(load_packs(shipped("nodes"), Path("none"), {}).specs)


@pytest.fixture
def runs(home: Path) -> Iterator[EarlierRuns]:
    results = Results(user_places().store)
    runs = EarlierRuns(user_places().store, results)
    yield runs
    runs.close()
    results.close()


def write(file: Path, **params: object) -> None:
    """Write the graph with other parameters of the node that resizes."""
    nodes = json.loads(json.dumps(PICTURE_TO_FILE))
    nodes["resize"]["params"] |= params
    nodes["load"]["params"]["file"] = "boat.png"
    text = json.dumps({"format": "aiprod-workflow", "version": 1, "nodes": nodes})
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    media = shipped("workflows") / "media" / "boat_start.png"
    (tmp_path / "boat.png").write_bytes(media.read_bytes())
    return tmp_path / "film.json"


def test_runs_of_another_day_come_back_with_what_was_otherwise(
    program: Program, runs: EarlierRuns, file: Path, specs: dict[str, NodeSpec]
) -> None:
    for width in (64, 32, 48):
        write(file, width=width)
        assert program("--run", file).code == 0
    spec = specs["edit.resize_image"]
    found = runs.of([file], "resize", spec, specs)
    assert [entry.result.value().pixels.shape[1] for entry in found] == [48, 32, 64]
    shown = found[0].result.key
    before = runs.of([file], "resize", spec, specs, shown)
    assert [entry.about for entry in before] == ["width 32", "width 64"]
    assert all(datetime.now() - entry.at < timedelta(minutes=5) for entry in before)
    write(file, width=64)
    assert program("--run", file).code == 0, "it is in the store already"
    again = runs.of([file], "resize", spec, specs, shown)
    assert [(e.result.key, e.at) for e in again] == [(e.result.key, e.at) for e in before]


def test_runs_follow_a_document_to_its_first_file(
    program: Program, runs: EarlierRuns, file: Path, specs: dict[str, NodeSpec], tmp_path: Path
) -> None:
    write(file)
    assert program("--run", file).code == 0
    spec, new = specs["edit.resize_image"], tmp_path / "elsewhere.json"
    assert runs.of([new], "resize", spec, specs) == []
    runs.moved(file, new)
    assert len(runs.of([new], "resize", spec, specs)) == 1
    assert runs.of([new], "load", spec, specs) == [], "another type of node had that name"
    assert runs.of([new], "nobody", spec, specs) == []


def test_differences_are_said_by_what_leads_to_the_node(specs: dict[str, NodeSpec]) -> None:
    nodes = {
        "sampler": {"type": "sampling.dit", "params": {"seed": 7}, "inputs": {"a": "words.text"}},
        "words": {"type": "text.prompt", "params": {"text": "a red  ball\nrolls"}},
        "other": {"type": "text.prompt", "params": {"text": "not of it"}},
    }
    then = {"nodes": nodes}
    assert differences(then, then, "sampler", specs) == ""
    now = json.loads(json.dumps(then))
    now["nodes"]["other"]["params"]["text"] = "changed"
    assert differences(then, now, "sampler", specs) == ""
    now["nodes"]["sampler"]["params"] = {"steps": 30}
    now["nodes"]["words"]["params"]["text"] = "a blue ball"
    usual = next(p.default for p in specs["sampling.dit"].params if p.name == "steps")
    found = differences(then, now, "sampler", specs)
    assert set(found.split(", ")) == {"seed 7", f"steps {usual}", "text “a red ball rolls”"}
    del now["nodes"]["words"]
    assert "with words" in differences(then, now, "sampler", specs)
    assert differences({}, {"nodes": 7}, "sampler", specs) == ""


def test_a_time_of_another_day_is_said_with_its_day() -> None:
    at = datetime(2026, 11, 20, 18, 30, 5)
    entry = Earlier(Result("a", "b", "image", "k"), at, "seed 7")
    assert entry.words(at) == "18:30:05, seed 7"
    assert entry.words(at + timedelta(days=1)) == "20 Nov 18:30, seed 7"
