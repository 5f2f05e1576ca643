"""How long it takes to plan a 22B model and to look inside a 38 GB file, beside the limits.

    python benchmarks/planning.py [--json]

The two-stage template with LTX-2.3 is planned for a card of 8 GB and hosts of 16, 32 and 64 GB. The
checkpoints are sparse files with the real names and shapes and a hole for the weights; before each
measurement they are touched, so that nothing is remembered of them. Shown are the processor time
and, after it, the time on the clock. The first plan of a process also imports what it needs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the sparse checkpoints are those of the tests

from aiprod_studio import engine, graph
from aiprod_studio.app.device import Device
from aiprod_studio.app.opened import read_document
from aiprod_studio.app.overrides import apply_overrides
from aiprod_studio.app.packs import registry
from aiprod_studio.app.places import shipped
from aiprod_studio.app.planning.phases import PlanView, plan_view
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.app.services import RunServices
from aiprod_studio.memory.budgets import GB, Budgets
from aiprod_studio.models import Library, inspect
from tests.app.planning import sparse

TWO_STAGES = shipped("workflows") / "ltx" / "distilled_two_stages.json"
CARD = Device("cuda:0", "float16", "a card of 8 GB")
VRAM = int(6.7 * GB)
SET = [
    "model.model=ltx-2.3-22b-distilled", "enlarger.model=ltx-2.3-spatial-upscaler-x2",
    "size.width=608", "size.height=352",
]  # fmt: skip
LIMIT_PLAN, LIMIT_INSPECT = 2.0, 1.0
_moments = count()


def touch(folder: Path) -> None:
    """Make every file below a folder as good as new."""
    for path in folder.rglob("*.safetensors"):
        moment = next(_moments)
        os.utime(path, ns=(moment, moment))


def plan(models: Path, scratch: Path, ram: int) -> PlanView:
    """Plan the template on a host with so many GB."""
    packs = registry()
    document = read_document(TWO_STAGES, packs)
    apply_overrides(document, packs.specs, SET, None)
    free = (ram - 4) * GB
    services = RunServices(
        sandbox=Sandbox.around(TWO_STAGES, []), output=scratch, recipe="{}", device=CARD,
        budgets=Budgets(VRAM, free, free // 2, 50 * GB),
        library=Library([models], scratch / f"{ram}.json"),
    )  # fmt: skip
    store = engine.Store(scratch / "store")
    try:
        return plan_view(
            engine.plan(graph.flatten(document, packs.specs), services, store), services
        )
    finally:
        services.close()
        store.close()


def taken(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what work gives, with its seconds of the processor and on the clock."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def measure(folder: Path) -> dict[str, tuple[float, float, float]]:
    """Return processor seconds, clock seconds and limit by what was done."""
    models = sparse.library(folder / "models")
    large = sparse.transformer(folder / "ltx-2.3-22b-bf16.safetensors", "BF16")
    found = {}
    for name, ram in (("first plan, 32 GB", 32), *((f"plan, {n} GB", n) for n in (16, 32, 64))):
        touch(models)
        view, cpu, wall = taken(lambda ram=ram: plan(models, folder, ram))
        assert view.fits and view.peaks.host <= (ram - 4) * GB, view.problems
        found[name] = (cpu, wall, LIMIT_PLAN)
    report, cpu, wall = taken(lambda: inspect([large]).files[0])
    assert report.size > 37e9 and report.parts[0].blocks == 48
    found["inspect a file of 38 GB"] = (cpu, wall, LIMIT_INSPECT)
    return found


def main() -> int:
    """Measure, print, and return 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    if given.json:
        print(json.dumps({name: dict(zip(("cpu", "wall", "limit"), row, strict=True))
                          for name, row in found.items()}))  # fmt: skip
    else:
        for name, (cpu, wall, limit) in found.items():
            print(f"{name:<26} {cpu:6.2f} s ({wall:.2f} s)   limit {limit:g} s")
    return int(any(cpu > limit for cpu, _, limit in found.values()))


if __name__ == "__main__":
    sys.exit(main())
