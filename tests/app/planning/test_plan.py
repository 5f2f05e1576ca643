"""The plan says what a run will take, phase by phase, and what would make it fit."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.app.device import Device
from aiprod_studio.app.opened import read_document
from aiprod_studio.app.packs import registry
from aiprod_studio.app.places import shipped
from aiprod_studio.app.planning import meters
from aiprod_studio.app.planning.phases import PlanView, plan_view
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.app.services import RunServices
from aiprod_studio.memory.budgets import GB, Budgets
from aiprod_studio.models import Library
from tests.app.planning import sparse
from tests.app.planning.watching import Watched, watched
from tests.counted import opened

TWO_STAGES = shipped("workflows") / "ltx" / "distilled_two_stages.json"
CARD = Device("cuda:0", "float16", "a card of 8 GB, for the test")
VRAM = int(6.7 * GB)
PARTS = {"encode", "sampler", "refine", "decode", "enlarge"}


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LTX-2.3 in fp8, and the same transformer in bf16, with no bytes behind their headers."""
    folder = sparse.library(tmp_path_factory.mktemp("models"))
    sparse.transformer(
        folder / "diffusion_models" / "ltx-2.3-22b-bf16-distilled.safetensors", "BF16"
    )
    return folder


@pytest.fixture
def planned(checkpoints: Path, tmp_path: Path) -> Iterator[Callable[..., PlanView]]:
    """Plan the two-stage template on a card; returns what is shown."""
    from aiprod_studio import engine, graph
    from aiprod_studio.app.overrides import apply_overrides

    opened: list[Any] = []

    def plan(ram: int, vram: int = VRAM, **changed: Any) -> PlanView:
        packs = registry()
        document = read_document(TWO_STAGES, packs)
        changes = {
            "model.model": "ltx-2.3-22b-distilled", "size.width": 608, "size.height": 352,
            "enlarger.model": "ltx-2.3-spatial-upscaler-x2", **changed,
        }  # fmt: skip
        told = [f"{name}={value}" for name, value in changes.items()]
        apply_overrides(document, packs.specs, told, None)
        budgets = Budgets(vram, ram, ram // 2, 50 * GB)
        services = RunServices(
            sandbox=Sandbox.around(TWO_STAGES, []), output=tmp_path, recipe="{}", device=CARD,
            budgets=budgets, library=Library([checkpoints], tmp_path / "models.json"),
        )  # fmt: skip
        store = engine.Store(tmp_path / "store")
        opened.extend([services, store])
        found = engine.plan(graph.flatten(document, packs.specs), services, store)
        return plan_view(found, services)

    yield plan
    for each in opened:
        each.close()


@pytest.mark.parametrize("ram", [16, 32, 64])
def test_22_billion_numbers_in_two_stages_are_planned_on_8_gb(
    ram: int, planned: Callable[..., PlanView]
) -> None:
    free = (ram - 4) * GB
    view = planned(free)
    assert view.fits, [str(problem) for problem in view.problems]
    rows = {row.node: row for row in view.phases}
    assert set(rows) >= PARTS
    for row in view.phases:
        assert row.vram <= VRAM
        assert row.host <= free
        assert row.pinned <= free // 2
    assert view.peaks.host <= free
    sampler = rows["refine"]
    assert sampler.blocks == 48
    assert 0 < sampler.resident_blocks < 48
    assert sampler.resident + sampler.streamed == pytest.approx(19.4e9, rel=0.02)
    assert sampler.seconds is not None and 0 < sampler.seconds[0] < sampler.seconds[1]
    assert view.seconds_high > view.seconds_low > 0
    assert view.limit in ("compute", "bus", "disk")
    if ram == 16:
        assert sampler.host < sampler.streamed


def test_a_plan_reads_each_header_once_and_the_next_plan_reads_nothing(
    planned: Callable[..., PlanView], checkpoints: Path
) -> None:
    weights = [path for path in checkpoints.rglob("*.safetensors") if path.is_file()]
    for number, path in enumerate(weights):
        os.utime(path, ns=(number, number))  # as good as new: nothing is remembered of them
    first = opened(lambda: planned(28 * GB), checkpoints)
    for path in weights:
        assert first[path] <= 3, "its kind, its header, its samples"
    assert first.keys() >= set(weights)
    assert not set(opened(lambda: planned(12 * GB), checkpoints)) & set(weights)


def test_what_does_not_fit_names_the_smallest_changes_and_they_hold(
    planned: Callable[..., PlanView],
) -> None:
    view = planned(12 * GB, int(2.6 * GB), **{"size.width": 768, "size.height": 512})
    refused = {row.node for row in view.phases if not row.fits}
    assert "refine" in refused
    problem = next(p for p in view.problems if "refine" in p.where)
    assert "raise --vram by" in problem.remedy
    frames = int(problem.remedy.partition("Make it ")[2].partition(" frames")[0])
    assert frames % 8 == 1
    smaller = planned(
        12 * GB, int(2.6 * GB), **{"size.width": 768, "size.height": 512, "size.frames": frames}
    )
    assert not any("refine" in each.where for each in smaller.problems)
    larger = planned(
        12 * GB, int(2.6 * GB), **{"size.width": 768, "size.height": 512, "size.frames": frames + 8}
    )
    assert any("refine" in each.where for each in larger.problems)


def test_a_lighter_file_that_is_here_is_named(planned: Callable[..., PlanView]) -> None:
    view = planned(
        12 * GB, 2 * GB,
        **{"model.model": "ltx-2.3-22b-bf16-distilled", "size.width": 320, "size.height": 192},
    )  # fmt: skip
    problem = next(p for p in view.problems if "refine" in p.where or "sampler" in p.where)
    assert "'ltx-2.3-22b-distilled', which is here" in problem.remedy


def test_a_decode_that_is_too_large_is_told_a_tile(planned: Callable[..., PlanView]) -> None:
    view = planned(28 * GB, **{"decode.tile": 8192, "decode.tile_frames": 10_000})
    problem = next(p for p in view.problems if "decode" in p.where)
    assert problem.remedy.startswith("Set 'tile' to ") or "frames instead of" in problem.remedy
    view = planned(28 * GB, int(4.2 * GB), **{"decode.tile": 2048, "decode.tile_frames": 40})
    problem = next(p for p in view.problems if "decode" in p.where)
    tile = int(problem.remedy.partition("Set 'tile' to ")[2].split(",")[0])
    fits = planned(28 * GB, int(4.2 * GB), **{"decode.tile": tile, "decode.tile_frames": 40})
    assert not any("decode" in each.where for each in fits.problems)


def test_tiles_that_are_left_to_the_plan_shrink_with_the_budget(
    planned: Callable[..., PlanView],
) -> None:
    counts = []
    for vram in (64 * GB, VRAM, 4 * GB, 3 * GB):
        view = planned(28 * GB, vram)
        assert not any("decode" in each.where for each in view.problems)
        row = next(row for row in view.phases if row.node == "decode")
        assert row.fits
        counts.append(int(row.note.partition(" tiles of ")[0] or 1))
        if row.note:
            sizes = [int(word) for word in row.note.split() if word.isdigit()][1:]
            assert view.phases and all(size > 0 for size in sizes)
    assert counts[0] == 1
    assert counts == sorted(counts) and counts[1] < counts[-1]


def test_the_plan_is_shown_as_a_table_and_as_json(program: Callable[..., Any]) -> None:
    workflow = shipped("workflows") / "text_to_video.json"
    ran = program("plan", workflow)
    assert ran.code == 0
    for word in ("stays", "computing", "waits for", "AIPROD starter", "Peak: RAM"):
        assert word in ran.out
    told = json.loads(program("plan", workflow, "--json").out)
    assert told["fits"] is True
    assert {row["node"] for row in told["phases"]} >= {"sampler", "decode"}
    for row in told["phases"]:
        assert row["host"] <= told["budgets"]["host"]
        assert row["limit"] in ("compute", "bus", "disk")
    assert told["peaks"]["host"] >= max(row["host"] for row in told["phases"])


def test_a_run_never_takes_more_than_its_plan(tmp_path: Path, home: Path) -> None:
    """On a device that enforces exactly what was planned, the whole template runs."""
    import torch

    from aiprod_studio import engine, graph
    from aiprod_studio.app.overrides import apply_overrides

    packs = registry()
    path = shipped("workflows") / "text_to_video.json"
    document = read_document(path, packs)
    apply_overrides(document, packs.specs, ["size.frames=9", "sampler.steps=2"], None)
    flat = graph.flatten(document, packs.specs)
    torch.set_num_threads(1)

    def services(budgets: Budgets) -> Watched:
        return watched(path, tmp_path, budgets)

    store, journal = engine.Store(tmp_path / "store"), engine.Journal(tmp_path / "store")
    first = services(Budgets(GB, 4 * GB, GB, 10 * GB))
    peaks = engine.plan(flat, first, store).peaks
    first.close()
    exact = services(Budgets(peaks.vram, peaks.host, peaks.pinned, peaks.disk))
    plan = engine.plan(flat, exact, store)
    exact.check_fit(plan)
    report = engine.Engine(store, journal, exact).run(plan)
    assert report.files and not report.failed
    assert exact.recipe == "{}"
    shown = meters.read(exact)
    assert [meter.kind for meter in shown] == ["vram", "host", "disk"]
    assert all(0 <= meter.used <= meter.budget and meter.share <= 1 for meter in shown)
    for name, used in exact.peaks.items():
        assert used["vram"] <= peaks.vram, name
        assert used["host"] <= peaks.host, name
    assert exact.peaks["encode"]["vram"] <= plan.step("encode").peaks.vram
    assert max(used["vram"] for used in exact.peaks.values()) > 0.9 * peaks.vram
    for each in (exact, journal, store):
        each.close()
