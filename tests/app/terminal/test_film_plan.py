"""The plan of a film: what rendering its stale shots would take, shot by shot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.app.places import shipped
from tests.app.film.film_samples import Project, project

TEMPLATE = shipped("workflows") / "storyboard_to_film.json"
Program = Callable[..., Any]


@pytest.fixture
def film(tmp_path: Path) -> Project:
    return project(tmp_path / "film")


def told(program: Program, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(program("plan", *arguments, "--json").out)
    return found


def test_only_stale_shots_are_planned_and_nothing_is_rendered(
    film: Project, program: Program
) -> None:
    before = told(program, film.path)
    assert [shot["number"] for shot in before["shots"]] == ["1A", "1B", "2A"]
    assert all(shot["outcome"] == "to be rendered" for shot in before["shots"])
    assert sum(shot["running"] for shot in before["shots"]) == before["running"] > 0
    assert not film.ground.takes.exists()
    assert program("--run", film.path, "--shots", "1A").code == 0
    after = {shot["number"]: shot for shot in told(program, film.path)["shots"]}
    assert after["1A"]["outcome"] == "up to date" and after["1A"]["running"] == 0
    assert after["1B"]["outcome"] == "to be rendered" and after["1B"]["running"] > 0
    only = told(program, film.path, "--shots", "1A")
    assert [shot["outcome"] for shot in only["shots"]] == ["up to date"]
    assert "phases" not in only
    again = told(program, film.path, "--shots", "1A", "--fresh")
    assert [shot["outcome"] for shot in again["shots"]] == ["to be rendered"]


def test_the_totals_are_those_of_all_shots_and_shared_work_counts_once(program: Program) -> None:
    found = told(program, TEMPLATE)
    assert len(found["shots"]) == 8
    first, second = found["shots"][:2]
    assert first["running"] > second["running"] and second["cached"] > first["cached"]
    for kind in ("host", "vram"):
        assert max(shot["peaks"][kind] for shot in found["shots"]) == found["peaks"][kind]
    least, most = (sum(shot["seconds"][end] for shot in found["shots"]) for end in (0, 1))
    assert found["seconds"] == pytest.approx([least, most], abs=0.02)
    shown = program("plan", TEMPLATE).out
    assert "The boat" in shown and "to be rendered" in shown and "Peak: RAM" in shown


def test_shots_that_do_not_fit_are_named_with_a_remedy(program: Program) -> None:
    large = ("--set", "size.width=1024", "--set", "size.height=1024", "--ram", "1GB")
    ran = program("plan", TEMPLATE, "--shots", "1A,1B", *large)
    assert ran.code == 4
    assert ran.out.count("cannot be rendered") == 2
    assert "1A sampler" in ran.err and "raise --ram" in ran.err and "in fp8" not in ran.err


def test_shots_are_not_planned_of_a_file_without_them(
    workflow: Callable[[Any], Path], program: Program
) -> None:
    path = workflow({"note": {"type": "flow.note"}})
    ran = program("plan", path, "--shots", "1A")
    assert ran.code == 2 and "has no storyboard with shots" in ran.err
