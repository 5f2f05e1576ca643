"""A run takes what its plan said: for every family, with the tiles that the plan chose."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from aiprod_studio import engine, graph
from aiprod_studio.app.opened import read_document
from aiprod_studio.app.overrides import apply_overrides
from aiprod_studio.app.packs import registry
from aiprod_studio.app.places import shipped
from aiprod_studio.app.planning.phases import PhaseRow, plan_view
from aiprod_studio.media import StillVideo, open_video, save_video
from aiprod_studio.memory.budgets import Budgets
from tests.app.planning.watching import PLENTY, Watched, watched
from tests.nodes import published

WORKFLOWS = shipped("workflows")
SMALL = ["size.width=128", "size.height=64"]
GRAPHS = {
    "ltx/two_stages": [*SMALL, "size.frames=17", "sampler.steps=2", "refine.steps=2"],
    "ltx/ltx_video_0_9": [*SMALL, "size.frames=17", "sampler.steps=2"],
    "wan/wan_text_to_video": [*SMALL, "size.frames=9", "sampler.steps=2"],
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published.shelf(tmp_path_factory.mktemp("shelf"))


class Place:
    """One store and journal, and graphs planned and run there."""

    def __init__(self, folder: Path) -> None:
        self.store, self.journal = engine.Store(folder / "store"), engine.Journal(folder / "store")
        self.folder, self._numbers, self._open = folder, itertools.count(), list[Watched]()

    def flat(self, name: str, changes: list[str]) -> Any:
        packs = registry()
        document = read_document(WORKFLOWS / f"{name}.json", packs)
        apply_overrides(document, packs.specs, changes, None)
        return graph.flatten(document, packs.specs)

    def services(self, name: str, budgets: Budgets, *folders: Path) -> Watched:
        output = self.folder / f"outputs_{next(self._numbers)}"
        self._open.append(watched(WORKFLOWS / f"{name}.json", output, budgets, *folders))
        return self._open[-1]

    def plan(self, flat: Any, services: Watched, *targets: str) -> Any:
        return engine.plan(flat, services, self.store, targets=targets or None)

    def run(self, plan: Any, services: Watched) -> Any:
        return engine.Engine(self.store, self.journal, services).run(plan)

    def close(self) -> None:
        for each in (*self._open, self.journal, self.store):
            each.close()


@pytest.fixture
def place(tmp_path: Path, home: Path) -> Iterator[Place]:
    torch.set_num_threads(1)
    made = Place(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("name", GRAPHS)
def test_the_ledger_of_a_run_never_exceeds_its_plan(name: str, place: Place, shelf: Path) -> None:
    """On a device that enforces what was planned, the whole graph runs."""
    flat = place.flat(name, GRAPHS[name])
    peaks = place.plan(flat, place.services(name, PLENTY, shelf)).peaks
    exact = place.services(name, Budgets(peaks.vram, peaks.host, peaks.pinned, peaks.disk), shelf)
    plan = place.plan(flat, exact)
    exact.check_fit(plan)
    report = place.run(plan, exact)
    assert report.files and not report.failed
    assert "eased" not in exact.recipe
    for node, used in exact.peaks.items():
        assert used["vram"] <= peaks.vram, node
        assert used["host"] <= peaks.host, node
    assert exact.peaks["decode"]["vram"] <= plan.step("decode").peaks.vram
    assert max(used["vram"] for used in exact.peaks.values()) > 0.9 * peaks.vram


STARTER = ["size.width=256", "size.height=192", "size.frames=49", "sampler.steps=1"]
FILM = "text_to_video"


def row_of(plan: Any, services: Watched, node: str) -> PhaseRow:
    return next(row for row in plan_view(plan, services).phases if row.node == node)


def frames_of(report: Any) -> np.ndarray:
    return np.stack(list(open_video(report.files[0].path).frames())).astype(np.int16)


def _drained(events: engine.EventQueue) -> list[Any]:
    return [events.get() for _ in range(events.qsize())]


def cut_budget(place: Place, flat: Any) -> Budgets:
    """Return a budget in which everything but decoding at once fits."""
    whole = place.services(FILM, PLENTY)
    rows = plan_view(place.plan(flat, whole), whole).phases
    most = {row.node: row.vram for row in rows}
    others = max(size for node, size in most.items() if node != "decode")
    vram = max(others, most["decode"] * 2 // 3)
    assert vram < most["decode"]
    return Budgets(vram, PLENTY.host, PLENTY.pinned, PLENTY.disk)


def test_tiles_are_chosen_where_the_whole_does_not_fit_and_the_run_uses_them(place: Place) -> None:
    flat = place.flat(FILM, STARTER)
    whole = place.services(FILM, PLENTY)
    first = place.plan(flat, whole)
    assert row_of(first, whole, "decode").note == ""
    assert first.step("decode").params["tile"] == 0
    small = place.services(FILM, cut_budget(place, flat))
    plan = place.plan(flat, small)
    small.check_fit(plan)
    chosen = {name: plan.step("decode").params[name] for name in ("tile", "tile_frames")}
    assert any(chosen.values())
    count = int(row_of(plan, small, "decode").note.partition(" tiles of ")[0])
    assert count > 1
    events = engine.EventQueue()
    report = engine.Engine(place.store, place.journal, small).run(plan, events=events)
    told = [e for e in _drained(events) if getattr(e, "note", "") == "decoding"]
    assert {event.total for event in told} == {count}
    assert json.loads(small.recipe)["chosen"] == {"decode": {k: v for k, v in chosen.items() if v}}
    assert plan.step("decode").key != first.step("decode").key
    assert plan.step("sampler").key == first.step("sampler").key
    assert place.plan(flat, small, "decode").step("decode").state == "cached"
    again = place.run(place.plan(flat, whole), whole)
    assert np.abs(frames_of(report) - frames_of(again)).max() <= 2


def test_what_the_artist_chose_stays(place: Place) -> None:
    flat = place.flat(FILM, [*STARTER, "decode.tile=8192", "decode.tile_frames=10000"])
    small = place.services(FILM, cut_budget(place, place.flat(FILM, STARTER)))
    plan = place.plan(flat, small)
    assert plan.step("decode").params["tile"] == 8192
    assert any("decode" in problem.where for problem in plan_view(plan, small).problems)


def test_memory_that_runs_out_is_answered_with_smaller_tiles_under_a_key_of_their_own(
    place: Place,
) -> None:
    flat = place.flat(FILM, STARTER)
    services = place.services(FILM, PLENTY)
    plan = place.plan(flat, services)
    services.limits = {"decode": row_of(plan, services, "decode").activations * 2 // 3}
    report = place.run(plan, services)
    assert report.files and not report.failed
    told = json.loads(services.recipe)
    assert told["eased"][0]["change"] == "tiles of decode"
    smaller = place.plan(flat, services, "decode")
    assert smaller.step("decode").params["tile_frames"] == told["chosen"]["decode"]["tile_frames"]
    assert smaller.step("decode").state == "cached"
    calm = place.services(FILM, PLENTY)
    assert place.plan(flat, calm, "decode").step("decode").state == "run"


def test_what_is_pinned_led_and_hung_beside_is_in_the_plan(place: Place, shelf: Path) -> None:
    def facts(name: str, node: str, *changes: str) -> Any:
        plan = place.plan(place.flat(name, list(changes)), place.services(name, PLENTY, shelf))
        return plan.step(node).facts

    small = ("size.width=64", "size.height=64", "size.frames=17")
    free = facts("ltx/text_to_video", "sampler", *small)
    assert (free["guides"], free["held"]) == (0, False)
    led = facts("ltx/keyframes", "sampler", *small, "end.frame=16")
    assert (led["guides"], led["held"]) == (1, True)
    assert facts("ltx/keyframes", "sampler", *small, "end.frame=0")["guides"] == 0
    beside = facts("ltx/reference_video", "sampler", *small)
    assert beside["guides"] == 3
    lora = next(shelf.rglob("*ic-lora-depth*"))
    assert 0 < beside["lora_bytes"] < lora.stat().st_size
    two = facts("ltx/two_stages", "refine", *small)
    assert (two["guides"], two["held"]) == (0, True)
    assert two["lora_bytes"] > 0


def test_a_long_film_is_encoded_in_the_tiles_that_fit(place: Place, shelf: Path) -> None:
    name = "ltx/extend_forward"
    flat = place.flat(name, [])
    services = place.services(name, PLENTY, shelf)
    step = place.plan(flat, services).step("longer")
    known = replace(step, facts={**step.facts, "width": 768, "height": 512, "frames": 97})
    assert services.settle(known) == {}
    row = services.forecaster.uses(known)[0]
    room = row.described.weight_bytes + row.costs.activations // 2
    small = place.services(name, replace(PLENTY, vram=room), shelf)
    chosen = small.settle(known)
    assert chosen["tile"] or chosen["tile_frames"]
    held = small.forecaster.use(known, row.model, chosen)
    assert held.phase is not None and held.phase.vram <= room


@pytest.fixture
def upscale(tmp_path: Path) -> str:
    """The upscale template with a larger film, as `Place` names workflows."""
    picture = np.random.default_rng(0).integers(0, 256, (192, 288, 3), dtype=np.uint8)
    (tmp_path / "media").mkdir()
    save_video(StillVideo(picture, 3, Fraction(12)), tmp_path / "media" / "train.mp4")
    shutil.copy(WORKFLOWS / "upscale.json", tmp_path / "upscale.json")
    return str(tmp_path / "upscale")


@pytest.mark.parametrize(
    ("name", "node", "changes"),
    [("refine", "refine", ["pin_2.frame=2", "pin_3.frame=3"]), ("upscale", "enlarge", [])],
)
def test_frames_are_refined_and_enlarged_within_the_plan(
    name: str, node: str, changes: list[str], place: Place, upscale: str
) -> None:
    name = upscale if name == "upscale" else name
    flat = place.flat(name, changes)
    peaks = place.plan(flat, place.services(name, PLENTY)).peaks
    exact = place.services(name, Budgets(peaks.vram, peaks.host, peaks.pinned, peaks.disk))
    plan = place.plan(flat, exact)
    exact.check_fit(plan)
    planned = row_of(plan, exact, node).activations
    assert planned > 0
    # The meter also sees the frames that lie in RAM beside the network.
    exact.limits = {node: planned + exact.forecaster.beside(node)}
    report = place.run(plan, exact)
    assert report.files and not report.failed
    assert "eased" not in exact.recipe
    assert planned < exact.peaks[node]["vram"] <= plan.step(node).peaks.vram


def test_frames_are_enlarged_in_the_tiles_that_fit_and_in_smaller_ones_when_memory_runs_out(
    place: Place, upscale: str
) -> None:
    flat = place.flat(upscale, [])
    services = place.services(upscale, PLENTY)
    plan = place.plan(flat, services)
    assert plan.step("enlarge").params["tile"] == 0
    row = row_of(plan, services, "enlarge")
    tight = replace(PLENTY, vram=row.vram - row.activations // 3)
    small = place.services(upscale, tight)
    assert place.plan(flat, small).step("enlarge").params["tile"] == 128
    services.limits = {"enlarge": row.activations * 2 // 3 + services.forecaster.beside("enlarge")}
    report = place.run(plan, services)
    assert report.files and not report.failed
    assert json.loads(services.recipe)["eased"][0]["change"] == "tiles of enlarge"


def test_a_choice_stays_the_same_when_it_is_asked_for_again(place: Place) -> None:
    flat = place.flat(FILM, STARTER)
    services = place.services(FILM, cut_budget(place, flat))
    for times in range(3):
        services.forecaster.eased["decode"] = times
        step = place.plan(flat, services).step("decode")
        assert services.settle(step).items() <= step.params.items()
        assert place.plan(flat, services).step("decode").key == step.key
