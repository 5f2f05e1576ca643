"""Which of the weight sets is the starter's usual one: chosen by its evaluation, not by hand.

The starter's folder holds `base`; another set lies in a folder of its name within. The manifest
names the default. Used by the command line (`choose`); the program reads the manifest alone.
"""

from __future__ import annotations

import json
from pathlib import Path

from aiprod_studio.sdk.errors import DoesNotFit, Missing, Refusal
from aiprod_studio.training import evaluation
from aiprod_studio.training.shipping.shipped import Shipped

BASE = "base"
REPORT = "evaluation.json"


def choose(folder: Path, wanted: str) -> Path:
    """Make a weight set the default; returns its folder.

    Raises:
        Refusal: the set is not there, was not evaluated, or does not reach its limits.
    """
    manifest = folder / "manifest.json"
    chosen = folder if wanted == BASE else folder / wanted
    if not manifest.is_file() or not (chosen / "manifest.json").is_file():
        why = f"no weights named {wanted!r} are in {folder}"
        raise Refusal(Missing("folder", why, f"Export them into {chosen} first."))
    if wanted != BASE:
        _must_pass(chosen, wanted)
    told = json.loads(manifest.read_text(encoding="utf-8")) | {"default": wanted}
    passing = manifest.with_suffix(".part")
    passing.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    passing.replace(manifest)
    return chosen


def _must_pass(folder: Path, level: str) -> None:
    path = folder / REPORT
    report = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if report.get("weights") != evaluation.weights_hash(Shipped.used(folder)):
        why = f"{path} is missing or is of other weights"
        raise Refusal(Missing("report", why, "Run the stages 'evaluate' and 'export' again."))
    gates = report["gates"][level]
    failed = [
        f"{name} {gate['reached']} of {gate['wanted']}"
        for name, gate in gates.items()
        if not gate["passed"]
    ]
    if failed:
        why = f"the weights do not reach their limits: {', '.join(failed)}"
        raise Refusal(DoesNotFit("report", why, "Train them further."))
