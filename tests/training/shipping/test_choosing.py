"""Two weight sets under one manifest: which one the program takes, and when that may change."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aiprod_studio.models.families.starter import usual
from aiprod_studio.models.library import Library
from aiprod_studio.sdk.errors import Refusal
from aiprod_studio.training import evaluation
from aiprod_studio.training.shipping.choosing import choose
from aiprod_studio.training.shipping.shipped import Shipped

SHIPPED = Path(__file__).parents[3] / "resources" / "models" / "starter"


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """The shipped weights twice: as base, and in the place of the quality set."""
    folder = tmp_path / "starter"
    for target in (folder, folder / "quality"):
        target.mkdir(parents=True)
        for name in ("transformer", "text_encoder", "vae"):
            shutil.copy(SHIPPED / f"{name}.safetensors", target)
        shutil.copy(SHIPPED / "tokenizer.json", target)
        shutil.copy(SHIPPED / "manifest.json", target)
    return folder


def report(folder: Path, *, passed: bool, weights: str = "") -> None:
    gate = {"reached": 0.97 if passed else 0.5, "wanted": 0.9, "passed": passed}
    told = {
        "weights": weights or evaluation.weights_hash(Shipped.used(folder)),
        "gates": {"quality": {"sky": gate}},
    }
    (folder / "evaluation.json").write_text(json.dumps(told))


def test_base_is_what_the_program_takes_at_first(starter: Path) -> None:
    assert usual(starter) == starter
    assert usual(SHIPPED) == SHIPPED


def test_quality_takes_its_place_once_it_passes(starter: Path) -> None:
    report(starter / "quality", passed=True)
    choose(starter, "quality")
    found = Library(starter=starter).find("starter")
    assert all(path.parent.name == "quality" for path in found.parts["transformer"]["files"])
    choose(starter, "base")
    assert usual(starter) == starter


def test_weights_that_miss_a_limit_are_not_chosen(starter: Path) -> None:
    report(starter / "quality", passed=False)
    with pytest.raises(Refusal, match=r"sky 0\.5 of 0\.9"):
        choose(starter, "quality")
    assert usual(starter) == starter


def test_a_report_of_other_weights_does_not_count(starter: Path) -> None:
    report(starter / "quality", passed=True, weights="of-another-day")
    with pytest.raises(Refusal, match="of other weights"):
        choose(starter, "quality")


def test_a_set_that_is_not_there_is_refused(starter: Path) -> None:
    shutil.rmtree(starter / "quality")
    with pytest.raises(Refusal, match="no weights named 'quality'"):
        choose(starter, "quality")


def test_a_manifest_that_names_a_missing_set_leaves_base(starter: Path) -> None:
    shutil.rmtree(starter / "quality")
    manifest = json.loads((starter / "manifest.json").read_text()) | {"default": "quality"}
    (starter / "manifest.json").write_text(json.dumps(manifest))
    assert usual(starter) == starter
