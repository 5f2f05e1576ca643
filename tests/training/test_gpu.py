"""The three parts for a graphics card, rehearsed on the processor with few steps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from aiprod_studio.models import load_component
from aiprod_studio.sdk.errors import Refusal
from aiprod_studio.training import gpu, weights
from aiprod_studio.training.backbone import text
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import clearing, patches
from aiprod_studio.training.shapes import QUALITY, Machine, Shape
from aiprod_studio.training.shipping import export

STEPS = 3


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little to fit and to read: the parts are rehearsed, not the model.

    The refiner's stage has tests of its own.
    """
    monkeypatch.delitem(gpu.PARTS[3], "refiner")
    monkeypatch.setattr(patches, "FIT_STILLS", 40)
    monkeypatch.setattr(patches, "FIT_FILMS", 4)
    monkeypatch.setattr(clearing, "ENLARGED", 2)
    monkeypatch.setattr(text, "POOL", 200)


@pytest.fixture
def wish(tmp_path: Path) -> gpu.Wish:
    folder = tmp_path / "weights"
    return gpu.Wish(folder, folder, 9.0, STEPS, Machine(), 1, 12, 6, prompts=2)


def components(folder: Path) -> dict[str, int]:
    """Parameters by component, as the program's loader builds them from the folder."""
    manifest = json.loads((folder / "manifest.json").read_text())
    files = sorted(folder.glob("*.safetensors"))
    found = {}
    for component in {entry["component"] for entry in manifest["files"]}:
        network = load_component(files, component, dtype=torch.float32)
        found[component] = sum(p.numel() for p in network.parameters())
    return found


@pytest.mark.slow
def test_each_part_leaves_weights_that_load_even_on_a_machine_that_is_new_each_time(
    tiny: Shape, wish: gpu.Wish, tmp_path: Path
) -> None:
    gpu.run(Cache(tmp_path / "one"), tiny, 1, wish)
    assert components(wish.folder).keys() == {"text_encoder", "video_vae"}
    gpu.run(Cache(tmp_path / "two"), tiny, 2, wish)
    assert components(wish.folder).keys() == {"text_encoder", "video_vae", "transformer"}
    told = gpu.run(Cache(tmp_path / "three"), tiny, 3, wish)
    everything = {"text_encoder", "video_vae", "transformer", "latent_upsampler", "refiner"}
    assert components(wish.folder).keys() == everything
    assert "| generated, shuffled prompts |" in told
    assert json.loads((wish.folder / "evaluation" / "report.json").read_text())["weights"]
    for entry in json.loads((wish.folder / "manifest.json").read_text())["files"]:
        assert entry["bytes"] <= 16_000_000


@pytest.mark.slow
def test_a_part_goes_on_where_it_stopped(tiny: Shape, wish: gpu.Wish, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    gpu.run(cache, tiny, 1, wish)
    state = cache.path("codec.state.safetensors")
    assert weights.facts(state)["done"] == str(STEPS)
    gpu.run(cache, tiny, 1, replace(wish, steps=STEPS + 2))
    assert weights.facts(state)["done"] == str(STEPS + 2)


@pytest.mark.slow
def test_the_second_part_follows_the_first_on_the_same_machine(
    tiny: Shape, wish: gpu.Wish, tmp_path: Path
) -> None:
    """What the first part exported is rounded; it is the cache's own codec all the same."""
    cache = Cache(tmp_path / "cache")
    gpu.run(cache, tiny, 1, wish)
    gpu.run(cache, tiny, 2, wish)
    assert components(wish.folder).keys() == {"text_encoder", "video_vae", "transformer"}


def test_a_part_without_the_one_before_says_what_is_missing(
    tiny: Shape, wish: gpu.Wish, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match=r"vae\.safetensors is not in"):
        gpu.run(Cache(tmp_path / "cache"), tiny, 2, wish)


def test_the_quality_shape_fits_into_its_files() -> None:
    """Built without numbers: nobody should find out after half an hour of a graphics card."""
    from aiprod_studio.models.networks.frame_refiner import FrameRefiner
    from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler
    from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
    from aiprod_studio.models.networks.starter_transformer import StarterTransformer

    with torch.device("meta"):
        parts = [
            StarterTransformer(**QUALITY.transformer()), PatchAutoencoder(**QUALITY.codec()),
            FrameUpscaler(width=QUALITY.upscaler_width, depth=QUALITY.upscaler_depth),
            FrameRefiner(), text.encoder(QUALITY),
        ]  # fmt: skip
    total = sum(2 * sum(p.numel() for p in part.parameters()) for part in parts)
    assert total < 39_500_000


def test_a_large_network_is_split_into_numbered_files(
    tiny: Shape, cache: Cache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiprod_studio.models.networks.starter_transformer import StarterTransformer

    torch.manual_seed(0)
    network = StarterTransformer(**tiny.transformer())
    weights.save(cache.path("video.safetensors"), network.state_dict(), {})
    weights.save(cache.path(text.FILE), text.encoder(tiny).state_dict(), {})
    monkeypatch.setattr(export, "ROOM", 120_000)
    manifest = export.export(cache, tiny, folder)
    files = [e["file"] for e in manifest["files"] if e["component"] == "transformer"]
    assert len(files) > 1
    assert files[0] == f"transformer-00001-of-{len(files):05}.safetensors"
    loaded = load_component(
        sorted(folder.glob("*.safetensors")), "transformer", dtype=torch.float32
    )
    for name, tensor in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor.bfloat16().float()), name
