"""Reports on disk: bound to their weights, and the same from one process or from two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from aiprod_studio.models.networks.starter_transformer import StarterTransformer
from aiprod_studio.sdk.errors import Refusal
from aiprod_studio.training import weights
from aiprod_studio.training.backbone import text
from aiprod_studio.training.backbone.sampling import Wish
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.shapes import BASE, Shape
from aiprod_studio.training.shipping import export, judging
from aiprod_studio.training.shipping.shipped import Shipped

FEW = judging.Probes(prompts=2, pairs=1, given=1, diverse=0, nearest=3)


@pytest.fixture
def exported(tiny: Shape, cache: Cache, folder: Path) -> Path:
    torch.manual_seed(0)
    weights.save(cache.path(text.FILE), text.encoder(tiny).state_dict(), {})
    network = StarterTransformer(**tiny.transformer())
    weights.save(cache.path("video.safetensors"), network.state_dict(), {})
    export.export(cache, tiny, folder)
    return folder


def test_a_report_is_kept_beside_its_weights_and_refused_beside_others(
    exported: Path, tmp_path: Path
) -> None:
    out = tmp_path / "evaluation"
    told = judging.judge(Shipped(exported, Wish(steps=1)), BASE, FEW, out)
    assert "| given frame 0 kept, dB |" in told
    assert judging.kept(out, exported) == told + "\n"
    report = json.loads((exported / "evaluation.json").read_text())
    assert report["given"]["scores"]["direction"]["asked"] == 1
    assert report["gates"]["quality"]["pairs"]["passed"] is False
    path = exported / "transformer.safetensors"
    tensors = weights.tensors(path)
    tensors["proj_in.weight"][0] += 1
    weights.save(path, tensors, weights.facts(path))
    with pytest.raises(Refusal, match="of other weights"):
        judging.kept(out, exported)


@pytest.mark.slow
def test_two_processes_find_what_one_finds(exported: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    judging.judge(Shipped(exported), BASE, FEW, one)
    judging.judge(Shipped(exported), BASE, FEW, two, beside=True)
    assert (one / "report.json").read_text() == (two / "report.json").read_text()
