"""The exported files: loadable by the program, named, hashed, small; and what is shipped now."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch

from aiprod_studio.models import encode, load_component
from aiprod_studio.sdk.errors import Refusal
from aiprod_studio.training import weights
from aiprod_studio.training.backbone import text
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.shapes import Shape
from aiprod_studio.training.shipping import export
from aiprod_studio.training.shipping.shipped import Shipped

SHIPPED = Path(__file__).parents[3] / "resources" / "models" / "starter"


@pytest.fixture
def exported(tiny: Shape, cache: Cache, folder: Path) -> Path:
    from aiprod_studio.models.networks.starter_transformer import StarterTransformer

    torch.manual_seed(0)
    weights.save(cache.path(text.FILE), text.encoder(tiny).state_dict(), {})
    network = StarterTransformer(**tiny.transformer())
    weights.save(cache.path("video.safetensors"), network.state_dict(), {})
    export.export(cache, tiny, folder)
    return folder


def test_the_programs_loader_takes_every_part(exported: Path) -> None:
    files = sorted(exported.glob("*.safetensors"))
    for component in ("transformer", "text_encoder", "video_vae"):
        network = load_component(files, component, dtype=torch.float32)
        assert sum(p.numel() for p in network.parameters()) > 0


def test_the_manifest_tells_the_truth_about_the_files(exported: Path) -> None:
    manifest = json.loads((exported / "manifest.json").read_text())
    assert {entry["component"] for entry in manifest["files"]} >= {"transformer", "video_vae"}
    for entry in [*manifest["files"], manifest["tokenizer"]]:
        content = (exported / entry["file"]).read_bytes()
        assert len(content) == entry["bytes"]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_a_second_export_leaves_files_that_hold_the_same(
    tiny: Shape, cache: Cache, exported: Path
) -> None:
    trained = [exported / f"{name}.safetensors" for name in ("transformer", "text_encoder")]
    before = [path.read_bytes() for path in trained]
    export.export(cache, tiny, exported)
    assert [path.read_bytes() for path in trained] == before


def test_unknown_words_are_named(exported: Path) -> None:
    encoder = load_component(
        [exported / "text_encoder.safetensors"], "text_encoder", dtype=torch.float32
    )
    assert encode(encoder, "a red dragon sails in Paris").unknown == ("dragon", "Paris")
    assert encode(encoder, "").embeddings.shape[1] == 1


def test_the_exported_model_makes_films(exported: Path) -> None:
    model = Shipped(exported)
    object.__setattr__(model.wish, "steps", 1)
    film = next(iter(model.generate(["a red ball"], [3])))
    assert film.shape == (25, 96, 128, 3)
    assert model.round_trip(film).shape == film.shape


def test_nothing_is_exported_before_training(tiny: Shape, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no trained backbone"):
        export.export(Cache(tmp_path / "empty"), tiny, tmp_path / "out")


def test_too_large_a_model_is_not_shipped(
    tiny: Shape, cache: Cache, folder: Path, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "TOTAL", {"base": 1000})
    with pytest.raises(Refusal, match="1000 are allowed"):
        export.export(cache, tiny, folder)


@pytest.mark.skipif(not (SHIPPED / "manifest.json").exists(), reason="no weights are shipped yet")
def test_the_shipped_weights_are_those_of_the_manifest() -> None:
    manifest = json.loads((SHIPPED / "manifest.json").read_text())
    sizes = [entry["bytes"] for entry in manifest["files"]]
    assert sum(sizes) <= 16 * 2**20
    for entry in manifest["files"]:
        content = (SHIPPED / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
