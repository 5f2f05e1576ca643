"""The evaluation of an exported model, written to a folder: JSON, Markdown and a contact sheet.

Used by the command line (`evaluate`, `gpu`) and read by the card. The rules are those of
`evaluation`; this module decides nothing.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from aiprod_studio.sdk.errors import Missing, Refusal
from aiprod_studio.training import evaluation
from aiprod_studio.training.shapes import Shape
from aiprod_studio.training.shipping.shipped import Shipped


@dataclass(frozen=True)
class Probes:
    """How many prompts, minimal pairs, given pictures, prompts in several takes, old scenes."""

    prompts: int = 128
    pairs: int = 64
    given: int = 32
    diverse: int = 8
    nearest: int = 1500


def judge(model: Shipped, shape: Shape, probes: Probes, out: Path, *, beside: bool = False) -> str:
    """Evaluate a model; writes report.json, report.md and sheet.png, returns the Markdown.

    `beside` measures what needs no truth in a second process meanwhile.
    """
    out.mkdir(parents=True, exist_ok=True)
    found = _beside(model, probes, out) if beside else _rows(model, probes, out)
    if not beside:
        found = replace(found, **_probed(model, probes))
    (out / "report.json").write_text(found.json() + "\n", encoding="utf-8")
    told = found.table() + "\n\n" + _gates(found.gates(shape.name).results)
    (out / "report.md").write_text(told + "\n", encoding="utf-8")
    return told


def _rows(model: Shipped, probes: Probes, out: Path) -> evaluation.Report:
    return evaluation.evaluate(
        model.generate, model.round_trip, model.files, prompts=probes.prompts, minimal_pairs=0,
        diverse_prompts=0, training_scenes=probes.nearest, sheet=out / "sheet.png",
    )  # fmt: skip


def _probed(model: Shipped, probes: Probes) -> dict[str, Any]:
    """The probes that need no truth: pairs, given pictures, takes."""
    found: dict[str, Any] = {}
    asked = evaluation.questions(max(probes.given, probes.diverse))
    if probes.pairs:
        found["pairs"] = evaluation.pair_scores(evaluation.pairs(probes.pairs), model.generate)
    if probes.given:
        found["given"] = evaluation.from_pictures(asked[: probes.given], model.animate)
    if probes.diverse:
        found["diversity"] = evaluation.diversity(asked[: probes.diverse], model.generate)
    return found


def _beside(model: Shipped, probes: Probes, out: Path) -> evaluation.Report:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        other = pool.submit(_elsewhere, model.folder, probes, torch.get_num_threads())
        return replace(_rows(model, probes, out), **other.result())


def _elsewhere(folder: Path, probes: Probes, threads: int) -> dict[str, Any]:
    torch.set_num_threads(threads)
    return _probed(Shipped(folder), probes)


def kept(out: Path, folder: Path) -> str:
    """Copy the report in `out` beside the weights that it is of; returns its Markdown.

    Raises:
        Refusal: there is none, or it is of other weights.
    """
    path = out / "report.json"
    text = path.read_text(encoding="utf-8") if path.is_file() else "{}"
    if json.loads(text).get("weights") != evaluation.weights_hash(Shipped.used(folder)):
        why = f"{path} is missing or is of other weights than those in {folder}"
        raise Refusal(Missing("report", why, "Run the stage 'evaluate' again."))
    (folder / "evaluation.json").write_text(text, encoding="utf-8")
    return (out / "report.md").read_text(encoding="utf-8")


def _gates(results: Mapping[str, tuple[float, float, bool]]) -> str:
    """The limits as a Markdown table."""
    lines = ["| gate | reached | wanted | |", "|---|---|---|---|"]
    for name, (value, limit, passed) in results.items():
        lines.append(f"| {name} | {value:.2f} | {limit:.2f} | {'yes' if passed else 'no'} |")
    return "\n".join(lines)
