"""How much better than flow and cross-fade the shipped refiner fills between keyframes.

Run `python benchmarks/refiner.py`: five held-out scenes of the world and as many films of textured
sprites that no training saw, keyframes 12, 6 and 3 apart, in about a minute. `--full` takes 24 of
both and every way to fill, `--films N` any other number. It prints the table and one line per limit
of the design; its exit code is 1 when one is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import torch

from aiprod_studio.app.places import shipped
from aiprod_studio.diffusion.refiner.trained import Trained
from aiprod_studio.models import load_component
from aiprod_studio.training.refiner import measuring
from aiprod_studio.training.refiner.measuring import Row

FEW, FULL = 5, 24
LIMITS = {12: (0.3, 0.05), 6: (0.3, 0.03), 3: (-0.1, -0.01)}
"""Over the fill by optical flow, by distance of the keyframes: PSNR in dB, object recall."""
WAY = "refined"


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    torch.set_num_threads(1)
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--full", action="store_true", help=f"{FULL} films of a kind, every way")
    asked.add_argument("--films", type=int, default=0, help="films of a kind")
    chosen = asked.parse_args(arguments)
    count = chosen.films or (FULL if chosen.full else FEW)
    begun = time.monotonic()
    network = load_component([shipped("resources") / "models" / "starter" / "refiner.safetensors"],
                             "refiner", dtype=torch.float32)  # fmt: skip
    ways = measuring.fillers(Trained(network, "cpu", torch.float32))
    if not chosen.full:
        ways = {name: ways[name] for name in ("flow", WAY)}
    rows = measuring.measured(ways, measuring.clips(count))
    print(measuring.table(rows))
    passed = [_judged(rows, gap) for gap in LIMITS]
    print(f"{2 * count} films in {time.monotonic() - begun:.0f} s")
    return 0 if all(passed) else 1


def _judged(rows: Sequence[Row], gap: int) -> bool:
    """Whether the refiner keeps its limits on the world and does not fall below flow on sprites."""
    found = {(row.kind, row.way): row for row in rows if row.gap == gap}
    mine, flow, sprites = (
        found[key] for key in (("world", WAY), ("world", "flow"), ("sprites", WAY))
    )
    lead, recall = LIMITS[gap]
    passed = (
        mine.lead >= lead
        and mine.recall - flow.recall >= recall - 1e-9
        and sprites.lead >= -0.01
        and mine.keyframes == sprites.keyframes == 1
    )
    print(
        f"{gap:2} apart: {mine.lead:+.2f} dB over flow (at least {lead:+.1f}), object recall "
        f"{mine.recall:.2f} against {flow.recall:.2f} (at least {recall:+.2f}), sprites "
        f"{sprites.lead:+.2f} dB (not below): {'passed' if passed else 'MISSED'}"
    )
    return passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
